import { writeFileAtomically } from './claim/claim-files.ts'
import type { Clock } from '../src/support/clock.ts'
import { errorCode } from '../src/support/error-code.ts'
import type { Log } from '../src/support/log.ts'

/** Changes that come together are written together. */
const keepAfterMs = 1_000

/**
 * A small file that follows a state: written whole, a moment after a change and at the end, one write at a time. A write that fails
 * is logged once and tried again with the next change.
 */
export function createKeptFile(deps: { readonly folder: string; readonly name: string; readonly clock: Clock; readonly log: Log }) {
  const { folder, name, clock, log } = deps
  let due: (() => string) | undefined
  let cancel: (() => void) | undefined
  let writing: Promise<void> = Promise.resolve()
  let hasComplained = false

  function write(): Promise<void> {
    cancel?.()
    cancel = undefined
    writing = writing.then(async () => {
      const text = due
      due = undefined
      if (text === undefined) return
      try {
        await writeFileAtomically(folder, name, text())
        hasComplained = false
      } catch (cause) {
        if (!hasComplained) log.warn('kept_file_unwritten', { name, code: errorCode(cause) })
        hasComplained = true
      }
    })
    return writing
  }

  return {
    /** `text` is asked for when it is written. */
    keep(text: () => string): void {
      due = text
      cancel ??= clock.after(keepAfterMs, () => void write())
    },
    /** Writes what is due, now; resolves when it lies on the disk. */
    flush: write,
    /** The last write. */
    stop: write,
  }
}
