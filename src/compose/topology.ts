import type { Metadata } from '../../cloud/metadata/metadata.ts'
import { createTopology } from '../../cloud/metadata/feed/topology.ts'
import type { Presence } from '../../cloud/presence/port.ts'
import type { MetadataStore } from '../../cloud/store/port.ts'
import type { ClaimId, NodeId, SpaceId } from '../domain/ids.ts'
import type { Clock } from '../support/clock.ts'
import type { Log } from '../support/log.ts'

/** What becomes of nodes and agents, on its way into the feed. */
export interface ToldTopology {
  /** Claims whose success the feed is told of. */
  claims(claims: Metadata['claims']): Metadata['claims']
  /** A node was taken out of its space. Never throws: the node is gone whether that is told or not. */
  removed(spaceId: SpaceId, nodeId: NodeId, hostname: string): Promise<void>
  close(): Promise<void>
}

/** After the start nodes may take this long beside the grace of a lost link until they count as gone. */
const returnMs = 60_000

/** Listens to presence and to claims, and tells the feed. */
export function startTopology(deps: {
  readonly store: MetadataStore
  readonly metadata: Metadata
  readonly presence: Presence
  readonly graceMs: number
  readonly spaceIds: () => Promise<readonly SpaceId[]>
  readonly clock: Clock
  readonly log: Log
}): ToldTopology {
  const { store, metadata, presence, spaceIds, clock, log } = deps
  const topology = createTopology({ store, feed: metadata.feed, nodes: metadata.nodes, spaceIds, clock, log })
  const stops = [
    presence.onChange((change) => topology.state(change)),
    presence.onLink((change) => topology.link(change)),
    clock.after(deps.graceMs + returnMs, () => {
      const now = { stateOf: (nodeId: NodeId) => presence.stateOf(nodeId), isLinked: (claimId: ClaimId) => presence.isLinked(claimId) }
      topology.lookAround(now).catch(() => log.warn('feed_look_broke_off'))
    }),
  ]
  return {
    claims: (claims) => ({
      ...claims,
      async claim(request) {
        await claims.claim(request)
        const made = await claims.find(request.claimId)
        if (made?.claimedAtMs !== undefined) topology.claimed({ ...made, claimedAtMs: made.claimedAtMs })
      },
    }),
    removed: (spaceId, nodeId, hostname) =>
      topology.removed(spaceId, nodeId, hostname).catch(() => log.warn('feed_not_written', { what: 'node-removed' })),
    close() {
      for (const stop of stops) stop()
      return topology.close()
    },
  }
}
