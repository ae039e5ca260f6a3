import { ThroughlineError } from '../../src/errors/throughline-error.ts'

/** The refusal of a backup that must not be restored; `reason` is the rest of a sentence. Throwing it means that nothing was written. */
export function backupUnusable(name: string, reason: string, cause?: unknown): ThroughlineError {
  return new ThroughlineError(
    'BACKUP_UNUSABLE',
    `The backup ${name} cannot be used: ${reason}.`,
    cause === undefined ? undefined : { cause },
  )
}

/** The refusal of a folder of backups that cannot be read or written. */
export function folderUnusable(folder: string, cause: unknown): ThroughlineError {
  return new ThroughlineError(
    'DATA_FOLDER_UNUSABLE',
    `The folder of backups ${folder} cannot be read or written; choose another with THROUGHLINE_BACKUPS, make room on its disk, or change its owner.`,
    { cause },
  )
}
