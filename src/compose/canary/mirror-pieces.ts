import { createBigQueryReader, type BigQueryReader } from '../../../cloud/mirror/bigquery/bigquery-reader.ts'
import { queryDuckdb } from '../../../cloud/mirror/duckdb/query.ts'
import { mirroredKinds } from '../../../cloud/mirror/rows/tables.ts'
import type { Config } from '../../config/read-config.ts'
import { asThroughlineError } from '../../errors/throughline-error.ts'
import type { Clock } from '../../support/clock.ts'
import { mirrorFile } from '../mirroring.ts'

/** The mirror, as a search for markers reads it. Both throw MIRROR_UNAVAILABLE. */
export interface SearchedMirror {
  /** Every row of every table, each as a text. */
  everything(): AsyncGenerator<Uint8Array>
  /** The rows of the one table that a planted control comes into; none where the mirror does not have it yet. */
  controls(): AsyncGenerator<Uint8Array>
  /** How long to wait between two looks for the control: a look into BigQuery is a job that is paid for. */
  readonly lookMs: number
}

const controlTable = mirroredKinds.get('canary-control')?.table.name ?? ''
const textOf = (row: unknown): Uint8Array => Buffer.from(JSON.stringify(row))

/** The mirror of the settings; undefined where there is none. */
export function searchedMirror(config: Config, clock: Clock): SearchedMirror | undefined {
  if (config.mirror === 'off') return undefined
  return config.mirror === 'duckdb' ? inDuckdb(mirrorFile(config), clock) : inBigQuery(config, clock)
}

function inDuckdb(path: string, clock: Clock): SearchedMirror {
  const ask = async (statement: string) => (await queryDuckdb(path, statement, clock)).rows
  async function* read(table: string): AsyncGenerator<Uint8Array> {
    for (const row of await ask(`select * from "${table.replaceAll('"', '""')}"`)) yield textOf(row)
  }
  return {
    lookMs: 2_000,
    async *everything() {
      const tables = await ask("select table_name from information_schema.tables where table_type = 'BASE TABLE'")
      for (const [table] of tables) yield* read(String(table))
    },
    async *controls() {
      try {
        yield* read(controlTable)
      } catch (thrown) {
        // Neither file nor table are there before the first batch.
        if (!['QUERY_REFUSED', 'MIRROR_UNAVAILABLE'].includes(asThroughlineError(thrown).code)) throw thrown
      }
    },
  }
}

function inBigQuery(config: Config, clock: Clock): SearchedMirror {
  const { bigQueryProject: project = '', bigQueryDataset: dataset, bigQueryLocation: location, bigQueryEndpoint } = config
  const endpoint = bigQueryEndpoint === undefined ? {} : { endpoint: bigQueryEndpoint }
  async function* read(rowsOf: (reader: BigQueryReader) => AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
    const reader = await createBigQueryReader({ project, dataset, location, ...endpoint, clock })
    try {
      for await (const row of rowsOf(reader)) yield textOf(row)
    } finally {
      reader.close()
    }
  }
  return {
    lookMs: 10_000,
    everything: () => read((reader) => reader.everyRow()),
    controls: () => read((reader) => reader.rows(controlTable)),
  }
}
