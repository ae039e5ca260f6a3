/** A row that the mirror refused: which one, by its pseudonym, and why in one word of the sink. */
export interface DeadLetter {
  readonly letterId: string
  readonly table: string
  readonly key: string
  readonly reason: string
  readonly atMs: number
}

/** How the mirror is, as the cloud tells it. Times are epoch milliseconds. */
export interface MirrorAnswer {
  readonly sink: 'duckdb' | 'bigquery' | 'off'
  readonly isReachable: boolean
  readonly waiting: number
  readonly oldestWaitingSinceMs: number | null
  readonly lastLoadedAtMs: number | null
  readonly trouble: 'disk-full' | 'disk' | 'store' | null
  readonly deadLetters: readonly DeadLetter[]
}

export const sinkWords: Readonly<Record<MirrorAnswer['sink'], string>> = {
  duckdb: 'DuckDB, a file in the data folder',
  bigquery: 'BigQuery',
  off: 'Off; changes are noted for backups',
}

const troubles: Readonly<Record<NonNullable<MirrorAnswer['trouble']>, string>> = {
  'disk-full': 'Changes are not noted now because the disk is full. They stay in the store and are noted when there is room.',
  disk: 'Changes are not noted now because the outbox folder cannot be written.',
  store: 'Changes are not noted now because the store does not answer.',
}

/** What stands in the way of the mirror, in sentences; none when all is well. */
export function mirrorProblems({ sink, isReachable, trouble, deadLetters }: MirrorAnswer): readonly string[] {
  const count = deadLetters.length
  return [
    ...(sink === 'off' || isReachable ? [] : ['The mirror does not answer. What changes waits in the log and is brought in when it does.']),
    ...(trouble === null ? [] : [troubles[trouble]]),
    ...(count === 0 ? [] : [`The mirror refused ${count === 1 ? 'one row' : `${count} rows`}; all others are in.`]),
  ]
}

/** How many changes wait. */
export const waitingWords = ({ waiting }: Pick<MirrorAnswer, 'waiting'>): string =>
  waiting === 0 ? 'Nothing' : waiting === 1 ? '1 change' : `${waiting.toLocaleString('en')} changes`

/** How far the mirror is behind: the age of the oldest change that waits. */
export function lagWords({ oldestWaitingSinceMs, waiting }: Pick<MirrorAnswer, 'oldestWaitingSinceMs' | 'waiting'>, nowMs: number): string {
  if (waiting === 0 || oldestWaitingSinceMs === null) return 'None'
  const seconds = Math.max(0, Math.round((nowMs - oldestWaitingSinceMs) / 1_000))
  if (seconds < 120) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`
}

/** Why the mirror refused a row, in words. */
export function reasonWords(reason: string): string {
  if (reason === 'engine') return 'The database refused it.'
  if (reason === 'no-such-table' || reason === 'no-such-column') return 'The mirror has no place for it.'
  if (reason.startsWith('column-')) return `The column ${reason.slice('column-'.length)} cannot hold what stands there.`
  if (['key', 'revision', 'changed_at'].includes(reason)) return `Its ${reason.replace('_', ' ')} is damaged.`
  return `The sink says: ${reason}.`
}
