import type { NodeId, SpaceId } from './ids.ts'
import type { ToldTransition } from './model.ts'

/**
 * An alert of a node changed its status: what messages and the feed are made of. There is no value in it, and nothing an agent wrote
 * but names (architecture decision 11).
 */
export interface AlertNews extends ToldTransition {
  readonly kind: 'alert'
  /** The same change has the same id however often and through however many agents it is told; 32 hexadecimal digits. */
  readonly newsId: string
  readonly spaceId: SpaceId
  readonly nodeId: NodeId
  /** When the cloud was told; epoch milliseconds. */
  readonly toldAtMs: number
}

/** Nodes got out of reach, or came back. Nodes that went together, behind one parent or in one moment, are one piece of news. */
export interface ReachNews {
  readonly kind: 'reach'
  /** Stable like that of an alert. */
  readonly newsId: string
  readonly spaceId: SpaceId
  /** At least one. */
  readonly nodeIds: readonly NodeId[]
  readonly state: 'reachable' | 'unreachable'
  /** The parent whose loss explains the others, if there is one. */
  readonly parentNodeId: NodeId | undefined
  readonly sinceMs: number
  readonly toldAtMs: number
}

export type News = AlertNews | ReachNews

/** Who is told. A resolved promise means that the news is durable; a repeat has no further effect. Throws STORE_UNAVAILABLE. */
export interface NewsSink {
  take(news: News): Promise<void>
}
