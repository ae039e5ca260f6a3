import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createDuckdbSink } from '../../../cloud/mirror/duckdb/duckdb-sink.ts'
import { createMirror, type Mirror } from '../../../cloud/mirror/mirror.ts'
import { openChangeLog } from '../../../cloud/mirror/outbox/change-log.ts'
import { diskFiles, type LogFiles } from '../../../cloud/mirror/outbox/log-files.ts'
import type { MirrorSink } from '../../../cloud/mirror/ports.ts'
import { createPseudonym } from '../../../cloud/mirror/rows/pseudonyms.ts'
import { rowKey } from '../../../cloud/mirror/rows/row-maker.ts'
import { mirroredKinds, mirrorTables } from '../../../cloud/mirror/rows/tables.ts'
import type { MetadataStore } from '../../../cloud/store/port.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import { silentLog as log } from '../../../src/support/log.ts'

/** Decides at each call of the mirror's parts whether it fails, before or after its effect. */
export type Fault = (call: string) => 'before' | 'after' | undefined

const none: Fault = () => undefined

/** A call that a fault takes part in. */
async function through<T>(fault: () => Fault, call: string, error: () => Error, work: () => Promise<T>): Promise<T> {
  const when = fault()(call)
  if (when === 'before') throw error()
  const answer = await work()
  if (when === 'after') throw error()
  return answer
}

/** The mirror over a store with DuckDB and a real log of changes, in a folder of its own, with faults where a test wants them. */
export async function startMirrorBench(store: MetadataStore, clock: Clock, { idleMs = 0 } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-mirror-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }))
  let fault: Fault = none
  const its = () => fault
  const path = join(folder, 'mirror.duckdb')
  const outbox = join(folder, 'outbox')
  const pseudonym = createPseudonym(Buffer.alloc(32, 7))
  const gone = () => new ThroughlineError('STORE_UNAVAILABLE', 'The store is gone.')
  const away = () => new ThroughlineError('MIRROR_UNAVAILABLE', 'The sink is away.')
  const broken = () => Object.assign(new Error('the disk refuses'), { code: 'EIO' })

  const faulty: MetadataStore = {
    ...store,
    pending: (limit) => through(its, 'pending', gone, () => store.pending(limit)),
    settle: (key, revision) => through(its, 'settle', gone, () => store.settle(key, revision)),
    everything: (options) => through(its, 'everything', gone, () => store.everything(options)),
    read: (key) => through(its, 'read', gone, () => store.read(key)),
    write: (item, condition) => through(its, 'write', gone, () => store.write(item, condition)),
  }
  const files: LogFiles = {
    ...diskFiles,
    create: (file) =>
      through(its, 'create', broken, async () => {
        const real = await diskFiles.create(file)
        return (
          real && {
            async append(bytes) {
              const when = fault('append')
              // A write that fails may have left a part of itself.
              await real.append(when === 'before' ? bytes.subarray(0, Math.floor(bytes.length / 3)) : bytes)
              if (when !== undefined) throw broken()
            },
            sync: () => through(its, 'sync', broken, () => real.sync()),
            close: () => real.close(),
          }
        )
      }),
  }
  const sinks: MirrorSink[] = []
  const openSink = (): MirrorSink => {
    const sink = createDuckdbSink({ path, clock, idleMs })
    sinks.push(sink)
    return {
      ...sink,
      migrate: (...wanted) => through(its, 'migrate', away, () => sink.migrate(...wanted)),
      load: (batch) => through(its, 'load', away, () => sink.load(batch)),
      keys: (...wanted) => through(its, 'keys', away, () => sink.keys(...wanted)),
    }
  }
  const open = async (more: { readonly sink?: MirrorSink | undefined } = {}): Promise<Mirror> => {
    const changeLog = await openChangeLog({ folder: outbox, clock, log, files })
    const sink = 'sink' in more ? more.sink : openSink()
    return createMirror({ store: faulty, changeLog, sink, pseudonym, clock, log })
  }

  return {
    folder,
    path,
    outbox,
    pseudonym,
    open,
    openSink,
    setFault: (next: Fault | undefined) => void (fault = next ?? none),
    /** Lets the file go, as the death of a process does. */
    dropSinks: async () => {
      for (const sink of sinks.splice(0)) await sink.close()
    },
    /** What the sink holds that the store does not, and the other way round, by key and the item's own revision. Empty: the same. */
    differences: async (): Promise<string[]> => {
      const wanted = new Map<string, number>()
      for (let after: { partition: string; sort: string } | undefined; ;) {
        const { items, next } = await store.everything(after === undefined ? {} : { after })
        for (const item of items) {
          const table = mirroredKinds.get(item.kind)?.table.name
          if (table !== undefined && !item.isDeleted) wanted.set(`${table} ${rowKey(pseudonym, item)}`, item.revision)
        }
        if (next === undefined) break
        after = next
      }
      const { openDatabase } = await import('../../../cloud/mirror/duckdb/open-database.ts')
      const database = await openDatabase(path, { isReadOnly: true })
      const different: string[] = []
      try {
        for (const { name } of mirrorTables) {
          const rows = await database.connection.runAndReadAll(`SELECT key, item_revision::DOUBLE FROM "${name}"`)
          for (const [key, revision] of rows.getRows() as [string, number][]) {
            const place = `${name} ${key}`
            const known = wanted.get(place)
            if (known !== revision) different.push(`${place}: ${revision} in the sink, ${known ?? 'nothing'} in the store`)
            // A second row of one key is one too many.
            wanted.delete(place)
          }
        }
      } finally {
        database.close()
      }
      return [...different, ...[...wanted].map(([place, revision]) => `${place}: nothing in the sink, ${revision} in the store`)]
    },
    ask: async (statement: string): Promise<readonly (readonly unknown[])[]> => {
      const { openDatabase } = await import('../../../cloud/mirror/duckdb/open-database.ts')
      const database = await openDatabase(path, { isReadOnly: true })
      try {
        return (await database.connection.runAndReadAll(statement)).getRowsJson()
      } finally {
        database.close()
      }
    },
  }
}
