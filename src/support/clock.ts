/** Time as an argument: what needs it takes a Clock, so tests hold it in the hand. */
export interface Clock {
  /** Milliseconds since the epoch. For timestamps, never for measuring. */
  nowMs(): number
  /** Milliseconds that never go back. For deadlines and intervals. */
  monotonicMs(): number
  /** Runs `action` once after `delayMs`; the answer cancels it. Does not keep the process alive. */
  after(delayMs: number, action: () => void): () => void
  /** Runs `action` every `intervalMs`; the answer stops it. Does not keep the process alive. */
  every(intervalMs: number, action: () => void): () => void
}

/** The machine's own clock. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, action) {
    const timer = setTimeout(action, delayMs)
    timer.unref()
    return () => clearTimeout(timer)
  },
  every(intervalMs, action) {
    const timer = setInterval(action, intervalMs)
    timer.unref()
    return () => clearInterval(timer)
  },
}
