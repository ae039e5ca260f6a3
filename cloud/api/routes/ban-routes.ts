import { z } from 'zod'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { banKinds, banLimits, type Ban } from '../../bans/ban.ts'
import type { ApiBans } from '../ports.ts'
import { apiBase, personRoute, type Route } from '../route.ts'

const wish = z.strictObject({
  kind: z.enum(banKinds),
  value: z.string().min(1).max(100),
  reason: z.string().max(banLimits.reasonLength).default(''),
  forMs: z.int().min(1_000).max(banLimits.maxMs).default(banLimits.defaultMs),
})
const banShape = z.object({
  banId: z.string(),
  kind: z.enum(banKinds),
  value: z.string(),
  reason: z.string(),
  by: z.string(),
  atMs: z.int(),
  untilMs: z.int(),
})
const shown = ({ banId, kind, value, reason, by, atMs, untilMs }: Ban) => ({ banId, kind, value, reason, by, atMs, untilMs })

/** Whom the operator keeps out; only with the operator's own token. */
export function banRoutes({ bans }: { readonly bans: ApiBans }): readonly Route[] {
  return [
    personRoute(
      'GET',
      `${apiBase}/bans`,
      'operate',
      undefined,
      async () => ({ status: 200, json: { bans: (await bans.list()).map(shown) } }),
      {
        docs: { summary: 'Lists whom the operator keeps out.', answer: z.object({ bans: z.array(banShape) }) },
      },
    ),
    personRoute(
      'POST',
      `${apiBase}/bans`,
      'operate',
      wish,
      async ({ body }) => {
        const ban = await bans.add({ ...body, by: 'operator' })
        return {
          status: 201,
          json: shown(ban),
          audit: [{ action: 'ban-added', subject: { kind: 'ban', id: ban.banId }, details: { kind: ban.kind } }],
        }
      },
      {
        audits: ['ban-added'],
        docs: { summary: 'Keeps an address, network, account or claim out for a time.', answer: banShape, status: 201 },
      },
    ),
    personRoute(
      'DELETE',
      `${apiBase}/bans/:banId`,
      'operate',
      undefined,
      async ({ params }) => {
        const ban = await bans.remove(params['banId'] ?? '')
        if (ban === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such ban.')
        return { status: 204, audit: [{ action: 'ban-removed', subject: { kind: 'ban', id: ban.banId }, details: { kind: ban.kind } }] }
      },
      { audits: ['ban-removed'], docs: { summary: 'Ends a ban.' } },
    ),
  ]
}
