import type { NodeId, RoomId } from '../../src/domain/ids.ts'
import type { Node, Room } from '../../src/domain/model.ts'
import { isInRoom, isSeenByMember } from '../../src/domain/room-nodes.ts'
import { isPermitted } from '../identity/permissions.ts'
import type { Caller } from '../identity/ports.ts'
import type { ApiNodes, ApiRooms } from './ports.ts'

/** What somebody sees of a space. */
export interface Seen {
  /** Whether that is every room and every node. */
  readonly isWhole: boolean
  /** Rooms of the own, "All nodes" only for those who may see all. */
  readonly rooms: readonly Room[]
  readonly nodes: readonly Node[]
}

export interface SightDeps {
  readonly rooms: Pick<ApiRooms, 'list'>
  readonly nodes: Pick<ApiNodes, 'list'>
}

/** Rooms and nodes as far as a caller sees them: all for some roles, those of their rooms for the others (issue 5, matrix). */
export function createSight({ rooms, nodes }: SightDeps): (caller: Caller) => Promise<Seen> {
  return async (caller) => {
    const [allRooms, allNodes] = await Promise.all([rooms.list(caller.spaceId), nodes.list(caller.spaceId)])
    if (isPermitted('nodes.view-all', caller)) return { isWhole: true, rooms: allRooms, nodes: allNodes }
    const own = allRooms.filter(({ memberIds }) => memberIds.includes(caller.memberId))
    return { isWhole: false, rooms: own, nodes: allNodes.filter((node) => own.some((room) => isInRoom(room, node))) }
  }
}

/** The rooms a caller sees. */
export async function roomsSeen(rooms: Pick<ApiRooms, 'list'>, caller: Caller): Promise<readonly Room[]> {
  const all = await rooms.list(caller.spaceId)
  return isPermitted('nodes.view-all', caller) ? all : all.filter(({ memberIds }) => memberIds.includes(caller.memberId))
}

/** A room as far as the caller sees it: foreign, absent and closed ones are undefined alike. */
export async function roomSeen(rooms: Pick<ApiRooms, 'get'>, caller: Caller, roomId: RoomId | undefined): Promise<Room | undefined> {
  const room = roomId === undefined ? undefined : await rooms.get(caller.spaceId, roomId)
  return room !== undefined && (isPermitted('nodes.view-all', caller) || room.memberIds.includes(caller.memberId)) ? room : undefined
}

/** A node as far as the caller sees it: foreign, absent and hidden ones are undefined alike. */
export async function nodeSeen(
  { rooms, nodes }: { readonly rooms: Pick<ApiRooms, 'list'>; readonly nodes: Pick<ApiNodes, 'get'> },
  caller: Caller,
  nodeId: NodeId | undefined,
): Promise<Node | undefined> {
  const node = nodeId === undefined ? undefined : await nodes.get(caller.spaceId, nodeId)
  if (node === undefined || isPermitted('nodes.view-all', caller)) return node
  return isSeenByMember(await rooms.list(caller.spaceId), caller.memberId, node) ? node : undefined
}
