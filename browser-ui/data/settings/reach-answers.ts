/** How nodes of a room, or of the space, are told of when they are out of reach. */
export interface ReachRow {
  /** Undefined: it is not saved yet. */
  readonly settingId?: string
  /** Null: every node without a room that says something else. */
  readonly roomId: string | null
  /** Null: the default. */
  readonly delayS: number | null
  readonly isOn: boolean
}

export interface ReachAnswer {
  readonly rows: readonly ReachRow[]
  readonly defaultDelayS: number
  readonly quorum: { readonly nodes: number; readonly withinS: number }
}

const delays = [30, 60, 120, 300, 600, 1_800, 3_600]

const minutes = (delayS: number) => delayS / 60
/** A delay in words. */
export function delayWords(delayS: number): string {
  if (delayS % 60 !== 0) return `${delayS} seconds`
  return delayS === 60 ? '1 minute' : delayS === 3_600 ? '1 hour' : `${minutes(delayS)} minutes`
}

/** What can be chosen, with a delay that somebody set in another way. Null is the default. */
export function delayChoices(
  defaultS: number,
  chosenS: number | null,
): readonly { readonly delayS: number | null; readonly words: string }[] {
  const all = [...new Set([...delays, ...(chosenS === null ? [] : [chosenS])])].sort((a, b) => a - b)
  return [{ delayS: null, words: `${delayWords(defaultS)} (default)` }, ...all.map((delayS) => ({ delayS, words: delayWords(delayS) }))]
}

/** The setting of the space, whether somebody made one or not, and those of rooms. */
export function splitRows(rows: readonly ReachRow[]): { readonly space: ReachRow; readonly rooms: readonly ReachRow[] } {
  return {
    space: rows.find(({ roomId }) => roomId === null) ?? { roomId: null, delayS: null, isOn: true },
    rooms: rows.filter(({ roomId }) => roomId !== null),
  }
}
