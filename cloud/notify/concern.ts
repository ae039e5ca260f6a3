import type { NodeId, SpaceId } from '../../src/domain/ids.ts'
import type { Node, Room } from '../../src/domain/model.ts'
import { isInRoom } from '../../src/domain/room-nodes.ts'
import type { NotifyPlaces } from './places.ts'
import type { Target } from './ports.ts'

/** More nodes than this are read as a list of the space. */
const oneByOne = 10

/** Whether a target hears of a node. */
export type Concerns = (target: Target, nodeId: NodeId) => boolean

/**
 * Looks up which of these targets hear of which of these nodes: those of their rooms, and for a person's browser those the person may
 * see. A node that is gone lies in no room; who hears of every room hears of it.
 */
export async function lookConcerns(
  places: NotifyPlaces,
  spaceId: SpaceId,
  targets: readonly Target[],
  nodeIds: readonly NodeId[],
): Promise<Concerns> {
  if (targets.every(({ roomIds, personId }) => roomIds === null && personId === undefined)) return () => true
  const [rooms, nodes] = await Promise.all([places.rooms(spaceId), nodesById(places, spaceId, nodeIds)])
  const personIds = [...new Set(targets.flatMap(({ personId }) => (personId === undefined ? [] : [personId])))]
  const sights = new Map(await Promise.all(personIds.map(async (id) => [id, await places.sightOf(spaceId, id)] as const)))
  return ({ roomIds, personId }, nodeId) => {
    const node = nodes.get(nodeId)
    if (personId !== undefined && (node === undefined || sights.get(personId)?.(node, rooms) !== true)) return false
    return roomIds === null || (node !== undefined && isInAny(rooms, roomIds, node))
  }
}

/** Nodes of a space by id; those that are gone are not there. */
export async function nodesById(
  places: Pick<NotifyPlaces, 'node' | 'nodes'>,
  spaceId: SpaceId,
  nodeIds: readonly NodeId[],
): Promise<ReadonlyMap<NodeId, Node>> {
  const wanted = new Set(nodeIds)
  const known = new Map<NodeId, Node>()
  if (wanted.size > oneByOne) for (const node of await places.nodes(spaceId)) if (wanted.has(node.nodeId)) known.set(node.nodeId, node)
  // A list may be a moment old: a node that has just come is looked up itself.
  const missing = [...wanted].filter((nodeId) => !known.has(nodeId))
  for (const node of await Promise.all(missing.map((nodeId) => places.node(spaceId, nodeId))))
    if (node !== undefined) known.set(node.nodeId, node)
  return known
}

function isInAny(rooms: readonly Room[], roomIds: readonly string[], node: Node): boolean {
  return rooms.some((room) => roomIds.includes(room.roomId) && isInRoom(room, node))
}
