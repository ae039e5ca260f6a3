import { constants, generateKeyPairSync, privateDecrypt } from 'node:crypto'
import { expect, it } from 'vitest'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import type { ClaimId, MachineGuid, NodeId, SpaceId } from '../../../src/domain/ids.ts'
import type { ClaimedAgent } from '../ports.ts'
import { createChallenges } from './challenges.ts'
import { createCredentials } from './credentials.ts'
import { createAuthFailures } from './failures.ts'

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
const other = generateKeyPairSync('rsa', { modulusLength: 2048 })
const agentWith = (key: typeof pair, claimId = 'claim-1'): ClaimedAgent => ({
  claimId: claimId as ClaimId,
  spaceId: 'space' as SpaceId,
  machineGuid: 'guid' as MachineGuid,
  nodeId: 'node' as NodeId,
  publicKeyPem: key.publicKey.export({ format: 'pem', type: 'spki' }).toString(),
})
const agent = agentWith(pair)
const secretOf = (challenge: string, key = pair) =>
  privateDecrypt({ key: key.privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }, Buffer.from(challenge, 'base64'))

it('[GW18] a challenge is 344 base64 characters around 32 random bytes, for the stored key, and good once', () => {
  const challenges = createChallenges({ clock: createHandClock() })
  const challenge = challenges.issue(agent, 'a')
  expect(challenge).toMatch(/^[A-Za-z0-9+/]{342}==$/)
  expect(challenges.issue(agent, 'a')).not.toBe(challenge)
  const secret = secretOf(challenge)
  expect(secret).toHaveLength(32)
  expect([challenges.redeem(agent, secret), challenges.redeem(agent, secret)]).toEqual([true, false])
})

it('[GW19] a secret is not good for another claim, another key, after a minute, or when it is something else', () => {
  const clock = createHandClock()
  const challenges = createChallenges({ clock })
  const secret = secretOf(challenges.issue(agent, 'a'))
  expect(challenges.redeem(agentWith(pair, 'claim-2'), secret)).toBe(false)
  expect(challenges.redeem(agentWith(other), secret)).toBe(false)
  expect(challenges.redeem(agent, Buffer.alloc(32))).toBe(false)
  expect(challenges.redeem(agent, Buffer.alloc(0))).toBe(false)
  clock.advance(60_000)
  expect(challenges.redeem(agent, secret)).toBe(false)
})

it('[GW20] five challenges are outstanding for a claim and address: a sixth ends the oldest, another address ends none', () => {
  const challenges = createChallenges({ clock: createHandClock() })
  const secrets = Array.from({ length: 6 }, () => secretOf(challenges.issue(agent, 'a')))
  for (let i = 0; i < 20; i++) challenges.issue(agent, 'b')
  expect(secrets.map((secret) => challenges.redeem(agent, secret))).toEqual([false, true, true, true, true, true])
})

it('[GW21] credentials are good once, together, for two minutes', () => {
  const clock = createHandClock()
  const credentials = createCredentials({ clock })
  const issue = () => {
    const { clientId, username, password } = credentials.issue('claim-1' as ClaimId)
    return { clientId, username, password: Buffer.from(password) }
  }
  const first = issue()
  const second = issue()
  expect(credentials.redeem({ ...first, clientId: 'claim-2' })).toBeUndefined()
  expect(credentials.redeem({ ...first, password: second.password })).toBeUndefined()
  expect(credentials.redeem({ ...first, username: second.username })).toBeUndefined()
  expect([credentials.redeem(first), credentials.redeem(first)]).toEqual(['claim-1', undefined])
  clock.advance(120_000)
  expect(credentials.redeem(second)).toBeUndefined()
})

it('[GW22] five failures in a minute pause this claim id for this address alone, for 30 seconds', () => {
  const clock = createHandClock()
  const failures = createAuthFailures({ clock })
  for (let i = 0; i < 5; i++) {
    failures.check('claim-1', 'a')
    failures.note('claim-1', 'a')
  }
  expect(() => failures.check('claim-1', 'a')).toThrow(expect.objectContaining({ code: 'RATE_LIMITED', retryDelayS: 30 }) as Error)
  failures.check('claim-1', 'b')
  failures.check('claim-2', 'a')
  clock.advance(30_000)
  failures.check('claim-1', 'a')
})

it('[GW22] four failures a minute pause nothing', () => {
  const clock = createHandClock()
  const failures = createAuthFailures({ clock })
  for (let minute = 0; minute < 3; minute++) {
    for (let i = 0; i < 4; i++) failures.note('claim-1', 'a')
    failures.check('claim-1', 'a')
    clock.advance(60_000)
  }
})
