import type { Clock } from '../../../src/support/clock.ts'
import { runProgram } from '../host/run-program.ts'
import type { ProgramEnd } from '../host/run-program.ts'
import { fieldIds, messageField } from './fields.ts'
import { parseEntry } from './parse-entry.ts'
import type { JournalEntry } from './parse-entry.ts'

/** Where the journal is read from. */
export interface JournalPlace {
  /** Absolute path of journalctl. */
  readonly program: string
  /** A folder of journal files instead of the host's own. */
  readonly directory?: string | undefined
  readonly clock: Clock
}

/** One walk through the journal. Times are microseconds, both ends included. */
export interface JournalWalk {
  readonly fromUs: number
  readonly toUs: number
  readonly direction: 'newest first' | 'oldest first'
  /** Values by field, found by the journal's own index. */
  readonly chosen: ReadonlyMap<string, ReadonlySet<string>>
  readonly onEntry: (entry: JournalEntry) => 'more' | 'enough'
}

/** Entries looked at in one walk. */
export const entryLimit = 50_000
const outputBytes = 128 * 1024 * 1024
const lineBytes = 256 * 1024
/** A walk ends by itself after this long with what it has. */
const walkMs = 4_000

/** Walks until the callback has enough, the journal ends, or a limit is reached: `stopped` says that more may be there. */
export async function walkJournal(place: JournalPlace, walk: JournalWalk, signal: AbortSignal): Promise<ProgramEnd> {
  const abort = new AbortController()
  const onAbort = () => abort.abort()
  signal.addEventListener('abort', onAbort)
  const stopTimer = place.clock.after(walkMs, onAbort)
  try {
    return await runProgram({
      file: place.program,
      args: journalArguments(place, walk),
      signal: abort.signal,
      onLine(line) {
        const entry = parseEntry(line)
        return entry === undefined ? 'more' : walk.onEntry(entry)
      },
      maxLineBytes: lineBytes,
      maxBytes: outputBytes,
    })
  } finally {
    stopTimer()
    signal.removeEventListener('abort', onAbort)
  }
}

/** Every argument is a fixed word, a number or `FIELD=value` with a field of ours, so no value can become an option. */
export function journalArguments({ directory }: Pick<JournalPlace, 'directory'>, walk: Omit<JournalWalk, 'onEntry'>): readonly string[] {
  const matches = [...walk.chosen].flatMap(([field, values]) => [...values].map((value) => `${field}=${value}`))
  return [
    '--output=json',
    '--no-pager',
    '--quiet',
    `--output-fields=${[...fieldIds, messageField].join(',')}`,
    ...(directory === undefined ? [] : [`--directory=${directory}`]),
    `--since=@${seconds(walk.fromUs)}`,
    `--until=@${seconds(walk.toUs)}`,
    ...(walk.direction === 'newest first' ? ['--reverse', `--lines=${entryLimit}`] : []),
    ...matches,
  ]
}

const seconds = (us: number) => `${Math.floor(us / 1_000_000)}.${String(us % 1_000_000).padStart(6, '0')}`
