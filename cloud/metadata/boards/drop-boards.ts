import type { RoomId, SpaceId } from '../../../src/domain/ids.ts'
import type { MetadataStore, StoredItem } from '../../store/port.ts'
import type { Clock } from '../../../src/support/clock.ts'
import { bury } from '../deleted/bury.ts'
import { deletedAtOf } from '../deleted/restorable.ts'
import { spacePartition } from '../keys.ts'
import { roomPrefix, type BoardRecord } from './board-record.ts'

/** Items read at once; each may be as large as an item can be. */
const pageItems = 25

/** Deletes the boards of a room that was deleted; after it is restored they can be, too. */
export function createBoardDrop(store: MetadataStore, clock: Clock) {
  const drop = async (item: StoredItem): Promise<void> => {
    let current: StoredItem | undefined = item
    while (current !== undefined && deletedAtOf(current) === undefined && !(await bury(store, current, clock.nowMs())))
      current = await store.read(current)
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
