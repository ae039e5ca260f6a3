import type { Column } from './column.ts'
import { columnDocument } from './column.ts'

/** Values a cell may hold; null is "not known". */
export type Cell = string | number | boolean | null | { readonly severity: Severity } | readonly string[]

export type Severity = 'critical' | 'warning' | 'notice' | 'normal' | 'debug'

/** A chart over the table: these columns, grouped by one of {@link Table.groupBy}. */
export interface TableChart {
  readonly name: string
  readonly type: 'bar' | 'stacked-bar' | 'doughnut' | 'value'
  readonly columns: readonly string[]
}

/** A table with the description of its columns; rows hold their cells in the order of the columns. */
export interface Table {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Cell[])[]
  readonly defaultSortColumn: string
  readonly charts: Readonly<Record<string, TableChart>>
  readonly defaultCharts: readonly (readonly [chart: string, groupBy: string])[]
  /** Ids of the columns that rows can be grouped by. */
  readonly groupBy: readonly string[]
}

/** The members of a function's answer that describe a table (agent-api §12.3). Bars are scaled to the highest value of their column. */
export function tableDocument({ columns, rows, defaultSortColumn, charts, defaultCharts, groupBy }: Table) {
  const names = new Map(columns.map(({ id, name }) => [id, name]))
  return {
    data: rows,
    columns: Object.fromEntries(columns.map((column, index) => [column.id, columnDocument(column, index, highest(column, index, rows))])),
    default_sort_column: defaultSortColumn,
    charts,
    default_charts: defaultCharts,
    group_by: Object.fromEntries(groupBy.map((id) => [id, { name: names.get(id) ?? id, columns: [id] }])),
  }
}

/** The scale of a bar: what the column says, or the highest value shown when that is more. */
function highest({ visualization, max = 0 }: Column, index: number, rows: readonly (readonly Cell[])[]): number | undefined {
  if (visualization !== 'bar') return undefined
  let value = max
  for (const row of rows) {
    const cell = row[index]
    if (typeof cell === 'number' && cell > value) value = cell
  }
  return value
}
