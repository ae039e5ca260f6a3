import { expect, it } from 'vitest'
import { createApiBench, roomId } from '../../../test/doubles/benches/api-bench.ts'
import type { Answer } from '../../../test/doubles/people/read-answer.ts'
import { memberIdOf, nodeId, spaceId } from '../../../test/doubles/benches/identity-bench.ts'
import { newUuid } from '../../../test/doubles/agents/metadata-agents.ts'
import type { AuditEvent } from '../../../src/domain/audit.ts'
import type { PersonId, RoomId } from '../../../src/domain/ids.ts'
import type { Role } from '../../../src/domain/model.ts'
import { hashOf } from '../../audit/chain-entry.ts'
import { auditKeys } from '../../audit/chain-items.ts'

const path = '/api/throughline/v1/audit'
interface Shown {
  readonly seq: number
  readonly action: string
  readonly by: { readonly email: string | null } | null
  readonly subject: { readonly name: string | null } | null
}
const pageOf = (answer: Answer) => answer.json as { events: readonly Shown[]; next: number | null }

async function setUp() {
  const bench = await createApiBench()
  const { audit, owner } = bench
  const event = (changes: Partial<AuditEvent>): AuditEvent => ({
    action: 'room-changed',
    spaceId,
    personId: owner.personId,
    via: 'cookie',
    subject: { kind: 'room', id: roomId },
    ...changes,
  })
  const record = async (...events: readonly Partial<AuditEvent>[]) => {
    for (const each of events) await audit.record(event(each))
  }
  const cookie = await bench.signedIn()
  return { ...bench, record, cookie }
}

it('[AU11] events come newest first, page by page, with the names of now and none of who is gone', async () => {
  const { call, cookie, record, owner } = await setUp()
  await record({}, { subject: { kind: 'node', id: nodeId } }, { personId: newUuid<PersonId>(), subject: { kind: 'board', id: newUuid() } })
  const first = pageOf(await call('GET', `${path}?limit=2`, { cookie }))
  expect(first).toMatchObject({
    events: [
      { seq: 3, by: { email: null }, subject: { name: null } },
      { seq: 2, by: { personId: owner.personId, email: owner.email }, subject: { name: 'web-1' } },
    ],
    next: 2,
  })
  expect(pageOf(await call('GET', `${path}?limit=2&before=${first.next}`, { cookie }))).toMatchObject({
    events: [{ seq: 1, subject: { name: 'Web servers' } }],
    next: null,
  })
})

it('[AU11] filters by action, person, node and time; anything else is refused', async () => {
  const { call, cookie, record, clock } = await setUp()
  const personId = newUuid<PersonId>()
  await record({ action: 'room-created' })
  clock.advance(60_000)
  const fromMs = clock.nowMs()
  await record({ personId }, { nodeId, action: 'function-run' })
  clock.advance(60_000)
  await record({ action: 'room-deleted' })
  const seqs = async (query: string) => pageOf(await call('GET', `${path}?${query}`, { cookie })).events.map(({ seq }) => seq)
  expect(await seqs('action=room-created')).toEqual([1])
  expect(await seqs(`personId=${personId}`)).toEqual([2])
  expect(await seqs(`nodeId=${nodeId.toUpperCase()}`)).toEqual([3])
  expect(await seqs(`fromMs=${fromMs}`)).toEqual([4, 3, 2])
  expect(await seqs(`fromMs=${fromMs}&toMs=${fromMs}`)).toEqual([3, 2])
  for (const bad of ['action=x', 'before=0', 'limit=201', 'fromMs=-1', 'personId=1', 'x=1', 'limit=1&limit=2'])
    expect([bad, (await call('GET', `${path}?${bad}`, { cookie })).status]).toEqual([bad, 422])
})

it('[AU11] a page of a long chain is found by time, and a rare event over many pages', async () => {
  const { call, cookie, record, clock, audit } = await setUp()
  const many = (count: number) => Promise.all(Array.from({ length: count }, () => record({})))
  await many(700)
  clock.advance(60_000)
  const atMs = clock.nowMs()
  await record({ action: 'room-created' })
  clock.advance(60_000)
  await many(900)
  expect(pageOf(await call('GET', `${path}?fromMs=${atMs}&toMs=${atMs}`, { cookie })).events.map(({ seq }) => seq)).toEqual([701])
  expect(pageOf(await call('GET', `${path}?action=room-created`, { cookie })).events).toHaveLength(1)
  expect(await audit.verify(spaceId)).toMatchObject({ isWhole: true, length: 1_601 })
})

it('[AU12] a troubleshooter sees what concerns them, their rooms and the nodes of these, and nothing else', async () => {
  const { call, record, asRole } = await withRoles()
  const { cookie, personId } = await asRole('troubleshooter', [roomId])
  const other = newUuid<RoomId>()
  await record(
    { action: 'room-created', subject: { kind: 'room', id: other }, roomIds: [other] },
    { action: 'room-changed' },
    { action: 'function-run', subject: { kind: 'function', id: 'top' }, nodeId },
    { action: 'member-role-changed', subject: { kind: 'person', id: personId } },
    { action: 'claim-token-created', subject: { kind: 'claim-token', id: 'x' } },
  )
  expect(pageOf(await call('GET', path, { cookie })).events.map(({ action }) => action)).toEqual([
    'member-role-changed',
    'function-run',
    'room-changed',
  ])
  const lines = (await call('GET', `${path}/export`, { cookie })).text.trim().split('\n')
  // The export itself is among what concerns them.
  expect(lines).toHaveLength(4)
  const observer = await asRole('observer', [])
  expect(pageOf(await call('GET', path, { cookie: observer.cookie })).events).toEqual([])
  expect((await call('GET', path, { cookie: (await asRole('billing', [])).cookie })).status).toBe(403)
})

it('[AU13] the export is JSON lines with which the chain can be proven elsewhere, and is audited itself', async () => {
  const { call, cookie, record } = await setUp()
  await record({}, { action: 'room-deleted', details: { role: 'admin' } })
  const answer = await call('GET', `${path}/export`, { cookie })
  expect(answer.headers['content-type']).toContain('application/x-ndjson')
  expect(answer.headers['content-disposition']).toBe('attachment; filename=throughline-audit.jsonl')
  const lines = answer.text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { chain: string; prev: string; hash: string })
  expect(lines).toHaveLength(3)
  let prev = '0'.repeat(64)
  for (const { chain, ...entry } of lines) {
    expect({ prev: entry.prev, hash: hashOf(chain, entry) }).toEqual({ prev, hash: entry.hash })
    prev = entry.hash
  }
  expect(lines.at(-1)).toMatchObject({ action: 'audit-exported' })
})

it('[AU13] the page can prove the chain, and is told which entry is broken', async () => {
  const { call, cookie, record, store } = await setUp()
  await record({}, {})
  expect((await call('GET', `${path}/verify`, { cookie })).json).toEqual({
    isWhole: true,
    length: 2,
    beginsAt: 1,
    brokenAt: null,
    reason: null,
  })
  const item = await store.read(auditKeys.entries(spaceId, 2))
  await store.write({ ...auditKeys.entries(spaceId, 2), kind: 'audit-entry', data: { entries: [] } }, item?.revision ?? 0)
  expect((await call('GET', `${path}/verify`, { cookie })).json).toMatchObject({ isWhole: false, brokenAt: 2 })
})

async function withRoles() {
  const bench = await setUp()
  const asRole = async (role: Role, roomIds: readonly RoomId[]) => {
    const { personId } = await bench.identity.people.ensure(`${role}@example.com`)
    bench.roles.set(personId, role)
    for (const each of roomIds) await bench.roomService.addMembers(spaceId, each, [memberIdOf(personId)])
    return { cookie: bench.cookieOf(await bench.signIn(personId)), personId }
  }
  return { ...bench, asRole }
}
