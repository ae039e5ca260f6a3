import { expect, it } from 'vitest'
import { createChartSet, dimensionLimit } from './chart.ts'
import { createHistory } from './history.ts'

it('[HS9] keeps the newest span and no more, with gaps where nothing was sampled', () => {
  const history = createHistory(2, 1, 4)
  expect([history.firstS, history.lastS, history.at(0, 100)]).toEqual([undefined, undefined, Number.NaN])
  history.write(100, [1, -1])
  history.write(101, [2, -2])
  history.write(103, [4, -4])
  history.write(104, [5])
  expect([history.firstS, history.lastS]).toEqual([101, 104])
  expect([100, 101, 102, 103, 104, 105].map((time) => history.at(0, time))).toEqual([Number.NaN, 2, Number.NaN, 4, 5, Number.NaN])
  expect([101, 103, 104].map((time) => history.at(1, time))).toEqual([-2, -4, Number.NaN])
})

it('[HS9] a pause longer than the span leaves nothing of before', () => {
  const history = createHistory(1, 1, 4)
  history.write(100, [1])
  history.write(1_000_000, [2])
  expect(history.firstS).toBe(999_997)
  expect([999_997, 999_998, 999_999, 1_000_000].map((time) => history.at(0, time))).toEqual([Number.NaN, Number.NaN, Number.NaN, 2])
})

it('[HS9] a slow chart keeps one value a step; a repeated time counts once', () => {
  const history = createHistory(1, 5, 20)
  history.write(100, [1])
  history.write(100, [9])
  history.write(105, [2])
  expect([100, 105].map((time) => history.at(0, time))).toEqual([1, 2])
})

it('[HS9] a clock set back by seconds repeats nothing, one set far back starts anew', () => {
  const history = createHistory(1, 1, 10)
  history.write(100, [1])
  history.write(97, [2])
  expect([history.firstS, history.lastS]).toEqual([100, 100])
  history.write(50, [3])
  expect([history.firstS, history.lastS, history.at(0, 50), history.at(0, 100)]).toEqual([50, 50, 3, Number.NaN])
})

it('[HS9] charts stop being made at the limit of dimensions', () => {
  const made: string[] = []
  const set = createChartSet(({ id }) => void made.push(id))
  const definition = (id: string, dimensions: number) =>
    ({
      id,
      context: id,
      family: 'f',
      title: 't',
      units: 'u',
      priority: 1,
      chartType: 'line',
      module: 'm',
      dimensions: Array.from({ length: dimensions }, (_, index) => `d${index}`),
    }) as const
  const first = set.ensure(definition('a', dimensionLimit - 1))
  expect(set.ensure(definition('a', 5))).toBe(first)
  expect(set.ensure(definition('b', 2))).toBeUndefined()
  expect(set.ensure(definition('c', 1))?.dimensions).toEqual([{ id: 'd0', name: 'd0' }])
  expect(made).toEqual(['a', 'c'])
})
