import type { Clock } from '../../../src/support/clock.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { isLogged, storeUnavailable } from '../item-rules.ts'
import type { PendingChange } from '../port.ts'
import { placeOf, type ItemRestorer } from '../restorer.ts'
import { readRow, rowValues, type Row } from './record.ts'
import { openDatabase } from './schema.ts'

/** The embedded store, for restoring; each `put` is one transaction. Throws DATA_FOLDER_UNUSABLE when the file cannot be used. */
export function createSqliteRestorer({ path, clock }: { readonly path: string; readonly clock: Clock }): ItemRestorer {
  const database = openDatabase(path)
  // What a replay replaces must not be left in the file of the copy, either.
  database.pragma('secure_delete = ON')
  const any = database.prepare('SELECT 1 AS one FROM items LIMIT 1')
  const load = database.prepare('SELECT * FROM items WHERE partition = ? AND sort = ?')
  const drop = database.prepare('DELETE FROM items WHERE partition = ? AND sort = ?')
  const put = database.prepare(
    `INSERT OR REPLACE INTO items (partition, sort, kind, revision, data, blob, expires_at_ms, is_deleted, pending_since_ms, checksum)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const answering = async <T>(work: () => T): Promise<T> => {
    try {
      return work()
    } catch (cause) {
      throw cause instanceof ThroughlineError ? cause : storeUnavailable('The metadata file cannot be written now.', cause)
    }
  }
  const write = (item: PendingChange) => {
    const { partition, sort, kind, revision, data, blob, expiresAtMs, isDeleted } = item
    const record = { partition, sort, kind, revision, json: JSON.stringify(data), blob, expiresAtMs, isDeleted }
    put.run(...rowValues(record, isLogged(kind) ? clock.nowMs() : null))
  }
  return {
    isEmpty: () => answering(() => any.all().length === 0),
    load: (keys) =>
      answering(() => {
        const found = new Map<string, PendingChange>()
        for (const key of keys) {
          const [row] = load.all(Buffer.from(key.partition), Buffer.from(key.sort)) as Row[]
          if (row !== undefined) found.set(placeOf(key), readRow(row))
        }
        return found
      }),
    put: (items) =>
      answering(() => {
        database.exec('BEGIN IMMEDIATE')
        try {
          for (const item of items) write(item)
          database.exec('COMMIT')
        } catch (cause) {
          if (database.inTransaction) database.exec('ROLLBACK')
          throw cause
        }
      }),
    drop: (key) => answering(() => void drop.run(Buffer.from(key.partition), Buffer.from(key.sort))),
    close: () =>
      answering(() => {
        database.pragma('wal_checkpoint(TRUNCATE)')
        database.close()
      }),
  }
}
