import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openFileProvider } from '../../cloud/seals/file-provider.ts'
import { keyPlace, keyRecordOf } from '../../cloud/seals/key-record.ts'
import { createRotationRecords } from '../../cloud/seals/rotation-record.ts'
import { sealed } from '../../cloud/seals/sealed-store.ts'
import { createSubjectKeys } from '../../cloud/seals/subject-keys.ts'
import { createSqliteStore } from '../../cloud/store/sqlite/sqlite-store.ts'
import { systemClock as clock } from '../../src/support/clock.ts'
import { silentLog as log } from '../../src/support/log.ts'
import { boardData } from '../doubles/stores/mapped-data.ts'
import { temporaryFolder } from '../doubles/temporary-folder.ts'

const startedAtMs = 1_900_000_000_000

const victim = (root: string, step: number) => {
  const ended = spawnSync(
    process.execPath,
    ['--import', 'tsx', new URL('rotation-victim.ts', import.meta.url).pathname, root, String(startedAtMs), String(step)],
    { encoding: 'utf8' },
  )
  if (ended.signal === 'SIGKILL') return 'killed'
  expect({ status: ended.status, out: ended.stdout, err: ended.stderr }).toMatchObject({ status: 0, out: 'done\n' })
  return 'done'
}

it(
  '[SL15] (D1) kill -9 again and again in a rotation: everything reads all the while, and it ends with one new master and one new key each',
  { timeout: 240_000 },
  async () => {
    const root = temporaryFolder()
    const raw = createSqliteStore({ path: join(root, 'metadata.db'), clock, log })
    const apart = createSqliteStore({ path: join(root, 'apart.db'), clock, log, leavesNoTraces: true })
    const provider = openFileProvider(join(root, 'keys'))
    const open = () => sealed(raw, { ring: createSubjectKeys({ apart, provider, installationId: 'faults', clock }), clock, log })
    const board = (n: number) =>
      ({ partition: `space/s${n % 6}`, sort: `board/${n}`, kind: 'board', data: boardData({ name: `board ${n}` }) }) as const
    const store = open()
    for (let n = 0; n < 40; n++) await store.write(board(n), 'absent')

    let kills = 0
    // Each gets a few writes further than the one before it.
    for (let step = 0; victim(root, step) === 'killed'; step = 3 + (kills % 9)) {
      kills++
      const now = open()
      for (let n = 0; n < 40; n++) expect(await now.read(board(n))).toMatchObject({ data: { name: `board ${n}` } })
    }
    expect(kills).toBeGreaterThan(6)
    expect(await createRotationRecords(apart).running()).toBeUndefined()
    expect(readdirSync(join(root, 'keys')).filter((name) => name.endsWith('.key'))).toHaveLength(2)
    const newest = openFileProvider(join(root, 'keys')).currentMaster()
    const newestKeys = new Set<string>()
    for (let n = 0; n < 6; n++) {
      const item = await apart.read(keyPlace({ kind: 'space', id: `s${n}` }))
      const record = item && keyRecordOf(item)
      if (record?.state !== 'usable') expect.fail('a key is gone')
      expect(record.keys).toHaveLength(2)
      for (const { wrapped } of record.keys) expect(provider.masterOf(wrapped)).toBe(newest)
      newestKeys.add(record.keys[1]?.keyId ?? '')
    }
    for (const { kind, data } of (await raw.everything()).items)
      if (kind === 'board') expect([...newestKeys].some((keyId) => JSON.stringify(data).includes(keyId))).toBe(true)
    await raw.close()
    await apart.close()
  },
)
