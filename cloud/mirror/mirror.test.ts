import { expect, it, onTestFinished } from 'vitest'
import { createHandClock } from '../../test/doubles/hand-clock.ts'
import { createMemoryStore } from '../../test/doubles/stores/memory-store.ts'
import { startMirrorBench } from '../../test/doubles/benches/mirror-bench.ts'
import { systemClock } from '../../src/support/clock.ts'
import type { MirrorSink } from './ports.ts'
import { rowKey } from './rows/row-maker.ts'

const space = '7c9a4a52-5d0a-4c42-9d39-0f9ce5f7f9a1'
const person = '0b5c1f0e-6a7b-4c8d-9e0f-112233445566'
const roomKey = (n: number) => ({ partition: `space/${space}`, sort: `room/${n}` })
const room = (n: number, name = `Room ${n}`) =>
  ({ ...roomKey(n), kind: 'room', data: { name, isAllNodes: false, createdAtMs: 1_800_000_000_000, memberIds: [], rules: [] } }) as const

async function start() {
  const store = createMemoryStore(systemClock)
  const bench = await startMirrorBench(store, systemClock)
  return { store, ...bench }
}

it('[MI21] the first start brings in everything once, also what was settled before there was a mirror', async () => {
  const { store, open, differences } = await start()
  for (let n = 0; n < 40; n++) await store.write(room(n), 'absent')
  for (const change of await store.pending(30)) await store.settle(change, change.revision)
  await store.remove(roomKey(39), 1)
  const mirror = await open()
  onTestFinished(() => mirror.close())
  await mirror.caughtUp(60_000)
  expect(await differences()).toEqual([])
  expect(mirror.status()).toMatchObject({
    sink: 'duckdb',
    isReachable: true,
    waiting: 0,
    oldestWaitingSinceMs: null,
    deadLetters: 0,
    trouble: null,
  })
  expect(mirror.status().lastLoadedAtMs).not.toBeNull()
})

it('[MI21] a filling that dies goes on where it stopped, and what was deleted meanwhile is gone at its end', async () => {
  const { store, open, differences, setFault } = await start()
  for (let n = 0; n < 1_200; n++) await store.write(room(n), 'absent')
  let walks = 0
  setFault((call) => (call === 'everything' && ++walks === 3 ? 'before' : undefined))
  const first = await open()
  await expect(first.caughtUp(0)).rejects.toThrow()
  await first.close()
  await store.remove(roomKey(3), 1)
  await store.remove(roomKey(1_100), 1)
  walks = 3
  const second = await open()
  onTestFinished(() => second.close())
  await second.caughtUp(60_000)
  // Two pages were done before, the third and the rest after.
  expect(walks).toBeLessThanOrEqual(6)
  expect(await differences()).toEqual([])
})

it('[MI22] changes and deletions follow, also of what is removed and made anew under the same key', async () => {
  const { store, open, differences, ask } = await start()
  const mirror = await open()
  onTestFinished(() => mirror.close())
  await store.write(room(1), 'absent')
  await mirror.caughtUp(60_000)
  await store.write(room(1, 'Other'), 1)
  await store.remove(roomKey(1), 2)
  await mirror.caughtUp(60_000)
  expect(await ask('SELECT count(*)::VARCHAR FROM rooms')).toEqual([['0']])
  // The store counts from 1 again: the place in the log is what counts in the sink.
  expect(await store.write(room(1), 'absent')).toBe(1)
  await mirror.caughtUp(60_000)
  expect(await differences()).toEqual([])
  expect(await ask('SELECT item_revision::VARCHAR FROM rooms')).toEqual([['1']])
})

it('[MI22] (D6) what was missed because the log went past its seven days is found again, deletions too', async () => {
  const clock = createHandClock()
  const store = createMemoryStore(clock)
  const { open, differences, setFault } = await startMirrorBench(store, clock)
  await store.write(room(1), 'absent')
  await store.write(room(2), 'absent')
  const first = await open()
  await first.caughtUp(60_000)
  await store.remove(roomKey(1), 1)
  await store.write(room(3), 'absent')
  setFault((call) => (call === 'load' ? 'before' : undefined))
  await expect(first.caughtUp(0)).rejects.toMatchObject({ code: 'MIRROR_UNAVAILABLE' })
  expect(first.status()).toMatchObject({ isReachable: false, waiting: 2 })
  await first.close()
  clock.advance(9 * 86_400_000)
  setFault(undefined)
  const second = await open()
  onTestFinished(() => second.close())
  second.start()
  await store.write(room(4), 'absent')
  await expect.poll(() => second.caughtUp(60_000).then(differences)).toEqual([])
})

it('[MI23] (D6) rows that the sink refuses wait as letters without content, go with the next good change, and can be tried again or dropped', async () => {
  const { store, open, openSink, pseudonym, ask } = await start()
  const real = openSink()
  let isPicky = true
  const keyOf = (n: number) => rowKey(pseudonym, roomKey(n))
  const picky: MirrorSink = {
    ...real,
    async load({ batchId, rows }) {
      const bad = rows.filter((row) => isPicky && [1, 2, 3].map(keyOf).includes(row.key))
      await real.load({ batchId, rows: rows.filter((row) => !bad.includes(row)) })
      return { refused: bad.map(({ table, key, revision }) => ({ table, key, revision, reason: 'column-name' })) }
    },
  }
  const mirror = await open({ sink: picky })
  onTestFinished(() => mirror.close())
  for (let n = 1; n <= 5; n++) await store.write(room(n, 'Secret name'), 'absent')
  await mirror.caughtUp(60_000)
  expect(await ask('SELECT count(*)::VARCHAR FROM rooms')).toEqual([['2']])
  const letters = mirror.deadLetters()
  expect(letters.map(({ table, key, reason }) => [table, key, reason])).toEqual(
    expect.arrayContaining([1, 2, 3].map((n) => ['rooms', keyOf(n), 'column-name'])),
  )
  const { items } = await store.list('mirror', { prefix: 'dead/' })
  expect(items.length).toBe(3)
  expect(JSON.stringify(items)).not.toMatch(/Secret|7c9a4a52/)
  const letterOf = (n: number) => letters.find(({ key }) => key === keyOf(n))?.letterId ?? ''

  expect(await mirror.retry(letterOf(1))).toBe('refused')
  await mirror.drop(letterOf(2))
  expect(mirror.status().deadLetters).toBe(2)
  isPicky = false
  expect(await mirror.retry(letterOf(1))).toBe('loaded')
  await store.write(room(3), 1)
  await mirror.caughtUp(60_000)
  expect(mirror.status().deadLetters).toBe(0)
  expect(await ask('SELECT count(*)::VARCHAR FROM rooms')).toEqual([['4']])
  await expect(mirror.retry(letterOf(1))).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(mirror.drop('nothing')).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

it('[MI23] letters are there after a new start, and one whose item is gone goes with its row', async () => {
  const { store, open, openSink, pseudonym } = await start()
  const real = openSink()
  const refusing: MirrorSink = {
    ...real,
    async load({ batchId, rows }) {
      const bad = rows.filter(({ key }) => key === rowKey(pseudonym, roomKey(1)))
      await real.load({ batchId, rows: rows.filter((row) => !bad.includes(row)) })
      return { refused: bad.map(({ table, key, revision }) => ({ table, key, revision, reason: 'engine' })) }
    },
  }
  const first = await open({ sink: refusing })
  await store.write(room(1), 'absent')
  await store.write(room(2), 'absent')
  await first.caughtUp(60_000)
  await first.close()
  const second = await open()
  onTestFinished(() => second.close())
  await second.caughtUp(60_000)
  const [letter] = second.deadLetters()
  expect(letter).toMatchObject({ table: 'rooms', reason: 'engine' })
  await store.remove(roomKey(1), 1)
  expect(await second.retry(letter?.letterId ?? '')).toBe('loaded')
  expect(second.deadLetters()).toEqual([])
})

it('[MI32] (D4) a change that the sink refuses takes out what its row was before, so that nobody stays named by a row that nobody can mend', async () => {
  const { store, open, openSink, ask } = await start()
  const real = openSink()
  let isPicky = false
  const picky: MirrorSink = {
    ...real,
    async load({ batchId, rows }) {
      const bad = rows.filter((row) => isPicky && row.table === 'rosters' && !row.isDeleted)
      await real.load({ batchId, rows: rows.filter((row) => !bad.includes(row)) })
      return { refused: bad.map(({ table, key, revision }) => ({ table, key, revision, reason: 'engine' })) }
    },
  }
  const mirror = await open({ sink: picky })
  onTestFinished(() => mirror.close())
  const roster = (...personIds: readonly string[]) =>
    ({
      partition: `space/${space}`,
      sort: 'roster',
      kind: 'roster',
      data: {
        members: personIds.map((personId) => ({ memberId: personId, personId, role: 'admin' as const, sinceMs: 1_800_000_000_000 })),
      },
    }) as const
  await store.write(roster(person, 'other'), 'absent')
  await mirror.caughtUp(60_000)
  expect(await mirror.rowsAbout({ kind: 'person', id: person })).toEqual([{ table: 'rosters', rows: 1 }])
  isPicky = true
  await store.write(roster('other'), 1)
  await mirror.caughtUp(60_000)
  expect(await mirror.rowsAbout({ kind: 'person', id: person })).toEqual([])
  const [letter] = mirror.deadLetters()
  expect(letter).toMatchObject({ table: 'rosters', reason: 'engine' })
  isPicky = false
  expect(await mirror.retry(letter?.letterId ?? '')).toBe('loaded')
  expect(await ask('SELECT count(*)::VARCHAR FROM rosters')).toEqual([['1']])
  expect(mirror.deadLetters()).toEqual([])
})

it('[MI24] it tells how many rows name somebody, and after their deletion none', async () => {
  const { store, open } = await start()
  const mirror = await open()
  onTestFinished(() => mirror.close())
  await store.write(
    { partition: `person#${person}`, sort: 'person', kind: 'person', data: { email: 'ada@example.org', createdAtMs: 1_800_000_000_000 } },
    'absent',
  )
  const members = [{ memberId: person, personId: person, role: 'admin' as const, sinceMs: 1_800_000_000_000 }]
  await store.write({ partition: `space/${space}`, sort: 'roster', kind: 'roster', data: { members } }, 'absent')
  await store.write(room(1), 'absent')
  await mirror.caughtUp(60_000)
  expect(await mirror.rowsAbout({ kind: 'person', id: person })).toEqual([
    { table: 'people', rows: 1 },
    { table: 'rosters', rows: 1 },
  ])
  expect(await mirror.rowsAbout({ kind: 'space', id: space })).toEqual([
    { table: 'rosters', rows: 1 },
    { table: 'rooms', rows: 1 },
  ])
  expect(await mirror.rowsAbout({ kind: 'person', id: 'nobody' })).toEqual([])
  await store.remove({ partition: `person#${person}`, sort: 'person' }, 1)
  await store.write({ partition: `space/${space}`, sort: 'roster', kind: 'roster', data: { members: [] } }, 1)
  await mirror.caughtUp(60_000)
  expect(await mirror.rowsAbout({ kind: 'person', id: person })).toEqual([])
})

it('[MI25] (D6) while the sink is away changes wait and are counted; it is asked again by itself, ever more rarely, and everything arrives', async () => {
  const clock = createHandClock()
  const store = createMemoryStore(clock)
  const { open, differences, setFault } = await startMirrorBench(store, clock)
  const mirror = await open()
  await mirror.caughtUp(60_000)
  let loads = 0
  setFault((call) => (call === 'load' ? (loads++, 'before') : undefined))
  mirror.start()
  await store.write(room(1), 'absent')
  await expect
    .poll(() => {
      clock.advance(1_000)
      return mirror.status().isReachable
    })
    .toBe(false)
  expect(mirror.status()).toMatchObject({ waiting: 1, isReachable: false })
  const asked = loads
  for (let minutes = 0; minutes < 600; minutes++) {
    clock.advance(60_000)
    await new Promise(setImmediate)
  }
  expect(loads - asked).toBeLessThan(60)
  setFault(undefined)
  await expect
    .poll(async () => {
      clock.advance(60_000)
      return mirror.status().waiting
    })
    .toBe(0)
  expect(mirror.status()).toMatchObject({ isReachable: true, oldestWaitingSinceMs: null })
  await mirror.close()
  expect(await differences()).toEqual([])
})

it('[MI25] (D6) without a sink changes are noted all the same, and nothing waits', async () => {
  const clock = createHandClock()
  const store = createMemoryStore(clock)
  const { open } = await startMirrorBench(store, clock)
  const mirror = await open({ sink: undefined })
  onTestFinished(() => mirror.close())
  await store.write(room(1), 'absent')
  mirror.start()
  await expect
    .poll(() => {
      clock.advance(1_000)
      return store.pending(10)
    })
    .toEqual([])
  await mirror.caughtUp(0)
  expect([mirror.status(), await mirror.rowsAbout({ kind: 'space', id: space })]).toMatchObject([{ sink: 'off', waiting: 0 }, []])
})
