import { z } from 'zod'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { ApiPresence } from '../ports.ts'
import { apiBase, publicRoute, type Route } from '../route.ts'

export interface SystemRoutesDeps {
  readonly presence: Pick<ApiPresence, 'counts'>
  readonly version: string
  /** Undefined when the certificate is the operator's own. */
  readonly caPem: string | undefined
  /** More numbers for health; no names, no secrets. */
  readonly healthNumbers: () => Readonly<Record<string, number>>
}

/** How the installation is, and what to trust. */
export function systemRoutes({ presence, version, caPem, healthNumbers }: SystemRoutesDeps): readonly Route[] {
  return [
    publicRoute(
      'GET',
      `${apiBase}/health`,
      undefined,
      () => {
        const { links, ...nodes } = presence.counts()
        return { status: 200, json: { status: 'ok', version, links, nodes, ...healthNumbers() } }
      },
      {
        docs: {
          summary: 'Whether the cloud is up, and some numbers.',
          answer: z.looseObject({ status: z.string(), version: z.string(), links: z.int(), nodes: z.record(z.string(), z.int()) }),
        },
      },
    ),
    publicRoute(
      'GET',
      `${apiBase}/ca.pem`,
      undefined,
      () => {
        if (caPem === undefined)
          throw new ThroughlineError('NOT_FOUND', 'This installation has no private CA; its certificate is trusted by other means.')
        return { status: 200, text: { type: 'application/x-pem-file', body: caPem } }
      },
      { docs: { summary: 'The certificate authority to trust, when this installation made its own.' } },
    ),
  ]
}
