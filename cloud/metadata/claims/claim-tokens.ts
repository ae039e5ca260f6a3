import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { ClaimId, ClaimTokenId, MachineGuid, PersonId, RoomId, SpaceId } from '../../../src/domain/ids.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { ItemKey, MetadataStore, StoredItem } from '../../store/port.ts'
import type { ChangeItem, ItemContent } from '../change-item.ts'
import { keys } from '../keys.ts'
import { metadataLimits } from '../limits.ts'
import { cleanText } from '../text-rules.ts'
import { checkRooms, type TokenScope } from './check-rooms.ts'
import { createClaimTokenIndex, type IndexEntry, type TokenOrigin } from './claim-token-index.ts'

/** A claim token without its secret. `grace`: a rotation took its place, and it still lets agents in until it ends. */
export interface ClaimToken {
  readonly tokenId: ClaimTokenId
  readonly name: string
  readonly origin: TokenOrigin
  readonly createdBy: PersonId | undefined
  readonly createdAtMs: number
  readonly expiresAtMs: number
  readonly uses: number
  readonly usesLeft: number
  /** Empty: any room of the space. */
  readonly roomIds: readonly RoomId[]
  readonly state: 'active' | 'grace' | 'ended'
}

/** What is handed out: the secret is shown this once. */
export interface IssuedClaimToken {
  readonly token: string
  readonly tokenId: ClaimTokenId
  readonly name: string
  readonly expiresAtMs: number
}

/** What an admin hands out so that agents can join a space (security requirements C1, C2). */
export interface ClaimTokens {
  /**
   * A new token of 135 characters of A–Z a–z 0–9 (of what aclk §1.1 lets through), shown this once: only its SHA-256 is stored. No rooms means
   * any room of the space. Throws CLAIM_ROOM_INVALID for rooms that are not in the space, and LIMIT_REACHED.
   */
  issue(wish: {
    spaceId: SpaceId
    roomIds: readonly RoomId[]
    validForMs: number
    uses: number
    name?: string | undefined
    by?: PersonId | undefined
    origin?: 'hand' | 'host'
  }): Promise<IssuedClaimToken>
  /**
   * A new token for any room, for programs that keep one (cloud-api §6.1). The rotated ones before it go on for a day; of too many
   * the oldest end at once. Tokens made by hand stay as they are.
   */
  rotate(spaceId: SpaceId, by: PersonId | undefined): Promise<IssuedClaimToken>
  /** Newest first; ended ones are listed for a day. */
  list(spaceId: SpaceId): Promise<readonly ClaimToken[]>
  /** Ends a token at once; answers whether it was there. Claims made with it stay. */
  revoke(spaceId: SpaceId, tokenId: ClaimTokenId): Promise<boolean>
  /** Ends every token of a space. */
  revokeAll(spaceId: SpaceId): Promise<void>
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
type TokenRecord = {
  spaceId: SpaceId
  roomIds: RoomId[]
  uses: number
  usesLeft: number
  reserved: Reserved[]
  validUntilMs?: number
  /** Names it in the index of its space. Tokens made before there was one have none, and end by themselves. */
  tokenId?: ClaimTokenId
}

/** Uses whose claims may still be half made; older ones are done or lost. */
const reservedMax = 8
const tokenChars = 135
/** Tokens that are looked at together for a list. */
const readTogether = 25
const defaultNames = { hand: 'Claim token', host: 'This host', rotation: 'Rotated token' } as const

export interface ClaimTokenDeps {
  readonly store: MetadataStore
  readonly changeItem: ChangeItem
  readonly clock: Clock
  /** How many tokens a space may have at a time; null: as many as are kept. */
  readonly tokensMax?: number | null | undefined
}

export function createClaimTokens({ store, changeItem, clock, tokensMax }: ClaimTokenDeps): ClaimTokens & TokenUse {
  const most = Math.min(tokensMax ?? Infinity, metadataLimits.claimTokensPerSpace)
  const index = createClaimTokenIndex({ store, changeItem, clock, tokensMax: most })

  const hasEnded = async ({ validUntilMs = Infinity, spaceId, tokenId }: TokenRecord): Promise<boolean> => {
    if (validUntilMs <= clock.nowMs()) return true
    if (tokenId === undefined) return false
    return ((await index.find(spaceId, tokenId))?.endsAtMs ?? 0) <= clock.nowMs()
  }
  /** Whether nobody can come in with it any more, not even a machine that took a use and has no claim yet. */
  const isSpent = async ({ hash }: IndexEntry): Promise<boolean> => {
    const record = (await store.read(keys.claimToken(hash)))?.data as TokenRecord | undefined
    if (record === undefined) return true
    if (record.usesLeft > 0) return false
    for (const { claimId } of record.reserved) if ((await store.read(keys.claim(claimId))) === undefined) return false
    return true
  }

  /** A new token under its hash. Nobody knows its secret until the index names it too. */
  const make = async (wish: { spaceId: SpaceId; roomIds: readonly RoomId[]; endsAtMs: number; uses: number }) => {
    // No '-' and no '_': people paste tokens behind an option, where a leading '-' reads as the next one.
    const token = randomBytes(tokenChars).toString('base64').replace(/[+/=]/g, '').slice(0, tokenChars)
    const tokenId = randomUUID() as string as ClaimTokenId
    const { spaceId, roomIds, endsAtMs, uses } = wish
    const record: TokenRecord = { spaceId, tokenId, roomIds: [...roomIds], uses, usesLeft: uses, reserved: [], validUntilMs: endsAtMs }
    // The item outlives the token, so that its owner can be told why a claim failed.
    const expiresAtMs = endsAtMs + metadataLimits.claimTokenRememberedMs
    await store.write({ ...keyOf(token), kind: 'claim-token', data: record, expiresAtMs }, 'absent')
    return { token, tokenId, hash: hashOf(token) }
  }

  /** A use that races this one bumps the revision; the token must not survive that. */
  const removeItem = async (key: ItemKey): Promise<void> => {
    for (let item = await store.read(key); item !== undefined; item = await store.read(key))
      if (await store.remove(item, item.revision)) return
  }

  const entryOf = (
    { tokenId, hash }: { tokenId: ClaimTokenId; hash: string },
    wish: { name: string; origin: TokenOrigin; by: PersonId | undefined; endsAtMs: number; uses: number },
  ): IndexEntry => {
    const { name, origin, by, endsAtMs, uses } = wish
    return { tokenId, hash, name, origin, ...(by === undefined ? {} : { createdBy: by }), createdAtMs: clock.nowMs(), endsAtMs, uses }
  }

  return {
    async issue({ spaceId, roomIds, validForMs, uses, name = '', by, origin = 'hand' }) {
      if (
        !Number.isInteger(uses) ||
        uses < 1 ||
        uses > metadataLimits.claimTokenUses ||
        !(validForMs > 0) ||
        !Number.isFinite(validForMs)
      ) {
        throw new ThroughlineError('BODY_UNPROCESSABLE', 'A claim token needs a number of uses and a time for which it is valid.')
      }
      const rooms = [...new Set(roomIds)]
      await checkRooms(store, { spaceId, roomIds: [] }, rooms)
      const endsAtMs = clock.nowMs() + Math.floor(validForMs)
      const made = await make({ spaceId, roomIds: rooms, endsAtMs, uses })
      const named = cleanText(name, metadataLimits.nameBytes).trim() || defaultNames[origin]
      const hasPlace = await index.add(spaceId, entryOf(made, { name: named, origin, by, endsAtMs, uses }), isSpent)
      if (!hasPlace) {
        await removeItem(keys.claimToken(made.hash))
        throw new ThroughlineError('LIMIT_REACHED', `A space has at most ${most} claim tokens at a time; revoke some first.`)
      }
      return { token: made.token, tokenId: made.tokenId, name: named, expiresAtMs: endsAtMs }
    },

    async rotate(spaceId, by) {
      const { rotatedClaimTokenMs, rotatedClaimTokenUses: uses, rotatedClaimTokenGraceMs } = metadataLimits
      const endsAtMs = clock.nowMs() + rotatedClaimTokenMs
      const name = defaultNames.rotation
      const made = await make({ spaceId, roomIds: [], endsAtMs, uses })
      const entry = entryOf(made, { name, origin: 'rotation', by, endsAtMs, uses })
      const { graced, ended } = await index.rotate(spaceId, entry, clock.nowMs() + rotatedClaimTokenGraceMs)
      // Their ends are settled by the index; this only lets go of what is kept of them, and cuts off uses on their way.
      for (const { hash } of ended) await removeItem(keys.claimToken(hash))
      for (const { hash, endsAtMs: until } of graced) {
        await changeItem(keys.claimToken(hash), (current) => {
          if (current === undefined) return undefined
          const data = { ...(current.data as TokenRecord), validUntilMs: until }
          return { kind: 'claim-token', data, expiresAtMs: until + metadataLimits.claimTokenRememberedMs }
        })
      }
      return { token: made.token, tokenId: made.tokenId, name, expiresAtMs: endsAtMs }
    },

    async list(spaceId) {
      const entries = [...(await index.list(spaceId))].reverse()
      const records: (TokenRecord | undefined)[] = []
      for (let at = 0; at < entries.length; at += readTogether) {
        const items = await Promise.all(entries.slice(at, at + readTogether).map(({ hash }) => store.read(keys.claimToken(hash))))
        records.push(...items.map((item) => item?.data as TokenRecord | undefined))
      }
      return entries.map((entry, at) => tokenOf(entry, records[at], clock.nowMs()))
    },

    async revoke(spaceId, tokenId) {
      const removed = await index.remove(spaceId, tokenId)
      if (removed !== undefined) await removeItem(keys.claimToken(removed.hash))
      return removed !== undefined
    },

    async revokeAll(spaceId) {
      for (const { tokenId } of await index.list(spaceId)) await this.revoke(spaceId, tokenId)
    },

    async scopeOf(token) {
      const record = (await store.read(keyOf(token)))?.data as TokenRecord | undefined
      return record === undefined || (await hasEnded(record)) ? undefined : record
    },

    async refusal(token) {
      const record = (await store.read(keyOf(token)))?.data as TokenRecord | undefined
      return refused(record === undefined ? 'token-unknown' : (await hasEnded(record)) ? 'token-expired' : 'token-used-up')
    },

    async consume(token, { claimId, machineGuid, exists }) {
      await changeItem(keyOf(token), async (current) => {
        if (current === undefined) throw refused('token-unknown')
        const record = current.data as TokenRecord
        if (await hasEnded(record)) throw refused('token-expired')
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

function tokenOf(entry: IndexEntry, record: TokenRecord | undefined, nowMs: number): ClaimToken {
  const { tokenId, name, origin, createdBy, createdAtMs, endsAtMs, uses, isGrace } = entry
  const usesLeft = record?.usesLeft ?? 0
  const state = endsAtMs <= nowMs || usesLeft <= 0 ? 'ended' : isGrace === true ? 'grace' : 'active'
  return { tokenId, name, origin, createdBy, createdAtMs, expiresAtMs: endsAtMs, uses, usesLeft, roomIds: record?.roomIds ?? [], state }
}

/** The one refusal of a token, whatever the reason; its detail is for the owner (security requirement C3). */
function refused(detail: 'token-unknown' | 'token-expired' | 'token-used-up'): ThroughlineError {
  return new ThroughlineError('CLAIM_TOKEN_REFUSED', 'The claim token is expired, used up, revoked or unknown.', { detail })
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex')
const keyOf = (token: string): ItemKey => keys.claimToken(hashOf(token))
