import type { ChartFrame } from '../chart-frame.ts'
import { csvField, csvLines } from '../../../src/support/csv.ts'

/**
 * A chart as a table: time as `isoOf` writes it, epoch seconds, one column a series with its unit. Gaps are empty fields; numbers
 * are the agent's own, unscaled.
 */
export function chartCsv(frame: ChartFrame, units: string, isoOf: (timeS: number) => string): string {
  const head = ['time', 'epoch_s', ...frame.series.map(({ name }) => csvField(units === '' ? name : `${name} (${units})`))]
  const rows = frame.timesS.map((timeS, row) => [
    isoOf(timeS),
    String(timeS),
    ...frame.series.map(({ values }) => {
      const value = values[row] ?? null
      return value === null ? '' : String(value)
    }),
  ])
  return csvLines([head, ...rows])
}

/** A file name out of a context and a time: only letters, digits, dot, dash and underscore. */
export function fileNameOf(contextId: string, iso: string, extension: 'csv' | 'png'): string {
  const safe = (text: string) => text.replace(/[^\w.-]+/gu, '-').slice(0, 80)
  return `${safe(contextId)}_${safe(iso)}.${extension}`
}
