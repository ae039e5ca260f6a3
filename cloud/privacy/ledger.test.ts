import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { randomBytes, randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { contractStore, contractStoreNames } from '../../test/doubles/stores/contract-stores.ts'
import { createFailingStore } from '../../test/doubles/stores/failing-store.ts'
import { createHandClock } from '../../test/doubles/hand-clock.ts'
import { mappedItem } from '../../test/doubles/stores/mapped-item.ts'
import { createMemoryStore } from '../../test/doubles/stores/memory-store.ts'
import { silentLog } from '../../src/support/log.ts'
import type { KeySubject } from '../../src/domain/key-subject.ts'
import type { MetadataStore } from '../store/port.ts'
import { ledgerLookMs } from './ledger/ledger.ts'
import { clearIfOlder, ensureLedgerKey, guardWithLedger, ledgerKeyFile, openLedger, replayLedger } from './ledger.ts'
import { temporaryFolder } from '../../test/doubles/temporary-folder.ts'

const key = randomBytes(32)
const person = (id = randomUUID() as string): KeySubject => ({ kind: 'person', id })
const space = (id = randomUUID() as string): KeySubject => ({ kind: 'space', id })

async function bench(apart?: MetadataStore) {
  const clock = createHandClock()
  const store = createMemoryStore(clock)
  const ledger = await openLedger({ apart: apart ?? createMemoryStore(clock), key, clock, log: silentLog })
  return { clock, store, ledger, guarded: guardWithLedger(store, ledger) }
}

const all = async (store: MetadataStore) => {
  const found: string[] = []
  let after: { partition: string; sort: string } | undefined
  do {
    const page = await store.everything({ limit: 3, ...(after === undefined ? {} : { after }) })
    for (const { isDeleted, kind, partition, sort, data } of page.items)
      if (!isDeleted) found.push(JSON.stringify({ kind, partition, sort, data }))
    after = page.next
  } while (after !== undefined)
  return found.filter((text) => !text.includes('"erasures"'))
}

/** A copy of data in which two people and two spaces are, one of each erased later. */
async function fill(store: MetadataStore, gone: { personId: string; spaceId: string }, kept: { personId: string; spaceId: string }) {
  const put = (partition: string, sort: string, kind: Parameters<MetadataStore['write']>[0]['kind'], data: object) =>
    store.write(mappedItem(partition, sort, kind, data), 'absent')
  for (const { personId, spaceId } of [gone, kept]) {
    await put(`person#${personId}`, 'person', 'person', { email: 'x@example.com' })
    await put(`person#${personId}`, `sign-in#${randomUUID()}`, 'sign-in', {})
    await put(`person#${personId}`, `membership#${spaceId}`, 'membership', { sinceMs: 1 })
    await put(`person-email#${randomUUID()}`, 'person-email', 'person-email', { personId })
    await put(`identity#${randomUUID()}`, 'identity', 'identity', { personId, linkedAtMs: 1 })
    await put(`space/${spaceId}`, 'space', 'space', { name: 'S' })
    await put(`space/${spaceId}`, 'room/a', 'room', { name: 'R' })
    await put(`claim/${randomUUID()}`, 'claim', 'claim', { spaceId })
  }
  const members = [
    { memberId: randomUUID(), personId: gone.personId, role: 'admin', sinceMs: 1 },
    {
      memberId: randomUUID(),
      personId: kept.personId,
      role: 'admin',
      sinceMs: 1,
      invitation: { invitationId: randomUUID(), byPersonId: gone.personId, expiresAtMs: 1 },
    },
  ]
  await put(`space/${kept.spaceId}`, 'roster', 'roster', { members })
  await put(`space/${kept.spaceId}`, 'board/b', 'board', { name: 'Board', createdBy: gone.personId, changedBy: kept.personId })
  await put(`person#${kept.personId}`, `sign-in#${randomUUID()}`, 'sign-in', { spaceId: gone.spaceId })
  await put(`person#${kept.personId}`, `sign-in#${randomUUID()}`, 'sign-in', { onlySpaceId: gone.spaceId })
  await put(`person#${kept.personId}`, `membership#${gone.spaceId}`, 'membership', { sinceMs: 1 })
  await put(`audit/${gone.spaceId}`, gone.personId, 'audit-entry', {})
}

it('[ER1] (D4) keeps no id and no address, only a keyed hash, apart from the data, and noting again changes nothing', async () => {
  const clock = createHandClock()
  const apart = createMemoryStore(clock)
  const { ledger, store } = await bench(apart)
  const [ada, bob] = [person(), person()]
  await ledger.note(ada)
  const [first] = await ledger.entries()
  clock.advance(1_000)
  await ledger.note(ada)
  expect(await ledger.entries()).toEqual([first])
  expect([ledger.has(ada), ledger.has(bob), ledger.has({ kind: 'space', id: ada.id })]).toEqual([true, false, false])
  expect(JSON.stringify((await apart.everything()).items)).not.toContain(ada.id)
  expect((await store.everything()).items).toEqual([])
  const otherKey = await openLedger({ apart: createMemoryStore(clock), key: randomBytes(32), clock, log: silentLog })
  expect(otherKey.hashOf(ada)).not.toBe(ledger.hashOf(ada))
})

it('[ER1] (D4) other processes know within seconds, this one at once, and a restart knows all', async () => {
  const clock = createHandClock()
  const apart = createMemoryStore(clock)
  const [mine, other] = [
    await openLedger({ apart, key, clock, log: silentLog }),
    await openLedger({ apart: apart.open(), key, clock, log: silentLog }),
  ]
  const ada = person()
  await mine.note(ada)
  expect([mine.has(ada), other.has(ada)]).toEqual([true, false])
  clock.advance(ledgerLookMs)
  await other.look()
  expect(other.has(ada)).toBe(true)
  expect((await openLedger({ apart, key, clock, log: silentLog })).has(ada)).toBe(true)
})

it.each(['before', 'after'] as const)('[ER1] (D4) is whole again when it is noted again after a crash %s any write', async (when) => {
  for (const nth of [1, 2]) {
    const clock = createHandClock()
    const apart = createMemoryStore(clock)
    const failing = createFailingStore(apart)
    const ledger = await openLedger({ apart: failing, key, clock, log: silentLog })
    const ada = person()
    failing.failAt(nth, when)
    await expect(ledger.note(ada)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    const after = await openLedger({ apart: apart.open(), key, clock, log: silentLog })
    await after.note(ada)
    const reader = await openLedger({ apart: apart.open(), key, clock, log: silentLog })
    expect([after.count(), reader.has(ada)]).toEqual([1, true])
  }
})

it('[ER2] the key lies in the folder of keys, for its owner alone, and another or a damaged one stops the start', async () => {
  const folder = temporaryFolder()
  const made = ensureLedgerKey(folder)
  expect(Buffer.from(ensureLedgerKey(folder))).toEqual(Buffer.from(made))
  expect(statSync(ledgerKeyFile(folder)).mode & 0o777).toBe(0o600)
  const clock = createHandClock()
  const apart = createMemoryStore(clock)
  await (await openLedger({ apart, key: made, clock, log: silentLog })).note(person())
  await expect(openLedger({ apart, key: randomBytes(32), clock, log: silentLog })).rejects.toMatchObject({ code: 'DATA_FOLDER_UNUSABLE' })
  const text = readFileSync(ledgerKeyFile(folder), 'utf8')
  writeFileSync(ledgerKeyFile(folder), text.slice(1))
  expect(() => ensureLedgerKey(folder)).toThrow(/key of erasures/)
})

it('[ER3] (D4) refuses every write that brings somebody erased back: by its key, by a field, by a part of a key', async () => {
  const { ledger, guarded, store } = await bench()
  const [ada, lab, bob] = [person(), space(), person()]
  await guarded.write(mappedItem(`person#${ada.id}`, 'person', 'person'), 'absent')
  await ledger.note(ada)
  await ledger.note(lab)
  const member = { memberId: randomUUID(), personId: ada.id, role: 'admin', sinceMs: 1 }
  const refused = [
    mappedItem(`person#${ada.id}`, 'sign-in#1', 'sign-in'),
    mappedItem('person-email#abc', 'person-email', 'person-email', { personId: ada.id }),
    mappedItem(`space/${lab.id}`, 'node/x', 'node'),
    mappedItem(`person#${bob.id}`, `membership#${lab.id}`, 'membership'),
    mappedItem('space/x', 'roster', 'roster', { members: [member] }),
    mappedItem('space/x', 'board/x', 'board', { createdBy: ada.id }),
  ]
  for (const item of refused) await expect(guarded.write(item, 'absent')).rejects.toMatchObject({ code: 'ERASED' })
  expect((await store.everything()).items).toHaveLength(1)
  expect(await guarded.write(mappedItem(`person#${bob.id}`, 'person', 'person'), 'absent')).toBe(1)
  // The audit proves by ids, and the work of the erasure itself has to be noted.
  for (const kind of ['audit-entry', 'unfinished'] as const)
    expect(await guarded.write(mappedItem(kind, ada.id, kind, {}), 'absent')).toBe(1)
})

it('[ER3] (D4) lets an item that names them already be changed until the name is out, and no other', async () => {
  const { ledger, guarded } = await bench()
  const ada = person()
  const board = (named: object) => mappedItem('space/x', 'board/x', 'board', named)
  await guarded.write(board({ createdBy: ada.id }), 'absent')
  await guarded.write(mappedItem('space/x', 'board/y', 'board'), 'absent')
  await ledger.note(ada)
  expect(await guarded.write(board({ createdBy: ada.id, name: 'Two' }), 1)).toBe(2)
  expect(await guarded.write(board({ createdBy: ada.id }), 1)).toBeUndefined()
  const naming = mappedItem('space/x', 'board/y', 'board', { changedBy: ada.id })
  await expect(guarded.write(naming, 1)).rejects.toMatchObject({ code: 'ERASED' })
})

describe.each(contractStoreNames)('on %s', (name) => {
  it('[ER4] (D4) a copy from before is cleared of everybody in the ledger, others keep what is theirs, and a repeat changes nothing', async () => {
    const clock = createHandClock()
    const store = (await contractStore(name, clock))()
    const { ledger } = await bench()
    const gone = { personId: randomUUID() as string, spaceId: randomUUID() as string }
    const kept = { personId: randomUUID() as string, spaceId: randomUUID() as string }
    await fill(store, gone, kept)
    const before = (await all(store)).length
    await ledger.note(person(gone.personId))
    await ledger.note(space(gone.spaceId))
    const counts = await replayLedger(store, ledger)
    expect(counts).toEqual({ looked: before, erased: 10, unnamed: 3 })
    const left = await all(store)
    const named = left.filter((text) => text.includes(gone.personId) || text.includes(gone.spaceId))
    expect(named.map((text) => (JSON.parse(text) as { kind: string }).kind)).toEqual(['audit-entry'])
    const roster = await store.read({ partition: `space/${kept.spaceId}`, sort: 'roster' })
    expect(roster?.data).toMatchObject({ members: [{ personId: kept.personId, role: 'admin' }] })
    expect((await store.read({ partition: `space/${kept.spaceId}`, sort: 'board/b' }))?.data).toMatchObject({
      name: 'Board',
      changedBy: kept.personId,
    })
    expect(left.filter((text) => text.includes(kept.personId)).length).toBeGreaterThan(5)
    const again = await replayLedger(store, ledger)
    expect([again.erased, again.unnamed]).toEqual([0, 0])
    expect(await all(store)).toEqual(left)
  })
})

it.each(['before', 'after'] as const)('[ER4] (D4) is finished by the next run when killed %s any write', async (when) => {
  const gone = { personId: randomUUID() as string, spaceId: randomUUID() as string }
  const kept = { personId: randomUUID() as string, spaceId: randomUUID() as string }
  let runs = 0
  for (let nth = 1; ; nth++) {
    const { ledger, clock } = await bench()
    const rows: NonNullable<Parameters<typeof createMemoryStore>[1]> = new Map()
    const store = createMemoryStore(clock, rows)
    const failing = createFailingStore(store)
    await fill(store, gone, kept)
    await ledger.note(person(gone.personId))
    await ledger.note(space(gone.spaceId))
    failing.failAt(nth, when)
    const broke = await replayLedger(failing, ledger).then(
      () => false,
      () => true,
    )
    await replayLedger(store, ledger)
    const named = (await all(store)).filter((text) => text.includes(gone.personId) || text.includes(gone.spaceId))
    expect(named).toHaveLength(1)
    runs = nth
    if (!broke) break
  }
  expect(runs).toBeGreaterThan(12)
})

it('[ER5] (D4) a start clears only data that is older than the ledger, and can go on from where it stopped', async () => {
  const { ledger, store } = await bench()
  const gone = { personId: randomUUID() as string, spaceId: randomUUID() as string }
  await fill(store, gone, { personId: randomUUID(), spaceId: randomUUID() })
  expect(await clearIfOlder(store, ledger)).toBeUndefined()
  await ledger.note(person(gone.personId))
  expect((await clearIfOlder(store, ledger))?.erased).toBe(5)
  expect(await clearIfOlder(store, ledger)).toBeUndefined()
  await ledger.note(space(gone.spaceId))
  const stops: { partition: string; sort: string }[] = []
  await replayLedger(store, ledger, { onProgress: ({ after }) => void (after !== undefined && stops.push(after)) })
  expect(stops.length).toBeGreaterThan(0)
  const [last] = stops.slice(-1)
  expect(await replayLedger(store, ledger, last === undefined ? {} : { from: last })).toMatchObject({ looked: 0 })
})
