import { z } from 'zod'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { erasureSteps } from '../../privacy/erasure/erasure-record.ts'
import type { ApiErasures, ApiIdentity } from '../ports.ts'
import { apiBase, publicRoute, type Route } from '../route.ts'

const shown = z.object({
  kind: z.enum(['person', 'space', 'installation']),
  state: z.enum(['running', 'waiting-for-mirror', 'done']),
  requestedAtMs: z.number(),
  steps: z.array(z.object({ name: z.enum(erasureSteps), doneAtMs: z.number().nullable() })),
  tails: z.array(z.object({ what: z.string(), why: z.string(), untilMs: z.number().nullable() })),
  certificate: z.string().nullable(),
})
const publicKeys = z.object({
  keys: z.array(
    z.object({ kty: z.string(), crv: z.string(), x: z.string(), y: z.string(), kid: z.string(), alg: z.string(), use: z.string() }),
  ),
})

export interface ErasureRoutesDeps {
  readonly erasures: ApiErasures
  readonly identity: Pick<ApiIdentity, 'certificates'>
}

/** How far an erasure is, for who has its token and no session any more; and the keys its certificate is checked with. */
export function erasureRoutes({ erasures, identity }: ErasureRoutesDeps): readonly Route[] {
  return [
    publicRoute(
      'GET',
      `${apiBase}/erasures/:token`,
      undefined,
      async ({ params }) => {
        const found = await erasures.look(params['token'] ?? '')
        if (found === undefined)
          throw new ThroughlineError('NOT_FOUND', 'There is no erasure at this address. It is shown for 30 days after it is done.')
        return { status: 200, json: found }
      },
      { docs: { summary: 'How far an erasure is, what stays until when, and its certificate. The token is enough.', answer: shown } },
    ),
    publicRoute(
      'GET',
      '/.well-known/throughline-keys.json',
      undefined,
      () => ({ status: 200, json: { keys: identity.certificates.publicKeys() } }),
      { docs: { summary: 'The public keys that certificates of erasures are checked with (RFC 7517).', answer: publicKeys } },
    ),
  ]
}
