import { expect, it } from 'vitest'
import { createApiBench } from '../../../test/doubles/benches/api-bench.ts'
import { createCookieJar } from '../../../test/doubles/people/cookie-jar.ts'
import { createSoftAuthenticator, type AuthenticatorFaults } from '../../../test/doubles/people/soft-authenticator.ts'
import { identityLimits } from '../../identity/limits.ts'
import { signedIn as plainSignIn } from '../../../test/doubles/benches/identity-bench.ts'

const base = '/api/throughline/v1'
const here = { origin: 'https://localhost:8443', rpId: 'localhost' }
type CreationOptions = Parameters<ReturnType<typeof createSoftAuthenticator>['create']>[0]
type RequestOptions = Parameters<ReturnType<typeof createSoftAuthenticator>['get']>[0]

/** Somebody who is signed in and has one passkey. */
async function bench() {
  const lab = await createApiBench()
  const browser = async (method: string, path: string, jar: ReturnType<typeof createCookieJar>, body?: unknown) => {
    const answer = await lab.call(method, `${base}${path}`, { cookie: jar.header, ...(method === 'GET' ? {} : { body: body ?? {} }) })
    jar.take(answer)
    return answer
  }
  const mine = createCookieJar(await lab.signedIn())
  const authenticator = createSoftAuthenticator(here)
  const add = async (faults: AuthenticatorFaults = {}, key = authenticator) => {
    const options = (await browser('POST', '/me/passkeys/options', mine)).json as CreationOptions
    return browser('POST', '/me/passkeys', mine, { name: 'Laptop', credential: key.create(options, faults) })
  }
  const signInByPasskey = async (faults: AuthenticatorFaults = {}, jar = createCookieJar()) => {
    const options = (await browser('POST', '/sign-in/passkey/options', jar)).json as RequestOptions
    return { answer: await browser('POST', '/sign-in/passkey', jar, { credential: authenticator.get(options, faults) }), jar }
  }
  return { ...lab, browser, mine, authenticator, add, signInByPasskey }
}

it('[SI20] makes a discoverable passkey of this host with the person verified, once', async () => {
  const lab = await bench()
  const asked = await lab.browser('POST', '/me/passkeys/options', lab.mine)
  expect(asked.json).toMatchObject({
    rp: { id: 'localhost', name: 'Throughline' },
    user: { name: 'owner@example.com' },
    attestation: 'none',
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
  expect(String(asked.headers['set-cookie'])).toMatch(
    /^__Host-throughline-challenge=[\w-]+; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=300$/,
  )
  const made = await lab.add()
  expect(made).toMatchObject({ status: 201, json: { name: 'Laptop', lastUsedAtMs: null } })
  expect(await lab.add()).toMatchObject({ status: 409, json: { errorCode: 'CONFLICT' } })
  expect((await lab.browser('GET', '/me/passkeys', lab.mine)).json).toEqual({ passkeys: [made.json], isSecondFactor: false })
  const { items } = await lab.store.list(`person#${lab.owner.personId}`, { prefix: 'passkey#' })
  expect(items).toHaveLength(1)
})

it.each<[string, AuthenticatorFaults]>([
  ['another origin', { origin: 'https://evil.example' }],
  ['another host', { rpId: 'evil.example' }],
  ['nobody verified', { isUserVerified: false }],
])('[SI20] refuses to keep a passkey made with %s', async (_what, faults) => {
  const lab = await bench()
  expect(await lab.add(faults)).toMatchObject({ status: 403, json: { errorCode: 'PASSKEY_REFUSED' } })
  expect((await lab.browser('GET', '/me/passkeys', lab.mine)).json).toMatchObject({ passkeys: [] })
})

it('[SI20] makes none without a fresh proof', async () => {
  const lab = await bench()
  lab.clock.advance(identityLimits.freshMs)
  expect(await lab.browser('POST', '/me/passkeys/options', lab.mine)).toMatchObject({
    status: 403,
    json: { errorCode: 'FRESH_SIGN_IN_NEEDED' },
  })
})

it('[SI21] signs in with a passkey and nothing else', async () => {
  const lab = await bench()
  await lab.add()
  const { answer, jar } = await lab.signInByPasskey()
  expect(answer).toMatchObject({ status: 204, text: '' })
  expect((await lab.browser('GET', '/me', jar)).json).toMatchObject({ personId: lab.owner.personId })
  const { signIns } = (await lab.browser('GET', '/sign-ins', jar)).json as { signIns: { isCurrent: boolean; method: string }[] }
  expect(signIns.find(({ isCurrent }) => isCurrent)).toMatchObject({ method: 'passkey' })
  expect((await lab.browser('GET', '/me/passkeys', jar)).json).toMatchObject({ passkeys: [{ lastUsedAtMs: lab.clock.nowMs() }] })
  expect(lab.audited.filter(({ action }) => action === 'sign-in')).toMatchObject([
    { personId: lab.owner.personId, details: { method: 'passkey' } },
  ])
})

it.each<[string, AuthenticatorFaults]>([
  ['another origin', { origin: 'https://localhost' }],
  ['another host', { rpId: 'evil.example' }],
  ['nobody verified', { isUserVerified: false }],
  ['a signature of another key', { hasWrongSignature: true }],
  ["another person's handle", { userHandle: Buffer.from('33333333-3333-4333-8333-333333333333').toString('base64url') }],
  ['a handle that is no person', { userHandle: Buffer.from('__proto__').toString('base64url') }],
  ['no handle', { userHandle: '' }],
])('[SI21] refuses an answer with %s', async (_what, faults) => {
  const lab = await bench()
  await lab.add()
  const { answer, jar } = await lab.signInByPasskey(faults)
  expect(answer).toMatchObject({ status: 403, json: { errorCode: 'PASSKEY_REFUSED' } })
  expect((await lab.browser('GET', '/me', jar)).status).toBe(401)
  expect(lab.audited).toContainEqual(
    expect.objectContaining({
      action: 'sign-in-refused',
      spaceId: undefined,
      personId: undefined,
      details: { method: 'passkey', code: 'PASSKEY_REFUSED' },
    }),
  )
})

it('[SI21] refuses a copy: a count that does not rise', async () => {
  const lab = await bench()
  await lab.add({ count: 5 })
  expect((await lab.signInByPasskey({ count: 9 })).answer.status).toBe(204)
  expect((await lab.signInByPasskey({ count: 9 })).answer.status).toBe(403)
  expect((await lab.signInByPasskey({ count: 7 })).answer.status).toBe(403)
  expect((await lab.signInByPasskey({ count: 10 })).answer.status).toBe(204)
})

it('[SI22] takes an answer once, in time, from the browser that asked, and for what it was asked', async () => {
  const lab = await bench()
  await lab.add()
  const jar = createCookieJar()
  const options = (await lab.browser('POST', '/sign-in/passkey/options', jar)).json as RequestOptions
  const credential = lab.authenticator.get(options)
  const ticket = jar.header
  const stranger = createCookieJar()
  await lab.browser('POST', '/sign-in/passkey/options', stranger)
  expect((await lab.browser('POST', '/sign-in/passkey', stranger, { credential })).status).toBe(403)
  expect((await lab.browser('POST', '/sign-in/passkey', createCookieJar(), { credential })).status).toBe(403)
  const attempts = await Promise.all(
    Array.from({ length: 8 }, () => lab.browser('POST', '/sign-in/passkey', createCookieJar(ticket), { credential })),
  )
  expect(attempts.map(({ status }) => status).sort((a, b) => a - b)).toEqual([204, ...Array.from({ length: 7 }, () => 403)])

  const late = createCookieJar()
  const asked = (await lab.browser('POST', '/sign-in/passkey/options', late)).json as RequestOptions
  lab.clock.advance(identityLimits.challengeMs)
  expect((await lab.browser('POST', '/sign-in/passkey', late, { credential: lab.authenticator.get(asked) })).status).toBe(403)

  const proving = (await lab.browser('POST', '/me/prove/options', lab.mine)).json as RequestOptions
  expect((await lab.browser('POST', '/sign-in/passkey', lab.mine, { credential: lab.authenticator.get(proving) })).status).toBe(403)
})

it('[SI22] names nobody in a question to a stranger', async () => {
  const lab = await bench()
  await lab.add()
  const { json } = await lab.browser('POST', '/sign-in/passkey/options', createCookieJar())
  expect(json).toMatchObject({ allowCredentials: [], rpId: 'localhost', userVerification: 'required' })
})

it('[SI23] gives no session for a mail link before the passkey answered', async () => {
  const lab = await bench()
  await lab.add()
  expect((await lab.browser('PUT', '/me/second-factor', lab.mine, { isOn: true })).status).toBe(204)
  const jar = createCookieJar()
  const { token } = await lab.identity.links.issue(lab.owner.personId)
  const half = await lab.browser('POST', '/sign-in', jar, { token })
  expect(half).toMatchObject({
    status: 200,
    json: { secondFactor: { allowCredentials: [expect.objectContaining({ id: lab.authenticator.credentialId })] } },
  })
  expect(jar.get('__Host-throughline')).toBeUndefined()
  expect((await lab.browser('GET', '/me', jar)).status).toBe(401)
  const { secondFactor } = half.json as { secondFactor: RequestOptions }
  const wrong = lab.authenticator.get(secondFactor, { hasWrongSignature: true })
  expect((await lab.browser('POST', '/sign-in/second-factor', jar, { credential: wrong })).status).toBe(403)
  const again = (await lab.browser('POST', '/sign-in/second-factor/options', jar)).json as RequestOptions
  const answered = await lab.browser('POST', '/sign-in/second-factor', jar, { credential: lab.authenticator.get(again) })
  expect(answered.status).toBe(204)
  expect((await lab.browser('GET', '/me', jar)).status).toBe(200)
  expect(jar.get('__Host-throughline-pending')).toBeUndefined()
  expect((await lab.browser('POST', '/sign-in/second-factor/options', jar)).json).toMatchObject({ errorCode: 'SIGN_IN_FLOW_OVER' })
})

it('[SI23] lets nobody in with the passkey of another person', async () => {
  const lab = await bench()
  await lab.add()
  await lab.browser('PUT', '/me/second-factor', lab.mine, { isOn: true })
  const eve = await lab.identity.people.ensure('eve@example.com')
  const eves = createCookieJar(lab.cookieOf(await lab.signIn(eve.personId)))
  const evesKey = createSoftAuthenticator(here)
  const options = (await lab.browser('POST', '/me/passkeys/options', eves)).json as CreationOptions
  await lab.browser('POST', '/me/passkeys', eves, { name: 'Key', credential: evesKey.create(options) })
  const jar = createCookieJar()
  const { token } = await lab.identity.links.issue(lab.owner.personId)
  const { secondFactor } = (await lab.browser('POST', '/sign-in', jar, { token })).json as { secondFactor: RequestOptions }
  const answer = await lab.browser('POST', '/sign-in/second-factor', jar, { credential: evesKey.get(secondFactor) })
  expect(answer).toMatchObject({ status: 403, json: { errorCode: 'PASSKEY_REFUSED' } })
})

it('[SI24] makes a sign-in fresh again by a passkey', async () => {
  const lab = await bench()
  await lab.add()
  lab.clock.advance(identityLimits.freshMs)
  expect((await lab.browser('PUT', '/me/second-factor', lab.mine, { isOn: true })).status).toBe(403)
  const options = (await lab.browser('POST', '/me/prove/options', lab.mine)).json as RequestOptions
  expect((await lab.browser('POST', '/me/prove', lab.mine, { credential: lab.authenticator.get(options) })).status).toBe(204)
  expect((await lab.browser('GET', '/me', lab.mine)).json).toMatchObject({ provenAtMs: lab.clock.nowMs() })
  expect((await lab.browser('PUT', '/me/second-factor', lab.mine, { isOn: true })).status).toBe(204)
})

it('[SI25] names, renames and removes own passkeys only; the last takes the second factor with it', async () => {
  const lab = await bench()
  const { passkeyId } = (await lab.add()).json as { passkeyId: string }
  await lab.browser('PUT', '/me/second-factor', lab.mine, { isOn: true })
  const eve = await lab.identity.people.ensure('eve@example.com')
  const eves = createCookieJar(lab.cookieOf(await lab.signIn(eve.personId)))
  for (const id of [passkeyId, 'x', '..%2Fperson', '__proto__']) {
    expect((await lab.browser('PATCH', `/me/passkeys/${id}`, eves, { name: 'Mine' })).status).toBe(404)
    expect((await lab.browser('DELETE', `/me/passkeys/${id}`, eves)).status).toBe(404)
  }
  expect(await lab.browser('PUT', '/me/second-factor', eves, { isOn: true })).toMatchObject({ json: { errorCode: 'PASSKEY_REFUSED' } })
  expect((await lab.browser('PATCH', `/me/passkeys/${passkeyId}`, lab.mine, { name: 'Desk \u202ekey\u0000' })).status).toBe(204)
  expect((await lab.browser('GET', '/me/passkeys', lab.mine)).json).toMatchObject({
    passkeys: [{ name: 'Desk key' }],
    isSecondFactor: true,
  })
  expect((await lab.browser('DELETE', `/me/passkeys/${passkeyId}`, lab.mine)).status).toBe(204)
  expect((await lab.browser('GET', '/me/passkeys', lab.mine)).json).toEqual({ passkeys: [], isSecondFactor: false })
})

it('[SI25] takes the second factor along, too, when the last two passkeys are removed at the same moment', async () => {
  const lab = await bench()
  const ids = [await lab.add(), await lab.add({}, createSoftAuthenticator(here))].map(
    ({ json }) => (json as { passkeyId: string }).passkeyId,
  )
  await lab.browser('PUT', '/me/second-factor', lab.mine, { isOn: true })
  await Promise.all(ids.map((id) => lab.identity.passkeys.remove(lab.owner.personId, id)))
  expect(await lab.identity.people.get(lab.owner.personId)).toMatchObject({ hasSecondFactor: false })
})

it('[SI25] lets somebody in whose wish for a second factor outlived their last passkey', async () => {
  const lab = await bench()
  await lab.identity.people.setSecondFactor(lab.owner.personId, true)
  expect((await lab.browser('GET', '/me/passkeys', lab.mine)).json).toEqual({ passkeys: [], isSecondFactor: false })
  const { token } = await lab.identity.links.issue(lab.owner.personId)
  expect(plainSignIn(await lab.identity.signIn(token)).personId).toBe(lab.owner.personId)
})

it("[SI25] lets somebody in who lost their passkey by a link of the operator's console", async () => {
  const lab = await bench()
  await lab.add()
  await lab.browser('PUT', '/me/second-factor', lab.mine, { isOn: true })
  const { token } = await lab.identity.links.issue(lab.owner.personId, { isByOperator: true })
  expect(plainSignIn(await lab.identity.signIn(token)).personId).toBe(lab.owner.personId)
})
