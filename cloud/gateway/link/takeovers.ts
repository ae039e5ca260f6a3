import { linkLimits } from '../../../src/aclk/limits.ts'
import type { ClaimId } from '../../../src/domain/ids.ts'
import type { Clock } from '../../../src/support/clock.ts'

const windowMs = 60_000

/** Notices identities that change links too often, such as one copied to two hosts, and holds them (security requirement M6). */
export interface Takeovers {
  /** A newer link wants to take over; answers whether the identity is held from now. */
  note(claimId: ClaimId): boolean
  /** How long the identity stays held; 0 when it is not. */
  heldForMs(claimId: ClaimId): number
}

export function createTakeovers({ clock }: { clock: Clock }): Takeovers {
  const seen = new Map<ClaimId, { timesMs: number[]; heldUntilMs: number }>()
  return {
    note(claimId) {
      const nowMs = clock.monotonicMs()
      for (const [id, { timesMs, heldUntilMs }] of seen) {
        if ((timesMs.at(-1) ?? 0) + windowMs <= nowMs && heldUntilMs <= nowMs) seen.delete(id)
        else break
      }
      const entry = seen.get(claimId) ?? { timesMs: [], heldUntilMs: 0 }
      entry.timesMs = [...entry.timesMs.filter((atMs) => atMs + windowMs > nowMs), nowMs]
      const isHeldNow = entry.heldUntilMs <= nowMs && entry.timesMs.length > linkLimits.takeoversPerMinute
      if (isHeldNow) entry.heldUntilMs = nowMs + linkLimits.takeoverHoldMs
      seen.delete(claimId)
      seen.set(claimId, entry)
      return isHeldNow
    },
    heldForMs(claimId) {
      return Math.max(0, (seen.get(claimId)?.heldUntilMs ?? 0) - clock.monotonicMs())
    },
  }
}
