import { linkLimits } from '../../../src/aclk/limits.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'

const remembered = 50_000

interface Failures {
  count: number
  sinceMs: number
  pausedUntilMs: number
}

/** A refusal that tells the agent when to come again. */
export class RetryLater extends ThroughlineError {
  readonly retryDelayS: number

  constructor(retryDelayS: number, code: 'RATE_LIMITED' | 'RESTARTING' = 'RATE_LIMITED') {
    super(code, code === 'RATE_LIMITED' ? 'Too many attempts; come again later.' : 'The server is restarting; come again soon.')
    this.retryDelayS = retryDelayS
  }
}

/**
 * Counts failed proofs of identity per claim id and source address, so that a stranger elsewhere never locks out the real agent
 * (security requirements §1 Agent auth, C9).
 */
export interface AuthFailures {
  /** Throws {@link RetryLater} while this claim id is paused for this address. */
  check(claimId: string, address: string): void
  note(claimId: string, address: string): void
}

export function createAuthFailures({ clock }: { clock: Clock }): AuthFailures {
  const failures = new Map<string, Failures>()
  return {
    check(claimId, address) {
      const pausedUntilMs = failures.get(`${claimId} ${address}`)?.pausedUntilMs ?? 0
      const leftMs = pausedUntilMs - clock.monotonicMs()
      if (leftMs > 0) throw new RetryLater(Math.ceil(leftMs / 1000))
    },
    note(claimId, address) {
      const key = `${claimId} ${address}`
      const nowMs = clock.monotonicMs()
      const known = failures.get(key)
      const entry = known !== undefined && nowMs - known.sinceMs < 60_000 ? known : { count: 0, sinceMs: nowMs, pausedUntilMs: 0 }
      entry.count += 1
      if (entry.count >= linkLimits.authFailuresPerMinute) {
        entry.pausedUntilMs = nowMs + linkLimits.authPauseMs
        entry.count = 0
        entry.sinceMs = nowMs
      }
      failures.delete(key)
      failures.set(key, entry)
      for (const oldest of failures.keys()) {
        if (failures.size <= remembered) break
        failures.delete(oldest)
      }
    },
  }
}
