import { afterEach, beforeEach, expect, it } from 'vitest'
import { newMarker } from '../../cloud/canary/marker.ts'
import { searchPlace } from '../../cloud/canary/search-place.ts'
import { createBigQueryReader } from '../../cloud/mirror/bigquery/bigquery-reader.ts'
import type { MirrorRow } from '../../cloud/mirror/ports.ts'
import { mirrorTables } from '../../cloud/mirror/rows/tables.ts'
import { mirrorViews } from '../../cloud/mirror/rows/views.ts'
import { searchedMirror } from '../../src/compose/canary/mirror-pieces.ts'
import { readConfig } from '../../src/config/read-config.ts'
import { systemClock } from '../../src/support/clock.ts'
import { batchOf, sinkAt } from '../doubles/benches/bigquery-bench.ts'
import { startBigQuery, type BigQueryServer } from '../doubles/servers/bigquery-server/server.ts'

const [control, marker] = [newMarker(), newMarker()]
let server: BigQueryServer
beforeEach(async () => void (server = await startBigQuery()))
afterEach(() => server.stop())

const settings = () => ({
  THROUGHLINE_MIRROR: 'bigquery',
  THROUGHLINE_BIGQUERY_PROJECT: server.project,
  THROUGHLINE_BIGQUERY_ENDPOINT: server.endpoint,
})
const readerOf = () =>
  createBigQueryReader({
    project: server.project,
    dataset: 'throughline',
    location: 'EU',
    endpoint: server.endpoint,
    clock: systemClock,
    pause: async () => {},
  })
function mirrorOf() {
  const mirror = searchedMirror(readConfig(settings()), systemClock)
  if (mirror === undefined) throw new Error('there is a mirror')
  return mirror
}
const row = (table: string, key: string, cells: MirrorRow['cells'] = {}): MirrorRow => ({
  table,
  key,
  revision: 1_800_000_000_000_000,
  changedAtMs: 1_800_000_000_000,
  isDeleted: false,
  cells,
})
const planted = row('canary_controls', 'c', { marker: control })
async function filled(...rows: readonly MirrorRow[]): Promise<void> {
  const sink = await sinkAt(server)
  await sink.migrate(mirrorTables, mirrorViews)
  await sink.load(batchOf('b1', ...rows))
  await sink.close()
}
const search = () =>
  searchPlace({ name: 'mirror', what: 'every row', form: 'items', pieces: mirrorOf().everything(), hasControl: true }, [marker], control)
const controlsThere = async () => {
  let text = ''
  for await (const piece of mirrorOf().controls()) text += Buffer.from(piece).toString()
  return text.includes(control)
}

it('[CN7] the planted control is found in BigQuery, by query jobs that go through every table page by page', async () => {
  server.pageRows = 7
  expect(await controlsThere()).toBe(false)
  await filled(planted, ...Array.from({ length: 40 }, (_, n) => row('rooms', `k${n}`)))
  const before = server.calls.length
  expect(await controlsThere()).toBe(true)
  expect(await search()).toMatchObject({ found: 0, isControlFound: true, pieces: 42 })
  const looked = server.calls.slice(before).map(({ what }) => what)
  expect(new Set(looked)).toEqual(new Set(['jobs.insert', 'jobs.getQueryResults', 'tables.list']))
  expect(looked.filter((what) => what === 'jobs.getQueryResults').length).toBe(mirrorTables.length + 3 + 5)
})

it.each(['rooms', 'staged'])('[CN7] a value that stayed in BigQuery is found, among %s rows', async (where) => {
  await filled(planted, ...(where === 'rooms' ? [row('rooms', marker)] : []))
  const fields = [{ name: 'key', type: 'STRING', mode: 'REQUIRED' }] as const
  if (where === 'staged') await server.catalog.fill('throughline_staging', 'left', fields, [{ key: marker }], undefined)
  expect(await search()).toMatchObject({ found: 1, isControlFound: true })
})

it('[CN7] a query that takes its time is awaited', async () => {
  await filled(planted)
  server.lag = 1
  const reader = await readerOf()
  const rows: unknown[] = []
  for await (const each of reader.rows('canary_controls')) rows.push(each)
  expect(rows).toMatchObject([{ key: 'c', marker: control }])
})

it('[CN7] a BigQuery that is away or refuses is never an empty one', async () => {
  await filled(planted)
  let left = 1
  server.onCall = ({ what }) =>
    what === 'jobs.getQueryResults' && left-- > 0 ? { is: 'refused', status: 503, reason: 'backendError', when: 'before' } : undefined
  expect(await search()).toMatchObject({ isControlFound: true })
  server.onCall = ({ what }) =>
    what === 'jobs.getQueryResults' ? { is: 'refused', status: 403, reason: 'accessDenied', when: 'before' } : undefined
  await expect(search()).rejects.toMatchObject({ code: 'MIRROR_UNAVAILABLE' })
})

it('[CN7] a table that goes while it is looked for is none, and a reader that ends asks no more', async () => {
  await filled(planted)
  const reader = await readerOf()
  const rows: unknown[] = []
  for await (const each of reader.rows('none_such')) rows.push(each)
  expect(rows).toEqual([])
  reader.close()
  await expect(reader.everyRow().next()).rejects.toMatchObject({ code: 'MIRROR_UNAVAILABLE' })
})
