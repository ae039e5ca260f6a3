import { expect, it } from 'vitest'
import { readFunctionTable } from './function-table.ts'
import { defaultSort, keepOrder, sortRows, toggleSort, type SortBy } from './table-sort.ts'

const table = readFunctionTable({
  columns: {
    name: { index: 0, unique_key: true, type: 'string' },
    size: { index: 1, type: 'integer', sort: 'descending' },
    kind: { index: 2, type: 'string' },
  },
  data: [
    ['disk10', 5, 'b'],
    ['disk9', null, 'a'],
    ['Disk1', 30, 'b'],
    ['disk2', '4', 'a'],
    ['disk3', Number.NaN, 'b'],
  ],
  default_sort_column: 'size',
})
const sorted = (...sorts: SortBy[]) => sortRows(table.rows, table.columns, sorts).map(({ key }) => key)

it('[FN13] sorts numbers by size and text as people do, with what is missing last either way', () => {
  expect(sorted({ columnId: 'size', direction: 'ascending' })).toEqual(['disk2', 'disk10', 'Disk1', 'disk9', 'disk3'])
  expect(sorted({ columnId: 'size', direction: 'descending' })).toEqual(['Disk1', 'disk10', 'disk2', 'disk9', 'disk3'])
  expect(sorted({ columnId: 'name', direction: 'ascending' })).toEqual(['Disk1', 'disk2', 'disk3', 'disk9', 'disk10'])
  expect(sorted({ columnId: 'gone', direction: 'ascending' })).toEqual(table.rows.map(({ key }) => key))
})

it('[FN13] sorts by several columns and keeps the order of equal rows', () => {
  expect(sorted({ columnId: 'kind', direction: 'ascending' }, { columnId: 'size', direction: 'descending' })).toEqual([
    'disk2',
    'disk9',
    'Disk1',
    'disk10',
    'disk3',
  ])
  expect(sorted({ columnId: 'kind', direction: 'descending' })).toEqual(['disk10', 'Disk1', 'disk3', 'disk9', 'disk2'])
})

it('[FN14] a header sorts in its own direction, then the other way, then no more; with shift it joins the others', () => {
  const size = { id: 'size', firstSort: 'descending' } as const
  const name = { id: 'name', firstSort: 'ascending' } as const
  const first = defaultSort(table)
  expect(first).toEqual([{ columnId: 'size', direction: 'descending' }])
  const second = toggleSort(first, size, false)
  expect(second).toEqual([{ columnId: 'size', direction: 'ascending' }])
  expect(toggleSort(second, size, false)).toEqual([])
  const both = toggleSort(first, name, true)
  expect(both).toEqual([...first, { columnId: 'name', direction: 'ascending' }])
  expect(toggleSort(both, name, true)[1]).toEqual({ columnId: 'name', direction: 'descending' })
  expect(toggleSort(toggleSort(both, name, true), name, true)).toEqual(first)
  expect(toggleSort(both, name, false)).toEqual([{ columnId: 'name', direction: 'ascending' }])
  expect(defaultSort({ columns: table.columns, defaultSortId: undefined })).toEqual([])
})

it('[FN15] keeps the order on screen while a person points: new rows come last, gone ones go', () => {
  const rows = ['d', 'b', 'new', 'a'].map((key) => ({ key }))
  expect(keepOrder(rows, ['a', 'b', 'c', 'd']).map(({ key }) => key)).toEqual(['a', 'b', 'd', 'new'])
})
