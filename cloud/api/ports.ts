import type { NodeId, RoomId, SpaceId } from '../../src/domain/ids.ts'
import type { AlertTransition, Context, Node, NodeState, Space } from '../../src/domain/model.ts'
import type { Identity } from '../identity/identity.ts'

/** What the routes ask of identity. */
export type ApiIdentity = Omit<Identity, 'viewerRights' | 'close'>

/** What the routes ask of spaces. */
export interface ApiSpaces {
  get(spaceId: SpaceId): Promise<Space | undefined>
}

/** What the routes ask of nodes; foreign and absent ones are undefined alike. */
export interface ApiNodes {
  list(spaceId: SpaceId): Promise<readonly Node[]>
  get(spaceId: SpaceId, nodeId: NodeId): Promise<Node | undefined>
}

/** What is shown of a context. */
export type ApiContext = Pick<Context, 'id' | 'title' | 'units' | 'family' | 'priority' | 'chartType'> & { readonly isCollected: boolean }

export interface ApiContexts {
  list(spaceId: SpaceId, nodeId: NodeId): Promise<readonly ApiContext[]>
}

export interface ApiAlerts {
  list(spaceId: SpaceId, nodeId: NodeId): Promise<readonly ApiAlert[]>
}

/** What is shown of an alert: its state and its times, never a value. */
export type ApiAlert = Pick<AlertTransition, 'chart' | 'name' | 'context' | 'status' | 'oldStatus' | 'whenS'>

export interface ApiClaimTokens {
  issue(wish: {
    spaceId: SpaceId
    roomIds: readonly RoomId[]
    validForMs: number
    uses: number
  }): Promise<{ readonly token: string; readonly expiresAtMs: number }>
}

/** The metadata side, as far as routes ask it. */
export interface ApiMetadata {
  readonly spaces: ApiSpaces
  readonly nodes: ApiNodes
  readonly contexts: ApiContexts
  readonly alerts: ApiAlerts
  readonly claimTokens: ApiClaimTokens
}

/** What the routes ask of presence. */
export interface ApiPresence {
  stateOf(nodeId: NodeId): NodeState
  counts(): { links: number; live: number; stale: number; offline: number }
}
