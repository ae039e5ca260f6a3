import type { RoomId, SpaceId } from '../../../src/domain/ids.ts'
import type { Room } from '../../../src/domain/model.ts'
import type { Unfinished } from '../unfinished.ts'
import type { Rooms } from './rooms.ts'

/** What has to go, or change, when a room is no more. Repeating it changes nothing. */
export type AfterRoom = (spaceId: SpaceId, roomId: RoomId) => Promise<void>

/** Deleting a room with what belongs to it. */
export interface RoomRemoval {
  /** Answers what was removed, undefined when nothing was there. Throws ROOM_FIXED for "All nodes". */
  remove(spaceId: SpaceId, roomId: RoomId): Promise<Room | undefined>
  /** Finishes what a crash left. */
  sweep(): Promise<void>
}

export interface RoomRemovalDeps {
  readonly rooms: Rooms
  readonly unfinished: Unfinished
  /** In this order. */
  readonly after: readonly AfterRoom[]
}

const prefix = 'room/'

/** The room goes first, so that nobody reaches what is in it; what is in it follows, at the latest at the next start. */
export function createRoomRemoval({ rooms, unfinished, after }: RoomRemovalDeps): RoomRemoval {
  const finish = async (spaceId: SpaceId, roomId: RoomId): Promise<void> => {
    const work = await unfinished.find(`${prefix}${spaceId}/${roomId}`)
    // Noted, but not removed: whoever asked was told that it failed.
    if ((await rooms.get(spaceId, roomId)) === undefined) for (const step of after) await step(spaceId, roomId)
    if (work !== undefined) await unfinished.strike(work)
  }
  return {
    async remove(spaceId, roomId) {
      const room = await rooms.get(spaceId, roomId)
      if (room === undefined) return undefined
      if (!room.isAllNodes) await unfinished.note(`${prefix}${spaceId}/${roomId}`, {})
      const removed = await rooms.remove(spaceId, roomId)
      if (removed !== undefined) await finish(spaceId, roomId)
      return removed
    },
    async sweep() {
      for (const { sort } of await unfinished.list(prefix)) {
        const [spaceId, roomId] = sort.slice(prefix.length).split('/')
        if (spaceId !== undefined && roomId !== undefined) await finish(spaceId as SpaceId, roomId as RoomId)
      }
    },
  }
}
