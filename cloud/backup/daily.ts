import { errorCode } from '../../src/support/error-code.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { Log } from '../../src/support/log.ts'
import type { BackupFacts } from '../privacy/ports.ts'
import type { BackupFolder } from './backup-folder.ts'
import type { ChangeCopies } from './change-copies.ts'

const dayMs = 24 * 3_600_000
/** How often changes are copied: what a lost data disk takes is at most about this much (F9: five minutes). */
export const copyEveryMs = 30_000
/** How often is looked whether a backup is due, and the pause after one that failed. */
const lookEveryMs = 10 * 60_000
/** A start is not slowed by the backup of a missed day. */
const afterStartMs = 60_000
/** From this age of the newest backup on it is said aloud. */
export const lateAfterMs = 26 * 3_600_000

/** Takes a backup a day and copies changes all the time, while the cloud runs. */
export interface DailyBackups {
  start(): void
  /** Looks now; resolves when a backup that was due is taken and what had its days is deleted. */
  look(): Promise<void>
  close(): Promise<void>
}

export interface DailyDeps {
  readonly folder: BackupFolder
  readonly take: () => Promise<BackupFacts>
  readonly copies: Pick<ChangeCopies, 'copy' | 'close'>
  readonly keptDays: number
  readonly onTaken: (facts: BackupFacts) => Promise<void>
  readonly clock: Clock
  readonly log: Log
}

export function createDailyBackups({ folder, take, copies, keptDays, onTaken, clock, log }: DailyDeps): DailyBackups {
  const undo: (() => void)[] = []
  let looking: Promise<void> | undefined
  let copying: Promise<void> | undefined
  let hasCopyTrouble = false

  const lookOnce = async () => {
    const newest = (await folder.backups()).at(-1)?.atMs
    const ageMs = newest === undefined ? Number.POSITIVE_INFINITY : clock.nowMs() - newest
    // A time of its own each day, a little early, so that it does not wander through the day.
    if (ageMs >= dayMs - lookEveryMs / 2) {
      try {
        const facts = await take()
        log.info('backup_made', { items: facts.items, bytes: facts.bytes })
        await onTaken(facts)
      } catch (cause) {
        log.error('backup_failed', { code: errorCode(cause) })
        if (ageMs >= lateAfterMs && newest !== undefined) log.error('backup_late', { hours: Math.floor(ageMs / 3_600_000) })
      }
    }
    // After the backup: the last ones are kept until newer ones are there.
    const gone = await folder.prune(clock.nowMs(), keptDays)
    if (gone.length > 0) log.info('backups_deleted', { count: gone.length })
  }
  const look = () => {
    looking ??= lookOnce()
      .catch((cause: unknown) => log.error('backup_folder_failed', { code: errorCode(cause) }))
      .finally(() => (looking = undefined))
    return looking
  }
  const copy = () => {
    copying ??= copies
      .copy()
      .then(
        () => {
          if (hasCopyTrouble) log.info('backup_changes_copied_again')
          hasCopyTrouble = false
        },
        (cause: unknown) => {
          if (!hasCopyTrouble) log.error('backup_changes_failed', { code: errorCode(cause) })
          hasCopyTrouble = true
        },
      )
      .finally(() => (copying = undefined))
  }
  return {
    start() {
      undo.push(
        clock.after(afterStartMs, () => void look()),
        clock.every(lookEveryMs, () => void look()),
        clock.every(copyEveryMs, copy),
      )
    },
    look,
    async close() {
      for (const stop of undo.splice(0)) stop()
      await looking
      await copying
      // What was noted before an orderly stop is copied, too.
      await copies.copy().catch(() => undefined)
      await copies.close()
    },
  }
}
