import { expect, it } from 'vitest'
import { liveLimits } from './limits.ts'
import { parseFromBrowser } from './messages.ts'

const nodeId = '11111111-1111-4111-8111-111111111111'
const aggregated = {
  kind: 'data-v2',
  contexts: ['disk.io'],
  afterS: -600,
  beforeS: 0,
  points: 60,
  groupBy: ['dimension', 'node'],
  groupByLabels: [],
  aggregation: 'average',
  timeGroup: 'average',
}
const past = { kind: 'data', contexts: ['disk.io'], afterS: -600, beforeS: 0, points: 60 }
const ask = (question: object) => parseFromBrowser(JSON.stringify({ type: 'ask', id: 1, nodeId, question }))
const watch = (question: object, change: object = {}) =>
  parseFromBrowser(JSON.stringify({ type: 'watch', id: 1, nodeId, question, cadenceMs: 2_000, ...change }))
const ids = (count: number) => Array.from({ length: count }, (_, index) => `11111111-1111-4111-8111-${String(index).padStart(12, '0')}`)

it.each<[string, object]>([
  ['several nodes', { nodeIds: ids(3) }],
  ['as many nodes as there may be', { nodeIds: ids(liveLimits.scopeNodes) }],
  ['instances', { instances: ['disk.sda', 'disk_space./var/lib', 'cgroup_nginx:1.25'] }],
  ['dimensions with spaces and signs', { dimensions: ['reserved for root', 'a=b?c#d', 'ü'] }],
  [
    'labels',
    {
      labels: [
        { key: 'model', value: 'Samsung SSD 970 EVO+' },
        { key: 'url', value: 'https://a/b:1' },
      ],
    },
  ],
  ['undivided sums', { raw: true }],
])('[LV201] an aggregated question may name %s', (_what, change) => {
  expect(ask({ ...aggregated, ...change })).toMatchObject({ question: change })
  expect(watch({ ...aggregated, ...change })).toMatchObject({ type: 'watch', question: change })
})

it('[LV201] a plain question about data may name instances and dimensions', () => {
  const filters = { instances: ['disk.sda'], dimensions: ['reads'] }
  expect(ask({ ...past, ...filters })).toMatchObject({ question: filters })
})

const outside = [
  '',
  ' a',
  'a ',
  '!a',
  'a*',
  'a,b',
  'a|b',
  'a&b',
  '&',
  'a%26b',
  'a"b',
  'a\\b',
  'a\u0000',
  'a\nb',
  'a\u0085',
  '\ud800',
  'a'.repeat(201),
]

it.each(outside.map((text) => ({ text, shown: JSON.stringify(text).slice(0, 20) })))('[LV202] no filter holds $shown', ({ text }) => {
  const questions = [
    { ...aggregated, instances: [text] },
    { ...aggregated, dimensions: [text] },
    { ...aggregated, labels: [{ key: 'device', value: text }] },
    { ...aggregated, labels: [{ key: text, value: 'sda' }] },
    { ...aggregated, groupBy: ['label'], groupByLabels: [text] },
    { ...past, instances: [text] },
    { ...past, dimensions: [text] },
  ]
  expect(questions.map(ask)).toEqual(questions.map(() => undefined))
  expect(questions.slice(0, 5).map((question) => watch(question))).toEqual(questions.slice(0, 5).map(() => undefined))
})

it.each<[string, object]>([
  ['no node', { nodeIds: [] }],
  ['more nodes than there may be', { nodeIds: ids(liveLimits.scopeNodes + 1) }],
  ['a node that is no UUID', { nodeIds: ['*'] }],
  ['a key with a colon', { labels: [{ key: 'a:b', value: 'c' }] }],
  ['a label without a value', { labels: [{ key: 'a' }] }],
  ['a label with more to it', { labels: [{ key: 'a', value: 'b', or: 'c' }] }],
  ['an empty filter', { instances: [] }],
  ['more of a filter than there may be', { dimensions: ids(liveLimits.filterItems + 1) }],
  ['raw as a word', { raw: 'yes' }],
  ['options', { options: 'raw' }],
])('[LV202] refuses %s', (_what, change) => {
  expect(ask({ ...aggregated, ...change })).toBeUndefined()
})

it.each<[string, object, object]>([
  ['a fixed span', { afterS: 1_700_000_000, beforeS: 1_700_000_600 }, {}],
  ['a span that ended', { afterS: -600, beforeS: -60 }, {}],
  ['another kind', { kind: 'data' }, {}],
  ['a pace below two seconds', {}, { cadenceMs: 1_999 }],
  ['a pace above a minute', {}, { cadenceMs: 60_001 }],
  ['an unknown member', {}, { contexts: ['a'] }],
])('[LV203] refuses a standing question with %s', (_what, question, change) => {
  expect(watch({ ...aggregated, ...question }, change)).toBeUndefined()
})

it('[LV203] a standing question ends with its id', () => {
  expect(parseFromBrowser('{"type":"unwatch","id":7}')).toEqual({ type: 'unwatch', id: 7 })
})
