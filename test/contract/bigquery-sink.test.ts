import { afterEach, beforeEach, expect, it } from 'vitest'
import { bigQueryTails } from '../../cloud/mirror/bigquery/tails.ts'
import type { MirrorTable } from '../../cloud/mirror/ports.ts'
import type { LogFields } from '../../src/domain/storable.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import { silentLog } from '../../src/support/log.ts'
import { batchOf, goneRow, keysAt, nodeRow, nodes, people, sinkAt, startBigQueryBench } from '../doubles/benches/bigquery-bench.ts'
import type { BigQueryBench } from '../doubles/benches/bigquery-bench.ts'
import type { Fault } from '../doubles/servers/bigquery-server/server.ts'
import { createHandClock } from '../doubles/hand-clock.ts'

let bench: BigQueryBench
beforeEach(async () => void (bench = await startBigQueryBench()))
afterEach(() => bench.stop())

/** A fault for the first `times` calls of a kind. */
function fail(what: string, fault: Fault, times = 1): void {
  let left = times
  bench.server.onCall = (call) => (call.what === what && left-- > 0 ? fault : undefined)
}
const callsOf = (what: string): number => bench.server.calls.filter((call) => call.what === what).length
const refusalOf = async (work: Promise<unknown>): Promise<ThroughlineError> => {
  const thrown: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!(thrown instanceof ThroughlineError)) throw new Error('nothing was refused')
  return thrown
}

it('[BQ1] datasets, tables and views are made when they are missing, with clustering, an end for what is staged and 48 hours of time travel', async () => {
  const { catalog } = bench.server
  expect(catalog.dataset('throughline')).toMatchObject({ location: 'EU', maxTimeTravelHours: '48' })
  expect(catalog.dataset('throughline_staging')).toMatchObject({ maxTimeTravelHours: '48', defaultTableExpirationMs: '86400000' })
  expect(catalog.tablesOf('throughline')).toEqual(['deleted_rows', 'merge_turns', 'nodes', 'people'])
  expect(catalog.table('throughline', 'nodes')).toMatchObject({ clustering: { fields: ['key'] }, type: 'TABLE' })
  expect(catalog.table('throughline', 'deleted_rows')).toMatchObject({
    timePartitioning: { type: 'DAY', field: 'remembered_at', expirationMs: String(45 * 86_400_000) },
  })
})

it('[BQ1] columns that are new come to the tables there are, views follow their statement, and what is no more is empty from then on', async () => {
  const { server, sink } = bench
  await sink.load(batchOf('b1', nodeRow('a', 1, { space: 's', hops: 3 })))
  const columns = [
    ...nodes.columns.filter(({ name }) => name !== 'hops'),
    { name: 'region', type: 'text' as const },
    { name: 'tags', type: 'texts' as const },
  ]
  const wanted: MirrorTable = { name: 'nodes', columns }
  const view = (statement: string) => [{ name: 'nodes_of_regions', statement }]
  await sink.migrate([wanted, people], view('SELECT region, COUNT(*) AS nodes FROM {nodes} GROUP BY region'))
  await sink.migrate([wanted, people], view('SELECT region, tag FROM {nodes} {each tags as tag}'))
  await sink.load(batchOf('b2', nodeRow('a', 2, { space: 's', region: 'eu', tags: ['x', 'y'] })))
  const found = await server.query('SELECT region, tag FROM `test-project.throughline.nodes_of_regions` ORDER BY tag')
  expect(found.rows).toEqual([
    ['eu', 'x'],
    ['eu', 'y'],
  ])
  expect((await server.query('SELECT hops FROM `test-project.throughline.nodes`')).rows).toEqual([[null]])
})

it('[BQ1] two processes that begin at the same time, each with columns of its own, end with all of them', async () => {
  const { server } = bench
  const with_ = (name: string): MirrorTable => ({ name: 'nodes', columns: [...nodes.columns, { name, type: 'text' }] })
  const sinks = await Promise.all([sinkAt(server), sinkAt(server)])
  await Promise.all(sinks.map((one, at) => one.migrate([with_(at === 0 ? 'red' : 'blue')], [])))
  const { schema } = server.catalog.table('throughline', 'nodes') as { schema: { fields: { name: string }[] } }
  expect(schema.fields.map(({ name }) => name)).toEqual(expect.arrayContaining(['red', 'blue', 'hops']))
})

it('[BQ2] (D6) rows of every type come in by load jobs, the greatest revision of a key counts, and nothing stays in staging', async () => {
  const { server, sink } = bench
  const cells = { space: "o'hara `x` \\ @texts", contexts: ['system.cpu', 'é'], hops: -9_007_199_254_740_991, is_live: false, seen_at: 1 }
  await sink.load(batchOf('b1', nodeRow('a', 4), nodeRow('a', 7, cells), nodeRow('a', 5), nodeRow('b', 1)))
  await sink.load(batchOf('b2', nodeRow('a', 6, { space: 'older' }), nodeRow('c', 1)))
  const { rows } = await server.query(
    'SELECT key, revision, changed_at, space, contexts, hops, is_live, seen_at FROM `test-project.throughline.nodes` ORDER BY key',
  )
  expect(rows).toEqual([
    ['a', '7', '2027-01-15 08:00:00.007', cells.space, cells.contexts, '-9007199254740991', false, '1970-01-01 00:00:00.001'],
    ['b', '1', '2027-01-15 08:00:00.001', null, [], null, null, null],
    ['c', '1', '2027-01-15 08:00:00.001', null, [], null, null, null],
  ])
  expect(server.catalog.tablesOf('throughline_staging')).toEqual([])
})

it('[BQ3] (D6) a batch that comes again is not loaded again: its jobs are there and are awaited', async () => {
  const { server, sink } = bench
  const batch = batchOf('b1', nodeRow('a', 1), nodeRow('b', 2))
  await sink.load(batch)
  const jobs = server.jobs.count()
  await sink.load(batch)
  const other = await sinkAt(server)
  await other.migrate([nodes, people], [])
  await other.load(batch)
  expect({ jobs: server.jobs.count(), keys: await keysAt(server) }).toEqual({ jobs, keys: ['a@1', 'b@2'] })
})

it('[BQ3] (D6) two processes that load the same batch at once bring it in once', async () => {
  const { server, sink } = bench
  const other = await sinkAt(server)
  await other.migrate([nodes, people], [])
  server.lag = 2
  const before = server.jobs.count()
  const batch = batchOf('b1', nodeRow('a', 1), nodeRow('b', 2), goneRow('c', 3))
  await Promise.all([sink.load(batch), other.load(batch)])
  expect({ jobs: server.jobs.count() - before, keys: await keysAt(server) }).toEqual({ jobs: 2, keys: ['a@1', 'b@2'] })
})

it('[BQ3] a call that is cut off after the job was accepted finds the job again', async () => {
  const { server, sink } = bench
  const before = server.jobs.count()
  fail('jobs.upload', { is: 'cut', when: 'after' })
  await sink.load(batchOf('b1', nodeRow('a', 1)))
  fail('jobs.insert', { is: 'foreign', when: 'after' })
  await sink.load(batchOf('b2', nodeRow('b', 1)))
  expect({ jobs: server.jobs.count() - before, keys: await keysAt(server) }).toEqual({ jobs: 4, keys: ['a@1', 'b@1'] })
})

it('[BQ4] (D6) a deleted row stays away when an older change of it comes late, and comes back with a newer one', async () => {
  const { server, sink } = bench
  await sink.load(batchOf('b1', nodeRow('a', 1), nodeRow('b', 1)))
  await sink.load(batchOf('b2', goneRow('a', 5), goneRow('never-there', 9)))
  await sink.load(batchOf('b3', nodeRow('a', 3), nodeRow('a', 4), nodeRow('never-there', 8), goneRow('b', 0)))
  expect(await keysAt(server)).toEqual(['b@1'])
  await sink.load(batchOf('b4', nodeRow('a', 6), goneRow('a', 5)))
  expect(await keysAt(server)).toEqual(['a@6', 'b@1'])
})

it('[BQ4] (D6) what two processes bring at once of one key, a deletion and an older change, ends as deleted', async () => {
  const { server, sink } = bench
  const other = await sinkAt(server)
  await other.migrate([nodes, people], [])
  for (let round = 0; round < 5; round++) {
    await Promise.all([sink.load(batchOf(`d${round}`, goneRow(`k${round}`, 5))), other.load(batchOf(`u${round}`, nodeRow(`k${round}`, 4)))])
  }
  expect(await keysAt(server)).toEqual([])
})

it('[BQ5] (D6) a row that does not fit its table is answered, and all others are in', async () => {
  const { server, sink } = bench
  const bad = [
    nodeRow('x1', 1, { hops: 1.5 }),
    nodeRow('x2', 1, { space: '\ud800' }),
    nodeRow('x3', 1, { wings: 2 }),
    { ...nodeRow('x4', 1), table: 'moons' },
  ]
  const { refused } = await sink.load(batchOf('b1', nodeRow('a', 1), ...bad, nodeRow('b', 1)))
  expect(refused.map(({ key }) => key)).toEqual(['x1', 'x2', 'x3', 'x4'])
  expect(await keysAt(server)).toEqual(['a@1', 'b@1'])
})

it.each([true, false])(
  '[BQ5] (D6) rows that BigQuery refuses are found out (it says where: %s), answered the same each time, and all others are in',
  async (says) => {
    const { server, sink } = bench
    server.isPoison = ({ space }) => space === 'poison'
    server.namesPositions = says
    const rows = Array.from({ length: 40 }, (_, at) =>
      nodeRow(`k${String(at).padStart(2, '0')}`, at, { space: at % 17 === 3 ? 'poison' : 'ä' }),
    )
    // The older row of a key whose newest row is bad comes in.
    const batch = batchOf('b1', nodeRow('k20', 1, { space: 'older' }), ...rows, { ...goneRow('p', 2), table: 'people' })
    const first = await sink.load(batch)
    expect(first.refused).toEqual(
      [3, 20, 37].map((at) => ({ table: 'nodes', key: `k${String(at).padStart(2, '0')}`, revision: at, reason: 'refused-by-bigquery' })),
    )
    expect(await sink.load(batch)).toEqual(first)
    const keys = await keysAt(server)
    expect({ count: keys.length, older: keys.includes('k20@1'), staging: server.catalog.tablesOf('throughline_staging') }).toEqual({
      count: 38,
      older: true,
      staging: [],
    })
  },
)

it('[BQ5] when BigQuery refuses whatever it is given, no row is given up', async () => {
  const { server, sink } = bench
  server.isPoison = () => true
  server.namesPositions = false
  const { code, message } = await refusalOf(sink.load(batchOf('b1', nodeRow('a', 1), nodeRow('b', 1))))
  expect({ code, message }).toEqual({
    code: 'MIRROR_UNAVAILABLE',
    message: 'BigQuery does not take what this version sends, whatever is in it. Nothing is lost; look for an update.',
  })
  server.isPoison = () => false
  expect(await sink.load(batchOf('b2', nodeRow('a', 1), nodeRow('b', 1)))).toEqual({ refused: [] })
})

it('[BQ6] a job that failed for good is begun anew under the next generation, also by another process, and the rows come in once', async () => {
  const { server, sink } = bench
  const batch = batchOf('b1', nodeRow('a', 1), goneRow('b', 1))
  for (let hour = 0; hour < 12; hour++) {
    fail(hour % 2 === 0 ? 'jobs.upload' : 'jobs.insert', { is: 'job-fails', reason: 'backendError' }, 99)
    expect((await refusalOf(sink.load(batch))).code).toBe('MIRROR_UNAVAILABLE')
  }
  server.onCall = () => undefined
  const other = await sinkAt(server)
  await other.migrate([nodes, people], [])
  const before = server.calls.length
  expect(await other.load(batch)).toEqual({ refused: [] })
  // Sixty jobs failed; the newest is found by doubling and halving.
  expect(server.calls.length - before).toBeLessThan(40)
  expect(await keysAt(server)).toEqual(['a@1'])
})

it.each([
  [
    'the streaming buffer',
    'UPDATE or DELETE statement over table test-project.throughline.nodes would affect rows in the streaming buffer, which is not supported',
  ],
  [
    'a change at the same time',
    'Transaction is aborted due to concurrent update against table test-project:throughline.merge_turns. Transaction ID: 1',
  ],
  [
    'too many that wait',
    'Resources exceeded during query execution: Too many DML statements outstanding against table test-project:throughline.nodes, limit is 20.',
  ],
])('[BQ7] (D6) a merge that BigQuery refuses because of %s is made again later, deletions too', async (_, message) => {
  const { server, sink } = bench
  await sink.load(batchOf('b1', nodeRow('a', 1)))
  fail('jobs.insert', { is: 'job-fails', reason: 'invalidQuery', message }, 2)
  await sink.load(batchOf('b2', goneRow('a', 2), nodeRow('b', 1)))
  expect(await keysAt(server)).toEqual(['b@1'])
})

it('[BQ8] a dataset that somebody deletes is made anew, and the same batches come in again', async () => {
  const { server, sink } = bench
  const batch = batchOf('b1', nodeRow('a', 1))
  await sink.load(batch)
  await server.catalog.dropDataset('throughline')
  await server.catalog.dropDataset('throughline_staging')
  expect(await sink.load(batchOf('b2', nodeRow('b', 1)))).toEqual({ refused: [], isMadeAnew: true })
  expect(await sink.load(batch)).toEqual({ refused: [] })
  expect(await keysAt(server)).toEqual(['a@1', 'b@1'])
  // Staging alone goes between a load and its merge.
  let isGone = false
  server.onCall = ({ what }) => {
    if (what !== 'jobs.insert' || isGone) return undefined
    isGone = true
    return {
      is: 'job-fails',
      reason: 'notFound',
      message: 'Not found: Table test-project:throughline_staging.x was not found in location EU',
    }
  }
  await sink.load(batchOf('b3', nodeRow('c', 1)))
  expect(await keysAt(server)).toEqual(['a@1', 'b@1', 'c@1'])
})

it('[BQ9] rows about somebody who was erased are counted until their deletions are in, and then there is none', async () => {
  const { server, sink } = bench
  await sink.load(
    batchOf(
      'b1',
      nodeRow('a', 1, { space: 'p1', contexts: ['p1', 'p2'] }),
      nodeRow('b', 1, { space: 'p2', contexts: ['p1'] }),
      nodeRow('c', 1, { space: "p'3" }),
    ),
  )
  const counts = () =>
    Promise.all([
      sink.count('nodes', 'space', ['p1', "p'3"]),
      sink.count('nodes', 'contexts', ['p1', 'p2']),
      sink.count('nodes', 'key', ['a', 'x']),
      sink.count('nodes', 'key', []),
      sink.size('nodes'),
    ])
  expect(await counts()).toEqual([2, 2, 1, 0, 3])
  await sink.load(batchOf('b2', ...['a', 'b', 'c'].map((key) => goneRow(key, 2))))
  expect(await counts()).toEqual([0, 0, 0, 0, 0])
  expect(await sink.keys('nodes', { limit: 5 })).toEqual([])
  // What is remembered of them is a pseudonym and a number.
  expect(
    (await server.query('SELECT table_name, key, revision FROM `test-project.throughline.deleted_rows` ORDER BY key')).rows[0],
  ).toEqual(['nodes', 'a', '2'])
})

it('[BQ9] the keys that are there are read in order, piece by piece', async () => {
  const { sink } = bench
  await sink.load(batchOf('b1', ...['c', 'a', 'B', 'é', 'b'].map((key, at) => nodeRow(key, at))))
  const first = await sink.keys('nodes', { limit: 3 })
  expect(first.map(({ key }) => key)).toEqual(['B', 'a', 'b'])
  expect(await sink.keys('nodes', { after: 'b', limit: 3 })).toEqual([
    { key: 'c', revision: 0 },
    { key: 'é', revision: 3 },
  ])
})

it.each([
  { status: 403, reason: 'rateLimitExceeded', sentence: 'BigQuery takes no more for a moment. It is tried again by itself.' },
  {
    status: 403,
    reason: 'quotaExceeded',
    sentence:
      'A quota of the Google Cloud project is used up. It is tried again by itself. If it stays so, look at the quotas of BigQuery in the project.',
  },
  {
    status: 403,
    reason: 'accessDenied',
    sentence: 'BigQuery refuses access. Give the account of this cloud the roles that the README names.',
  },
  {
    status: 403,
    reason: 'billingNotEnabled',
    sentence: 'The Google Cloud project has no billing account that pays for BigQuery. Connect one.',
  },
  {
    status: 401,
    reason: 'authError',
    sentence: 'BigQuery does not accept the credentials. Renew the Application Default Credentials of this machine.',
  },
  { status: 503, reason: 'backendError', sentence: 'BigQuery has a problem of its own. It is tried again by itself.' },
])(
  '[BQ10] $reason is told in plain words, without what was refused, and logged once a minute at most',
  async ({ sentence, ...refusal }) => {
    const { server } = bench
    const lines: LogFields[] = []
    const log = { ...silentLog, warn: (_: string, fields: LogFields = {}) => void lines.push(fields) }
    const sink = await sinkAt(server, { log, clock: createHandClock() })
    await sink.migrate([nodes, people], [])
    server.onCall = () => ({ is: 'refused', when: 'before', ...refusal, message: 'secret text' })
    const errors = [
      await refusalOf(sink.load(batchOf('b1', nodeRow('secret key', 1)))),
      await refusalOf(sink.count('nodes', 'key', ['secret'])),
    ]
    expect(errors.map(({ code, message }) => [code, message])).toEqual([
      ['MIRROR_UNAVAILABLE', sentence],
      ['MIRROR_UNAVAILABLE', sentence],
    ])
    expect(lines).toEqual([{ reason: refusal.reason }])
    expect(JSON.stringify([errors, errors.map(({ cause, stack }) => [cause, stack])])).not.toContain('secret')
  },
)

it('[BQ10] a server that is not there, an answer that is none of BigQuery, and a connection that is cut are told as such', async () => {
  const { server, sink } = bench
  fail('tables.get', { is: 'cut', when: 'before' }, 9)
  expect((await refusalOf(sink.load(batchOf('b1', nodeRow('a', 1))))).detail).toBe('unreachable')
  fail('tables.get', { is: 'foreign', when: 'before' }, 9)
  expect((await refusalOf(sink.load(batchOf('b1', nodeRow('a', 1))))).detail).toBe('backendError')
  const nowhere = await sinkAt({ ...server, endpoint: 'http://127.0.0.1:9' })
  expect((await refusalOf(nowhere.migrate([nodes], []))).message).toBe('BigQuery cannot be reached. It is tried again by itself.')
})

it('[BQ11] a call that is never answered is given up after a minute, and the job it began is found by the next', async () => {
  const { server } = bench
  const clock = createHandClock()
  const sink = await sinkAt(server, { clock })
  await sink.migrate([nodes, people], [])
  server.onHang = () => setImmediate(() => clock.advance(300_000))
  const before = server.jobs.count()
  for (const what of ['tables.get', 'jobs.upload', 'jobs.get', 'jobs.insert', 'tables.delete']) {
    fail(what, { is: 'hang', when: 'after' })
    await sink.load(batchOf(what, nodeRow(what, 1)))
  }
  expect({ jobs: server.jobs.count() - before, rows: (await keysAt(server)).length }).toEqual({ jobs: 10, rows: 5 })
})

it('[BQ11] a sink that is closed gives up at once what waits, and what comes', async () => {
  const { server, sink } = bench
  const hung = new Promise<void>((resolve) => (server.onHang = resolve))
  fail('jobs.upload', { is: 'hang', when: 'after' }, 9)
  const load = refusalOf(sink.load(batchOf('b1', nodeRow('a', 1))))
  await hung
  await sink.close()
  const reasons = [await load, await refusalOf(sink.load(batchOf('b2', nodeRow('a', 1)))), await refusalOf(sink.size('nodes'))]
  expect(reasons.map(({ code, detail }) => `${code} ${detail}`)).toEqual(Array.from({ length: 3 }, () => 'MIRROR_UNAVAILABLE closed'))
})

it('[BQ11] a job that BigQuery does not end is awaited for minutes, then told, and found again by the next call', async () => {
  const { server, sink } = bench
  server.lag = 1_000_000
  const { message } = await refusalOf(sink.load(batchOf('b1', nodeRow('a', 1))))
  expect(message).toBe('BigQuery is still at work on what it was given. It is tried again by itself.')
  const jobs = server.jobs.count()
  expect((await refusalOf(sink.load(batchOf('b1', nodeRow('a', 1))))).detail).toBe('busy')
  expect(server.jobs.count()).toBe(jobs)
})

it('[BQ12] a dataset elsewhere, a table in the place of a view and a column of another type are told, and nothing is changed', async () => {
  const { server } = bench
  const elsewhere = await sinkAt(server, { location: 'US' })
  expect((await refusalOf(elsewhere.migrate([nodes], []))).message).toBe(
    'The dataset throughline lies in EU, not in US. Set THROUGHLINE_BIGQUERY_LOCATION to where it lies.',
  )
  const unlike: MirrorTable = { name: 'nodes', columns: [{ name: 'hops', type: 'text' }] }
  expect((await refusalOf(bench.sink.migrate([unlike], []))).message).toContain('The column hops of throughline.nodes')
  expect((await refusalOf(bench.sink.migrate([nodes], [{ name: 'people', statement: 'SELECT 1 AS one' }]))).message).toContain(
    'people is no view',
  )
})

it('[BQ13] (D6) what is left after a deletion is stated for certificates, and the dataset is set up so', () => {
  const { catalog } = bench.server
  const { maxTimeTravelHours } = catalog.dataset('throughline') as { maxTimeTravelHours: string }
  const { timePartitioning } = catalog.table('throughline', 'deleted_rows') as { timePartitioning: { expirationMs: string } }
  const [travel, failSafe, remembered] = bigQueryTails
  expect(travel?.forMs).toBe(Number(maxTimeTravelHours) * 3_600_000)
  expect(failSafe?.forMs).toBe(Number(maxTimeTravelHours) * 3_600_000 + 7 * 86_400_000)
  expect(remembered?.forMs).toBe(Number(timePartitioning.expirationMs))
})

it('[BQ14] rows are never streamed, and no credentials are looked for at an endpoint outside Google', async () => {
  const { server, sink } = bench
  await sink.load(batchOf('b1', nodeRow('a', 1), goneRow('b', 1)))
  expect([...new Set(server.calls.map(({ what }) => what))].sort()).toEqual([
    'datasets.get',
    'datasets.insert',
    'jobs.get',
    'jobs.insert',
    'jobs.upload',
    'tables.delete',
    'tables.get',
    'tables.insert',
  ])
  expect({ detection: process.env['METADATA_SERVER_DETECTION'], all: callsOf('jobs.upload') }).toEqual({ detection: 'none', all: 1 })
})
