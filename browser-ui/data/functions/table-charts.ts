import { cellNumber, isMissing, plainText } from './cell-format.ts'
import type { ChartOffer, FunctionColumn, FunctionRow } from './function-table.ts'
import { groupBy } from './group-by.ts'

/** One bar: a value of the grouping column and what its rows add up to, column by column. */
export interface Bar {
  readonly label: string
  readonly total: number
  readonly parts: readonly { readonly columnId: string; readonly name: string; readonly amount: number }[]
}

export interface BarChart {
  readonly bars: readonly Bar[]
  /** What the longest bar is worth. */
  readonly max: number
  readonly units: string
  /** Groups that were left out because they are small. */
  readonly restCount: number
}

const maxBars = 8

/** A quick chart: the columns added up for each value of a column (all rows together without one), largest first. Negative numbers count as none. */
export function barChart(
  rows: readonly FunctionRow[],
  columns: readonly FunctionColumn[],
  chart: ChartOffer,
  groupId: string | undefined,
): BarChart {
  const parts = chart.columnIds.flatMap((id) => columns.find((column) => column.id === id) ?? [])
  const by = chart.isOverAll ? undefined : columns.find((column) => column.id === groupId)
  const groups = groupBy(rows, (row) => (by === undefined ? 'All' : labelOf(row.cells[by.index])))
  const bars = [...groups]
    .map(([label, members]): Bar => {
      const amounts = parts.map((column) => ({
        columnId: column.id,
        name: column.name,
        amount: members.reduce((total, row) => total + Math.max(0, cellNumber(row.cells[column.index]) ?? 0), 0),
      }))
      return { label, parts: amounts, total: amounts.reduce((total, { amount }) => total + amount, 0) }
    })
    .sort((a, b) => b.total - a.total)
  const shown = bars.filter(({ total }) => total > 0).slice(0, maxBars)
  return { bars: shown, max: shown[0]?.total ?? 0, units: parts[0]?.units ?? '', restCount: bars.length - shown.length }
}

function labelOf(value: unknown): string {
  return isMissing(value) ? '(empty)' : plainText(value, 100)
}
