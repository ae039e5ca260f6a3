import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { createBackupKeys, type BackupKeys } from '../../../cloud/backup/backup-keys.ts'
import { openBackupFolder, type BackupFolder } from '../../../cloud/backup/backup-folder.ts'
import type { ChangeSource, LoggedChange } from '../../../cloud/backup/ports.ts'
import { takeBackup } from '../../../cloud/backup/take-backup.ts'
import { openFileProvider } from '../../../cloud/seals/file-provider.ts'
import { createSubjectKeys } from '../../../cloud/seals/subject-keys.ts'
import type { ItemRestorer } from '../../../cloud/store/restorer.ts'
import { placeOf } from '../../../cloud/store/restorer.ts'
import type { ItemKey, MetadataStore, PendingChange } from '../../../cloud/store/port.ts'
import { createSqliteRestorer } from '../../../cloud/store/sqlite/sqlite-restorer.ts'
import { createSqliteStore } from '../../../cloud/store/sqlite/sqlite-store.ts'
import type { Clock } from '../../../src/support/clock.ts'
import { silentLog } from '../../../src/support/log.ts'
import { createMemoryStore } from '../stores/memory-store.ts'
import { temporaryFolder } from '../temporary-folder.ts'

/** A folder of backups with keys, and a place to restore into. */
export interface BackupBench {
  readonly folder: BackupFolder
  readonly keys: BackupKeys
  take(store: Pick<MetadataStore, 'everything'>): ReturnType<typeof takeBackup>
  /** A fresh SQLite file to restore into; opened as often as asked. */
  target(): { readonly path: string; restorer(): ItemRestorer; store(): MetadataStore }
}

export async function createBackupBench(clock: Clock, keptDays = 30): Promise<BackupBench> {
  const root = temporaryFolder()
  const folder = await openBackupFolder(join(root, 'backups'))
  const keys = backupKeysOf(createMemoryStore(clock), clock, 'installation-1')
  return {
    folder,
    keys,
    take: (source) => takeBackup({ source, folder, keys, version: '1.2.3', keptDays, clock }),
    target() {
      const path = join(mkdtempSync(join(root, 'into-')), 'metadata.db')
      return {
        path,
        restorer: () => createSqliteRestorer({ path, clock }),
        store: () => createSqliteStore({ path, clock, log: silentLog }),
      }
    },
  }
}

/** The backup keys of an installation whose wrapped keys lie in this store, and its master key in a file. */
export function backupKeysOf(apart: MetadataStore, clock: Clock, installationId: string): BackupKeys {
  const provider = openFileProvider(join(temporaryFolder(), 'keys'))
  return createBackupKeys(createSubjectKeys({ apart, provider, installationId, clock }), installationId)
}

/** Everything a store holds, by key, in the order of the keys. */
export async function everythingOf(store: Pick<MetadataStore, 'everything'>, isWanted: (item: PendingChange) => boolean = () => true) {
  const found: PendingChange[] = []
  let after: ItemKey | undefined
  do {
    const page = await store.everything(after === undefined ? {} : { after })
    found.push(...page.items.filter(isWanted))
    after = page.next
  } while (after !== undefined)
  return found.sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))
}

/** A log of changes in memory: `drain` notes what is pending in a store, as the real one does. */
export function createMemoryChangeLog(clock: Clock) {
  const noted: LoggedChange[] = []
  let forgotten = 0
  return {
    noted,
    async drain(store: Pick<MetadataStore, 'pending' | 'settle'>, pages = Infinity): Promise<void> {
      for (let page = 0; page < pages; page++) {
        const changes = await store.pending(100)
        if (changes.length === 0) return
        for (const item of changes) noted.push({ atMs: clock.nowMs(), item })
        await Promise.all(changes.map((item) => store.settle(item, item.revision)))
      }
    },
    /** What is older than its days is gone. */
    forget(count: number): void {
      forgotten = count
    },
    source: {
      async readFrom(place) {
        const at = place === undefined ? 0 : Number(place)
        const isGap = at < forgotten
        const from = Math.max(at, forgotten)
        const changes = noted.slice(from, from + 7)
        return { changes, next: String(from + changes.length), isEnd: from + changes.length >= noted.length, isGap }
      },
    } satisfies ChangeSource,
  }
}
