import { describe, expect, it, vi } from 'vitest'
import { boardWith, textTile } from '../../../test/doubles/benches/board-documents.ts'
import { createFailingStore, type FailingStore } from '../../../test/doubles/stores/failing-store.ts'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import { createMemoryStore } from '../../../test/doubles/stores/memory-store.ts'
import { claimAgent, nodeInfo, someContexts } from '../../../test/doubles/agents/metadata-agents.ts'
import { mappedItem } from '../../../test/doubles/stores/mapped-item.ts'
import { ownApi, startTenancy, type TenancyBench } from '../../../test/doubles/benches/tenancy-bench.ts'
import { silentLog } from '../../../src/support/log.ts'
import { listAll } from '../change-item.ts'
import { keys, spacePartition } from '../keys.ts'
import { metadataLimits } from '../limits.ts'
import { createSpaceRemoval } from './space-removal.ts'

/** A space of Ann's with something of every kind in it, and somebody invited who is in no other space. */
async function fullSpace(bench: TenancyBench) {
  const { metadata, tenancy, identity } = bench
  const ann = await identity.people.ensure('ann@example.com')
  const { spaceId } = await metadata.spaces.create({ name: 'Full', description: '', adminPersonId: ann.personId })
  const bob = await bench.member('bob@example.com', 'observer', spaceId)
  await tenancy.invitations.invite(spaceId, { email: 'new@example.com', role: 'observer', byPersonId: ann.personId })
  const room = await metadata.rooms.create(spaceId, { name: 'Room', description: '', memberId: bob.memberId })
  await metadata.boards.create(spaceId, room.roomId, { document: boardWith([textTile('t', { text: 'words' })], 'Board'), by: ann.personId })
  const { token } = await metadata.claimTokens.issue({ spaceId, roomIds: [], validForMs: 3_600_000, uses: 9 })
  const agent = await claimAgent(metadata, spaceId, { token, roomIds: [room.roomId] })
  await metadata.nodes.info(agent, agent.machineGuid, nodeInfo('web-1', { role: 'web' }))
  await metadata.contexts.snapshot(agent, agent.nodeId, someContexts(20))
  return { spaceId, token, agent, ann, bob }
}

const left = async (bench: TenancyBench, spaceId: Parameters<typeof spacePartition>[0]) =>
  (await listAll(bench.store, spacePartition(spaceId), '')).map(({ sort }) => sort)

/** Nothing of the space is left or reachable, and nobody else lost anything. */
async function expectGone(bench: TenancyBench, { spaceId, token, agent, ann, bob }: Awaited<ReturnType<typeof fullSpace>>) {
  const { metadata, identity, store } = bench
  expect(await left(bench, spaceId)).toEqual([])
  expect(await metadata.spaces.get(spaceId)).toBeUndefined()
  for (const { personId } of [ann, bob]) {
    expect(await metadata.roster.spacesOf(personId)).toEqual([])
    expect((await listAll(store, `person#${personId}`, 'membership')).length).toBe(0)
    expect(await identity.people.get(personId)).toBeDefined()
  }
  expect(await identity.people.find('new@example.com')).toBeUndefined()
  expect(await metadata.claims.find(agent.claimId)).toBeUndefined()
  await expect(claimAgent(metadata, spaceId, { token })).rejects.toMatchObject({ code: 'CLAIM_TOKEN_REFUSED' })
  expect(await metadata.spaces.get(bench.spaceId)).toMatchObject({ name: 'My space' })
  expect((await metadata.roster.list(bench.spaceId)).length).toBe(1)
  bench.clock.advance(metadataLimits.deletedSpaceWatchedMs)
  await bench.tenancy.sweep()
  await bench.erasures.settled()
  expect(await metadata.unfinished.list('')).toEqual([])
  expect(bench.forgotten).toEqual([spaceId])
}

it('[SP19] a space is deleted with everything in it once its name is typed, and links are cut', async () => {
  const bench = await startTenancy()
  const full = await fullSpace(bench)
  const path = `${ownApi}/spaces/${full.spaceId}/space`
  const annCookie = await bench.cookieOf(full.ann.personId)
  const remove = async (cookie: string, name: string) => (await bench.call('DELETE', path, { cookie, body: { name } })).status
  expect(await remove(annCookie, 'full')).toBe(422)
  expect(await remove(full.bob.cookie, 'Full')).toBe(403)
  expect(await remove(bench.ownerCookie, 'Full')).toBe(404)
  expect((await bench.call('GET', path, { cookie: full.bob.cookie })).status).toBe(200)
  expect(await remove(annCookie, 'Full')).toBe(202)
  expect((await bench.call('GET', path, { cookie: full.bob.cookie })).status).toBe(404)
  expect(bench.cut).toEqual([full.agent.nodeId])
  expect(bench.audited.at(-1)).toMatchObject({ action: 'space-deleted', spaceId: full.spaceId })
  await expectGone(bench, full)
})

describe('[SP20] a crash at any write of a deletion leaves what the next start finishes', () => {
  /** How many writes a deletion takes. */
  const count = async () => {
    let failing: FailingStore | undefined
    const bench = await startTenancy({ store: (clock) => (failing = createFailingStore(createMemoryStore(clock))) })
    const { spaceId } = await fullSpace(bench)
    const most = 10_000
    failing?.failAt(most, 'before')
    await bench.tenancy.spaceRemoval.remove(spaceId)
    return failing?.left() === undefined ? 0 : most - failing.left()
  }

  it('at each write, before and after it', { timeout: 60_000 }, async () => {
    const writes = await count()
    expect(writes).toBeGreaterThan(15)
    for (let nth = 1; nth <= writes; nth++)
      for (const when of ['before', 'after'] as const) {
        let failing: FailingStore | undefined
        const bench = await startTenancy({ store: (clock) => (failing = createFailingStore(createMemoryStore(clock))) })
        const full = await fullSpace(bench)
        failing?.failAt(nth, when)
        await expect(bench.tenancy.spaceRemoval.remove(full.spaceId)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
        expect(failing?.heal()).toBe(true)
        const isNoted = (await bench.metadata.unfinished.list('space/')).length === 1
        // The request itself is two writes, then comes the note of the work; before it nothing happened.
        expect(isNoted).toBe(nth > 3 || (nth === 3 && when === 'after'))
        if (isNoted) await bench.tenancy.sweep()
        else await bench.tenancy.spaceRemoval.remove(full.spaceId)
        await expectGone(bench, full)
      }
  })

  it('and from the closed roster on nobody is in it', async () => {
    const bench = await startTenancy()
    const full = await fullSpace(bench)
    await bench.metadata.roster.close(full.spaceId)
    expect(await bench.metadata.roster.list(full.spaceId)).toEqual([])
    expect(await bench.metadata.roster.spacesOf(full.ann.personId)).toEqual([])
    await expect(
      bench.metadata.roster.invite(full.spaceId, { personId: full.ann.personId, role: 'admin', byPersonId: full.ann.personId }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await bench.metadata.roster.begin(full.spaceId, full.ann.personId)
    expect(await bench.metadata.roster.list(full.spaceId)).toEqual([])
  })
})

it('[SP31] what landed behind a deletion is swept up for an hour, and then outside tools are forgotten', async () => {
  const bench = await startTenancy()
  const full = await fullSpace(bench)
  await bench.tenancy.spaceRemoval.remove(full.spaceId)
  const late = { name: 'Late', description: '', memberId: undefined }
  await expect(bench.metadata.rooms.create(full.spaceId, late)).rejects.toMatchObject({ code: 'ERASED' })
  // As by another process that has not heard of it yet.
  await bench.store.write(mappedItem(`space/${full.spaceId}`, 'room/late', 'room'), 'absent')
  expect(await left(bench, full.spaceId)).toHaveLength(1)
  await bench.tenancy.sweep()
  expect(bench.forgotten).toEqual([])
  await expectGone(bench, full)
})

it('[SP21] the first space can be deleted, is not made again, and the installation goes on', async () => {
  const bench = await startTenancy()
  const { metadata, spaceId, owner, ownerCookie: cookie } = bench
  expect((await bench.call('DELETE', `${ownApi}/space`, { cookie, body: { name: 'My space' } })).status).toBe(202)
  expect(await left(bench, spaceId)).toEqual([])
  expect(await metadata.spaces.installation()).toEqual({ spaceId: undefined, adminPersonId: owner.personId })
  await expect(metadata.spaces.ensureFirst({ name: 'Again', adminPersonId: owner.personId })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  expect(await left(bench, spaceId)).toEqual([])
  expect((await bench.call('GET', `${ownApi}/nodes`, { cookie })).status).toBe(404)
  expect((await bench.call('GET', `${ownApi}/me`, { cookie })).json).toMatchObject({ space: null, spaces: [] })
  const made = await bench.call('POST', `${ownApi}/spaces`, { cookie, body: { name: 'New' } })
  expect((await bench.call('GET', `${ownApi}/nodes`, { cookie })).status).toBe(200)
  expect((await bench.call('GET', `${ownApi}/me`, { cookie })).json).toMatchObject({
    space: { spaceId: (made.json as { spaceId: string }).spaceId },
  })
  expect(await metadata.spaces.installation()).toMatchObject({ spaceId: undefined })
})

it('[SP22] a deleted room takes its boards with it, also after a crash between them', async () => {
  for (const nth of [1, 2, 3, 4])
    for (const when of ['before', 'after'] as const) {
      const clock = createHandClock()
      const failing = createFailingStore(createMemoryStore(clock))
      const bench = await startTenancy({ store: () => failing })
      const { metadata, spaceId, owner } = bench
      const [room, other] = await Promise.all(
        ['Room', 'Other'].map((name) => metadata.rooms.create(spaceId, { name, description: '', memberId: undefined })),
      )
      if (room === undefined || other === undefined) throw new Error('no room')
      for (const { roomId } of [room, other])
        await metadata.boards.create(spaceId, roomId, { document: boardWith([], 'Board'), by: owner.personId })
      failing.failAt(nth, when)
      await metadata.roomRemoval.remove(spaceId, room.roomId).catch(() => undefined)
      failing.heal()
      await bench.tenancy.sweep()
      if ((await metadata.rooms.get(spaceId, room.roomId)) !== undefined) await metadata.roomRemoval.remove(spaceId, room.roomId)
      expect((await metadata.deleted.list(spaceId)).filter(({ kind }) => kind === 'board')).toHaveLength(1)
      expect((await metadata.boards.list(spaceId, other.roomId))?.boards).toHaveLength(1)
      expect(await metadata.unfinished.list('')).toEqual([])
    }
})

it('[SP23] a claim keeps the node in rooms that are there, and ignores those deleted since', async () => {
  const bench = await startTenancy()
  const { metadata, spaceId, ownerCookie: cookie } = bench
  const [kept, gone] = await Promise.all(
    ['Kept', 'Gone'].map((name) => metadata.rooms.create(spaceId, { name, description: '', memberId: undefined })),
  )
  if (kept === undefined || gone === undefined) throw new Error('no room')
  const agent = await claimAgent(metadata, spaceId, { roomIds: [kept.roomId, gone.roomId] })
  await metadata.roomRemoval.remove(spaceId, gone.roomId)
  expect((await bench.call('GET', `${ownApi}/nodes/${agent.nodeId}`, { cookie })).json).toMatchObject({ roomIds: [kept.roomId] })
  await bench.call('PUT', `${ownApi}/rooms/${kept.roomId}/nodes`, { cookie, body: { remove: [agent.nodeId] } })
  expect((await bench.store.read(keys.node(spaceId, agent.nodeId)))?.data).toMatchObject({ roomIds: [] })
})

it('[SP29] nobody waits longer than five seconds for a large space, which is unreachable from then on and emptied behind', async () => {
  const bench = await startTenancy()
  const full = await fullSpace(bench)
  const { metadata, clock } = bench
  let go = () => {}
  const held = new Promise<void>((resolve) => (go = resolve))
  const removal = createSpaceRemoval({
    ...metadata,
    store: bench.store,
    clock,
    log: silentLog,
    ports: {
      removeNode: async (spaceId, nodeId) => {
        await held
        await metadata.nodes.remove(spaceId, nodeId)
      },
      onClosed: () => {},
      endTokens: async (spaceId) => {
        await metadata.claimTokens.revokeAll(spaceId)
        // Everything before is done: now somebody has waited long enough.
        clock.advance(metadataLimits.deletionWaitedMs)
      },
      settle: (spaceId, { personId }) => bench.tenancy.invitations.settle(spaceId, personId),
      beginErasure: async () => ({ erasureId: 'erasure', token: 'token' }),
      noteErased: async () => {},
      rowsGone: async () => {},
      forgotten: async () => {},
    },
  })
  expect((await removal.remove(full.spaceId))?.members).toHaveLength(3)
  expect(await metadata.spaces.get(full.spaceId)).toBeUndefined()
  expect(await metadata.roster.spacesOf(full.ann.personId)).toEqual([])
  expect((await left(bench, full.spaceId)).length).toBeGreaterThan(3)
  go()
  await vi.waitFor(async () => expect(await left(bench, full.spaceId)).toEqual([]))
  await expectGone(bench, full)
})

it('[SP30] a space that a crash left half made is reached by nobody, and swept away', async () => {
  for (let nth = 1; nth <= 6; nth++)
    for (const when of ['before', 'after'] as const) {
      const failing = createFailingStore(createMemoryStore(createHandClock()))
      const bench = await startTenancy({ store: () => failing })
      const { metadata, owner, ownerCookie: cookie } = bench
      const wish = { name: 'Half', description: '', adminPersonId: owner.personId }
      failing.failAt(nth, when)
      await expect(metadata.spaces.create(wish)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
      failing.heal()
      const isWhole = (await metadata.roster.spacesOf(owner.personId)).length === 2
      // The roster is written fifth; after it only the note is left.
      expect(isWhole).toBe(nth > 5 || (nth === 5 && when === 'after'))
      const { spaces } = (await bench.call('GET', `${ownApi}/spaces`, { cookie })).json as { spaces: { spaceId: string }[] }
      expect(spaces).toHaveLength(isWhole ? 2 : 1)
      const noted = (await metadata.unfinished.list('new-space/')).map(
        ({ sort }) => sort.slice('new-space/'.length) as typeof bench.spaceId,
      )
      bench.clock.advance(metadataLimits.halfMadeSpaceMs)
      await bench.tenancy.sweep()
      if (!isWhole) for (const spaceId of noted) expect(await left(bench, spaceId)).toEqual([])
      expect((await listAll(failing, `person#${owner.personId}`, 'membership')).length).toBe(isWhole ? 2 : 1)
      expect(await metadata.unfinished.list('')).toEqual([])
      expect(await metadata.spaces.get((await metadata.spaces.create(wish)).spaceId)).toMatchObject({ name: 'Half' })
    }
})
