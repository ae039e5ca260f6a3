import { expect, it } from 'vitest'
import { createSeriesTable, splitByContext, type SeriesBlock, type SeriesTable } from './series-table.ts'

const gap = Number.NaN
const block = (stepS: number, rows: readonly (readonly [number, number])[], dimensionId = 'user', chartId = 'system.cpu'): SeriesBlock => ({
  stepS,
  timesS: Float64Array.from(rows, ([timeS]) => timeS),
  columns: [{ chartId, dimensionId, name: dimensionId, values: Float64Array.from(rows, ([, value]) => value) }],
})
const rowsOf = (table: SeriesTable, column = 0) => [...table.timesS()].map((timeS, row) => [timeS, table.values(column)[row]])

it('[UI6] appends newer rows and overwrites equal times with the later answer', () => {
  const table = createSeriesTable(100)
  expect(
    table.merge(
      block(1, [
        [10, 1],
        [11, 2],
        [12, 3],
      ]),
    ),
  ).toBe(true)
  expect(
    table.merge(
      block(1, [
        [11, 2],
        [12, 9],
        [13, 4],
      ]),
    ),
  ).toBe(true)
  expect(rowsOf(table)).toEqual([
    [10, 1],
    [11, 2],
    [12, 9],
    [13, 4],
  ])
  expect(
    table.merge(
      block(1, [
        [12, 9],
        [13, 4],
      ]),
    ),
  ).toBe(false)
})

it('[UI6] fills a gap in the middle and puts older rows in front', () => {
  const table = createSeriesTable(100)
  table.merge(
    block(1, [
      [20, 1],
      [24, 5],
    ]),
  )
  table.merge(
    block(1, [
      [18, -1],
      [21, 2],
      [22, 3],
      [24, 6],
    ]),
  )
  expect(rowsOf(table)).toEqual([
    [18, -1],
    [20, 1],
    [21, 2],
    [22, 3],
    [24, 6],
  ])
})

it('[UI6] never lets a gap erase a value', () => {
  const table = createSeriesTable(100)
  table.merge(
    block(1, [
      [10, 1],
      [11, 2],
    ]),
  )
  table.merge(
    block(1, [
      [10, gap],
      [11, gap],
      [12, gap],
    ]),
  )
  expect(rowsOf(table)).toEqual([
    [10, 1],
    [11, 2],
  ])
})

it('[UI7] keeps fine rows when averages of longer intervals arrive, and uses those only where there was nothing', () => {
  const table = createSeriesTable(100)
  table.merge(
    block(1, [
      [100, 1],
      [101, 2],
      [102, 3],
    ]),
  )
  table.merge(
    block(4, [
      [92, 7],
      [96, 8],
      [100, 50],
      [104, 9],
    ]),
  )
  expect(rowsOf(table)).toEqual([
    [92, 7],
    [96, 8],
    [100, 1],
    [101, 2],
    [102, 3],
  ])
})

it('[UI7] replaces averages by fine rows where those arrive', () => {
  const table = createSeriesTable(100)
  table.merge(
    block(4, [
      [92, 7],
      [96, 8],
      [100, 9],
    ]),
  )
  table.merge(
    block(1, [
      [97, 1],
      [98, 2],
      [99, 3],
      [100, 4],
    ]),
  )
  expect(rowsOf(table)).toEqual([
    [92, 7],
    [96, 8],
    [97, 1],
    [98, 2],
    [99, 3],
    [100, 4],
  ])
})

it('[UI8] keeps columns by chart and dimension; what a column did not have is a gap', () => {
  const table = createSeriesTable(100)
  table.merge(block(1, [[10, 1]], 'reads', 'disk.a'))
  table.merge(
    block(
      1,
      [
        [10, 5],
        [11, 6],
      ],
      'reads',
      'disk.b',
    ),
  )
  expect(table.columns.map((column) => column.chartId)).toEqual(['disk.a', 'disk.b'])
  expect(rowsOf(table, 0)).toEqual([
    [10, 1],
    [11, gap],
  ])
  expect(rowsOf(table, 1)).toEqual([
    [10, 5],
    [11, 6],
  ])
})

it('[UI9] holds at most its number of rows, the newest ones, and forgets what is trimmed', () => {
  const table = createSeriesTable(300)
  for (let timeS = 1; timeS <= 2000; timeS++) table.merge(block(1, [[timeS, timeS * 2]]))
  expect(table.length).toBe(300)
  expect(rowsOf(table).at(0)).toEqual([1701, 3402])
  expect(rowsOf(table).at(-1)).toEqual([2000, 4000])
  table.trimBefore(1999)
  expect(rowsOf(table)).toEqual([
    [1999, 3998],
    [2000, 4000],
  ])
})

it('[UI6] ends with the same rows whatever the order of the answers (seed 7)', () => {
  let seed = 7
  const random = (below: number) => (seed = (seed * 48_271) % 0x7fff_ffff) % below
  for (let round = 0; round < 50; round++) {
    const blocks = Array.from({ length: 12 }, () => {
      const from = 1000 + random(60)
      return block(
        1,
        Array.from({ length: 1 + random(9) }, (_, index) => [from + index, (from + index) * 3] as const),
      )
    })
    const forwards = createSeriesTable(500)
    const backwards = createSeriesTable(500)
    for (const one of blocks) forwards.merge(one)
    for (const one of blocks.toReversed()) backwards.merge(one)
    const times = [...new Set(blocks.flatMap((one) => [...one.timesS]))].sort((a, b) => a - b)
    expect(rowsOf(forwards)).toEqual(times.map((timeS) => [timeS, timeS * 3]))
    expect(rowsOf(backwards)).toEqual(rowsOf(forwards))
  }
})

it('[UI4] deals the columns of one answer out to their contexts and reports strangers', () => {
  const strangers: string[] = []
  const column = (chartId: string | undefined, dimensionId: string) => ({
    chartId,
    dimensionId,
    name: dimensionId,
    values: Float64Array.of(1),
    latest: 1,
  })
  const answer = {
    stepS: 1,
    timesS: Float64Array.of(10),
    columns: [column('disk.vda', 'reads'), column('disk.vdb', 'reads'), column('new.one', 'x')],
  }
  const blocks = splitByContext(
    answer,
    (chartId) => (chartId?.startsWith('disk.') ? 'disk.io' : undefined),
    (chartId) => strangers.push(chartId),
  )
  expect([...blocks.keys()]).toEqual(['disk.io'])
  expect(blocks.get('disk.io')?.columns.map(({ chartId }) => chartId)).toEqual(['disk.vda', 'disk.vdb'])
  expect(strangers).toEqual(['new.one'])
})

it('[UI136] metrics that are named anew with every answer fill a bounded number of columns, and those that go on are kept', () => {
  const table = createSeriesTable(100, 40)
  const wide = (timeS: number, names: readonly string[]): SeriesBlock => ({
    stepS: 1,
    timesS: Float64Array.of(timeS),
    columns: names.map((name) => ({ chartId: 'odd', dimensionId: name, name, values: Float64Array.of(timeS) })),
  })
  for (let timeS = 1; timeS <= 50; timeS++) {
    table.merge(wide(timeS, ['steady', ...Array.from({ length: 9 }, (_, index) => `${timeS} ${index}`)]))
    expect(table.columns.length).toBeLessThanOrEqual(40)
  }
  const steady = table.columns.findIndex(({ name }) => name === 'steady')
  expect([...table.values(steady)]).toEqual(Array.from({ length: 50 }, (_, index) => index + 1))
  expect(table.columns.filter(({ name }) => name.startsWith('50 '))).toHaveLength(9)
  // More at once than there is room for: the first of them.
  table.merge(
    wide(
      51,
      Array.from({ length: 500 }, (_, index) => `more ${index}`),
    ),
  )
  expect(table.columns.map(({ name }) => name)).toEqual(Array.from({ length: 40 }, (_, index) => `more ${index}`))
})
