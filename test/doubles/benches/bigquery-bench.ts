import { createBigQuerySink } from '../../../cloud/mirror/bigquery/bigquery-sink.ts'
import type { MirrorBatch, MirrorCell, MirrorRow, MirrorSink, MirrorTable, MirrorView } from '../../../cloud/mirror/ports.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { Log } from '../../../src/support/log.ts'
import { silentLog } from '../../../src/support/log.ts'
import { systemClock } from '../../../src/support/clock.ts'
import { startBigQuery } from '../servers/bigquery-server/server.ts'
import type { BigQueryServer } from '../servers/bigquery-server/server.ts'

/** A table with a column of each type. */
export const nodes: MirrorTable = {
  name: 'nodes',
  columns: [
    { name: 'space', type: 'text' },
    { name: 'contexts', type: 'texts' },
    { name: 'hops', type: 'whole' },
    { name: 'is_live', type: 'flag' },
    { name: 'seen_at', type: 'time' },
  ],
}
export const people: MirrorTable = { name: 'people', columns: [{ name: 'role', type: 'text' }] }

export interface SinkOptions {
  readonly clock?: Clock
  readonly log?: Log
  readonly location?: string
  /** How a pause between two tries is spent; in no time unless said. */
  readonly pause?: (ms: number) => Promise<void>
}

/** A sink of its own at a local BigQuery, as each process has one. */
export function sinkAt(
  { project, endpoint }: Pick<BigQueryServer, 'project' | 'endpoint'>,
  options: SinkOptions = {},
): Promise<MirrorSink> {
  const { clock = systemClock, log = silentLog, location = 'EU', pause = async () => {} } = options
  return createBigQuerySink({ project, dataset: 'throughline', location, endpoint, clock, log, pause })
}

export interface BigQueryBench {
  readonly server: BigQueryServer
  readonly sink: MirrorSink
  stop(): Promise<void>
}

/** A local BigQuery with the tables of {@link nodes} and {@link people}, and a sink at it. */
export async function startBigQueryBench(options: SinkOptions = {}, views: readonly MirrorView[] = []): Promise<BigQueryBench> {
  const server = await startBigQuery()
  const sink = await sinkAt(server, options)
  await sink.migrate([nodes, people], views)
  return {
    server,
    sink,
    async stop() {
      await sink.close()
      await server.stop()
    },
  }
}

/** A row of {@link nodes}. */
export function nodeRow(key: string, revision: number, cells: Readonly<Record<string, MirrorCell>> = {}): MirrorRow {
  return { table: 'nodes', key, revision, changedAtMs: 1_800_000_000_000 + revision, isDeleted: false, cells }
}

export const goneRow = (key: string, revision: number, table = 'nodes'): MirrorRow => ({
  ...nodeRow(key, revision),
  table,
  isDeleted: true,
})

export const batchOf = (batchId: string, ...rows: readonly MirrorRow[]): MirrorBatch => ({ batchId, rows })

/** Keys and revisions that a table of the server has now. */
export async function keysAt(server: BigQueryServer, table = 'nodes'): Promise<readonly string[]> {
  const { rows } = await server.query(`SELECT key, revision FROM \`${server.project}.throughline.${table}\` ORDER BY key`)
  return rows.map(([key, revision]) => `${String(key)}@${String(revision)}`)
}
