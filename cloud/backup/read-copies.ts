import { readFile, stat } from 'node:fs/promises'
import type { BackupFolder } from './backup-folder.ts'
import type { BackupKeys } from './backup-keys.ts'
import { openChunkReader } from './chunk-reader.ts'
import { readCopiedChanges, readCopyHead, type CopyHead } from './copy-text.ts'
import type { LoggedChange } from './ports.ts'
import { endsInHead, headBytesMax } from './sealed-file.ts'
import { backupUnusable } from './unusable.ts'

/** The place of the log that the copies reach; undefined when there are none that can be read. */
export async function lastCopied(folder: BackupFolder, keys: BackupKeys): Promise<string | undefined> {
  return (await lastCopy(folder, keys))?.place
}

/** The head of the last copy; undefined when there is none that can be read. */
export async function lastCopy(folder: BackupFolder, keys: BackupKeys): Promise<CopyHead | undefined> {
  for (const { name, path } of [...(await folder.copies())].reverse()) {
    let last: CopyHead | undefined
    try {
      const reader = await openChunkReader(path, name, keys)
      try {
        for await (const { text } of reader.chunks({ isGrowing: true })) last = readCopyHead(name, text)
      } finally {
        await reader.close()
      }
    } catch {
      // A file that is damaged reaches no place: the log is copied again from where a whole one ends.
      continue
    }
    if (last !== undefined) return last
  }
  return undefined
}

/**
 * Every copied change that was noted at `fromMs` or later, in order; one may come more than once. Throws BACKUP_UNUSABLE for a copy
 * that does not open, and where changes from before `wholeUntilMs` are missing: what follows would be put on the wrong ground.
 */
export async function* copiedChanges(
  folder: BackupFolder,
  keys: BackupKeys,
  { fromMs, wholeUntilMs }: { readonly fromMs: number; readonly wholeUntilMs: number },
): AsyncGenerator<LoggedChange> {
  const files = await folder.copies()
  // The oldest file of all joins on to what had its days; any other one must join on to the one before it.
  let before: string | null | undefined
  for (const [at, { name, path }] of files.entries()) {
    // A file ends before the next one begins.
    const next = files[at + 1]
    if (next !== undefined && next.atMs <= fromMs) continue
    const isFirst = before === undefined && at > 0
    if (await wasNeverBegun(path)) continue
    const reader = await openChunkReader(path, name, keys)
    try {
      for await (const { text, number } of reader.chunks({ isGrowing: true })) {
        const head = readCopyHead(name, text)
        // The log from its beginning joins on to anything; what is in it twice does no harm.
        const isJoined = !head.isGap && (head.after === null || head.after === before || (isFirst && number === 0))
        let isChecked = false
        for (const change of readCopiedChanges(name, text)) {
          if (!isJoined && !isChecked && change.atMs > fromMs && change.atMs <= wholeUntilMs) throw missing(name, change.atMs)
          isChecked = true
          if (change.atMs >= fromMs) yield change
        }
        before = head.place
      }
    } finally {
      await reader.close()
    }
  }
}

/** A file of which not even the head came to the disk, because that was full or the process was killed; its changes are in the next one. */
const wasNeverBegun = async (path: string) => (await stat(path)).size < headBytesMax && endsInHead(await readFile(path))

const missing = (name: string, atMs: number) =>
  backupUnusable(
    name,
    `changes before ${new Date(atMs).toISOString()} are missing; restore a newer backup, or with --until a moment before what is missing`,
  )
