import { join } from 'node:path'
import { createBackupKeys } from '../../cloud/backup/backup-keys.ts'
import { openBackupFolder, type BackupFolder } from '../../cloud/backup/backup-folder.ts'
import { restoreBackup } from '../../cloud/backup/restore.ts'
import { takeBackup } from '../../cloud/backup/take-backup.ts'
import { openFileProvider } from '../../cloud/seals/file-provider.ts'
import { createSubjectKeys } from '../../cloud/seals/subject-keys.ts'
import { createSqliteRestorer } from '../../cloud/store/sqlite/sqlite-restorer.ts'
import { createSqliteStore } from '../../cloud/store/sqlite/sqlite-store.ts'
import { systemClock as clock } from '../../src/support/clock.ts'
import { silentLog as log } from '../../src/support/log.ts'

/** A process that backs up or restores and kills itself at a step: `<backup|restore> <root> <step>`; it says `done` when it ends. */
const [work = '', root = '', at = ''] = process.argv.slice(2)
let steps = 0
const step = () => {
  if (steps++ === Number(at)) process.kill(process.pid, 'SIGKILL')
}

const apart = createSqliteStore({ path: join(root, 'apart.db'), clock, log })
const ring = createSubjectKeys({ apart, provider: openFileProvider(join(root, 'keys')), installationId: 'faults', clock })
const keys = createBackupKeys(ring, 'faults')
const opened = await openBackupFolder(join(root, 'backups'))
const folder: BackupFolder = {
  ...opened,
  freeBytes: () => (step(), opened.freeBytes()),
  draftOf: (name) => (step(), opened.draftOf(name)),
  complete: (name) => (step(), opened.complete(name).then(step)),
}

if (work === 'backup') {
  const store = createSqliteStore({ path: join(root, 'metadata.db'), clock, log })
  const source = { everything: (options: Parameters<typeof store.everything>[0]) => (step(), store.everything({ ...options, limit: 100 })) }
  await takeBackup({ source, folder, keys, version: '1', keptDays: 30, clock })
  await store.close()
} else {
  const path = join(root, 'restored.db')
  const restorer = createSqliteRestorer({ path, clock })
  await restoreBackup(
    {
      folder: opened,
      keys,
      restorer,
      openStore: async () => createSqliteStore({ path, clock, log }),
      clearErased: async () => 0,
      onStep: step,
    },
    { name: 'latest', untilMs: undefined },
  )
  await restorer.close()
}
await apart.close()
process.stdout.write('done\n')
