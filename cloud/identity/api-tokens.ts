import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { ApiTokenId, PersonId, SpaceId } from '../../src/domain/ids.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { ItemKey, MetadataStore, StoredItem } from '../store/port.ts'
import { identityLimits } from './limits.ts'
import { matchesHash, newSecret, packToken, secretHash, unpackToken } from './opaque-token.ts'
import { personPartition } from './people.ts'
import { apiTokenScopes, type ApiTokenScope } from './permissions.ts'

/** Tells an API token from any other bearer, also for scanners that look for leaked secrets. */
export const apiTokenPrefix = 'throughline_'

const tokenData = z.object({
  spaceId: z.string().optional(),
  /** Tokens made before they had names have none. */
  name: z.string().optional(),
  scope: z.enum(apiTokenScopes),
  hash: z.string(),
  createdAtMs: z.number(),
  lastUsedAtMs: z.number().optional(),
})

/** An API token without its secret. */
export interface ApiToken {
  readonly tokenId: ApiTokenId
  readonly name: string
  readonly scope: ApiTokenScope
  /** The space meant where a request names none. */
  readonly spaceId: SpaceId | undefined
  readonly createdAtMs: number
  readonly expiresAtMs: number
  /** Late by at most five minutes; undefined before the first use. */
  readonly lastUsedAtMs: number | undefined
}

/** API tokens: scoped, expiring, hashed, shown once (T6). */
export interface ApiTokens {
  /** Answers the only copy of the token. Throws BODY_UNPROCESSABLE for a life over ten years, and LIMIT_REACHED. */
  create(wish: {
    readonly spaceId: SpaceId | undefined
    readonly personId: PersonId
    readonly scope: ApiTokenScope
    readonly name?: string | undefined
    readonly validForMs?: number | undefined
  }): Promise<ApiToken & { readonly token: string }>
  /** Newest first; expired ones are not there. */
  list(personId: PersonId): Promise<readonly ApiToken[]>
  /** Ends a token at once; answers whether it was there. */
  revoke(personId: PersonId, tokenId: ApiTokenId): Promise<boolean>
  /** Undefined alike for unknown, expired, revoked and foreign ones. A use is noted behind the back of the request. */
  find(token: string): Promise<(ApiToken & { readonly personId: PersonId }) | undefined>
  /** Resolves when no use is being noted any more. */
  settled(): Promise<void>
}

const prefix = 'api-token#'
const keyOf = (personId: PersonId, tokenId: string): ItemKey => ({ partition: personPartition(personId), sort: `${prefix}${tokenId}` })

export function createApiTokens({ store, clock }: { readonly store: MetadataStore; readonly clock: Clock }): ApiTokens {
  const notes = new Map<string, Promise<void>>()

  /** At most one write in five minutes for a token; it loses against whoever revokes at the moment, and nobody waits for it. */
  const noteUse = (tokenId: string, item: StoredItem, data: z.infer<typeof tokenData>): void => {
    const nowMs = clock.nowMs()
    if (notes.has(tokenId) || nowMs - (data.lastUsedAtMs ?? -Infinity) < identityLimits.apiTokenUseNotedMs) return
    const { partition, sort, revision, expiresAtMs } = item
    const expires = expiresAtMs === undefined ? {} : { expiresAtMs }
    const note = store
      .write({ partition, sort, kind: 'api-token', data: { ...data, lastUsedAtMs: nowMs }, ...expires }, revision)
      .then(
        () => {},
        () => {}, // A store in trouble refuses the requests themselves; a missed note is nobody's loss.
      )
      .finally(() => notes.delete(tokenId))
    notes.set(tokenId, note)
  }

  const list = async (personId: PersonId): Promise<ApiToken[]> => {
    const { items } = await store.list(personPartition(personId), { prefix, limit: 200 })
    return items.map(tokenOf).sort((a, b) => b.createdAtMs - a.createdAtMs || (a.tokenId < b.tokenId ? -1 : 1))
  }

  return {
    async create({ spaceId, personId, scope, name = '', validForMs = identityLimits.apiTokenDefaultMs }) {
      if (!(validForMs > 0) || validForMs > identityLimits.apiTokenMaxMs)
        throw new ThroughlineError('BODY_UNPROCESSABLE', 'An API token is valid for at most ten years.')
      if ((await list(personId)).length >= identityLimits.apiTokensPerPerson)
        throw new ThroughlineError('LIMIT_REACHED', `A person has at most ${identityLimits.apiTokensPerPerson} API tokens; end some first.`)
      const secret = newSecret()
      const tokenId = randomUUID() as string as ApiTokenId
      const createdAtMs = clock.nowMs()
      const expiresAtMs = createdAtMs + validForMs
      const named = plainName(name)
      const data = { ...(spaceId === undefined ? {} : { spaceId }), name: named, scope, hash: secretHash(secret), createdAtMs }
      await store.write({ ...keyOf(personId, tokenId), kind: 'api-token', data, expiresAtMs }, 'absent')
      const token = `${apiTokenPrefix}${packToken([personId, tokenId], [secret])}`
      return { token, tokenId, name: named, scope, spaceId, createdAtMs, expiresAtMs, lastUsedAtMs: undefined }
    },

    list,

    async revoke(personId, tokenId) {
      const key = keyOf(personId, tokenId)
      for (;;) {
        const item = await store.read(key)
        if (item === undefined) return false
        // A use that is noted at the moment bumps the revision; the token must not survive that.
        if (await store.remove(item, item.revision)) return true
      }
    },

    async find(token) {
      if (!token.startsWith(apiTokenPrefix)) return undefined
      const parts = unpackToken(token.slice(apiTokenPrefix.length), 2, 1)
      const [personId, tokenId] = parts?.ids ?? []
      const secret = parts?.secrets[0]
      if (personId === undefined || tokenId === undefined || secret === undefined) return undefined
      const item = await store.read(keyOf(personId as PersonId, tokenId))
      if (item?.expiresAtMs === undefined) return undefined
      const data = tokenData.parse(item.data)
      if (!matchesHash(secret, data.hash)) return undefined
      noteUse(tokenId, item, data)
      return { ...tokenOf(item), personId: personId as PersonId }
    },

    async settled() {
      await Promise.all(notes.values())
    },
  }
}

function tokenOf(item: StoredItem): ApiToken {
  const { spaceId, name, scope, createdAtMs, lastUsedAtMs } = tokenData.parse(item.data)
  return {
    tokenId: item.sort.slice(prefix.length) as ApiTokenId,
    name: name ?? unnamed,
    scope,
    spaceId: spaceId as SpaceId | undefined,
    createdAtMs,
    expiresAtMs: item.expiresAtMs ?? createdAtMs,
    lastUsedAtMs,
  }
}

const unnamed = 'API token'

/** One line of plain characters. */
function plainName(name: string): string {
  const plain = name
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/gu, '')
    .slice(0, identityLimits.apiTokenNameChars)
    .trim()
  return plain === '' ? unnamed : plain
}
