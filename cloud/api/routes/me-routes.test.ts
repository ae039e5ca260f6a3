import { expect, it } from 'vitest'
import { createApiBench } from '../../../test/doubles/benches/api-bench.ts'
import { createCookieJar } from '../../../test/doubles/people/cookie-jar.ts'
import { identityLimits } from '../../identity/limits.ts'
import type { Mail } from '../../identity/mailer.ts'

const base = '/api/throughline/v1'

async function bench() {
  const mails: Mail[] = []
  const lab = await createApiBench({ identity: { mailer: { send: async (mail) => void mails.push(mail), close: () => undefined } } })
  const cookie = await lab.signedIn()
  const tokenIn = (mail: Mail | undefined) => /#([\w-]+)/.exec(mail?.text ?? '')?.[1] ?? ''
  return { ...lab, mails, cookie, tokenIn }
}

it('[SI1] lists how, where and when each sign-in was proven, and cuts hostile browser names', async () => {
  const { call, identity, owner, clock } = await bench()
  const jar = createCookieJar()
  const by = async (userAgent: string) => {
    const { token } = await identity.links.issue(owner.personId)
    const answer = await call('POST', `${base}/sign-in`, { body: { token }, headers: { 'user-agent': userAgent } })
    jar.take(answer)
  }
  await by('Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0')
  await by(`<script>alert(1)</script>${'x'.repeat(5_000)}`)
  const { signIns } = (await call('GET', `${base}/sign-ins`, { cookie: jar.header })).json as { signIns: { agent: string }[] }
  expect(signIns.map(({ agent }) => agent).sort()).toEqual([
    '<script>alert(1)</script>xxxxxxxxxxxxxxx',
    'Firefox on Linux',
    'Unknown browser',
  ])
  expect(signIns).toContainEqual(expect.objectContaining({ method: 'mail', provenAtMs: clock.nowMs(), isCurrent: true }))
})

it('[SI2] wants a fresh proof for what cannot be taken back', async () => {
  const { call, cookie, clock } = await bench()
  const ask = () => call('POST', `${base}/me/email`, { cookie, body: { email: 'new@example.com' } })
  expect((await ask()).status).toBe(202)
  clock.advance(identityLimits.freshMs)
  expect(await ask()).toMatchObject({ status: 403, json: { errorCode: 'FRESH_SIGN_IN_NEEDED', errorMsgKey: 'ErrFreshSignInNeeded' } })
})

it('[SI3] ends all other sign-ins at once', async () => {
  const { call, cookie, signedIn, audited } = await bench()
  const others = [await signedIn(), await signedIn()]
  for (const other of others) expect((await call('GET', `${base}/me`, { cookie: other })).status).toBe(200)
  expect((await call('DELETE', `${base}/sign-ins`, { cookie })).status).toBe(204)
  for (const other of others) expect((await call('GET', `${base}/me`, { cookie: other })).status).toBe(401)
  expect((await call('GET', `${base}/me`, { cookie })).status).toBe(200)
  expect(audited.filter(({ action }) => action === 'sign-in-ended')).toHaveLength(2)
})

it('[SI4] replaces the sign-in of the same browser by a fresh one', async () => {
  const { call, cookie, clock, mails, identity, tokenIn } = await bench()
  const jar = createCookieJar(cookie)
  clock.advance(identityLimits.freshMs)
  expect((await call('POST', `${base}/me/prove/mail`, { cookie: jar.header, body: {} })).status).toBe(202)
  await identity.loginMail.settled()
  const answer = await call('POST', `${base}/sign-in`, { cookie: jar.header, body: { token: tokenIn(mails[0]) } })
  jar.take(answer)
  expect((await call('GET', `${base}/me`, { cookie: jar.header })).json).toMatchObject({ provenAtMs: clock.nowMs() })
  expect((await call('GET', `${base}/sign-ins`, { cookie: jar.header })).json).toMatchObject({ signIns: [{ isCurrent: true }] })
  expect((await call('GET', `${base}/me`, { cookie })).status).toBe(401)
})

it('[SI5] changes the profile, and null clears', async () => {
  const { call, cookie } = await bench()
  const patch = (body: unknown) => call('PATCH', `${base}/me`, { cookie, body })
  expect(await patch({ name: ' Ada \u202eLovelace', timeZone: 'Europe/Berlin', theme: 'dark' })).toMatchObject({
    status: 200,
    json: { name: ' Ada Lovelace', timeZone: 'Europe/Berlin', theme: 'dark' },
  })
  expect((await patch({ name: '\u200b' })).json).toMatchObject({ name: null })
  await patch({ name: ' Ada Lovelace' })
  expect((await patch({ theme: null })).json).toMatchObject({ name: ' Ada Lovelace', theme: null })
  for (const wrong of [{ timeZone: 'Mars/Olympus' }, { theme: 'neon' }, { email: 'x@example.com' }, { isLeaving: true }])
    expect((await patch(wrong)).status).toBe(422)
})

it('[SI6] moves to a confirmed address, once, and tells the one before', async () => {
  const { call, cookie, mails, identity, owner, tokenIn, audited } = await bench()
  expect((await call('POST', `${base}/me/email`, { cookie, body: { email: 'New@Example.com' } })).status).toBe(202)
  await identity.loginMail.settled()
  expect(mails).toMatchObject([{ to: 'new@example.com' }])
  expect(mails[0]?.text).toContain('https://localhost:8443/confirm-address#')
  const token = tokenIn(mails[0])
  const eve = createCookieJar(await bench().then(({ cookie: foreign }) => foreign))
  expect((await call('POST', `${base}/me/email/confirm`, { cookie: eve.header, body: { token } })).status).toBe(401)
  expect((await call('POST', `${base}/me/email/confirm`, { cookie, body: { token } })).status).toBe(204)
  expect((await call('POST', `${base}/me/email/confirm`, { cookie, body: { token } })).status).toBe(403)
  expect((await call('GET', `${base}/me`, { cookie })).json).toMatchObject({ email: 'new@example.com' })
  expect(mails[1]).toMatchObject({ to: 'owner@example.com', subject: 'Your address at Throughline was changed' })
  expect((await identity.people.find('new@example.com'))?.personId).toBe(owner.personId)
  expect(await identity.people.find('owner@example.com')).toBeUndefined()
  expect((await identity.people.ensure('owner@example.com')).personId).not.toBe(owner.personId)
  expect(JSON.stringify(audited)).not.toContain('example.com')
})

it("[SI6] does not take a confirmation from somebody else's session, nor an old one", async () => {
  const { call, cookie, mails, identity, tokenIn, clock, cookieOf, signIn } = await bench()
  await call('POST', `${base}/me/email`, { cookie, body: { email: 'new@example.com' } })
  await identity.loginMail.settled()
  const body = { token: tokenIn(mails[0]) }
  const eve = await identity.people.ensure('eve@example.com')
  expect((await call('POST', `${base}/me/email/confirm`, { cookie: cookieOf(await signIn(eve.personId)), body })).status).toBe(403)
  clock.advance(identityLimits.addressChangeMs)
  const again = await signIn()
  expect((await call('POST', `${base}/me/email/confirm`, { cookie: cookieOf(again), body })).status).toBe(403)
})

it('[SI7] answers alike for an address that is taken, and tells only its owner', async () => {
  const { call, cookie, mails, identity } = await bench()
  await identity.people.ensure('taken@example.com')
  const [free, taken] = [
    await call('POST', `${base}/me/email`, { cookie, body: { email: 'free@example.com' } }),
    await call('POST', `${base}/me/email`, { cookie, body: { email: 'taken@example.com' } }),
  ]
  expect({ status: taken.status, text: taken.text }).toEqual({ status: free.status, text: free.text })
  await identity.loginMail.settled()
  expect(mails.map(({ to, subject }) => `${to}: ${subject}`)).toEqual([
    'free@example.com: Confirm your new address for Throughline',
    'taken@example.com: Your address was named at Throughline',
  ])
})

it('[SI26] writes sign-ins, refusals, sign-outs and changes of the profile into the audit', async () => {
  const { call, identity, owner, audited } = await bench()
  const jar = createCookieJar()
  const { token } = await identity.links.issue(owner.personId)
  jar.take(await call('POST', `${base}/sign-in`, { body: { token } }))
  await call('POST', `${base}/sign-in`, { body: { token } })
  await call('PATCH', `${base}/me`, { cookie: jar.header, body: { name: 'Ada of the night shift' } })
  await call('POST', `${base}/sign-out`, { cookie: jar.header, body: {} })
  expect(audited.map(({ action, personId, via }) => [action, personId, via])).toEqual([
    ['sign-in', owner.personId, 'link'],
    ['sign-in-refused', undefined, 'none'],
    ['profile-changed', owner.personId, 'cookie'],
    ['sign-out', owner.personId, 'cookie'],
  ])
  expect(JSON.stringify(audited)).not.toContain('night shift')
})
