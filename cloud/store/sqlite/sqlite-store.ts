import type Database from 'libsql'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../../../src/support/clock.ts'
import type { Log } from '../../../src/support/log.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { asStoredItem, checkItem, checkKey, isLogged, storeUnavailable } from '../item-rules.ts'
import type { AnyItem, ItemKey, MetadataStore, PendingChange, StoredItem, WriteCondition } from '../port.ts'
import { createGroupCommit } from './group-commit.ts'
import { readRow, rowValues, type Row } from './record.ts'
import { openDatabase } from './schema.ts'

export interface SqliteStoreDeps {
  /** The file; it is made when it is not there. */
  readonly path: string
  readonly clock: Clock
  readonly log: Log
  /** What is overwritten or removed is gone from the file and its log before the answer: for keys that must not come back. */
  readonly leavesNoTraces?: boolean
}

type FileItem = StoredItem & { readonly isDeleted: boolean }
const listLimitDefault = 1000
/** With the busy timeout of the connection about ten seconds in total (security requirements F3). */
const scrubTriesMax = 36
const scrubPauseMs = 25
/** Above every byte that UTF-8 text can start with. */
const aboveAllText = Buffer.from([0xff])

/**
 * The embedded store: one SQLite file, fsynced before a write is acknowledged, a checksum on each record. Several processes may
 * open the same file. Throws DATA_FOLDER_UNUSABLE when the file cannot be used.
 */
export function createSqliteStore({ path, clock, log, leavesNoTraces = false }: SqliteStoreDeps): MetadataStore {
  const database = openDatabase(path)
  // Cells and pages that become free are overwritten with zeros, so that a copy of the file has nothing that was taken out of it.
  database.pragma('secure_delete = ON')
  const commits = createGroupCommit({ database, log })
  const statements = prepareStatements(database)
  let isClosed = false

  let overwritten = false
  /** Folds the log into the file and empties it; what another process is just reading is waited for. */
  const scrubbed = async <T>(answer: T): Promise<T> => {
    if (!leavesNoTraces || !overwritten) return answer
    for (let tries = 1; ; tries++) {
      const [row] = database.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[]
      if (row?.busy === 0) break
      if (tries === scrubTriesMax) throw storeUnavailable('The file of keys is in use; what was overwritten is still in its log.')
      await sleep(scrubPauseMs)
    }
    overwritten = false
    return answer
  }

  const isVisible = (item: FileItem) => !item.isDeleted && (item.expiresAtMs === undefined || item.expiresAtMs > clock.nowMs())

  // `all` and never `get`: an unfinished cursor would pin the connection to an old state of the file.
  const load = (key: ItemKey): { item: FileItem; row: Row } | undefined => {
    const [row] = statements.load.all(Buffer.from(key.partition), Buffer.from(key.sort)) as Row[]
    return row === undefined ? undefined : { item: readRow(row), row }
  }

  const put = (item: AnyItem, state: { json: string; revision: number; isDeleted: boolean; pendingSinceMs: number | null }) => {
    const { pendingSinceMs, ...now } = state
    const { partition, sort, kind, blob, expiresAtMs } = item
    statements.put.run(...rowValues({ partition, sort, kind, blob, expiresAtMs, ...now }, pendingSinceMs))
  }

  const pendingSince = (kind: StoredItem['kind'], row: Row | undefined) =>
    isLogged(kind) ? (row?.pending_since_ms ?? clock.nowMs()) : null

  /** Takes an item away inside a transaction; logged kinds leave a tombstone without content. */
  const bury = ({ item, row }: { item: FileItem; row: Row }) => {
    if (isLogged(item.kind)) {
      const { partition, sort, kind } = item
      put(
        { partition, sort, kind, data: null },
        { json: 'null', revision: item.revision + 1, isDeleted: true, pendingSinceMs: pendingSince(kind, row) },
      )
    } else statements.drop.run(Buffer.from(item.partition), Buffer.from(item.sort))
  }

  // One damaged record must not hold up the shipping and purging of all others; reading it is what refuses.
  const readable = (row: Row): FileItem[] => {
    try {
      return [readRow(row)]
    } catch {
      log.error('store_record_damaged', { kind: row.kind })
      return []
    }
  }

  const answering = async <T>(work: () => T | Promise<T>): Promise<T> => {
    if (isClosed) throw storeUnavailable('The metadata store is closed.')
    try {
      return await work()
    } catch (cause) {
      if (cause instanceof ThroughlineError) throw cause
      log.error('store_failed', { reason: cause instanceof Error ? cause.name : 'unknown' })
      throw storeUnavailable(undefined, cause)
    }
  }

  return {
    read: (key) =>
      answering(() => {
        checkKey(key)
        const found = load(key)
        return found !== undefined && isVisible(found.item) ? asStoredItem(found.item) : undefined
      }),

    write: (item, condition) =>
      answering(() => {
        const json = checkItem(item)
        return commits
          .add(() => {
            const found = load(item)
            const current = found !== undefined && isVisible(found.item) ? found.item : undefined
            if (!holds(condition, current)) return undefined
            const revision = (found?.item.revision ?? 0) + 1
            put(item, { json, revision, isDeleted: false, pendingSinceMs: pendingSince(item.kind, found?.row) })
            overwritten ||= found !== undefined
            return revision
          })
          .then(scrubbed)
      }),

    remove: (key, revision) =>
      answering(() => {
        checkKey(key)
        return commits
          .add(() => {
            const found = load(key)
            if (found === undefined || !isVisible(found.item) || found.item.revision !== revision) return false
            bury(found)
            overwritten = true
            return true
          })
          .then(scrubbed)
      }),

    list: (partition, options = {}) =>
      answering(() => {
        const limit = Math.max(1, options.limit ?? listLimitDefault)
        const prefix = Buffer.from(options.prefix ?? '')
        const rows = statements.list.all(
          Buffer.from(partition),
          Buffer.from(options.after ?? ''),
          prefix,
          firstAfterPrefix(prefix),
          clock.nowMs(),
          limit + 1,
        ) as Row[]
        const items = rows.slice(0, limit).map((row) => asStoredItem(readRow(row)))
        return { items, next: rows.length > limit ? items.at(-1)?.sort : undefined }
      }),

    pending: (limit) =>
      answering(() => {
        return (statements.pending.all(limit) as Row[]).flatMap((row): PendingChange[] => readable(row))
      }),

    settle: (key, revision) =>
      answering(async () => {
        const at = [Buffer.from(key.partition), Buffer.from(key.sort), revision]
        await commits.add(() => {
          statements.dropTombstone.run(...at)
          statements.settle.run(...at)
        })
      }),

    everything: (options = {}) =>
      answering(() => {
        const limit = Math.max(1, options.limit ?? listLimitDefault)
        const { partition = '', sort = '' } = options.after ?? {}
        const rows = statements.everything.all(Buffer.from(partition), Buffer.from(sort), limit + 1) as Row[]
        const page = rows.slice(0, limit)
        const last = page.at(-1)
        const next = last && { partition: Buffer.from(last.partition).toString(), sort: Buffer.from(last.sort).toString() }
        return { items: page.flatMap(readable), next: rows.length > limit ? next : undefined }
      }),

    purgeExpired: () =>
      answering(async () => {
        const nowMs = clock.nowMs()
        let purged = 0
        for (;;) {
          const count = await commits.add(() => {
            const found = (statements.expired.all(nowMs) as Row[]).flatMap((row) => readable(row).map((item) => ({ item, row })))
            for (const each of found) bury(each)
            return found.length
          })
          purged += count
          if (count === 0) return purged
        }
      }),

    async close() {
      if (isClosed) return
      isClosed = true
      await commits.drain()
      // libsql keeps the connection while its statements live, so the log is folded into the file here and not by the close.
      try {
        database.pragma('wal_checkpoint(TRUNCATE)')
      } catch (cause) {
        // Nothing is lost: the next opening reads the log.
        log.warn('store_checkpoint_skipped', { reason: cause instanceof Error ? cause.name : 'unknown' })
      } finally {
        database.close()
      }
    },
  }
}

function holds(condition: WriteCondition, current: StoredItem | undefined): boolean {
  return condition === 'absent' ? current === undefined : current?.revision === condition
}

function firstAfterPrefix(prefix: Buffer): Buffer {
  if (prefix.length === 0) return aboveAllText
  const end = Buffer.from(prefix)
  end[end.length - 1] = (end.at(-1) ?? 0) + 1
  return end
}

function prepareStatements(database: Database.Database) {
  return {
    load: database.prepare('SELECT * FROM items WHERE partition = ? AND sort = ?'),
    put: database.prepare(
      `INSERT INTO items (partition, sort, kind, revision, data, blob, expires_at_ms, is_deleted, pending_since_ms, checksum)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (partition, sort) DO UPDATE SET kind = excluded.kind, revision = excluded.revision, data = excluded.data,
         blob = excluded.blob, expires_at_ms = excluded.expires_at_ms, is_deleted = excluded.is_deleted,
         pending_since_ms = excluded.pending_since_ms, checksum = excluded.checksum`,
    ),
    drop: database.prepare('DELETE FROM items WHERE partition = ? AND sort = ?'),
    dropTombstone: database.prepare('DELETE FROM items WHERE partition = ? AND sort = ? AND revision = ? AND is_deleted = 1'),
    settle: database.prepare('UPDATE items SET pending_since_ms = NULL WHERE partition = ? AND sort = ? AND revision = ?'),
    list: database.prepare(
      `SELECT * FROM items WHERE partition = ? AND sort > ? AND sort >= ? AND sort < ? AND is_deleted = 0
         AND (expires_at_ms IS NULL OR expires_at_ms > ?) ORDER BY sort LIMIT ?`,
    ),
    pending: database.prepare('SELECT * FROM items WHERE pending_since_ms IS NOT NULL ORDER BY pending_since_ms, partition, sort LIMIT ?'),
    everything: database.prepare('SELECT * FROM items WHERE (partition, sort) > (?, ?) ORDER BY partition, sort LIMIT ?'),
    expired: database.prepare('SELECT * FROM items WHERE expires_at_ms IS NOT NULL AND expires_at_ms <= ? LIMIT 500'),
  }
}
