import type { LogFields } from '../../src/domain/storable.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { Log } from '../../src/support/log.ts'

/** Warns, but each event at most once in five seconds; the next line tells how many were held back. */
export type QuietWarn = (event: string, fields?: LogFields) => void

const intervalMs = 5_000

export function createQuietWarn({ log, clock }: { log: Log; clock: Clock }): QuietWarn {
  const last = new Map<string, { atMs: number; held: number }>()
  return (event, fields) => {
    const nowMs = clock.monotonicMs()
    const entry = last.get(event)
    if (entry !== undefined && nowMs - entry.atMs < intervalMs) {
      entry.held += 1
      return
    }
    log.warn(event, entry === undefined || entry.held === 0 ? fields : { ...fields, heldBack: entry.held })
    last.set(event, { atMs: nowMs, held: 0 })
  }
}
