import type { ClaimId, NodeId, SpaceId } from '../../src/domain/ids.ts'
import type { NodeState } from '../../src/domain/model.ts'

/** One change of a node's state, told once, after the grace. */
export interface PresenceChange {
  readonly nodeId: NodeId
  readonly spaceId: SpaceId
  readonly state: NodeState
  readonly atMs: number
}

/** An agent came, or went for longer than the grace; told once. */
export interface LinkChange {
  readonly claimId: ClaimId
  readonly spaceId: SpaceId
  /** The node of the agent's own host. */
  readonly nodeId: NodeId
  readonly isUp: boolean
  readonly atMs: number
}

/** One way a node is reached now: through which claim, how far away, and the node of the agent that speaks for it. */
export interface PresenceInstance {
  readonly claimId: ClaimId
  readonly hops: number
  readonly isLive: boolean
  readonly isQueryable: boolean
  /** Undefined while that agent has not told of its own host. */
  readonly viaNodeId: NodeId | undefined
}

/** 'claim': two machines share one claim and take the link from each other; 'machine-guid': two claims of one guid are linked at once. */
export type CloneKind = 'claim' | 'machine-guid'

/** Two machines pass for one node. */
export interface Clone {
  readonly kind: CloneKind
  readonly sinceMs: number
}

/**
 * Which node is reachable through which link; in memory only, since a link is the only truth about itself.
 * live: an instance says data flows, under a link that is up; stale: none live, one queryable; offline: none.
 * A lost link is not yet a lost node: for `graceMs` the old state stays, and a return within it shows nothing. A node of which a
 * link that is up says that it is stale stays live for `staleGraceMs`, so that a child may change its parent unnoticed.
 */
export interface Presence {
  /** The agent's link is up. Session ids are microseconds; an older one than the known is ignored. */
  linkUp(link: { claimId: ClaimId; spaceId: SpaceId; nodeId: NodeId; sessionId: bigint }): void
  instance(report: {
    claimId: ClaimId
    spaceId: SpaceId
    nodeId: NodeId
    sessionId: bigint
    isLive: boolean
    isQueryable: boolean
    hops: number
  }): void
  /**
   * The link ended (orderly, by will, or by takeover); all its instances go with it unless a newer session is up.
   * `silentForMs`: how long nothing had been heard of it; the grace counts from there (security requirement F2).
   */
  linkDown(link: { claimId: ClaimId; sessionId: bigint; silentForMs?: number }): void
  /** 'unseen' for a node no link has told of since this process started; the caller knows whether it was ever seen. */
  stateOf(nodeId: NodeId): NodeState
  /** When the node's state became what it is; epoch milliseconds. Undefined while it is 'unseen'. */
  sinceMs(nodeId: NodeId): number | undefined
  /** How the node is reached now, nearest first; nothing of links that are down. */
  instancesOf(nodeId: NodeId): readonly PresenceInstance[]
  /** Two machines pass for this node, as seen just now; forgotten a while after it was noted last. */
  noteClone(nodeId: NodeId, kind: CloneKind): void
  cloneOf(nodeId: NodeId): Clone | undefined
  /** The node is no more: what links said of it is dropped at once, told as offline, and its state is unseen again. */
  forget(nodeId: NodeId): void
  onChange(listener: (change: PresenceChange) => void): () => void
  onLink(listener: (change: LinkChange) => void): () => void
  /** Whether the agent of this claim is connected, or was until a moment ago. */
  isLinked(claimId: ClaimId): boolean
  /** Numbers for health: links that are up, nodes by state. */
  counts(): { links: number; live: number; stale: number; offline: number }
  close(): void
}
