import Database from 'libsql'
import { closeSync, openSync } from 'node:fs'
import { errorCode } from '../../../src/support/error-code.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'

/**
 * Step n brings a file of version n to n + 1. Keys are blobs: libsql cuts text at a NUL, and bytes compare the way
 * DynamoDB orders its keys.
 */
const migrations = [
  `CREATE TABLE items (
     partition BLOB NOT NULL,
     sort BLOB NOT NULL,
     kind TEXT NOT NULL,
     revision INTEGER NOT NULL,
     data TEXT NOT NULL,
     blob BLOB,
     expires_at_ms INTEGER,
     is_deleted INTEGER NOT NULL,
     pending_since_ms INTEGER,
     checksum INTEGER NOT NULL,
     PRIMARY KEY (partition, sort)
   );
   CREATE INDEX items_pending ON items (pending_since_ms, partition, sort) WHERE pending_since_ms IS NOT NULL;
   CREATE INDEX items_expiring ON items (expires_at_ms) WHERE expires_at_ms IS NOT NULL;`,
]

/** How long the event loop may wait inside SQLite for another process; the group commit tries again after it. */
const busyTimeoutMs = 250

const full = ': there is no room left on its disk'
const closed = ': this user may not write it'
/** What the codes of an opening that failed mean to whoever can mend it. */
const reasons: Readonly<Record<string, string>> = {
  SQLITE_FULL: full,
  ENOSPC: full,
  SQLITE_READONLY: closed,
  EACCES: closed,
  EROFS: closed,
  SQLITE_NOTADB: ': it is no database, or is damaged',
  SQLITE_CORRUPT: ': it is no database, or is damaged',
}

/**
 * Opens (or makes, mode 0600) the file, in WAL mode with an fsync at each commit, at the newest schema version.
 * Throws DATA_FOLDER_UNUSABLE when the file cannot be opened, is no database, or was written by a newer version.
 */
export function openDatabase(path: string): Database.Database {
  let database: Database.Database | undefined
  try {
    // SQLite gives its side files the mode of the main one, so the mode must be right before the first open.
    closeSync(openSync(path, 'a', 0o600))
    database = new Database(path)
    // Several processes may open a new file at once; the switch to WAL and the first migration wait for each other.
    database.pragma('busy_timeout = 5000')
    enterWal(database)
    database.pragma('synchronous = FULL')
    migrate(database)
    database.pragma(`busy_timeout = ${busyTimeoutMs}`)
    return database
  } catch (cause) {
    database?.close()
    if (cause instanceof ThroughlineError) throw cause
    throw new ThroughlineError(
      'DATA_FOLDER_UNUSABLE',
      `The metadata file ${path} cannot be opened${reasons[errorCode(cause)] ?? ' as a database'}.`,
      { cause },
    )
  }
}

function enterWal(database: Database.Database): void {
  // SQLite answers BUSY at once, without the timeout, when two connections switch the mode together.
  for (let tries = 1; ; tries++) {
    try {
      database.pragma('journal_mode = WAL')
      return
    } catch (cause) {
      if (tries === 50 || !isBusy(cause)) throw cause
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
    }
  }
}

function migrate(database: Database.Database): void {
  database.exec('BEGIN IMMEDIATE')
  try {
    const [row] = database.pragma('user_version') as { user_version: number }[]
    const version = row?.user_version ?? 0
    if (version > migrations.length) {
      throw new ThroughlineError(
        'DATA_FOLDER_UNUSABLE',
        `The metadata file has schema version ${version}; this version of Throughline knows ${migrations.length}.`,
      )
    }
    for (const step of migrations.slice(version)) database.exec(step)
    database.exec(`PRAGMA user_version = ${migrations.length}`)
    database.exec('COMMIT')
  } catch (cause) {
    if (database.inTransaction) database.exec('ROLLBACK')
    throw cause
  }
}

/** Whether SQLite refused because another process holds the file. */
export function isBusy(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' && cause.code.startsWith('SQLITE_BUSY')
}
