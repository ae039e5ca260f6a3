import { createHash, randomBytes } from 'node:crypto'
import type { ClaimId, MachineGuid, RoomId, SpaceId } from '../../../src/domain/ids.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { MetadataStore, StoredItem } from '../../store/port.ts'
import type { ChangeItem, ItemContent } from '../change-item.ts'
import { keys } from '../keys.ts'
import { metadataLimits } from '../limits.ts'

/** What an admin hands out so that agents can join a space (security requirements C1, C2). */
export interface ClaimTokens {
  /**
   * A new token of 135 characters of A–Z a–z 0–9 (of what aclk §1.1 lets through), shown this once: only its SHA-256 is stored. No rooms means
   * any room of the space. Throws CLAIM_ROOM_INVALID for rooms that are not in the space.
   */
  issue(wish: {
    spaceId: SpaceId
    roomIds: readonly RoomId[]
    validForMs: number
    uses: number
  }): Promise<{ token: string; expiresAtMs: number }>
  /** Ends a token at once; answers whether it was there. Claims made with it stay. */
  revoke(token: string): Promise<boolean>
}

/** What a token allows. */
export interface TokenScope {
  readonly spaceId: SpaceId
  readonly roomIds: readonly RoomId[]
}

/** The side of tokens that claims use. */
export interface TokenUse {
  /** The scope of a token that has not expired, even when its uses are spent; undefined for any other text. */
  scopeOf(token: string): Promise<TokenScope | undefined>
  /** The refusal of a token that has no scope; its detail tells the owner why. */
  refusal(token: string): Promise<ThroughlineError>
  /**
   * Takes one use for the claim of a machine, in one conditional write. A use that was taken for a claim of the same machine
   * which never came to exist is used on instead of a second one. Throws CLAIM_TOKEN_REFUSED.
   */
  consume(token: string, use: { claimId: ClaimId; machineGuid: MachineGuid; exists: (claimId: ClaimId) => Promise<boolean> }): Promise<void>
}

type Reserved = { claimId: ClaimId; machineGuid: MachineGuid }
type TokenRecord = { spaceId: SpaceId; roomIds: RoomId[]; uses: number; usesLeft: number; reserved: Reserved[]; validUntilMs?: number }

/** Uses whose claims may still be half made; older ones are done or lost. */
const reservedMax = 8
const tokenChars = 135

export interface ClaimTokenDeps {
  readonly store: MetadataStore
  readonly changeItem: ChangeItem
  readonly clock: Clock
}

export function createClaimTokens({ store, changeItem, clock }: ClaimTokenDeps): ClaimTokens & TokenUse {
  const hasEnded = ({ validUntilMs = Infinity }: TokenRecord) => validUntilMs <= clock.nowMs()
  return {
    async issue({ spaceId, roomIds, validForMs, uses }) {
      if (
        !Number.isInteger(uses) ||
        uses < 1 ||
        uses > metadataLimits.claimTokenUses ||
        !(validForMs > 0) ||
        !Number.isFinite(validForMs)
      ) {
        throw new ThroughlineError('BODY_UNPROCESSABLE', 'A claim token needs a number of uses and a time for which it is valid.')
      }
      await checkRooms(store, { spaceId, roomIds: [] }, roomIds)
      // No '-' and no '_': people paste tokens behind an option, where a leading '-' reads as the next one.
      const token = randomBytes(tokenChars).toString('base64').replace(/[+/=]/g, '').slice(0, tokenChars)
      const expiresAtMs = clock.nowMs() + Math.floor(validForMs)
      const record: TokenRecord = { spaceId, roomIds: [...roomIds], uses, usesLeft: uses, reserved: [], validUntilMs: expiresAtMs }
      // The item outlives the token, so that its owner can be told why a claim failed.
      const item = { ...keyOf(token), kind: 'claim-token' as const, data: record }
      await store.write({ ...item, expiresAtMs: expiresAtMs + metadataLimits.claimTokenRememberedMs }, 'absent')
      return { token, expiresAtMs }
    },

    async revoke(token) {
      const item = await store.read(keyOf(token))
      if (item === undefined) return false
      // A use that races this one bumps the revision; the token must not survive that.
      return (await store.remove(item, item.revision)) || this.revoke(token)
    },

    async scopeOf(token) {
      const item = await store.read(keyOf(token))
      const record = item?.data as TokenRecord | undefined
      return record === undefined || hasEnded(record) ? undefined : record
    },

    async refusal(token) {
      const item = await store.read(keyOf(token))
      return refused(item === undefined ? 'token-unknown' : hasEnded(item.data as TokenRecord) ? 'token-expired' : 'token-used-up')
    },

    async consume(token, { claimId, machineGuid, exists }) {
      await changeItem(keyOf(token), async (current) => {
        if (current === undefined) throw refused('token-unknown')
        const record = current.data as TokenRecord
        if (hasEnded(record)) throw refused('token-expired')
        const mine = record.reserved.find((each) => each.machineGuid === machineGuid)
        const others = record.reserved.filter((each) => each !== mine)
        if (mine !== undefined && !(await exists(mine.claimId))) return mine.claimId === claimId ? undefined : withUse(current, others, 0)
        if (record.usesLeft <= 0) throw refused('token-used-up')
        return withUse(current, others, 1)
      })

      function withUse(current: StoredItem, others: readonly Reserved[], taken: 0 | 1): ItemContent {
        const record = current.data as TokenRecord
        const reserved = [...others, { claimId, machineGuid }].slice(-reservedMax)
        const { expiresAtMs } = current
        return {
          kind: 'claim-token',
          data: { ...record, usesLeft: record.usesLeft - taken, reserved } satisfies TokenRecord,
          ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
        }
      }
    },
  }
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

/** The one refusal of a token, whatever the reason; its detail is for the owner (security requirement C3). */
function refused(detail: 'token-unknown' | 'token-expired' | 'token-used-up'): ThroughlineError {
  return new ThroughlineError('CLAIM_TOKEN_REFUSED', 'The claim token is expired, used up, revoked or unknown.', { detail })
}

function keyOf(token: string) {
  return keys.claimToken(createHash('sha256').update(token).digest('hex'))
}
