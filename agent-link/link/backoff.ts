/** How long the next attempt waits; bounds are seconds from `env`. */
export interface BackoffBounds {
  readonly base: number
  readonly minSeconds: number
  readonly maxSeconds: number
}

/** Before the first `env` that worked (aclk §4.8). */
export const defaultBackoff: BackoffBounds = { base: 2, minSeconds: 0, maxSeconds: 1024 }

/** Our own ceiling: a cloud that returns finds its agents again within this time. */
export const backoffCeilingMs = 30_000

/** A banned agent asks once in this time (aclk §4.9). */
export const bannedDelayMs = 60_000

/**
 * Milliseconds before the attempt that follows `failures` failures since the last stable connection: none, then powers of the
 * base plus a random part of at least a second (aclk §4.8). Stock agents confuse the unit of the bounds; this one does not.
 */
export function backoffMs(failures: number, { base, minSeconds, maxSeconds }: BackoffBounds, random: number): number {
  if (failures === 0) return 0
  const step = Math.min(base ** Math.min(failures - 1, 40) * 1000, backoffCeilingMs)
  const delay = step + random * Math.max(1000, step / 2)
  return Math.round(Math.min(Math.max(delay, minSeconds * 1000), maxSeconds * 1000, backoffCeilingMs))
}
