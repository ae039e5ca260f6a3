import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import { createMemoryStore } from '../../../test/doubles/stores/memory-store.ts'
import { silentLog as log } from '../../../src/support/log.ts'
import { dataMap } from '../../store/data-map/data-map.ts'
import type { ItemKind } from '../../store/kinds.ts'
import { openChangeLog } from './change-log.ts'
import { createDrain } from './drain.ts'
import { diskFiles, type LogFiles } from './log-files.ts'
import { logStart } from './segments.ts'
import { roomData } from '../../../test/doubles/stores/mapped-data.ts'

/** A disk that a test fills up, or that dies at the nth call, before or after its effect. */
function createDisk() {
  let failure: { left: number; when: 'before' | 'after'; code: string } | undefined
  const through = async <T>(work: () => Promise<T>): Promise<T> => {
    if (failure !== undefined) failure.left--
    const isNow = failure !== undefined && failure.left <= 0
    const refuse = () => Object.assign(new Error('the disk refuses'), { code: failure?.code })
    if (isNow && failure?.when === 'before') throw refuse()
    const answer = await work()
    if (isNow) throw refuse()
    return answer
  }
  const files: LogFiles = {
    ...diskFiles,
    create: (path) =>
      through(async () => {
        const file = await diskFiles.create(path)
        return (
          file && {
            // A write that fails may have left a part of itself.
            append: (bytes) => through(() => file.append(failure?.when === 'before' && failure.left <= 1 ? bytes.subarray(0, 20) : bytes)),
            sync: () => through(() => file.sync()),
            close: () => file.close(),
          }
        )
      }),
    syncFolder: (folder) => through(() => diskFiles.syncFolder(folder)),
  }
  return {
    files,
    failAt: (left: number, when: 'before' | 'after', code = 'EIO') => void (failure = { left, when, code }),
    heal() {
      const hasFailed = failure !== undefined && failure.left <= 0
      failure = undefined
      return hasFailed
    },
  }
}

async function startDrain() {
  const root = await mkdtemp(join(tmpdir(), 'throughline-drain-'))
  onTestFinished(() => rm(root, { recursive: true, force: true, maxRetries: 10 }))
  const clock = createHandClock()
  const store = createMemoryStore(clock)
  const disk = createDisk()
  const changeLog = await openChangeLog({ folder: join(root, 'outbox'), clock, log, files: disk.files })
  onTestFinished(() => changeLog.close())
  const drain = createDrain({ store, changeLog, clock, log })
  const write = (sort: string, n: number, condition: 'absent' | number = 'absent') =>
    store.write({ partition: 'space/1', sort, kind: 'room', data: roomData('Room', n) }, condition)
  const noted = async () =>
    (await changeLog.readFrom(logStart)).entries.map(
      ({ change: { sort, revision, isDeleted } }) => `${sort}${revision}${isDeleted ? 'x' : ''}`,
    )
  return { clock, store, disk, changeLog, drain, write, noted }
}

it('[MI1] (D6) changes are noted and then settled; what is pending no more is not noted again', async () => {
  const { store, drain, write, noted } = await startDrain()
  await write('a', 1)
  await write('b', 1)
  expect(await drain.run()).toBe(2)
  await store.remove({ partition: 'space/1', sort: 'a' }, 1)
  expect([await drain.run(), await drain.run()]).toEqual([1, 0])
  expect([await noted(), await store.pending(10)]).toEqual([['a1', 'b1', 'a2x'], []])
})

it('[MI2] (D6) wherever the disk or the store dies, every change is noted at least once and in order, also of what is made anew', async () => {
  for (const when of ['before', 'after'] as const) {
    for (let nth = 1; ; nth++) {
      const { store, disk, drain, write, noted, changeLog } = await startDrain()
      await write('a', 1)
      disk.failAt(nth, when)
      const died = await drain.run().then(
        () => false,
        () => true,
      )
      const hasFailed = disk.heal()
      expect(died).toBe(hasFailed)
      if (died) expect((await store.pending(10)).length).toBe(1)
      await drain.run()
      await store.remove({ partition: 'space/1', sort: 'a' }, 1)
      await drain.run()
      expect(await write('a', 2)).toBe(1)
      await drain.run()
      expect({ nth, when, noted: [...new Set(await noted())] }).toEqual({ nth, when, noted: ['a1', 'a2x'] })
      const { entries } = await changeLog.readFrom(logStart)
      expect(entries.at(-1)?.change).toMatchObject({ revision: 1, data: { createdAtMs: 2 } })
      expect(entries.every(({ order }, at) => order > (entries[at - 1]?.order ?? 0))).toBe(true)
      if (!hasFailed) break
    }
  }
})

it('[MI2] a store that dies between two settles notes the rest again', async () => {
  const { store, drain, write, noted } = await startDrain()
  for (const sort of ['a', 'b', 'c']) await write(sort, 1)
  let left = 1
  const dying = createDrain({
    store: { ...store, settle: (key, revision) => (left-- > 0 ? store.settle(key, revision) : Promise.reject(new Error('gone'))) },
    changeLog: (await startDrain()).changeLog,
    clock: createHandClock(),
    log,
  })
  await expect(dying.run()).rejects.toThrow('gone')
  expect(dying.state().trouble).toBe('store')
  await drain.run()
  expect(await noted()).toEqual(['b1', 'c1'])
})

it('[MI5] on a full disk changes stay pending, it says so, and it goes on by itself', async () => {
  const { clock, store, disk, drain, write, noted } = await startDrain()
  disk.failAt(1, 'before', 'ENOSPC')
  await write('a', 1)
  drain.start()
  clock.advance(1_000)
  await expect.poll(() => drain.state().trouble).toBe('disk-full')
  expect((await store.pending(10)).length).toBe(1)
  await write('b', 1)
  disk.heal()
  await expect
    .poll(() => {
      clock.advance(30_000)
      return drain.state().trouble
    })
    .toBe(null)
  expect([...new Set(await noted())]).toEqual(['a1', 'b1'])
  await drain.close()
})

it('[MI6] what a restored backup must not lose by a day is logged; caches and sessions are not, and everything mirrored is', () => {
  const isLogged = (kind: ItemKind) => dataMap[kind].logged
  const needed: ItemKind[] = ['person-email', 'identity', 'person-identity', 'passkey', 'sign-in-provider', 'api-token', 'membership']
  const also: ItemKind[] = ['channel', 'claim-token', 'claim-tokens', 'machine-guid', 'ban', 'audit-entry', 'audit-head', 'push-target']
  expect([...needed, ...also].filter((kind) => !isLogged(kind))).toEqual([])
  const never: ItemKind[] = ['feed-event', 'node-tale', 'told-alerts', 'reach-state', 'message', 'sign-in', 'sign-in-flow', 'sign-in-link']
  expect([...never, 'seal-key' as const, 'erasure' as const].filter(isLogged)).toEqual([])
  expect((Object.keys(dataMap) as ItemKind[]).filter((kind) => dataMap[kind].mirrored && !isLogged(kind))).toEqual([])
})
