import { describe, expect, it } from 'vitest'
import { createChangeCopies } from '../../cloud/backup/change-copies.ts'
import { restoreBackup, type RestoreDeps } from '../../cloud/backup/restore.ts'
import { createDynamoRestorer } from '../../cloud/store/dynamodb/dynamo-restorer.ts'
import { createDynamoStore } from '../../cloud/store/dynamodb/dynamo-store.ts'
import { migrateDynamo } from '../../cloud/store/dynamodb/migrate-dynamo.ts'
import type { MetadataStore, PendingChange } from '../../cloud/store/port.ts'
import type { ItemRestorer } from '../../cloud/store/restorer.ts'
import type { Clock } from '../../src/support/clock.ts'
import { silentLog } from '../../src/support/log.ts'
import { createBackupBench, createMemoryChangeLog, everythingOf } from '../doubles/benches/backup-bench.ts'
import { contractStore, contractStoreNames } from '../doubles/stores/contract-stores.ts'
import { startDynalite } from '../doubles/servers/dynalite-server.ts'
import { createHandClock } from '../doubles/hand-clock.ts'
import { createSeeded } from '../doubles/seeded.ts'
import { whenOver } from '../doubles/when-over.ts'
import { boardData } from '../doubles/stores/mapped-data.ts'

interface Target {
  restorer(): ItemRestorer
  store(): MetadataStore
}

const targets: Readonly<Record<string, (clock: Clock, bench: Awaited<ReturnType<typeof createBackupBench>>) => Promise<Target>>> = {
  SQLite: async (_, bench) => bench.target(),
  async DynamoDB(clock) {
    const server = await startDynalite()
    whenOver(() => server.stop())
    const { endpoint, region, credentials } = server
    const place = { endpoint, region, credentials, table: 'restored', clock, log: silentLog }
    await migrateDynamo(place)
    return { restorer: () => createDynamoRestorer(place), store: () => createDynamoStore(place) }
  },
}

const visible = ({ isDeleted, expiresAtMs }: PendingChange, nowMs: number) =>
  !isDeleted && (expiresAtMs === undefined || expiresAtMs > nowMs)

/** A store, its log of changes, copies of it and backups, as in a cloud that runs. */
async function createLab(name: string) {
  const clock = createHandClock()
  const store = (await contractStore(name, clock))()
  const log = createMemoryChangeLog(clock)
  const bench = await createBackupBench(clock)
  const copies = createChangeCopies({ source: log.source, folder: bench.folder, keys: bench.keys, version: '1', clock, log: silentLog })
  whenOver(() => copies.close())
  const target = await (targets[name] as NonNullable<(typeof targets)[string]>)(clock, bench)
  const live = (from: Pick<MetadataStore, 'everything'> = store) => everythingOf(from, (item) => visible(item, clock.nowMs()))
  const restorer = target.restorer()
  whenOver(() => restorer.close())
  const deps: RestoreDeps = {
    folder: bench.folder,
    keys: bench.keys,
    restorer,
    openStore: async () => target.store(),
    clearErased: async () => 0,
  }
  const room = (sort: string, data: Parameters<typeof boardData>[0] = { name: sort }) =>
    ({ partition: 'space/1', sort, kind: 'board', data: boardData(data) }) as const
  const note = async (pages = Infinity) => {
    clock.advance(1000)
    await log.drain(store, pages)
    await copies.copy()
  }
  const restored = async (): Promise<PendingChange[]> => {
    const opened = target.store()
    return live(opened).finally(() => opened.close())
  }
  return { clock, store, log, bench, copies, target, live, deps, room, note, restored }
}

describe.each(contractStoreNames)('a backup of %s', (storeName) => {
  it('[BK5] restored with the changes since is the live store again: the same items, revisions and blobs', async () => {
    const { store, bench, live, deps, room, note, restored } = await createLab(storeName)
    for (let n = 0; n < 60; n++) {
      await store.write({ ...room(`r${n}`), ...(n % 3 === 0 ? { blob: Uint8Array.of(n, 1, 2) } : {}) }, 'absent')
      await store.write(
        {
          partition: 'person/1',
          sort: `t${n}`,
          kind: 'api-token',
          data: { scope: 'scope:all', hash: 'h', createdAtMs: n },
          expiresAtMs: 2_000_000_000_000,
        },
        'absent',
      )
    }
    await note()
    const { name } = await bench.take(store)
    expect((await restoreBackup({ ...deps, restorer: bench.target().restorer() }, { name, untilMs: undefined })).applied).toBe(0)
    for (let n = 0; n < 30; n++) await store.write(room(`r${n}`, { name: 'changed', tiles: n }), 1)
    for (let n = 20; n < 40; n++) await store.remove(room(`r${n}`), n < 30 ? 2 : 1)
    await note()
    // Removed, shipped, made anew: it counts from one again.
    for (let n = 20; n < 25; n++) await store.write(room(`r${n}`, { name: 'anew' }), 'absent')
    for (let n = 60; n < 80; n++) await store.write(room(`r${n}`), 'absent')
    await note()
    expect(await restoreBackup(deps, { name: 'latest', untilMs: undefined })).toMatchObject({ name, hasChanges: true })
    expect(await restored()).toEqual(await live())
  })

  it('[BK5] taken while many writers are at work, it and the changes since are the live store', { timeout: 120_000 }, async () => {
    const { store, bench, live, deps, room, note, restored } = await createLab(storeName)
    for (let n = 0; n < 150; n += 50)
      await Promise.all(Array.from({ length: 50 }, (_, at) => store.write(room(`r${n + at}`, { name: 'x', tiles: 0 }), 'absent')))
    await note()
    const seeded = createSeeded(7)
    const over = new AbortController()
    const writer = async () => {
      while (!over.signal.aborted) {
        const key = room(`r${seeded.below(170)}`)
        const found = await store.read(key)
        if (found === undefined) await store.write(key, 'absent')
        else if (seeded.chance(0.2)) await store.remove(key, found.revision)
        else await store.write({ ...key, data: boardData({ name: 'y', tiles: found.revision }) }, found.revision)
      }
    }
    const writers = Array.from({ length: 2 }, writer)
    // A walk in small pages, so that much happens between them.
    const slow = {
      everything: (options: Parameters<MetadataStore['everything']>[0]) => note(1).then(() => store.everything({ ...options, limit: 30 })),
    }
    await bench.take(slow)
    over.abort()
    await Promise.all(writers)
    await note()
    await restoreBackup(deps, { name: 'latest', untilMs: undefined })
    expect(await restored()).toEqual(await live())
  })

  it('[BK6] what was removed while the walk met its tombstone, and made anew when that was gone, comes back as it is', async () => {
    const { store, bench, live, deps, room, note, restored } = await createLab(storeName)
    await store.write(room('r0'), 'absent')
    await store.write(room('r0', { name: 'two' }), 1)
    await note()
    await store.remove(room('r0'), 2)
    await bench.take(store)
    await note()
    await store.write(room('r0', { name: 'anew' }), 'absent')
    await note()
    await restoreBackup(deps, { name: 'latest', untilMs: undefined })
    expect(await restored()).toEqual(await live())
    expect((await live()).map(({ revision }) => revision)).toEqual([1])
  })

  it('[BK6] replaying twice, or restoring anew after a stop at any step, ends in the same state', { timeout: 120_000 }, async () => {
    const { store, bench, live, deps, room, note, restored, target } = await createLab(storeName)
    for (let n = 0; n < 30; n++) await store.write(room(`r${n}`), 'absent')
    await note()
    await bench.take(store)
    for (let n = 0; n < 20; n++) await store.remove(room(`r${n}`), 1)
    await note()
    for (let n = 0; n < 10; n++) await store.write(room(`r${n}`, { name: 'anew' }), 'absent')
    await note()
    for (let n = 0; n < 5; n++) await store.remove(room(`r${n}`), 1)
    await note()
    let stops = 0
    for (;;) {
      let steps = 0
      const onStep = () => {
        if (steps++ === stops) throw new Error('killed')
      }
      const ended = await restoreBackup({ ...deps, onStep }, { name: 'latest', untilMs: undefined }).catch(
        (cause: unknown) => cause as Error,
      )
      if (!(ended instanceof Error)) break
      expect(ended.message).toBe('killed')
      stops++
    }
    expect(stops).toBeGreaterThanOrEqual(6)
    expect(await restored()).toEqual(await live())
    const opened = target.store()
    expect(await opened.read({ partition: 'restore', sort: 'mark' })).toBeUndefined()
    await opened.close()
  })

  it('[BK7] restores the state of a moment, and what changed after it counts on behind what it was', async () => {
    const { clock, store, bench, deps, room, note, restored, live, target } = await createLab(storeName)
    for (let n = 0; n < 4; n++) await store.write(room(`r${n}`), 'absent')
    await note()
    await bench.take(store)
    await store.write(room('r0', { name: 'good' }), 1)
    await note()
    const untilMs = clock.nowMs()
    const then = await live()
    await store.write(room('r0', { name: 'bad' }), 2)
    await store.remove(room('r1'), 1)
    await store.write(room('r9', { name: 'bad' }), 'absent')
    await note()
    const report = await restoreBackup(deps, { name: 'latest', untilMs })
    expect(report).toMatchObject({ rewound: 3, untilMs: then.length > 0 ? untilMs : 0 })
    const now = await restored()
    expect(now.map(({ sort, data }) => [sort, data])).toEqual(then.map(({ sort, data }) => [sort, data]))
    expect(now.map(({ sort, revision }) => [sort, revision])).toEqual([
      ['r0', 4],
      ['r1', 3],
      ['r2', 1],
      ['r3', 1],
    ])
    // The mirror hears that what was made later is gone.
    const opened = target.store()
    expect((await opened.pending(100)).find(({ sort }) => sort === 'r9')).toMatchObject({ isDeleted: true, revision: 2 })
    await opened.close()
  })

  it('[BK8] goes into an empty place only, and only the same restore may go on where one was stopped', async () => {
    const { store, bench, deps, room, note } = await createLab(storeName)
    await store.write(room('r0'), 'absent')
    await note()
    const first = await bench.take(store)
    const second = await bench.take(store)
    const stopped = { ...deps, onStep: (step: string) => void (step === 'erased' && fail()) }
    await expect(restoreBackup(stopped, { name: first.name, untilMs: undefined })).rejects.toThrow('killed')
    await expect(restoreBackup(deps, { name: second.name, untilMs: undefined })).rejects.toMatchObject({ code: 'CONFLICT' })
    await restoreBackup(deps, { name: first.name, untilMs: undefined })
    await expect(restoreBackup(deps, { name: first.name, untilMs: undefined })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'There is data already where the backup would be restored to; name an empty folder or table.',
    })
  })

  it('[BK8] of two restores into one place the later goes on, and the earlier stops', async () => {
    const { store, bench, deps, room, note, restored, live } = await createLab(storeName)
    for (let n = 0; n < 300; n += 50) await Promise.all(Array.from({ length: 50 }, (_, at) => store.write(room(`r${n + at}`), 'absent')))
    await note()
    await bench.take(store)
    let tookOver = () => {}
    const isTaken = new Promise<void>((resolve) => (tookOver = resolve))
    let other: Promise<unknown> | undefined
    const wish = { name: 'latest', untilMs: undefined }
    const clearErased = async () => {
      other = restoreBackup({ ...deps, onStep: (step) => step === 'items' && tookOver() }, wish)
      await isTaken
      return 0
    }
    await expect(restoreBackup({ ...deps, clearErased }, wish)).rejects.toMatchObject({ code: 'CONFLICT' })
    await other
    expect(await restored()).toEqual(await live())
  })

  it('[BK9] (D4) whoever was erased since is taken out before it serves, and while that fails nothing serves', async () => {
    const { store, bench, deps, note, target, restored } = await createLab(storeName)
    const personOf = (id: string) =>
      ({ partition: `person/${id}`, sort: 'person', kind: 'person', data: { email: `${id}@example.com`, createdAtMs: 1 } }) as const
    for (const id of ['stays', 'erased']) await store.write(personOf(id), 'absent')
    await note()
    await bench.take(store)
    const clearErased = async (opened: MetadataStore) => {
      const found = await opened.read(personOf('erased'))
      return found !== undefined && (await opened.remove(found, found.revision)) ? 1 : 0
    }
    await expect(restoreBackup({ ...deps, clearErased: fail }, { name: 'latest', untilMs: undefined })).rejects.toThrow('killed')
    const opened = target.store()
    expect(await opened.read({ partition: 'restore', sort: 'mark' })).toBeDefined()
    await opened.close()
    expect(await restoreBackup({ ...deps, clearErased }, { name: 'latest', untilMs: undefined })).toMatchObject({ erased: 1 })
    expect((await restored()).map(({ partition }) => partition)).toEqual(['person/stays'])
  })
})

function fail(): never {
  throw new Error('killed')
}
