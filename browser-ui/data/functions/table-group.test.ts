import { expect, it } from 'vitest'
import { readFunctionTable, summaries } from './function-table.ts'
import { barChart } from './table-charts.ts'
import { groupRows, openLines, sortGroups, summarise } from './table-group.ts'

const numeric = Object.fromEntries(summaries.map((summary) => [summary, { index: 2, type: 'integer', summary }]))
const table = readFunctionTable({
  columns: {
    user: { index: 0, type: 'string' },
    cmd: { index: 1, type: 'string', summary: 'uniqueCount' },
    ...numeric,
    text: { index: 1, summary: 'sum' },
  },
  data: [
    ['root', 'a', 4],
    ['web', 'b', 10],
    ['root', 'a', 1],
    [null, 'c', null],
    ['root', 'd', 7],
    ['root', 'e', 2],
  ],
})
const columnOf = (id: string) => table.columns.find((column) => column.id === id) ?? expect.fail()

it('[FN18] summarises a column as the agent says, leaving out what is missing; text is counted', () => {
  const rows = groupRows(table.rows, table.columns, ['user'])[0]?.rows ?? []
  expect(summaries.map((summary) => [summary, summarise(columnOf(summary), rows).number])).toEqual([
    ['count', 4],
    ['uniqueCount', 4],
    ['sum', 14],
    ['min', 1],
    ['max', 7],
    ['mean', 3.5],
    ['median', 3],
  ])
  expect(summarise(columnOf('cmd'), rows)).toEqual({ kind: 'uniqueCount', number: 3, isInUnits: false })
  expect(summarise(columnOf('text'), rows)).toEqual({ kind: 'count', number: 4, isInUnits: false })
  expect(summarise(columnOf('median'), [])).toMatchObject({ number: undefined })
})

it('[FN19] groups rows by one column or several, and opens what is open', () => {
  const groups = groupRows(table.rows, table.columns, ['user', 'cmd', 'gone'])
  expect(groups.map(({ value, rows }) => [value, rows.length])).toEqual([
    ['root', 4],
    ['web', 1],
    ['(empty)', 1],
  ])
  const root = groups[0] ?? expect.fail()
  const inner = root.groups[0] ?? expect.fail()
  const lines = openLines(groups, new Set([root.key, inner.key]))
  expect(lines.map((line) => [line.kind, line.depth])).toEqual([
    ['group', 0],
    ['group', 1],
    ['row', 2],
    ['row', 2],
    ['group', 1],
    ['group', 1],
    ['group', 0],
    ['group', 0],
  ])
  expect(new Set(lines.map(({ key }) => key)).size).toBe(lines.length)
  expect(groupRows([], table.columns, ['user'])).toEqual([])
})

it('[FN19] sorts groups by their summaries, or by their own name', () => {
  const groups = groupRows(table.rows, table.columns, ['user'])
  const names = (id: string, direction: 'ascending' | 'descending') => sortGroups(groups, columnOf(id), direction).map(({ value }) => value)
  expect(names('sum', 'descending')).toEqual(['root', 'web', '(empty)'])
  expect(names('sum', 'ascending')).toEqual(['web', 'root', '(empty)'])
  expect(names('user', 'descending')).toEqual(['web', 'root', '(empty)'])
})

it('[FN20] adds up columns for each value of another as bars, largest first', () => {
  const offer = { id: 'c', name: 'C', columnIds: ['sum', 'max'], isOverAll: false }
  const chart = barChart(table.rows, table.columns, offer, 'user')
  expect(chart.bars.map(({ label, total }) => [label, total])).toEqual([
    ['root', 28],
    ['web', 20],
  ])
  expect([chart.max, chart.restCount]).toEqual([28, 1])
  expect(barChart(table.rows, table.columns, { ...offer, isOverAll: true }, undefined).bars).toMatchObject([{ label: 'All', total: 48 }])
  expect(barChart([], table.columns, offer, 'user').bars).toEqual([])
})
