import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { ErrorCode } from '../../../src/errors/throughline-error.ts'
import { readClaimBody } from './claim-body.ts'

const claimId = '0844e0a0-1b8d-48fb-94ec-51ca9120991f'
const machineGuid = 'cc159ebb-e3a7-4325-977a-f768ef76bf67'
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = publicKey.export({ format: 'pem', type: 'spki' }).toString()
const pemOf = (type: 'rsa' | 'rsa-pss', options: { modulusLength: number; publicExponent?: number }) =>
  generateKeyPairSync(type as 'rsa', options)
    .publicKey.export({ format: 'pem', type: 'spki' })
    .toString()

const good = {
  node: { id: claimId, hostname: 'agent-a' },
  token: 't',
  rooms: ['11111111-1111-4111-8111-111111111111'],
  publicKey: pem,
  mGUID: machineGuid,
}

function codeOf(body: unknown, path = claimId): ErrorCode | 'accepted' {
  try {
    readClaimBody(path, body)
    return 'accepted'
  } catch (error) {
    return (error as { code: ErrorCode }).code
  }
}

it('[GW11] a stock claim is taken; ids become lower case, rooms are trimmed, empty ones dropped, unknown members let be', () => {
  const body = { ...good, node: { ...good.node, id: claimId.toUpperCase() }, rooms: [' room-1 ', '', 'room-1'], extra: { deep: 1 } }
  expect(readClaimBody(claimId.toUpperCase(), body)).toEqual({
    claimId,
    machineGuid,
    hostname: 'agent-a',
    token: 't',
    roomIds: ['room-1'],
    publicKeyPem: pem,
  })
})

describe('members', () => {
  it.each([
    ['a body that is no object', 'text'],
    ['no node', { ...good, node: undefined }],
    ['a token that is a number', { ...good, token: 1 }],
    ['an empty token', { ...good, token: '' }],
    ['rooms that are no list', { ...good, rooms: 'a' }],
    ['no key', { ...good, publicKey: undefined }],
    ['no machine guid', { ...good, mGUID: undefined }],
  ])('[GW12] %s is BODY_UNPROCESSABLE', (_name, body) => {
    expect(codeOf(body)).toBe('BODY_UNPROCESSABLE')
  })

  it('[GW13] ids that are no UUIDs, or differ between path and body, are CLAIM_ID_INVALID', () => {
    expect(codeOf(good, 'x')).toBe('CLAIM_ID_INVALID')
    expect(codeOf(good, machineGuid)).toBe('CLAIM_ID_INVALID')
    expect(codeOf({ ...good, mGUID: 'not-a-guid' })).toBe('CLAIM_ID_INVALID')
  })

  it.each(['a\u0000b', 'a\nb', 'a\u202eb', 'a\u2066b', 'a\ud800b', '', 'x'.repeat(254), 'é'.repeat(127)])(
    '[GW14] the host name %j is CLAIM_HOSTNAME_INVALID',
    (hostname) => {
      expect(codeOf({ ...good, node: { ...good.node, hostname } })).toBe('CLAIM_HOSTNAME_INVALID')
    },
  )

  it.each(['<b>host</b>', 'x'.repeat(253), 'höst-𝒳'])('[GW14] the host name %j is text like any other', (hostname) => {
    expect(codeOf({ ...good, node: { ...good.node, hostname } })).toBe('accepted')
  })

  it.each(['a b', 'a\u0000', '<x>', 'é', 'x'.repeat(101)])('[GW15] the room id %j is CLAIM_ROOM_INVALID', (room) => {
    expect(codeOf({ ...good, rooms: [room] })).toBe('CLAIM_ROOM_INVALID')
  })
})

describe('keys', () => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'pem', type: 'spki' }).toString()
  const privatePem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
  const der = publicKey.export({ format: 'der', type: 'spki' })
  it.each([
    ['a private key', privatePem],
    ['a private key of the old form', privateKey.export({ format: 'pem', type: 'pkcs1' }).toString()],
    ['a public key with a private one behind', pem + privatePem],
    ['two public keys', pem + pem],
    ['text before it', `x\n${pem}`],
    ['a key of the old form', publicKey.export({ format: 'pem', type: 'pkcs1' }).toString()],
    ['an elliptic curve key', ec],
    ['RSA-1024', pemOf('rsa', { modulusLength: 1024 })],
    ['RSA-3072', pemOf('rsa', { modulusLength: 3072 })],
    ['exponent 3', pemOf('rsa', { modulusLength: 2048, publicExponent: 3 })],
    ['RSA-PSS', pemOf('rsa-pss', { modulusLength: 2048 })],
    [
      'bytes behind the key',
      `-----BEGIN PUBLIC KEY-----\n${Buffer.concat([der, Buffer.from([0])]).toString('base64')}\n-----END PUBLIC KEY-----\n`,
    ],
    ['nonsense', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n'],
    ['nothing', ''],
  ])('[GW16] %s is CLAIM_KEY_INVALID, and is not quoted', (_name, publicKey) => {
    expect(codeOf({ ...good, publicKey })).toBe('CLAIM_KEY_INVALID')
    expect(() => readClaimBody(claimId, { ...good, publicKey })).toThrow(/^The public key is not one RSA-2048 key with exponent 65537\.$/)
  })

  it('[GW17] the same key with other line ends has the same canonical form', () => {
    const oneLine = `-----BEGIN PUBLIC KEY-----\r\n${der.toString('base64')}\r\n-----END PUBLIC KEY-----`
    const { publicKeyPem } = readClaimBody(claimId, { ...good, publicKey: oneLine })
    expect(publicKeyPem).toBe(pem)
    expect(createPublicKey(publicKeyPem).asymmetricKeyType).toBe('rsa')
  })
})
