import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createBackupKeys, type BackupKeys } from '../../cloud/backup/backup-keys.ts'
import { openBackupFolder, type BackupFolder } from '../../cloud/backup/backup-folder.ts'
import type { ChangeSource } from '../../cloud/backup/ports.ts'
import { createLogReader } from '../../cloud/mirror/outbox/log-reader.ts'
import { logStart } from '../../cloud/mirror/outbox/segments.ts'
import { installationIdOf } from '../../cloud/seals/installation-id.ts'
import { createSubjectKeys } from '../../cloud/seals/subject-keys.ts'
import type { MetadataStore } from '../../cloud/store/port.ts'
import type { Config } from '../config/read-config.ts'
import { ThroughlineError } from '../errors/throughline-error.ts'
import type { Clock } from '../support/clock.ts'
import type { Log } from '../support/log.ts'
import { tlsFolder } from './kept.ts'
import { keysFolder } from './keys-folder.ts'
import { openProvider } from './sealing.ts'

/** Where backups lie; undefined when there are to be none. */
export const backupsPath = ({ backups, dataFolder }: Config): string | undefined =>
  backups === 'off' ? undefined : (backups ?? `${dataFolder}-backups`)

/** The folder of backups. Throws USAGE when there is to be none, DATA_FOLDER_UNUSABLE. */
export async function openBackups(config: Config, other?: string): Promise<BackupFolder> {
  const path = other ?? backupsPath(config)
  if (path === undefined) throw new ThroughlineError('USAGE', 'THROUGHLINE_BACKUPS is off; name a folder there, or with an option.')
  return openBackupFolder(path)
}

/** The keys of backups, and the installation they are of. */
export interface OpenedBackupKeys {
  readonly keys: BackupKeys
  readonly installationId: string
  readonly close: () => void
}

/** Opens the keys that lie apart. Throws DATA_FOLDER_UNUSABLE when there are none, KEYS_UNAVAILABLE. */
export async function openBackupKeys(
  config: Config,
  apart: MetadataStore,
  { clock, log }: { clock: Clock; log: Log },
): Promise<OpenedBackupKeys> {
  const installationId = await installationIdOf(apart)
  if (installationId === undefined)
    throw new ThroughlineError(
      'DATA_FOLDER_UNUSABLE',
      `The keys of this installation are not in ${keysFolder(config)}; put the copy of them there that was kept apart from the data.`,
    )
  const opened = await openProvider(config, { clock, log })
  const ring = createSubjectKeys({ apart, provider: opened.provider, installationId, clock })
  return { keys: createBackupKeys(ring, installationId), installationId, close: () => opened.close() }
}

/** The log of changes of this data folder, as backups read it. */
export function changeSource(config: Config): ChangeSource {
  const reader = createLogReader(join(config.dataFolder, 'outbox'))
  return {
    async readFrom(place) {
      const { entries, next, isEnd, isGap } = await reader.readFrom(place ?? logStart)
      return { changes: entries.map(({ atMs, change }) => ({ atMs, item: change })), next, isEnd, isGap }
    },
  }
}

const authority = [
  ['ca.pem', 'tls-ca.pem'],
  ['ca-key.pem', 'tls-ca-key.pem'],
] as const

/**
 * Keeps the CA that agents and browsers trust with the keys, too: with the data folder alone it would be lost, and no backup may
 * hold a key. Agents then find the cloud again after a restore without a new claim.
 */
export function keepAuthority(config: Config): void {
  for (const [name, kept] of authority) {
    const [from, to] = [join(tlsFolder(config), name), join(keysFolder(config), kept)]
    if (!existsSync(from)) continue
    const text = readFileSync(from)
    if (!existsSync(to) || !readFileSync(to).equals(text)) writeFileSync(to, text, { mode: 0o600, flush: true })
  }
}

/** Puts the CA back into a data folder that has none. */
export function bringAuthority(config: Config, dataFolder: string): void {
  const folder = join(dataFolder, 'tls')
  for (const [name, kept] of authority) {
    const from = join(keysFolder(config), kept)
    if (!existsSync(from) || existsSync(join(folder, name))) continue
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(join(folder, name), readFileSync(from), { mode: 0o600, flush: true })
  }
}
