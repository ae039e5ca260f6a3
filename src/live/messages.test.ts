import { expect, it } from 'vitest'
import { liveLimits } from './limits.ts'
import { parseFromBrowser } from './messages.ts'

const nodeId = '11111111-1111-4111-8111-111111111111'
const subscribe = { type: 'subscribe', id: 1, nodeId, contexts: ['system.cpu'], cadenceMs: 1_000 }
const past = { kind: 'data', contexts: ['system.cpu'], afterS: -900, beforeS: 0, points: 450 }
const ask = { type: 'ask', id: 2, nodeId, question: past }

const good: readonly object[] = [
  subscribe,
  { ...subscribe, contexts: Array.from({ length: liveLimits.contextsPerSubscription }, (_, index) => `context_${index}`) },
  { ...subscribe, contexts: ['prometheus.go-gc:duration/ü~(1)$'] },
  { type: 'unsubscribe', id: 0xffff_ffff },
  ask,
  { ...ask, question: { kind: 'contexts' } },
  { ...ask, question: { kind: 'info' } },
  { ...ask, question: { kind: 'alerts' } },
  { type: 'cancel', id: 2 },
  { type: 'visibility', visible: false },
]

it.each(good)('[LV4] accepts $type', (message) => {
  expect(parseFromBrowser(JSON.stringify(message))).toEqual(message)
})

const wrong: Record<string, unknown> = {
  'a number': 1,
  'an unknown type': { ...subscribe, type: 'open' },
  'an unknown member': { ...subscribe, headers: {} },
  'a missing member': { type: 'subscribe', id: 1, nodeId, contexts: ['a'] },
  'id 0': { type: 'cancel', id: 0 },
  'a fractional id': { type: 'cancel', id: 1.5 },
  'an id above 32 bits': { type: 'cancel', id: 0x1_0000_0000 },
  'a node id that is no UUID': { ...subscribe, nodeId: '../../etc' },
  'too many contexts': { ...subscribe, contexts: Array.from({ length: liveLimits.contextsPerSubscription + 1 }, () => 'a') },
  'no context': { ...subscribe, contexts: [] },
  'a cadence below the limit': { ...subscribe, cadenceMs: liveLimits.minCadenceMs - 1 },
  'a cadence above the limit': { ...subscribe, cadenceMs: liveLimits.maxCadenceMs + 1 },
  'an unknown kind of question': { ...ask, question: { kind: 'function', name: 'processes' } },
  'a question with a path': { ...ask, question: { kind: 'info', path: '/api/v1/manage' } },
  'too many points': { ...ask, question: { ...past, points: liveLimits.maxPoints + 1 } },
  'no points': { ...ask, question: { ...past, points: 0 } },
  'a time as text': { ...ask, question: { ...past, afterS: '-60' } },
  'a time out of range': { ...ask, question: { ...past, afterS: -94_608_001 } },
  'visibility as text': { type: 'visibility', visible: 'true' },
}

it.each(Object.entries(wrong))('[LV4] refuses %s', (_what, message) => {
  expect(parseFromBrowser(JSON.stringify(message))).toBeUndefined()
})

it('[LV4] refuses what is no JSON', () => {
  expect([parseFromBrowser(''), parseFromBrowser('{'), parseFromBrowser('undefined')]).toEqual([undefined, undefined, undefined])
})

const badNames = [
  '',
  ' ',
  'a b',
  'a,b',
  'a|b',
  'a&after=0',
  'a=b',
  'a#b',
  'a%41',
  'a*',
  '!a',
  'a?b',
  'a+b',
  'a"b',
  'a\\b',
  'a\u0000',
  'a\u007f',
  'a\u0085',
  '\ud800',
  'a'.repeat(201),
]

it.each(badNames.map((name) => JSON.stringify(name).slice(0, 20)).map((shown, index) => ({ shown, name: badNames[index] })))(
  '[LV5] refuses the name $shown',
  ({ name }) => {
    expect(parseFromBrowser(JSON.stringify({ ...subscribe, contexts: [name] }))).toBeUndefined()
    expect(parseFromBrowser(JSON.stringify({ ...ask, question: { ...past, contexts: [name] } }))).toBeUndefined()
  },
)
