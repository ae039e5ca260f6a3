import { expect, it } from 'vitest'
import { readFunctionTable } from './function-table.ts'
import {
  agentsChoice,
  cardColumns,
  columnWidthPx,
  orderedColumns,
  stickyLefts,
  visibleColumns,
  withColumnMoved,
  withColumnShown,
} from './table-columns.ts'
import { rowText, tableCsv } from './table-csv.ts'

const { columns, rows } = readFunctionTable({
  columns: {
    PID: { index: 0, name: 'PID', unique_key: true, visible: true, type: 'integer' },
    Cmd: { index: 1, name: 'Command', visible: true, sticky: true, type: 'string' },
    CPU: {
      index: 2,
      name: 'CPU',
      visible: true,
      type: 'bar-with-integer',
      visualization: 'bar',
      value_options: { units: '%', transform: 'number' },
    },
    Args: { index: 3, name: '=Args', visible: false, type: 'string' },
    When: { index: 4, name: 'When', visible: false, type: 'timestamp', value_options: { transform: 'datetime' } },
    rowOptions: { index: 5, type: 'none', visualization: 'rowOptions', visible: true },
  },
  data: [
    [7, '=HYPERLINK("http://x")', 1.25, ' \t@SUM(1,2)', 1_795_297_084_000, {}],
    [8, 'a "b", c', null, '-1+1', 0, {}],
    [9, '', '-3', 'plain', Number.NaN, {}],
  ],
})
const ids = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id)

it('[FN21] shows the agent’s columns, those that stick first, and lets a person show, hide and move them', () => {
  expect(ids(visibleColumns(columns, agentsChoice))).toEqual(['Cmd', 'PID', 'CPU'])
  const shown = withColumnShown(withColumnShown(agentsChoice, 'Args', true), 'PID', false)
  expect(ids(visibleColumns(columns, shown))).toEqual(['Cmd', 'CPU', 'Args'])
  const moved = withColumnMoved(columns, shown, 'Args', -3)
  expect(ids(orderedColumns(columns, moved))).toEqual(['Args', 'Cmd', 'PID', 'CPU', 'When'])
  expect(ids(orderedColumns(columns, withColumnMoved(columns, moved, 'Args', 99)))).toEqual(['Cmd', 'PID', 'CPU', 'When', 'Args'])
  expect(withColumnMoved(columns, shown, 'gone', 1)).toBe(shown)
})

it('[FN21] never shows a table without columns', () => {
  const none = columns.reduce((choice, { id }) => withColumnShown(choice, id, false), agentsChoice)
  expect(ids(visibleColumns(columns, none))).toEqual(['Cmd'])
  expect(visibleColumns([], agentsChoice)).toEqual([])
})

it('[FN22] a card says what names the row, then what it is sorted by', () => {
  const { title, facts } = cardColumns(visibleColumns(columns, agentsChoice), ['CPU'], 2)
  expect([title?.id, ids(facts)]).toEqual(['Cmd', ['CPU', 'PID']])
  expect(cardColumns([], [], 3)).toEqual({ title: undefined, facts: [] })
})

it('[FN21] the first columns that stick stay in sight, as long as they leave room', () => {
  const shown = visibleColumns(columns, agentsChoice)
  expect(stickyLefts(shown, [200, 80, 100], 300)).toEqual([0, 200, undefined])
  expect(stickyLefts(shown, [250, 80, 100], 300)).toEqual([0, undefined, undefined])
  expect(stickyLefts([], [], 300)).toEqual([])
})

it('[FN22] gives columns a width for what they hold, within bounds', () => {
  for (const column of columns) {
    const width = columnWidthPx(column, ['x'.repeat(9_000)])
    expect(width).toBeGreaterThanOrEqual(76)
    expect(width).toBeLessThanOrEqual(640)
  }
})

it('[FN23] (U1) writes CSV with raw numbers, times as text, and no text a spreadsheet would run', () => {
  const lines = tableCsv(columns.slice(0, 5), rows, 'UTC').split('\r\n')
  expect(lines).toEqual([
    'PID,Command,CPU [%],"\'=Args",When',
    '7,"\'=HYPERLINK(""http://x"")",1.25,"\' \t@SUM(1,2)",2026-11-21 21:38:04',
    '8,"a ""b"", c",,"\'-1+1",',
    '9,,-3,plain,',
    '',
  ])
})

it('[FN23] a row can be pasted as text with all its columns', () => {
  expect(rowText(columns.slice(0, 3), rows[1] ?? expect.fail(), 'UTC')).toBe('PID: 8\nCommand: a "b", c\nCPU: ')
})
