import { join } from 'node:path'
import { openItems } from '../../../cloud/backup/items-file.ts'
import { takeBackup } from '../../../cloud/backup/take-backup.ts'
import { openBackupFolder } from '../../../cloud/backup/backup-folder.ts'
import { createAudit } from '../../../cloud/audit/audit.ts'
import { piecesOf } from '../../../cloud/canary/stored-pieces.ts'
import type { Config } from '../../config/read-config.ts'
import { ThroughlineError } from '../../errors/throughline-error.ts'
import { version } from '../../domain/version.ts'
import type { Clock } from '../../support/clock.ts'
import { silentLog } from '../../support/log.ts'
import { backupsPath, openBackupKeys } from '../backup-places.ts'
import { keysFolder } from '../keys-folder.ts'
import { openKept, openTls, type Kept } from '../kept.ts'
import { outboxFolder } from '../mirroring.ts'
import { searchedMirror } from './mirror-pieces.ts'
import type { CanaryReport } from './report.ts'
import { runCanary, type CanaryDeps } from './run.ts'
import { startWatcher } from './watcher.ts'

/** What a run is asked for. */
export type CanaryWish = Pick<CanaryDeps, 'seconds' | 'files' | 'stream' | 'removeNode' | 'tell' | 'stop'>

/** The proof by canaries, for the operator's command; the cloud has to run. */
export interface OpenCanary {
  /** Throws CLOUD_UNREACHABLE, NOT_FOUND when there is no space, and what the parts it searches throw. */
  run(wish: CanaryWish): Promise<{ readonly report: CanaryReport; readonly signed: string }>
  close(): Promise<void>
}

const tokenMs = 600_000

/** Opens what a run needs. Throws DATA_FOLDER_UNUSABLE or STORE_UNAVAILABLE. */
export async function openCanary(config: Config, { clock }: { readonly clock: Clock }): Promise<OpenCanary> {
  const kept = await openKept(config, clock, silentLog)
  const audit = createAudit({ store: kept.store, clock, log: silentLog })
  return {
    async run(wish) {
      const { caPem } = await openTls(config, clock, silentLog)
      const backups = backupsPath(config)
      const cloud = { url: config.publicUrl, caPem }
      const { link } = await kept.identity.links.issue(kept.adminPersonId, { isByOperator: true })
      const report = await runCanary({
        ...wish,
        cloud,
        watcher: await startWatcher(cloud, link),
        claimToken: await claimTokenOf(kept),
        raw: kept.raw,
        store: kept.store,
        mirror: searchedMirror(config, clock),
        backupPieces: (folder) => backupPieces(config, kept, clock, folder),
        files: [config.dataFolder, keysFolder(config), ...(backups === undefined ? [] : [backups]), ...wish.files],
        outbox: outboxFolder(config),
        clock,
      })
      const found = report.places.reduce((sum, place) => sum + place.found, 0)
      await audit.record({
        action: 'canary-run',
        spaceId: undefined,
        personId: undefined,
        via: 'operator',
        subject: undefined,
        details: { verdict: report.verdict, places: report.places.length, found },
      })
      return { report, signed: await kept.identity.certificates.sign(report, 'throughline-canary+jws') }
    },
    async close() {
      await audit.close()
      await kept.identity.close()
      await kept.store.close()
    },
  }
}

async function claimTokenOf({ metadata, space }: Kept): Promise<string> {
  if (space === undefined)
    throw new ThroughlineError('NOT_FOUND', 'The first space was deleted; the proof needs one to connect its agent to.')
  const wish = { spaceId: space.spaceId, roomIds: [], validForMs: tokenMs, uses: 1, name: 'Proof by canaries' }
  return (await metadata.claimTokens.issue(wish)).token
}

/** A backup of now, read back: what would lie in tonight's. */
async function* backupPieces(config: Config, kept: Kept, clock: Clock, path: string): AsyncGenerator<Uint8Array> {
  const opened = await openBackupKeys(config, kept.apart, { clock, log: silentLog })
  try {
    const folder = await openBackupFolder(path)
    const { name } = await takeBackup({ source: kept.raw, folder, keys: opened.keys, version, keptDays: 1, clock })
    const reader = await openItems(join(path, name), name, opened.keys)
    try {
      for await (const item of reader.items()) yield* piecesOf(item)
    } finally {
      await reader.close()
    }
  } finally {
    opened.close()
  }
}
