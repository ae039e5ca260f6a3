import Database from 'libsql'
import { existsSync } from 'node:fs'
import type { PendingChange } from '../port.ts'
import { readRow, type Row } from './record.ts'

/** One row of a copy: an item, or one that is not as it was written, of which only its text is told. */
export type CopiedRow = { readonly item: PendingChange } | { readonly item: undefined; readonly text: string }

const pageRows = 1_000

/**
 * Reads every row of a metadata file that nobody need be running on, and changes nothing. Throws when it is no such file, or one that
 * cannot be read to its end.
 */
export function* readCopy(path: string): Generator<CopiedRow> {
  // Opening a file that is not there would make one.
  if (!existsSync(path)) throw new Error('there is no such file')
  const database = new Database(path, { readonly: true })
  try {
    const page = database.prepare('SELECT * FROM items WHERE (partition, sort) > (?, ?) ORDER BY partition, sort LIMIT ?')
    let after: readonly [Buffer, Buffer] = [Buffer.alloc(0), Buffer.alloc(0)]
    for (;;) {
      const rows = page.all(...after, pageRows) as Row[]
      for (const row of rows) yield copied(row)
      const last = rows.at(-1)
      if (last === undefined || rows.length < pageRows) return
      after = [Buffer.from(last.partition), Buffer.from(last.sort)]
    }
  } finally {
    database.close()
  }
}

function copied(row: Row): CopiedRow {
  try {
    return { item: readRow(row) }
  } catch {
    return { item: undefined, text: [Buffer.from(row.partition), Buffer.from(row.sort), row.data].join('\n') }
  }
}
