import type { PersonId } from '../../src/domain/ids.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import { liveLimits } from '../../src/live/limits.ts'
import type { Clock } from '../../src/support/clock.ts'

/** Reads a second, at once after a pause, and waited for at a time. */
export interface ReadLimits {
  readonly readsPerSecond: number
  readonly readBurst: number
  readonly readsAtOnce: number
}

/** How often one person may read over HTTP, and how many answers they may wait for at a time, over all their tokens. */
export function createReaderLimits({ clock, limits = liveLimits }: { readonly clock: Clock; readonly limits?: ReadLimits }) {
  const { readsPerSecond, readBurst, readsAtOnce } = limits
  interface Reader {
    left: number
    atMs: number
    waiting: number
  }
  const readers = new Map<PersonId, Reader>()

  /** Those who have been quiet for long enough are as if they had never come. */
  function forgetQuiet(nowMs: number): void {
    for (const [personId, { left, atMs, waiting }] of readers) {
      if (waiting === 0 && left + ((nowMs - atMs) / 1000) * readsPerSecond >= readBurst) readers.delete(personId)
    }
  }

  return {
    /** Lets one read in; the answer ends it. Throws RATE_LIMITED. */
    enter(personId: PersonId): () => void {
      const nowMs = clock.monotonicMs()
      if (readers.size > 100) forgetQuiet(nowMs)
      const reader = readers.get(personId) ?? { left: readBurst, atMs: nowMs, waiting: 0 }
      readers.set(personId, reader)
      reader.left = Math.min(readBurst, reader.left + ((nowMs - reader.atMs) / 1000) * readsPerSecond)
      reader.atMs = nowMs
      if (reader.waiting >= readsAtOnce)
        throw new ThroughlineError('RATE_LIMITED', `Wait for an answer first; ${readsAtOnce} may be asked at a time.`)
      if (reader.left < 1)
        throw new ThroughlineError('RATE_LIMITED', `Ask at most ${readsPerSecond} times a second; see the live socket for more.`)
      reader.left -= 1
      reader.waiting += 1
      return () => void (reader.waiting -= 1)
    },
  }
}
