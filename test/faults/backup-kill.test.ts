import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createBackupKeys } from '../../cloud/backup/backup-keys.ts'
import { openBackupFolder } from '../../cloud/backup/backup-folder.ts'
import { createChangeCopies } from '../../cloud/backup/change-copies.ts'
import { listBackups } from '../../cloud/backup/backup-list.ts'
import { refuseHalfRestored } from '../../cloud/backup/restore-mark.ts'
import { openFileProvider } from '../../cloud/seals/file-provider.ts'
import { createSubjectKeys } from '../../cloud/seals/subject-keys.ts'
import { createSqliteStore } from '../../cloud/store/sqlite/sqlite-store.ts'
import { systemClock as clock } from '../../src/support/clock.ts'
import { silentLog as log } from '../../src/support/log.ts'
import { createMemoryChangeLog, everythingOf } from '../doubles/benches/backup-bench.ts'
import { boardData } from '../doubles/stores/mapped-data.ts'
import { temporaryFolder } from '../doubles/temporary-folder.ts'

const victim = (work: 'backup' | 'restore', root: string, step: number) => {
  const ended = spawnSync(
    process.execPath,
    ['--import', 'tsx', new URL('backup-victim.ts', import.meta.url).pathname, work, root, String(step)],
    { encoding: 'utf8' },
  )
  if (ended.signal === 'SIGKILL') return 'killed'
  expect({ status: ended.status, out: ended.stdout, err: ended.stderr }).toMatchObject({ status: 0, out: 'done\n' })
  return 'done'
}

it(
  '[BK4] [BK6] [BK8] kill -9 at every step of backup and restore leaves nothing half: the next run ends as one that was not killed',
  { timeout: 240_000 },
  async () => {
    const root = temporaryFolder()
    const store = createSqliteStore({ path: join(root, 'metadata.db'), clock, log })
    const apart = createSqliteStore({ path: join(root, 'apart.db'), clock, log })
    const room = (n: number) =>
      ({ partition: 'space/1', sort: `room/${n}`, kind: 'board', data: boardData({ name: `room ${n}` }) }) as const
    await Promise.all(Array.from({ length: 700 }, (_, n) => store.write({ ...room(n), blob: Uint8Array.of(n % 256) }, 'absent')))
    const ring = createSubjectKeys({ apart, provider: openFileProvider(join(root, 'keys')), installationId: 'faults', clock })
    const keys = createBackupKeys(ring, 'faults')
    const folder = await openBackupFolder(join(root, 'backups'))

    let step = 0
    while (victim('backup', root, step) === 'killed') {
      // What counts can be used; what does not has no name that counts.
      for (const { problem } of await listBackups(folder, keys, { keptDays: 30, isThorough: true })) expect(problem).toBeUndefined()
      step++
    }
    expect(step).toBeGreaterThan(8)
    expect(readdirSync(folder.path).filter((name) => name.endsWith('.part')).length).toBeGreaterThan(3)
    await folder.prune(clock.nowMs(), 30)

    // Changes since, so that the replay is killed, too.
    const changeLog = createMemoryChangeLog(clock)
    for (let n = 0; n < 300; n++) {
      if (n % 3 === 0) await store.remove(room(n), 1)
      else await store.write({ ...room(n), data: boardData({ name: 'changed' }) }, 1)
    }
    await changeLog.drain(store)
    const copies = createChangeCopies({ source: changeLog.source, folder, keys, version: '1', clock, log })
    await copies.copy()
    await copies.close()

    step = 0
    while (victim('restore', root, step) === 'killed') {
      const half = createSqliteStore({ path: join(root, 'restored.db'), clock, log })
      // The first step comes before anything is written.
      if (step > 1) await expect(refuseHalfRestored(half)).rejects.toMatchObject({ code: 'BACKUP_UNUSABLE' })
      await half.close()
      step++
    }
    expect(step).toBeGreaterThan(6)
    const restored = createSqliteStore({ path: join(root, 'restored.db'), clock, log })
    await refuseHalfRestored(restored)
    const live = (item: { isDeleted: boolean }) => !item.isDeleted
    expect(await everythingOf(restored, live)).toEqual(await everythingOf(store, live))
    for (const each of [restored, store, apart]) await each.close()
  },
)
