import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { openDatabase } from '../../cloud/mirror/duckdb/open-database.ts'
import { createProcessSink } from '../../cloud/mirror/duckdb/process-sink.ts'
import { renderView } from '../../cloud/mirror/render-view.ts'
import { systemClock as clock } from '../../src/support/clock.ts'
import { createHandClock } from '../doubles/hand-clock.ts'
import { waitUntil } from '../doubles/wait-until.ts'
import { describeSink } from './mirror-sink-contract.ts'

describeSink('DuckDB in a process of its own', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-duckdb-'))
  const path = join(folder, 'mirror.duckdb')
  const open = () => createProcessSink({ path, clock })
  const sinks = [open()]
  const [sink = open()] = sinks
  return {
    sink,
    reopen() {
      const again = open()
      sinks.push(again)
      return Promise.resolve(again)
    },
    async ask(statement) {
      // The other process lets the file go after a moment.
      const database = await waitUntil(() => openDatabase(path, { isReadOnly: true }).catch(() => undefined))
      try {
        const rows = await database.connection.runAndReadAll(renderView(statement, { table: (name) => `"${name}"`, each: () => '' }))
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

it('[MI17] the process of the engine ends when nothing is asked for a while, and its death is an absence that the next call mends', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-duckdb-'))
  onTestFinished(() => rm(folder, { recursive: true, maxRetries: 10 }))
  const hand = createHandClock()
  const begun: number[] = []
  const sink = createProcessSink({ path: join(folder, 'mirror.duckdb'), clock: hand, onBegun: (pid) => void begun.push(pid ?? 0) })
  onTestFinished(() => sink.close())
  const table = { name: 't', columns: [] }
  const isGone = (pid = 0) => {
    try {
      process.kill(pid, 0)
      return undefined
    } catch {
      return true
    }
  }
  await sink.migrate([table], [])
  process.kill(begun[0] ?? 0, 'SIGKILL')
  await waitUntil(() => isGone(begun[0]))
  await waitUntil(() =>
    sink
      .size('t')
      .then((size) => (size === 0 ? true : undefined))
      .catch(() => undefined),
  )
  expect(begun.length).toBe(2)
  hand.advance(5_000)
  await waitUntil(() => isGone(begun[1]))
  expect(await sink.size('t')).toBe(0)
  expect(begun.length).toBe(3)
  await sink.close()
  await waitUntil(() => isGone(begun[2]))
  await expect(sink.size('t')).rejects.toMatchObject({ code: 'MIRROR_UNAVAILABLE' })
})
