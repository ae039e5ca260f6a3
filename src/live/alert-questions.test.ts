import { expect, it } from 'vitest'
import { liveLimits } from './limits.ts'
import { parseFromBrowser } from './messages.ts'

const nodeId = '11111111-1111-4111-8111-111111111111'
const ask = (question: object) => parseFromBrowser(JSON.stringify({ type: 'ask', id: 1, nodeId, question }))
const transitions = { kind: 'alert-transitions', name: '10min_cpu_usage', last: 50 }

it.each<[string, object]>([
  ['the changes of a name', transitions],
  ['the page after one', { ...transitions, anchor: 1_795_297_053_253_847 }],
  ['the log of a chart', { kind: 'alert-log', chart: 'disk_space./var/lib' }],
])('[AP2] a browser may ask for %s', (_what, question) => {
  expect(ask(question)).toMatchObject({ question })
})

it.each<[string, object]>([
  ['no name', { ...transitions, name: '' }],
  ['a pattern', { ...transitions, name: '*' }],
  ['a second parameter', { ...transitions, name: 'a&scope_nodes=*' }],
  ['a list', { ...transitions, name: 'a|b' }],
  ['more rows than an answer has', { ...transitions, last: liveLimits.transitions + 1 }],
  ['no rows', { ...transitions, last: 0 }],
  ['an anchor that is none', { ...transitions, anchor: -1 }],
  ['a scope', { ...transitions, nodeIds: [nodeId] }],
  ['a log of every chart', { kind: 'alert-log' }],
  ['a log of a pattern', { kind: 'alert-log', chart: 'disk*' }],
  ['a log from an event on', { kind: 'alert-log', chart: 'a', after: 1 }],
])('[AP2] refuses a question about history with %s', (_what, question) => {
  expect(ask(question)).toBeUndefined()
})
