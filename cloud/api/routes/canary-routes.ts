import { z } from 'zod'
import type { ApiWatchedProcess } from '../ports.ts'
import { apiBase, personRoute, type Route } from '../route.ts'

const query = z.strictObject({ control: z.string().regex(/^\d{7}\.\d{7}$/) })

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
      }),
      { query, docs: { summary: 'The lines of the log while they are written, for the proof by canaries.' } },
    ),
    personRoute(
      'GET',
      `${apiBase}/canary/heap`,
      'operate',
      undefined,
      () => ({ status: 200, stream: { type: 'application/json', chunks: watched.heap(), fileName: 'cloud.heapsnapshot' } }),
      { docs: { summary: 'A snapshot of the memory of the cloud, for the proof by canaries.' } },
    ),
  ]
}
