import type { Clock } from '../../../src/support/clock.ts'

/** How the charts of a page stand to time; one for all charts that are on screen together. */
export interface TimeView {
  /**
   * live: the window ends at the newest sample and moves with it. held: stopped while a pointer rests on a chart, goes on by itself.
   * locked: stopped by a person until it is resumed. past: a span that a person chose.
   */
  readonly mode: 'live' | 'held' | 'locked' | 'past'
  /** Length of the window, seconds; may have a fraction. */
  readonly windowS: number
  /** Where the window ends, epoch seconds on the agents' clock; undefined while live, when it is the newest sample. */
  readonly endS: number | undefined
  /** Forced play, for wall screens: no pointer stops it. */
  readonly isForced: boolean
}

/** What span of time the charts show, and whether it moves. Feeds tell it their newest sample; controls and charts change it. */
export interface Timeline {
  /** The same object until something changes. */
  readonly view: TimeView
  readonly onChange: (listener: () => void) => () => void
  /**
   * A feed has a sample of this time; the newest of all is the edge, but one two minutes ahead of this machine only while all are.
   * Never fires `onChange`.
   */
  noteEdge(timeS: number): void
  /** The newest time of any feed, epoch seconds; 0 before the first. */
  edgeS(): number
  /** First and last second on screen now; [0, 0] while live and before the first sample. */
  span(): readonly [number, number]
  /** A window of this length; a live, held or locked one keeps its end, a past one its middle. Bounded to 10 s … 30 d (2,592,000 s). */
  setWindow(windowS: number): void
  /** A pointer rests on a chart, or has left it. Nothing while locked, past or forced. A release waits a moment for the next hold. */
  hold(): void
  release(): void
  /** Stops until `resume`, and ends forced play; what is past stays so. */
  lock(): void
  /** Live again, with the window there is. */
  resume(): void
  /** Forced play starts the window if it stood still. */
  setForced(isForced: boolean): void
  /** A span of the past, put in order and bounded; one that reaches the edge is live, one that does not ends forced play. */
  show(fromS: number, toS: number): void
  /** Moves by this share of the window, negative to the past. */
  pan(share: number): void
  /** Makes the window this many times as long around a time; without a time, around its middle, or at its end while it is not past. */
  zoom(factor: number, aroundS?: number): void
}

export interface TimelineDeps {
  readonly clock: Clock
  /** How it begins; live with five minutes unless said otherwise. */
  readonly first?: Partial<TimeView>
}

/** Lengths a person can pick with one press. */
export const presets = [
  { windowS: 60, label: '1 min' },
  { windowS: 300, label: '5 min' },
  { windowS: 900, label: '15 min' },
  { windowS: 3600, label: '1 h' },
  { windowS: 21_600, label: '6 h' },
  { windowS: 86_400, label: '24 h' },
  { windowS: 604_800, label: '7 d' },
  { windowS: 2_592_000, label: '30 d' },
] as const

/** The shortest and the longest window, seconds. */
export const windowLimits = { minS: 10, maxS: 2_592_000 } as const

const firstWindowS = 300
/** A pointer on its way from one chart to the next is away this long at most; the charts must not jump meanwhile. */
const releaseMs = 250
/** A sample is so much newer than this machine's time at most. */
const aheadS = 120
/** A span whose end is this near to the edge, as a share of it, was meant to reach it. */
const edgeShare = 0.002

const boundedWindow = (windowS: number) => Math.min(windowLimits.maxS, Math.max(windowLimits.minS, windowS))

/** A timeline of its own; pages make one for all their charts. Not a number is no time and no length: such a wish changes nothing. */
export function createTimeline({ clock, first = {} }: TimelineDeps): Timeline {
  const listeners = new Set<() => void>()
  let edge = 0
  let stopRelease: (() => void) | undefined
  let view: TimeView = { mode: 'live', endS: undefined, isForced: false, ...first, windowS: boundedWindow(first.windowS ?? firstWindowS) }

  const update = (next: Partial<TimeView>) => {
    stopRelease?.()
    stopRelease = undefined
    const merged = { ...view, ...next }
    if (merged.mode === view.mode && merged.windowS === view.windowS && merged.endS === view.endS && merged.isForced === view.isForced)
      return
    view = merged
    for (const listener of listeners) listener()
  }

  const isAhead = (timeS: number) => timeS > clock.nowMs() / 1000 + aheadS

  /** The end of what can be looked at: the newest sample, or before any this machine's own time. */
  const lastS = () => edge || clock.nowMs() / 1000
  const endS = () => view.endS ?? lastS()

  const show = (fromS: number, toS: number) => {
    if (!Number.isFinite(fromS) || !Number.isFinite(toS)) return
    const windowS = boundedWindow(Math.abs(toS - fromS))
    // Too short a wish grows around its middle, too long a one keeps its newer part.
    const wishedEndS = Math.abs(toS - fromS) < windowS ? (fromS + toS + windowS) / 2 : Math.max(fromS, toS)
    const limitS = lastS()
    if (wishedEndS >= limitS - Math.max(1, windowS * edgeShare)) return update({ mode: 'live', windowS, endS: undefined })
    update({ mode: 'past', windowS, endS: Math.max(windowS, wishedEndS), isForced: false })
  }

  const setWindow = (wishedS: number) => {
    if (!Number.isFinite(wishedS)) return
    const windowS = boundedWindow(wishedS)
    if (view.mode !== 'past') return update({ windowS })
    const middleS = endS() - view.windowS / 2
    show(middleS - windowS / 2, middleS + windowS / 2)
  }

  return {
    get view() {
      return view
    },
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    noteEdge(timeS) {
      // One agent whose clock runs ahead must not take the window away from all others; if every clock does, it is ours that is late.
      if (edge === 0 || isAhead(edge) === isAhead(timeS) ? timeS > edge : isAhead(edge)) edge = timeS
    },
    edgeS: () => edge,
    span() {
      const toS = view.endS ?? edge
      return toS === 0 ? [0, 0] : [toS - view.windowS, toS]
    },
    setWindow,
    hold() {
      stopRelease?.()
      stopRelease = undefined
      if (view.mode === 'live' && !view.isForced && edge > 0) update({ mode: 'held', endS: edge })
    },
    release() {
      if (view.mode !== 'held') return
      stopRelease ??= clock.after(releaseMs, () => update({ mode: 'live', endS: undefined }))
    },
    lock() {
      if (view.mode === 'live' || view.mode === 'held') update({ mode: 'locked', endS: endS(), isForced: false })
    },
    resume: () => update({ mode: 'live', endS: undefined }),
    setForced(isForced) {
      update(isForced ? { mode: 'live', endS: undefined, isForced } : { isForced })
    },
    show,
    pan(share) {
      const byS = share * view.windowS
      const toS = endS()
      // A live window has nothing after it.
      if (byS >= 0 && view.mode === 'live') return
      show(toS - view.windowS + byS, toS + byS)
    },
    zoom(factor, aroundS) {
      if (!(factor > 0)) return
      if (aroundS === undefined) return setWindow(view.windowS * factor)
      const windowS = boundedWindow(view.windowS * factor)
      const toS = endS()
      // The time under the pointer stays under the pointer.
      const share = Math.min(1, Math.max(0, (toS - aroundS) / view.windowS))
      const nextToS = aroundS + windowS * share
      show(nextToS - windowS, nextToS)
    },
  }
}
