import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openFileProvider } from '../../cloud/seals/file-provider.ts'
import { joinProviders, type KeyProvider } from '../../cloud/seals/key-provider.ts'
import { keyPlace, keyRecordOf } from '../../cloud/seals/key-record.ts'
import { createKmsProvider } from '../../cloud/seals/kms/kms-provider.ts'
import { addSealKey } from '../../cloud/seals/master-keys.ts'
import { createResealer } from '../../cloud/seals/reseal.ts'
import { createRotationRecords, type Rotation } from '../../cloud/seals/rotation-record.ts'
import { runRotation, type RotationDeps } from '../../cloud/seals/rotation.ts'
import { sealed } from '../../cloud/seals/sealed-store.ts'
import { createSeals } from '../../cloud/seals/seals.ts'
import { createSubjectKeys } from '../../cloud/seals/subject-keys.ts'
import type { ItemWrite, MetadataStore } from '../../cloud/store/port.ts'
import type { KeySubject } from '../../src/domain/key-subject.ts'
import { channelPlace } from '../../src/domain/self-sealed.ts'
import { systemClock } from '../../src/support/clock.ts'
import { silentLog } from '../../src/support/log.ts'
import { contractStore, contractStoreNames } from '../doubles/stores/contract-stores.ts'
import { createFailingStore } from '../doubles/stores/failing-store.ts'
import { createHandClock } from '../doubles/hand-clock.ts'
import { startKmsServer } from '../doubles/servers/kms-server.ts'
import { boardData } from '../doubles/stores/mapped-data.ts'
import { createMemoryStore } from '../doubles/stores/memory-store.ts'
import { temporaryFolder } from '../doubles/temporary-folder.ts'

const dayMs = 86_400_000
const installationId = 'one'
const spaceKey = (n: number): KeySubject => ({ kind: 'space', id: `s${n}` })
const board = (n: number, name = `planted board ${n}`): ItemWrite => ({
  partition: `space/s${n}`,
  sort: 'board/b',
  kind: 'board',
  data: boardData({ name }),
  blob: Uint8Array.from(Buffer.from(`planted tiles ${n}`)),
})
const keyOf = ({ partition, sort }: ItemWrite) => ({ partition, sort })

async function setUp(raw: MetadataStore, apart: MetadataStore, clock = createHandClock()) {
  const folder = join(temporaryFolder(), 'keys')
  let provider: KeyProvider = openFileProvider(folder)
  const ringOf = () => createSubjectKeys({ apart, provider, installationId, clock })
  const open = () => sealed(raw, { ring: ringOf(), clock, log: silentLog })
  const deps = (change: Partial<RotationDeps> = {}): RotationDeps => ({
    raw,
    apart,
    provider,
    installationId,
    oldKeys: () => [],
    backups: { keptMs: 37 * dayMs, oldestAtMs: undefined },
    clock,
    tell: () => {},
    ...change,
  })
  const begin = async (isDataKeys: boolean) => {
    clock.advance(1_000)
    const wanted: Rotation = { startedAtMs: clock.nowMs(), stage: 'keys', isDataKeys, master: null, after: null, hasFound: false }
    const begun = await createRotationRecords(apart).begin(wanted)
    if (begun.startedAtMs === wanted.startedAtMs) {
      addSealKey(folder, begun.startedAtMs)
      provider = openFileProvider(folder)
    }
    return begun
  }
  const run = async (isDataKeys: boolean, change: Partial<RotationDeps> = {}) => {
    const begun = await begin(isDataKeys)
    return runRotation(deps(change), begun)
  }
  const record = async (subject: KeySubject) => {
    const item = await apart.read(keyPlace(subject))
    return item && keyRecordOf(item)
  }
  const keysOf = async (subject: KeySubject) => {
    const found = await record(subject)
    return found?.state === 'usable' ? found.keys : []
  }
  return {
    folder,
    clock,
    open,
    ringOf,
    deps,
    begin,
    run,
    record,
    keysOf,
    provider: () => provider,
    use: (other: KeyProvider) => (provider = other),
  }
}

const atRest = async (raw: MetadataStore) =>
  (await raw.everything()).items.map(({ data, blob }) => `${JSON.stringify(data)}${Buffer.from(blob ?? []).toString('hex')}`)

describe.each(contractStoreNames)('a rotation over %s', (name) => {
  const both = async () => {
    const clock = createHandClock()
    return setUpOver(await contractStore(name, clock), await contractStore(name, clock), clock)
  }
  const setUpOver = async (openRaw: () => MetadataStore, openApart: () => MetadataStore, clock: ReturnType<typeof createHandClock>) => {
    const [raw, apart] = [openRaw(), openApart()]
    return { raw, apart, ...(await setUp(raw, apart, clock)) }
  }

  it('[SL13] (D1) a new master wraps every key and no item changes; a destroyed key stays destroyed', async () => {
    const { raw, open, run, keysOf, provider, ringOf, record } = await both()
    for (let n = 1; n <= 5; n++) await open().write(board(n), 'absent')
    await ringOf().destroy(spaceKey(5))
    const before = await atRest(raw)
    expect(await run(false)).toEqual({ isDataKeys: false, wrapped: 4, made: 0, dropped: 0, resealed: 0, broken: 0 })
    for (let n = 1; n <= 4; n++)
      for (const { wrapped } of await keysOf(spaceKey(n))) expect(provider().masterOf(wrapped)).toBe(provider().currentMaster())
    expect(await record(spaceKey(5))).toMatchObject({ state: 'destroyed' })
    expect(await atRest(raw)).toEqual(before)
    expect(await open().read(keyOf(board(1)))).toMatchObject({ data: { name: 'planted board 1' } })
  })

  it('[SL14] with data keys everything is sealed anew and reads as before, and what the old keys sealed elsewhere opens still', async () => {
    const { raw, open, run, keysOf, ringOf } = await both()
    for (let n = 1; n <= 3; n++) await open().write(board(n), 'absent')
    const channel = { partition: 'space/s1', sort: 'channel/c' }
    const own = await createSeals(ringOf()).seal('https://hooks.example.com/secret', channelPlace(channel))
    const before = await atRest(raw)
    const olds = await Promise.all([1, 2, 3].map(async (n) => (await keysOf(spaceKey(n)))[0]?.keyId ?? '?'))
    const report = await run(true)
    expect(report).toMatchObject({ isDataKeys: true, made: 3, resealed: 3, broken: 0, dropped: 0 })
    const after = await atRest(raw)
    for (const old of olds)
      expect([before.some((text) => text.includes(old)), after.some((text) => text.includes(old))]).toEqual([true, false])
    for (let n = 1; n <= 3; n++) expect(await open().read(keyOf(board(n)))).toMatchObject({ ...board(n), revision: 2 })
    // What a backup or an old seal holds opens still.
    expect(await createSeals(ringOf()).open(own, channelPlace(channel))).toBe('https://hooks.example.com/secret')
  })
})

describe('a rotation', () => {
  it.each([false, true])(
    '[SL15] that dies at any write goes on where it was, and ends as one that did not (data keys: %s)',
    async (isDataKeys) => {
      for (const when of ['before', 'after'] as const) {
        for (let nth = 1, hasFailed = true; hasFailed; nth++) {
          const clock = createHandClock()
          const dying = { left: Infinity }
          const [rawStore, apartStore] = [createMemoryStore(clock), createMemoryStore(clock)]
          const [raw, apart] = [createFailingStore(rawStore), createFailingStore(apartStore)]
          const counted = (store: ReturnType<typeof createFailingStore>): MetadataStore => {
            const dies = () => --dying.left === 0 && (raw.failAt(store === raw ? 1 : 0, when), apart.failAt(store === apart ? 1 : 0, when))
            return {
              ...store,
              write: (...change) => (dies(), store.write(...change)),
              remove: (...change) => (dies(), store.remove(...change)),
            }
          }
          const bench = await setUp(rawStore, apartStore, clock)
          for (let n = 1; n <= 3; n++) await bench.open().write(board(n), 'absent')
          const begun = await bench.begin(isDataKeys)
          dying.left = nth
          const first = runRotation(bench.deps({ raw: counted(raw), apart: counted(apart) }), begun)
          hasFailed = await first.then(
            () => false,
            () => true,
          )
          if (!hasFailed) {
            // It was tried at every write there is.
            expect(nth).toBeGreaterThan(isDataKeys ? 14 : 8)
            break
          }
          const resumed = await createRotationRecords(apartStore).running()
          // It died when all was done and only the answer was missing.
          if (resumed !== undefined) await runRotation(bench.deps(), resumed)
          expect(await createRotationRecords(apartStore).running()).toBeUndefined()
          expect((await createRotationRecords(apartStore).past()).length).toBe(isDataKeys ? 1 : 0)
          for (let n = 1; n <= 3; n++) {
            const keys = await bench.keysOf(spaceKey(n))
            expect(keys.length).toBe(isDataKeys ? 2 : 1)
            for (const { wrapped } of keys) expect(bench.provider().masterOf(wrapped)).toBe(bench.provider().currentMaster())
            expect(await bench.open().read(keyOf(board(n)))).toMatchObject(board(n))
            expect((await rawStore.read(keyOf(board(n))))?.revision).toBe(isDataKeys ? 2 : 1)
          }
        }
      }
    },
  )

  it('[SL16] old data keys stay while a backup may need them, and go with a later rotation, but not while something is sealed with them', async () => {
    const clock = createHandClock()
    const [raw, apart] = [createMemoryStore(clock), createMemoryStore(clock)]
    const bench = await setUp(raw, apart, clock)
    await bench.open().write(board(1), 'absent')
    const [old] = (await raw.everything()).items
    if (old === undefined) throw new Error('nothing is there')
    await bench.run(true)
    const rotate = async (change: Partial<RotationDeps> = {}) => {
      return (await bench.run(false, change)).dropped
    }
    expect(await rotate()).toBe(0)
    clock.advance(30 * dayMs)
    expect(await rotate()).toBe(0)
    clock.advance(9 * dayMs)
    // A backup of before lies there still.
    expect(await rotate({ backups: { keptMs: 37 * dayMs, oldestAtMs: clock.nowMs() - 39 * dayMs } })).toBe(0)
    // An old backup was restored: its item is sealed again, and its key stays for as long again.
    const { isDeleted: _isDeleted, revision: _revision, ...item } = old
    await raw.write({ ...item, sort: 'board/b' } as ItemWrite, (await raw.read(keyOf(board(1))))?.revision ?? 0)
    expect(await rotate()).toBe(0)
    expect(await bench.keysOf(spaceKey(1))).toHaveLength(2)
    expect(await bench.open().read(keyOf(board(1)))).toMatchObject(board(1))
    clock.advance(39 * dayMs)
    expect(await rotate()).toBe(1)
    expect(await bench.keysOf(spaceKey(1))).toHaveLength(1)
    expect(await bench.open().read(keyOf(board(1)))).toMatchObject(board(1))
  })

  it('[SL13] keys move from a file to KMS and back, and another rotation goes on when the key service comes back', async () => {
    const server = await startKmsServer()
    onTestFinished(() => server.stop())
    const clock = createHandClock()
    const [raw, apart] = [createMemoryStore(clock), createMemoryStore(clock)]
    const bench = await setUp(raw, apart, clock)
    for (let n = 1; n <= 4; n++) await bench.open().write(board(n), 'absent')
    const file = bench.provider()
    const kms = createKmsProvider({ ...server.place, key: 'alias/one', clock: systemClock, log: silentLog, pause: async () => {} })
    onTestFinished(() => kms.close())
    const records = createRotationRecords(apart)
    bench.use(joinProviders(kms, [file]))
    server.trouble('DisabledException', 1)
    const begun = await records.begin({ startedAtMs: 9, stage: 'keys', isDataKeys: false, master: null, after: null, hasFound: false })
    await expect(runRotation(bench.deps(), begun)).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' })
    const left = await records.running()
    if (left === undefined) throw new Error('it was forgotten')
    await runRotation(bench.deps(), left)
    const owners = async () =>
      new Set((await Promise.all([1, 2, 3, 4].map((n) => bench.keysOf(spaceKey(n))))).flat().map(({ wrapped }) => wrapped.slice(0, 2)))
    expect(await owners()).toEqual(new Set(['k1']))
    expect(await bench.open().read(keyOf(board(2)))).toMatchObject(board(2))
    bench.use(joinProviders(file, [kms]))
    await runRotation(bench.deps(), await records.begin({ ...begun, startedAtMs: 10 }))
    expect(await owners()).toEqual(new Set(['f1']))
    bench.use(file)
    expect(await bench.open().read(keyOf(board(2)))).toMatchObject(board(2))
  })

  it('[SL15] one that was overtaken by another process stops and says so', async () => {
    const clock = createHandClock()
    const [raw, apart] = [createMemoryStore(clock), createMemoryStore(clock)]
    const bench = await setUp(raw, apart, clock)
    await bench.open().write(board(1), 'absent')
    const begun = await bench.begin(true)
    await runRotation(bench.deps(), begun)
    await expect(runRotation(bench.deps(), begun)).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(readdirSync(bench.folder)).toHaveLength(2)
  })
})

it('[SL17] (D1) sealing what is older seals what lies in the open once, empties what is said of the erased, and passes over what does not open', async () => {
  const clock = createHandClock()
  const [raw, apart] = [createMemoryStore(clock), createMemoryStore(clock)]
  const { ringOf, open } = await setUp(raw, apart, clock)
  for (let n = 1; n <= 4; n++) await raw.write(board(n), 'absent')
  await ringOf().destroy(spaceKey(4))
  const broken = board(9, '\u007fs2.tampered')
  await raw.write(broken, 'absent')
  const ring = ringOf()
  const walk = () => createResealer({ raw, ring, seals: createSeals(ring), until: 'sealed' }).all(undefined, async () => {})
  expect(await walk()).toMatchObject({ seen: 5, written: 4, broken: 1 })
  expect(await walk()).toMatchObject({ written: 0, broken: 1 })
  const lying = (await atRest(raw)).join('\n')
  for (let n = 1; n <= 4; n++)
    expect([lying.includes(`planted board ${n}`), lying.includes(Buffer.from(`planted tiles ${n}`).toString('hex'))]).toEqual([
      false,
      false,
    ])
  expect(await open().read(keyOf(board(2)))).toMatchObject(board(2))
  expect(await open().read(keyOf(board(4)))).toMatchObject({ data: { name: '' } })
})
