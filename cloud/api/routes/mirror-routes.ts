import { z } from 'zod'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { PersonCaller } from '../../identity/ports.ts'
import type { ApiMetadata, ApiMirror } from '../ports.ts'
import { apiBase, personRoute, type Route } from '../route.ts'

const time = z.int().nullable()
const letter = z.object({
  letterId: z.string(),
  table: z.string(),
  key: z.string().describe('The pseudonym of the row.'),
  revision: z.int(),
  reason: z.string(),
  atMs: z.int(),
})
const answer = z.object({
  sink: z.enum(['duckdb', 'bigquery', 'off']),
  isReachable: z.boolean(),
  waiting: z.int().describe('Changes that are not in the mirror yet.'),
  oldestWaitingSinceMs: time,
  lastLoadedAtMs: time,
  trouble: z.enum(['disk-full', 'disk', 'store']).nullable().describe('Why changes are not even noted in the log of changes.'),
  deadLetters: z.array(letter),
})

/** The mirror: how far it is, and the rows that it refused. For the owner of the installation and its operator. */
export function mirrorRoutes({
  mirror,
  metadata,
}: {
  readonly mirror: ApiMirror
  readonly metadata: Pick<ApiMetadata, 'spaces'>
}): readonly Route[] {
  const checkOwner = async ({ via, personId }: PersonCaller) => {
    if (via !== 'operator' && (await metadata.spaces.installation())?.adminPersonId !== personId)
      throw new ThroughlineError('FORBIDDEN', 'Only the owner of the installation may do this.')
  }
  return [
    personRoute(
      'GET',
      `${apiBase}/mirror`,
      'installation.manage',
      undefined,
      async ({ caller }) => {
        await checkOwner(caller)
        return { status: 200, json: { ...mirror.status(), deadLetters: mirror.deadLetters() } }
      },
      { docs: { summary: 'Tells how far the mirror is behind, and which rows it refused.', answer } },
    ),
    personRoute(
      'POST',
      `${apiBase}/mirror/dead-letters/:letterId/retry`,
      'installation.manage',
      undefined,
      async ({ caller, params }) => {
        await checkOwner(caller)
        const letterId = params['letterId'] ?? ''
        const outcome = await mirror.retry(letterId)
        return {
          status: 200,
          json: { outcome },
          audit: [{ action: 'dead-letter-retried', subject: { kind: 'dead-letter', id: letterId }, details: { outcome } }],
        }
      },
      {
        audits: ['dead-letter-retried'],
        docs: {
          summary: 'Makes a row that was refused anew from what is kept now, and loads it.',
          answer: z.object({ outcome: z.enum(['loaded', 'refused']) }),
        },
      },
    ),
    personRoute(
      'DELETE',
      `${apiBase}/mirror/dead-letters/:letterId`,
      'installation.manage',
      undefined,
      async ({ caller, params }) => {
        await checkOwner(caller)
        const { letterId, table } = await mirror.drop(params['letterId'] ?? '')
        return {
          status: 204,
          audit: [{ action: 'dead-letter-dropped', subject: { kind: 'dead-letter', id: letterId }, details: { table } }],
        }
      },
      { audits: ['dead-letter-dropped'], docs: { summary: 'Gives up a row that was refused; the mirror stays without it.' } },
    ),
  ]
}
