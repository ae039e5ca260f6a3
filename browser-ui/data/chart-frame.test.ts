import { expect, it } from 'vitest'
import { buildFrame, stackSeries, type FrameChoice } from './chart-frame.ts'
import { createSeriesTable, type SeriesTable } from './feed/series-table.ts'

const choice: FrameChoice = { chartId: undefined, isAveraged: false, fromS: 0, toS: 1e9, paceS: 1 }

function tableOf(times: readonly number[], columns: Readonly<Record<string, readonly number[]>>, stepS = 1): SeriesTable {
  const table = createSeriesTable(1000)
  table.merge({
    stepS,
    timesS: Float64Array.from(times),
    columns: Object.entries(columns).map(([key, values]) => {
      const [chartId = '', dimensionId = ''] = key.split(' ')
      return { chartId, dimensionId, name: dimensionId, values: Float64Array.from(values) }
    }),
  })
  return table
}

const disks = tableOf([10, 11], { 'disk.a reads': [1, 2], 'disk.a writes': [-1, -2], 'disk.b reads': [10, Number.NaN] })

it('[UI10] adds instances by dimension', () => {
  expect(buildFrame(disks, choice)).toEqual({
    timesS: [10, 11],
    series: [
      { dimensionId: 'reads', name: 'reads', values: [11, 2] },
      { dimensionId: 'writes', name: 'writes', values: [-1, -2] },
    ],
  })
})

it('[UI10] averages instances of shares, over those that have a value', () => {
  expect(buildFrame(disks, { ...choice, isAveraged: true }).series[0]?.values).toEqual([5.5, 2])
})

it('[UI11] shows one chosen instance alone', () => {
  expect(buildFrame(disks, { ...choice, chartId: 'disk.b' }).series).toEqual([{ dimensionId: 'reads', name: 'reads', values: [10, null] }])
})

it('[UI12] makes missing rows visible as a gap', () => {
  const frame = buildFrame(tableOf([10, 11, 15, 16], { 'system.cpu user': [1, 2, 3, 4] }), choice)
  expect(frame.timesS).toEqual([10, 11, 12, 15, 16])
  expect(frame.series[0]?.values).toEqual([1, 2, null, 3, 4])
})

it('[UI12] connects the rows of a slow collector that came in a fast answer', () => {
  const table = tableOf([10, 15, 20], { 'system.load load1': [1, 2, 3] })
  expect(buildFrame(table, { ...choice, paceS: 5 }).timesS).toEqual([10, 15, 20])
})

it('[UI12] connects averages of longer intervals', () => {
  expect(buildFrame(tableOf([10, 14, 18], { 'system.cpu user': [1, 2, 3] }, 4), choice).timesS).toEqual([10, 14, 18])
})

it('[UI13] cuts to the window, with one row before it so that lines enter from outside', () => {
  const table = tableOf([10, 11, 12, 13, 14], { 'system.cpu user': [1, 2, 3, 4, 5] })
  expect(buildFrame(table, { ...choice, fromS: 12, toS: 13 }).timesS).toEqual([11, 12, 13])
})

it('[UI14] stacks what is positive upwards and what is negative downwards', () => {
  expect(
    stackSeries([
      [1, 2],
      [-1, -2],
      [3, 4],
      [-5, -6],
    ]),
  ).toEqual([
    [1, 2],
    [-1, -2],
    [4, 6],
    [-6, -8],
  ])
})

it('[UI14] treats a missing value as nothing, and a row without values as a gap', () => {
  expect(
    stackSeries([
      [1, null, null],
      [2, 5, null],
    ]),
  ).toEqual([
    [1, 0, null],
    [3, 5, null],
  ])
})
