/** Values of one chart over time: one row per collection step, the newest hour, gaps as NaN. Bounded by construction. */
export interface History {
  readonly updateEveryS: number
  /** Time of the oldest and of the newest row kept; undefined while empty. Epoch seconds, multiples of the step. */
  readonly firstS: number | undefined
  readonly lastS: number | undefined
  /** Whether it reaches as far back as it can. */
  readonly isFull: boolean
  /** Keeps one row. A time that was skipped becomes a gap; a repeated one is left out; a clock set far back starts anew. */
  write(timeS: number, values: readonly number[]): void
  /** The value of a dimension at a multiple of the step; NaN where there is none. */
  at(dimension: number, timeS: number): number
}

/** How far back the history reaches, in seconds. */
export const historyS = 3_600

/** A clock that is put right by a few steps only repeats a second. */
const toleratedStepsBack = 5

export function createHistory(dimensions: number, updateEveryS: number, spanS: number = historyS): History {
  const slots = Math.ceil(spanS / updateEveryS)
  const columns = Array.from({ length: dimensions }, () => new Float64Array(slots).fill(Number.NaN))
  let firstS: number | undefined
  let lastS: number | undefined
  const slotOf = (timeS: number) => Math.floor(timeS / updateEveryS) % slots

  return {
    updateEveryS,
    get firstS() {
      return firstS
    },
    get lastS() {
      return lastS
    },
    get isFull() {
      return firstS !== undefined && lastS !== undefined && lastS - firstS >= (slots - 1) * updateEveryS
    },
    write(timeS, values) {
      if (lastS !== undefined && timeS <= lastS) {
        if (lastS - timeS <= toleratedStepsBack * updateEveryS) return
        // The wall clock was set back: what is kept lies in a future that has not happened.
        for (const column of columns) column.fill(Number.NaN)
        firstS = undefined
        lastS = undefined
      }
      if (lastS !== undefined) {
        const skipped = Math.min((timeS - lastS) / updateEveryS - 1, slots)
        for (let step = 1; step <= skipped; step++) {
          const slot = slotOf(lastS + step * updateEveryS)
          for (const column of columns) column[slot] = Number.NaN
        }
      }
      const slot = slotOf(timeS)
      for (const [index, column] of columns.entries()) column[slot] = values[index] ?? Number.NaN
      firstS = Math.max(firstS ?? timeS, timeS - (slots - 1) * updateEveryS)
      lastS = timeS
    },
    at(dimension, timeS) {
      if (firstS === undefined || lastS === undefined || timeS < firstS || timeS > lastS) return Number.NaN
      return columns[dimension]?.[slotOf(timeS)] ?? Number.NaN
    },
  }
}
