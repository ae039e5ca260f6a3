import { expect, it } from 'vitest'
import { valueTicks } from './value-ticks.ts'

it.each([
  [0, 100, 5, [0, 20, 40, 60, 80, 100]],
  [0, 1, 4, [0, 0.5, 1]],
  [-3, 3, 6, [-3, -2, -1, 0, 1, 2, 3]],
  [0, 0, 5, []],
  [0, Number.POSITIVE_INFINITY, 5, []],
])('[CX15] an image of a chart from %d to %d has round marks', (low, high, wished, marks) => {
  expect(valueTicks(low, high, wished)).toEqual(marks)
})
