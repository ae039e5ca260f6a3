import { afterEach, expect, it } from 'vitest'
import type { MirrorBatch, MirrorRow, MirrorSink } from '../../cloud/mirror/ports.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import { batchOf, goneRow, keysAt, nodeRow, nodes, people, sinkAt, startBigQueryBench } from '../doubles/benches/bigquery-bench.ts'
import type { BigQueryBench } from '../doubles/benches/bigquery-bench.ts'
import type { Call, Fault } from '../doubles/servers/bigquery-server/server.ts'
import { createHandClock } from '../doubles/hand-clock.ts'
import { createSeeded, seedsOf } from '../doubles/seeded.ts'
import type { Seeded } from '../doubles/seeded.ts'

let bench: BigQueryBench
afterEach(() => bench.stop())

/** Everything that can go wrong with a call; a job can fail only where one is made. */
function faultFor(seeded: Seeded, { what }: Call): Fault {
  const when = seeded.pick(['before', 'after'] as const)
  const makesJob = what === 'jobs.upload' || what === 'jobs.insert'
  const faults: readonly Fault[] = [
    { is: 'cut', when },
    { is: 'foreign', when },
    { is: 'hang', when },
    { is: 'refused', when, status: 503, reason: 'backendError' },
    { is: 'refused', when, status: 500, reason: 'internalError' },
    { is: 'refused', when, status: 403, reason: 'rateLimitExceeded' },
    { is: 'refused', when, status: 403, reason: 'quotaExceeded' },
    ...(makesJob
      ? ([
          { is: 'job-fails', reason: 'backendError' },
          { is: 'job-fails', reason: 'quotaExceeded' },
          { is: 'job-fails', reason: 'stopped' },
          ...(what === 'jobs.insert'
            ? ([
                { is: 'job-fails', reason: 'invalidQuery', message: 'Could not serialize access to table due to concurrent update' },
              ] as const)
            : []),
        ] as const)
      : []),
  ]
  return seeded.pick(faults)
}

/** Loads a batch as the drain does: again, until it is in. */
async function untilIn(sink: MirrorSink, batch: MirrorBatch): Promise<number> {
  for (let tries = 1; ; tries++) {
    try {
      const { refused } = await sink.load(batch)
      expect(refused).toEqual([])
      return tries
    } catch (thrown) {
      if (!(thrown instanceof ThroughlineError && thrown.code === 'MIRROR_UNAVAILABLE') || tries > 400) throw thrown
    }
  }
}

/** Changes of a crowd of items in the order of a log: made, changed, deleted, made anew. Answers the changes and what must be left. */
function changesOf(seeded: Seeded, count: number): { readonly rows: readonly MirrorRow[]; readonly left: readonly string[] } {
  const alive = new Map<string, number>()
  const rows = Array.from({ length: count }, (_, order) => {
    const key = `k${String(seeded.below(Math.ceil(count / 3))).padStart(6, '0')}`
    const isGone = seeded.chance(0.2)
    if (isGone) alive.delete(key)
    else alive.set(key, order)
    return isGone ? goneRow(key, order) : nodeRow(key, order, { space: `s${seeded.below(9)}`, contexts: ['a', 'b'], hops: seeded.below(5) })
  })
  return { rows, left: [...alive].map(([key, order]) => `${key}@${order}`).sort() }
}

it.each(seedsOf(1))(
  '[BQ15] (D6) 100,000 changes arrive exactly once though every kind of fault meets every kind of call (FUZZ_SEED=%i)',
  async (seed) => {
    const seeded = createSeeded(seed)
    const clock = createHandClock()
    bench = await startBigQueryBench({ clock })
    const { server, sink } = bench
    server.onHang = () => setImmediate(() => clock.advance(600_000))
    const { rows, left } = changesOf(seeded, 100_000)
    const size = 5_000
    const batches = Array.from({ length: rows.length / size }, (_, at) => batchOf(`b${at}`, ...rows.slice(at * size, (at + 1) * size)))
    const met = new Map<string, number>()
    server.lag = 1
    server.onCall = (call) => {
      // The first call of each kind always fails, then every third.
      if (met.has(call.what) && !seeded.chance(0.3)) return undefined
      met.set(call.what, (met.get(call.what) ?? 0) + 1)
      return faultFor(seeded, call)
    }
    for (const batch of batches) {
      await untilIn(sink, batch)
      // Now and then the shipper did not hear of it, and an older batch comes again, from it or from a process that has just begun.
      if (seeded.chance(0.3)) await untilIn(sink, batch)
    }
    const other = await sinkAt(server, { clock })
    server.onCall = () => undefined
    await other.migrate([nodes, people], [])
    for (const at of [3, 11, 7]) await other.load(batches[at] ?? batchOf('none'))
    expect(await keysAt(server)).toEqual(left)
    expect([...met.keys()].sort()).toEqual(['jobs.get', 'jobs.insert', 'jobs.upload', 'tables.delete', 'tables.get'])
  },
)

it.each(seedsOf(3))(
  '[BQ15] (D6) batches in any order, twice and from two processes at once, with deletions before and after their rows, end as the log says (FUZZ_SEED=%i)',
  async (seed) => {
    const seeded = createSeeded(seed)
    bench = await startBigQueryBench()
    const { server, sink } = bench
    const sinks = [sink, await sinkAt(server)]
    await sinks[1]?.migrate([nodes, people], [])
    const { rows, left } = changesOf(seeded, 600)
    const batches = Array.from({ length: 12 }, (_, at) => batchOf(`b${at}`, ...rows.slice(at * 50, (at + 1) * 50)))
    const shuffled = () => batches.map((batch) => ({ batch, at: seeded.below(1e9) })).sort((a, b) => a.at - b.at)
    server.onCall = () => (seeded.chance(0.05) ? { is: 'cut', when: seeded.pick(['before', 'after'] as const) } : undefined)
    await Promise.all(
      sinks.map(async (one) => {
        for (const { batch } of shuffled()) await untilIn(one, batch)
      }),
    )
    expect(await keysAt(server)).toEqual(left)
  },
)

it('[BQ15] (D6) nothing is lost while BigQuery is away for nine hours', async () => {
  const clock = createHandClock()
  bench = await startBigQueryBench({ clock })
  const { server, sink } = bench
  const endMs = clock.nowMs() + 9 * 3_600_000
  server.onCall = () => (clock.nowMs() < endMs ? { is: 'refused', when: 'before', status: 503, reason: 'backendError' } : undefined)
  let tries = 0
  for (let minute = 0; minute < 600; minute++) {
    clock.advance(60_000)
    try {
      await sink.load(batchOf('b1', nodeRow('a', 1), nodeRow('b', 2)))
      break
    } catch (thrown) {
      expect(thrown).toMatchObject({ code: 'MIRROR_UNAVAILABLE' })
      tries++
    }
  }
  expect({ tries, keys: await keysAt(server) }).toEqual({ tries: 539, keys: ['a@1', 'b@2'] })
})

it('[BQ15] a dataset can be made through every fault as well', async () => {
  const clock = createHandClock()
  bench = await startBigQueryBench({ clock })
  const { server, sink } = bench
  await server.catalog.dropDataset('throughline')
  await server.catalog.dropDataset('throughline_staging')
  server.onHang = () => setImmediate(() => clock.advance(600_000))
  const seeded = createSeeded(7)
  const met = new Set<string>()
  server.onCall = (call) => {
    if (met.has(call.what) && !seeded.chance(0.3)) return undefined
    met.add(call.what)
    return faultFor(seeded, call)
  }
  await untilIn(sink, batchOf('b1', nodeRow('a', 1), { ...nodeRow('p', 1, { role: 'admin' }), table: 'people' }))
  server.onCall = () => undefined
  expect({ nodes: await keysAt(server), people: await keysAt(server, 'people') }).toEqual({ nodes: ['a@1'], people: ['p@1'] })
  expect(met.has('datasets.insert') && met.has('tables.insert')).toBe(true)
})
