import { cellNumber, isMissing, isNumeric, plainText } from './cell-format.ts'
import type { FunctionColumn, FunctionRow, FunctionTable } from './function-table.ts'

/** One column to sort by. */
export interface SortBy {
  readonly columnId: string
  readonly direction: 'ascending' | 'descending'
}

/** How a table is sorted before a person sorts it: by the agent's column in that column's own direction; else not at all. */
export function defaultSort(table: Pick<FunctionTable, 'columns' | 'defaultSortId'>): readonly SortBy[] {
  const column = table.columns.find(({ id }) => id === table.defaultSortId)
  return column === undefined ? [] : [{ columnId: column.id, direction: column.firstSort }]
}

const opposite = { ascending: 'descending', descending: 'ascending' } as const

/**
 * The sort after a header is chosen: first in the column's own direction, then the other way, then no more. `isAdded` keeps the other
 * columns as they are; without it they go.
 */
export function toggleSort(
  sorts: readonly SortBy[],
  column: Pick<FunctionColumn, 'id' | 'firstSort'>,
  isAdded: boolean,
): readonly SortBy[] {
  const now = sorts.find(({ columnId }) => columnId === column.id)
  const isAlone = isAdded || sorts.length === 1
  const next: SortBy | undefined =
    now === undefined || !isAlone
      ? { columnId: column.id, direction: column.firstSort }
      : now.direction === column.firstSort
        ? { columnId: column.id, direction: opposite[column.firstSort] }
        : undefined
  if (!isAdded) return next === undefined ? [] : [next]
  if (now === undefined) return next === undefined ? sorts : [...sorts, next]
  return sorts.flatMap((sort) => (sort !== now ? [sort] : next === undefined ? [] : [next]))
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

/** Rows in order: numbers by size, text as people order it, missing values last either way. Equal rows keep their order. */
export function sortRows(
  rows: readonly FunctionRow[],
  columns: readonly FunctionColumn[],
  sorts: readonly SortBy[],
): readonly FunctionRow[] {
  const byId = new Map(columns.map((column) => [column.id, column]))
  const keys = sorts.flatMap(({ columnId, direction }) => {
    const column = byId.get(columnId)
    if (column === undefined) return []
    const isNumber = isNumeric(column)
    const values = rows.map((row) => sortValue(row.cells[column.index], isNumber))
    return [{ values, sign: direction === 'ascending' ? 1 : -1 }]
  })
  if (keys.length === 0) return rows
  const order = rows.map((_, place) => place)
  order.sort((a, b) => {
    for (const { values, sign } of keys) {
      const difference = compare(values[a], values[b], sign)
      if (difference !== 0) return difference
    }
    return a - b
  })
  return order.flatMap((place) => rows[place] ?? [])
}

type SortValue = number | string | undefined

function sortValue(value: unknown, isNumber: boolean): SortValue {
  if (isMissing(value)) return undefined
  const number = cellNumber(value)
  if (isNumber) return number
  return typeof value === 'number' && number !== undefined ? number : plainText(value, 200)
}

function compare(a: SortValue, b: SortValue, sign: number): number {
  if (a === b) return 0
  if (a === undefined) return 1
  if (b === undefined) return -1
  if (typeof a === 'number' && typeof b === 'number') return (a - b) * sign
  if (typeof a === 'number') return -sign
  if (typeof b === 'number') return sign
  return collator.compare(a, b) * sign
}

/**
 * Rows in the order they had, while a person points at them: those that are still there stay where they were, new ones come after,
 * in their own order.
 */
export function keepOrder<Row extends { readonly key: string }>(rows: readonly Row[], keysBefore: readonly string[]): readonly Row[] {
  const places = new Map(keysBefore.map((key, place) => [key, place]))
  const last = keysBefore.length
  return rows.toSorted((a, b) => (places.get(a.key) ?? last) - (places.get(b.key) ?? last))
}
