import { expect, it } from 'vitest'
import { maxRows, readFunctionTable } from './function-table.ts'

const columns = {
  Cmd: { index: 1, name: 'Command', type: 'string', visible: true, sticky: true, filter: 'multiselect', sort: 'ascending' },
  PID: { index: 0, unique_key: true, name: 'PID', visible: true, type: 'integer' },
  CPU: {
    index: 2,
    name: 'CPU',
    visible: true,
    type: 'bar-with-integer',
    visualization: 'bar',
    max: 5.5,
    value_options: { units: '%', transform: 'number', decimal_points: 2 },
    sort: 'descending',
    summary: 'sum',
    filter: 'range',
  },
  rowOptions: { index: 3, type: 'none', visualization: 'rowOptions', dummy: true },
}

it('[FN6] reads columns by their index with every member, and rows with key and severity', () => {
  const table = readFunctionTable({
    columns,
    data: [
      [1, 'init', 0.5, { severity: 'warning' }],
      [2, 'x', null, { severity: '<b>' }],
    ],
    default_sort_column: 'CPU',
    charts: { CPU: { name: 'CPU', type: 'stacked-bar', columns: ['CPU', 'gone'] }, none: { columns: [] } },
    default_charts: [['CPU', 'Cmd'], ['gone', 'Cmd'], 5],
    group_by: {
      Cmd: { name: 'By command', columns: ['Cmd', 'gone'] },
      bad: { columns: ['gone'] },
      aggregated: [{ id: 'a', column: 'PID' }],
    },
  })
  expect(table.columns.map(({ id }) => id)).toEqual(['PID', 'Cmd', 'CPU', 'rowOptions'])
  expect(table.columns[2]).toEqual({
    id: 'CPU',
    name: 'CPU',
    index: 2,
    type: 'bar-with-integer',
    visualization: 'bar',
    transform: 'number',
    units: '%',
    decimals: 2,
    placeholder: '',
    max: 5.5,
    isKey: false,
    isVisible: true,
    isSticky: false,
    isSortable: true,
    firstSort: 'descending',
    summary: 'sum',
    filter: 'range',
    isFilterOpen: false,
    isWide: false,
  })
  expect(table.columns[3]).toMatchObject({ isVisible: false, isSortable: false, filter: 'none' })
  expect(table.rows.map(({ key, severity }) => [key, severity])).toEqual([
    ['1', 'warning'],
    ['2', 'normal'],
  ])
  expect(table).toMatchObject({
    defaultSortId: 'CPU',
    charts: [{ id: 'CPU', columnIds: ['CPU'], isOverAll: false }],
    defaultCharts: [['CPU', 'Cmd']],
    groups: [
      { id: 'Cmd', name: 'By command', columnIds: ['Cmd'] },
      { id: 'a', name: 'a', columnIds: ['PID'] },
    ],
    cutRows: 0,
  })
})

it('[FN7] survives columns and rows of any shape', () => {
  const table = readFunctionTable({
    columns: {
      noIndex: { name: 'x' },
      negative: { index: -1 },
      fraction: { index: 0.5 },
      text: { index: '1', type: 'gauge', visualization: 5, max: 'NaN', sort: 7, summary: 'toString', value_options: 'x', filter: {} },
      nothing: null,
      ['__proto__x']: { index: 2, name: 7, type: 'timestamp', max: -3 },
    },
    data: [null, 5, 'row', {}, [1, Number.NaN, [['deep', [1]]]], []],
    charts: [],
    group_by: 'x',
    default_charts: 'y',
  })
  expect(
    table.columns.map(({ id, name, type, transform, summary, filter, max }) => [id, name, type, transform, summary, filter, max]),
  ).toEqual([
    ['text', 'text', 'string', 'none', 'count', 'none', undefined],
    ['__proto__x', '__proto__x', 'timestamp', 'datetime', 'count', 'none', undefined],
  ])
  expect(table.rows).toHaveLength(2)
  expect(readFunctionTable({}).rows).toEqual([])
})

it('[FN8] gives rows one key each: from all key columns, also when values repeat or are no text, or there is no key column', () => {
  const keyed = { a: { index: 0, unique_key: true }, b: { index: 1, unique_key: true } }
  const keysOf = (given: object, data: unknown[][]) => readFunctionTable({ columns: given, data }).rows.map(({ key }) => key)
  expect(
    keysOf(keyed, [
      ['eth0', 'up'],
      ['eth0', 'down'],
      ['eth0', 'up'],
    ]),
  ).toEqual(['eth0\u0000up', 'eth0\u0000down', 'eth0\u0000up\u0000#1'])
  expect(
    new Set(
      keysOf(keyed, [
        [null, 1],
        [undefined, '1'],
        [{ x: 1 }, []],
        ['x'.repeat(9_000), 2],
      ]),
    ).size,
  ).toBe(4)
  expect(keysOf({ a: { index: 0 } }, [['x'], ['x']])).toEqual(['#0', '#1'])
})

it('[FN9] takes the severity at the end of a row, too', () => {
  const { rows } = readFunctionTable({
    columns: { a: { index: 0 } },
    data: [
      ['x', { rowOptions: { severity: 'error' } }],
      ['y', { rowOptions: 5 }],
    ],
  })
  expect(rows.map(({ severity }) => severity)).toEqual(['error', 'normal'])
})

it('[FN10] holds a bounded number of rows and says how many were left out', () => {
  const data = Array.from({ length: maxRows + 7 }, (_, place) => [place])
  const table = readFunctionTable({ columns: { a: { index: 0, unique_key: true } }, data })
  expect([table.rows.length, table.cutRows]).toEqual([maxRows, 7])
})
