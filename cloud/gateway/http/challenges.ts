import type { KeyObject } from 'node:crypto'
import { constants, createPublicKey, publicEncrypt, randomBytes, timingSafeEqual } from 'node:crypto'
import { linkLimits } from '../../../src/aclk/limits.ts'
import { challengeSecretBytes } from '../../../src/aclk/otp/answers.ts'
import type { ClaimId } from '../../../src/domain/ids.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { ClaimedAgent } from '../ports.ts'

interface Challenge {
  readonly secret: Buffer
  readonly publicKeyPem: string
  readonly address: string
  readonly untilMs: number
}

const remembered = 20_000
const cachedKeys = 2_000

/**
 * Challenges that wait for their answer (aclk §3.1; security requirement C7): bound to claim id and key, one use, 60 s, five at a
 * time for each claim id and address (the oldest makes room, so asking often locks nobody out).
 */
export interface Challenges {
  /** The text of a fresh challenge: 344 base64 characters. */
  issue(agent: ClaimedAgent, address: string): string
  /** Whether this is the secret of an outstanding challenge, which is used up by that. */
  redeem(agent: ClaimedAgent, secret: Buffer): boolean
}

export function createChallenges({ clock }: { clock: Clock }): Challenges {
  const outstanding = new Map<ClaimId, Challenge[]>()
  const keys = new Map<string, KeyObject>()

  const keyOf = (pem: string) => {
    const key = keys.get(pem) ?? createPublicKey(pem)
    keys.delete(pem)
    keys.set(pem, key)
    for (const oldest of keys.keys()) {
      if (keys.size <= cachedKeys) break
      keys.delete(oldest)
    }
    return key
  }
  const fresh = (claimId: ClaimId) => (outstanding.get(claimId) ?? []).filter(({ untilMs }) => untilMs > clock.monotonicMs())

  return {
    issue(agent, address) {
      const secret = randomBytes(challengeSecretBytes)
      const known = fresh(agent.claimId)
      const mine = known.filter((challenge) => challenge.address === address)
      const dropped = new Set(mine.slice(0, Math.max(0, mine.length + 1 - linkLimits.challengesOutstanding)))
      const untilMs = clock.monotonicMs() + linkLimits.challengeTtlMs
      outstanding.delete(agent.claimId)
      outstanding.set(agent.claimId, [
        ...known.filter((challenge) => !dropped.has(challenge)),
        { secret, publicKeyPem: agent.publicKeyPem, address, untilMs },
      ])
      for (const oldest of outstanding.keys()) {
        if (outstanding.size <= remembered) break
        outstanding.delete(oldest)
      }
      // OpenSSL's default OAEP: SHA-1 for hash and mask, which is what agents decrypt with (aclk §3.1).
      return publicEncrypt(
        { key: keyOf(agent.publicKeyPem), padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' },
        secret,
      ).toString('base64')
    },
    redeem(agent, secret) {
      if (secret.length !== challengeSecretBytes) return false
      const known = fresh(agent.claimId)
      // All are compared, so that time tells nothing about which came close.
      const matching = known.filter(
        (challenge) => timingSafeEqual(challenge.secret, secret) && challenge.publicKeyPem === agent.publicKeyPem,
      )
      const rest = known.filter((challenge) => !matching.includes(challenge))
      if (rest.length > 0) outstanding.set(agent.claimId, rest)
      else outstanding.delete(agent.claimId)
      return matching.length > 0
    },
  }
}
