import type { Clock } from '../../src/support/clock.ts'

interface Waiting {
  dueMs: number
  everyMs: number | undefined
  action: () => void
}

/** A clock that moves only when a test moves it; due actions run in order of their time. */
export function createHandClock(startMs = 1_800_000_000_000): Clock & { advance(ms: number): void } {
  let elapsedMs = 0
  const waiting = new Set<Waiting>()
  const add = (delayMs: number, everyMs: number | undefined, action: () => void) => {
    const entry: Waiting = { dueMs: elapsedMs + delayMs, everyMs, action }
    waiting.add(entry)
    return () => void waiting.delete(entry)
  }
  return {
    nowMs: () => startMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    after: (delayMs, action) => add(delayMs, undefined, action),
    every: (intervalMs, action) => add(intervalMs, intervalMs, action),
    advance(ms) {
      const end = elapsedMs + ms
      for (;;) {
        const next = [...waiting].filter((entry) => entry.dueMs <= end).sort((a, b) => a.dueMs - b.dueMs)[0]
        if (next === undefined) break
        elapsedMs = Math.max(elapsedMs, next.dueMs)
        if (next.everyMs === undefined) waiting.delete(next)
        else next.dueMs += next.everyMs
        next.action()
      }
      elapsedMs = end
    },
  }
}
