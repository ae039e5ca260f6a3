import { z } from 'zod'
import type { ApiWatchedProcess } from '../ports.ts'
import { apiBase, personRoute, type AuditNote, type Route } from '../route.ts'

const query = z.strictObject({ control: z.string().regex(/^\d{7}\.\d{7}$/) })

/** Whoever reads the memory of the cloud reads much: it is never done unseen (O1). */
const read = (command: string): AuditNote => ({ action: 'operator-action', subject: undefined, details: { command } })

/** What the proof by canaries reads of the running cloud; only with the operator's own token. */
export function canaryRoutes({ watched }: { readonly watched: ApiWatchedProcess }): readonly Route[] {
  return [
    personRoute(
      'GET',
      `${apiBase}/canary/log`,
      'operate',
      undefined,
      ({ query: { control } }: { readonly query: z.output<typeof query> }) => ({
        status: 200,
        stream: { type: 'application/x-ndjson', chunks: watched.log(control), fileName: 'log.ndjson' },
        audit: [read('canary-log')],
      }),
      { query, audits: ['operator-action'], docs: { summary: 'The lines of the log while they are written, for the proof by canaries.' } },
    ),
    personRoute(
      'GET',
      `${apiBase}/canary/heap`,
      'operate',
      undefined,
      () => ({
        status: 200,
        stream: { type: 'application/json', chunks: watched.heap(), fileName: 'cloud.heapsnapshot' },
        audit: [read('canary-heap')],
      }),
      { audits: ['operator-action'], docs: { summary: 'A snapshot of the memory of the cloud, for the proof by canaries.' } },
    ),
  ]
}
