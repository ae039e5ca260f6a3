/** How the charts of a page stand to time; one for all charts that are on screen together. */
export interface TimeView {
  /**
   * live: the window ends at the newest sample and moves with it. held: stopped while a pointer rests on a chart, goes on by itself.
   * locked: stopped by a person until it is resumed. past: a span that a person chose.
   */
  readonly mode: 'live' | 'held' | 'locked' | 'past'
  /** Length of the window, seconds. */
  readonly windowS: number
  /** Where the window ends, epoch seconds on the agents' clock; undefined while live, when it is the newest sample. */
  readonly endS: number | undefined
  /** Forced play, for wall screens: no pointer stops it. */
  readonly isForced: boolean
}

/** What span of time the charts show, and whether it moves. Feeds tell it their newest sample; controls and charts change it. */
export interface Timeline {
  readonly view: TimeView
  onChange(listener: () => void): () => void
  /** A feed has a sample of this time; the newest of all is the edge. Never fires `onChange`. */
  noteEdge(timeS: number): void
  /** The newest time of any feed, epoch seconds; 0 before the first. */
  edgeS(): number
  /** First and last second on screen now; [0, 0] before the first sample. */
  span(): readonly [number, number]
  /** A window of this length; a live one stays live, a past one keeps its middle. Bounded to 10 s … 30 d (2,592,000 s). */
  setWindow(windowS: number): void
  /** A pointer rests on a chart, or leaves it. Nothing while locked, past or forced. */
  hold(): void
  release(): void
  /** Stops until `resume`. */
  lock(): void
  /** Live again, with the window there is. */
  resume(): void
  setForced(isForced: boolean): void
  /** A span of the past, put in order and bounded; one that reaches the edge is live. */
  show(fromS: number, toS: number): void
  /** Moves by this share of the window, negative to the past. */
  pan(share: number): void
  /** Makes the window this many times as long around a time (default: its middle). */
  zoom(factor: number, aroundS?: number): void
}
