import type { RoomId, SpaceId } from '../../../src/domain/ids.ts'
import type { MetadataStore, StoredItem } from '../../store/port.ts'
import { spacePartition } from '../keys.ts'
import { roomPrefix, type BoardRecord } from './board-record.ts'

/** Items read at once; each may be as large as an item can be. */
const pageItems = 25

/** Erases the boards of a room that is no more, deleted ones included: nobody could reach or restore them. */
export function createBoardDrop(store: MetadataStore) {
  const drop = async (item: StoredItem): Promise<void> => {
    let current: StoredItem | undefined = item
    while (current !== undefined && !(await store.remove(current, current.revision))) current = await store.read(current)
  }
  return async (spaceId: SpaceId, roomId: RoomId): Promise<void> => {
    let after: string | undefined
    do {
      const page = await store.list(spacePartition(spaceId), {
        prefix: roomPrefix(roomId),
        limit: pageItems,
        ...(after === undefined ? {} : { after }),
      })
      for (const item of page.items) if ((item.data as BoardRecord).roomId === roomId) await drop(item)
      after = page.next
    } while (after !== undefined)
  }
}
