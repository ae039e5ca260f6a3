import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'

/** Answers whether one more is within the limit for this key, and counts it; remembered in memory. */
export function createRateLimit({ count, windowMs }: { readonly count: number; readonly windowMs: number }) {
  const limiter = new RateLimiterMemory({ points: count, duration: windowMs / 1000 })
  return async function isWithin(key: string): Promise<boolean> {
    try {
      await limiter.consume(key)
      return true
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) return false
      throw refusal
    }
  }
}
