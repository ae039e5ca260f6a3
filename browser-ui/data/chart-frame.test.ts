import { expect, it } from 'vitest'
import { stackSeries } from './chart-frame.ts'

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
