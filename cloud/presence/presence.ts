import type { ClaimId, NodeId, SpaceId } from '../../src/domain/ids.ts'
import type { NodeState } from '../../src/domain/model.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { Log } from '../../src/support/log.ts'
import { createCloneNotes } from './clone-notes.ts'
import { createLinkTidings } from './link-tidings.ts'
import type { LinkChange, Presence, PresenceChange, PresenceInstance } from './port.ts'
import { Sighting, stateRank, type ReachedState } from './sighting.ts'

export interface PresenceDeps {
  readonly clock: Clock
  /** How long a lost link is not yet a lost node; security requirement F2 asks for 60 s. */
  readonly graceMs?: number
  /** How long a node stays live of which a link says that it is stale now; 0 tells it at once. */
  readonly staleGraceMs?: number
  readonly log: Log
}

interface Link {
  readonly claimId: ClaimId
  readonly sightings: Map<NodeId, Sighting>
  state: { readonly is: 'up'; readonly sessionId: bigint } | { readonly is: 'down' }
}

interface NodeRecord {
  readonly spaceId: SpaceId
  readonly links: Set<Link>
  told: NodeState
  toldAtMs: number | undefined
}

interface Deadline {
  readonly untilMs: number
  readonly link: Link
  readonly nodeId: NodeId
}

const sweepMs = 1_000

/** Which node is reachable through which link, in memory; see {@link Presence} for what it promises. */
export function createPresence({ clock, graceMs = 60_000, staleGraceMs = 0, log }: PresenceDeps): Presence {
  const links = new Map<ClaimId, Link>()
  const nodes = new Map<NodeId, NodeRecord>()
  const listeners = new Set<(change: PresenceChange) => void>()
  const linkListeners = new Set<(change: LinkChange) => void>()
  const tidings = createLinkTidings(clock, (change) => {
    for (const listener of linkListeners) listener(change)
  })
  const clones = createCloneNotes({ clock, log })
  let deadlines: Deadline[] = []
  const stopSweep = clock.every(sweepMs, sweep)

  function tell(nodeId: NodeId): void {
    const node = nodes.get(nodeId)
    if (!node) return
    const nowMs = clock.monotonicMs()
    let state: ReachedState = 'offline'
    for (const link of node.links) {
      const seen = link.sightings.get(nodeId)?.stateAt(nowMs) ?? 'offline'
      if (stateRank[seen] > stateRank[state]) state = seen
    }
    if (state === node.told) return
    node.told = state
    node.toldAtMs = clock.nowMs()
    log.info('node_state', { nodeId, state })
    const change: PresenceChange = { nodeId, spaceId: node.spaceId, state, atMs: clock.nowMs() }
    for (const listener of listeners) listener(change)
  }

  /** What the link said so far is no longer known to be true, but keeps counting for the grace. */
  function hold(link: Link, forMs: number): void {
    const untilMs = clock.monotonicMs() + forMs
    for (const [nodeId, sighting] of link.sightings) {
      if (sighting.lose(untilMs) && forMs > 0) deadlines.push({ untilMs, link, nodeId })
      else settle(link, nodeId)
    }
  }

  /** A grace may be over: forget the node if its link has nothing to say of it any more. */
  function settle(link: Link, nodeId: NodeId): void {
    const sighting = link.sightings.get(nodeId)
    if (sighting?.stateAt(clock.monotonicMs()) === 'offline') {
      link.sightings.delete(nodeId)
      nodes.get(nodeId)?.links.delete(link)
      if (link.state.is === 'down' && link.sightings.size === 0 && links.get(link.claimId) === link) links.delete(link.claimId)
    }
    tell(nodeId)
  }

  function sweep(): void {
    tidings.sweep()
    const nowMs = clock.monotonicMs()
    const due = deadlines.filter(({ untilMs }) => untilMs <= nowMs)
    if (due.length === 0) return
    deadlines = deadlines.filter(({ untilMs }) => untilMs > nowMs)
    for (const { link, nodeId } of due) settle(link, nodeId)
  }

  return {
    linkUp({ claimId, spaceId, nodeId, sessionId }) {
      const link = links.get(claimId)
      if (link?.state.is !== 'up' || sessionId > link.state.sessionId) tidings.up({ claimId, spaceId, nodeId })
      if (!link) {
        links.set(claimId, { claimId, sightings: new Map(), state: { is: 'up', sessionId } })
        return
      }
      if (link.state.is === 'up') {
        if (sessionId <= link.state.sessionId) return
        hold(link, graceMs)
      }
      link.state = { is: 'up', sessionId }
    },

    instance({ claimId, spaceId, nodeId, sessionId, isLive, isQueryable, hops }) {
      const link = links.get(claimId)
      if (link?.state.is !== 'up' || sessionId < link.state.sessionId) return
      const node = nodes.get(nodeId) ?? { spaceId, links: new Set<Link>(), told: 'unseen' as const, toldAtMs: undefined }
      if (node.spaceId !== spaceId) {
        log.warn('node_of_other_space', { nodeId })
        return
      }
      nodes.set(nodeId, node)
      node.links.add(link)
      const sighting = link.sightings.get(nodeId) ?? new Sighting()
      link.sightings.set(nodeId, sighting)
      sighting.hops = hops
      const untilMs = sighting.report({ isLive, isQueryable }, clock.monotonicMs(), staleGraceMs)
      if (untilMs !== undefined && staleGraceMs > 0) deadlines.push({ untilMs, link, nodeId })
      settle(link, nodeId)
    },

    linkDown({ claimId, sessionId, silentForMs = 0 }) {
      const link = links.get(claimId)
      if (link?.state.is !== 'up' || sessionId < link.state.sessionId) return
      link.state = { is: 'down' }
      const forMs = Math.max(0, graceMs - silentForMs)
      hold(link, forMs)
      tidings.down(claimId, forMs)
      if (link.sightings.size === 0) links.delete(claimId)
    },

    forget(nodeId) {
      const node = nodes.get(nodeId)
      if (!node) return
      node.links.clear()
      for (const [claimId, link] of links) {
        if (!link.sightings.delete(nodeId)) continue
        if (link.state.is === 'down' && link.sightings.size === 0) links.delete(claimId)
      }
      tell(nodeId)
      nodes.delete(nodeId)
    },

    stateOf: (nodeId) => nodes.get(nodeId)?.told ?? 'unseen',
    sinceMs: (nodeId) => nodes.get(nodeId)?.toldAtMs,

    instancesOf(nodeId) {
      const instances: PresenceInstance[] = []
      for (const { claimId, sightings } of nodes.get(nodeId)?.links ?? []) {
        const sighting = sightings.get(nodeId)
        if (!sighting?.isQueryable) continue
        const { hops, isLive, isQueryable } = sighting
        const viaNodeId = [...sightings].find(([, other]) => other.hops === 0)?.[0]
        instances.push({ claimId, hops, isLive, isQueryable, viaNodeId })
      }
      return instances.sort((a, b) => a.hops - b.hops || (a.claimId < b.claimId ? -1 : 1))
    },

    noteClone: (nodeId, kind) => clones.note(nodeId, kind),
    cloneOf: (nodeId) => clones.of(nodeId),

    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },

    onLink(listener) {
      linkListeners.add(listener)
      return () => void linkListeners.delete(listener)
    },
    isLinked: (claimId) => tidings.isUp(claimId),

    counts() {
      const counts = { links: 0, live: 0, stale: 0, offline: 0 }
      for (const link of links.values()) if (link.state.is === 'up') counts.links++
      for (const { told } of nodes.values()) if (told !== 'unseen') counts[told]++
      return counts
    },

    close() {
      stopSweep()
      listeners.clear()
      linkListeners.clear()
      deadlines = []
    },
  }
}
