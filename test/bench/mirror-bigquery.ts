import type { MirrorRow } from '../../cloud/mirror/ports.ts'
import { batchOf, goneRow, nodeRow, nodes, people, sinkAt } from '../doubles/benches/bigquery-bench.ts'
import type { BigQueryHello } from './bigquery-server.ts'
import { startChild } from './child-server.ts'
import { usedCpu } from './server-commands.ts'
import type { Row } from './table.ts'

const contexts = Array.from({ length: 20 }, (_, at) => `context.${at}`)

/** Changes of nodes as the shipper brings them, a tenth of them deletions. */
const rowsFrom = (first: number, count: number): readonly MirrorRow[] =>
  Array.from({ length: count }, (_, at) => {
    const order = first + at
    const key = `pseudonym-of-a-node-${(order * 7_919) % 40_000}`
    return order % 10 === 0
      ? goneRow(key, order)
      : nodeRow(key, order, { space: `space-${order % 50}`, contexts, hops: order % 3, is_live: true })
  })

/** How fast changes come into the local BigQuery over its wire, and what that costs this process. What Google takes is Google's. */
export async function measureBigQueryMirror(batches = 20, size = 5_000): Promise<Row[]> {
  const { server, hello } = await startChild<BigQueryHello>('./bigquery-server.ts', {})
  // Pauses between looks at a job are left out: how long Google takes for one is not ours to measure.
  const sink = await sinkAt(hello)
  await sink.migrate([nodes, people], [])
  await sink.load(batchOf('warm-up', ...rowsFrom(0, size)))
  const cpuBefore = usedCpu()
  const startedMs = performance.now()
  for (let at = 1; at <= batches; at++) await sink.load(batchOf(`b${at}`, ...rowsFrom(at * size, size)))
  const tookMs = performance.now() - startedMs
  const cpuUs = usedCpu() - cpuBefore
  await sink.close()
  await server.stop()
  const changes = batches * size
  return [
    {
      what: `mirror to a local BigQuery, batches of ${size.toLocaleString('en')}: changes a second`,
      unit: '/s',
      ours: Math.round(changes / (tookMs / 1_000)),
    },
    { what: 'mirror to a local BigQuery: CPU of 1,000 changes (checks, JSON, upload, jobs)', unit: 'ms', ours: cpuUs / changes },
  ]
}
