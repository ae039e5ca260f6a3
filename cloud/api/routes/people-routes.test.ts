import { expect, it } from 'vitest'
import { ownApi, startTenancy } from '../../../test/doubles/benches/tenancy-bench.ts'
import type { Role } from '../../../src/domain/model.ts'

const invitationsOf = (json: unknown) => (json as { invitations: { spaceId: string; invitationId: string }[] }).invitations

it('[SP6] a person lists the spaces they are in and makes another, whose admin they are', async () => {
  const bench = await startTenancy()
  const { cookie } = await bench.member('ann@example.com', 'observer')
  bench.clock.advance(1)
  const made = await bench.call('POST', `${ownApi}/spaces`, { cookie, body: { name: ' Second ', description: 'Of Ann' } })
  expect(made).toMatchObject({ status: 201, json: { name: 'Second', description: 'Of Ann', role: 'admin' } })
  const { spaceId } = made.json as { spaceId: string }
  expect((await bench.call('GET', `${ownApi}/spaces`, { cookie })).json).toMatchObject({
    spaces: [
      { spaceId: bench.spaceId, role: 'observer' },
      { spaceId, role: 'admin' },
    ],
  })
  expect((await bench.call('GET', `${ownApi}/spaces/${spaceId}/rooms`, { cookie })).json).toMatchObject({
    rooms: [{ name: 'All nodes', isAllNodes: true }],
  })
  expect(bench.audited.at(-1)).toMatchObject({ action: 'space-created', spaceId, via: 'cookie' })
  expect((await bench.call('GET', `${ownApi}/spaces/${spaceId}/space`, { cookie: bench.ownerCookie })).status).toBe(404)
})

it('[SP6] who is in no space makes none, but whose installation it is does', async () => {
  const bench = await startTenancy()
  const ann = await bench.member('ann@example.com', 'admin')
  expect((await bench.call('POST', `${ownApi}/space/leave`, { cookie: ann.cookie })).status).toBe(204)
  expect((await bench.call('POST', `${ownApi}/spaces`, { cookie: ann.cookie, body: { name: 'Mine' } })).status).toBe(403)
  await bench.tenancy.spaceRemoval.remove(bench.spaceId)
  expect((await bench.call('POST', `${ownApi}/spaces`, { cookie: bench.ownerCookie, body: { name: 'Mine' } })).status).toBe(201)
})

it('[SP7] a space tells what it is and what the caller may do, and admins rename it', async () => {
  const bench = await startTenancy()
  const ann = await bench.member('ann@example.com', 'billing')
  const { json } = await bench.call('GET', `${ownApi}/space`, { cookie: ann.cookie })
  expect(json).toMatchObject({
    name: 'My space',
    role: 'billing',
    memberId: ann.memberId,
    counts: { members: 2 },
    plan: 'unlimited',
    quotas: null,
  })
  expect((json as { permissions: string[] }).permissions).toEqual([
    'space.view',
    'space.leave',
    'people.view',
    'alerts.view-config',
    'notifications.own',
    'billing',
  ])
  expect((await bench.call('PATCH', `${ownApi}/space`, { cookie: ann.cookie, body: { name: 'Ours' } })).status).toBe(403)
  const change = { name: 'Ours', description: 'All of it' }
  expect((await bench.call('PATCH', `${ownApi}/space`, { cookie: bench.ownerCookie, body: change })).status).toBe(204)
  expect((await bench.call('GET', `${ownApi}/space`, { cookie: ann.cookie })).json).toMatchObject(change)
  expect(bench.audited.at(-1)).toMatchObject({ action: 'space-changed', subject: { kind: 'space', id: bench.spaceId } })
})

it('[SP8] who appoints whom: admins anybody, managers all but admin and billing, others nobody', async () => {
  const bench = await startTenancy()
  const manager = await bench.member('manager@example.com', 'manager')
  const observer = await bench.member('observer@example.com', 'observer')
  const target = await bench.member('target@example.com', 'observer')
  const appoint = async (cookie: string, role: Role) =>
    (await bench.call('PATCH', `${ownApi}/members/${target.memberId}`, { cookie, body: { role } })).status
  for (const role of ['manager', 'troubleshooter', 'observer', 'member'] as const) expect(await appoint(manager.cookie, role)).toBe(200)
  for (const role of ['admin', 'billing'] as const) expect(await appoint(manager.cookie, role)).toBe(403)
  expect(await appoint(observer.cookie, 'observer')).toBe(403)
  for (const role of ['admin', 'billing'] as const) {
    expect(await appoint(bench.ownerCookie, role)).toBe(200)
    expect(await appoint(manager.cookie, 'observer')).toBe(403)
    expect((await bench.call('DELETE', `${ownApi}/members/${target.memberId}`, { cookie: manager.cookie })).status).toBe(403)
  }
  expect(bench.audited.filter(({ action }) => action === 'access-denied')).toHaveLength(7)
  const invite = async (cookie: string, email: string, role: Role) =>
    (await bench.call('POST', `${ownApi}/members`, { cookie, body: { email, role } })).status
  expect(await invite(manager.cookie, 'new@example.com', 'admin')).toBe(403)
  expect(await invite(manager.cookie, 'new@example.com', 'manager')).toBe(201)
  expect(await invite(observer.cookie, 'more@example.com', 'observer')).toBe(403)
  expect(bench.mails.map(({ to }) => to)).toEqual(['new@example.com'])
})

it('[SP9] an invitation is mailed without a secret and accepted once, by the person with that address', async () => {
  const bench = await startTenancy()
  const wish = { email: 'New@Example.com', role: 'observer' }
  const invited = await bench.call('POST', `${ownApi}/members`, { cookie: bench.ownerCookie, body: wish })
  expect(invited).toMatchObject({ status: 201, json: { email: 'new@example.com', state: 'invited', role: 'observer', isSelf: false } })
  expect(bench.mails).toEqual([{ to: 'new@example.com', byEmail: 'owner@example.com', spaceName: 'My space', spaceId: bench.spaceId }])
  expect((await bench.call('POST', `${ownApi}/members`, { cookie: bench.ownerCookie, body: wish })).status).toBe(409)
  const { invitationId, memberId } = invited.json as { invitationId: string; memberId: string }
  const path = `${ownApi}/invitations/${bench.spaceId}/${invitationId}`
  const stranger = await bench.identity.people.ensure('stranger@example.com')
  const strange = await bench.call('POST', `${path}/accept`, { cookie: await bench.cookieOf(stranger.personId) })
  const absent = await bench.call('POST', `${ownApi}/invitations/${memberId}/${invitationId}/accept`, { cookie: bench.ownerCookie })
  expect(strange).toMatchObject({ status: 403, json: { errorCode: 'INVITATION_REFUSED' } })
  expect(absent.text).toBe(strange.text)

  const person = await bench.identity.people.find('new@example.com')
  const cookie = await bench.cookieOf(person?.personId ?? bench.owner.personId)
  expect((await bench.call('GET', `${ownApi}/nodes`, { cookie })).status).toBe(404)
  expect(invitationsOf((await bench.call('GET', `${ownApi}/me`, { cookie })).json)).toMatchObject([{ invitationId }])
  expect((await bench.call('POST', `${path}/accept`, { cookie })).status).toBe(204)
  expect((await bench.call('GET', `${ownApi}/nodes`, { cookie })).status).toBe(200)
  expect((await bench.call('POST', `${path}/accept`, { cookie })).text).toBe(strange.text)
  expect(bench.audited.map(({ action }) => action)).toEqual(['member-invited', 'member-joined'])
})

it('[SP9] an invitation that is mailed again has seven days anew, and one that is declined is no more', async () => {
  const bench = await startTenancy()
  const body = { email: 'new@example.com', role: 'observer' }
  const invited = await bench.call('POST', `${ownApi}/members`, { cookie: bench.ownerCookie, body })
  const { memberId, expiresAtMs } = invited.json as { memberId: string; expiresAtMs: number }
  bench.clock.advance(1_000)
  expect((await bench.call('POST', `${ownApi}/members/${memberId}/invite-again`, { cookie: bench.ownerCookie })).status).toBe(202)
  expect(bench.mails).toHaveLength(2)
  const [, again] = await bench.metadata.roster.list(bench.spaceId)
  expect(again?.invitation?.expiresAtMs).toBe(expiresAtMs + 1_000)
  const cookie = await bench.cookieOf(again?.personId ?? bench.owner.personId)
  const path = `${ownApi}/invitations/${bench.spaceId}/${again?.invitation?.invitationId}`
  expect((await bench.call('POST', `${path}/decline`, { cookie })).status).toBe(204)
  expect((await bench.call('POST', `${path}/accept`, { cookie })).status).toBe(403)
  expect(await bench.metadata.roster.list(bench.spaceId)).toHaveLength(1)
  expect(bench.audited.at(-1)).toMatchObject({ action: 'invitation-declined', spaceId: bench.spaceId })
})

it('[SP10] who leaves or is removed is out of every room, and the last admin can do neither', async () => {
  const bench = await startTenancy()
  const { spaceId, ownerCookie: cookie } = bench
  const [ann, bob] = [await bench.member('ann@example.com', 'observer'), await bench.member('bob@example.com', 'observer')]
  const { roomId } = (await bench.call('POST', `${ownApi}/rooms`, { cookie, body: { name: 'Room' } })).json as { roomId: string }
  const add = [ann.memberId, bob.memberId]
  expect((await bench.call('PUT', `${ownApi}/rooms/${roomId}/members`, { cookie, body: { add } })).status).toBe(204)
  expect((await bench.call('POST', `${ownApi}/space/leave`, { cookie: ann.cookie })).status).toBe(204)
  expect((await bench.call('DELETE', `${ownApi}/members/${bob.memberId}`, { cookie })).status).toBe(204)
  expect((await bench.call('DELETE', `${ownApi}/members/${bob.memberId}`, { cookie })).status).toBe(404)
  for (const left of [ann, bob])
    expect((await bench.call('GET', `${ownApi}/spaces/${spaceId}/space`, { cookie: left.cookie })).status).toBe(404)
  expect((await bench.metadata.rooms.list(spaceId)).flatMap(({ memberIds }) => memberIds)).toEqual([bench.ownerMemberId])
  expect(await bench.call('POST', `${ownApi}/space/leave`, { cookie })).toMatchObject({ status: 409, json: { errorCode: 'LAST_ADMIN' } })
  expect((await bench.call('DELETE', `${ownApi}/members/${bench.ownerMemberId}`, { cookie })).status).toBe(409)
})

it('[SP11] invitations are listed for who may invite, and nobody else', async () => {
  const bench = await startTenancy()
  const [manager, observer] = [await bench.member('m@example.com', 'manager'), await bench.member('o@example.com', 'observer')]
  await bench.call('POST', `${ownApi}/members`, { cookie: manager.cookie, body: { email: 'new@example.com', role: 'member' } })
  const emails = async (cookie: string) =>
    ((await bench.call('GET', `${ownApi}/members`, { cookie })).json as { members: { email: string }[] }).members.map(({ email }) => email)
  expect(await emails(manager.cookie)).toEqual(['owner@example.com', 'm@example.com', 'o@example.com', 'new@example.com'])
  expect(await emails(observer.cookie)).toEqual(['owner@example.com', 'm@example.com', 'o@example.com'])
})
