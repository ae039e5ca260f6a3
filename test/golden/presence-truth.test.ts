import { expect, it } from 'vitest'
import type { ClaimedAgent } from '../../cloud/gateway/ports.ts'
import { UpdateAgentConnectionSchema } from '../../src/aclk/messages/index.ts'
import type { NodeId } from '../../src/domain/ids.ts'
import type { NodeState } from '../../src/domain/model.ts'
import { newUuid } from '../doubles/agents/metadata-agents.ts'
import { createSeeded, seedsOf } from '../doubles/seeded.ts'
import { openSessionLab, type LabLink } from '../doubles/agents/session-lab.ts'

const graceMs = 60_000
const staleGraceMs = 30_000

type Says = 'live' | 'stale' | 'gone'

/** What is true of one agent: whether it runs, its link, and what it says of each node it knows. */
interface Actor {
  readonly agent: ClaimedAgent
  readonly knows: Map<NodeId, { hops: number; says: Says }>
  link: LabLink | undefined
  /** Links the cloud has not noticed to be over. */
  readonly ghosts: LabLink[]
  clockUs: bigint
}

const stateRank: Record<NodeState, number> = { unseen: 0, offline: 0, stale: 1, live: 2 }

/**
 * Two parents of three children, one of which has a link of its own: connect, crash, goodbye, takeover with the end of the older
 * link early, late or never told, late wills, clocks that go back, children that stop, move and are removed, in any order. What is
 * shown in the end is what is true in the end, and each change on the way is told once.
 */
async function play(seed: number): Promise<void> {
  const random = createSeeded(seed)
  const lab = await openSessionLab({ graceMs, staleGraceMs })
  const { clock, presence, bus } = lab
  const told = new Map<NodeId, NodeState[]>()
  presence.onChange(({ nodeId, state }) => told.set(nodeId, [...(told.get(nodeId) ?? []), state]))

  const childGuids = Array.from({ length: 3 }, () => newUuid<ClaimedAgent['machineGuid']>())
  const actors: Actor[] = []
  for (const machineGuid of [undefined, undefined, childGuids[0]]) {
    const agent = await lab.claim(machineGuid)
    actors.push({ agent, knows: new Map([[agent.nodeId, { hops: 0, says: 'live' }]]), link: undefined, ghosts: [], clockUs: 1_000n })
  }
  const parents = actors.slice(0, 2)
  const children: NodeId[] = []

  /** All the agent knows, as agents answer SendNodeInstances: each in any order. */
  async function tellAll(actor: Actor, link: LabLink): Promise<void> {
    await link.reachable()
    for (const [nodeId, { hops, says }] of [...actor.knows].sort(() => random.below(3) - 1)) {
      // An agent that was restarted may first call itself stale (aclk §6.4).
      if (hops === 0 && random.chance(0.2)) await link.report(nodeId, 'stale', 0)
      await link.report(nodeId, says, hops)
    }
  }

  async function connect(actor: Actor): Promise<void> {
    const goesBack = actor.link === undefined && actor.ghosts.length === 0 && random.chance(0.1)
    actor.clockUs = goesBack ? actor.clockUs - 100n : actor.clockUs + 1n + BigInt(random.below(1_000))
    const older = actor.link
    // The gateway ends the older link before the newer one says anything; its socket may be told much later.
    if (older !== undefined) {
      if (random.chance(0.5)) older.session.end(random.below(2) * 45_000)
      else actor.ghosts.push(older)
    }
    const link = lab.connect(actor.agent, actor.clockUs)
    actor.link = link
    await tellAll(actor, link)
  }

  async function tell(actor: Actor, nodeId: NodeId): Promise<void> {
    const known = actor.knows.get(nodeId)
    if (known !== undefined) await actor.link?.report(nodeId, known.says, known.hops)
  }

  const firstLinks = parents.map((parent) => lab.connect(parent.agent, ++parent.clockUs))
  for (const [index, link] of firstLinks.entries()) {
    await link.reachable()
    for (const guid of childGuids) {
      const nodeId = await link.announce(guid, 1)
      if (index === 0) children.push(nodeId)
      parents[index]?.knows.set(nodeId, { hops: 1, says: 'stale' })
    }
    const parent = parents[index]
    if (parent === undefined) continue
    parent.link = link
    await tellAll(parent, link)
  }

  const moves: readonly (() => Promise<void> | void)[] = [
    () => connect(random.pick(actors)),
    // A crash: the will, or the silence, is noticed now or later.
    () => {
      const actor = random.pick(actors)
      const { link } = actor
      actor.link = undefined
      if (link === undefined) return
      if (random.chance(0.5)) link.session.end(random.below(90_000))
      else actor.ghosts.push(link)
    },
    // A goodbye.
    async () => {
      const actor = random.pick(actors)
      const { link } = actor
      if (link === undefined) return
      actor.link = undefined
      const { claimId } = actor.agent
      await link.tell('agent-connection', UpdateAgentConnectionSchema, { claimId, sessionId: link.sessionId, reachable: false })
      link.session.end(0)
    },
    // A late end of a link that was taken over or crashed.
    () =>
      random
        .pick(actors)
        .ghosts.shift()
        ?.session.end(random.below(2) * 60_000),
    // A child appears at a parent, and leaves the other in any order.
    async () => {
      const nodeId = random.pick(children)
      const to = random.below(2)
      const arrive = async () => {
        parents[to]?.knows.set(nodeId, { hops: 1, says: 'live' })
        if (parents[to] !== undefined) await tell(parents[to], nodeId)
      }
      const leave = async () => {
        const from = parents[1 - to]
        if (from?.knows.get(nodeId)?.says !== 'live') return
        from.knows.set(nodeId, { hops: 1, says: 'stale' })
        await tell(from, nodeId)
      }
      for (const step of random.chance(0.5) ? [arrive, leave] : [leave, arrive]) {
        await step()
        clock.advance(random.below(10_000))
      }
    },
    // A child stops, or is removed from a parent.
    async () => {
      const parent = random.pick(parents)
      const nodeId = random.pick(children)
      parent.knows.set(nodeId, { hops: 1, says: random.chance(0.3) ? 'gone' : 'stale' })
      await tell(parent, nodeId)
    },
    () => clock.advance(random.below(20_000)),
    () => clock.advance(random.below(100_000)),
  ]
  for (let step = 0; step < 60; step++) await random.pick(moves)()

  for (const actor of actors) for (const ghost of actor.ghosts.splice(0)) ghost.session.end(0)
  clock.advance(graceMs + staleGraceMs + 2_000)

  const shown: Record<string, unknown> = {}
  const truth: Record<string, unknown> = {}
  for (const nodeId of new Set([...children, ...actors.map(({ agent }) => agent.nodeId)])) {
    const now = actors.flatMap(({ link, knows, agent }) => {
      const known = knows.get(nodeId)
      return link === undefined || known === undefined || known.says === 'gone' ? [] : [{ ...known, claimId: agent.claimId }]
    })
    const best = now.some(({ says }) => says === 'live') ? 'live' : now.length > 0 ? 'stale' : 'offline'
    const state = presence.stateOf(nodeId)
    const instances = presence.instancesOf(nodeId).map(({ claimId, hops, isLive }) => `${claimId} ${hops} ${isLive}`)
    // A node nobody ever told of is unseen, which is as far away as offline.
    shown[nodeId] = {
      state: stateRank[state] === 0 ? 'offline' : state,
      instances: instances.sort(),
      isRouted: bus.route(nodeId) !== undefined,
    }
    truth[nodeId] = {
      state: best,
      instances: now.map(({ claimId, hops, says }) => `${claimId} ${hops} ${says === 'live'}`).sort(),
      isRouted: now.length > 0,
    }
    const changes = told.get(nodeId) ?? []
    expect(changes.filter((change, index) => change === changes[index - 1])).toEqual([])
  }
  expect(shown, `FUZZ_SEED=${seed}`).toEqual(truth)
  presence.close()
}

it('[GW101] whatever the order of connects, takeovers, late wills and moves of children, what is shown is what is true in the end', async () => {
  for (const seed of seedsOf(150)) await play(seed)
})
