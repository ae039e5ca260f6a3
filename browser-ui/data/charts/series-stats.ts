import type { ChartFrame } from '../chart-frame.ts'

/** What one series did in a window. `count` is how many values it has there; without any the rest is undefined. */
export interface SeriesStats {
  readonly now: number | undefined
  readonly min: number | undefined
  readonly average: number | undefined
  readonly max: number | undefined
  readonly count: number
}

/** The statistics of each series over the rows from `fromS` to `toS`; gaps do not count, `now` is the newest value. */
export function seriesStats(frame: ChartFrame, fromS: number, toS: number): readonly SeriesStats[] {
  return frame.series.map(({ values }) => {
    let now: number | undefined
    let min: number | undefined
    let max: number | undefined
    let sum = 0
    let count = 0
    frame.timesS.forEach((timeS, row) => {
      const value = values[row] ?? null
      if (value === null || timeS < fromS || timeS > toS) return
      now = value
      min = min === undefined || value < min ? value : min
      max = max === undefined || value > max ? value : max
      sum += value
      count += 1
    })
    return { now, min, average: count === 0 ? undefined : sum / count, max, count }
  })
}
