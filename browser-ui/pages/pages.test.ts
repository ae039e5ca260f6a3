import { expect, it } from 'vitest'
import type { ConnectAttempt, NodeSummary } from '../link/api.ts'
import { attemptsSince, newestAttemptMs } from './connect/attempts.ts'
import { orderNodes } from '../data/fleet/node-columns.ts'
import { matchNodes, parseQuery } from '../data/fleet/node-query.ts'
import { countStates, keepOrder, lastSeenText, reachedThrough, mayRemoveNodes } from './nodes/node-list.ts'
import { readSignInToken } from './sign-in/sign-in-token.ts'

const node = (hostname: string, state: NodeSummary['state'], extra: Partial<NodeSummary> = {}): NodeSummary => ({
  nodeId: hostname,
  hostname,
  state,
  createdAtMs: 0,
  ...extra,
})
const nodes = [
  node('zeta', 'offline'),
  node('beta', 'live', { os: 'Debian', agentVersion: 'v2.6' }),
  node('alpha', 'live', { os: 'Ubuntu' }),
  node('new', 'unseen'),
  node('mid', 'stale'),
]

it('[UI27] lists reachable nodes first, then by name', () => {
  expect(orderNodes(nodes, undefined, { latest: () => undefined, nowMs: 0 }).map(({ hostname }) => hostname)).toEqual([
    'alpha',
    'beta',
    'mid',
    'zeta',
    'new',
  ])
})

it('[UI28] finds nodes by every word of a search and by state', () => {
  const found = (query: string) => matchNodes(nodes, parseQuery(query)).map(({ hostname }) => hostname)
  expect(found(' deb  V2 ')).toEqual(['beta'])
  expect(found('state:live')).toEqual(['beta', 'alpha'])
  expect(found('debian state:offline')).toEqual([])
})

it('[UI28] counts the nodes of each state that occurs', () => {
  expect(countStates(nodes)).toEqual([
    { state: 'live', count: 2 },
    { state: 'stale', count: 1 },
    { state: 'offline', count: 1 },
    { state: 'unseen', count: 1 },
  ])
})

it('[HN17] rows keep their places while a person is among them, new ones come last', () => {
  expect(keepOrder(['mid', 'gone', 'alpha'], nodes).map(({ hostname }) => hostname)).toEqual(['mid', 'alpha', 'zeta', 'beta', 'new'])
})

it('[UI29] says in words when a node was last seen', () => {
  const now = 10 * 86_400_000
  const seen = (agoMs: number) => lastSeenText({ state: 'offline', lastSeenAtMs: now - agoMs }, now)
  expect([seen(5000), seen(300_000), seen(7_200_000), seen(3 * 86_400_000)]).toEqual(['just now', '5 min ago', '2 h ago', '3 days ago'])
  expect(lastSeenText({ state: 'live' }, now)).toBe('now')
  expect(lastSeenText({ state: 'unseen' }, now)).toBe('never')
})

it('[UI101] says in words through which agents a node is reached, and leaves out those that cannot answer', () => {
  const way = (hops: number, via: string | null, isLive = true, isQueryable = true) => ({ claimId: 'c', hops, via, isLive, isQueryable })
  expect(reachedThrough([way(0, 'web-1'), way(1, 'parent-a'), way(2, null, false), way(1, null, false, false)])).toBe(
    'its own link; parent-a (1 hop); a parent (2 hops), past only',
  )
  expect(reachedThrough([])).toBe('')
})

it.each([
  ['#abcDEF_-123', 'abcDEF_-123'],
  ['#token=abcDEF_-123', 'abcDEF_-123'],
  ['', undefined],
  ['#', undefined],
  ['#<script>alert(1)</script>', undefined],
  ['#token=', undefined],
  ['#%E0%A4%A', undefined],
])('[UI30] reads the token of the fragment %j as %j', (fragment, token) => {
  expect(readSignInToken(fragment)).toBe(token)
})

const attempt = (atMs: number, reason: string): ConnectAttempt => ({
  firstAtMs: atMs,
  atMs,
  count: 1,
  address: '10.0.0.5',
  stage: 'claim',
  reason,
  isGood: false,
  sentence: 's',
  mend: 'm',
  claimId: null,
  hostname: null,
})

it('[UI120] shows the attempts that came after the token was made, newest first, six at most', () => {
  const before = [attempt(100, 'old')]
  const sinceMs = newestAttemptMs(before)
  const after = Array.from({ length: 9 }, (_, n) => attempt(200 - n, `r${n}`))
  expect(attemptsSince(before, sinceMs)).toEqual([])
  expect(attemptsSince([...after, ...before], sinceMs).map(({ reason }) => reason)).toEqual(['r0', 'r1', 'r2', 'r3', 'r4', 'r5'])
  expect(attemptsSince([attempt(1, 'first')], newestAttemptMs([]))).toHaveLength(1)
})

it('[UI121] offers the removal of a node to admins only', () => {
  const roles = ['admin', 'manager', 'troubleshooter', 'observer', 'billing', 'member'] as const
  expect(roles.filter(mayRemoveNodes)).toEqual(['admin'])
})
