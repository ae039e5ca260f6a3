import { expect, it } from 'vitest'
import { foldRows } from './fold-rows.ts'
import { createSeriesTable, type SeriesTable } from './series-table.ts'

const nothing = Number.NaN
const column = { chartId: 'system.cpu', dimensionId: 'user', name: 'user' }
const block = (stepS: number, times: readonly number[], values: readonly number[]) => ({
  stepS,
  timesS: Float64Array.from(times),
  columns: [{ ...column, values: Float64Array.from(values) }],
})
const read = (table: SeriesTable | undefined) =>
  table && { times: [...table.timesS()], values: [...table.values(0)], steps: [...table.stepsS()] }

function longWindow(...ticks: (readonly [number, number])[]): SeriesTable {
  const table = createSeriesTable(100)
  table.merge(block(5, [90, 95, 100], [1, 2, 3]))
  for (const [timeS, value] of ticks) table.merge(block(1, [timeS], [value]))
  return table
}

it('[TM18] averages the fine rows of intervals that are over, and keeps those of the newest one', () => {
  const table = longWindow([101, 10], [102, 20], [104, 30], [105, 40], [106, 7], [107, 8])
  expect(read(foldRows(table, 5, 100))).toEqual({
    times: [90, 95, 100, 105, 106, 107],
    values: [1, 2, 3, 25, 7, 8],
    steps: [5, 5, 5, 5, 1, 1],
  })
})

it('[TM18] leaves a gap where an interval has no row or no value', () => {
  const table = longWindow([101, 10], [112, 4], [115, 6], [116, 1])
  expect(read(foldRows(table, 5, 100))).toMatchObject({ times: [90, 95, 100, 105, 115, 116], values: [1, 2, 3, 10, 5, 1] })
})

it('[TM18] waits until an interval is over, and has nothing to fold without ticks or without averages', () => {
  expect(foldRows(longWindow([101, 1], [104, 2]), 5, 100)).toBeUndefined()
  expect(foldRows(longWindow(), 5, 100)).toBeUndefined()
  const fine = createSeriesTable(100)
  fine.merge(block(1, [1, 2, 3], [1, nothing, 3]))
  expect(foldRows(fine, 5, 100)).toBeUndefined()
})
