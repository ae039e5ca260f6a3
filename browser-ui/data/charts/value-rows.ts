import type { ChartFrame } from '../chart-frame.ts'

/** One row of the values table: a time and the value of each series. */
export interface ValueRow {
  readonly timeS: number
  readonly values: readonly (number | null)[]
}

/** What the rows are sorted by: time, or the series at this place. */
export interface RowOrder {
  readonly column: 'time' | number
  readonly isDescending: boolean
}

/** The rows of a frame in order; gaps stand last whichever way, equal values keep the order of time. */
export function valueRows(frame: ChartFrame, order: RowOrder): readonly ValueRow[] {
  const rows = frame.timesS.map((timeS, row) => ({ timeS, values: frame.series.map(({ values }) => values[row] ?? null) }))
  const sign = order.isDescending ? -1 : 1
  const { column } = order
  if (column === 'time') return rows.sort((a, b) => sign * (a.timeS - b.timeS))
  return rows.sort((a, b) => {
    const [first, second] = [a.values[column] ?? null, b.values[column] ?? null]
    if (first === null || second === null) return first === second ? 0 : first === null ? 1 : -1
    return sign * (first - second)
  })
}

/** Rows as text for a spreadsheet's clipboard: tabs between cells, no names that would break the table. */
export function clipboardRows(frame: ChartFrame, rows: readonly ValueRow[], timeText: (timeS: number) => string): string {
  const clean = (text: string) => text.replace(/[\t\r\n]+/gu, ' ')
  const head = ['time', ...frame.series.map(({ name }) => clean(name))].join('\t')
  return [head, ...rows.map(({ timeS, values }) => [timeText(timeS), ...values.map((value) => value ?? '')].join('\t'))].join('\n')
}
