import type { MemberId, NodeId, RoomId, SpaceId } from '../../../src/domain/ids.ts'
import type { Node } from '../../../src/domain/model.ts'
import { isInRoom } from '../../../src/domain/room-nodes.ts'
import type { ApiNodes, ApiRooms } from '../ports.ts'

/** Who looks at a room; structurally the relay's reader. */
interface RoomReader {
  readonly spaceId: SpaceId
  readonly memberId: MemberId
  readonly seesAllNodes: boolean
}

/** Which nodes a room shows to whom, for the relay, which sees no metadata itself. */
export function createRoomNodes({ rooms, nodes }: { readonly rooms: Pick<ApiRooms, 'get'>; readonly nodes: Pick<ApiNodes, 'list'> }) {
  return {
    /** Undefined alike for foreign, absent and closed rooms. */
    async nodesOfRoom(
      { spaceId, memberId, seesAllNodes }: RoomReader,
      roomId: RoomId,
    ): Promise<readonly { readonly nodeId: NodeId; readonly machineGuid: Node['machineGuid']; readonly hostname: string }[] | undefined> {
      const room = await rooms.get(spaceId, roomId)
      if (room === undefined || !(seesAllNodes || room.memberIds.includes(memberId))) return undefined
      const all = await nodes.list(spaceId)
      return all.filter((node) => isInRoom(room, node)).map(({ nodeId, machineGuid, hostname }) => ({ nodeId, machineGuid, hostname }))
    },
  }
}
