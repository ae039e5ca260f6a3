import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { systemClock as clock } from '../../../src/support/clock.ts'
import { createDuckdbSink } from './duckdb-sink.ts'
import { queryDuckdb } from './query.ts'

async function start() {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-query-'))
  onTestFinished(() => rm(folder, { recursive: true, maxRetries: 10 }))
  const path = join(folder, 'mirror.duckdb')
  const sink = createDuckdbSink({ path, clock, idleMs: 0 })
  onTestFinished(() => sink.close())
  await sink.migrate([{ name: 'rooms', columns: [{ name: 'n', type: 'whole' }] }], [])
  const rows = [1, 2].map((n) => ({ table: 'rooms', key: `k${n}`, revision: n, changedAtMs: 0, isDeleted: false, cells: { n } }))
  await sink.load({ batchId: 'b', rows })
  return { folder, path, ask: (statement: string) => queryDuckdb(path, statement, clock) }
}

it('[MI28] one question is answered, whatever stands before it', async () => {
  const { ask } = await start()
  expect(await ask('select key, n from rooms order by n')).toEqual({
    columns: ['key', 'n'],
    rows: [
      ['k1', '1'],
      ['k2', '2'],
    ],
  })
  expect((await ask('-- how many\n  /* rooms */ SELECT count(*) AS rooms FROM rooms;')).rows).toEqual([['2']])
  expect((await ask('with many as (select n from rooms) select max(n) from many')).rows).toEqual([['2']])
  expect((await ask('show tables')).rows).toContainEqual(['rooms'])
  expect((await ask('describe rooms')).rows.map(([name]) => name)).toEqual(['key', 'revision', 'changed_at', 'n'])
})

it.each([
  ['', /Say what to ask/],
  [' ; -- nothing', /Say what to ask/],
  ['drop table rooms', /only answers questions/],
  ['delete from rooms', /only answers questions/],
  ["copy rooms to '/tmp/throughline-query.csv'", /only answers questions/],
  ["attach '/tmp/other.db'", /only answers questions/],
  ['pragma database_list', /only answers questions/],
  ['set memory_limit = 0', /only answers questions/],
  ['with gone as (select 1) delete from rooms', /only answers questions/],
  ['with a as (select 1) insert into rooms (n) select 1', /only answers questions/],
  ['select 1; drop table rooms', /one question at a time/],
  ["select * from read_text('/etc/passwd')", /Permission/],
  ["from '/etc/passwd'", /Permission|not exist/i],
  ["select * from read_csv('https://example.org/x.csv')", /Permission|disabled|extension/i],
  ['select * from nowhere', /nowhere/],
  ['select', /./],
])('[MI28] "%s" is refused in words, and nothing changes', async (statement, words) => {
  const { ask } = await start()
  await expect(ask(statement)).rejects.toMatchObject({ code: 'QUERY_REFUSED', message: expect.stringMatching(words) as string })
  expect((await ask('select count(*) from rooms')).rows).toEqual([['2']])
  expect(existsSync('/tmp/throughline-query.csv')).toBe(false)
})

it('[MI28] where nothing is mirrored yet it says so, and makes no file', async () => {
  const { folder } = await start()
  const path = join(folder, 'other.duckdb')
  await expect(queryDuckdb(path, 'select 1', clock)).rejects.toMatchObject({ code: 'MIRROR_UNAVAILABLE' })
  expect(existsSync(path)).toBe(false)
})

it('[MI40] a damaged file is said to be damaged, with its mend, and not to be busy', async () => {
  const { path } = await start()
  await writeFile(path, 'no mirror any more '.repeat(400))
  // Each look at it is as late as the last one that is waited for.
  let nowMs = 0
  const impatient = { ...clock, monotonicMs: () => (nowMs += 30_000) }
  await expect(queryDuckdb(path, 'select 1', impatient)).rejects.toMatchObject({
    code: 'MIRROR_UNAVAILABLE',
    message: expect.stringContaining('Remove mirror.duckdb') as string,
  })
})
