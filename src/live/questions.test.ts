import { expect, it } from 'vitest'
import { liveLimits } from './limits.ts'
import { parseFromBrowser } from './messages.ts'

const nodeId = '11111111-1111-4111-8111-111111111111'
const parse = (question: object) => parseFromBrowser(JSON.stringify({ type: 'ask', id: 1, nodeId, question }))

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
const call = { kind: 'function', name: 'systemd-journal', args: [], timeoutS: 10 }
const item = { kind: 'config', id: 'go.d:nginx:local', timeoutS: 10 }

const good: Record<string, object> = {
  'aggregated data': aggregated,
  'aggregation by label': { ...aggregated, groupBy: ['label'], groupByLabels: ['device', 'mount_point'] },
  'the list of functions': { kind: 'functions' },
  'a function': call,
  'a function with a colon': { ...call, name: 'topology:snmp' },
  'a bare word': { ...call, args: [{ key: 'info' }] },
  'arguments of every type': {
    ...call,
    args: [
      { key: 'last', value: 200 },
      { key: 'delta', value: true },
      { key: '__logs_sources', value: ['all', 'system'] },
      { key: 'category', value: 'web|api' },
      { key: 'IjWzTvQ9.4t', value: ['OKJEQJ9y2A9'] },
    ],
  },
  'a tree': { kind: 'config', action: 'tree', path: '/health/alerts/prototypes', timeoutS: 30 },
  'a get': { ...item, action: 'get' },
  'a schema': { ...item, action: 'schema' },
  'an enable': { ...item, action: 'enable' },
  'a disable': { ...item, action: 'disable' },
  'a remove': { ...item, action: 'remove' },
  'an update': { ...item, action: 'update', body: '{"a":["\\u0000",1]}' },
  'an add': { ...item, action: 'add', name: 'second', body: '{}' },
  'a dry run': { ...item, action: 'userconfig', body: '{}' },
  'a dry run with a name': { ...item, action: 'userconfig', name: 'x', body: '{}' },
  'a test': { ...item, action: 'test', name: 'x', body: '{}' },
}

it.each(Object.entries(good))('[LV101] accepts %s', (_what, question) => {
  expect(parse(question)).toMatchObject({ question })
})

const wrong: Record<string, object> = {
  'a path in a question': { ...call, path: '/api/v1/manage/health' },
  'headers in a question': { ...item, action: 'get', headers: { 'X-Netdata-Permissions': '0x7ff' } },
  'permissions in a question': { ...call, permissions: 0x7ff },
  'a scope of nodes': { ...aggregated, scopeNodes: ['*'] },
  'an unknown grouping': { ...aggregated, groupBy: ['host'] },
  'an unknown aggregation': { ...aggregated, aggregation: 'p99' },
  'an unknown time group': { ...aggregated, timeGroup: 'countif' },
  'no grouping': { ...aggregated, groupBy: [] },
  'labels without grouping by label': { ...aggregated, groupByLabels: ['device'] },
  'grouping by label without labels': { ...aggregated, groupBy: ['label'] },
  'a label that is a pattern': { ...aggregated, groupBy: ['label'], groupByLabels: ['*'] },
  'a function without a timeout': { kind: 'function', name: 'processes', args: [] },
  'a function that takes no time': { ...call, timeoutS: 0 },
  'a function that takes too long': { ...call, timeoutS: liveLimits.operationMaxS + 1 },
  'a hidden function': { ...call, name: '__internal' },
  'too many arguments': { ...call, args: Array.from({ length: liveLimits.functionArguments + 1 }, () => ({ key: 'a' })) },
  'a key with a space': { ...call, args: [{ key: 'a b' }] },
  'a key with a colon': { ...call, args: [{ key: 'a:b' }] },
  'an empty value': { ...call, args: [{ key: 'a', value: '' }] },
  'a fractional value': { ...call, args: [{ key: 'a', value: 0.1 }] },
  'a list with a comma in it': { ...call, args: [{ key: 'a', value: ['b,c'] }] },
  'an unknown action': { ...item, action: 'reload' },
  'a tree with an id': { ...item, action: 'tree', path: '/' },
  'a path without slash': { kind: 'config', action: 'tree', path: 'health', timeoutS: 10 },
  'a get with a body': { ...item, action: 'get', body: '{}' },
  'a remove with a body': { ...item, action: 'remove', body: '{}' },
  'an update without a body': { ...item, action: 'update' },
  'an update with a name': { ...item, action: 'update', name: 'x', body: '{}' },
  'an add without a name': { ...item, action: 'add', body: '{}' },
  'less time than agents allow': { ...item, action: 'get', timeoutS: 9 },
  'a body that is no JSON': { ...item, action: 'update', body: '{' },
  'a body that is no object': { ...item, action: 'update', body: '[1]' },
  'a body that is null': { ...item, action: 'update', body: 'null' },
  'a body that is not a text': { ...item, action: 'update', body: {} },
  'a body above 64 KiB': { ...item, action: 'update', body: JSON.stringify({ a: 'x'.repeat(liveLimits.configBodyBytes) }) },
  'a body above 64 KiB in bytes only': {
    ...item,
    action: 'update',
    body: JSON.stringify({ a: 'あ'.repeat(liveLimits.configBodyBytes / 3) }),
  },
}

it.each(Object.entries(wrong))('[LV102] refuses %s', (_what, question) => {
  expect(parse(question)).toBeUndefined()
})

const outside = ['a b', 'a\tb', 'a\nb', 'a&b', 'a"b', "a'b", 'a\\b', 'a\u0000', 'a\u0085', '\ud800', 'a\r\nX: 1']

it.each(outside.map((text) => ({ text, shown: JSON.stringify(text) })))(
  '[LV103] no id, name, path or argument holds $shown',
  ({ text }) => {
    const questions = [
      { ...item, action: 'get', id: text },
      { ...item, action: 'add', name: text, body: '{}' },
      { kind: 'config', action: 'tree', path: `/${text}`, timeoutS: 10 },
      { ...call, name: text },
      { ...call, args: [{ key: text }] },
      { ...call, args: [{ key: 'a', value: text }] },
      { ...call, args: [{ key: 'a', value: [text] }] },
    ]
    expect(questions.map(parse)).toEqual(questions.map(() => undefined))
  },
)

it.each(['../../netdata.conf', 'a?b', 'a#b', 'a=b', '%2e', ''])('[LV104] no function has the name %j', (name) => {
  expect(parse({ ...call, name })).toBeUndefined()
})
