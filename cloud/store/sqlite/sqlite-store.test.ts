import Database from 'libsql'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { systemClock } from '../../../src/support/clock.ts'
import { silentLog } from '../../../src/support/log.ts'
import type { MetadataStore } from '../port.ts'
import { createGroupCommit } from './group-commit.ts'
import { openDatabase } from './schema.ts'
import { createSqliteStore } from './sqlite-store.ts'
import { boardData } from '../../../test/doubles/stores/mapped-data.ts'

let folder: string
let path: string
const stores: MetadataStore[] = []
const open = () => {
  const store = createSqliteStore({ path, clock: systemClock, log: silentLog })
  stores.push(store)
  return store
}
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'throughline-sqlite-'))
  path = join(folder, 'metadata.db')
})
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close()
  await rm(folder, { recursive: true, maxRetries: 10 })
})

const key = { partition: 'space/1', sort: 'room/1' }
const room = { ...key, kind: 'board', data: boardData({ name: 'secret room' }) } as const

it.each([
  ['data', `UPDATE items SET data = replace(data, 'secret', 'sacred')`],
  ['revision', 'UPDATE items SET revision = 7'],
  ['kind', `UPDATE items SET kind = 'space'`],
  ['blob', 'UPDATE items SET blob = zeroblob(4)'],
  ['tombstone', 'UPDATE items SET is_deleted = 1'],
])('[ST19] refuses to read or build on a record whose %s was damaged, naming its kind and not its content', async (_, damage) => {
  const store = open()
  await store.write({ ...room, blob: Uint8Array.of(1, 2, 3, 4) }, 'absent')
  const vandal = new Database(path)
  vandal.exec(damage)
  vandal.close()
  const reason: unknown = await store.read(key).catch((cause: unknown) => cause)
  expect(reason).toMatchObject({ code: 'STORE_UNAVAILABLE' })
  expect((reason as Error).message).toMatch(/^A stored record of kind (board|space) is damaged\.$/)
  await expect(store.write(room, 1)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  expect(await store.pending(10)).toEqual([])
})

it('[ST20] refuses a file that a newer version wrote, that is no database, or that cannot be made', async () => {
  const newer = new Database(path)
  newer.exec('PRAGMA user_version = 99')
  newer.close()
  expect(open).toThrow(
    new ThroughlineError('DATA_FOLDER_UNUSABLE', 'The metadata file has schema version 99; this version of Throughline knows 1.'),
  )
  path = join(folder, 'text.db')
  await writeFile(path, 'not a database, but longer than the header of one would be, and then some '.repeat(20))
  expect(open).toThrow(
    new ThroughlineError('DATA_FOLDER_UNUSABLE', `The metadata file ${path} cannot be opened: it is no database, or is damaged.`),
  )
  path = join(folder, 'none', 'metadata.db')
  expect(open).toThrow(expect.objectContaining({ code: 'DATA_FOLDER_UNUSABLE' }) as Error)
})

it('[ST21] keeps the file and its side files readable to the owner only, and the data in it', async () => {
  const store = open()
  await store.write(room, 'absent')
  for (const suffix of ['', '-wal', '-shm']) expect((await stat(`${path}${suffix}`)).mode & 0o777).toBe(0o600)
  await store.close()
  expect((await readFile(path)).includes('secret room')).toBe(true)
})

it('[ST22] writes what was asked together in one transaction', async () => {
  const database = openDatabase(path)
  const statements: string[] = []
  const exec = database.exec.bind(database)
  database.exec = (sql) => (statements.push(sql), exec(sql))
  const commits = createGroupCommit({ database, log: silentLog })
  const answers = await Promise.all([1, 2, 3].map((n) => commits.add(() => n * 10)))
  expect(answers).toEqual([10, 20, 30])
  expect(statements).toEqual(['BEGIN IMMEDIATE', 'COMMIT'])
  database.close()
})

it('[ST23] keeps nothing of a group that fails, and all but the refused one of a group with a refusal', async () => {
  const database = openDatabase(path)
  const commits = createGroupCommit({ database, log: silentLog })
  const insert = (n: number) => () =>
    void database.exec(`INSERT INTO items VALUES (x'0${n}', x'01', 'room', 1, 'null', NULL, NULL, 0, NULL, 0)`)
  const count = () => (database.prepare('SELECT count(*) AS n FROM items').all() as { n: number }[])[0]?.n
  const fail = (cause: Error) => () => {
    throw cause
  }
  const broken = await Promise.allSettled([commits.add(insert(1)), commits.add(fail(new Error('disk full')))])
  expect(broken.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(broken[0]).toMatchObject({ reason: { code: 'STORE_UNAVAILABLE' } })
  expect(count()).toBe(0)
  const refused = await Promise.allSettled([
    commits.add(insert(1)),
    commits.add(fail(new ThroughlineError('CONFLICT', 'No.'))),
    commits.add(insert(2)),
  ])
  expect(refused.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(count()).toBe(2)
  database.close()
})

it('[ST24] waits for another process that holds the file, and writes when it lets go', async () => {
  const store = open()
  await store.write(room, 'absent')
  const other = new Database(path)
  other.exec('BEGIN IMMEDIATE')
  const writing = store.write({ ...room, data: boardData({ name: 'two' }) }, 1)
  // Due after the first try, which blocks the loop for the busy timeout.
  setTimeout(() => {
    other.exec('COMMIT')
    other.close()
  }, 20)
  expect(await store.read(key)).toMatchObject({ revision: 1 })
  expect(await writing).toBe(2)
})
