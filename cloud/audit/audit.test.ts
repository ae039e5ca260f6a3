import { expect, it } from 'vitest'
import { createCountingStore } from '../../test/doubles/stores/counting-store.ts'
import { createFailingStore } from '../../test/doubles/stores/failing-store.ts'
import { createHandClock } from '../../test/doubles/hand-clock.ts'
import { createMemoryStore } from '../../test/doubles/stores/memory-store.ts'
import { newUuid } from '../../test/doubles/agents/metadata-agents.ts'
import type { AuditEvent } from '../../src/domain/audit.ts'
import type { PersonId, SpaceId } from '../../src/domain/ids.ts'
import type { Storable } from '../../src/domain/storable.ts'
import { silentLog } from '../../src/support/log.ts'
import type { MetadataStore } from '../store/port.ts'
import { createAudit } from './audit.ts'
import { hashOf, type ChainEntry, type ChainId } from './chain-entry.ts'
import { auditKeys, entriesOf } from './chain-items.ts'
import { auditLimits } from './limits.ts'
import { verifyChain } from './verify-chain.ts'

const spaceId = newUuid<SpaceId>()
const personId = newUuid<PersonId>()

const event = (changes: Partial<AuditEvent> = {}): AuditEvent => ({
  action: 'room-created',
  spaceId,
  personId,
  via: 'cookie',
  subject: { kind: 'room', id: newUuid() },
  ...changes,
})

async function entriesIn(store: MetadataStore, chainId: ChainId = spaceId): Promise<readonly ChainEntry[]> {
  return (await store.list(auditKeys.entryPartition(chainId))).items.flatMap((item) => entriesOf(item))
}

function setUp() {
  const clock = createHandClock()
  const store = createMemoryStore(clock)
  const open = (of: MetadataStore = store) => createAudit({ store: of, clock, log: silentLog })
  return { clock, store, open, audit: open() }
}

it('[AU1] entries are numbered from 1 and each holds the hash of the one before', async () => {
  const { audit, store } = setUp()
  await audit.record(event())
  await audit.record(event({ action: 'room-deleted' }))
  const [first, second] = await entriesIn(store)
  expect(first).toMatchObject({ seq: 1, action: 'room-created', personId, prev: '0'.repeat(64) })
  expect(second).toMatchObject({ seq: 2, action: 'room-deleted', prev: first?.hash })
  expect(second?.hash).toBe(hashOf(spaceId, { ...second }))
  expect(await verifyChain(store, spaceId)).toEqual({ isWhole: true, length: 2, beginsAt: 1, brokenAt: null, reason: null })
})

it('[AU1] a space has a chain of its own, and what belongs to none is in the chain of the installation', async () => {
  const { audit, store } = setUp()
  await Promise.all([audit.record(event()), audit.record(event({ spaceId: undefined, action: 'sign-in' }))])
  expect(await entriesIn(store)).toHaveLength(1)
  expect(await entriesIn(store, 'installation')).toMatchObject([{ seq: 1, action: 'sign-in' }])
})

it('[AU2] fifty writers in two processes leave one whole chain with every event once', async () => {
  const { audit, open, store } = setUp()
  const other = open(store.open())
  const rooms = Array.from({ length: 50 }, () => newUuid())
  await Promise.all(rooms.map((id, n) => (n % 2 === 0 ? audit : other).record(event({ subject: { kind: 'room', id } }))))
  const kept = (await entriesIn(store)).map(({ subject }) => subject?.id)
  expect(kept).toHaveLength(50)
  expect(new Set(kept)).toEqual(new Set(rooms))
  expect(await verifyChain(store, spaceId)).toMatchObject({ isWhole: true, length: 50 })
})

it('[AU3] a crash at any write of an append leaves a whole chain, and the next append repairs the head', async () => {
  for (const [nth, when] of [
    [1, 'before'],
    [1, 'after'],
    [2, 'before'],
    [2, 'after'],
  ] as const) {
    const { store, open } = setUp()
    const failing = createFailingStore(store)
    await open(failing).record(event())
    failing.failAt(nth, when)
    await open(failing)
      .record(event({ action: 'room-changed' }))
      .catch(() => {})
    failing.heal()
    const stands = await entriesIn(store)
    expect(await verifyChain(store, spaceId)).toMatchObject({ isWhole: true, length: stands.length })
    await open(store).record(event({ action: 'room-deleted' }))
    expect(await verifyChain(store, spaceId)).toMatchObject({ isWhole: true, length: stands.length + 1 })
    expect((await store.read(auditKeys.head(spaceId)))?.data).toMatchObject({ seq: stands.length + 1 })
  }
})

it('[AU3] a store that refuses refuses the event, and nothing is lost of those before', async () => {
  const { store, audit } = setUp()
  await audit.record(event())
  store.fail(new Error('gone'))
  await expect(audit.record(event())).rejects.toThrow('gone')
  store.fail(undefined)
  await audit.record(event())
  expect(await verifyChain(store, spaceId)).toMatchObject({ isWhole: true, length: 2 })
})

it('[AU4] an append costs two writes, and appends that come together share them', async () => {
  const { store, open } = setUp()
  const counting = createCountingStore(store)
  const audit = open(counting)
  await audit.record(event())
  expect(counting.take().byKind).toEqual({ 'audit-entry': 1, 'audit-entry index': 1, 'audit-head': 1, 'audit-head index': 1 })
  await Promise.all(Array.from({ length: 40 }, () => audit.record(event())))
  const { byKind } = counting.take()
  expect(byKind['audit-head']).toBe(2)
  expect(await verifyChain(store, spaceId)).toMatchObject({ isWhole: true, length: 41 })
})

it('[AU5] refusals of one caller at one place within a minute are one entry, and then one with their number', async () => {
  const { audit, store, clock } = setUp()
  const refusal = event({ action: 'access-denied', subject: { kind: 'route', id: 'rooms.manage' }, details: { role: 'observer' } })
  for (let n = 0; n < 1_000; n++) await audit.record(refusal)
  await audit.record({ ...refusal, subject: { kind: 'route', id: 'people.invite' } })
  expect(await entriesIn(store)).toHaveLength(2)
  clock.advance(auditLimits.repeatMs)
  await audit.close()
  expect(await entriesIn(store)).toMatchObject([
    { details: { role: 'observer' } },
    { subject: { id: 'people.invite' } },
    { subject: { id: 'rooms.manage' }, details: { role: 'observer', repeats: 999 } },
  ])
})

it('[AU5] strangers that are refused in ever new ways fill no store', async () => {
  const { audit, store, clock } = setUp()
  const tries = auditLimits.repeatKeys * 4
  for (let n = 0; n < tries; n++)
    await audit.record(event({ action: 'sign-in-refused', personId: undefined, via: 'none', subject: { kind: 'person', id: `p${n}` } }))
  expect((await entriesIn(store)).length).toBeLessThanOrEqual(auditLimits.repeatKeys + 1)
  clock.advance(auditLimits.repeatMs)
  await audit.close()
  expect((await entriesIn(store)).at(-1)?.details).toEqual({ repeats: tries - auditLimits.repeatKeys - 1 })
})

it('[AU6] events that nobody waits for are written together within half a second, and at the latest at the close', async () => {
  const { audit, store, clock } = setUp()
  for (let n = 0; n < 30; n++) audit.recordSoon(event({ action: 'view-started' }))
  expect(await entriesIn(store)).toHaveLength(0)
  clock.advance(auditLimits.soonMs)
  audit.recordSoon(event({ action: 'view-stopped' }))
  await audit.close()
  expect(await entriesIn(store)).toHaveLength(31)
  expect((await store.list(auditKeys.entryPartition(spaceId))).items).toHaveLength(2)
})

it('[AU6] buffered events wait for a store that does not answer, and those that were too many are told', async () => {
  const { audit, store, clock } = setUp()
  store.fail(new Error('gone'))
  const over = 7
  for (let n = 0; n < auditLimits.soonEvents + over; n++) audit.recordSoon(event({ action: 'view-started' }))
  clock.advance(auditLimits.soonMs)
  store.fail(undefined)
  await audit.close()
  await audit.close()
  expect(await entriesIn(store, 'installation')).toMatchObject([{ action: 'events-lost', details: { count: over } }])
  expect(await verifyChain(store, spaceId)).toMatchObject({ isWhole: true, length: auditLimits.soonEvents })
})

it('[AU7] entries go after 400 days, the chain begins later then, and still proves', async () => {
  const { audit, store, clock } = setUp()
  for (let n = 0; n < 5; n++) await audit.record(event())
  clock.advance(auditLimits.keptMs - 1_000)
  await audit.record(event())
  expect(await audit.prune()).toBe(0)
  clock.advance(2_000)
  expect(await audit.prune()).toBe(5)
  expect(await verifyChain(store, spaceId)).toEqual({ isWhole: true, length: 1, beginsAt: 6, brokenAt: null, reason: null })
  await audit.record(event())
  expect(await verifyChain(store, spaceId)).toMatchObject({ isWhole: true, length: 2, beginsAt: 6 })
})

it('[AU7] a crash at any write of the pruning leaves a whole chain, and the next one takes the rest', async () => {
  for (let nth = 1; nth <= 5; nth++) {
    const { store, open, clock } = setUp()
    const audit = open()
    for (let n = 0; n < 5; n++) await audit.record(event())
    clock.advance(auditLimits.keptMs + 1)
    const failing = createFailingStore(store)
    failing.failAt(nth, 'after')
    await open(failing)
      .prune()
      .catch(() => {})
    expect(await verifyChain(store, spaceId)).toMatchObject({ isWhole: true })
    await open().prune()
    expect(await entriesIn(store)).toMatchObject([{ seq: 5 }])
  }
})

it('[AU8] an entry that was changed, taken away, added or put elsewhere is named by its number', async () => {
  const changed = async (change: (entries: ChainEntry[], write: (entries: readonly unknown[]) => Promise<void>) => Promise<void>) => {
    const { audit, store } = setUp()
    for (let n = 0; n < 5; n++) await audit.record(event())
    const key = auditKeys.entries(spaceId, 3)
    const item = await store.read(key)
    const write = async (entries: readonly unknown[]) => store.damage({ ...key, kind: 'audit-entry', data: { entries } as Storable })
    await change([...entriesOf(item)], write)
    return verifyChain(store, spaceId)
  }
  const third = (entries: readonly ChainEntry[]) => entries[0] ?? ({} as ChainEntry)
  expect(await changed((entries, write) => write([{ ...third(entries), action: 'room-deleted' }]))).toMatchObject({
    isWhole: false,
    brokenAt: 3,
    reason: 'changed',
  })
  const forged = (entry: ChainEntry) => ({ ...entry, action: 'room-deleted' })
  expect(
    await changed((entries, write) => write([{ ...forged(third(entries)), hash: hashOf(spaceId, { ...forged(third(entries)) }) }])),
  ).toMatchObject({ brokenAt: 4, reason: 'not-linked' })
  expect(await changed((entries, write) => write([...entries, third(entries)]))).toMatchObject({ brokenAt: 4, reason: 'changed' })
  expect(await changed((_entries, write) => write([]))).toMatchObject({ brokenAt: 3, reason: 'changed' })
  expect(await changed((_entries, write) => write([null]))).toMatchObject({ brokenAt: 3, reason: 'changed' })
})

it('[AU8] an end that was cut off is named, and so is a head that tells of another chain', async () => {
  const { audit, store } = setUp()
  for (let n = 0; n < 3; n++) await audit.record(event())
  await store.remove(auditKeys.entries(spaceId, 3), 1)
  expect(await verifyChain(store, spaceId)).toMatchObject({ isWhole: false, brokenAt: 3, reason: 'missing', length: 2 })
  const head = await store.read(auditKeys.head(spaceId))
  const data = { ...(head?.data as object), seq: 2, hash: 'f'.repeat(64) }
  store.damage({ ...auditKeys.head(spaceId), kind: 'audit-head', data })
  expect(await verifyChain(store, spaceId)).toMatchObject({ isWhole: false, brokenAt: 2, reason: 'head' })
})

it('[AU8] a head that was taken away is missed, and its chain is still found; only the first append may be without', async () => {
  const { audit, store } = setUp()
  await audit.record(event())
  const takeHead = async () => {
    const head = await store.read(auditKeys.head(spaceId))
    await store.remove(auditKeys.head(spaceId), head?.revision ?? 0)
  }
  await takeHead()
  expect(await verifyChain(store, spaceId)).toMatchObject({ isWhole: true, length: 1 })
  for (let n = 0; n < 2; n++) await audit.record(event())
  await takeHead()
  expect(await verifyChain(store, spaceId)).toEqual({ isWhole: false, length: 3, beginsAt: 1, brokenAt: 4, reason: 'head' })
  expect([await audit.chains(), await audit.everyChain()]).toEqual([[], [spaceId]])
})

it('[DM18] a word that is not declared does not get into the audit, and what is declared is one list', async () => {
  const { audit, store } = setUp()
  const details = { role: 'admin', email: 'ada@example.org', value: 42 } as AuditEvent['details'] & object
  await audit.record(event({ details }))
  expect((await entriesIn(store)).map((entry) => entry.details)).toEqual([{ role: 'admin' }])
})
