import type { Clock } from './clock.ts'

/** So many at once, and then so many a second. */
export interface BucketLimit {
  readonly perSecond: number
  readonly burst: number
}

/** Token buckets by name, of which only those are remembered that are not full. */
export interface TokenBuckets {
  /** Takes one; answers 0, or the whole seconds until there is one again, and then nothing is taken. */
  take(key: string): number
}

/** Buckets in memory; when there are too many, the one that was used longest ago is forgotten. */
export function createTokenBuckets({ perSecond, burst }: BucketLimit, clock: Clock, most = 50_000): TokenBuckets {
  const buckets = new Map<string, { tokens: number; atMs: number }>()
  return {
    take(key) {
      const nowMs = clock.monotonicMs()
      const known = buckets.get(key)
      const tokens = known === undefined ? burst : Math.min(burst, known.tokens + ((nowMs - known.atMs) / 1_000) * perSecond)
      buckets.delete(key)
      const isLeft = tokens >= 1
      buckets.set(key, { tokens: isLeft ? tokens - 1 : tokens, atMs: nowMs })
      const oldest = buckets.size > most ? buckets.keys().next().value : undefined
      if (oldest !== undefined) buckets.delete(oldest)
      return isLeft ? 0 : Math.max(1, Math.ceil((1 - tokens) / perSecond))
    },
  }
}
