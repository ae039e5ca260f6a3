import type { Log } from '../../src/support/log.ts'

/** A log whose lines somebody may read while they are written. Nothing is kept: a line that nobody reads is gone. */
export interface LogTap {
  readonly log: Log
  /** The lines from now on, as JSON, of every level; ends with the signal. Falls behind by at most {@link linesMax} lines and then says how many are missing. */
  read(signal: AbortSignal): AsyncGenerator<string>
}

const linesMax = 10_000

export function createLogTap(log: Log): LogTap {
  const readers = new Set<(line: string) => void>()
  const tapped =
    (level: keyof Log): Log['info'] =>
    (event, fields) => {
      log[level](event, fields)
      if (readers.size === 0) return
      const line = JSON.stringify({ level, event, ...fields })
      for (const hear of readers) hear(line)
    }
  return {
    log: { error: tapped('error'), warn: tapped('warn'), info: tapped('info'), debug: tapped('debug') },
    async *read(signal) {
      const lines: string[] = []
      let missing = 0
      let wake = () => {}
      const hear = (line: string) => {
        if (lines.length < linesMax) lines.push(line)
        else missing++
        wake()
      }
      const end = () => wake()
      readers.add(hear)
      signal.addEventListener('abort', end)
      try {
        while (!signal.aborted) {
          for (const line of lines.splice(0)) yield line
          if (missing > 0) yield JSON.stringify({ missing })
          missing = 0
          if (lines.length === 0 && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve))
        }
        yield* lines
      } finally {
        readers.delete(hear)
        signal.removeEventListener('abort', end)
      }
    },
  }
}
