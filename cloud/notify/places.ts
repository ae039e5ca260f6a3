import type { AlertConfigHash, NodeId, PersonId, SpaceId } from '../../src/domain/ids.ts'
import type { AlertConfig, AlertTransition, Node, Room } from '../../src/domain/model.ts'

/** What notifications ask of spaces, rooms, nodes and people. */
export interface NotifyPlaces {
  /** Undefined for a space that is gone. */
  spaceName(spaceId: SpaceId): Promise<string | undefined>
  rooms(spaceId: SpaceId): Promise<readonly Room[]>
  /** All of them, as they were at most a moment ago. */
  nodes(spaceId: SpaceId): Promise<readonly Node[]>
  node(spaceId: SpaceId, nodeId: NodeId): Promise<Node | undefined>
  /** Whether its data flows now; what is raised on another is not known. */
  isLive(nodeId: NodeId): boolean
  /** Which nodes a person may see now; undefined for somebody who is not in the space. */
  sightOf(spaceId: SpaceId, personId: PersonId): Promise<((node: Node, rooms: readonly Room[]) => boolean) | undefined>
}

/** What notifications ask of alerts. */
export interface NotifyAlerts {
  /** What is warning or critical now, of every node that has any. */
  raised(spaceId: SpaceId): Promise<ReadonlyMap<NodeId, readonly AlertTransition[]>>
  /** The definitions that are known among these. */
  configs(spaceId: SpaceId, hashes: readonly AlertConfigHash[]): Promise<readonly AlertConfig[]>
}
