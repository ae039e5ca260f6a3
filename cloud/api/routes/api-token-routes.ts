import { z } from 'zod'
import { canonicalUuid, type ApiTokenId } from '../../../src/domain/ids.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { ApiToken } from '../../identity/api-tokens.ts'
import { identityLimits } from '../../identity/limits.ts'
import { apiTokenScopes } from '../../identity/permissions.ts'
import { apiLimits } from '../limits.ts'
import type { ApiIdentity } from '../ports.ts'
import { apiBase, personRoute, type Route } from '../route.ts'

const wish = z.strictObject({
  name: z.string().max(apiLimits.nameChars).optional(),
  scope: z.enum(apiTokenScopes),
  validForMs: z.int().min(60_000).max(identityLimits.apiTokenMaxMs).optional(),
})
const shown = z.object({
  tokenId: z.string(),
  name: z.string(),
  scope: z.enum(apiTokenScopes),
  spaceId: z.string().nullable(),
  createdAtMs: z.number(),
  expiresAtMs: z.number(),
  lastUsedAtMs: z.number().nullable(),
})

export interface ApiTokenRoutesDeps {
  readonly identity: Pick<ApiIdentity, 'apiTokens'>
}

/** Tokens with which programs act for a person; each is shown once. */
export function apiTokenRoutes({ identity }: ApiTokenRoutesDeps): readonly Route[] {
  const row = ({ tokenId, name, scope, spaceId, createdAtMs, expiresAtMs, lastUsedAtMs }: ApiToken) => ({
    tokenId,
    name,
    scope,
    spaceId: spaceId ?? null,
    createdAtMs,
    expiresAtMs,
    lastUsedAtMs: lastUsedAtMs ?? null,
  })
  return [
    personRoute(
      'GET',
      `${apiBase}/api-tokens`,
      'self.api-tokens',
      undefined,
      async ({ caller }) => ({ status: 200, json: { tokens: (await identity.apiTokens.list(caller.personId)).map(row) } }),
      { docs: { summary: 'Your API tokens, the newest first, without their secrets.', answer: z.object({ tokens: z.array(shown) }) } },
    ),
    personRoute(
      'POST',
      `${apiBase}/api-tokens`,
      'self.api-tokens',
      wish,
      async ({ caller, body }) => {
        const made = await identity.apiTokens.create({ ...body, spaceId: caller.homeSpaceId, personId: caller.personId })
        return {
          status: 201,
          json: { token: made.token, ...row(made) },
          audit: [
            {
              action: 'api-token-created',
              subject: { kind: 'api-token', id: made.tokenId },
              details: { scope: made.scope, expiresAtMs: made.expiresAtMs },
            },
          ],
        }
      },
      {
        audits: ['api-token-created'],
        docs: { summary: 'Makes an API token, shown this once.', answer: shown.extend({ token: z.string() }), status: 201 },
      },
    ),
    personRoute(
      'DELETE',
      `${apiBase}/api-tokens/:tokenId`,
      'self.api-tokens',
      undefined,
      async ({ caller, params }) => {
        const tokenId = canonicalUuid(params['tokenId']) as ApiTokenId | undefined
        if (tokenId === undefined || !(await identity.apiTokens.revoke(caller.personId, tokenId)))
          throw new ThroughlineError('NOT_FOUND', 'There is no such API token.')
        return { status: 204, audit: [{ action: 'api-token-revoked', subject: { kind: 'api-token', id: tokenId } }] }
      },
      { audits: ['api-token-revoked'], docs: { summary: 'Ends an API token at once.', status: 204 } },
    ),
  ]
}
