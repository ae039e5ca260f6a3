import { afterEach, beforeEach, expect, it } from 'vitest'
import type { FeedEvent } from '../../../src/domain/feed.ts'
import type { ClaimId, NodeId } from '../../../src/domain/ids.ts'
import type { NodeState } from '../../../src/domain/model.ts'
import { silentLog } from '../../../src/support/log.ts'
import { createFailingStore, type FailingStore } from '../../../test/doubles/stores/failing-store.ts'
import { claimAgent, startMetadata } from '../../../test/doubles/agents/metadata-agents.ts'
import { createMemoryStore } from '../../../test/doubles/stores/memory-store.ts'
import type { ClaimedAgent } from '../claimed-agent.ts'
import { keys } from '../keys.ts'
import { createFeed } from './feed.ts'
import { createTopology } from './topology.ts'

let lab: Awaited<ReturnType<typeof startMetadata>>
let failing: FailingStore
let agent: ClaimedAgent
beforeEach(async () => {
  lab = await startMetadata((store) => (failing = createFailingStore(store)))
  agent = await claimAgent(lab.metadata, lab.spaceId, { hostname: 'web-1' })
})
afterEach(() => lab.dispose())

/** One process with its own memory of what it told. */
function start() {
  const { store, metadata, spaceId, clock } = lab
  const topology = createTopology({
    store,
    feed: metadata.feed,
    nodes: metadata.nodes,
    spaceIds: () => Promise.resolve([spaceId]),
    clock,
    log: silentLog,
  })
  const { nodeId, claimId } = agent
  return {
    topology,
    state: (state: NodeState) => topology.state({ spaceId, nodeId, state, atMs: clock.nowMs() }),
    link: (isUp: boolean) => topology.link({ spaceId, nodeId, claimId, isUp, atMs: clock.nowMs() }),
  }
}

async function events(): Promise<FeedEvent[]> {
  const found: FeedEvent[] = []
  for await (const event of lab.metadata.feed.read(lab.spaceId, {})) found.push(event)
  return found
}
const actions = async () => (await events()).map(({ action }) => action).reverse()

it('[FE6] a claim, a node that is new, its link and its states are events, each once', async () => {
  const { topology, state, link } = start()
  const { spaceId, nodeId, claimId } = agent
  topology.claimed({ spaceId, nodeId, claimId, claimedAtMs: lab.clock.nowMs() })
  await topology.idle()
  for (let n = 0; n < 2; n++) {
    lab.clock.advance(1_000)
    link(true)
    state('live')
    await topology.idle()
  }
  lab.clock.advance(1_000)
  state('stale')
  await topology.idle()
  lab.clock.advance(1_000)
  state('offline')
  link(false)
  await topology.idle()
  expect((await actions()).toSorted()).toEqual(
    [
      'node-created',
      'agent-claimed',
      'agent-connected',
      'node-state-live',
      'node-state-stale',
      'node-state-offline',
      'agent-disconnected',
    ].toSorted(),
  )
  expect((await events())[0]).toMatchObject({ nodeId, hostname: 'web-1', atMs: lab.clock.nowMs() })
})

it('[FE7] a restart of the cloud is no event of the nodes that are there before and after', async () => {
  const before = start()
  before.link(true)
  before.state('live')
  await before.topology.idle()
  const known = await actions()
  lab.clock.advance(60_000)
  const after = start()
  after.link(true)
  after.state('live')
  await after.topology.idle()
  expect(await actions()).toEqual(known)
})

it('[FE7] who did not come back after a restart is told as gone, once', async () => {
  const before = start()
  before.link(true)
  before.state('live')
  await before.topology.idle()
  lab.clock.advance(60_000)
  const { topology } = start()
  const nobody = { stateOf: (): NodeState => 'unseen', isLinked: (_claimId: ClaimId) => false }
  await topology.lookAround(nobody)
  await topology.idle()
  await topology.lookAround(nobody)
  await topology.idle()
  expect((await actions()).slice(-2).toSorted()).toEqual(['agent-disconnected', 'node-state-offline'])
  expect((await actions()).length).toBe(5)
})

it('[FE8] whichever write a crash comes before or after, the next process completes it, and each event is there once', async () => {
  for (const when of ['before', 'after'] as const) {
    for (let nth = 1; ; nth++) {
      agent = await claimAgent(lab.metadata, lab.spaceId, { hostname: `web-${when}-${nth}` })
      failing.failAt(nth, when)
      const dying = start()
      dying.link(true)
      dying.state('live')
      await dying.topology.idle()
      await dying.topology.close()
      if (!failing.heal()) break
      lab.clock.advance(5_000)
      const next = start()
      next.link(true)
      next.state('live')
      await next.topology.idle()
      const own = (await events()).filter(({ nodeId }) => nodeId === agent.nodeId).map(({ action }) => action)
      expect(own.toSorted(), `${when} ${nth}`).toEqual(['agent-connected', 'node-created', 'node-state-live'])
    }
  }
})

it('[FE8] what the store refused is written when it answers again', async () => {
  const { topology, state } = start()
  failing.failAt(1, 'before')
  state('live')
  await topology.idle()
  failing.heal()
  lab.clock.advance(1_000)
  await topology.idle()
  expect((await actions()).toSorted()).toEqual(['node-created', 'node-state-live'])
})

it('[FE9] a removed node is an event; nothing that is still told of it is, and nothing is left beside the feed', async () => {
  const { topology, state } = start()
  state('live')
  await topology.idle()
  await lab.metadata.nodes.remove(lab.spaceId, agent.nodeId)
  expect(await lab.store.read(keys.nodeTale(lab.spaceId, agent.nodeId))).toBeUndefined()
  lab.clock.advance(1_000)
  state('offline')
  await topology.removed(lab.spaceId, agent.nodeId, 'web-1')
  await topology.idle()
  expect((await actions()).at(-1)).toBe('node-removed')
  expect((await actions()).filter((action) => action === 'node-state-offline')).toEqual([])
  expect(await lab.store.read(keys.nodeTale(lab.spaceId, agent.nodeId))).toBeUndefined()
})

it('[FE10] a thousand nodes that go at once are told, a few at a time', async () => {
  const { spaceId, clock } = lab
  let running = 0
  let most = 0
  const nodes = {
    async get() {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setImmediate(resolve))
      running--
      return { hostname: 'web', createdAtMs: 0 }
    },
  }
  const store = createMemoryStore(clock)
  const feed = createFeed({ store, clock, keptMs: 86_400_000 })
  const topology = createTopology({ store, feed, nodes, spaceIds: () => Promise.resolve([spaceId]), clock, log: silentLog })
  const nodeIds = Array.from({ length: 1_000 }, (_, n) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}` as NodeId)
  for (const nodeId of nodeIds) topology.state({ spaceId, nodeId, state: 'live', atMs: clock.nowMs() })
  await topology.idle()
  for (const nodeId of nodeIds) topology.state({ spaceId, nodeId, state: 'offline', atMs: clock.nowMs() })
  await topology.idle()
  let told = 0
  for await (const event of feed.read(spaceId, {})) told += event.kind === 'topology' ? 1 : 0
  expect(told).toBe(2_000)
  expect(most).toBeLessThanOrEqual(4)
})
