import { expect, it } from 'vitest'
import { messageFilterOf, messageNodes, messageQuery, messageTitle, queueWords, type MessageItemRow } from './message-answers.ts'

const item = (n: number, wish: Partial<MessageItemRow> = {}): MessageItemRow => {
  return { newsId: `news-${n}`, nodeId: `node-${n}`, hostname: `host-${n}`, chart: 'disk', name: 'disk_space', status: 'critical', ...wish }
}
const { name: _name, chart: _chart, ...node } = item(1, { status: 'unreachable' })

it('[DL40] a message says in one line what happened and to which nodes, as far as its reader sees them', () => {
  const rows = [
    { kind: 'alert', items: [item(1)], changes: 1 },
    { kind: 'alert', items: [1, 2, 3, 4].map((n) => item(n)), changes: 1_200 },
    { kind: 'alert', items: [item(1), item(2, { name: 'cpu' }), item(3, { name: 'load' })], changes: 40 },
    { kind: 'alert', items: [item(1), item(2, { status: 'warning' })], changes: 2 },
    { kind: 'reach', items: [node], changes: 1 },
    { kind: 'alert', items: [], changes: 3 },
    { kind: 'alert', items: [], changes: 1 },
  ] as const
  expect(rows.map((row) => [messageTitle(row), messageNodes(row)])).toEqual([
    ['disk_space: critical', 'host-1'],
    ['disk_space: critical', 'host-1, host-2, host-3 and 1,197 more'],
    ['40 changes of different alerts at once', 'host-1, host-2, host-3 and 37 more'],
    ['disk_space: changed', 'host-1, host-2'],
    ['Not reachable', 'host-1'],
    ['3 changes on nodes you do not see', ''],
    ['One change on a node you do not see', ''],
  ])
})

it('[DL41] what is looked for stands in the address and in the question, and nothing else does', () => {
  const filter = messageFilterOf(new URLSearchParams('target=abc&state=failed&x=1'))
  expect([filter, messageFilterOf(new URLSearchParams('state=nothing'))]).toEqual([
    { target: 'abc', state: 'failed' },
    { target: '', state: '' },
  ])
  expect([messageQuery(filter, 'id', 50), messageQuery({ target: '', state: '' }, undefined, 50)]).toEqual([
    'limit=50&targetId=abc&state=failed&before=id',
    'limit=50',
  ])
  expect([
    queueWords({ counts: { waiting: 0, failed: 0 }, silencedToday: 0 }),
    queueWords({ counts: { waiting: 1, failed: 2 }, silencedToday: 1_400 }),
  ]).toEqual(['Nothing waits and nothing failed.', '1 waits, 2 failed, 1,400 changes were silenced today.'])
})
