import type { ClaimId, NodeId, SpaceId } from '../../src/domain/ids.ts'
import type { NodeState } from '../../src/domain/model.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { Log } from '../../src/support/log.ts'
import type { Presence, PresenceChange } from './port.ts'

export interface PresenceDeps {
  readonly clock: Clock
  /** How long a lost link is not yet a lost node; security requirement F2 asks for 60 s. */
  readonly graceMs?: number
  readonly log: Log
}

type Reached = Exclude<NodeState, 'unseen'>

/** What one link says of one node. `held` is what it said before it was lost; it counts until `untilMs`. */
interface Sighting {
  now: Reached
  held: { readonly state: Reached; readonly untilMs: number } | undefined
}

interface Link {
  readonly sightings: Map<NodeId, Sighting>
  state: { readonly is: 'up'; readonly sessionId: bigint } | { readonly is: 'down' }
}

interface NodeRecord {
  readonly spaceId: SpaceId
  readonly links: Set<Link>
  told: NodeState
}

interface Deadline {
  readonly untilMs: number
  readonly claimId: ClaimId
  readonly nodeId: NodeId
}

const rank = { offline: 0, stale: 1, live: 2 } as const
const sweepMs = 1_000

/** Which node is reachable through which link, in memory; see {@link Presence} for what it promises. */
export function createPresence({ clock, graceMs = 60_000, log }: PresenceDeps): Presence {
  const links = new Map<ClaimId, Link>()
  const nodes = new Map<NodeId, NodeRecord>()
  const listeners = new Set<(change: PresenceChange) => void>()
  let deadlines: Deadline[] = []
  const stopSweep = clock.every(sweepMs, sweep)

  function effective(sighting: Sighting): Reached {
    const { now, held } = sighting
    return held && held.untilMs > clock.monotonicMs() && rank[held.state] > rank[now] ? held.state : now
  }

  function tell(nodeId: NodeId): void {
    const node = nodes.get(nodeId)
    if (!node) return
    let state: Reached = 'offline'
    for (const link of node.links) {
      const sighting = link.sightings.get(nodeId)
      const seen = sighting ? effective(sighting) : 'offline'
      if (rank[seen] > rank[state]) state = seen
    }
    if (state === node.told) return
    node.told = state
    log.info('node_state', { nodeId, state })
    const change: PresenceChange = { nodeId, spaceId: node.spaceId, state, atMs: clock.nowMs() }
    for (const listener of listeners) listener(change)
  }

  /** What the link said so far is no longer known to be true, but keeps counting for the grace. */
  function hold(claimId: ClaimId, link: Link, forMs: number): void {
    for (const [nodeId, sighting] of link.sightings) {
      // A node the link has not told of since it was last lost keeps its old deadline: a flapping link cannot stretch it.
      if (sighting.now === 'offline' && sighting.held) continue
      const untilMs = clock.monotonicMs() + forMs
      sighting.held = { state: effective(sighting), untilMs }
      sighting.now = 'offline'
      if (forMs > 0) deadlines.push({ untilMs, claimId, nodeId })
      else settle(claimId, nodeId)
    }
  }

  /** The grace of one sighting is over: forget it if its link has not told of the node again. */
  function settle(claimId: ClaimId, nodeId: NodeId): void {
    const link = links.get(claimId)
    const sighting = link?.sightings.get(nodeId)
    if (!link || !sighting?.held || sighting.held.untilMs > clock.monotonicMs()) return
    sighting.held = undefined
    if (sighting.now === 'offline') {
      link.sightings.delete(nodeId)
      nodes.get(nodeId)?.links.delete(link)
      if (link.state.is === 'down' && link.sightings.size === 0) links.delete(claimId)
    }
    tell(nodeId)
  }

  function sweep(): void {
    const nowMs = clock.monotonicMs()
    const due = deadlines.filter(({ untilMs }) => untilMs <= nowMs)
    if (due.length === 0) return
    deadlines = deadlines.filter(({ untilMs }) => untilMs > nowMs)
    for (const { claimId, nodeId } of due) settle(claimId, nodeId)
  }

  return {
    linkUp({ claimId, sessionId }) {
      const link = links.get(claimId)
      if (!link) {
        links.set(claimId, { sightings: new Map(), state: { is: 'up', sessionId } })
        return
      }
      if (link.state.is === 'up') {
        if (sessionId <= link.state.sessionId) return
        hold(claimId, link, graceMs)
      }
      link.state = { is: 'up', sessionId }
    },

    instance({ claimId, spaceId, nodeId, sessionId, isLive, isQueryable }) {
      const link = links.get(claimId)
      if (link?.state.is !== 'up' || sessionId < link.state.sessionId) return
      const node = nodes.get(nodeId) ?? { spaceId, links: new Set<Link>(), told: 'unseen' as const }
      if (node.spaceId !== spaceId) {
        log.warn('node_of_other_space', { nodeId })
        return
      }
      nodes.set(nodeId, node)
      node.links.add(link)
      const sighting = link.sightings.get(nodeId) ?? { now: 'offline', held: undefined }
      link.sightings.set(nodeId, sighting)
      sighting.now = isLive ? 'live' : isQueryable ? 'stale' : 'offline'
      tell(nodeId)
    },

    linkDown({ claimId, sessionId, silentForMs = 0 }) {
      const link = links.get(claimId)
      if (link?.state.is !== 'up' || sessionId < link.state.sessionId) return
      link.state = { is: 'down' }
      hold(claimId, link, Math.max(0, graceMs - silentForMs))
      if (link.sightings.size === 0) links.delete(claimId)
    },

    stateOf: (nodeId) => nodes.get(nodeId)?.told ?? 'unseen',

    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },

    counts() {
      const counts = { links: 0, live: 0, stale: 0, offline: 0 }
      for (const link of links.values()) if (link.state.is === 'up') counts.links++
      for (const { told } of nodes.values()) if (told !== 'unseen') counts[told]++
      return counts
    },

    close() {
      stopSweep()
      listeners.clear()
      deadlines = []
    },
  }
}
