import type { Clock } from '../../src/support/clock.ts'

/** The browser's own clock. */
export const pageClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, action) {
    const timer = window.setTimeout(action, delayMs)
    return () => window.clearTimeout(timer)
  },
  every(intervalMs, action) {
    const timer = window.setInterval(action, intervalMs)
    return () => window.clearInterval(timer)
  },
}
