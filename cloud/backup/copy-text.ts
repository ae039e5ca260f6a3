import { itemLine, readItemFields } from './item-line.ts'
import type { LoggedChange } from './ports.ts'
import { backupUnusable } from './unusable.ts'

/** What a chunk of copied changes says of itself: it follows the chunk that reached `after`, so that a missing one is noticed. */
export interface CopyHead {
  /** Null: it begins with the beginning of the log. */
  readonly after: string | null
  readonly place: string
  /** Changes between the two were deleted from the log before they were copied. */
  readonly isGap: boolean
  readonly copiedAtMs: number
}

/** A chunk of changes as text: its head, then a line a change. */
export function copyText(head: CopyHead, changes: readonly LoggedChange[]): string {
  return [JSON.stringify(head), ...changes.map(({ atMs, item }) => `[${atMs},${itemLine(item)}]`)].join('\n')
}

/** Reads the head alone. Throws BACKUP_UNUSABLE. */
export function readCopyHead(name: string, text: string): CopyHead {
  try {
    const head = JSON.parse(text.slice(0, text.includes('\n') ? text.indexOf('\n') : undefined)) as CopyHead
    if (typeof head.place === 'string' && typeof head.copiedAtMs === 'number') return head
  } catch {
    // Told below.
  }
  throw backupUnusable(name, 'it holds something that is no copy of changes')
}

/** Reads the changes behind the head. Throws BACKUP_UNUSABLE. */
export function* readCopiedChanges(name: string, text: string): Generator<LoggedChange> {
  for (const line of text.split('\n').slice(1)) {
    try {
      const [atMs, fields] = JSON.parse(line) as [unknown, unknown]
      if (typeof atMs !== 'number') throw new TypeError('it holds something that is no change')
      yield { atMs, item: readItemFields(fields) }
    } catch (cause) {
      throw backupUnusable(name, cause instanceof TypeError ? cause.message : 'it holds something that is no change', cause)
    }
  }
}
