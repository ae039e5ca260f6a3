import { z } from 'zod'
import { canonicalUuid, type RoomId } from '../../../src/domain/ids.ts'
import type { Node, NodeState, Room } from '../../../src/domain/model.ts'
import { isInRoom } from '../../../src/domain/room-nodes.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Caller } from '../../identity/ports.ts'
import type { ApiNodes, ApiRooms } from '../ports.ts'
import { roomSeen } from '../sight.ts'

export interface AskedRoom {
  readonly room: Room
  readonly nodes: readonly Node[]
}

export interface AskedRoomDeps {
  readonly rooms: Pick<ApiRooms, 'get'>
  readonly nodes: Pick<ApiNodes, 'list'>
}

/** The room of an address with its nodes. Foreign, absent and closed ones, and what is no id, are NOT_FOUND alike. */
export async function askedRoom({ rooms, nodes }: AskedRoomDeps, caller: Caller, roomId: string | undefined): Promise<AskedRoom> {
  const room = await roomSeen(rooms, caller, canonicalUuid(roomId) as RoomId | undefined)
  if (room === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such room.')
  const all = await nodes.list(caller.spaceId)
  return { room, nodes: all.filter((node) => isInRoom(room, node)) }
}

const texts = z.array(z.string().max(500)).max(10_000).nullish()

/** What every call on a room may say of nodes and contexts; nothing said, and an empty list, mean all (cloud-api §7.1, §9.1). */
export const scopeSchema = z.object({
  scope: z.object({ nodes: texts, contexts: texts }).nullish(),
  selectors: z.object({ nodes: texts, contexts: texts }).nullish(),
})

/** The nodes that a list of ids names, by node id or machine guid; a star is refused as clients expect it (cloud-api §9.2). */
export function nodesInScope(nodes: readonly Node[], ids: readonly string[] | null | undefined): readonly Node[] {
  if (ids === undefined || ids === null || ids.length === 0) return nodes
  if (ids.includes('*')) throw new ThroughlineError('BODY_MALFORMED', 'Name nodes by their ids, or none for all of them.')
  const wanted = new Set(ids.map((id) => id.toLowerCase()))
  return nodes.filter(({ nodeId, machineGuid }) => wanted.has(nodeId) || wanted.has(machineGuid))
}

/** The words clients know for a node's state (cloud-api §7.1). */
export const stateWords = { live: 'reachable', stale: 'stale', offline: 'unreachable', unseen: 'unreachable' } as const satisfies Record<
  NodeState,
  string
>
