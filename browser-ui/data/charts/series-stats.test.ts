import { expect, it } from 'vitest'
import { seriesStats } from './series-stats.ts'

it('[CX9] the statistics of a series leave out gaps and what lies outside of the window', () => {
  const frame = {
    timesS: [1, 2, 3, 4, 5],
    series: [
      { dimensionId: 'a', name: 'a', values: [100, 2, null, 4, null] },
      { dimensionId: 'b', name: 'b', values: [1, null, null, null, null] },
    ],
  }
  expect(seriesStats(frame, 2, 5)).toEqual([
    { now: 4, min: 2, average: 3, max: 4, count: 2 },
    { now: undefined, min: undefined, average: undefined, max: undefined, count: 0 },
  ])
})
