import { expect, it } from 'vitest'
import { parseDataAnswer } from './agent-answer.ts'
import { createSeriesTable, splitByContext } from './series-table.ts'

// The shape of agent-api §6.2, newest row first.
const answer = {
  view_update_every: 1,
  update_every: 1,
  options: 'jsonwrap,unaligned',
  dimension_names: ['user', 'load1'],
  dimension_ids: ['user-id', 'load1'],
  chart_ids: ['system.cpu', 'system.load'],
  latest_values: [54.8, 4.34],
  result: {
    labels: ['time', 'user', 'load1'],
    data: [
      [1790000001, 55.8, null],
      [1790000000, 48, null],
    ],
  },
}

it('[UI1] turns a data answer into columns keyed by chart and dimension, oldest row first, with gaps and newest stored values', () => {
  expect(parseDataAnswer(JSON.stringify(answer))).toEqual({
    stepS: 1,
    timesS: Float64Array.of(1790000000, 1790000001),
    columns: [
      { chartId: 'system.cpu', dimensionId: 'user-id', name: 'user', values: Float64Array.of(48, 55.8), latest: 54.8 },
      { chartId: 'system.load', dimensionId: 'load1', name: 'load1', values: Float64Array.of(Number.NaN, Number.NaN), latest: 4.34 },
    ],
  })
})

it('[UI1] leaves the chart unnamed when the agent names none', () => {
  const { chart_ids: _, ...single } = answer
  expect(parseDataAnswer(JSON.stringify(single)).columns.map((column) => column.chartId)).toEqual([undefined, undefined])
})

it.each(['', 'not json', '[]', '{"result":5}', '{"result":{"labels":["time"]}}', 'null'])(
  '[UI2] refuses %j with AGENT_PROTOCOL',
  (text) => {
    expect(() => parseDataAnswer(text)).toThrowError(expect.objectContaining({ code: 'AGENT_PROTOCOL' }))
  },
)

it('[UI135] drops rows at times that cannot be, takes the last of equal times, and bounds the step', () => {
  const rows = [
    [-5, 1, 1],
    [0, 1, 1],
    [1790000002000, 1, 1],
    [1e300, 1, 1],
    [1790000001, 1, 2],
    [1790000001, 3, 4],
    [1790000000, 5, 6],
  ]
  const text = JSON.stringify({ ...answer, view_update_every: 1e300, result: { ...answer.result, data: rows } })
  const parsed = parseDataAnswer(text)
  expect([[...parsed.timesS], parsed.stepS]).toEqual([[1790000000, 1790000001, 1790000001], 366 * 86_400])
  const table = createSeriesTable(100)
  for (const block of splitByContext({ ...parsed, stepS: 1 }, (chartId) => chartId).values()) if (table.length === 0) table.merge(block)
  expect([[...table.timesS()], [...table.values(0)]]).toEqual([
    [1790000000, 1790000001],
    [5, 3],
  ])
})

it('[UI2] reads values of a wrong kind as gaps, and drops rows without a time', () => {
  const odd = { ...answer, result: { labels: ['time', 'user', 'load1'], data: [[1790000002, '5', {}], ['x', 1, 2], 7] } }
  const parsed = parseDataAnswer(JSON.stringify(odd))
  expect([...parsed.timesS]).toEqual([1790000002])
  expect(parsed.columns.map((column) => column.values[0])).toEqual([Number.NaN, Number.NaN])
})
