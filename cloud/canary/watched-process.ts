import { getHeapSnapshot } from 'node:v8'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { Clock } from '../../src/support/clock.ts'
import { isMarker } from './marker.ts'
import type { LogTap } from './log-tap.ts'

/** What a running cloud shows of itself to the proof by canaries, to its operator alone. */
export interface WatchedProcess {
  /**
   * The lines of the log while somebody reads, at most ten minutes. The control is logged first and stays in memory until the reader
   * leaves: a search of log or memory that does not find it finds nothing. Throws BODY_UNPROCESSABLE when it is no marker.
   */
  log(control: string): AsyncGenerator<string>
  /** A heap snapshot of this process as V8 writes it, numbers included. Everything else stands still meanwhile. Throws RATE_LIMITED while one is read. */
  heap(): AsyncGenerator<string>
}

const readMaxMs = 600_000

export function createWatchedProcess({ tap, clock }: { readonly tap: LogTap; readonly clock: Clock }): WatchedProcess {
  const controls = new Set<string>()
  let isReading = false
  return {
    async *log(control) {
      if (!isMarker(control)) throw new ThroughlineError('BODY_UNPROCESSABLE', 'The control has to have the form of a marker.')
      const end = new AbortController()
      const stop = clock.after(readMaxMs, () => end.abort())
      // Joined anew, so that it is a text of its own in memory and no part of the request.
      const kept = Buffer.from(control).toString('utf8')
      controls.add(kept)
      try {
        const lines = tap.read(end.signal)
        const first = lines.next()
        tap.log.info('canary_control', { marker: kept })
        yield `${(await first).value ?? ''}\n`
        for await (const line of lines) yield `${line}\n`
      } finally {
        stop()
        end.abort()
        controls.delete(kept)
      }
    },

    async *heap() {
      if (isReading) throw new ThroughlineError('RATE_LIMITED', 'Another reading of the memory is under way; try again in a minute.')
      isReading = true
      try {
        const snapshot = getHeapSnapshot({ exposeInternals: false, exposeNumericValues: true })
        snapshot.setEncoding('utf8')
        for await (const piece of snapshot) yield piece as string
      } finally {
        isReading = false
      }
    },
  }
}
