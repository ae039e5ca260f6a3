import { afterEach, beforeEach, expect, it } from 'vitest'
import { newUuid, startMetadata } from '../../../test/doubles/agents/metadata-agents.ts'
import type { PersonId, SpaceId } from '../../../src/domain/ids.ts'
import { keys } from '../keys.ts'
import { metadataLimits } from '../limits.ts'

let lab: Awaited<ReturnType<typeof startMetadata>>
beforeEach(async () => {
  lab = await startMetadata()
})
afterEach(() => lab.dispose())

const codeOf = (error: unknown) => (error as { code: string }).code

it('[SP1] lists an invited person as invited, and gives them nothing before they accept', async () => {
  const { roster } = lab.metadata
  const [person, admin] = [newUuid<PersonId>(), (await roster.list(lab.spaceId))[0]?.personId ?? newUuid<PersonId>()]
  const invited = await roster.invite(lab.spaceId, { personId: person, role: 'observer', byPersonId: admin })
  expect(await roster.list(lab.spaceId)).toMatchObject([{ role: 'admin' }, { memberId: invited.memberId, role: 'observer' }])
  expect(await roster.find(lab.spaceId, person)).toBeUndefined()
  const joined = await roster.accept(lab.spaceId, person, invited.invitation?.invitationId ?? '')
  expect(joined).toMatchObject({ memberId: invited.memberId, invitation: undefined })
  expect(await roster.find(lab.spaceId, person)).toMatchObject({ role: 'observer' })
  await expect(roster.accept(lab.spaceId, person, invited.invitation?.invitationId ?? '')).rejects.toMatchObject({
    code: 'INVITATION_REFUSED',
  })
})

it('[SP2] refuses an invitation after seven days, and lets the person be invited again', async () => {
  const { roster } = lab.metadata
  const person = newUuid<PersonId>()
  const wish = { personId: person, role: 'manager', byPersonId: person } as const
  const first = await roster.invite(lab.spaceId, wish)
  await expect(roster.invite(lab.spaceId, wish)).rejects.toMatchObject({ code: 'CONFLICT' })
  lab.clock.advance(metadataLimits.invitationMs)
  expect(await roster.spacesOf(person)).toEqual([])
  await expect(roster.accept(lab.spaceId, person, first.invitation?.invitationId ?? '')).rejects.toMatchObject({
    code: 'INVITATION_REFUSED',
  })
  const second = await roster.invite(lab.spaceId, wish)
  expect(second.memberId).not.toBe(first.memberId)
  expect(await roster.list(lab.spaceId)).toHaveLength(2)
})

it('[SP3] fifty writers at once leave one admin at least and one membership for a person', async () => {
  const { roster } = lab.metadata
  const people = Array.from({ length: 10 }, () => newUuid<PersonId>())
  for (const person of people) {
    const { invitation } = await roster.invite(lab.spaceId, { personId: person, role: 'admin', byPersonId: person })
    await roster.accept(lab.spaceId, person, invitation?.invitationId ?? '')
  }
  const all = await roster.list(lab.spaceId)
  const removals = await Promise.allSettled(all.map(({ memberId }) => roster.remove(lab.spaceId, [memberId])))
  expect(removals.filter(({ status }) => status === 'rejected')).toHaveLength(1)
  expect(await roster.list(lab.spaceId)).toMatchObject([{ role: 'admin' }])
  const newcomer = newUuid<PersonId>()
  const invites = await Promise.allSettled(
    Array.from({ length: 50 }, () => roster.invite(lab.spaceId, { personId: newcomer, role: 'observer', byPersonId: newcomer })),
  )
  expect(invites.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(invites.flatMap((each) => (each.status === 'rejected' ? [codeOf(each.reason)] : [])).every((code) => code === 'CONFLICT')).toBe(
    true,
  )
})

it('[SP3] does not let the last admin step down, nor go together with others', async () => {
  const { roster } = lab.metadata
  const [admin] = await roster.list(lab.spaceId)
  const person = newUuid<PersonId>()
  const other = await roster.invite(lab.spaceId, { personId: person, role: 'admin', byPersonId: person })
  const memberId = admin?.memberId ?? other.memberId
  await expect(roster.setRole(lab.spaceId, memberId, 'observer')).rejects.toMatchObject({ code: 'LAST_ADMIN' })
  await expect(roster.remove(lab.spaceId, [memberId, other.memberId])).rejects.toMatchObject({ code: 'LAST_ADMIN' })
  expect(await roster.list(lab.spaceId)).toHaveLength(2)
})

it('[SP4] takes over the members of a space that was made before there were rosters', async () => {
  const { roster } = lab.metadata
  const spaceId = newUuid<SpaceId>()
  const [ann, bob] = [newUuid<PersonId>(), newUuid<PersonId>()]
  const { partition } = keys.space(spaceId)
  for (const [person, role] of [[ann, 'admin'] as const, [bob, 'observer'] as const])
    await lab.store.write({ partition, sort: `member/${person}`, kind: 'member', data: { role, sinceMs: 7 } }, 'absent')
  await roster.begin(spaceId, ann)
  expect(await roster.find(spaceId, ann)).toMatchObject({ role: 'admin', sinceMs: 7 })
  expect(await roster.find(spaceId, bob)).toMatchObject({ role: 'observer' })
  expect(await roster.spacesOf(bob)).toMatchObject([{ spaceId }])
})
