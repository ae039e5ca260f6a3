import { expect, it } from 'vitest'
import type { NodeSummary } from '../../link/api.ts'
import { recentNodes, removedBetween } from './recent-nodes.ts'

const nowMs = 100 * 86_400_000
const node = (hostname: string, ageDays: number, rest: Partial<NodeSummary> = {}): NodeSummary => ({
  nodeId: hostname,
  hostname,
  state: 'live',
  createdAtMs: nowMs - ageDays * 86_400_000,
  ...rest,
})

it('[HN24] lists what joined, fell silent or went lately, newest first', () => {
  const nodes = [
    node('old', 50),
    node('new', 2),
    node('silent', 30, { state: 'offline', lastSeenAtMs: nowMs - 60_000 }),
    node('long silent', 30, { state: 'offline', lastSeenAtMs: nowMs - 9 * 86_400_000 }),
  ]
  const removed = removedBetween([node('gone', 9), node('old', 50)], nodes, nowMs)
  expect(recentNodes(nodes, removed, nowMs).map(({ hostname, what }) => `${hostname} ${what}`)).toEqual([
    'gone removed',
    'silent silent',
    'new connected',
  ])
})
