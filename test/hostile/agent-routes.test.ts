import { randomUUID } from 'node:crypto'
import { request } from 'node:http'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import { closeWithHandClock, openGatewayDoor } from '../doubles/agents/gateway-door.ts'
import { createMemoryMetadata } from '../doubles/stores/memory-metadata.ts'
import { call, claimBody, claimStandIn, credentialsOf, standInKey } from '../doubles/agents/stand-in-agent.ts'

async function setup() {
  const metadata = createMemoryMetadata()
  const door = await openGatewayDoor(metadata.ports)
  return { metadata, door, ...door }
}

const nodes = '/api/v1/spaces/nodes'
const auth = (claimId: string, step: string) => `/api/v1/auth/node/${claimId}/${step}`
const json = (text: string) => JSON.parse(text) as Record<string, unknown>

describe('claim', () => {
  it('[GW23] answers exactly 204 with an empty body, whatever the content type says, and again for the same key', async () => {
    const { port, metadata } = await setup()
    const claimId = randomUUID()
    const body = claimBody({ claimId, machineGuid: randomUUID(), publicKeyPem: standInKey().publicKeyPem, token: metadata.token })
    for (const type of ['application/json', 'application/x-www-form-urlencoded', 'text/plain']) {
      const answer = await call(port, 'PUT', `${nodes}/${claimId}`, body, { 'Content-Type': type })
      expect([answer.status, answer.text]).toEqual([204, ''])
    }
    expect(metadata.claims.size).toBe(1)
  })

  it('[GW24] tells each refusal with its status and key, in minified JSON with its length and no upper-case HTTP', async () => {
    const { port, metadata } = await setup()
    const claimId = randomUUID()
    const base = { claimId, machineGuid: randomUUID(), publicKeyPem: standInKey().publicKeyPem, token: metadata.token }
    const put = (body: string, id = claimId) => call(port, 'PUT', `${nodes}/${id}`, body)
    const answers = [
      await put(claimBody({ ...base, token: 'other' })),
      await put(claimBody({ ...base, rooms: ['absent'] })),
      await put(claimBody({ ...base, hostname: 'HTTP\u0000' })),
      await put(claimBody({ ...base, publicKeyPem: 'x' })),
      await put(claimBody(base), randomUUID()),
      await put('{"HTTP'),
      await put('{}'),
      await put(`${'['.repeat(33)}${']'.repeat(33)}`),
      await put(`"${'x'.repeat(17_000)}"`),
    ]
    expect(answers.map(({ status, text }) => [status, json(text)['errorMsgKey']])).toEqual([
      [403, 'ErrForbidden'],
      [422, 'ErrInvalidRoomID'],
      [422, 'ErrInvalidNodeName'],
      [422, 'ErrInvalidPublicKey'],
      [422, 'ErrInvalidNodeID'],
      [400, 'ErrBadRequest'],
      [422, 'ErrUnprocessableEntity'],
      [400, 'ErrBadRequest'],
      [413, 'ErrRequestEntityTooLarge'],
    ])
    for (const { text, headers } of answers) {
      expect(text).toMatch(/^\{"errorCode":"[A-Z_]+","errorMsgKey":"\w+","errorMessage":"[^\n]+"/)
      expect(headers.get('content-length')).toBe(String(Buffer.byteLength(text)))
      expect([text, ...headers.keys(), ...headers.values()].join('\n')).not.toContain('HTTP')
    }
    expect(metadata.claims.size + metadata.nodes.size).toBe(0)
  })

  it('[GW25] another key for a claimed id is 409, and the claim stays what it was', async () => {
    const { port, metadata } = await setup()
    const { claimId, machineGuid } = await claimStandIn(port, metadata.token)
    const before = [...metadata.claims.values()]
    const { generateKeyPairSync } = await import('node:crypto')
    const otherKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'pem', type: 'spki' }).toString()
    const answer = await call(
      port,
      'PUT',
      `${nodes}/${claimId}`,
      claimBody({ claimId, machineGuid, publicKeyPem: otherKey, token: metadata.token }),
    )
    expect([answer.status, json(answer.text)['errorMsgKey']]).toEqual([409, 'ErrAlreadyClaimed'])
    expect([...metadata.claims.values()]).toEqual(before)
  })

  it('[GW26] store trouble is 503 with a delay, an encoded body 415, another method 405', async () => {
    const { port, metadata } = await setup()
    const claimId = randomUUID()
    const body = claimBody({ claimId, machineGuid: randomUUID(), publicKeyPem: standInKey().publicKeyPem, token: metadata.token })
    metadata.trouble = new ThroughlineError('STORE_UNAVAILABLE', 'The store is away.')
    const troubled = await call(port, 'PUT', `${nodes}/${claimId}`, body)
    expect([troubled.status, json(troubled.text)['errorMsgKey'], typeof json(troubled.text)['errorRetryDelaySeconds']]).toEqual([
      503,
      'ErrServiceUnavailable',
      'number',
    ])
    expect(troubled.headers.get('retry-after')).toMatch(/^\d+$/)
    metadata.trouble = undefined
    expect((await call(port, 'POST', `${nodes}/${claimId}`, body)).status).toBe(405)
    const status = await new Promise<number | undefined>((resolve) => {
      const sent = request(
        { port, host: '127.0.0.1', method: 'PUT', path: `${nodes}/${claimId}`, headers: { 'Content-Encoding': 'gzip' } },
        (answer) => resolve(answer.statusCode),
      )
      // Whoever refuses a body need not read it.
      sent.on('error', () => {})
      sent.end(gzipSync(Buffer.alloc(1_000_000)))
    })
    expect(status).toBe(415)
  })

  it('[GW27] a body that does not come ends after 30 seconds', async () => {
    const { port, clock } = await setup()
    const socket = connect(port, '127.0.0.1').on('error', () => {})
    socket.write(`PUT ${nodes}/${randomUUID()} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"no`)
    const received: string[] = []
    socket.on('data', (data: Buffer) => received.push(data.toString()))
    while (received.length === 0) {
      clock.advance(1_000)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(received[0]).toMatch(/^HTTP\/1\.1 400 /)
    socket.destroy()
  })
})

describe('discovery and proof', () => {
  it('[GW28] env is 200 with the configured address, whatever host the request names', async () => {
    const { port } = await setup()
    const { status, text, headers } = await call(port, 'GET', '/api/v1/env?v=2.10.4&cap=proto,ctx&claim_id=x', undefined, {
      'X-Forwarded-Host': 'evil.example',
    })
    expect(status).toBe(200)
    expect(headers.get('content-length')).toBe(String(text.length))
    expect(json(text)).toMatchObject({ authEndpoint: `https://127.0.0.1:${port}/api/v1/auth`, encoding: 'proto' })
  })

  it('[GW29] challenge is 200, password 201 with credentials and topics', async () => {
    const { port, metadata } = await setup()
    const { claimId } = await claimStandIn(port, metadata.token)
    const challenge = await call(port, 'GET', auth(claimId, 'challenge'))
    expect([challenge.status, String(json(challenge.text)['challenge']).length]).toEqual([200, 344])
    const credentials = await credentialsOf(port, claimId)
    expect(credentials.clientId).toBe(claimId)
    expect(credentials.password.length).toBeGreaterThan(32)
  })

  it('[GW30] unknown, malformed and removed ids are refused alike, and told not to come again', async () => {
    const { port, metadata } = await setup()
    const { claimId } = await claimStandIn(port, metadata.token)
    metadata.claims.clear()
    const answers = await Promise.all([claimId, randomUUID(), 'x', '..%2f'].map((id) => call(port, 'GET', auth(id, 'challenge'))))
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
    expect([answers[0]?.status, json(answers[0]?.text ?? '')['errorNonRetryable']]).toEqual([404, true])
  })

  it('[GW31] a wrong, replayed or foreign response is 403; the fifth in a minute brings 429 with a delay', async () => {
    const { port, metadata, clock } = await setup()
    const { claimId } = await claimStandIn(port, metadata.token)
    const other = await claimStandIn(port, metadata.token)
    const foreign = await call(port, 'GET', auth(other.claimId, 'challenge'))
    const { privateDecrypt, constants } = await import('node:crypto')
    const secret = privateDecrypt(
      { key: standInKey().privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' },
      Buffer.from(String(json(foreign.text)['challenge']), 'base64'),
    ).toString('base64')
    const post = (response: unknown) => call(port, 'POST', auth(claimId, 'password'), JSON.stringify({ response }))
    expect((await post(secret)).status).toBe(403)
    expect((await post('AAAA')).status).toBe(403)
    expect((await post(7)).status).toBe(422)
    expect((await post('')).status).toBe(403)
    for (let i = 0; i < 2; i++) await post('AAAA')
    const paused = await post('AAAA')
    expect([paused.status, json(paused.text)['errorRetryDelaySeconds'], paused.headers.get('retry-after')]).toEqual([429, 30, '30'])
    expect((await call(port, 'GET', auth(other.claimId, 'challenge'))).status).toBe(200)
    clock.advance(30_000)
    await credentialsOf(port, claimId)
  })

  it('[GW32] while the gateway closes every route is 503 with a delay', async () => {
    const { port, gateway, clock } = await setup()
    await closeWithHandClock(gateway, clock)
    const { status, text } = await call(port, 'GET', '/api/v1/env')
    expect([status, typeof json(text)['errorRetryDelaySeconds']]).toEqual([503, 'number'])
  })
})
