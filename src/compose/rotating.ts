import { createAudit } from '../../cloud/audit/audit.ts'
import { refuseHalfRestored } from '../../cloud/backup/restore-mark.ts'
import { agreeOnInstallation, installationIdOf } from '../../cloud/seals/installation-id.ts'
import { ensureSealKeyOf, newestSealKeyMs } from '../../cloud/seals/master-keys.ts'
import { createKeyWalk, laterThanAllKeys } from '../../cloud/seals/rewrap.ts'
import { runRotation, type RotationReport } from '../../cloud/seals/rotation.ts'
import { createRotationRecords, type Rotation } from '../../cloud/seals/rotation-record.ts'
import { sealed } from '../../cloud/seals/sealed-store.ts'
import { createSubjectKeys } from '../../cloud/seals/subject-keys.ts'
import type { MetadataStore } from '../../cloud/store/port.ts'
import type { Config } from '../config/read-config.ts'
import type { KeySubject } from '../domain/key-subject.ts'
import { ThroughlineError } from '../errors/throughline-error.ts'
import type { Clock } from '../support/clock.ts'
import { silentLog, type Log } from '../support/log.ts'
import { backupsPath, openBackups } from './backup-places.ts'
import { ensureDataFolder, openApart, openStore } from './kept.ts'
import { ensureKeysFolder, keysFolder } from './keys-folder.ts'
import { oldSealKeys, openProvider, sealingWords } from './sealing.ts'

interface Deps {
  readonly clock: Clock
  readonly log?: Log
}

/** Who holds the master keys. */
export type MasterPlace = 'file' | 'kms'

/** How the keys stand. */
export interface KeysReport {
  readonly provider: MasterPlace
  readonly newestMaster: string
  /** Whose keys there are, by state. */
  readonly owners: readonly { readonly kind: KeySubject['kind']; readonly usable: number; readonly destroyed: number }[]
  /** Data keys, and those among them that only open what was sealed before. */
  readonly dataKeys: number
  readonly olderDataKeys: number
  /** Data keys by the master that wraps them. */
  readonly masters: readonly { readonly master: string; readonly provider: MasterPlace; readonly dataKeys: number }[]
  /** A rotation that has not ended; the next `keys rotate` goes on with it. */
  readonly unfinishedSinceMs: number | undefined
}

const providerOf = (wrapped: string): MasterPlace => (wrapped.startsWith('k') ? 'kms' : 'file')

/** How the keys stand, read where they lie; nothing is asked of a key service. Throws DATA_FOLDER_UNUSABLE, STORE_UNAVAILABLE. */
export async function lookAtKeys(config: Config, { clock, log = silentLog }: Deps): Promise<KeysReport> {
  ensureKeysFolder(config)
  const apart = await openApart(config, clock, log)
  try {
    if ((await installationIdOf(apart)) === undefined)
      throw new ThroughlineError(
        'DATA_FOLDER_UNUSABLE',
        `There are no keys in ${keysFolder(config)}; the first start makes them, or set THROUGHLINE_KEYS to the folder they lie in.`,
      )
    const opened = await openProvider(config, { clock, log })
    const { provider } = opened
    try {
      const owners = new Map<KeySubject['kind'], { usable: number; destroyed: number }>()
      const masters = new Map<string, { provider: MasterPlace; dataKeys: number }>()
      let [dataKeys, olderDataKeys] = [0, 0]
      await createKeyWalk(apart).all(undefined, async ({ kind }, record) => {
        const own = owners.get(kind) ?? { usable: 0, destroyed: 0 }
        own[record.state]++
        owners.set(kind, own)
        if (record.state !== 'usable') return
        dataKeys += record.keys.length
        olderDataKeys += record.keys.length - 1
        for (const { wrapped } of record.keys) {
          const master = wrapped.split('.')[1] ?? ''
          const known = masters.get(master) ?? { provider: providerOf(wrapped), dataKeys: 0 }
          known.dataKeys++
          masters.set(master, known)
        }
      })
      return {
        provider: provider.name,
        newestMaster: provider.currentMaster(),
        owners: [...owners].map(([kind, counts]) => ({ kind, ...counts })),
        dataKeys,
        olderDataKeys,
        masters: [...masters].map(([master, each]) => ({ master, ...each })),
        unfinishedSinceMs: (await createRotationRecords(apart).running())?.startedAtMs,
      }
    } finally {
      opened.close()
    }
  } finally {
    await apart.close()
  }
}

/** Backups copy the changes of the last seven days besides. */
const changesKeptMs = 7 * 86_400_000

/** What of backups a rotation has to wait for. */
async function backupsOf(config: Config): Promise<{ keptMs: number; oldestAtMs: number | undefined }> {
  const keptMs = config.backupDays * 86_400_000 + changesKeptMs
  if (backupsPath(config) === undefined) return { keptMs, oldestAtMs: undefined }
  const all = await (await openBackups(config)).backups()
  return { keptMs, oldestAtMs: all.length === 0 ? undefined : Math.min(...all.map(({ atMs }) => atMs)) }
}

export interface RotationWish {
  /** New keys of people and spaces, too, and all that they sealed sealed again. */
  readonly isDataKeys: boolean
  /** Where the master is to be; undefined: where the settings say. */
  readonly to: MasterPlace | undefined
  readonly tell: (line: string) => void
}

/**
 * Rotates the keys, beside a running cloud or without one, or goes on with a rotation that was cut off. Throws USAGE, KEYS_UNAVAILABLE,
 * STORE_UNAVAILABLE, DATA_FOLDER_UNUSABLE, CONFLICT.
 */
export async function rotateKeys(
  config: Config,
  { isDataKeys, to = config.kmsKey === undefined ? 'file' : 'kms', tell }: RotationWish,
  { clock, log = silentLog }: Deps,
): Promise<RotationReport & { readonly master: string; readonly provider: MasterPlace }> {
  if (to === 'kms' && config.kmsKey === undefined)
    throw new ThroughlineError('USAGE', 'Set THROUGHLINE_KMS_KEY to the key in AWS KMS first.')
  await ensureDataFolder(config)
  ensureKeysFolder(config)
  const undo: (() => unknown)[] = []
  try {
    const raw = await openStore(config, clock, log)
    undo.push(() => raw.close())
    const apart = await openApart(config, clock, log)
    undo.push(() => apart.close())
    await refuseHalfRestored(raw)
    const installationId = await agreeOnInstallation({ raw, apart, words: sealingWords(config) })
    const rotation = await beginRotation(apart, config, { isDataKeys, clock, tell })
    if (to === 'file') ensureSealKeyOf(keysFolder(config), rotation.startedAtMs)
    const opened = await openProvider(config, { clock, log }, to)
    const { provider } = opened
    undo.push(() => opened.close())
    const ring = createSubjectKeys({ apart, provider, installationId, clock })
    const report = await runRotation(
      {
        raw,
        apart,
        provider,
        installationId,
        oldKeys: oldSealKeys(config),
        backups: await backupsOf(config),
        clock,
        tell,
        async onEnd({ wrapped, made, dropped, resealed }) {
          const audit = createAudit({ store: sealed(raw, { ring, clock, log }), clock, log })
          const details = {
            what: rotation.isDataKeys ? 'data-keys' : 'master-key',
            method: to,
            count: wrapped + made,
            found: dropped,
            items: resealed,
          }
          await audit
            .record({ action: 'keys-rotated', spaceId: undefined, personId: undefined, via: 'operator', subject: undefined, details })
            .finally(() => audit.close())
        },
      },
      rotation,
    )
    return { ...report, master: provider.currentMaster(), provider: to }
  } finally {
    for (const step of undo.reverse()) await step()
  }
}

/** The rotation to run: a new one, or the one that was cut off, which may be wanted for more than it began with. */
async function beginRotation(
  apart: MetadataStore,
  config: Config,
  { isDataKeys, clock, tell }: { readonly isDataKeys: boolean; readonly clock: Clock; readonly tell: (line: string) => void },
): Promise<Rotation> {
  const records = createRotationRecords(apart)
  // Later than everything that is there, so that what it makes is the newest also where a clock went back.
  const startedAtMs = Math.max(await laterThanAllKeys(createKeyWalk(apart), clock), newestSealKeyMs(keysFolder(config)) + 1)
  const wanted: Rotation = { startedAtMs, stage: 'keys', isDataKeys, master: null, after: null, hasFound: false }
  const begun = await records.begin(wanted)
  if (begun.startedAtMs === startedAtMs) return begun
  tell(`Going on with the rotation that began at ${new Date(begun.startedAtMs).toISOString().slice(0, 19).replace('T', ' ')} UTC.`)
  if (!isDataKeys || begun.isDataKeys) return begun
  const more: Rotation = { ...begun, isDataKeys: true, stage: 'keys', after: null }
  await records.note(more)
  return more
}
