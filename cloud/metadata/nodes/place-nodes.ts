import type { NodeId, RoomId, SpaceId } from '../../../src/domain/ids.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { MetadataStore } from '../../store/port.ts'
import { listAll, type ChangeItem } from '../change-item.ts'
import { keys, spacePartition } from '../keys.ts'
import { nodeContent, nodeRecordOf, type NodeRecord } from './node-record.ts'

/** Which nodes came into a room and which left it; those that were as wished already are in neither. */
export interface Placed {
  readonly added: readonly NodeId[]
  readonly removed: readonly NodeId[]
}

/**
 * Puts nodes into a room by hand and takes them out. Repeating changes nothing. A node to be added that is not in the space is
 * NOT_FOUND, and then nothing changes; one to be taken out that is not there is out already. Each node is a write of its own: after
 * a crash the same wish again completes it.
 */
export function createNodePlacing({ store, changeItem }: { readonly store: MetadataStore; readonly changeItem: ChangeItem }) {
  return async (
    spaceId: SpaceId,
    roomId: RoomId,
    wish: { readonly add: readonly NodeId[]; readonly remove: readonly NodeId[] },
  ): Promise<Placed> => {
    const add = [...new Set(wish.add)]
    for (const nodeId of add) if ((await store.read(keys.node(spaceId, nodeId))) === undefined) throw noNode()
    const rooms = new Set((await listAll(store, spacePartition(spaceId), 'room/')).map(({ sort }) => sort.slice('room/'.length)))

    const change = async (nodeId: NodeId, decide: (roomIds: readonly RoomId[]) => readonly RoomId[]): Promise<boolean> => {
      let isMoved = false
      await changeItem(keys.node(spaceId, nodeId), (current) => {
        isMoved = false
        if (current === undefined) return undefined
        const record: NodeRecord = nodeRecordOf(current)
        const roomIds = decide(record.roomIds)
        isMoved = roomIds.includes(roomId) !== record.roomIds.includes(roomId)
        // Rooms that are no more are left out on the way, so that the item does not grow with rooms that come and go.
        return isMoved ? nodeContent({ ...record, roomIds: roomIds.filter((id) => rooms.has(id)) }) : undefined
      })
      return isMoved
    }

    const placed = { added: [] as NodeId[], removed: [] as NodeId[] }
    for (const nodeId of add) if (await change(nodeId, (roomIds) => [...new Set([...roomIds, roomId])])) placed.added.push(nodeId)
    for (const nodeId of new Set(wish.remove))
      if (await change(nodeId, (roomIds) => roomIds.filter((id) => id !== roomId))) placed.removed.push(nodeId)
    return placed
  }
}

const noNode = () => new ThroughlineError('NOT_FOUND', 'There is no such node.')
