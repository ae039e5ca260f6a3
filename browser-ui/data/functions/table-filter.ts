import { cellNumber, cellText, isMissing, plainText } from './cell-format.ts'
import { isShowable, type FunctionColumn, type FunctionRow } from './function-table.ts'
import { searchWords } from '../search-words.ts'

/** What a person keeps of one column. Ranges are inclusive; an open end is undefined. */
export type ColumnFilter =
  | { readonly kind: 'values'; readonly values: ReadonlySet<string> }
  | { readonly kind: 'range'; readonly from: number | undefined; readonly to: number | undefined }

export interface TableFilter {
  readonly text: string
  readonly byColumn: ReadonlyMap<string, ColumnFilter>
}

export const noFilter: TableFilter = { text: '', byColumn: new Map() }

/** A value to choose, with the rows that have it. */
export interface FilterOption {
  readonly value: string
  readonly count: number
}

/** How a missing value is called among the options. */
export const missingLabel = '(empty)'
const maxOptions = 500

/** The values of a cell as a filter sees them: each item of a list is one. */
function filterValues(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.length === 0 ? [missingLabel] : value.map((item) => plainText(item, 200))
  return [isMissing(value) ? missingLabel : plainText(value, 200)]
}

/** Whether a column can be filtered by range, by its values, or not; the agent's word, where its values allow. */
export function filterOf(column: FunctionColumn): 'range' | 'values' | undefined {
  if (!isShowable(column) || column.filter === 'none') return undefined
  return column.filter === 'range' ? 'range' : 'values'
}

/** Rows that pass every filter and hold every word of the text somewhere in a column people can see. */
export function filterRows(
  rows: readonly FunctionRow[],
  columns: readonly FunctionColumn[],
  { text, byColumn }: TableFilter,
): readonly FunctionRow[] {
  const words = searchWords(text)
  const hasDigits = words.some((word) => /\d/u.test(word))
  const searched = columns.filter(isShowable)
  const filters = columns.flatMap((column) => {
    const filter = byColumn.get(column.id)
    return filter === undefined ? [] : [{ index: column.index, filter }]
  })
  if (words.length === 0 && filters.length === 0) return rows
  return rows.filter((row) => {
    if (!filters.every(({ index, filter }) => passes(row.cells[index], filter))) return false
    if (words.length === 0) return true
    const haystack = searched.map((column) => searchText(column, row.cells[column.index], hasDigits)).join('\n')
    return words.every((word) => haystack.includes(word))
  })
}

/** Numbers are found by what is on screen and by what was sent; only large ones have more on screen than their digits. */
function searchText(column: FunctionColumn, value: unknown, hasDigits: boolean): string {
  if (isMissing(value)) return ''
  if (typeof value !== 'number') return plainText(value, 4_000).toLowerCase()
  if (!hasDigits) return ''
  const isPlain = Math.abs(value) < 1_000 && (column.transform === 'number' || column.transform === 'none')
  return `${value} ${isPlain ? value.toFixed(column.decimals) : cellText(column, value).toLowerCase()}`
}

function passes(value: unknown, filter: ColumnFilter): boolean {
  if (filter.kind === 'values') return filterValues(value).some((item) => filter.values.has(item))
  const number = cellNumber(value)
  if (number === undefined) return false
  return (filter.from === undefined || number >= filter.from) && (filter.to === undefined || number <= filter.to)
}

/** A filter with one column set, or taken away. A set without values, or a range without ends, is none. */
export function withColumnFilter(filter: TableFilter, columnId: string, next: ColumnFilter | undefined): TableFilter {
  const byColumn = new Map(filter.byColumn)
  const isEmpty = next === undefined || (next.kind === 'values' ? next.values.size === 0 : next.from === undefined && next.to === undefined)
  if (isEmpty) byColumn.delete(columnId)
  else byColumn.set(columnId, next)
  return { ...filter, byColumn }
}

/**
 * The values of a column with how many rows have each, most first. Counted over the rows that pass all other filters, so that the
 * numbers say what a choice would show; chosen values stay in the list even when no row has them now.
 */
export function optionsOf(
  rows: readonly FunctionRow[],
  columns: readonly FunctionColumn[],
  filter: TableFilter,
  column: FunctionColumn,
): readonly FilterOption[] {
  const counts = new Map<string, number>()
  for (const row of filterRows(rows, columns, withColumnFilter(filter, column.id, undefined))) {
    for (const value of filterValues(row.cells[column.index])) counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  const chosen = filter.byColumn.get(column.id)
  if (chosen?.kind === 'values') for (const value of chosen.values) if (!counts.has(value)) counts.set(value, 0)
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || a.value.localeCompare(b.value, 'en', { numeric: true }))
    .slice(0, maxOptions)
}

/** Smallest and largest number of a column; undefined when it has none. */
export function rangeOf(rows: readonly FunctionRow[], { index }: Pick<FunctionColumn, 'index'>): readonly [number, number] | undefined {
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  for (const row of rows) {
    const number = cellNumber(row.cells[index])
    if (number === undefined) continue
    if (number < least) least = number
    if (number > most) most = number
  }
  return least > most ? undefined : [least, most]
}
