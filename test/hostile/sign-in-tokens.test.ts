import { createHmac, createPrivateKey, generateKeyPairSync, sign as signBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { loadKeyRing } from '../../cloud/identity/signing-keys.ts'
import { signOperatorToken } from '../../cloud/identity/operator-token.ts'
import { createApiBench } from '../doubles/benches/api-bench.ts'
import { startForgingOidcServer, type Forge } from '../doubles/servers/forging-oidc-server.ts'
import { createTripBench } from '../doubles/benches/trip-bench.ts'
import { SignJWT, UnsecuredJWT, type JWTPayload } from 'jose'

const me = '/api/throughline/v1/me'
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A server that a key in a header could be fetched from, and whether anybody came. */
async function keyServer() {
  let asked = 0
  const server = createServer((_request, response) => {
    asked += 1
    response.end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`, asked: () => asked }
}

it('[SI90] refuses every forged session and operator token, and fetches no key that a token names', async () => {
  const lab = await createApiBench()
  const keys = await keyServer()
  const ring = await loadKeyRing(lab.keysFolder)
  const { current } = ring
  const honest = (await lab.signIn()).accessToken
  expect((await lab.call('GET', me, { cookie: `__Host-throughline=${honest}` })).json).toMatchObject({ email: 'owner@example.com' })
  const [honestHead = '', honestBody = '', honestSignature = ''] = honest.split('.')
  const payload = JSON.parse(Buffer.from(honestBody, 'base64url').toString()) as JWTPayload & { sub: string }
  const header = JSON.parse(Buffer.from(honestHead, 'base64url').toString()) as { alg: string; typ: string; kid: string }
  const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const foreignJwk = foreign.publicKey.export({ format: 'jwk' })
  const es256 = (head: object, body: object, key = foreign.privateKey) => {
    const text = `${part(head)}.${part(body)}`
    return `${text}.${signBytes('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
  }
  const hmac = (alg: string, digest: string, key: Buffer | string) => {
    const text = `${part({ ...header, alg })}.${part(payload)}`
    return `${text}.${createHmac(digest, key).update(text).digest('base64url')}`
  }
  const publicPem = current.publicKey.export({ type: 'spki', format: 'pem' })
  const publicDer = current.publicKey.export({ type: 'spki', format: 'der' })
  const traversals = [
    '../../../../etc/passwd',
    '/dev/null',
    '',
    '0',
    "' OR 1=1 --",
    '__proto__',
    'constructor',
    'a'.repeat(4_000),
    null,
    7,
    {},
    [header.kid],
  ]
  const { typ: _typ, ...untyped } = header
  const forged = [
    ...['none', 'None', 'NONE', 'nOnE'].map((alg) => `${part({ ...header, alg })}.${honestBody}.`),
    new UnsecuredJWT(payload).encode(),
    `${honestHead}.${honestBody}.`,
    `${honestHead}.${honestBody}`,
    `${honestHead}.${part({ ...payload, sub: 'somebody-else' })}.${honestSignature}`,
    `${honestHead}.${honestBody}.${Buffer.alloc(64).toString('base64url')}`,
    hmac('HS256', 'sha256', publicPem),
    hmac('HS256', 'sha256', publicPem.toString().trim()),
    hmac('HS384', 'sha384', publicDer),
    hmac('HS512', 'sha512', ''),
    es256({ ...header, jwk: foreignJwk }, payload),
    es256({ ...header, kid: undefined, jwk: foreignJwk }, payload),
    es256({ ...header, jku: keys.url }, payload),
    es256({ ...header, x5u: keys.url }, payload),
    es256({ ...header, x5c: [foreign.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')] }, payload),
    ...traversals.map((kid) => es256({ ...header, kid }, payload)),
    ...traversals.map((kid) => es256({ ...header, kid }, payload, current.privateKey)),
    es256({ ...header, typ: 'JWT' }, payload, current.privateKey),
    es256({ ...header, typ: 'throughline-operator+jwt' }, payload, current.privateKey),
    es256(untyped, payload, current.privateKey),
    es256({ ...header, crit: ['exp'] }, payload, current.privateKey),
    es256({ ...header, b64: false, crit: ['b64'] }, payload, current.privateKey),
    es256({ ...header, alg: 'RS256' }, payload, current.privateKey),
    ...(['iss', 'aud'] as const).map((name) => es256(header, { ...payload, [name]: 'https://evil.example' }, current.privateKey)),
    ...(['iss', 'aud', 'sub', 'exp', 'iat', 'sid'] as const).map((name) =>
      es256(header, { ...payload, [name]: undefined }, current.privateKey),
    ),
    es256(header, { ...payload, sub: { $ne: null } }, current.privateKey),
    es256(header, { ...payload, exp: 'tomorrow' }, current.privateKey),
    es256(header, { ...payload, nbf: Math.floor(lab.clock.nowMs() / 1000) + 3_600 }, current.privateKey),
    `${part({ alg: 'dir', enc: 'A256GCM' })}..a.b.c`,
    'null.null.null',
    '..',
  ]
  const passed: string[] = []
  for (const token of forged) {
    const [cookie, bearer] = [
      await lab.call('GET', me, { cookie: `__Host-throughline=${token}` }),
      await lab.call('GET', me, { headers: { authorization: `Bearer ${token}` } }),
    ]
    if (![400, 401, 431].includes(cookie.status) || ![400, 401, 431].includes(bearer.status))
      passed.push(`${cookie.status} ${bearer.status} ${token.slice(0, 80)}`)
  }
  expect(passed).toEqual([])
  expect(keys.asked()).toBe(0)
  const operator = await signOperatorToken(lab.keysFolder, lab.clock)
  expect((await lab.call('GET', me, { cookie: `__Host-throughline=${operator}` })).status).toBe(401)
  expect((await lab.call('GET', me, { headers: { authorization: `Bearer ${honest}` } })).status).toBe(401)
  expect((await lab.call('GET', me, { cookie: `__Host-throughline=${honest}` })).status).toBe(200)
})

it("[SI90] takes no token of another installation's keys", async () => {
  const [here, there] = [await createApiBench(), await createApiBench()]
  const cookie = `__Host-throughline=${(await there.signIn()).accessToken}`
  expect((await here.call('GET', me, { cookie })).status).toBe(401)
  const operator = await signOperatorToken(there.keysFolder, there.clock)
  expect((await here.call('GET', me, { headers: { authorization: `Bearer ${operator}` } })).status).toBe(401)
  const pem = readFileSync(join(there.keysFolder, readdirSync(there.keysFolder)[0] ?? ''), 'utf8')
  const ring = await loadKeyRing(here.keysFolder)
  const nowS = Math.floor(here.clock.nowMs() / 1000)
  const mixed = await new SignJWT({ sub: 'operator' })
    .setProtectedHeader({ alg: 'ES256', typ: 'throughline-operator+jwt', kid: ring.current.kid })
    .setIssuer('throughline-command-line')
    .setAudience('throughline-operator')
    .setIssuedAt(nowS)
    .setExpirationTime(nowS + 60)
    .sign(createPrivateKey(pem))
  expect((await here.call('GET', me, { headers: { authorization: `Bearer ${mixed}` } })).status).toBe(401)
})

const bySecret = (secret: string) => (honest: JWTPayload) =>
  new SignJWT(honest).setProtectedHeader({ alg: 'HS256', kid: 'key-1' }).sign(Buffer.from(secret))
const changed =
  (change: Readonly<Record<string, unknown>>): Forge =>
  (honest, { privateKey, kid }) => {
    const wanted = Object.fromEntries(Object.entries({ ...honest, ...change }).filter(([, value]) => value !== undefined))
    return new SignJWT(wanted).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey)
  }
const past = Math.floor(Date.now() / 1000) - 3_600

const forgeries: readonly (readonly [string, Forge])[] = [
  ['no algorithm', async (honest) => new UnsecuredJWT(honest).encode()],
  ['the secret of the client as HMAC key', bySecret('a secret of the test')],
  ['the public key as HMAC key', (honest, { publicPem }) => bySecret(publicPem)(honest)],
  [
    'a key that it brings along',
    async (honest) => {
      const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 })
      const jwk = foreign.publicKey.export({ format: 'jwk' })
      return new SignJWT(honest).setProtectedHeader({ alg: 'RS256', kid: 'key-1', jwk }).sign(foreign.privateKey)
    },
  ],
  [
    'a key that nobody published',
    (honest, { privateKey }) => new SignJWT(honest).setProtectedHeader({ alg: 'RS256', kid: '../../key' }).sign(privateKey),
  ],
  ['another audience', changed({ aud: 'another-client' })],
  ['several audiences and another authorised party', changed({ aud: ['throughline', 'x'], azp: 'x' })],
  ['one audience and another authorised party', changed({ azp: 'x' })],
  ['another issuer', changed({ iss: 'https://accounts.google.com' })],
  ['another nonce', changed({ nonce: 'guessed' })],
  ['no nonce', changed({ nonce: undefined })],
  ['an end in the past', changed({ exp: past })],
  ['no subject', changed({ sub: undefined })],
  ['an empty subject', changed({ sub: '' })],
  ['a subject that is too long', changed({ sub: 'x'.repeat(256) })],
  ['no token at all', async () => ''],
]

it.each(forgeries)('[SI91] takes no ID token with %s', async (_what, forge) => {
  const provider = await startForgingOidcServer()
  const lab = await createTripBench([{ providerId: 'oidc', kind: 'oidc', name: 'Company', ...provider }], { isOpenToAnyone: true })
  provider.forges(forge)
  const { jar, location } = await lab.trip('oidc')
  expect(location).toBe('/sign-in#problem=PROVIDER_REFUSED')
  expect((await lab.me(jar)).status).toBe(401)
  expect(await lab.identity.people.find('ada@example.com')).toBeUndefined()
  provider.forges(undefined)
  expect((await lab.trip('oidc')).location).toBe('/')
})
