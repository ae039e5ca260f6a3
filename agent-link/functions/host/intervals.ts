import type { Clock } from '../../../src/support/clock.ts'

/** Two readings and the time between them; rates are their differences. */
export interface Interval<T> {
  readonly before: T
  readonly now: T
  readonly seconds: number
}

const shortestMs = 500
const longestMs = 60_000

/**
 * Readings for rates. Between two calls it does nothing; a call compares with the one before it when that is half a second to a minute
 * old, else it reads twice, half a second apart. Callers at the same time share one reading.
 */
export function createIntervals<T>({ clock, take }: { readonly clock: Clock; readonly take: (signal: AbortSignal) => Promise<T> }) {
  interface Sample {
    readonly value: T
    readonly atMs: number
  }
  let older: Sample | undefined
  let latest: Sample | undefined
  let running: { readonly result: Promise<Interval<T>>; readonly abort: AbortController; waiting: number } | undefined

  const sample = async (signal: AbortSignal): Promise<Sample> => {
    const atMs = clock.monotonicMs()
    return { value: await take(signal), atMs }
  }
  const isFit = (base: Sample, atMs: number) => atMs - base.atMs >= shortestMs && atMs - base.atMs <= longestMs
  const between = (before: Sample, now: Sample): Interval<T> => ({
    before: before.value,
    now: now.value,
    seconds: (now.atMs - before.atMs) / 1000,
  })

  async function measure(signal: AbortSignal): Promise<Interval<T>> {
    const first = await sample(signal)
    signal.throwIfAborted()
    if (latest !== undefined && isFit(latest, first.atMs)) {
      older = latest
      latest = first
      return between(older, first)
    }
    // Too soon after the last one: the one before that will do, for as long as the last one is young.
    if (latest !== undefined && older !== undefined && first.atMs - latest.atMs < shortestMs && isFit(older, first.atMs))
      return between(older, first)
    await new Promise<void>((resolve) => {
      const stop = clock.after(shortestMs, resolve)
      signal.addEventListener('abort', () => {
        stop()
        resolve()
      })
    })
    signal.throwIfAborted()
    const second = await sample(signal)
    signal.throwIfAborted()
    older = first
    latest = second
    return between(first, second)
  }

  return {
    /** The interval that ends now. Throws when aborted by everybody who waits. */
    async measure(signal: AbortSignal): Promise<Interval<T>> {
      if (running === undefined || running.abort.signal.aborted) {
        const abort = new AbortController()
        const result = measure(abort.signal).finally(() => {
          if (running?.abort === abort) running = undefined
        })
        running = { result, abort, waiting: 0 }
      }
      const mine = running
      mine.waiting++
      const leave = () => {
        if (--mine.waiting === 0) mine.abort.abort()
      }
      signal.addEventListener('abort', leave)
      try {
        const interval = await mine.result
        signal.throwIfAborted()
        return interval
      } finally {
        signal.removeEventListener('abort', leave)
      }
    },
  }
}
