import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createBigQuerySink } from '../../cloud/mirror/bigquery/bigquery-sink.ts'
import type { MirrorRow, MirrorSink, MirrorTable, MirrorView } from '../../cloud/mirror/ports.ts'
import { silentLog } from '../../src/support/log.ts'
import { systemClock } from '../../src/support/clock.ts'
import { startBigQuery } from '../doubles/bigquery-server/server.ts'
import type { BigQueryServer } from '../doubles/bigquery-server/server.ts'

const nodes: MirrorTable = {
  name: 'nodes',
  columns: [
    { name: 'space', type: 'text' },
    { name: 'contexts', type: 'texts' },
    { name: 'hops', type: 'whole' },
    { name: 'is_live', type: 'flag' },
    { name: 'seen_at', type: 'time' },
  ],
}
const views: readonly MirrorView[] = [{ name: 'nodes_of_spaces', statement: 'SELECT space, COUNT(*) AS nodes FROM {nodes} GROUP BY space' }]

let server: BigQueryServer
let sink: MirrorSink

const startSink = (): Promise<MirrorSink> =>
  createBigQuerySink({
    project: server.project,
    dataset: 'throughline',
    location: 'EU',
    endpoint: server.endpoint,
    clock: systemClock,
    log: silentLog,
    pause: async () => {},
  })

beforeEach(async () => {
  server = await startBigQuery()
  sink = await startSink()
})
afterEach(async () => {
  await sink.close()
  await server.stop()
})

const row = (key: string, revision: number, cells: MirrorRow['cells'] = {}): MirrorRow => ({
  table: 'nodes',
  key,
  revision,
  changedAtMs: 1_800_000_000_000,
  isDeleted: false,
  cells,
})

describe('BigQuery', () => {
  it('[BQ1] first', async () => {
    await sink.migrate([nodes], views)
    console.log(
      await sink.load({
        batchId: 'b1',
        rows: [row('a', 1, { space: 's1', contexts: ['x'], hops: 1, is_live: true, seen_at: 5 }), row('b', 2)],
      }),
    )
    console.log(
      await sink.size('nodes'),
      await sink.count('nodes', 'contexts', ['x', 'y']),
      await sink.count('nodes', 'key', ['a', 'b']),
      await sink.keys('nodes', { limit: 10 }),
    )
    console.log(await sink.load({ batchId: 'b2', rows: [{ ...row('a', 3), isDeleted: true }] }), await sink.size('nodes'))
    console.log(server.calls.map((c) => c.what).join(' '))
    console.log(JSON.stringify(await server.query('select * from `test-project.throughline.nodes_of_spaces`')))
  })
})
