import { z } from 'zod'
import { apiTokenScopes } from '../../identity/permissions.ts'
import { identityLimits } from '../../identity/limits.ts'
import { connectWays } from '../connect-commands.ts'
import { apiLimits } from '../limits.ts'
import type { ApiClaimTokens, ApiConnectAttempts, ApiIdentity } from '../ports.ts'
import { apiBase, guardedRoute, personRoute, type Route } from '../route.ts'

const claimTokenWish = z.strictObject({
  validForMs: z.int().min(60_000).max(apiLimits.claimTokenMaxMs).default(apiLimits.claimTokenDefaultMs),
  uses: z.int().min(1).max(apiLimits.claimTokenUsesMax).default(apiLimits.claimTokenUsesDefault),
})
const apiTokenWish = z.strictObject({
  scope: z.enum(apiTokenScopes),
  validForMs: z.int().min(60_000).max(identityLimits.apiTokenMaxMs).optional(),
})

export interface ConnectRoutesDeps {
  readonly identity: Pick<ApiIdentity, 'apiTokens'>
  readonly claimTokens: ApiClaimTokens
  readonly attempts: ApiConnectAttempts
  readonly publicUrl: string
  readonly caPem: string | undefined
  readonly caFingerprint: string | undefined
}

/** Tokens that let agents and programs in; each is shown once. */
export function connectRoutes({ identity, claimTokens, attempts, publicUrl, caPem, caFingerprint }: ConnectRoutesDeps): readonly Route[] {
  return [
    guardedRoute('POST', `${apiBase}/claim-tokens`, 'claim-tokens.manage', claimTokenWish, async ({ caller, body }) => {
      const { token, expiresAtMs } = await claimTokens.issue({ spaceId: caller.spaceId, roomIds: [], ...body })
      const ways = connectWays({
        url: publicUrl,
        token,
        isPrivateCa: caPem !== undefined,
        ...(caFingerprint === undefined ? {} : { caFingerprint }),
      })
      return { status: 201, json: { token, expiresAtMs, url: publicUrl, caPem: caPem ?? '', ways } }
    }),
    guardedRoute('GET', `${apiBase}/connect-attempts`, 'connect-attempts.view', undefined, ({ caller }) => {
      const rows = attempts.list(caller.spaceId)
      return {
        status: 200,
        json: {
          attempts: rows.map(({ firstAtMs, atMs, count, address, stage, reason, isGood, sentence, mend, claimId, hostname }) => ({
            firstAtMs,
            atMs,
            count,
            address,
            stage,
            reason,
            isGood,
            sentence,
            mend,
            claimId: claimId ?? null,
            hostname: hostname ?? null,
          })),
        },
      }
    }),
    personRoute('POST', `${apiBase}/api-tokens`, 'self.api-tokens', apiTokenWish, async ({ caller, body }) => {
      const { token, expiresAtMs } = await identity.apiTokens.create({ spaceId: caller.homeSpaceId, personId: caller.personId, ...body })
      return { status: 201, json: { token, expiresAtMs, scope: body.scope } }
    }),
  ]
}
