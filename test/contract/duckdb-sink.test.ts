import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createDuckdbSink } from '../../cloud/mirror/duckdb/duckdb-sink.ts'
import { openDatabase } from '../../cloud/mirror/duckdb/open-database.ts'
import { renderView } from '../../cloud/mirror/render-view.ts'
import { systemClock as clock } from '../../src/support/clock.ts'
import { createHandClock } from '../doubles/hand-clock.ts'
import { describeSink } from './mirror-sink-contract.ts'

const names = { table: (name: string) => `"${name}"`, each: () => '' }

describeSink('DuckDB', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-duckdb-'))
  const path = join(folder, 'mirror.duckdb')
  const open = () => createDuckdbSink({ path, clock, idleMs: 0 })
  const sinks = [open()]
  const [sink = open()] = sinks
  return {
    sink,
    async reopen() {
      const again = open()
      sinks.push(again)
      return again
    },
    async ask(statement) {
      // As another process would: the sink has let the file go.
      const database = await openDatabase(path, { isReadOnly: true })
      try {
        const rows = await database.connection.runAndReadAll(renderView(statement, names))
        return rows.getRowsJson().map((row) => row.map((cell) => (typeof cell === 'string' ? cell : null)))
      } finally {
        database.close()
      }
    },
    async dispose() {
      for (const each of sinks) await each.close()
      await rm(folder, { recursive: true, maxRetries: 10 })
    },
  }
})

it('[MI16] the file is its owner’s, is let go when nothing is asked for a while, and refuses with MIRROR_UNAVAILABLE while somebody else has it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-duckdb-'))
  onTestFinished(() => rm(folder, { recursive: true, maxRetries: 10 }))
  const path = join(folder, 'mirror.duckdb')
  const hand = createHandClock()
  const sink = createDuckdbSink({ path, clock: hand })
  await sink.migrate([{ name: 't', columns: [] }], [])
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  hand.advance(2_000)
  const reader = await openDatabase(path, { isReadOnly: true })
  reader.close()
  await sink.close()
  await expect(sink.size('t')).rejects.toMatchObject({ code: 'MIRROR_UNAVAILABLE' })
  const broken = createDuckdbSink({ path: join(folder, 'no', 'such', 'folder.duckdb'), clock: hand })
  await expect(broken.migrate([], [])).rejects.toMatchObject({ code: 'MIRROR_UNAVAILABLE' })
})
