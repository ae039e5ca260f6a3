import { createHmac, generateKeyPairSync } from 'node:crypto'
import { SignJWT, UnsecuredJWT, type JWTPayload } from 'jose'
import { expect, it } from 'vitest'
import { createHandClock } from '../../test/doubles/hand-clock.ts'
import { createTokenVerifier, signToken } from './signed-token.ts'
import { ensureKeyRing } from './signing-keys.ts'
import { temporaryFolder } from '../../test/doubles/temporary-folder.ts'

const use = { issuer: 'https://localhost:8443', audience: 'throughline-session', type: 'throughline-session+jwt' }
const refused = expect.objectContaining({ code: 'UNAUTHENTICATED' })

async function bench() {
  const clock = createHandClock()
  const ring = await ensureKeyRing(temporaryFolder(), 1)
  const nowS = Math.floor(clock.nowMs() / 1000)
  const good: JWTPayload = { iss: use.issuer, aud: use.audience, sub: 'ada', iat: nowS, exp: nowS + 900 }
  const header = { alg: 'ES256', typ: use.type, kid: ring.current.kid }
  const sign = (payload: JWTPayload, change: Record<string, unknown> = {}) =>
    new SignJWT(payload).setProtectedHeader({ ...header, ...change }).sign(ring.current.privateKey)
  return { clock, ring, good, sign, verify: createTokenVerifier({ ring, use, clock }) }
}

it('[ID9] accepts its own tokens', async () => {
  const { verify, ring, clock, good } = await bench()
  const token = await signToken(ring.current, use, { sub: 'ada' }, clock.nowMs(), 900_000)
  expect(await verify(token)).toEqual(good)
  expect(await verify(token)).toEqual(good)
})

it('[ID9] refuses a token with a wrong or missing member', async () => {
  const { verify, good, sign } = await bench()
  for (const name of ['iss', 'aud', 'sub', 'exp', 'iat'] as const) {
    const { [name]: _gone, ...rest } = good
    await expect(verify(await sign(rest))).rejects.toEqual(refused)
  }
  await expect(verify(await sign({ ...good, iss: 'https://elsewhere' }))).rejects.toEqual(refused)
  await expect(verify(await sign({ ...good, aud: 'throughline-operator' }))).rejects.toEqual(refused)
  await expect(verify(await sign(good, { typ: 'JWT' }))).rejects.toEqual(refused)
  await expect(verify(await sign(good, { kid: 'another' }))).rejects.toEqual(refused)
  await expect(verify(await sign(good, { kid: undefined }))).rejects.toEqual(refused)
})

it('[ID9] refuses other algorithms and keys, also those a header brings along', async () => {
  const { verify, good, ring } = await bench()
  await expect(verify(new UnsecuredJWT(good).encode())).rejects.toEqual(refused)

  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const body = `${part({ alg: 'HS256', typ: use.type, kid: ring.current.kid })}.${part(good)}`
  const publicPem = ring.current.publicKey.export({ type: 'spki', format: 'pem' })
  await expect(verify(`${body}.${createHmac('sha256', publicPem).update(body).digest('base64url')}`)).rejects.toEqual(refused)

  const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = foreign.publicKey.export({ format: 'jwk' })
  const forged = await new SignJWT(good)
    .setProtectedHeader({ alg: 'ES256', typ: use.type, kid: ring.current.kid, jwk })
    .sign(foreign.privateKey)
  await expect(verify(forged)).rejects.toEqual(refused)
})

it('[ID9] refuses text that is no token', async () => {
  const { verify, good, sign } = await bench()
  const token = await sign(good)
  for (const wrong of ['', '.', '..', 'a.b.c', `${token}x`, token.slice(0, -4), token.replaceAll('.', '')])
    await expect(verify(wrong)).rejects.toEqual(refused)
})

it('[ID10] holds 15 minutes and 30 seconds of tolerance, remembered or not', async () => {
  const { verify, clock, good, sign, ring } = await bench()
  const token = await sign(good)
  const fresh = createTokenVerifier({ ring, use, clock })
  await verify(token)
  clock.advance(900_000 + 29_000)
  expect(await verify(token)).toEqual(good)
  clock.advance(1_000)
  await expect(verify(token)).rejects.toEqual(expect.objectContaining({ code: 'SESSION_EXPIRED' }))
  await expect(fresh(token)).rejects.toEqual(expect.objectContaining({ code: 'SESSION_EXPIRED' }))
})
