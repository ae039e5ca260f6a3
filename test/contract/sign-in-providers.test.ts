import { expect, it } from 'vitest'
import { identityLimits } from '../../cloud/identity/limits.ts'
import type { ProviderSettings } from '../../cloud/identity/providers/provider.ts'
import { createCookieJar } from '../doubles/people/cookie-jar.ts'
import { createSoftAuthenticator } from '../doubles/people/soft-authenticator.ts'
import { startDnsServer } from '../doubles/servers/dns-server.ts'
import { startForgingOidcServer } from '../doubles/servers/forging-oidc-server.ts'
import { startGithubServer } from '../doubles/servers/github-server.ts'
import { otherSpaceId, spaceId } from '../doubles/benches/identity-bench.ts'
import { startOidcServer } from '../doubles/servers/oidc-server.ts'
import { callbackOf, createTripBench } from '../doubles/benches/trip-bench.ts'

type CreationOptions = Parameters<ReturnType<typeof createSoftAuthenticator>['create']>[0]

const oidcOf = ({ issuer, clientId, clientSecret }: { issuer: string; clientId: string; clientSecret: string }): ProviderSettings => ({
  providerId: 'oidc',
  kind: 'oidc',
  name: 'Company',
  issuer,
  clientId,
  clientSecret,
})

async function oidcBench(isOpenToAnyone = false) {
  const provider = await startOidcServer([callbackOf('oidc')])
  return { provider, ...(await createTripBench([oidcOf(provider)], { isOpenToAnyone })) }
}

it('[SI40] signs in at a real OpenID Connect server with PKCE, state and nonce', async () => {
  const lab = await oidcBench()
  const ada = await lab.identity.people.ensure('ada@example.com')
  const { jar, first, landed, location } = await lab.trip('oidc', createCookieJar(), '/nodes?sort=cpu#top')
  expect(Object.fromEntries(first.searchParams)).toMatchObject({
    client_id: 'throughline',
    response_type: 'code',
    redirect_uri: callbackOf('oidc'),
    scope: 'openid email',
    code_challenge_method: 'S256',
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    state: expect.stringMatching(/^[\w-]{43}$/),
    nonce: expect.stringMatching(/^[\w-]{43}$/),
  })
  expect([landed.status, location, landed.text]).toEqual([303, '/nodes?sort=cpu#top', ''])
  expect((await lab.me(jar)).json).toMatchObject({ personId: ada.personId })
  expect((await lab.browser('GET', `${lab.base}/sign-ins`, jar)).json).toMatchObject({ signIns: [{ method: 'oidc', isCurrent: true }] })
  expect(jar.get('__Host-throughline-flow')).toBeUndefined()
  expect(lab.audited.map(({ action, personId }) => [action, personId])).toEqual([
    ['identity-linked', ada.personId],
    ['sign-in', ada.personId],
  ])
  expect(JSON.stringify(lab.audited)).not.toContain('example.com')
})

it('[SI40] keeps the cookie of a trip Lax, short and out of reach of scripts', async () => {
  const lab = await oidcBench()
  const { begun } = await lab.begin('oidc')
  expect(begun.headers['set-cookie']).toEqual([
    expect.stringMatching(/^__Host-throughline-flow=[\w-]+; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=600$/),
  ])
})

it('[SI41] knows somebody by issuer and subject, whatever their address is by then', async () => {
  const lab = await oidcBench()
  const ada = await lab.identity.people.ensure('ada@example.com')
  await lab.trip('oidc')
  lab.provider.signedIn({ sub: 'sub-1', email: 'elsewhere@example.com', email_verified: true })
  expect((await lab.me((await lab.trip('oidc')).jar)).json).toMatchObject({ personId: ada.personId, email: 'ada@example.com' })
  lab.provider.signedIn({ sub: 'sub-2', email: 'ada@example.com', email_verified: true })
  expect((await lab.trip('oidc')).location).toBe('/sign-in#problem=LINK_FIRST')
})

it('[SI42] does not give an account to whoever has its address elsewhere, once somebody used it', async () => {
  const lab = await oidcBench()
  const ada = await lab.identity.people.ensure('ada@example.com')
  await lab.signIn(ada.personId)
  const { jar, location } = await lab.trip('oidc')
  expect(location).toBe('/sign-in#problem=LINK_FIRST')
  expect((await lab.me(jar)).status).toBe(401)
  expect(await lab.identity.identities.list(ada.personId)).toEqual([])
  expect(lab.audited).toContainEqual(
    expect.objectContaining({
      action: 'sign-in-refused',
      spaceId: undefined,
      personId: undefined,
      details: { method: 'provider', code: 'LINK_FIRST' },
    }),
  )
})

it('[SI42] of two first accounts at the same moment takes one', async () => {
  const lab = await oidcBench()
  const ada = await lab.identity.people.ensure('ada@example.com')
  const used = await Promise.all(Array.from({ length: 20 }, () => lab.identity.people.markUsed(ada.personId)))
  expect(used.filter(Boolean)).toHaveLength(1)
})

it('[SI43] lets nobody in whom no one invited, unless the installation is open to anyone', async () => {
  const closed = await oidcBench()
  expect((await closed.trip('oidc')).location).toBe('/sign-in#problem=SIGN_UP_CLOSED')
  expect(await closed.identity.people.find('ada@example.com')).toBeUndefined()
  const open = await oidcBench(true)
  const { jar, location } = await open.trip('oidc')
  expect(location).toBe('/')
  expect((await open.me(jar)).json).toMatchObject({ email: 'ada@example.com', spaces: [] })
})

it('[SI44] wants an address that the provider has verified', async () => {
  const lab = await oidcBench(true)
  lab.provider.signedIn({ sub: 'sub-1', email: 'ada@example.com', email_verified: false })
  expect((await lab.trip('oidc')).location).toBe('/sign-in#problem=EMAIL_UNVERIFIED')
  lab.provider.signedIn({ sub: 'sub-1', email: 'ada@exämple.com', email_verified: true })
  expect((await lab.trip('oidc')).location).toBe('/sign-in#problem=EMAIL_UNVERIFIED')
})

it('[SI45] links an account from a fresh sign-in, lists and unlinks it', async () => {
  const lab = await oidcBench()
  const mine = createCookieJar(await lab.signedIn())
  const link = async (jar: ReturnType<typeof createCookieJar>) => {
    const begun = await lab.browser('POST', `${lab.base}/me/identities/link`, jar, { providerId: 'oidc' })
    return { begun, location: (begun.json as { location?: string }).location ?? '' }
  }
  const { walkTrip } = await import('../doubles/people/walk-trip.ts')
  const { back } = await walkTrip((await link(mine)).location)
  // The session cookie is not sent when another site sends the browser back; the cookie of the trip is.
  const onlyFlow = createCookieJar(`__Host-throughline-flow=${mine.get('__Host-throughline-flow')}`)
  const landed = await lab.browser('GET', `${back.pathname}${back.search}`, onlyFlow)
  expect([landed.status, landed.headers['location']]).toEqual([303, '/profile/passkeys#linked'])
  const listed = (await lab.browser('GET', `${lab.base}/me/identities`, mine)).json as { identities: { identityId: string }[] }
  expect(listed).toMatchObject({ identities: [{ providerId: 'oidc', provider: 'Company', label: 'ada@example.com' }] })
  expect((await lab.me((await lab.trip('oidc')).jar)).json).toMatchObject({ email: 'owner@example.com' })

  const eve = await lab.identity.people.ensure('eve@example.com')
  const eves = createCookieJar(lab.cookieOf(await lab.signIn(eve.personId)))
  const second = await walkTrip((await link(eves)).location)
  const taken = await lab.browser('GET', `${second.back.pathname}${second.back.search}`, eves)
  expect(taken.headers['location']).toBe('/profile/passkeys#problem=IDENTITY_TAKEN')
  expect(await lab.identity.identities.list(eve.personId)).toEqual([])

  const id = listed.identities[0]?.identityId ?? ''
  expect((await lab.browser('DELETE', `${lab.base}/me/identities/${id}`, eves)).status).toBe(404)
  expect((await lab.browser('DELETE', `${lab.base}/me/identities/${id}`, mine)).status).toBe(204)
  expect((await lab.trip('oidc')).location).toBe('/sign-in#problem=SIGN_UP_CLOSED')
  lab.clock.advance(identityLimits.freshMs)
  expect((await link(mine)).begun).toMatchObject({ status: 403, json: { errorCode: 'FRESH_SIGN_IN_NEEDED' } })
})

it('[SI46] signs in with GitHub by its number and its primary verified address', async () => {
  const github = await startGithubServer()
  const { url: issuer, clientId, clientSecret } = github
  const lab = await createTripBench([{ providerId: 'github', kind: 'github', name: 'GitHub', issuer, clientId, clientSecret }])
  const ada = await lab.identity.people.ensure('ada@example.com')
  const email = (address: string, primary: boolean, verified: boolean) => ({ email: address, primary, verified, visibility: null })
  github.is({ id: 7, login: 'ada', emails: [email('other@example.com', false, true), email('ada@example.com', true, false)] })
  expect((await lab.trip('github')).location).toBe('/sign-in#problem=EMAIL_UNVERIFIED')
  github.is({ id: 7, login: 'ada', emails: [email('other@example.com', false, true), email('Ada@Example.com', true, true)] })
  const { jar, first, location } = await lab.trip('github')
  expect(location).toBe('/')
  expect(first.searchParams.get('scope')).toBe('read:user user:email')
  expect((await lab.me(jar)).json).toMatchObject({ personId: ada.personId })
  expect((await lab.browser('GET', `${lab.base}/sign-ins`, jar)).json).toMatchObject({ signIns: [{ method: 'github' }] })
  github.is({ id: 8, login: 'ada', emails: [email('ada@example.com', true, true)] })
  expect((await lab.trip('github')).location).toBe('/sign-in#problem=LINK_FIRST')
})

it("[SI46] signs in with Google's endpoints, which add parameters of their own to the answer", async () => {
  const { issuer, clientId, clientSecret, paths } = await startForgingOidcServer('1234.apps.googleusercontent.com')
  const lab = await createTripBench([{ providerId: 'google', kind: 'google', name: 'Google', issuer, clientId, clientSecret }])
  await lab.identity.people.ensure('ada@example.com')
  const { jar, location } = await lab.trip('google')
  expect(location).toBe('/')
  expect((await lab.browser('GET', `${lab.base}/sign-ins`, jar)).json).toMatchObject({ signIns: [{ method: 'google' }] })
  expect(paths()).toEqual(['/.well-known/openid-configuration', '/o/oauth2/v2/auth', '/token', '/oauth2/v3/certs'])
})

it('[SI47] names the providers there are, and says when one does not answer', async () => {
  const lab = await createTripBench([
    { providerId: 'oidc', kind: 'oidc', name: 'Company', issuer: 'http://127.0.0.1:1', clientId: 'a', clientSecret: 'b' },
  ])
  expect((await lab.call('GET', `${lab.base}/sign-in/providers`)).json).toEqual({
    providers: [{ providerId: 'oidc', kind: 'oidc', name: 'Company' }],
    hasMail: false,
    hasPasskeys: true,
  })
  expect((await lab.begin('oidc')).begun).toMatchObject({ status: 503, json: { errorCode: 'PROVIDER_UNAVAILABLE' } })
  expect((await lab.begin('google')).begun.status).toBe(404)
  expect((await lab.begin('space-__proto__')).begun.status).toBe(404)
})

it('[SI48] asks for the passkey after an account elsewhere, too', async () => {
  const lab = await oidcBench()
  await lab.identity.people.ensure('ada@example.com')
  const { jar: mine } = await lab.trip('oidc')
  const options = (await lab.browser('POST', `${lab.base}/me/passkeys/options`, mine)).json as CreationOptions
  const credential = createSoftAuthenticator({ origin: 'https://localhost:8443', rpId: 'localhost' }).create(options)
  expect((await lab.browser('POST', `${lab.base}/me/passkeys`, mine, { name: 'Laptop', credential })).status).toBe(201)
  expect((await lab.browser('PUT', `${lab.base}/me/second-factor`, mine, { isOn: true })).status).toBe(204)
  const { jar, location } = await lab.trip('oidc', createCookieJar(), '/nodes')
  expect(location).toBe('/sign-in#second-factor=%2Fnodes')
  expect((await lab.me(jar)).status).toBe(401)
  expect(jar.get('__Host-throughline-pending')).toBeDefined()
  expect((await lab.browser('POST', `${lab.base}/sign-in/second-factor/options`, jar)).status).toBe(200)
})

/** A space that has an own provider, whose domain is proven when `prove` was called. */
async function spaceBench() {
  const dns = await startDnsServer()
  const provider = await startOidcServer([callbackOf(`space-${spaceId}`)])
  const lab = await createTripBench([], { privateTargets: ['127.0.0.0/8'], dnsServers: [dns.server] })
  const admin = createCookieJar(await lab.signedIn())
  const path = `${lab.base}/spaces/${spaceId}/sign-in-provider`
  const { issuer, clientId, clientSecret } = provider
  const put = () => lab.browser('PUT', path, admin, { issuer, clientId, clientSecret, name: 'Example Ltd' })
  const check = () => lab.browser('POST', `${path}/domains/example.com/check`, admin)
  const prove = async () => {
    await put()
    const { json } = await lab.browser('POST', `${path}/domains`, admin, { domain: 'Example.com' })
    const { domains } = json as { domains: { record: { name: string; value: string } }[] }
    const { name, value } = domains[0]?.record ?? { name: '', value: '' }
    dns.texts.set(name, [value.slice(0, 12), value.slice(12)])
    return check()
  }
  const invite = async (email: string) => {
    const person = await lab.identity.people.ensure(email)
    lab.roles.set(person.personId, 'observer')
    return person
  }
  return { ...lab, dns, provider, admin, path, put, check, prove, invite, providerId: `space-${spaceId}` }
}

it("[SI60] proves a domain of a space's own provider by DNS, and only then shows the provider", async () => {
  const lab = await spaceBench()
  expect((await lab.browser('GET', lab.path, lab.admin)).status).toBe(404)
  expect((await lab.put()).json).toMatchObject({ name: 'Example Ltd', domains: [], callbackUrl: callbackOf(lab.providerId) })
  expect((await lab.begin(lab.providerId)).begun.status).toBe(404)
  expect((await lab.prove()).json).toMatchObject({
    domains: [{ domain: 'example.com', isProven: true, record: { name: '_throughline.example.com', type: 'TXT' } }],
  })
  expect((await lab.call('GET', `${lab.base}/sign-in/providers`)).json).toMatchObject({ providers: [] })
  expect((await lab.call('GET', `${lab.base}/sign-in/providers?space=${spaceId}`)).json).toMatchObject({
    providers: [{ providerId: lab.providerId, kind: 'oidc', name: 'Example Ltd' }],
  })
  const stored = JSON.stringify((await lab.store.list(`space/${spaceId}`)).items)
  expect(stored).not.toContain(lab.provider.clientSecret)
  expect(JSON.stringify((await lab.browser('GET', lab.path, lab.admin)).json)).not.toContain(lab.provider.clientSecret)
})

it('[SI60] does not believe another record, and says when the DNS is silent', async () => {
  const lab = await spaceBench()
  await lab.prove()
  lab.dns.texts.set('_throughline.example.com', ['throughline-space=guessed'])
  expect((await lab.check()).json).toMatchObject({ domains: [{ isProven: false }] })
  lab.dns.texts.delete('_throughline.example.com')
  expect((await lab.check()).json).toMatchObject({ domains: [{ isProven: false }] })
  lab.dns.silence(true)
  expect(await lab.check()).toMatchObject({ status: 503, json: { errorCode: 'PROVIDER_UNAVAILABLE' } })
  expect((await lab.browser('POST', `${lab.path}/domains`, lab.admin, { domain: 'not a domain' })).status).toBe(422)
  expect((await lab.browser('POST', `${lab.path}/domains/other.com/check`, lab.admin)).status).toBe(404)
})

it("[SI61] lets a space's own provider reach that space alone, and change nothing of the account", async () => {
  const lab = await spaceBench()
  await lab.prove()
  const ada = await lab.invite('ada@example.com')
  const { jar, location } = await lab.trip(lab.providerId)
  expect(location).toBe('/')
  expect((await lab.me(jar)).json).toMatchObject({ personId: ada.personId, onlySpaceId: spaceId })
  expect((await lab.browser('GET', `${lab.base}/spaces/${spaceId}/nodes`, jar)).status).toBe(200)
  lab.otherRoles.set(ada.personId, 'admin')
  const foreign = await lab.browser('GET', `${lab.base}/spaces/${otherSpaceId}/nodes`, jar)
  const absent = await lab.browser('GET', `${lab.base}/spaces/44444444-4444-4444-8444-444444444444/nodes`, jar)
  expect({ status: foreign.status, text: foreign.text }).toEqual({ status: 404, text: absent.text })
  for (const [method, path, body] of [
    ['PATCH', '/me', { name: 'x' }],
    ['GET', '/me/passkeys', undefined],
    ['GET', '/me/identities', undefined],
    ['GET', '/me/deletion', undefined],
    ['POST', '/me/email', { email: 'x@example.com' }],
    ['POST', '/me/passkeys/options', {}],
    ['POST', '/me/identities/link', { providerId: 'google' }],
    ['POST', '/api-tokens', { scope: 'scope:all' }],
    ['DELETE', '/sign-ins', {}],
  ] as const)
    expect([path, (await lab.browser(method, `${lab.base}${path}`, jar, body)).status]).toEqual([path, 403])
  const full = createCookieJar(lab.cookieOf(await lab.signIn(ada.personId)))
  expect((await lab.browser('GET', `${lab.base}/spaces/${otherSpaceId}/nodes`, full)).status).toBe(200)
})

it("[SI61] renews no sign-in by a space's own provider once the provider, or its last proof, is gone", async () => {
  const lab = await spaceBench()
  await lab.prove()
  await lab.invite('ada@example.com')
  const renew = (jar: ReturnType<typeof createCookieJar>) => lab.browser('POST', `${lab.base}/session/refresh`, jar)
  const unproven = (await lab.trip(lab.providerId)).jar
  const removed = (await lab.trip(lab.providerId)).jar
  expect((await renew(unproven)).status).toBe(200)
  lab.dns.texts.clear()
  await lab.check()
  expect(await renew(unproven)).toMatchObject({ status: 401, json: { errorCode: 'SESSION_EXPIRED' } })
  await lab.prove()
  expect((await lab.me(unproven)).status).toBe(401)
  expect((await renew(removed)).status).toBe(200)
  expect((await lab.browser('DELETE', lab.path, lab.admin)).status).toBe(204)
  expect((await renew(removed)).status).toBe(401)
  expect((await renew(lab.admin)).status).toBe(200)
})

it('[SI61] lets in only members and invited people, and only addresses of proven domains', async () => {
  const lab = await spaceBench()
  await lab.prove()
  expect((await lab.trip(lab.providerId)).location).toBe('/sign-in#problem=SIGN_UP_CLOSED')
  await lab.identity.people.ensure('ada@example.com')
  expect((await lab.trip(lab.providerId)).location).toBe('/sign-in#problem=SIGN_UP_CLOSED')
  await lab.invite('ada@elsewhere.com')
  lab.provider.signedIn({ sub: 'sub-3', email: 'ada@elsewhere.com', email_verified: true })
  expect((await lab.trip(lab.providerId)).location).toBe('/sign-in#problem=DOMAIN_UNPROVEN')
  await lab.invite('ada@sub.example.com')
  lab.provider.signedIn({ sub: 'sub-4', email: 'ada@sub.example.com', email_verified: true })
  expect((await lab.trip(lab.providerId)).location).toBe('/sign-in#problem=DOMAIN_UNPROVEN')
})

it('[SI62] looks a proof up again after a day, and lets nobody in when it is gone', async () => {
  const lab = await spaceBench()
  await lab.prove()
  await lab.invite('ada@example.com')
  expect((await lab.trip(lab.providerId)).location).toBe('/')
  lab.dns.texts.clear()
  expect((await lab.trip(lab.providerId)).location).toBe('/')
  lab.clock.advance(identityLimits.domainProofMs)
  expect((await lab.trip(lab.providerId)).location).toBe('/sign-in#problem=DOMAIN_UNPROVEN')
  expect((await lab.begin(lab.providerId)).begun.status).toBe(404)
})

it('[SI63] (N1) does not send a secret to another server, nor ask one in our own networks', async () => {
  const lab = await spaceBench()
  await lab.put()
  const other = await startOidcServer([callbackOf(lab.providerId)])
  const body = { issuer: other.issuer, clientId: other.clientId, name: 'Other' }
  expect((await lab.browser('PUT', lab.path, lab.admin, body)).status).toBe(422)
  const guarded = await createTripBench([], {})
  const admin = createCookieJar(await guarded.signedIn())
  for (const issuer of [other.issuer, 'https://localhost:8443', 'https://[::1]:8443', 'https://169.254.169.254', 'https://10.0.0.1']) {
    const wish = { issuer, clientId: 'a', clientSecret: 'b', name: 'Inside' }
    const answer = await guarded.browser('PUT', lab.path, admin, wish)
    expect([issuer, answer.status, answer.json]).toEqual([issuer, 503, expect.objectContaining({ errorCode: 'PROVIDER_UNAVAILABLE' })])
  }
  for (const issuer of ['ftp://example.com', 'https://user:pass@example.com', 'https://example.com/?a=b', 'javascript:alert(1)'])
    expect((await guarded.browser('PUT', lab.path, admin, { issuer, clientId: 'a', clientSecret: 'b', name: 'x' })).status).toBe(422)
})
