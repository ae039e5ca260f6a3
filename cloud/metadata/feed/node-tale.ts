import { createHash } from 'node:crypto'
import type { TopologyAction, TopologyEvent } from '../../../src/domain/feed.ts'
import type { ClaimId, NodeId, SpaceId } from '../../../src/domain/ids.ts'
import type { NodeState } from '../../../src/domain/model.ts'
import type { StoredItem } from '../../store/port.ts'
import type { ItemContent } from '../change-item.ts'

/** Something that presence tells of a node or of an agent's link. */
export type Happening =
  | { readonly is: 'state'; readonly state: NodeState; readonly atMs: number }
  | { readonly is: 'link'; readonly claimId: ClaimId; readonly isUp: boolean; readonly atMs: number }

type EventTuple = [eventId: string, action: TopologyAction, atMs: number, claimId: ClaimId | null]

/** What the feed told of a node last, so that a restart of the cloud tells nothing twice, and what may not have reached the feed yet. */
type TaleRecord = { state?: NodeState; links?: { [claimId: string]: 0 | 1 }; last: EventTuple[] }

/** What was told of a node last. */
export interface Tale {
  readonly state: NodeState | undefined
  readonly linked: readonly ClaimId[]
  /** The events of the last write; they are in the feed unless a crash came in between. */
  readonly last: readonly Omit<TopologyEvent, 'hostname'>[]
}

/** Links of agents that are remembered at one node. */
const linksMax = 32

export function taleOf(nodeId: NodeId, item: StoredItem | undefined): Tale {
  const { state, links = {}, last = [] } = (item?.data ?? {}) as Partial<TaleRecord>
  return {
    state,
    linked: (Object.entries(links) as [ClaimId, 0 | 1][]).filter(([, isUp]) => isUp === 1).map(([claimId]) => claimId),
    last: last.map(([eventId, action, atMs, claimId]) => ({
      kind: 'topology',
      eventId,
      action,
      atMs,
      nodeId,
      claimId: claimId ?? undefined,
    })),
  }
}

const stateActions = { live: 'node-state-live', stale: 'node-state-stale', offline: 'node-state-offline' } as const

/** The tale after these happenings; undefined when they say nothing new. */
export function nextTale(
  place: { readonly spaceId: SpaceId; readonly nodeId: NodeId },
  item: StoredItem | undefined,
  happenings: readonly Happening[],
): ItemContent | undefined {
  const before = (item?.data ?? { last: [] }) as TaleRecord
  let { state } = before
  const links = { ...before.links }
  const last: EventTuple[] = []
  const add = (action: TopologyAction, atMs: number, claimId: ClaimId | null) =>
    last.push([eventIdOf(place, action, atMs, claimId), action, atMs, claimId])
  for (const happening of happenings) {
    const { atMs } = happening
    if (happening.is === 'state') {
      // Nothing was known of it before, and nothing is known now.
      if (happening.state === 'unseen' || happening.state === state || (state === undefined && happening.state === 'offline')) continue
      state = happening.state
      add(stateActions[happening.state], atMs, null)
    } else {
      const { claimId, isUp } = happening
      if ((links[claimId] === 1) === isUp) continue
      delete links[claimId]
      // A link that is down needs no memory: it is told when it was up.
      if (isUp) links[claimId] = 1
      add(isUp ? 'agent-connected' : 'agent-disconnected', atMs, claimId)
    }
  }
  if (last.length === 0) return undefined
  const kept = Object.fromEntries(Object.entries(links).slice(-linksMax))
  const record: TaleRecord = { ...(state === undefined ? {} : { state }), ...(Object.keys(kept).length === 0 ? {} : { links: kept }), last }
  return { kind: 'node-tale', data: record }
}

/** The same event has the same id, whoever tells it again. */
export function eventIdOf(
  { spaceId, nodeId }: { readonly spaceId: SpaceId; readonly nodeId: NodeId },
  action: TopologyAction,
  atMs: number,
  claimId: ClaimId | null,
): string {
  return createHash('sha256')
    .update(JSON.stringify([spaceId, nodeId, action, atMs, claimId]))
    .digest('hex')
    .slice(0, 32)
}
