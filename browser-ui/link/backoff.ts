const firstMs = 500
const longestMs = 30_000

/**
 * How long to wait before the n-th attempt in a row (from 0): doubles from half a second to half a minute, and only half of it
 * is certain, so that a thousand pages do not return in the same moment. `random` answers a number from 0 up to 1.
 */
export function backoffMs(attempt: number, random: () => number): number {
  const ceiling = Math.min(longestMs, firstMs * 2 ** Math.min(attempt, 16))
  return Math.round(ceiling / 2 + (ceiling / 2) * random())
}
