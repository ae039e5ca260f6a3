import { expect, it } from 'vitest'
import type { MetadataStore } from '../../cloud/store/port.ts'
import type { Mail } from '../../cloud/identity/mailer.ts'
import { identityLimits } from '../../cloud/identity/limits.ts'
import { createApiBench } from '../doubles/benches/api-bench.ts'
import { createCookieJar } from '../doubles/people/cookie-jar.ts'
import { startForgingOidcServer } from '../doubles/servers/forging-oidc-server.ts'
import { createHandClock } from '../doubles/hand-clock.ts'
import { createMemoryStore } from '../doubles/stores/memory-store.ts'
import { callbackOf, createTripBench } from '../doubles/benches/trip-bench.ts'
import { walkTrip } from '../doubles/people/walk-trip.ts'

const base = '/api/throughline/v1'

/** Two providers, both open to anyone, and a trip that has been answered but not brought home. */
async function bench() {
  const [one, two] = [await startForgingOidcServer(), await startForgingOidcServer()]
  const lab = await createTripBench(
    [
      { providerId: 'oidc', kind: 'oidc', name: 'One', ...one },
      { providerId: 'google', kind: 'google', name: 'Two', ...two },
    ],
    { isOpenToAnyone: true },
  )
  const answered = async (providerId = 'oidc', jar = createCookieJar()) => {
    const { location } = await lab.begin(providerId, jar)
    const { back } = await walkTrip(location)
    return { jar, back }
  }
  const home = async (back: URL, jar: ReturnType<typeof createCookieJar>) => {
    const answer = await lab.browser('GET', `${back.pathname}${back.search}`, jar)
    return { status: answer.status, location: answer.headers['location'] }
  }
  return { ...lab, one, two, answered, home }
}

const problem = (code: string) => ({ status: 303, location: `/sign-in#problem=${code}` })

it('[SI92] takes an answer once, also of many at the same moment', async () => {
  const lab = await bench()
  const { jar, back } = await lab.answered()
  const ticket = jar.header
  const all = await Promise.all(Array.from({ length: 8 }, () => lab.home(back, createCookieJar(ticket))))
  expect(all.filter(({ location }) => location === '/')).toHaveLength(1)
  expect(all.filter(({ location }) => location === '/sign-in#problem=SIGN_IN_FLOW_OVER')).toHaveLength(7)
  expect(await lab.home(back, createCookieJar(ticket))).toEqual(problem('SIGN_IN_FLOW_OVER'))
})

it('[SI92] takes an answer only from the browser that began, in time', async () => {
  const lab = await bench()
  const first = await lab.answered()
  expect(await lab.home(first.back, createCookieJar())).toEqual(problem('SIGN_IN_FLOW_OVER'))
  // Somebody else's answer in my browser would sign me in as them.
  const second = await lab.answered()
  expect(await lab.home(first.back, second.jar)).toEqual(problem('PROVIDER_REFUSED'))
  const late = await lab.answered()
  lab.clock.advance(identityLimits.flowMs)
  expect(await lab.home(late.back, late.jar)).toEqual(problem('SIGN_IN_FLOW_OVER'))
  const forged = await lab.answered()
  forged.jar.set('__Host-throughline-flow', `${forged.jar.get('__Host-throughline-flow')?.slice(0, -2)}AA`)
  expect(await lab.home(forged.back, forged.jar)).toEqual(problem('SIGN_IN_FLOW_OVER'))
})

it.each<[string, (query: URLSearchParams) => void]>([
  ['another state', (query) => query.set('state', 'guessed')],
  ['no state', (query) => query.delete('state')],
  ['an empty state', (query) => query.set('state', '')],
  ['another issuer', (query) => query.set('iss', 'https://accounts.google.com')],
  ['no issuer, though the server always names it', (query) => query.delete('iss')],
  ['no code', (query) => query.delete('code')],
  ['an error', (query) => (query.delete('code'), query.set('error', 'access_denied'))],
])('[SI93] refuses an answer with %s, without showing anybody the code', async (_what, change) => {
  const lab = await bench()
  const { jar, back } = await lab.answered()
  change(back.searchParams)
  lab.one.paths()
  expect(await lab.home(back, jar)).toEqual(problem('PROVIDER_REFUSED'))
  expect(lab.one.paths()).not.toContain('/token')
  expect((await lab.me(jar)).status).toBe(401)
})

it('[SI93] never takes the answer of one provider for that of another', async () => {
  const lab = await bench()
  const { jar, back } = await lab.answered('oidc')
  const mixed = new URL(back.href.replace('/callback/oidc', '/callback/google'))
  lab.two.paths()
  expect(await lab.home(mixed, jar)).toEqual(problem('PROVIDER_REFUSED'))
  expect(lab.two.paths()).toEqual([])
  const other = await lab.answered('oidc')
  lab.one.callsItself(lab.two.issuer)
  expect(await lab.home((await lab.answered('oidc', other.jar)).back, other.jar)).toEqual(problem('PROVIDER_REFUSED'))
})

it('[SI93] answers hostile callbacks without a trouble of its own', async () => {
  const lab = await bench()
  for (const query of [
    '',
    '?',
    '?__proto__=x',
    '?constructor=x&state=y',
    `?code=${'a'.repeat(4_096)}`,
    '?code=%00%0d%0aSet-Cookie:x',
    '?error=%3Cscript%3E',
  ])
    for (const providerId of ['oidc', 'space-__proto__', '__proto__', 'constructor', 'none'])
      expect((await lab.call('GET', `${base}/sign-in/callback/${providerId}${query}`)).status).toBe(303)
  expect((await lab.call('GET', `${base}/sign-in/callback/oidc?code=a&code=b`)).status).toBe(422)
})

it.each([
  '//evil.example',
  'https://evil.example/',
  '/\\evil.example',
  '/\t/evil.example',
  'javascript:alert(1)',
  '/a\r\nX: y',
  '/.//evil.example',
])('[SI50] a trip never ends at %j', async (returnTo) => {
  const lab = await bench()
  expect((await lab.trip('oidc', createCookieJar(), returnTo)).location).toBe('/')
})

it('[SI94] builds links and callbacks from its own address, whatever the request calls it', async () => {
  const mails: Mail[] = []
  const one = await startForgingOidcServer()
  const lab = await createTripBench([{ providerId: 'oidc', kind: 'oidc', name: 'One', ...one }], {
    mailer: { send: async (mail) => void mails.push(mail), close: () => undefined },
  })
  const poison = {
    host: 'evil.example',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'http',
    forwarded: 'host=evil.example',
    'x-original-url': '/evil',
  }
  const asked = await lab.call('POST', `${base}/sign-in/request`, { body: { email: 'owner@example.com' }, headers: poison })
  await lab.identity.loginMail.settled()
  if (asked.status === 202) expect(mails[0]?.text).toContain('https://localhost:8443/sign-in#')
  expect(JSON.stringify(mails)).not.toContain('evil.example')
  const begun = await lab.call('POST', `${base}/sign-in/provider`, { body: { providerId: 'oidc' }, headers: poison })
  const location = (begun.json as { location?: string }).location ?? ''
  expect(location).not.toContain('evil.example')
  if (begun.status === 200) expect(new URL(location).searchParams.get('redirect_uri')).toBe(callbackOf('oidc'))
  expect([202, 400, 421]).toContain(asked.status)
})

it('[SI95] answers wishes for a link before the store has said anything, for known and unknown addresses alike', async () => {
  const clock = createHandClock()
  const real = createMemoryStore(clock)
  let isSilent = false
  const never = () => new Promise<never>(() => undefined)
  const store: MetadataStore = {
    ...real,
    read: (key) => (isSilent ? never() : real.read(key)),
    write: (item, condition) => (isSilent ? never() : real.write(item, condition)),
    list: (partition, options) => (isSilent ? never() : real.list(partition, options)),
  }
  const lab = await createApiBench({ identity: { store } })
  isSilent = true
  for (const email of ['owner@example.com', 'nobody@example.com'])
    expect((await lab.call('POST', `${base}/sign-in/request`, { body: { email } })).status).toBe(202)
})

it('[SI95] does the same work for a question to a passkey whoever exists, and names nobody', async () => {
  const clock = createHandClock()
  const real = createMemoryStore(clock)
  const done: string[] = []
  const store: MetadataStore = {
    ...real,
    read: (key) => (done.push(`read ${key.partition.split('#')[0]}`), real.read(key)),
    write: (item, condition) => (done.push(`write ${item.kind}`), real.write(item, condition)),
    list: (partition, options) => (done.push(`list ${partition.split('#')[0]}`), real.list(partition, options)),
  }
  const lab = await createApiBench({ identity: { store } })
  done.length = 0
  const asked = await lab.call('POST', `${base}/sign-in/passkey/options`, { body: {} })
  expect(done).toEqual(['write sign-in-flow'])
  expect(asked.text).not.toContain('owner@example.com')
  expect((await lab.call('POST', `${base}/sign-in/passkey/options`, { body: { email: 'owner@example.com' } })).status).toBe(422)
})

it('[SI96] takes prototype keys for what they are: unknown members', async () => {
  const lab = await createApiBench()
  const cookie = await lab.signedIn()
  const bodies = [
    '{"__proto__":{"isLeaving":true}}',
    '{"constructor":{"prototype":{"isUnused":true}}}',
    '{"name":"x","__proto__":null}',
    '{"prototype":1}',
  ]
  for (const body of bodies)
    for (const [method, path] of [
      ['PATCH', '/me'],
      ['POST', '/sign-in'],
      ['POST', '/sign-in/provider'],
      ['POST', '/sign-in/passkey'],
      ['PUT', '/me/second-factor'],
      ['DELETE', '/me'],
    ] as const)
      expect([body, path, (await lab.call(method, `${base}${path}`, { cookie, body })).status]).toEqual([body, path, 422])
  expect(({} as { isLeaving?: boolean }).isLeaving).toBeUndefined()
  expect((await lab.call('GET', `${base}/me`, { cookie })).status).toBe(200)
})

it('[SI97] begins only so many trips from one address', async () => {
  const lab = await bench()
  const statuses = new Set<number>()
  for (let count = 0; count < identityLimits.flowsPerIp.count; count++) statuses.add((await lab.begin('oidc')).begun.status)
  expect([...statuses]).toEqual([200])
  expect((await lab.begin('oidc')).begun).toMatchObject({ status: 429, json: { errorCode: 'RATE_LIMITED' } })
})
