import { z } from 'zod'
import type { ApiAuditDelivery } from '../ports.ts'
import { apiBase, guardedRoute, type Route } from '../route.ts'

const host = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[a-zA-Z0-9.:-]+$/)
const wish = z.strictObject({
  webhookUrl: z.string().max(2_000).nullable(),
  syslog: z.strictObject({ host, port: z.int().min(1).max(65_535).default(6514) }).nullable(),
})
const shape = z.object({
  seq: z.int(),
  deliveredAtMs: z.int().nullable(),
  problem: z.string().nullable(),
  problemAtMs: z.int().nullable(),
})
const answer = z.object({
  webhookUrl: z.string().nullable(),
  syslog: z.object({ host: z.string(), port: z.int() }).nullable(),
  webhookState: shape.nullable(),
  syslogState: shape.nullable(),
  lastSeq: z.int(),
})

/** Where the audit of a space goes besides: a signed webhook, and syslog over TLS. */
export function auditDeliveryRoutes({ auditDelivery }: { readonly auditDelivery: ApiAuditDelivery }): readonly Route[] {
  const path = `${apiBase}/audit/delivery`
  return [
    guardedRoute(
      'GET',
      path,
      'audit.deliver',
      undefined,
      async ({ caller }) => ({ status: 200, json: await auditDelivery.get(caller.spaceId) }),
      {
        docs: { summary: 'Tells where the audit of the space is delivered, how far that came and what is wrong.', answer },
      },
    ),
    guardedRoute(
      'PUT',
      path,
      'audit.deliver',
      wish,
      async ({ caller, body }) => {
        const { secret } = await auditDelivery.set(caller.spaceId, body)
        return {
          status: 200,
          json: { ...(await auditDelivery.get(caller.spaceId)), secret },
          audit: [
            {
              action: 'audit-delivery-changed',
              subject: { kind: 'audit', id: caller.spaceId },
              details: { webhook: body.webhookUrl !== null, syslog: body.syslog !== null },
            },
          ],
        }
      },
      {
        audits: ['audit-delivery-changed'],
        docs: {
          summary: 'Sets where the audit of the space is delivered; the secret of a new webhook is shown this once.',
          answer: answer.extend({ secret: z.string().nullable() }),
        },
      },
    ),
  ]
}
