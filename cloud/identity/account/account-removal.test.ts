import { expect, it } from 'vitest'
import { createCookieJar } from '../../../test/doubles/people/cookie-jar.ts'
import { createFailingStore, type FailingStore } from '../../../test/doubles/stores/failing-store.ts'
import { createMemoryStore } from '../../../test/doubles/stores/memory-store.ts'
import { createSoftPushBrowser } from '../../../test/doubles/people/soft-push-browser.ts'
import { testSeals } from '../../../test/doubles/stores/test-seals.ts'
import { createSoftAuthenticator } from '../../../test/doubles/people/soft-authenticator.ts'
import { ownApi, startTenancy } from '../../../test/doubles/benches/tenancy-bench.ts'
import type { Member } from '../../../src/domain/model.ts'
import { createPushBrowsers } from '../../notify/push/push-browsers.ts'
import type { StoredItem } from '../../store/port.ts'
import { createIdentities } from '../providers/identities.ts'
import { identityLimits } from '../limits.ts'

const account = { issuer: 'https://id.example.com', subject: 'sub-ada', email: 'ada@example.com' }
const provider = { providerId: 'oidc', kind: 'oidc', name: 'Company', issuer: account.issuer, clientId: 'a', clientSecret: 'b' } as const

/** A space with another admin and an observer, and Ada, an admin who has one of everything there is to erase. */
async function bench(wrap = false) {
  type Rows = NonNullable<Parameters<typeof createMemoryStore>[1]>
  const rows: Rows = new Map()
  let failing: FailingStore | undefined
  const lab = await startTenancy({
    store(clock) {
      const memory = createMemoryStore(clock, rows)
      failing = createFailingStore(memory)
      return wrap ? failing : memory
    },
  })
  const ada = await lab.member('ada@example.com', 'admin')
  const { people, apiTokens, passkeys, addressChanges, links } = lab.identity
  await people.change(ada.personId, { name: 'Ada Lovelace', timeZone: 'Europe/London' })
  const identities = createIdentities({ store: lab.store, people, clock: lab.clock })
  await identities.link(ada.personId, account, provider)
  const authenticator = createSoftAuthenticator({ origin: 'https://localhost:8443', rpId: 'localhost' })
  const person = await people.get(ada.personId)
  if (person === undefined) throw new Error('Ada is not there')
  const { options, ticket } = await passkeys.askToCreate(person)
  await passkeys.create(ada.personId, ticket, 'Laptop', authenticator.create(options as Parameters<typeof authenticator.create>[0]))
  const { token } = await apiTokens.create({ spaceId: lab.spaceId, personId: ada.personId, scope: 'scope:all' })
  await lab.tenancy.invitations.invite(lab.spaceId, { email: 'new@example.com', role: 'observer', byPersonId: ada.personId })
  const other = await lab.metadata.spaces.create({ name: 'Elsewhere', description: '', adminPersonId: lab.owner.personId })
  await lab.tenancy.invitations.invite(other.spaceId, { email: 'ada@example.com', role: 'observer', byPersonId: lab.owner.personId })
  const room = await lab.metadata.rooms.create(lab.spaceId, { name: 'Web', description: '', memberId: undefined })
  await lab.metadata.rooms.addMembers(lab.spaceId, room.roomId, [ada.memberId])
  await addressChanges.request(ada.personId, 'next@example.com', '10.0.0.1')
  await lab.identity.loginMail.settled()
  const second = await lab.cookieOf(ada.personId)
  await links.issue(ada.personId)
  /** Everything that is stored and still names Ada. */
  const left = () =>
    [...rows.values()]
      .filter((row) => !row.isDeleted)
      .map(({ item }): StoredItem => item)
      .filter((item) => item.kind !== 'unfinished' && item.kind !== 'erasure-certificate' && JSON.stringify(item).includes(ada.personId))
      .map(({ kind }) => kind)
  const words = () => JSON.stringify([...rows.values()].filter((row) => !row.isDeleted).map(({ item }) => item))
  const remove = (cookie = ada.cookie, email = 'ada@example.com') => lab.call('DELETE', `${ownApi}/me`, { cookie, body: { email } })
  return { ...lab, ada, token, second, room, other, left, words, remove, identities, failing: () => failing as FailingStore, rows }
}

const expectGone = async (lab: Awaited<ReturnType<typeof bench>>) => {
  expect(lab.left()).toEqual([])
  for (const word of ['ada@example.com', 'Ada Lovelace', 'next@example.com', 'sub-ada']) expect(lab.words()).not.toContain(word)
  expect(await lab.identity.people.get(lab.ada.personId)).toBeUndefined()
  expect(await lab.identity.people.find('ada@example.com')).toBeUndefined()
  expect(await lab.identities.find(account, undefined)).toBeUndefined()
}

it('[SI70] says what goes with how many, and what stays', async () => {
  const lab = await bench()
  const { spaceId, ada, clock } = lab
  const browsers = createPushBrowsers({ store: lab.store, seals: testSeals, clock })
  const { subscription } = createSoftPushBrowser('https://push.example/1')
  await browsers.add({ spaceId, ...ada }, subscription, { name: 'Phone', options: ['CRITICAL'], roomIds: null })
  const until = { startsAtMs: clock.nowMs(), endsAtMs: clock.nowMs() + 60_000 }
  await lab.metadata.silences.create(spaceId, ada.personId, ada.personId, { name: 'Mine', ...until })
  await lab.metadata.silences.create(spaceId, ada.personId, null, { name: 'Everybody’s', ...until })
  await lab.call('POST', `${ownApi}/me/exports`, { cookie: ada.cookie, body: { format: 'json', scope: 'me' } })
  const consent = { choice: 'granted' as const, atMs: clock.nowMs(), provider: 'one' }
  await lab.store.write({ partition: `person#${ada.personId}`, sort: 'consent', kind: 'consent', data: consent }, 'absent')
  const { json } = await lab.call('GET', `${ownApi}/me/deletion`, { cookie: ada.cookie })
  expect(json).toMatchObject({
    mayDelete: true,
    email: 'ada@example.com',
    soleAdminOf: [],
    leaves: [{ spaceId: lab.spaceId, name: 'My space' }],
    isFresh: true,
  })
  const { goes, stays } = json as { goes: { what: string; count: number }[]; stays: { what: string; why: string }[] }
  expect(goes.map(({ count }) => count)).toEqual([1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])
  expect(stays.length).toBeGreaterThan(0)
  lab.clock.advance(identityLimits.freshMs)
  expect((await lab.call('GET', `${ownApi}/me/deletion`, { cookie: lab.ada.cookie })).json).toMatchObject({ isFresh: false })
  const again = await lab.cookieOf(ada.personId)
  expect((await lab.remove(again)).status).toBe(202)
  expect(lab.left()).toEqual([])
  expect(await lab.metadata.silences.list(spaceId)).toMatchObject([{ name: 'Everybody’s', personId: null }])
})

it('[SI71] (D3) wants a fresh proof and the typed address', async () => {
  const lab = await bench()
  expect((await lab.remove(lab.ada.cookie, 'owner@example.com')).status).toBe(422)
  expect((await lab.remove(lab.ada.cookie, '')).status).toBe(422)
  expect(
    (
      await lab.call('DELETE', `${ownApi}/me`, {
        bearer: lab.token,
        headers: { 'content-type': 'application/json' },
        body: { email: 'ada@example.com' },
      })
    ).status,
  ).toBe(403)
  lab.clock.advance(identityLimits.freshMs)
  expect(await lab.remove()).toMatchObject({ status: 403, json: { errorCode: 'FRESH_SIGN_IN_NEEDED' } })
  expect((await lab.call('GET', `${ownApi}/me`, { cookie: lab.ada.cookie })).status).toBe(200)
})

it('[SI72] (D3) keeps somebody who is the only admin of a space, and names it', async () => {
  const lab = await bench()
  const mine = await lab.metadata.spaces.create({ name: 'Only mine', description: '', adminPersonId: lab.ada.personId })
  expect(await lab.remove()).toMatchObject({
    status: 409,
    json: { errorCode: 'SOLE_ADMIN', errorMessage: expect.stringContaining('"Only mine"') },
  })
  expect((await lab.call('GET', `${ownApi}/me/deletion`, { cookie: lab.ada.cookie })).json).toMatchObject({
    mayDelete: false,
    soleAdminOf: [{ spaceId: mine.spaceId, name: 'Only mine', nodes: 0, otherMembers: 0 }],
  })
  await lab.tenancy.spaceRemoval.remove(mine.spaceId)
  expect((await lab.remove()).status).toBe(202)
  await expectGone(lab)
})

it('[SI72] (D3) lets somebody go who handed their space over to another admin, and the space stays', async () => {
  const lab = await bench()
  const { spaces, roster } = lab.metadata
  const mine = await spaces.create({ name: 'Handed over', description: '', adminPersonId: lab.ada.personId })
  const { memberId, invitation } = await roster.invite(mine.spaceId, {
    personId: lab.owner.personId,
    role: 'observer',
    byPersonId: lab.ada.personId,
  })
  await roster.accept(mine.spaceId, lab.owner.personId, invitation?.invitationId ?? '')
  // Somebody who is no admin does not keep it.
  expect(await lab.remove()).toMatchObject({ status: 409, json: { errorCode: 'SOLE_ADMIN' } })
  await roster.setRole(mine.spaceId, memberId, 'admin')
  expect((await lab.remove()).status).toBe(202)
  await expectGone(lab)
  expect(await roster.list(mine.spaceId)).toMatchObject([{ personId: lab.owner.personId, role: 'admin' }])
})

it('[SI73] erases everything that names the person, and shuts every door at once', async () => {
  const lab = await bench()
  const jar = createCookieJar(lab.ada.cookie)
  const { viewerRights } = lab.identity
  const viewer = await viewerRights.authenticate({ cookie: lab.second, origin: 'https://localhost:8443', remoteAddress: '10.0.0.1' })
  expect(await viewerRights.agentRights(viewer)).toBeDefined()
  const answer = await lab.remove()
  jar.take(answer)
  expect([answer.status, jar.header]).toEqual([202, ''])
  await expectGone(lab)
  // An open live socket asks these every few seconds and closes.
  expect([await viewerRights.renewed(viewer), await viewerRights.agentRights(viewer)]).toEqual([undefined, undefined])
  for (const cookie of [lab.ada.cookie, lab.second]) {
    expect((await lab.call('GET', `${ownApi}/me`, { cookie })).status).toBe(401)
    expect((await lab.call('POST', `${ownApi}/session/refresh`, { cookie, body: {} })).status).toBe(401)
  }
  expect((await lab.call('GET', `${ownApi}/me`, { bearer: lab.token })).status).toBe(401)
  const members = await lab.metadata.roster.list(lab.spaceId)
  expect(members.map(({ personId }) => personId)).toEqual([lab.owner.personId])
  expect((await lab.metadata.rooms.get(lab.spaceId, lab.room.roomId))?.memberIds).toEqual([])
  expect(await lab.metadata.roster.list(lab.other.spaceId)).toHaveLength(1)
  expect(lab.audited.filter(({ personId }) => personId === lab.ada.personId).map(({ action, spaceId }) => [action, spaceId])).toEqual([
    ['space-left', lab.spaceId],
    ['account-deleted', undefined],
  ])
  expect((await lab.identity.people.ensure('ada@example.com')).personId).not.toBe(lab.ada.personId)
})

it('[SI74] a sign-in that was under way when its person went ends nowhere', async () => {
  const lab = await bench()
  const { token } = await lab.identity.links.issue(lab.ada.personId)
  await lab.identity.people.beginLeaving(lab.ada.personId)
  await expect(lab.identity.signIn(token)).rejects.toMatchObject({ code: 'SIGN_IN_LINK_REFUSED' })
  await expect(lab.identity.people.ensure('ada@example.com')).rejects.toMatchObject({ code: 'CONFLICT' })
  expect(await lab.identity.people.find('ada@example.com')).toBeUndefined()
})

it.each(['before', 'after'] as const)(
  '[SI75] (D4) is finished by the next start when killed %s any write',
  { timeout: 120_000 },
  async (when) => {
    let writes = 0
    for (let nth = 1; ; nth++) {
      const lab = await bench(true)
      lab.failing().failAt(nth, when)
      const answer = await lab.tenancy.accountRemoval.remove(lab.ada.personId, 'ada@example.com').catch(() => undefined)
      const hasFailed = lab.failing().heal()
      await lab.tenancy.sweep()
      if (answer === undefined && nth <= 3 && (await lab.identity.people.get(lab.ada.personId)) !== undefined) {
        // Killed before the work was noted: nothing was promised, nothing happened, and after a minute no trace of the request stays.
        await lab.erasures.settled()
        lab.clock.advance(60_000)
        await lab.tenancy.sweep()
        await lab.erasures.settled()
        expect((await lab.store.list('erasures')).items).toEqual([])
        expect(lab.ledger.isEmpty()).toBe(true)
        continue
      }
      await expectGone(lab)
      expect((await lab.metadata.roster.list(lab.spaceId)).map(({ personId }) => personId)).toEqual([lab.owner.personId])
      writes = nth
      if (!hasFailed) break
    }
    expect(writes).toBeGreaterThan(10)
  },
)

it('[SI76] takes away what landed behind an erasure, for an hour', async () => {
  const lab = await bench()
  await lab.remove()
  const { personId } = lab.ada
  await lab.store.write({ partition: `person#${personId}`, sort: 'membership#late', kind: 'membership', data: { sinceMs: 1 } }, 'absent')
  await lab.tenancy.sweep()
  expect(lab.left()).toEqual([])
  lab.clock.advance(identityLimits.erasedPersonWatchedMs)
  await lab.tenancy.sweep()
  expect((await lab.store.list('unfinished', { prefix: 'account/' })).items).toEqual([])
})

it('[SI77] two admins who delete their accounts at the same moment leave one of them', async () => {
  const lab = await bench()
  const outcomes = await Promise.all([lab.remove(), lab.remove(lab.ownerCookie, 'owner@example.com')])
  // The owner is the only admin elsewhere, so it is Ada who may go.
  expect(outcomes.map(({ status }) => status)).toEqual([202, 409])
  const admins = (members: readonly Member[]) => members.filter(({ role, invitation }) => role === 'admin' && invitation === undefined)
  expect(admins(await lab.metadata.roster.list(lab.spaceId))).toHaveLength(1)

  const two = await startTenancy()
  const eve = await two.member('eve@example.com', 'admin')
  const answers = await Promise.all([
    two.call('DELETE', `${ownApi}/me`, { cookie: two.ownerCookie, body: { email: 'owner@example.com' } }),
    two.call('DELETE', `${ownApi}/me`, { cookie: eve.cookie, body: { email: 'eve@example.com' } }),
  ])
  expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([202, 409])
  expect(admins(await two.metadata.roster.list(two.spaceId))).toHaveLength(1)
  const stayed = answers[0]?.status === 409 ? two.owner.personId : eve.personId
  expect(await two.identity.people.get(stayed)).toBeDefined()
})

it('[SI78] hands the installation over to another admin of its first space', async () => {
  const lab = await bench()
  await lab.tenancy.spaceRemoval.remove(lab.other.spaceId)
  expect((await lab.remove(lab.ownerCookie, 'owner@example.com')).status).toBe(202)
  expect(await lab.metadata.spaces.installation()).toEqual({ spaceId: lab.spaceId, adminPersonId: lab.ada.personId })
})
