import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { PersonId, SpaceId } from '../../src/domain/ids.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { MetadataStore } from '../store/port.ts'
import { identityLimits } from './limits.ts'
import { matchesHash, newSecret, packToken, secretHash, unpackToken } from './opaque-token.ts'
import { personPartition } from './people.ts'
import { apiTokenScopes, type ApiTokenScope } from './permissions.ts'

/** Tells an API token from any other bearer, also for scanners that look for leaked secrets. */
export const apiTokenPrefix = 'throughline_'

const tokenData = z.object({ spaceId: z.string().optional(), scope: z.enum(apiTokenScopes), hash: z.string(), createdAtMs: z.number() })

/** API tokens: scoped, expiring, hashed, shown once (T6). */
export interface ApiTokens {
  /** Answers the only copy of the token. Throws BODY_UNPROCESSABLE for a life over ten years. */
  create(wish: {
    /** The space meant where a request names none. */
    readonly spaceId: SpaceId | undefined
    readonly personId: PersonId
    readonly scope: ApiTokenScope
    readonly validForMs?: number | undefined
  }): Promise<{
    readonly token: string
    readonly expiresAtMs: number
  }>
  /** Undefined alike for unknown, expired and foreign ones. */
  find(
    token: string,
  ): Promise<
    | { readonly personId: PersonId; readonly spaceId: SpaceId | undefined; readonly scope: ApiTokenScope; readonly expiresAtMs: number }
    | undefined
  >
}

export function createApiTokens({ store, clock }: { readonly store: MetadataStore; readonly clock: Clock }): ApiTokens {
  const keyOf = (personId: PersonId, tokenId: string) => ({ partition: personPartition(personId), sort: `api-token#${tokenId}` })
  return {
    async create({ spaceId, personId, scope, validForMs = identityLimits.apiTokenDefaultMs }) {
      if (!(validForMs > 0) || validForMs > identityLimits.apiTokenMaxMs)
        throw new ThroughlineError('BODY_UNPROCESSABLE', 'An API token is valid for at most ten years.')
      const secret = newSecret()
      const tokenId = randomUUID()
      const nowMs = clock.nowMs()
      const expiresAtMs = nowMs + validForMs
      const data = { ...(spaceId === undefined ? {} : { spaceId }), scope, hash: secretHash(secret), createdAtMs: nowMs }
      await store.write({ ...keyOf(personId, tokenId), kind: 'api-token', data, expiresAtMs }, 'absent')
      return { token: `${apiTokenPrefix}${packToken([personId, tokenId], [secret])}`, expiresAtMs }
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
      return {
        personId: personId as PersonId,
        spaceId: data.spaceId as SpaceId | undefined,
        scope: data.scope,
        expiresAtMs: item.expiresAtMs,
      }
    },
  }
}
