import { queryDuckdb, type QueryAnswer } from '../../cloud/mirror/duckdb/query.ts'
import type { Config } from '../config/read-config.ts'
import { ThroughlineError } from '../errors/throughline-error.ts'
import type { Clock } from '../support/clock.ts'
import { openInstallation } from './installation.ts'
import { mirrorFile } from './mirroring.ts'

export type { QueryAnswer }

/** Asks the embedded mirror and writes into the audit that it was asked. Throws QUERY_REFUSED, MIRROR_UNAVAILABLE, STORE_UNAVAILABLE. */
export async function queryMirror(config: Config, statement: string, clock: Clock): Promise<QueryAnswer> {
  if (config.mirror === 'off') throw new ThroughlineError('QUERY_REFUSED', 'There is no mirror: THROUGHLINE_MIRROR is off.')
  if (config.mirror === 'bigquery') throw new ThroughlineError('QUERY_REFUSED', 'The mirror is in BigQuery; ask it there.')
  const answer = await queryDuckdb(mirrorFile(config), statement, clock)
  const installation = await openInstallation(config, { clock })
  try {
    // Before anything is shown; the question itself may name somebody and is not kept.
    await installation.record({
      action: 'mirror-queried',
      subject: { kind: 'mirror', id: 'duckdb' },
      details: { rows: answer.rows.length },
    })
  } finally {
    await installation.close()
  }
  return answer
}
