import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { linkLimits } from '../../../src/aclk/limits.ts'
import type { LinkCredentials } from '../../../src/aclk/otp/answers.ts'
import type { ClaimId } from '../../../src/domain/ids.ts'
import type { Clock } from '../../../src/support/clock.ts'

const remembered = 20_000

/**
 * MQTT credentials, each good for one CONNECT within two minutes. User name, client id and password belong together and to one
 * claim (security requirement M3).
 */
export interface Credentials {
  issue(claimId: ClaimId): LinkCredentials
  /** The claim behind these credentials, which are used up by that; undefined when they are not, or no longer, good. */
  redeem(given: { clientId: string; username: string; password: Uint8Array }): ClaimId | undefined
}

export function createCredentials({ clock }: { clock: Clock }): Credentials {
  const issued = new Map<string, { claimId: ClaimId; digest: Buffer; untilMs: number }>()
  return {
    issue(claimId) {
      const username = randomBytes(16).toString('base64url')
      const password = randomBytes(32).toString('base64url')
      issued.set(username, { claimId, digest: digestOf(password), untilMs: clock.monotonicMs() + linkLimits.passwordTtlMs })
      for (const [oldest, { untilMs }] of issued) {
        if (untilMs > clock.monotonicMs() && issued.size <= remembered) break
        issued.delete(oldest)
      }
      return { clientId: claimId, username, password }
    },
    redeem({ clientId, username, password }) {
      const entry = issued.get(username)
      if (entry === undefined || entry.untilMs <= clock.monotonicMs()) return undefined
      if (clientId !== entry.claimId || !timingSafeEqual(digestOf(password), entry.digest)) return undefined
      issued.delete(username)
      return entry.claimId
    },
  }
}

function digestOf(password: string | Uint8Array): Buffer {
  return createHash('sha256').update(password).digest()
}
