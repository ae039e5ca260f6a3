import { z } from 'zod'
import type { ApiClaimTokens } from '../ports.ts'
import { guardedRoute, type Route } from '../route.ts'

export interface RotateRouteDeps {
  readonly claimTokens: Pick<ApiClaimTokens, 'rotate'>
}

/** The claim token that programs ask for again and again (cloud-api §6.1). */
export function rotateRoute({ claimTokens }: RotateRouteDeps): readonly Route[] {
  return [
    guardedRoute(
      'POST',
      '/api/v1/spaces/:spaceId/token/rotate',
      'claim-tokens.manage',
      undefined,
      async ({ caller }) => {
        const { token, tokenId } = await claimTokens.rotate(caller.spaceId, caller.personId)
        return { status: 200, json: { token }, audit: [{ action: 'claim-token-rotated', subject: { kind: 'claim-token', id: tokenId } }] }
      },
      {
        style: 'compatible',
        audits: ['claim-token-rotated'],
        docs: {
          summary: 'A new claim token of 135 characters; those rotated before go on for a day.',
          answer: z.object({ token: z.string().length(135) }),
        },
      },
    ),
  ]
}
