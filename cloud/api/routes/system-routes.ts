import { z } from 'zod'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { ApiPresence } from '../ports.ts'
import { apiBase, publicRoute, type Route } from '../route.ts'

export interface SystemRoutesDeps {
  readonly presence: Pick<ApiPresence, 'counts'>
  readonly version: string
  /** Undefined when the certificate is the operator's own. */
  readonly caPem: string | undefined
  /** An origin without a path. */
  readonly publicUrl: string
  /** Where holes of this installation are reported; undefined: the operator named nobody. */
  readonly securityContact?: string | undefined
  readonly clock: Clock
  /** More numbers for health; no names, no secrets. */
  readonly healthNumbers: () => Readonly<Record<string, number>>
}

/** What is read today counts for a month (RFC 9116 §2.5.5). */
const readAgainMs = 30 * 24 * 3_600_000

/** How the installation is, and what to trust. */
export function systemRoutes(deps: SystemRoutesDeps): readonly Route[] {
  const { presence, version, caPem, publicUrl, securityContact, clock, healthNumbers } = deps
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
    publicRoute(
      'GET',
      '/.well-known/security.txt',
      undefined,
      () => {
        if (securityContact === undefined)
          throw new ThroughlineError('NOT_FOUND', 'The operator of this installation named nobody to report holes to.')
        const lines = [
          '# We acknowledge a report within three working days.',
          `Contact: ${securityContact}`,
          `Expires: ${new Date(clock.nowMs() + readAgainMs).toISOString()}`,
          `Canonical: ${publicUrl}/.well-known/security.txt`,
          '',
        ]
        return { status: 200, text: { type: 'text/plain', body: lines.join('\n') } }
      },
      { docs: { summary: 'Whom to tell of a hole in this installation (RFC 9116), when its operator named somebody.' } },
    ),
  ]
}
