import type { ChartFrame } from '../chart-frame.ts'

/** The rows of a frame from `fromS` to `toS`: frames reach a little beyond the window, tables and files do not; rows that only mark a gap are left out. */
export function inWindow(frame: ChartFrame, [fromS, toS]: readonly [number, number]): ChartFrame {
  const rows = frame.timesS.flatMap((timeS, row) =>
    timeS >= fromS && timeS <= toS && frame.series.some(({ values }) => (values[row] ?? null) !== null) ? [row] : [],
  )
  return {
    timesS: rows.map((row) => frame.timesS[row] ?? 0),
    series: frame.series.map((series) => ({ ...series, values: rows.map((row) => series.values[row] ?? null) })),
  }
}
