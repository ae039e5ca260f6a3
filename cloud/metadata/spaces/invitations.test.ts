import { expect, it } from 'vitest'
import { createFailingStore } from '../../../test/doubles/stores/failing-store.ts'
import { createMemoryStore, type MemoryStore } from '../../../test/doubles/stores/memory-store.ts'
import { startTenancy } from '../../../test/doubles/benches/tenancy-bench.ts'
import { newUuid } from '../../../test/doubles/agents/metadata-agents.ts'
import type { SpaceId } from '../../../src/domain/ids.ts'
import type { Clock } from '../../../src/support/clock.ts'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import { keys } from '../keys.ts'
import { metadataLimits } from '../limits.ts'

const email = 'new@example.com'

it('[SP24] who was only invited is forgotten when the invitation is taken back or over', async () => {
  for (const how of ['taken back', 'over'] as const) {
    const bench = await startTenancy()
    const { tenancy, spaceId, owner, identity, metadata, clock } = bench
    const invited = await tenancy.invitations.invite(spaceId, { email, role: 'observer', byPersonId: owner.personId })
    if (how === 'taken back') await tenancy.invitations.remove(spaceId, [invited.memberId])
    else clock.advance(metadataLimits.invitationMs)
    await tenancy.sweep()
    expect(await identity.people.find(email)).toBeUndefined()
    expect(await identity.people.get(invited.personId)).toBeUndefined()
    expect(await metadata.roster.list(spaceId)).toHaveLength(1)
    expect(await bench.store.list(`person#${invited.personId}`)).toMatchObject({ items: [] })
    expect(await metadata.unfinished.list('')).toEqual([])
    const again = await tenancy.invitations.invite(spaceId, { email, role: 'observer', byPersonId: owner.personId })
    expect(again.personId).not.toBe(invited.personId)
  }
})

it('[SP24] who is invited elsewhere, has signed in, or is the owner of the installation stays', async () => {
  const bench = await startTenancy()
  const { tenancy, spaceId, owner, identity, metadata } = bench
  const wish = { email, role: 'observer', byPersonId: owner.personId } as const
  const other = await metadata.spaces.create({ name: 'Other', description: '', adminPersonId: owner.personId })
  const here = await tenancy.invitations.invite(spaceId, wish)
  const there = await tenancy.invitations.invite(other.spaceId, wish)
  expect(there.personId).toBe(here.personId)
  await tenancy.invitations.remove(spaceId, [here.memberId])
  expect(await identity.people.find(email)).toMatchObject({ personId: here.personId })
  await bench.cookieOf(here.personId)
  await tenancy.invitations.remove(other.spaceId, [there.memberId])
  expect(await identity.people.find(email)).toMatchObject({ personId: here.personId })

  const fresh = await startTenancy()
  await fresh.identity.people.forgetIfUnused(fresh.owner.personId)
  expect(await fresh.identity.people.get(fresh.owner.personId)).toBeDefined()
})

it('[SP24] a crash at any write of inviting or taking back leaves what the sweep settles', async () => {
  for (const act of ['invite', 'remove'] as const)
    for (let nth = 1; nth <= 8; nth++)
      for (const when of ['before', 'after'] as const) {
        const clock = createHandClock()
        const failing = createFailingStore(createMemoryStore(clock))
        const bench = await startTenancy({ store: () => failing })
        const { tenancy, spaceId, owner, identity, metadata } = bench
        const wish = { email, role: 'observer', byPersonId: owner.personId } as const
        const before = act === 'remove' ? await tenancy.invitations.invite(spaceId, wish) : undefined
        failing.failAt(nth, when)
        const work =
          before === undefined ? tenancy.invitations.invite(spaceId, wish) : tenancy.invitations.remove(spaceId, [before.memberId])
        await work.catch(() => undefined)
        failing.heal()
        await tenancy.sweep()
        const invited = (await metadata.roster.list(spaceId)).filter(({ invitation }) => invitation !== undefined)
        const person = await identity.people.find(email)
        // In the roster and known, or neither.
        expect(invited.map(({ personId }) => personId)).toEqual(person === undefined ? [] : [person.personId])
        if (before !== undefined && person === undefined) expect(await identity.people.get(before.personId)).toBeUndefined()
        // And whatever was left, the same wish can be made again and taken back without a trace.
        if (invited.length === 0) await tenancy.invitations.invite(spaceId, wish)
        const open = (await metadata.roster.list(spaceId)).flatMap(({ invitation, memberId }) =>
          invitation === undefined ? [] : [memberId],
        )
        await tenancy.invitations.remove(spaceId, open)
        await tenancy.sweep()
        expect(await identity.people.find(email)).toBeUndefined()
        expect(await metadata.unfinished.list('')).toEqual([])
      }
})

it('[SP32] a damaged piece of work keeps neither the others nor the start from going on', async () => {
  let damage: MemoryStore['damage'] | undefined
  const withDamage = (clock: Clock) => {
    const store = createMemoryStore(clock)
    damage = (item) => store.damage(item)
    return store
  }
  const { tenancy, spaceId, owner, identity, metadata, clock } = await startTenancy({ store: withDamage })
  const doomed = await metadata.spaces.create({ name: 'Doomed', description: '', adminPersonId: owner.personId })
  const broken = newUuid<SpaceId>()
  damage?.({ ...keys.roster(broken), kind: 'roster', data: 'damaged' })
  await metadata.unfinished.note(`space/${broken}`, { atMs: clock.nowMs() })
  await tenancy.invitations.invite(spaceId, { email, role: 'observer', byPersonId: owner.personId })
  clock.advance(metadataLimits.invitationMs)
  await tenancy.sweep()
  expect(await identity.people.find(email)).toBeUndefined()
  expect(await metadata.spaces.get(doomed.spaceId)).toBeDefined()
})
