import { errorCode } from '../../src/support/error-code.ts'
import type { BackupFacts, BackupList } from '../privacy/ports.ts'
import { expiryOf, type BackupFolder, type FolderEntry } from './backup-folder.ts'
import type { BackupKeys } from './backup-keys.ts'
import { openItems, type BackupEnd } from './items-file.ts'

/** A backup with how far it was looked at: `problem` says why it cannot be used. */
export interface ListedBackup extends BackupFacts {
  readonly finishedAtMs: number | undefined
  readonly problem: string | undefined
}

/** The backups of a folder, oldest first. `isThorough` reads all of each; otherwise only its two ends. Throws DATA_FOLDER_UNUSABLE. */
export async function listBackups(
  folder: BackupFolder,
  keys: BackupKeys,
  { keptDays, isThorough }: { readonly keptDays: number; readonly isThorough: boolean },
): Promise<ListedBackup[]> {
  const entries = await folder.backups()
  const listed: ListedBackup[] = []
  for (const [at, entry] of entries.entries()) {
    const { end, problem } = await look(entry, keys, isThorough)
    listed.push({
      name: entry.name,
      takenAtMs: entry.atMs,
      expiresAtMs: expiryOf(entry.atMs, entries.length - 1 - at, keptDays),
      items: end?.items ?? 0,
      bytes: entry.bytes,
      finishedAtMs: end?.finishedAtMs,
      problem,
    })
  }
  return listed
}

/** The backups as receipts and certificates name them: also one that cannot be used holds what it holds until it is deleted. */
export function createBackupList(open: () => Promise<{ folder: BackupFolder; keys: BackupKeys }>, keptDays: number): BackupList {
  return {
    async list() {
      const { folder, keys } = await open()
      const listed = await listBackups(folder, keys, { keptDays, isThorough: false })
      return listed.map(({ name, takenAtMs, expiresAtMs, items, bytes }) => ({ name, takenAtMs, expiresAtMs, items, bytes }))
    },
  }
}

async function look({ path, name }: FolderEntry, keys: BackupKeys, isThorough: boolean) {
  let end: BackupEnd | undefined
  try {
    const reader = await openItems(path, name, keys)
    try {
      end = await reader.end()
      if (isThorough) for await (const _ of reader.items());
    } finally {
      await reader.close()
    }
    return { end, problem: undefined }
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause && cause.code === 'BACKUP_UNUSABLE' ? cause.message : undefined
    return { end, problem: reason ?? `The backup ${name} cannot be read (${errorCode(cause)}).` }
  }
}
