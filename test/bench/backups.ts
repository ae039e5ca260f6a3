import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBackupKeys } from '../../cloud/backup/backup-keys.ts'
import { openBackupFolder } from '../../cloud/backup/backup-folder.ts'
import { restoreBackup } from '../../cloud/backup/restore.ts'
import { takeBackup } from '../../cloud/backup/take-backup.ts'
import { openFileProvider } from '../../cloud/seals/file-provider.ts'
import { createSubjectKeys } from '../../cloud/seals/subject-keys.ts'
import { createSqliteRestorer } from '../../cloud/store/sqlite/sqlite-restorer.ts'
import { createSqliteStore } from '../../cloud/store/sqlite/sqlite-store.ts'
import { systemClock as clock } from '../../src/support/clock.ts'
import { silentLog as log } from '../../src/support/log.ts'
import type { Row } from './table.ts'

/** How fast a store of so many items is backed up and restored (F9: back within 30 minutes), and what that needs of memory. */
export async function measureBackups(items: number): Promise<Row[]> {
  const root = mkdtempSync(join(tmpdir(), 'throughline-bench-backups-'))
  const path = join(root, 'metadata.db')
  // Put as a restore puts them: the store's own writes are not what is measured.
  const filler = createSqliteRestorer({ path, clock })
  const labels = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`_label_${n}`, `value of label ${n * 7919}`]))
  for (let at = 0; at < items; at += 1000) {
    await filler.put(
      Array.from({ length: Math.min(1000, items - at) }, (_, n) => ({
        partition: `space/${(at + n) % 50}`,
        sort: `node/${at + n}`,
        kind: 'node' as const,
        revision: 1 + (n % 9),
        isDeleted: false,
        data: { nodeId: `${at + n}`, info: { hostname: `host-${at + n}`, labels } },
      })),
    )
  }
  await filler.close()
  const store = createSqliteStore({ path, clock, log })
  const apart = createSqliteStore({ path: join(root, 'apart.db'), clock, log })
  const ring = createSubjectKeys({ apart, provider: openFileProvider(join(root, 'keys')), installationId: 'bench', clock })
  const keys = createBackupKeys(ring, 'bench')
  const folder = await openBackupFolder(join(root, 'backups'))
  const rssBefore = process.memoryUsage().rss
  let rssMost = rssBefore
  const watch = setInterval(() => (rssMost = Math.max(rssMost, process.memoryUsage().rss)), 50)

  const takingMs = performance.now()
  await takeBackup({ source: store, folder, keys, version: 'bench', keptDays: 30, clock })
  const tookMs = performance.now() - takingMs
  const restorer = createSqliteRestorer({ path: join(root, 'restored.db'), clock })
  const restoringMs = performance.now()
  const openStore = async () => createSqliteStore({ path: join(root, 'restored.db'), clock, log })
  await restoreBackup({ folder, keys, restorer, openStore, clearErased: async () => 0 }, { name: 'latest', untilMs: undefined })
  const restoredMs = performance.now() - restoringMs

  clearInterval(watch)
  for (const each of [restorer, store, apart]) await each.close()
  rmSync(root, { recursive: true, force: true })
  const thousand = items / 1000
  return [
    { what: `a backup of ${items} items, read back`, unit: 's per 1,000,000', ours: tookMs / thousand },
    {
      what: 'its restore, checked first',
      unit: 's per 1,000,000',
      ours: restoredMs / thousand,
      target: { of: 'ours', atMost: 30 * 60 },
    },
    { what: 'memory that backup and restore add', unit: 'MB', ours: (rssMost - rssBefore) / 1e6 },
  ]
}
