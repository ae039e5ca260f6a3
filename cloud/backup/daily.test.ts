import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { createBackupBench, createMemoryChangeLog } from '../../test/doubles/benches/backup-bench.ts'
import { createHandClock } from '../../test/doubles/hand-clock.ts'
import { createMemoryStore } from '../../test/doubles/stores/memory-store.ts'
import { silentLog } from '../../src/support/log.ts'
import type { LogFields } from '../../src/domain/storable.ts'
import { createBackupList, listBackups } from './backup-list.ts'
import { createChangeCopies } from './change-copies.ts'
import { createDailyBackups, copyEveryMs } from './daily.ts'
import type { LoggedChange } from './ports.ts'
import { copiedChanges } from './read-copies.ts'
import { roomData } from '../../test/doubles/stores/mapped-data.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

async function createLab(keptDays = 30) {
  const clock = createHandClock(Date.parse('2026-11-25T10:00:00Z'))
  const store = createMemoryStore(clock)
  const bench = await createBackupBench(clock, keptDays)
  const changeLog = createMemoryChangeLog(clock)
  const told: { event: string; fields: LogFields }[] = []
  const tell = (event: string, fields: LogFields = {}) => void told.push({ event, fields })
  const log = { ...silentLog, info: tell, warn: tell, error: tell }
  const newCopies = () =>
    createChangeCopies({ source: changeLog.source, folder: bench.folder, keys: bench.keys, version: '1', clock, log: silentLog })
  const copies = newCopies()
  const taken: string[] = []
  const daily = createDailyBackups({
    folder: bench.folder,
    take: () => bench.take(store),
    copies,
    keptDays,
    onTaken: async ({ name }) => void taken.push(name),
    clock,
    log,
  })
  const change = async (n: number) => {
    await store.write({ partition: 'space/1', sort: `r${n}`, kind: 'room', data: roomData(`secret words of it ${n}`) }, 'absent')
    await changeLog.drain(store)
  }
  const read = async (fromMs = 0, wholeUntilMs = Number.MAX_SAFE_INTEGER) => {
    const found: LoggedChange[] = []
    for await (const each of copiedChanges(bench.folder, bench.keys, { fromMs, wholeUntilMs })) found.push(each)
    return found.map(({ item }) => item.sort)
  }
  const names = async () => (await bench.folder.backups()).map(({ name }) => name)
  return { clock, store, bench, changeLog, newCopies, copies, daily, taken, told, change, read, names }
}

it('[BK12] takes one a day, makes up a missed day soon after a start, and says what it did in numbers only', async () => {
  const { clock, daily, taken, told, change, names } = await createLab()
  await change(1)
  await daily.look()
  expect(taken.length).toBe(1)
  clock.advance(dayMs - hourMs)
  await daily.look()
  expect(taken.length).toBe(1)
  clock.advance(hourMs)
  await daily.look()
  expect(taken.length).toBe(2)
  // The cloud was off for days.
  clock.advance(9 * dayMs)
  await Promise.all([daily.look(), daily.look()])
  expect(await names()).toEqual(taken)
  expect(taken.length).toBe(3)
  expect(told.filter(({ event }) => event === 'backup_made').map(({ fields }) => Object.keys(fields))).toEqual(
    Array.from({ length: 3 }, () => ['items', 'bytes']),
  )
  await daily.close()
})

it('[BK12] one that fails is told and tried again, and one that is over a day late is told louder', async () => {
  const { clock, store, daily, taken, told } = await createLab()
  await daily.look()
  clock.advance(27 * hourMs)
  store.fail(new Error('away'))
  await daily.look()
  expect(told.map(({ event }) => event)).toEqual(['backup_made', 'backup_failed', 'backup_late'])
  store.fail(undefined)
  await daily.look()
  expect(taken.length).toBe(2)
  await daily.close()
})

it('[BK13] deletes a backup after its days; the newest three stay longer where no newer ones come, and never beyond thirty days more', async () => {
  const { clock, bench, store, names } = await createLab(10)
  for (let n = 0; n < 14; n++) {
    await bench.take(store)
    clock.advance(dayMs)
  }
  const all = await names()
  expect(await bench.folder.prune(clock.nowMs(), 10)).toEqual(all.slice(0, 5))
  const list = () => createBackupList(async () => bench, 10).list()
  const [oldest, ...later] = await list()
  expect(oldest?.expiresAtMs).toBe((oldest?.takenAtMs ?? 0) + 10 * dayMs)
  expect(later.at(-1)?.expiresAtMs).toBe((later.at(-1)?.takenAtMs ?? 0) + 40 * dayMs)
  clock.advance(20 * dayMs)
  await bench.folder.prune(clock.nowMs(), 10)
  expect(await names()).toEqual(all.slice(-3))
  clock.advance(20 * dayMs)
  await bench.folder.prune(clock.nowMs(), 10)
  expect(await names()).toEqual([])
})

it('[BK14] copies changes, sealed, all the time and before a stop, and a new process goes on where the last one was', async () => {
  const { clock, bench, daily, copies, newCopies, change, read } = await createLab()
  daily.start()
  for (let n = 0; n < 10; n++) await change(n)
  clock.advance(copyEveryMs)
  await copies.copy()
  expect((await read()).length).toBe(10)
  await change(10)
  await daily.close()
  expect((await read()).length).toBe(11)
  const next = newCopies()
  await change(11)
  expect(await next.copy()).toBe(1)
  expect(await next.copy()).toBe(0)
  await next.close()
  expect(await read()).toEqual(Array.from({ length: 12 }, (_, n) => `r${n}`))
  const files = await bench.folder.copies()
  expect(files.length).toBe(2)
  for (const { path } of files) expect(readFileSync(path).includes('secret words')).toBe(false)
})

it('[BK14] a copy that is damaged, missing between others, or came after the log forgot changes is noticed', async () => {
  const { clock, bench, changeLog, newCopies, change, read } = await createLab()
  for (let file = 0; file < 3; file++) {
    const copies = newCopies()
    await change(file * 2)
    await copies.copy()
    await change(file * 2 + 1)
    await copies.copy()
    await copies.close()
    clock.advance(hourMs)
  }
  const [first, second] = await bench.folder.copies()
  const good = readFileSync(second?.path ?? '')
  const unusable = expect.objectContaining({ code: 'BACKUP_UNUSABLE' }) as Error
  const bad = Buffer.from(good)
  bad[good.length - 1] = (bad[good.length - 1] ?? 0) ^ 1
  writeFileSync(second?.path ?? '', bad)
  await expect(read()).rejects.toEqual(unusable)
  // The last copy of a file that is not the last one is gone: what follows does not join on.
  writeFileSync(second?.path ?? '', good.subarray(0, good.length - 20))
  await expect(read()).rejects.toMatchObject({ message: expect.stringContaining('are missing') as string })
  expect(await read(0, (first?.atMs ?? 0) + hourMs)).toContain('r1')
  writeFileSync(second?.path ?? '', good)
  expect((await read()).length).toBe(6)

  for (let n = 6; n < 9; n++) await change(n)
  changeLog.forget(8)
  const late = newCopies()
  await late.copy()
  await late.close()
  await expect(read()).rejects.toEqual(unusable)
})

it('[BK18] (F4) a copy of which not even the head came to the disk holds nothing and hides nothing', async () => {
  const { clock, bench, newCopies, change, read } = await createLab()
  for (let n = 0; n < 3; n++) {
    const copies = newCopies()
    await change(n)
    await copies.copy()
    await copies.close()
    clock.advance(hourMs)
  }
  const [first, second, third] = (await bench.folder.copies()).map(({ path, atMs }) => ({ path, atMs, bytes: readFileSync(path) }))
  const beside = (part: number, atMs: number) =>
    writeFileSync(bench.folder.pathOf(bench.folder.nameFor('changes', atMs)), (first?.bytes ?? Buffer.alloc(0)).subarray(0, part))
  for (const [n, part] of [0, 5, 21, 60].entries()) beside(part, (first?.atMs ?? 0) + 60_000 * (n + 1))
  beside(0, (third?.atMs ?? 0) + 60_000)
  expect(await read()).toEqual(['r0', 'r1', 'r2'])
  const next = newCopies()
  await change(3)
  expect(await next.copy()).toBe(1)
  await next.close()
  expect(await read()).toEqual(['r0', 'r1', 'r2', 'r3'])
  // One that held changes is missed all the same when it is emptied.
  writeFileSync(second?.path ?? '', '')
  await expect(read()).rejects.toMatchObject({ message: expect.stringContaining('are missing') as string })
})

it('[BK13] copies that no backup needs any more go, and what a crash left goes, too', async () => {
  const { clock, bench, store, newCopies, change, read } = await createLab()
  for (let day = 0; day < 12; day++) {
    await bench.take(store)
    const copies = newCopies()
    await change(day)
    await copies.copy()
    await copies.close()
    clock.advance(dayMs)
  }
  await bench.folder.prune(clock.nowMs(), 30)
  expect(await read(clock.nowMs() - 7 * dayMs)).toEqual(['r5', 'r6', 'r7', 'r8', 'r9', 'r10', 'r11'])
  expect((await bench.folder.copies()).length).toBeLessThan(12)
  expect(
    (await listBackups(bench.folder, bench.keys, { keptDays: 30, isThorough: true })).every(({ problem }) => problem === undefined),
  ).toBe(true)
  expect(existsSync(bench.folder.pathOf('backup.lock'))).toBe(false)
})
