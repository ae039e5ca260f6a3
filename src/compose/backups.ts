import { existsSync, statSync } from 'node:fs'
import { createChangeCopies } from '../../cloud/backup/change-copies.ts'
import { createDailyBackups, lateAfterMs } from '../../cloud/backup/daily.ts'
import { createBackupList, listBackups, type ListedBackup } from '../../cloud/backup/backup-list.ts'
import { takeBackup } from '../../cloud/backup/take-backup.ts'
import { createAudit } from '../../cloud/audit/audit.ts'
import type { BackupFacts, BackupList } from '../../cloud/privacy/ports.ts'
import type { MetadataStore } from '../../cloud/store/port.ts'
import type { Config } from '../config/read-config.ts'
import type { Auditor } from '../domain/audit.ts'
import { version } from '../domain/version.ts'
import type { Clock } from '../support/clock.ts'
import { errorCode } from '../support/error-code.ts'
import type { Log } from '../support/log.ts'
import { silentLog } from '../support/log.ts'
import { backupsPath, changeSource, keepAuthority, openBackupKeys, openBackups } from './backup-places.ts'
import { openApart, openKept } from './kept.ts'

interface Deps {
  readonly clock: Clock
  readonly log?: Log
}

const taken = ({ name, items, bytes }: BackupFacts, via: 'operator' | 'none') =>
  ({
    action: 'backup-made',
    spaceId: undefined,
    personId: undefined,
    via,
    subject: { kind: 'backup', id: name },
    details: { items, bytes },
  }) as const

interface RunningDeps {
  readonly raw: MetadataStore
  readonly apart: MetadataStore
  readonly audit: Auditor
  readonly clock: Clock
  readonly log: Log
}

const tryAgainMs = 10 * 60_000

/**
 * Takes a backup a day and copies changes, while the cloud runs; answers what stops it. Does nothing where backups are off. A folder
 * that cannot be used is told and tried again: the cloud serves all the same.
 */
export async function startBackups(config: Config, deps: RunningDeps): Promise<() => Promise<void>> {
  if (backupsPath(config) === undefined) return async () => {}
  let stop: (() => Promise<void>) | undefined
  let isTrying = false
  const begin = async () => {
    if (stop !== undefined || isTrying) return
    isTrying = true
    try {
      stop = await beginBackups(config, deps)
    } catch (cause) {
      deps.log.error('backup_folder_failed', { code: errorCode(cause) })
    } finally {
      isTrying = false
    }
  }
  await begin()
  const stopTrying = deps.clock.every(tryAgainMs, () => void begin())
  return async () => {
    stopTrying()
    await stop?.()
  }
}

async function beginBackups(config: Config, { raw, apart, audit, clock, log }: RunningDeps): Promise<() => Promise<void>> {
  const folder = await openBackups(config)
  keepAuthority(config)
  const { keys, close } = await openBackupKeys(config, apart, { clock, log })
  const daily = createDailyBackups({
    folder,
    copies: createChangeCopies({ source: changeSource(config), folder, keys, version, clock, log }),
    take: () => takeBackup({ source: raw, folder, keys, version, keptDays: config.backupDays, clock }),
    keptDays: config.backupDays,
    onTaken: (facts) => audit.record(taken(facts, 'none')),
    clock,
    log,
  })
  daily.start()
  if (isOnDataDisk(config)) log.info('backups_on_data_disk')
  return async () => {
    await daily.close()
    close()
  }
}

/** The backups, as receipts and certificates name them; none where they are off. */
export function openBackupList(config: Config, { apart, clock, log }: { apart: MetadataStore; clock: Clock; log: Log }): BackupList {
  if (backupsPath(config) === undefined) return { list: async () => [] }
  return createBackupList(async () => {
    const { keys } = await openBackupKeys(config, apart, { clock, log })
    return { folder: await openBackups(config), keys }
  }, config.backupDays)
}

/** Takes a backup now, beside a running cloud or without one. */
export async function backUp(
  config: Config,
  { to, tell }: { readonly to: string | undefined; readonly tell: (line: string) => void },
  { clock, log = silentLog }: Deps,
): Promise<BackupFacts & { readonly path: string }> {
  const folder = await openBackups(config, to)
  const kept = await openKept(config, clock, log)
  try {
    const { keys, close } = await openBackupKeys(config, kept.apart, { clock, log })
    try {
      const facts = await takeBackup({ source: kept.raw, folder, keys, version, keptDays: config.backupDays, clock, tell })
      const audit = createAudit({ store: kept.store, clock, log })
      await audit.record(taken(facts, 'operator')).finally(() => audit.close())
      return { ...facts, path: folder.pathOf(facts.name) }
    } finally {
      close()
    }
  } finally {
    await kept.identity.close()
    await kept.store.close()
  }
}

/** The backups there are, each read to its end. */
export async function lookAtBackups(
  config: Config,
  { from, isThorough }: { readonly from: string | undefined; readonly isThorough: boolean },
  { clock, log = silentLog }: Deps,
): Promise<{ readonly folder: string; readonly backups: readonly ListedBackup[] }> {
  const folder = await openBackups(config, from)
  const apart = await openApart(config, clock, log)
  try {
    const { keys, close } = await openBackupKeys(config, apart, { clock, log })
    const backups = await listBackups(folder, keys, { keptDays: config.backupDays, isThorough }).finally(close)
    return { folder: folder.path, backups }
  } finally {
    await apart.close()
  }
}

/** How the backups stand, in one sentence, and whether that is good. */
export async function checkBackups(config: Config, { clock }: Deps): Promise<{ readonly isGood: boolean; readonly sentence: string }> {
  const path = backupsPath(config)
  if (path === undefined) return { isGood: true, sentence: 'none are taken: THROUGHLINE_BACKUPS is off.' }
  const newest = existsSync(path) ? (await (await openBackups(config)).backups()).at(-1) : undefined
  const hint = isOnDataDisk(config) ? ' They lie on the disk of the data; name a folder on another one with THROUGHLINE_BACKUPS.' : ''
  if (newest === undefined) return { isGood: true, sentence: `there is none yet in ${path}; the running cloud takes one a day.${hint}` }
  const hours = Math.floor((clock.nowMs() - newest.atMs) / 3_600_000)
  return clock.nowMs() - newest.atMs > lateAfterMs
    ? {
        isGood: false,
        sentence: `the last one is ${hours} hours old; start the cloud, look into its log, or run npx throughline backup.${hint}`,
      }
    : { isGood: true, sentence: `the last one is ${hours} hours old.${hint}` }
}

/** A lost disk then takes both. */
function isOnDataDisk(config: Config): boolean {
  try {
    return config.store === 'sqlite' && statSync(config.dataFolder).dev === statSync(backupsPath(config) ?? '').dev
  } catch {
    return false
  }
}
