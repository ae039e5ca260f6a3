import type { RoomId, SpaceId } from '../../../src/domain/ids.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { MetadataStore } from '../../store/port.ts'
import { keys } from '../keys.ts'
import { metadataLimits } from '../limits.ts'

/** What a claim token allows. */
export interface TokenScope {
  readonly spaceId: SpaceId
  /** Empty: any room of the space. */
  readonly roomIds: readonly RoomId[]
}

/**
 * Checks that rooms exist in the scope's space and lie inside its rooms. Foreign, absent and malformed ids are answered alike
 * (security requirement C3): throws CLAIM_ROOM_INVALID.
 */
export async function checkRooms(store: MetadataStore, scope: TokenScope, roomIds: readonly string[]): Promise<void> {
  const invalid = () => new ThroughlineError('CLAIM_ROOM_INVALID', 'One or more rooms are not rooms this token can claim into.')
  if (roomIds.length > metadataLimits.roomsPerClaim) throw invalid()
  for (const roomId of roomIds) {
    const isRoomId = /^[0-9a-f-]{36}$/.test(roomId)
    const room = isRoomId ? await store.read(keys.room(scope.spaceId, roomId as RoomId)) : undefined
    if (room === undefined) throw invalid()
    const isInScope = scope.roomIds.length === 0 || scope.roomIds.includes(roomId as RoomId)
    if (!isInScope && !(room.data as { isAllNodes: boolean }).isAllNodes) throw invalid()
  }
}
