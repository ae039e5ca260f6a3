import { z } from 'zod'
import type { ApiConnectAttempts } from '../ports.ts'
import { apiBase, guardedRoute, type Route } from '../route.ts'

export interface ConnectRoutesDeps {
  readonly attempts: ApiConnectAttempts
}

/** What agents tried lately, for whoever connects one. */
export function connectRoutes({ attempts }: ConnectRoutesDeps): readonly Route[] {
  return [
    guardedRoute(
      'GET',
      `${apiBase}/connect-attempts`,
      'connect-attempts.view',
      undefined,
      ({ caller }) => {
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
      },
      {
        docs: {
          summary: 'What agents tried lately, and what to mend.',
          answer: z.object({
            attempts: z.array(
              z.looseObject({
                stage: z.string(),
                reason: z.string(),
                isGood: z.boolean(),
                sentence: z.string(),
                mend: z.string(),
                atMs: z.number(),
                count: z.int(),
              }),
            ),
          }),
        },
      },
    ),
  ]
}
