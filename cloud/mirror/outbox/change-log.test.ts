import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import { silentLog as log } from '../../../src/support/log.ts'
import type { PendingChange } from '../../store/port.ts'
import { openChangeLog } from './change-log.ts'
import { createLogReader } from './log-reader.ts'
import { logStart } from './segments.ts'

const clockAt = () => createHandClock()
async function folderOf(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-outbox-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }))
  return join(folder, 'outbox')
}
const change = (sort: string, revision = 1, more: Partial<PendingChange> = {}): PendingChange => ({
  partition: 'space/1',
  sort,
  kind: 'room',
  revision,
  data: { name: `line\n${sort}` },
  isDeleted: false,
  ...more,
})
const segmentsOf = async (folder: string) => (await readdir(folder)).filter((name) => name.endsWith('.log')).sort()

it('[MI1] (D6) what is noted is read back as it lay at rest, blob and tombstone included, in a file of its owner', async () => {
  const folder = await folderOf()
  const changeLog = await openChangeLog({ folder, clock: clockAt(), log })
  const changes = [change('a', 3, { blob: Uint8Array.from([0, 10, 255]), expiresAtMs: 5 }), change('b', 2, { data: null, isDeleted: true })]
  await changeLog.append(changes)
  const { entries, isEnd, isGap, damaged, next } = await createLogReader(folder).readFrom(logStart)
  expect(entries.map((entry) => entry.change)).toEqual(changes)
  expect({ isEnd, isGap, damaged, next }).toEqual({ isEnd: true, isGap: false, damaged: 0, next: await changeLog.end() })
  const [name = ''] = await segmentsOf(folder)
  expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600)
  await changeLog.close()
})

it('[MI3] a reader goes on from its position through segments of an hour or 16 MB', async () => {
  const folder = await folderOf()
  const clock = clockAt()
  const changeLog = await openChangeLog({ folder, clock, log })
  await changeLog.append([change('a')])
  const after = await changeLog.end()
  clock.advance(3_600_000)
  await changeLog.append([change('b')])
  const blob = new Uint8Array(300 * 1024)
  for (let n = 0; n < 60; n++) await changeLog.append([change(`big${n}`, 1, { blob })])
  expect((await segmentsOf(folder)).length).toBe(3)
  const seen: string[] = []
  for (let position = after; ;) {
    const page = await changeLog.readFrom(position, { bytes: 1_000_000 })
    seen.push(...page.entries.map((entry) => entry.change.sort))
    position = page.next
    if (page.isEnd) break
  }
  expect(seen).toEqual(['b', ...Array.from({ length: 60 }, (_, n) => `big${n}`)])
  expect((await changeLog.readFrom(await changeLog.end())).entries).toEqual([])
  await changeLog.close()
})

it('[MI3] (D6) what is older than seven days goes, and only a reader that missed it is told', async () => {
  const folder = await folderOf()
  const clock = clockAt()
  const changeLog = await openChangeLog({ folder, clock, log })
  await changeLog.append([change('a')])
  const atEndOfA = await changeLog.end()
  clock.advance(6.9 * 86_400_000)
  await changeLog.append([change('b')])
  await changeLog.prune()
  expect((await changeLog.readFrom(logStart)).entries.length).toBe(2)
  clock.advance(0.2 * 86_400_000)
  await changeLog.prune()
  expect(await changeLog.readFrom(logStart)).toMatchObject({ isGap: true, entries: [{ change: { sort: 'b' } }] })
  expect(await changeLog.readFrom(atEndOfA)).toMatchObject({ isGap: false, entries: [{ change: { sort: 'b' } }] })
  clock.advance(8 * 86_400_000)
  const atEndOfB = await changeLog.end()
  await changeLog.prune()
  expect(await segmentsOf(folder)).toEqual([])
  expect(await changeLog.readFrom(atEndOfB)).toMatchObject({ isGap: false, isEnd: true })
  expect(await changeLog.readFrom(atEndOfA)).toMatchObject({ isGap: true, isEnd: true })
  await changeLog.append([change('c')])
  expect(await changeLog.readFrom(atEndOfB)).toMatchObject({ isGap: false, entries: [{ change: { sort: 'c' } }] })
  await changeLog.close()
})

it('[MI3] a position of another log is a gap', async () => {
  const folder = await folderOf()
  const clock = clockAt()
  const first = await openChangeLog({ folder, clock, log })
  await first.append([change('a')])
  const position = await first.end()
  await first.close()
  await rm(folder, { recursive: true, maxRetries: 10 })
  clock.advance(1_000)
  const second = await openChangeLog({ folder, clock, log })
  await second.append([change('b')])
  expect(await second.readFrom(position)).toMatchObject({ isGap: true, entries: [{ change: { sort: 'b' } }] })
  await second.close()
})

it('[MI4] a torn tail is cut at the next start, wherever it was torn, and the order goes on', async () => {
  const whole = await folderOf()
  const clock = clockAt()
  const first = await openChangeLog({ folder: whole, clock, log })
  await first.append([change('a')])
  const keptBytes = Number((await first.end()).split(':')[1])
  await first.append([change('b')])
  await first.close()
  const [name = ''] = await segmentsOf(whole)
  const bytes = await readFile(join(whole, name))
  for (let cut = keptBytes + 1; cut < bytes.length; cut += 7) {
    const folder = await folderOf()
    await (await openChangeLog({ folder, clock, log })).close()
    await writeFile(join(folder, name), bytes.subarray(0, cut))
    const again = await openChangeLog({ folder, clock, log })
    await again.append([change('c', 2)])
    const { entries, damaged } = await again.readFrom(logStart)
    expect({ cut, sorts: entries.map((entry) => entry.change.sort), damaged }).toEqual({ cut, sorts: ['a', 'c'], damaged: 0 })
    const [a = 0, c = 0] = entries.map((entry) => entry.order)
    expect(c).toBeGreaterThan(a)
    await again.close()
  }
})

it('[MI4] a damaged line is passed over and counted', async () => {
  const folder = await folderOf()
  const changeLog = await openChangeLog({ folder, clock: clockAt(), log })
  await changeLog.append([change('a'), change('b'), change('c')])
  const [name = ''] = await segmentsOf(folder)
  const bytes = await readFile(join(folder, name))
  bytes[bytes.indexOf('line\\nb')] = 0x58
  await writeFile(join(folder, name), bytes)
  const { entries, damaged } = await changeLog.readFrom(logStart)
  expect({ sorts: entries.map((entry) => entry.change.sort), damaged }).toEqual({ sorts: ['a', 'c'], damaged: 1 })
  await truncate(join(folder, name), bytes.length - 3)
  expect((await changeLog.readFrom(logStart)).entries.map((entry) => entry.change.sort)).toEqual(['a'])
  await changeLog.close()
})

it('[MI2] the order grows when the clock is set back and when the log was lost', async () => {
  const folder = await folderOf()
  const late = createHandClock(1_800_000_000_000)
  const first = await openChangeLog({ folder, clock: late, log })
  await first.append([change('a')])
  await first.close()
  const early = createHandClock(1_700_000_000_000)
  const second = await openChangeLog({ folder, clock: early, log })
  await second.append([change('b')])
  const orders = (await second.readFrom(logStart)).entries.map((entry) => entry.order)
  expect(orders).toEqual([1_800_000_000_000_000, 1_800_000_000_000_001])
  await second.close()
})
