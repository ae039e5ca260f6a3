import { z } from 'zod'
import { canonicalUuid, type ClaimTokenId, type PersonId, type RoomId } from '../../../src/domain/ids.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { ClaimToken } from '../../metadata/claims/claim-tokens.ts'
import { connectWays } from '../connect-commands.ts'
import { apiLimits } from '../limits.ts'
import type { ApiClaimTokens, ApiIdentity } from '../ports.ts'
import { apiBase, guardedRoute, type Route } from '../route.ts'

const wish = z.strictObject({
  name: z.string().max(apiLimits.nameChars).optional(),
  validForMs: z.int().min(60_000).max(apiLimits.claimTokenMaxMs).default(apiLimits.claimTokenDefaultMs),
  uses: z.int().min(1).max(apiLimits.claimTokenUsesMax).default(apiLimits.claimTokenUsesDefault),
  roomIds: z.array(z.string().max(64)).max(apiLimits.roomsPerClaimToken).default([]),
})

const person = z.object({ personId: z.string(), email: z.string().nullable() })
const shown = z.object({
  tokenId: z.string(),
  name: z.string(),
  createdAtMs: z.number(),
  createdBy: person.nullable(),
  expiresAtMs: z.number(),
  uses: z.number(),
  usesLeft: z.number(),
  roomIds: z.array(z.string()),
  origin: z.enum(['hand', 'rotation', 'host']),
  state: z.enum(['active', 'grace', 'ended']),
})
const issued = z.object({
  tokenId: z.string(),
  token: z.string(),
  name: z.string(),
  expiresAtMs: z.number(),
  url: z.string(),
  caPem: z.string(),
  ways: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      note: z.string().optional(),
      steps: z.array(z.object({ text: z.string(), command: z.string().optional() })),
    }),
  ),
})

export interface ClaimTokenRoutesDeps {
  readonly identity: Pick<ApiIdentity, 'people'>
  readonly claimTokens: ApiClaimTokens
  readonly publicUrl: string
  readonly caPem: string | undefined
  readonly caFingerprint: string | undefined
}

/** Tokens that let agents in; each is shown once. */
export function claimTokenRoutes({ identity, claimTokens, publicUrl, caPem, caFingerprint }: ClaimTokenRoutesDeps): readonly Route[] {
  /** How people are named; someone who is no more here has no address. */
  const namesOf = async (tokens: readonly ClaimToken[]) => {
    const ids = new Set(tokens.flatMap(({ createdBy }) => (createdBy === undefined ? [] : [createdBy])))
    const known = await Promise.all([...ids].map(async (id) => [id, (await identity.people.get(id))?.email ?? null] as const))
    const emails = new Map<PersonId, string | null>(known)
    return (personId: PersonId | undefined) => (personId === undefined ? null : { personId, email: emails.get(personId) ?? null })
  }

  return [
    guardedRoute(
      'GET',
      `${apiBase}/claim-tokens`,
      'claim-tokens.manage',
      undefined,
      async ({ caller }) => {
        const tokens = await claimTokens.list(caller.spaceId)
        const nameOf = await namesOf(tokens)
        return { status: 200, json: { tokens: tokens.map((token) => ({ ...token, createdBy: nameOf(token.createdBy) })) } }
      },
      {
        docs: {
          summary: 'Claim tokens of a space, the newest first, without their secrets; ended ones for a day.',
          answer: z.object({ tokens: z.array(shown) }),
        },
      },
    ),
    guardedRoute(
      'POST',
      `${apiBase}/claim-tokens`,
      'claim-tokens.manage',
      wish,
      async ({ caller, body }) => {
        const roomIds = body.roomIds.map((roomId) => (canonicalUuid(roomId) ?? roomId) as RoomId)
        const made = await claimTokens.issue({ ...body, spaceId: caller.spaceId, roomIds, by: caller.personId })
        const { token, tokenId, name, expiresAtMs } = made
        const ca = caFingerprint === undefined ? {} : { caFingerprint }
        const ways = connectWays({ url: publicUrl, token, isPrivateCa: caPem !== undefined, ...ca })
        return {
          status: 201,
          json: { tokenId, token, name, expiresAtMs, url: publicUrl, caPem: caPem ?? '', ways },
          audit: [
            {
              action: 'claim-token-created',
              subject: { kind: 'claim-token', id: tokenId },
              roomIds,
              details: { uses: body.uses, expiresAtMs },
            },
          ],
        }
      },
      {
        audits: ['claim-token-created'],
        docs: { summary: 'Makes a claim token, shown this once, with the ways to use it.', answer: issued, status: 201 },
      },
    ),
    guardedRoute(
      'DELETE',
      `${apiBase}/claim-tokens/:tokenId`,
      'claim-tokens.manage',
      undefined,
      async ({ caller, params }) => {
        const tokenId = canonicalUuid(params['tokenId']) as ClaimTokenId | undefined
        if (tokenId === undefined || !(await claimTokens.revoke(caller.spaceId, tokenId)))
          throw new ThroughlineError('NOT_FOUND', 'There is no such claim token.')
        return { status: 204, audit: [{ action: 'claim-token-revoked', subject: { kind: 'claim-token', id: tokenId } }] }
      },
      { audits: ['claim-token-revoked'], docs: { summary: 'Ends a claim token at once; what joined with it stays.', status: 204 } },
    ),
  ]
}
