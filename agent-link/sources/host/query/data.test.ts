import { expect, it } from 'vitest'
import { createChartSet } from '../chart.ts'
import type { Chart, ChartDefinition } from '../chart.ts'
import { answerData } from './data.ts'
import { parseParameters } from './parameters.ts'
import { renderValue } from './render.ts'

const nowS = 1_800_000_010
const definition = (id: string, context: string, dimensions: readonly string[], updateEveryS = 1): ChartDefinition => ({
  id,
  context,
  family: 'f',
  title: 't',
  units: 'u',
  priority: 1,
  chartType: 'line',
  module: 'm',
  updateEveryS,
  dimensions,
})

/** Three charts, the newest ten seconds: a counts up, b is its negative, one of them slow. */
function charts(): ReadonlyMap<string, Chart> {
  const set = createChartSet(() => undefined)
  const cpu = set.ensure(definition('system.cpu', 'system.cpu', ['user', 'sys=system']))
  const disk = set.ensure(definition('disk.sda', 'disk.io', ['reads', 'writes']))
  const load = set.ensure(definition('system.load', 'system.load', ['load1'], 5))
  for (let index = 1; index <= 10; index++) {
    const timeS = 1_800_000_000 + index
    if (index !== 4) cpu?.history.write(timeS, [index, index / 3])
    disk?.history.write(timeS, [0, -index])
    if (index % 5 === 0) load?.history.write(timeS, [index / 10])
  }
  return set.charts
}

function ask(query: string) {
  const answer = answerData(charts(), parseParameters(query), nowS, 'h')
  const text = new TextDecoder().decode(answer.body)
  return {
    status: answer.status,
    contentType: answer.contentType,
    text,
    json: answer.status === 200 ? (JSON.parse(text) as Record<string, unknown>) : {},
  }
}

it('[HS14] answers newest first, times at the end of their interval, values with at most seven decimals', () => {
  expect(ask('chart=system.cpu&after=-3').text).toBe(
    '{"labels":["time","user","system"],"data":[[1800000009,9,3],[1800000008,8,2.6666667],[1800000007,7,2.3333333]]}',
  )
  expect(ask('chart=system.cpu').contentType).toBe('application/json; charset=utf-8')
})

it('[HS14] wraps a batch with the keys of its columns, the window it answered and the newest values of slow charts', () => {
  const { json } = ask('context=system.cpu|system.load&after=-2&points=2&options=jsonwrap,unaligned')
  expect(json).toMatchObject({
    api: 1,
    view_update_every: 1,
    update_every: 1,
    first_entry: 1_800_000_001,
    last_entry: 1_800_000_010,
    before: 1_800_000_009,
    after: 1_800_000_008,
    group: 'average',
    options: 'jsonwrap,unaligned,natural-points',
    dimension_names: ['user', 'system', 'load1'],
    dimension_ids: ['user', 'sys', 'load1'],
    chart_ids: ['system.cpu', 'system.cpu', 'system.load'],
    latest_values: [10, 3.3333333, 1],
    view_latest_values: [9, 3, null],
    dimensions: 3,
    points: 2,
    format: 'json',
    result: {
      labels: ['time', 'user', 'system', 'load1'],
      data: [
        [1_800_000_009, 9, 3, null],
        [1_800_000_008, 8, 2.6666667, null],
      ],
    },
    min: 2.6666667,
    max: 9,
  })
})

it('[HS14] one chart asked by its id has no chart_ids; a pattern or a context has', () => {
  expect(ask('chart=system.cpu&options=jsonwrap').json).not.toHaveProperty('chart_ids')
  expect(ask('chart=system.*&options=jsonwrap').json).toHaveProperty('chart_ids')
  expect(ask('chart=system.cpu&context=system.cpu&options=jsonwrap').json).toHaveProperty('chart_ids')
})

it('[HS14] selects by chart, context and dimension, ids or names, and keeps signs', () => {
  expect(ask('chart=disk.*&dimension=writes&after=-1').text).toContain('[[1800000009,-9]]')
  expect(ask('context=!disk.io,*&dimensions=system&after=-1').text).toContain('"labels":["time","system"]')
  expect(ask('context=system.cpu&dim=sys&after=-1').text).toContain('[[1800000009,3]]')
})

const optionRows = [
  ['flip', '[[1800000008,8],[1800000009,9]]'],
  ['ms', '[[1800000009000,9],[1800000008000,8]]'],
  ['seconds', '[[1800000009,9],[1800000008,8]]'],
  ['objectrows', '[{"time":1800000009,"user":9},{"time":1800000008,"user":8}]'],
  ['percentage', '[[1800000009,100],[1800000008,100]]'],
] as const
it.each(optionRows)('[HS15] the option %s', (option, rows) => {
  expect(ask(`chart=system.cpu&dimension=user&after=-2&options=${option}`).text).toContain(`"data":${rows}`)
})

it('[HS15] gaps are null, or 0 with null2zero; absolute drops signs, nonzero drops columns of zeros', () => {
  const gap = 'chart=system.cpu&dimension=user&after=1800000003&before=1800000005'
  expect(ask(gap).text).toContain('[[1800000005,5],[1800000004,null],[1800000003,3]]')
  expect(ask(`${gap}&options=null2zero`).text).toContain('[1800000004,0]')
  expect(ask('chart=disk.sda&after=-1&options=absolute').text).toContain('[[1800000009,0,9]]')
  expect(ask('chart=disk.sda&after=-1&options=nonzero').text).toContain('{"labels":["time","writes"],"data":[[1800000009,-9]]}')
  expect(ask('chart=disk.sda&dimension=reads&after=-1&options=nonzero').text).toContain('[[1800000009,0]]')
})

it('[HS15] rows of several samples are put together by the asked group, gaps left out', () => {
  const query = 'chart=system.cpu&dimension=user&after=1800000001&before=1800000006&points=2&options=unaligned'
  expect(ask(`${query}&group=sum`).text).toContain('[[1800000006,11],[1800000003,6]]')
  expect(ask(`${query}&group=max`).text).toContain('[[1800000006,6],[1800000003,3]]')
  expect(ask(query).text).toContain('[[1800000006,5.5],[1800000003,2]]')
})

const refusals = [
  ['after=-5', 400],
  ['chart=nope', 404],
  ['context=system.cpu&chart=disk.sda', 404],
  ['chart=system.cpu&dimension=nope', 404],
  ['chart=system.cpu&format=csv', 400],
  ['context=*&after=1795000000&before=1800000000&points=86400', 200],
  ['context=*&after=1795000000&points=86400&options=jsonwrap', 200],
] as const
it.each(refusals)('[HS16] %s is answered with %i', (query, status) => {
  expect(ask(query).status).toBe(status)
})

it('[HS16] an answer of more values than the limit is refused with 413', () => {
  const set = createChartSet(() => undefined)
  const wide = set.ensure(
    definition(
      'wide',
      'wide',
      Array.from({ length: 10 }, (_, index) => `d${index}`),
    ),
  )
  wide?.history.write(nowS, [1])
  expect(answerData(set.charts, parseParameters('chart=wide&after=-86400'), nowS, 'h').status).toBe(413)
})

it('[HS16] a chart without a value yet is as good as none', () => {
  const set = createChartSet(() => undefined)
  set.ensure(definition('empty', 'empty', ['x']))
  expect(answerData(set.charts, parseParameters('chart=empty'), nowS, 'h').status).toBe(404)
})

it.each([
  [0.1 + 0.2, '0.3'],
  [-0, '0'],
  [Number.NaN, 'null'],
  [Number.POSITIVE_INFINITY, 'null'],
  [123_456_789.123, '123456789.123'],
  [-1.23456789, '-1.2345679'],
] as const)('[HS14] the value %d is printed as %s', (value, text) => {
  expect(renderValue(value)).toBe(text)
})
