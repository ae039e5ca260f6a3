import type { ClaimTokenId, PersonId, SpaceId } from '../../../src/domain/ids.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { MetadataStore } from '../../store/port.ts'
import type { ChangeItem } from '../change-item.ts'
import { keys } from '../keys.ts'
import { metadataLimits } from '../limits.ts'

/** Who asked for a claim token: a person or the command line, a program that rotates, or this cloud for its own host. */
export type TokenOrigin = 'hand' | 'rotation' | 'host'

/** One claim token as its space knows it. The hash finds the token's own item; the secret itself is nowhere. */
export type IndexEntry = {
  tokenId: ClaimTokenId
  hash: string
  name: string
  origin: TokenOrigin
  createdBy?: PersonId
  createdAtMs: number
  endsAtMs: number
  uses: number
  /** A later rotation took its place. */
  isGrace?: true
}

type IndexRecord = { tokens: IndexEntry[] }

/**
 * The claim tokens of a space in one item, which is what counts: a token that is not named here, or has ended here, lets nobody in,
 * whatever its own item says. So ending one is one write, and whatever a crash leaves of its own item is harmless.
 */
export interface ClaimTokenIndex {
  list(spaceId: SpaceId): Promise<readonly IndexEntry[]>
  find(spaceId: SpaceId, tokenId: ClaimTokenId): Promise<IndexEntry | undefined>
  /**
   * Names a token; answers false when the space has as many as it may have. `isSpent` tells which may be forgotten to make room.
   */
  add(spaceId: SpaceId, entry: IndexEntry, isSpent: (entry: IndexEntry) => Promise<boolean>): Promise<boolean>
  /** Names a rotated token; those before it get until `graceEndsAtMs`, and the oldest of too many end at once. */
  rotate(
    spaceId: SpaceId,
    entry: IndexEntry,
    graceEndsAtMs: number,
  ): Promise<{ graced: readonly IndexEntry[]; ended: readonly IndexEntry[] }>
  /** Answers what was named there. */
  remove(spaceId: SpaceId, tokenId: ClaimTokenId): Promise<IndexEntry | undefined>
}

export interface ClaimTokenIndexDeps {
  readonly store: MetadataStore
  readonly changeItem: ChangeItem
  readonly clock: Clock
  /** How many tokens a space names at a time. */
  readonly tokensMax: number
}

export function createClaimTokenIndex({ store, changeItem, clock, tokensMax }: ClaimTokenIndexDeps): ClaimTokenIndex {
  const entriesOf = (item: { readonly data: unknown } | undefined) => (item === undefined ? [] : (item.data as IndexRecord).tokens)
  const list = async (spaceId: SpaceId) => entriesOf(await store.read(keys.claimTokens(spaceId)))

  const change = (
    spaceId: SpaceId,
    decide: (tokens: readonly IndexEntry[]) => Promise<IndexEntry[] | undefined> | IndexEntry[] | undefined,
  ) =>
    changeItem(keys.claimTokens(spaceId), async (current) => {
      const tokens = await decide(entriesOf(current).filter(isRemembered))
      return tokens && { kind: 'claim-tokens', data: { tokens } satisfies IndexRecord }
    })
  const isRemembered = ({ endsAtMs }: IndexEntry) => endsAtMs + metadataLimits.claimTokenRememberedMs > clock.nowMs()
  const isLiving = ({ endsAtMs }: IndexEntry) => endsAtMs > clock.nowMs()

  return {
    list,
    find: async (spaceId, tokenId) => (await list(spaceId)).find((entry) => entry.tokenId === tokenId),

    async add(spaceId, entry, isSpent) {
      let hasPlace = true
      await change(spaceId, async (tokens) => {
        // Rotated ones have a bound of their own; a program that rotates must not take people's places.
        const count = (some: readonly IndexEntry[]) => some.filter(({ origin }) => origin !== 'rotation').length
        const kept: IndexEntry[] = []
        const isFull = count(tokens) >= tokensMax
        for (const token of tokens) if (!isFull || (isLiving(token) && !(await isSpent(token)))) kept.push(token)
        hasPlace = count(kept) < tokensMax
        return hasPlace ? [...kept, entry] : undefined
      })
      return hasPlace
    },

    async rotate(spaceId, entry, graceEndsAtMs) {
      let graced: IndexEntry[] = []
      let ended: readonly IndexEntry[] = []
      await change(spaceId, (tokens) => {
        const rotated = tokens.filter(({ origin }) => origin === 'rotation')
        ended = rotated.slice(0, Math.max(0, rotated.length - metadataLimits.rotatedClaimTokensKept))
        graced = []
        const kept = tokens.flatMap((token): IndexEntry[] => {
          if (ended.includes(token)) return []
          if (token.origin !== 'rotation' || token.isGrace === true) return [token]
          const next: IndexEntry = { ...token, isGrace: true, endsAtMs: Math.min(token.endsAtMs, graceEndsAtMs) }
          graced.push(next)
          return [next]
        })
        return [...kept, entry]
      })
      return { graced, ended }
    },

    async remove(spaceId, tokenId) {
      let removed: IndexEntry | undefined
      await change(spaceId, (tokens) => {
        removed = tokens.find((token) => token.tokenId === tokenId)
        return removed && tokens.filter((token) => token !== removed)
      })
      return removed
    },
  }
}
