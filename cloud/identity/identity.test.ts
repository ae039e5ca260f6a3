import { expect, it } from 'vitest'
import { createIdentityBench, memberIdOf, spaceId } from '../../test/doubles/benches/identity-bench.ts'
import type { SignInId, SpaceId } from '../../src/domain/ids.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import { createIdentity } from './identity.ts'
import { identityLimits } from './limits.ts'
import type { Mail } from './mailer.ts'
import { signOperatorToken } from './operator-token.ts'

const expired = expect.objectContaining({ code: 'SESSION_EXPIRED' })
const unauthenticated = expect.objectContaining({ code: 'UNAUTHENTICATED' })

it('[ID9] authenticates a cookie, also after a restart with the same keys', async () => {
  const { identity, deps, owner, signIn, cookieOf, clock } = await createIdentityBench()
  const cookie = cookieOf(await signIn())
  const caller = await identity.authenticate({ cookie, authorization: undefined })
  expect(caller).toEqual({
    personId: owner.personId,
    homeSpaceId: spaceId,
    via: 'cookie',
    scope: undefined,
    signInId: expect.any(String),
    expiresAtMs: clock.nowMs() + identityLimits.accessTokenMs,
  })
  expect(await identity.enter(caller)).toEqual({ ...caller, spaceId, role: 'admin', memberId: memberIdOf(owner.personId) })
  const restarted = await createIdentity(deps)
  expect(await restarted.authenticate({ cookie, authorization: undefined })).toEqual(caller)
})

it('[ID10] refuses an access token that ran out, and refreshing brings a new one', async () => {
  const { identity, signIn, cookieOf, clock } = await createIdentityBench()
  const tokens = await signIn()
  clock.advance(identityLimits.accessTokenMs + identityLimits.clockToleranceMs)
  await expect(identity.authenticate({ cookie: cookieOf(tokens), authorization: undefined })).rejects.toEqual(expired)
  const renewed = await identity.refresh(cookieOf(tokens))
  expect(await identity.authenticate({ cookie: cookieOf(renewed), authorization: undefined })).toMatchObject({ homeSpaceId: spaceId })
})

it('[ID13] refuses an ended sign-in at once, and leaves the other one', async () => {
  const { identity, signIn, cookieOf } = await createIdentityBench()
  const [mine, other] = [cookieOf(await signIn()), cookieOf(await signIn())]
  await identity.authenticate({ cookie: mine, authorization: undefined })
  await identity.signOut(mine)
  await expect(identity.authenticate({ cookie: mine, authorization: undefined })).rejects.toEqual(expired)
  await expect(identity.refresh(mine)).rejects.toEqual(expired)
  expect(await identity.authenticate({ cookie: other, authorization: undefined })).toMatchObject({ homeSpaceId: spaceId })
  await identity.signOut(mine)
  await identity.signOut(undefined)
})

it('[ID13] ends the sign-in by the access cookie alone too', async () => {
  const { identity, signIn } = await createIdentityBench()
  const { accessToken } = await signIn()
  const cookie = `__Host-throughline=${accessToken}`
  await identity.signOut(cookie)
  await expect(identity.authenticate({ cookie, authorization: undefined })).rejects.toEqual(expired)
})

it('[ID14] lists and ends only own sign-ins', async () => {
  const { identity, signIn, owner, roles } = await createIdentityBench()
  const other = await identity.people.ensure('other@example.com')
  roles.set(other.personId, 'observer')
  await signIn()
  await signIn(other.personId)
  const [mine] = await identity.listSignIns(owner.personId)
  expect(await identity.listSignIns(other.personId)).toHaveLength(1)
  const notFound = expect.objectContaining({ code: 'NOT_FOUND' })
  await expect(identity.endSignIn(other.personId, mine?.signInId ?? ('' as SignInId))).rejects.toEqual(notFound)
  await identity.endSignIn(owner.personId, mine?.signInId ?? ('' as SignInId))
  await expect(identity.endSignIn(owner.personId, mine?.signInId ?? ('' as SignInId))).rejects.toEqual(notFound)
  expect(await identity.listSignIns(other.personId)).toHaveLength(1)
})

it('[ID15] sees a changed role within five seconds', async () => {
  const { identity, signIn, cookieOf, roles, owner, clock } = await createIdentityBench()
  const headers = { cookie: cookieOf(await signIn()), authorization: undefined }
  const caller = await identity.authenticate(headers)
  expect(await identity.enter(caller)).toMatchObject({ role: 'admin' })
  roles.set(owner.personId, 'observer')
  clock.advance(identityLimits.rightsCacheMs)
  expect(await identity.enter(caller, spaceId)).toMatchObject({ role: 'observer' })
  roles.delete(owner.personId)
  clock.advance(identityLimits.rightsCacheMs)
  const notFound = expect.objectContaining({ code: 'NOT_FOUND', message: 'There is no such space.' })
  await expect(identity.enter(caller)).rejects.toEqual(notFound)
  await expect(identity.enter(caller, spaceId)).rejects.toEqual(notFound)
  await expect(identity.enter(caller, '33333333-3333-4333-8333-333333333333' as SpaceId)).rejects.toEqual(notFound)
})

it('[ID16] authenticates an API token until it expires', async () => {
  const { identity, owner, clock } = await createIdentityBench()
  const { token, expiresAtMs } = await identity.apiTokens.create({
    spaceId,
    personId: owner.personId,
    scope: 'scope:all',
    validForMs: 60_000,
  })
  const headers = { cookie: undefined, authorization: `Bearer ${token}` }
  expect(await identity.authenticate(headers)).toEqual({
    personId: owner.personId,
    homeSpaceId: spaceId,
    via: 'api-token',
    scope: 'scope:all',
    signInId: undefined,
    expiresAtMs,
  })
  clock.advance(60_000)
  await expect(identity.authenticate(headers)).rejects.toEqual(unauthenticated)
})

it('[ID16] refuses a life over ten years', async () => {
  const { identity, owner } = await createIdentityBench()
  for (const validForMs of [identityLimits.apiTokenMaxMs + 1, 0, -1, Number.NaN]) {
    const wish = { spaceId, personId: owner.personId, scope: 'scope:all' as const, validForMs }
    await expect(identity.apiTokens.create(wish)).rejects.toEqual(expect.objectContaining({ code: 'BODY_UNPROCESSABLE' }))
  }
})

it('[ID16] does not fall back to cookies beside a bearer token', async () => {
  const { identity, signIn, cookieOf } = await createIdentityBench()
  const cookie = cookieOf(await signIn())
  for (const authorization of ['Bearer throughline_nonsense', 'Bearer a.b.c', 'Basic YTpi', 'Bearer', '']) {
    await expect(identity.authenticate({ cookie, authorization })).rejects.toEqual(unauthenticated)
  }
})

it('[ID3] stores no API token', async () => {
  const { identity, owner, store } = await createIdentityBench()
  const { token } = await identity.apiTokens.create({ spaceId, personId: owner.personId, scope: 'scope:all' })
  const secret = Buffer.from(token.slice('throughline_'.length), 'base64url').subarray(32)
  const stored = JSON.stringify((await store.list(`person#${owner.personId}`)).items)
  expect(stored).not.toContain(secret.toString('hex'))
  expect(stored).not.toContain(secret.toString('base64url'))
})

it('[ID17] lets the operator act as the admin for a minute', async () => {
  const { identity, keysFolder, clock, owner, roles } = await createIdentityBench()
  const authorization = `Bearer ${await signOperatorToken(keysFolder, clock)}`
  const caller = await identity.authenticate({ cookie: undefined, authorization })
  expect(caller).toMatchObject({ personId: owner.personId, via: 'operator' })
  roles.delete(owner.personId)
  expect(await identity.enter(caller)).toMatchObject({ spaceId, role: 'admin', via: 'operator' })
  clock.advance(identityLimits.operatorTokenMs + identityLimits.clockToleranceMs)
  await expect(identity.authenticate({ cookie: undefined, authorization })).rejects.toEqual(expired)
})

it('[ID17] keeps the uses of one key apart', async () => {
  const { identity, keysFolder, clock, signIn } = await createIdentityBench()
  const operator = await signOperatorToken(keysFolder, clock)
  const { accessToken } = await signIn()
  await expect(identity.authenticate({ cookie: `__Host-throughline=${operator}`, authorization: undefined })).rejects.toEqual(
    unauthenticated,
  )
  await expect(identity.authenticate({ cookie: undefined, authorization: `Bearer ${accessToken}` })).rejects.toEqual(unauthenticated)
})

it('[ID17] refuses the operator of another installation', async () => {
  const [here, elsewhere] = [await createIdentityBench(), await createIdentityBench()]
  const authorization = `Bearer ${await signOperatorToken(elsewhere.keysFolder, here.clock)}`
  await expect(here.identity.authenticate({ cookie: undefined, authorization })).rejects.toEqual(unauthenticated)
})

it('[ID11] warns the person whose refresh token was used twice', async () => {
  const sent: Mail[] = []
  const mailer = { send: async (mail: Mail) => void sent.push(mail), close() {} }
  const { identity, signIn, cookieOf, clock } = await createIdentityBench({ mailer })
  const tokens = await signIn()
  await identity.refresh(cookieOf(tokens))
  clock.advance(identityLimits.refreshGraceMs + 1)
  await expect(identity.refresh(cookieOf(tokens))).rejects.toEqual(expired)
  await identity.close()
  expect(sent.map(({ to, subject }) => ({ to, subject }))).toEqual([{ to: 'owner@example.com', subject: 'A sign-in of yours was ended' }])
})

it('[ID27] grants nothing while the store is away, and forgets the failure', async () => {
  const { identity, signIn, cookieOf, store } = await createIdentityBench()
  const headers = { cookie: cookieOf(await signIn()), authorization: undefined }
  store.fail(new ThroughlineError('STORE_UNAVAILABLE', 'The store does not answer.'))
  await expect(identity.authenticate(headers)).rejects.toEqual(expect.objectContaining({ code: 'STORE_UNAVAILABLE' }))
  await expect(identity.signOut(headers.cookie)).rejects.toEqual(expect.objectContaining({ code: 'STORE_UNAVAILABLE' }))
  store.fail(undefined)
  expect(await identity.authenticate(headers)).toMatchObject({ homeSpaceId: spaceId })
})
