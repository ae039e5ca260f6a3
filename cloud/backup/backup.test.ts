import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { backupKeysOf, createBackupBench, everythingOf } from '../../test/doubles/benches/backup-bench.ts'
import { createHandClock } from '../../test/doubles/hand-clock.ts'
import { createMemoryStore } from '../../test/doubles/stores/memory-store.ts'
import type { BackupKeys } from './backup-keys.ts'
import { listBackups } from './backup-list.ts'
import { openItems } from './items-file.ts'
import { restoreBackup } from './restore.ts'
import { takeBackup } from './take-backup.ts'
import { boardData } from '../../test/doubles/stores/mapped-data.ts'

const unusable = expect.objectContaining({ code: 'BACKUP_UNUSABLE' }) as Error
const dayMs = 86_400_000

async function filledStore(clock = createHandClock(), rooms = 20) {
  const store = createMemoryStore(clock)
  for (let n = 0; n < rooms; n++) {
    const item = {
      partition: `space/${n % 3}`,
      sort: `room/${n}`,
      kind: 'board',
      data: boardData({ name: `a board for the night shift ${n} ü🙂` }),
    } as const
    await store.write(n % 4 === 0 ? { ...item, blob: Uint8Array.from([n, 0, 255]) } : item, 'absent')
    if (n % 5 === 0) await store.write({ ...item, data: boardData({ name: 'again' }) }, 1)
    if (n % 7 === 0) await store.remove(item, n % 5 === 0 ? 2 : 1)
  }
  return { store, clock }
}

it('[BK1] (D1) holds every item as it lies at rest with its revision, and neither sessions, links, caches nor what lies apart', async () => {
  const { store, clock } = await filledStore()
  const expiresAtMs = clock.nowMs() + dayMs
  const left = ['sign-in', 'sign-in-link', 'sign-in-flow', 'address-change', 'node-tale', 'seal-key', 'erasure', 'mirror-cursor'] as const
  for (const kind of left) store.damage({ partition: 'left', sort: kind, kind, data: { secret: 'out' }, expiresAtMs })
  store.damage({ partition: 'gone', sort: 'x', kind: 'api-token', data: {}, expiresAtMs: clock.nowMs() - 1 })
  const bench = await createBackupBench(clock)
  const { name, items } = await bench.take(store)
  const wanted = await everythingOf(store, ({ partition }) => partition !== 'left' && partition !== 'gone')
  expect(items).toBe(wanted.length)

  const reader = await openItems(bench.folder.pathOf(name), name, bench.keys)
  const found = []
  for await (const item of reader.items()) found.push(item)
  await reader.close()
  expect(found).toEqual(wanted)
})

it('[BK1] (D1) tells a person by its head alone when it was taken, by which version and with which key; no text of an item is in it', async () => {
  const { store, clock } = await filledStore()
  const bench = await createBackupBench(clock)
  const { name } = await bench.take(store)
  const bytes = readFileSync(bench.folder.pathOf(name))
  const [form, head = ''] = bytes.toString('latin1').split('\n')
  expect(form).toBe('throughline-backup-1')
  expect(JSON.parse(head)).toEqual({
    holds: 'items',
    installation: bench.keys.installation,
    takenAtMs: clock.nowMs(),
    version: '1.2.3',
    keyId: (await bench.keys.current()).keyId,
    fileId: expect.any(String) as string,
  })
  expect(bytes.includes('for the night shift')).toBe(false)
  expect(statSync(bench.folder.pathOf(name)).mode & 0o777).toBe(0o600)
  expect(statSync(bench.folder.path).mode & 0o777).toBe(0o700)
})

it('[BK2] every flipped byte and every cut makes it unusable, before anything is written', { timeout: 120_000 }, async () => {
  const { store, clock } = await filledStore(createHandClock(), 6)
  const bench = await createBackupBench(clock)
  const { name } = await bench.take(store)
  const path = bench.folder.pathOf(name)
  const good = readFileSync(path)
  const target = bench.target()
  const restorer = target.restorer()
  const restore = () => {
    const deps = { folder: bench.folder, keys: bench.keys, restorer, openStore: async () => target.store(), clearErased: async () => 0 }
    return restoreBackup(deps, { name, untilMs: undefined })
  }
  for (let at = 0; at < good.length; at++) {
    const bad = Buffer.from(good)
    bad[at] = (bad[at] ?? 0) ^ 1
    writeFileSync(path, bad)
    await expect(restore(), `byte ${at}`).rejects.toEqual(unusable)
  }
  for (let length = 0; length < good.length; length++) {
    writeFileSync(path, good.subarray(0, length))
    await expect(restore(), `cut at ${length}`).rejects.toEqual(unusable)
  }
  writeFileSync(path, Buffer.concat([good, Buffer.of(0)]))
  await expect(restore()).rejects.toEqual(unusable)
  expect(await restorer.isEmpty()).toBe(true)
  writeFileSync(path, good)
  expect(await restore()).toMatchObject({ name })
  await restorer.close()
})

it('[BK2] parts that change places, are repeated, left out or come from another backup are noticed', async () => {
  const clock = createHandClock()
  const store = createMemoryStore(clock)
  const noise = Array.from({ length: 40 }, (_, n) => Buffer.alloc(30_000, n).map((_, at) => (at * n * 7919) % 251))
  for (const [n, blob] of noise.entries())
    await store.write({ partition: 'space/1', sort: `board/${n}`, kind: 'board', data: boardData({ tiles: n }), blob }, 'absent')
  const bench = await createBackupBench(clock)
  const [one, other] = [await bench.take(store), await bench.take(store)]
  const framesOf = (name: string) => {
    const bytes = readFileSync(bench.folder.pathOf(name))
    let at = bytes.indexOf(10, bytes.indexOf(10) + 1) + 1
    const parts = [bytes.subarray(0, at)]
    while (at < bytes.length - 4) {
      const length = 5 + bytes.readUInt32BE(at)
      parts.push(bytes.subarray(at, at + length))
      at += length
    }
    return [...parts, bytes.subarray(at)]
  }
  const parts = framesOf(one.name)
  const [head, first, second, ...rest] = parts as [Buffer, Buffer, Buffer, ...Buffer[]]
  const foreign = framesOf(other.name)[1] as Buffer
  expect(rest.length).toBeGreaterThan(3)
  for (const wrong of [
    [head, second, first, ...rest],
    [head, first, first, second, ...rest],
    [head, first, ...rest],
    [head, foreign, second, ...rest],
    [head, first, second, ...rest.slice(0, -2), ...rest.slice(-1)],
    [head, ...rest.slice(-2)],
  ]) {
    writeFileSync(bench.folder.pathOf(one.name), Buffer.concat(wrong))
    const listed = (await listBackups(bench.folder, bench.keys, { keptDays: 30, isThorough: true })).find(({ name }) => name === one.name)
    expect(listed?.problem).toMatch(/^The backup \S+ cannot be used: [^.]+\.$/)
  }
})

it('[BK3] (D1) a backup of another installation, and one whose key is no more, are refused in words', async () => {
  const { store, clock } = await filledStore()
  const bench = await createBackupBench(clock)
  const take = (keys: BackupKeys) => takeBackup({ source: store, folder: bench.folder, keys, version: '1', keptDays: 30, clock })
  const mine = backupKeysOf(createMemoryStore(clock), clock, 'one')
  const { name } = await take(mine)
  const open = (keys: BackupKeys) => openItems(bench.folder.pathOf(name), name, keys)
  await expect(open(backupKeysOf(createMemoryStore(clock), clock, 'other'))).rejects.toMatchObject({
    code: 'BACKUP_UNUSABLE',
    message: `The backup ${name} cannot be used: it was taken by another installation; restore it with the keys of that one.`,
  })
  const { keyId } = await mine.current()
  await expect(open(backupKeysOf(createMemoryStore(clock), clock, 'one'))).rejects.toMatchObject({
    message: `The backup ${name} cannot be used: the key ${keyId} that it is sealed with is not among the keys of this installation.`,
  })
  await (await open(mine)).close()
})

it('[BK4] only a complete backup is listed: one that fails on its way leaves nothing, and two at once are not taken', async () => {
  const { store, clock } = await filledStore()
  const bench = await createBackupBench(clock)
  let pages = 0
  const dying = { everything: () => (pages++ === 0 ? store.everything({ limit: 5 }) : Promise.reject(new Error('away'))) }
  await expect(bench.take(dying)).rejects.toMatchObject({ code: 'DATA_FOLDER_UNUSABLE' })
  expect(readdirSync(bench.folder.path)).toEqual([])

  const both = await Promise.allSettled([bench.take(store), bench.take(store)])
  // Whichever came first.
  const ends = both.map((each) => (each.status === 'fulfilled' ? 'taken' : (each.reason as { code: string }).code))
  expect([...ends].sort((a, b) => a.localeCompare(b))).toEqual(['CONFLICT', 'taken'])
  expect((await bench.folder.backups()).length).toBe(1)
  // A lock whose process is no more is nobody's.
  writeFileSync(join(bench.folder.path, 'backup.lock'), JSON.stringify({ host: hostname(), pid: 2 ** 22 + 1, atMs: clock.nowMs() }))
  clock.advance(60_000)
  await bench.take(store)
  expect((await bench.folder.backups()).length).toBe(2)
})
