import { cellNumber, isMissing, isNumeric, plainText } from './cell-format.ts'
import type { FunctionColumn, FunctionRow, Summary } from './function-table.ts'
import { groupBy } from './group-by.ts'

/** Rows that have the same value in the grouping column, and the groups within when there are more such columns. */
export interface RowGroup {
  /** Stays the same between answers: the values on the way to it. */
  readonly key: string
  readonly columnId: string
  readonly value: string
  readonly depth: number
  readonly rows: readonly FunctionRow[]
  readonly groups: readonly RowGroup[]
}

/** A line of a grouped table. */
export type TableLine =
  | { readonly kind: 'group'; readonly key: string; readonly group: RowGroup; readonly depth: number }
  | { readonly kind: 'row'; readonly key: string; readonly row: FunctionRow; readonly depth: number }

/** Rows by the values of columns, outermost first; groups stand in the order of their first row, so a sort of the rows carries over. */
export function groupRows(
  rows: readonly FunctionRow[],
  columns: readonly FunctionColumn[],
  columnIds: readonly string[],
): readonly RowGroup[] {
  const path = columnIds.flatMap((id) => columns.find((column) => column.id === id) ?? [])
  return level(rows, path, 0, '')
}

function level(rows: readonly FunctionRow[], path: readonly FunctionColumn[], depth: number, parent: string): readonly RowGroup[] {
  const column = path[depth]
  if (column === undefined) return []
  const byValue = groupBy(rows, (row) => groupValue(row.cells[column.index]))
  return [...byValue].map(([value, members]) => {
    const key = `${parent}\u0001${value}`
    return { key, columnId: column.id, value, depth, rows: members, groups: level(members, path, depth + 1, key) }
  })
}

function groupValue(value: unknown): string {
  return isMissing(value) ? '(empty)' : plainText(value, 200)
}

/** The lines on screen: every group, and below those that are open their groups or rows. */
export function openLines(groups: readonly RowGroup[], open: ReadonlySet<string>): readonly TableLine[] {
  return groups.flatMap((group): readonly TableLine[] => {
    const line: TableLine = { kind: 'group', key: group.key, group, depth: group.depth }
    if (!open.has(group.key)) return [line]
    const below: readonly TableLine[] =
      group.groups.length > 0
        ? openLines(group.groups, open)
        : group.rows.map((row) => ({ kind: 'row', key: `${group.key}\u0001${row.key}`, row, depth: group.depth + 1 }))
    return [line, ...below]
  })
}

/** Groups in the order of a column's summary; groups without one come last. */
export function sortGroups(
  groups: readonly RowGroup[],
  column: FunctionColumn,
  direction: 'ascending' | 'descending',
): readonly RowGroup[] {
  const sign = direction === 'ascending' ? 1 : -1
  const isByName = groups[0]?.columnId === column.id
  const valued = groups.map((group) => ({ group, value: isByName ? undefined : summarise(column, group.rows).number }))
  return valued
    .toSorted((a, b) => {
      if (isByName) return sign * a.group.value.localeCompare(b.group.value, 'en', { numeric: true })
      if (a.value === undefined || b.value === undefined) return Number(a.value === undefined) - Number(b.value === undefined)
      return sign * (a.value - b.value)
    })
    .map(({ group }) => ({ ...group, groups: sortGroups(group.groups, column, direction) }))
}

/** The summary of a column over some rows. */
export interface SummaryValue {
  readonly kind: Summary
  /** Undefined when there is nothing to summarise. */
  readonly number: number | undefined
  /** Whether the number has the column's own unit and format; counts do not. */
  readonly isInUnits: boolean
}

/** What the agent says to do with a column's values when rows become one; missing values are left out, text is counted. */
export function summarise(column: FunctionColumn, rows: readonly FunctionRow[]): SummaryValue {
  const kind = column.summary
  const isNumber = isNumeric(column)
  if (kind === 'uniqueCount') {
    const unique = new Set(
      rows.filter((row) => !isMissing(row.cells[column.index])).map((row) => plainText(row.cells[column.index], 1_000)),
    )
    return { kind, number: unique.size, isInUnits: false }
  }
  if (kind === 'count' || !isNumber) {
    return { kind: 'count', number: rows.filter((row) => !isMissing(row.cells[column.index])).length, isInUnits: false }
  }
  const numbers = rows.flatMap((row) => cellNumber(row.cells[column.index]) ?? [])
  return { kind, number: ofNumbers(kind, numbers), isInUnits: true }
}

function ofNumbers(kind: 'sum' | 'min' | 'max' | 'mean' | 'median', numbers: readonly number[]): number | undefined {
  if (numbers.length === 0) return undefined
  switch (kind) {
    case 'sum':
      return numbers.reduce((total, number) => total + number, 0)
    case 'mean':
      return numbers.reduce((total, number) => total + number, 0) / numbers.length
    case 'min':
      return numbers.reduce((least, number) => Math.min(least, number))
    case 'max':
      return numbers.reduce((most, number) => Math.max(most, number))
    case 'median': {
      const ordered = numbers.toSorted((a, b) => a - b)
      const middle = Math.floor(ordered.length / 2)
      const upper = ordered[middle] ?? 0
      return ordered.length % 2 === 1 ? upper : ((ordered[middle - 1] ?? upper) + upper) / 2
    }
  }
}

/** The word before a summary on screen. */
export const summaryWords: Readonly<Record<Summary, string>> = {
  count: 'count',
  uniqueCount: 'different',
  sum: 'sum',
  min: 'min',
  max: 'max',
  mean: 'mean',
  median: 'median',
}
