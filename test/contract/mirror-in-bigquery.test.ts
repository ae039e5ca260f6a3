import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest'
import type { Mirror } from '../../cloud/mirror/mirror.ts'
import { rowKey } from '../../cloud/mirror/rows/row-maker.ts'
import { mirrorTables } from '../../cloud/mirror/rows/tables.ts'
import { mirrorViews } from '../../cloud/mirror/rows/views.ts'
import { systemClock } from '../../src/support/clock.ts'
import { sinkAt } from '../doubles/benches/bigquery-bench.ts'
import { startBigQuery } from '../doubles/servers/bigquery-server/server.ts'
import type { BigQueryServer } from '../doubles/servers/bigquery-server/server.ts'
import { createMemoryStore } from '../doubles/stores/memory-store.ts'
import { startMirrorBench } from '../doubles/benches/mirror-bench.ts'
import { createSeeded, seedsOf } from '../doubles/seeded.ts'

const space = '7c9a4a52-5d0a-4c42-9d39-0f9ce5f7f9a1'
const person = '0b5c1f0e-6a7b-4c8d-9e0f-112233445566'
const roomKey = (n: number) => ({ partition: `space/${space}`, sort: `room/${n}` })
const room = (n: number) =>
  ({
    ...roomKey(n),
    kind: 'room',
    data: { name: `Room of the night shift ${n}`, isAllNodes: false, createdAtMs: 1_800_000_000_000, memberIds: [person], rules: [] },
  }) as const

let server: BigQueryServer
beforeEach(async () => void (server = await startBigQuery()))
afterEach(() => server.stop())

const select = async (what: string): Promise<readonly (readonly unknown[])[]> => (await server.query(what)).rows
const roomsThere = async () =>
  (await select('SELECT key, item_revision FROM `test-project.throughline.rooms` ORDER BY key')).map((row) => row.join('@'))

async function start() {
  const store = createMemoryStore(systemClock)
  const { open, pseudonym } = await startMirrorBench(store, systemClock)
  const begin = async (): Promise<Mirror> => {
    const begun = await open({ sink: await sinkAt(server) })
    onTestFinished(() => begun.close())
    return begun
  }
  const mirror = await begin()
  return {
    store,
    mirror,
    begin,
    expected: (rooms: readonly (readonly [number, number])[]) =>
      rooms.map(([n, revision]) => `${rowKey(pseudonym, roomKey(n))}@${revision}`).sort(),
  }
}

it('[BQ16] (D6) every table of the data map and every view is made in BigQuery and answers', async () => {
  const sink = await sinkAt(server)
  await sink.migrate(mirrorTables, mirrorViews)
  await sink.migrate(mirrorTables, mirrorViews)
  for (const { name } of mirrorTables) expect(await sink.size(name)).toBe(0)
  for (const { name } of mirrorViews) expect(await select(`SELECT COUNT(*) FROM \`test-project.throughline.${name}\``)).toHaveLength(1)
  expect(mirrorTables.length).toBeGreaterThan(5)
})

it('[BQ16] (D6) what the store has is in BigQuery as pseudonyms, changes and deletions follow, and of somebody who was erased nothing is counted', async () => {
  const { store, mirror, expected } = await start()
  for (let n = 0; n < 30; n++) await store.write(room(n), 'absent')
  await mirror.caughtUp(60_000)
  await store.write({ ...room(3), data: { ...room(3).data, name: 'Other words for it' } }, 1)
  for (let n = 10; n < 30; n++) await store.remove(roomKey(n), 1)
  await mirror.caughtUp(60_000)
  expect(await roomsThere()).toEqual(expected(Array.from({ length: 10 }, (_, n) => [n, n === 3 ? 2 : 1])))
  const about = async () => (await mirror.rowsAbout({ kind: 'space', id: space })).find(({ table }) => table === 'rooms')?.rows ?? 0
  expect(await about()).toBe(10)
  const everything = JSON.stringify(await select('SELECT * FROM `test-project.throughline.rooms`'))
  for (const plain of [space, person, 'night shift', 'Other words']) expect(everything).not.toContain(plain)
  for (let n = 0; n < 10; n++) await store.remove(roomKey(n), n === 3 ? 2 : 1)
  await mirror.caughtUp(60_000)
  expect([await about(), await roomsThere()]).toEqual([0, []])
})

it.each(seedsOf(1))('[BQ16] (D6) changes of the store follow through faults of BigQuery (FUZZ_SEED=%i)', async (seed) => {
  const { store, mirror, expected } = await start()
  const seeded = createSeeded(seed)
  const revisions = new Map<number, number>()
  server.onCall = () => (seeded.chance(0.2) ? { is: 'cut', when: seeded.pick(['before', 'after'] as const) } : undefined)
  for (let round = 0; round < 12; round++) {
    for (let change = 0; change < 25; change++) {
      const n = seeded.below(40)
      const known = revisions.get(n)
      if (known !== undefined && seeded.chance(0.3)) {
        await store.remove(roomKey(n), known)
        revisions.delete(n)
      } else revisions.set(n, (await store.write(room(n), known ?? 'absent')) ?? 0)
    }
    await mirror.caughtUp(1).catch(() => undefined)
  }
  server.onCall = () => undefined
  await mirror.caughtUp(60_000)
  expect(await roomsThere()).toEqual(expected([...revisions]))
  expect(mirror.status()).toMatchObject({ sink: 'bigquery', isReachable: true, waiting: 0, deadLetters: 0 })
})

it('[BQ18] a dataset that somebody deletes is filled again with the next change, and at the next start', async () => {
  const { store, mirror, begin, expected } = await start()
  for (let n = 0; n < 20; n++) await store.write(room(n), 'absent')
  await mirror.caughtUp(60_000)
  await server.catalog.dropDataset('throughline')
  await store.remove(roomKey(0), 1)
  await mirror.caughtUp(60_000)
  const left = expected(Array.from({ length: 19 }, (_, n) => [n + 1, 1]))
  expect(await roomsThere()).toEqual(left)
  await mirror.close()
  await server.catalog.dropDataset('throughline')
  await server.catalog.dropDataset('throughline_staging')
  const next = await begin()
  await next.caughtUp(60_000)
  expect(await roomsThere()).toEqual(left)
})
