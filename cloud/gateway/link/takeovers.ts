import { linkLimits } from '../../../src/aclk/limits.ts'
import type { ClaimId } from '../../../src/domain/ids.ts'
import type { Clock } from '../../../src/support/clock.ts'

const windowMs = 60_000
/** Fewer changes than would hold it still show that two hosts have one identity, when the link each took over was in good health. */
const healthyMax = 4
const healthyWindowMs = 600_000
/** A link that was heard of within that time was in good health: agents are never silent for longer (aclk §4.6). */
const healthySilenceMs = 50_000

/** What a takeover says of its identity. */
export interface TakeoverVerdict {
  /** The identity is held from now on: the link that is there stays. */
  readonly isHeldNow: boolean
  /** Two hosts have this identity. */
  readonly isCloned: boolean
}

/** Notices identities that change links too often, such as one copied to two hosts, and holds them (security requirement M6). */
export interface Takeovers {
  /** A newer link wants to take over from one that was silent for so long. */
  note(claimId: ClaimId, silentForMs: number): TakeoverVerdict
  /** How long the identity stays held; 0 when it is not. */
  heldForMs(claimId: ClaimId): number
}

interface Entry {
  timesMs: readonly number[]
  healthyMs: readonly number[]
  heldUntilMs: number
}

/** An identity that was held is held again at its next takeover from a healthy link, until it has behaved for this long. */
const distrustMs = 600_000

export function createTakeovers({ clock }: { clock: Clock }): Takeovers {
  const seen = new Map<ClaimId, Entry>()

  function forgetOld(nowMs: number): void {
    for (const [id, { timesMs, heldUntilMs }] of seen) {
      const lastMs = Math.max(timesMs.at(-1) ?? 0, heldUntilMs)
      if (lastMs + Math.max(healthyWindowMs, distrustMs) > nowMs) break
      seen.delete(id)
    }
  }

  return {
    note(claimId, silentForMs) {
      const nowMs = clock.monotonicMs()
      forgetOld(nowMs)
      const before = seen.get(claimId) ?? { timesMs: [], healthyMs: [], heldUntilMs: -Infinity }
      const isHealthy = silentForMs < healthySilenceMs
      const entry: Entry = {
        timesMs: [...before.timesMs.filter((atMs) => atMs + windowMs > nowMs), nowMs],
        healthyMs: [...before.healthyMs.filter((atMs) => atMs + healthyWindowMs > nowMs), ...(isHealthy ? [nowMs] : [])],
        heldUntilMs: before.heldUntilMs,
      }
      const isHeld = entry.heldUntilMs > nowMs
      const isDistrusted = isHealthy && entry.heldUntilMs + distrustMs > nowMs
      const isHeldNow = !isHeld && (isDistrusted || entry.timesMs.length > linkLimits.takeoversPerMinute)
      if (isHeldNow) entry.heldUntilMs = nowMs + linkLimits.takeoverHoldMs
      seen.delete(claimId)
      seen.set(claimId, entry)
      return { isHeldNow, isCloned: isHeldNow || isHeld || entry.healthyMs.length > healthyMax }
    },
    heldForMs(claimId) {
      return Math.max(0, (seen.get(claimId)?.heldUntilMs ?? 0) - clock.monotonicMs())
    },
  }
}
