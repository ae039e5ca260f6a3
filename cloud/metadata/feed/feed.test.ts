import { afterEach, beforeEach, expect, it } from 'vitest'
import { newUuid, startStore } from '../../../test/doubles/agents/metadata-agents.ts'
import type { FeedEvent, TopologyEvent } from '../../../src/domain/feed.ts'
import type { NodeId, SpaceId } from '../../../src/domain/ids.ts'
import { createFeed, type Feed } from './feed.ts'

const keptMs = 30 * 86_400_000

let lab: Awaited<ReturnType<typeof startStore>>
let feed: Feed
const spaceId = newUuid<SpaceId>()
beforeEach(async () => {
  lab = await startStore()
  feed = createFeed({ store: lab.store, clock: lab.clock, keptMs })
})
afterEach(() => lab.dispose())

function seen(eventId: string, atMs: number): TopologyEvent {
  return { kind: 'topology', eventId, atMs, action: 'node-state-live', nodeId: newUuid<NodeId>(), hostname: 'web-1', claimId: undefined }
}

async function read(span: Parameters<Feed['read']>[1] = {}): Promise<FeedEvent[]> {
  const events: FeedEvent[] = []
  for await (const event of feed.read(spaceId, span)) events.push(event)
  return events
}

it('[FE1] events are read newest first, from a time down to another, and each once however often it is told', async () => {
  const nowMs = lab.clock.nowMs()
  const [a, b, c] = [seen('a-1', nowMs - 2_000), seen('b-2', nowMs - 1_000), seen('c-3', nowMs)]
  for (const event of [b, a, c, a, b, c]) await feed.add(spaceId, event)
  expect(await read()).toEqual([c, b, a])
  expect(await read({ atMost: b.atMs })).toEqual([b, a])
  expect(await read({ atMost: b.atMs, atLeast: b.atMs })).toEqual([b])
})

it('[FE2] an alert event says from which state to which, and when; news of nodes out of reach is not an event', async () => {
  const nodeId = newUuid<NodeId>()
  const toldAtMs = lab.clock.nowMs()
  const alert = { chart: 'system.cpu', name: 'cpu', context: 'system.cpu', status: 'critical', oldStatus: 'clear', whenS: 100 } as const
  const rest = { configHash: undefined, transitionId: undefined }
  const news = { kind: 'alert', newsId: 'f'.repeat(32), spaceId, nodeId, toldAtMs, ...alert, ...rest } as const
  await feed.tell(news, 'silenced')
  await feed.take(news)
  const away = { kind: 'reach', newsId: 'e'.repeat(32), spaceId, nodeIds: [nodeId], state: 'unreachable' } as const
  await feed.take({ ...away, parentNodeId: undefined, sinceMs: toldAtMs, toldAtMs })
  const event = { eventId: news.newsId, atMs: toldAtMs, kind: 'alert', action: 'alert-node-transition', nodeId, hostname: undefined }
  expect(await read()).toEqual([{ ...event, alert: { ...alert, ...rest }, unheard: 'silenced' }])
})

it('[FE3] an event goes after the time the settings name, and does not come back when it is told again', async () => {
  const event = seen('a-1', lab.clock.nowMs())
  await feed.add(spaceId, event)
  lab.clock.advance(keptMs - 1)
  expect(await read()).toEqual([event])
  lab.clock.advance(1)
  expect(await read()).toEqual([])
  await lab.store.purgeExpired()
  await feed.add(spaceId, event)
  expect(await read()).toEqual([])
})
