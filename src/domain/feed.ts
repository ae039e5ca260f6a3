import type { ClaimId, NodeId, SpaceId } from './ids.ts'
import type { ToldTransition } from './model.ts'

/** What happens to nodes and agents of a space, by the names existing clients know (cloud-api §10.3). */
export const topologyActions = [
  'node-created',
  'node-removed',
  'node-state-live',
  'node-state-stale',
  'node-state-offline',
  'agent-connected',
  'agent-disconnected',
  'agent-claimed',
] as const
export type TopologyAction = (typeof topologyActions)[number]

/**
 * What became of telling a raised alert, where it reached nobody: silences kept quiet everybody who wanted it, or nobody wants to hear of it.
 */
export const unheardReasons = ['silenced', 'nobody'] as const
export type Unheard = (typeof unheardReasons)[number]

/** The one thing that happens to alerts. */
export const alertAction = 'alert-node-transition'

interface FeedEventBase {
  /** Unique in the space and stable: the same thing told again has the same id. */
  readonly eventId: string
  readonly atMs: number
  readonly nodeId: NodeId
  /** As it was called then; hostile text. */
  readonly hostname: string | undefined
}

export interface TopologyEvent extends FeedEventBase {
  readonly kind: 'topology'
  readonly action: TopologyAction
  readonly claimId: ClaimId | undefined
}

export interface AlertEvent extends FeedEventBase {
  readonly kind: 'alert'
  readonly action: typeof alertAction
  readonly alert: ToldTransition
  /** Why nobody was told; undefined when somebody was, and for what is not raised. */
  readonly unheard?: Unheard | undefined
}

/** One thing that happened in a space, as it is kept for a while. What people did is the audit's, and joined when it is read. */
export type FeedEvent = TopologyEvent | AlertEvent

/** Whoever keeps the feed. A resolved promise means durable; an event whose id is there already changes nothing. */
export interface FeedWriter {
  add(spaceId: SpaceId, event: FeedEvent): Promise<void>
}
