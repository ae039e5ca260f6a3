import { expect, it } from 'vitest'
import { readFunctionTable } from './function-table.ts'
import { filterOf, filterRows, missingLabel, noFilter, optionsOf, rangeOf, withColumnFilter, type ColumnFilter } from './table-filter.ts'

const table = readFunctionTable({
  columns: {
    name: { index: 0, unique_key: true, type: 'string', filter: 'multiselect' },
    size: { index: 1, type: 'integer', filter: 'range', value_options: { transform: 'number', units: 'MiB' } },
    tags: { index: 2, type: 'array', filter: 'facet' },
    secret: { index: 3, type: 'none', visualization: 'rowOptions', filter: 'multiselect' },
  },
  data: [
    ['Nginx', 1500, ['web', 'tls'], 'hidden'],
    ['postgres', 20, ['db'], 'hidden'],
    ['cron', null, [], 'hidden'],
  ],
})
const keys = (filter: typeof noFilter) => filterRows(table.rows, table.columns, filter).map(({ key }) => key)
const only = (columnId: string, filter: ColumnFilter) => keys(withColumnFilter(noFilter, columnId, filter))
const columnOf = (id: string) => table.columns.find((column) => column.id === id) ?? expect.fail()

it('[FN16] keeps rows by words in any column people see, as shown or as sent', () => {
  expect(keys({ ...noFilter, text: 'nginx WEB' })).toEqual(['Nginx'])
  expect(keys({ ...noFilter, text: '1,500' })).toEqual(['Nginx'])
  expect(keys({ ...noFilter, text: '1500' })).toEqual(['Nginx'])
  expect(keys({ ...noFilter, text: 'hidden' })).toEqual([])
  expect(keys({ ...noFilter, text: '  ' })).toHaveLength(3)
})

it('[FN16] keeps rows by value, each item of a list counting, and by range with open ends; rows without a number are in no range', () => {
  expect(only('tags', { kind: 'values', values: new Set(['tls', 'db']) })).toEqual(['Nginx', 'postgres'])
  expect(only('tags', { kind: 'values', values: new Set([missingLabel]) })).toEqual(['cron'])
  expect(only('size', { kind: 'range', from: 20, to: undefined })).toEqual(['Nginx', 'postgres'])
  expect(only('size', { kind: 'range', from: undefined, to: 20 })).toEqual(['postgres'])
  expect(withColumnFilter(noFilter, 'size', { kind: 'range', from: undefined, to: undefined }).byColumn.size).toBe(0)
  expect(withColumnFilter(noFilter, 'name', { kind: 'values', values: new Set() }).byColumn.size).toBe(0)
})

it('[FN17] counts the values of a column over the rows that the other filters leave; chosen values stay in the list', () => {
  const filter = withColumnFilter({ ...noFilter, text: 'nginx' }, 'name', { kind: 'values', values: new Set(['gone']) })
  expect(optionsOf(table.rows, table.columns, filter, columnOf('name'))).toEqual([
    { value: 'Nginx', count: 1 },
    { value: 'gone', count: 0 },
  ])
  expect(optionsOf(table.rows, table.columns, noFilter, columnOf('tags')).map(({ value }) => value)).toEqual([
    missingLabel,
    'db',
    'tls',
    'web',
  ])
  expect(rangeOf(table.rows, columnOf('size'))).toEqual([20, 1500])
  expect(rangeOf([], columnOf('size'))).toBeUndefined()
  expect(table.columns.map(filterOf)).toEqual(['values', 'range', 'values', undefined])
})
