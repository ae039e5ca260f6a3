import { keys } from '../../../cloud/metadata/keys.ts'
import type { PersonId, RoomId } from '../../../src/domain/ids.ts'
import { systemClock } from '../../../src/support/clock.ts'
import type { Installation } from '../installation.ts'
import { withKept } from './kept-of.ts'
import { newUuid } from '../agents/metadata-agents.ts'

/** A room made by hand, and a token whose agents are claimed into it. */
export interface MadeRoom {
  readonly roomId: RoomId
  readonly token: string
}

/** Puts a room of this name into the store of a cloud that does not run now; nothing in the product makes rooms yet. */
export function makeRoomInStore(cloud: Pick<Installation, 'env'>, name: string): Promise<MadeRoom> {
  return withKept(cloud, async ({ store, metadata }) => {
    // It is there already: this only reads it.
    const { spaceId } = await metadata.spaces.ensureFirst({ name: '', adminPersonId: newUuid<PersonId>() })
    const roomId = newUuid<RoomId>()
    const data = { name, isAllNodes: false, createdAtMs: systemClock.nowMs() }
    await store.write({ ...keys.room(spaceId, roomId), kind: 'room', data }, 'absent')
    const { token } = await metadata.claimTokens.issue({ spaceId, roomIds: [roomId], validForMs: 3_600_000, uses: 10 })
    return { roomId, token }
  })
}
