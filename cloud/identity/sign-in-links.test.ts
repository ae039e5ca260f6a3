import { expect, it } from 'vitest'
import { createIdentityBench } from '../../test/doubles/benches/identity-bench.ts'
import { identityLimits } from './limits.ts'

const refused = expect.objectContaining({ code: 'SIGN_IN_LINK_REFUSED' })

it('[ID4] works once, and its token stands after the hash sign', async () => {
  const { identity, owner } = await createIdentityBench()
  const { link, token } = await identity.links.issue(owner.personId)
  expect(link).toBe(`https://localhost:8443/sign-in#${token}`)
  expect(new URL(link).pathname + new URL(link).search).toBe('/sign-in')
  expect(await identity.links.redeem(token)).toEqual({ person: owner, isByOperator: false })
  await expect(identity.links.redeem(token)).rejects.toEqual(refused)
})

it('[ID4] is over after ten minutes', async () => {
  const { identity, owner, clock } = await createIdentityBench()
  const { token } = await identity.links.issue(owner.personId)
  clock.advance(identityLimits.signInLinkMs)
  await expect(identity.links.redeem(token)).rejects.toEqual(refused)
})

it('[ID4] counts only as the newest of its person', async () => {
  const { identity, owner } = await createIdentityBench()
  const older = await identity.links.issue(owner.personId)
  const newer = await identity.links.issue(owner.personId)
  await expect(identity.links.describe(older.token)).rejects.toEqual(refused)
  await expect(identity.links.redeem(older.token)).rejects.toEqual(refused)
  expect(await identity.links.redeem(newer.token)).toEqual({ person: owner, isByOperator: false })
})

it('[ID4] counts for the address it was made for: after a change of address the one that lies in the former mailbox signs nobody in', async () => {
  const { identity, owner } = await createIdentityBench()
  const { token } = await identity.links.issue(owner.personId)
  await identity.people.moveTo(owner.personId, 'new@example.com')
  await expect(identity.links.describe(token)).rejects.toEqual(refused)
  await expect(identity.links.redeem(token)).rejects.toEqual(refused)
  const newer = await identity.links.issue(owner.personId)
  expect((await identity.links.redeem(newer.token)).person.email).toBe('new@example.com')
})

it('[ID5] names the address without being used up', async () => {
  const { identity, owner } = await createIdentityBench()
  const { token } = await identity.links.issue(owner.personId)
  expect((await identity.links.describe(token)).email).toBe('owner@example.com')
  expect((await identity.links.redeem(token)).person.email).toBe('owner@example.com')
})

it('[ID6] signs in exactly one of many concurrent users', async () => {
  const { identity, owner } = await createIdentityBench()
  const { token } = await identity.links.issue(owner.personId)
  const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => identity.signIn(token)))
  expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1)
  expect(await identity.listSignIns(owner.personId)).toHaveLength(1)
})

it('[ID7] refuses the secret of one person under the id of another', async () => {
  const { identity, owner } = await createIdentityBench()
  const other = await identity.people.ensure('other@example.com')
  const mine = Buffer.from((await identity.links.issue(owner.personId)).token, 'base64url')
  const theirs = Buffer.from((await identity.links.issue(other.personId)).token, 'base64url')
  const forged = Buffer.concat([mine.subarray(0, 16), theirs.subarray(16)]).toString('base64url')
  await expect(identity.links.describe(forged)).rejects.toEqual(refused)
  await expect(identity.links.describe('nonsense')).rejects.toEqual(refused)
})

it('[ID111] signs in somebody who is in no space, who then sees none', async () => {
  const { identity, cookieOf, signIn } = await createIdentityBench()
  const stranger = await identity.people.ensure('stranger@example.com')
  const caller = await identity.authenticate({ cookie: cookieOf(await signIn(stranger.personId)), authorization: undefined })
  expect(caller).toMatchObject({ personId: stranger.personId, homeSpaceId: undefined })
  await expect(identity.enter(caller)).rejects.toEqual(expect.objectContaining({ code: 'NOT_FOUND' }))
})

it('[ID3] stores neither the link nor its secret', async () => {
  const { identity, owner, store } = await createIdentityBench()
  const { token } = await identity.links.issue(owner.personId)
  const { items } = await store.list(`person#${owner.personId}`)
  const secret = Buffer.from(token, 'base64url').subarray(16)
  for (const form of [token, secret.toString('base64url'), secret.toString('hex'), secret.toString('base64')])
    expect(JSON.stringify(items)).not.toContain(form)
})
