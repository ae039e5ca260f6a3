import type { Clock } from '../../../src/support/clock.ts'

/** Work shorter than this shows no progress. */
const progressAfterMs = 300

/** Whether something a person waits for takes long enough to say so. */
export interface Progress {
  /** Something begins; the answer ends it, once. */
  begin(): () => void
  readonly isShown: () => boolean
  readonly subscribe: (listener: () => void) => () => void
}

/** One for the whole page: it shows from 300 ms after the first of several things began until the last has ended. */
export function createProgress(clock: Clock): Progress {
  const listeners = new Set<() => void>()
  let running = 0
  let isShown = false
  let stop: (() => void) | undefined
  const show = (next: boolean) => {
    if (isShown === next) return
    isShown = next
    for (const listener of listeners) listener()
  }
  return {
    begin() {
      running += 1
      if (running === 1) stop = clock.after(progressAfterMs, () => show(true))
      let isOver = false
      return () => {
        if (isOver) return
        isOver = true
        running -= 1
        if (running > 0) return
        stop?.()
        show(false)
      }
    },
    isShown: () => isShown,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
