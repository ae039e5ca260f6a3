import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDuckdbSink } from '../../cloud/mirror/duckdb/duckdb-sink.ts'
import { createMirror } from '../../cloud/mirror/mirror.ts'
import { openChangeLog } from '../../cloud/mirror/outbox/change-log.ts'
import { createDrain } from '../../cloud/mirror/outbox/drain.ts'
import { createPseudonym } from '../../cloud/mirror/rows/pseudonyms.ts'
import { createSqliteStore } from '../../cloud/store/sqlite/sqlite-store.ts'
import { systemClock as clock } from '../../src/support/clock.ts'
import { silentLog as log } from '../../src/support/log.ts'
import type { Row } from './table.ts'

const changes = 20_000
const members = Array.from({ length: 8 }, (_, n) => `member-${n}`)

/** How fast changes of the embedded store reach the log on the disk, and from there the DuckDB file. */
export async function measureDuckdbMirror(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-bench-mirror-'))
  const store = createSqliteStore({ path: join(folder, 'metadata.db'), clock, log })
  const changeLog = await openChangeLog({ folder: join(folder, 'outbox'), clock, log })
  const sink = createDuckdbSink({ path: join(folder, 'mirror.duckdb'), clock })
  const mirror = createMirror({ store, changeLog, sink, pseudonym: createPseudonym(Buffer.alloc(32, 1)), clock, log })
  // Tables and views are there before anything is measured.
  await mirror.caughtUp(60_000)
  const data = (n: number) => ({ name: `Room ${n}`, isAllNodes: false, createdAtMs: n, memberIds: members, rules: [] })
  await Promise.all(
    Array.from({ length: changes }, (_, n) =>
      store.write({ partition: `space/${n % 50}`, sort: `room/${n}`, kind: 'room', data: data(n) }, 'absent'),
    ),
  )
  const notedMs = await timed(() => createDrain({ store, changeLog, clock, log }).run())
  const shippedMs = await timed(() => mirror.caughtUp(600_000))
  await mirror.close()
  await store.close()
  rmSync(folder, { recursive: true, force: true })
  const perSecond = (ms: number) => changes / (ms / 1_000)
  return [
    { what: 'log of changes: changes of the embedded store a second, on the disk', unit: '/s', ours: perSecond(notedMs) },
    { what: 'mirror to DuckDB: changes a second', unit: '/s', ours: perSecond(shippedMs) },
  ]
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now()
  await work()
  return performance.now() - startedMs
}
