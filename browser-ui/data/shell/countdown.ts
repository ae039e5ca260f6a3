import type { Clock } from '../../../src/support/clock.ts'

/** How long a message stays; one that can be undone stays longer, since it must be read and decided on. */
export const messageMs = { plain: 6_000, withAction: 12_000 }

/** Runs `onEnd` once after this long, times of holding left out. Holds nest: it runs when nobody holds it. */
export function createCountdown(clock: Clock, durationMs: number, onEnd: () => void) {
  let leftMs = durationMs
  let holders = 0
  let startedMs = 0
  let stop: (() => void) | undefined
  const run = () => {
    startedMs = clock.monotonicMs()
    stop = clock.after(leftMs, onEnd)
  }
  run()
  return {
    hold(): void {
      holders += 1
      if (holders > 1) return
      stop?.()
      // Somebody who looked at it gets a moment to look away.
      leftMs = Math.max(1_500, leftMs - (clock.monotonicMs() - startedMs))
    },
    release(): void {
      if (holders === 0) return
      holders -= 1
      if (holders === 0) run()
    },
    cancel(): void {
      stop?.()
    },
  }
}
