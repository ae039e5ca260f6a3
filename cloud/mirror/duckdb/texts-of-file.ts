import { openDatabase } from './open-database.ts'

/** Every different text in a mirror file, with its table: what a proof looks through. */
export interface MirrorText {
  readonly table: string
  readonly text: string
  readonly rows: number
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : '')
const named = (name: string) => `"${name.replaceAll('"', '""')}"`

/** Reads every text of every table, lists of texts too, and changes nothing. Throws MIRROR_UNAVAILABLE for a file that cannot be read. */
export async function textsOfFile(
  path: string,
  hear: (text: MirrorText) => void,
): Promise<{ readonly tables: number; readonly rows: number }> {
  const database = await openDatabase(path, { isReadOnly: true })
  try {
    const ask = async (statement: string) => (await database.connection.runAndReadAll(statement)).getRowsJson()
    const columns = await ask(
      `SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c JOIN information_schema.tables t
       USING (table_catalog, table_schema, table_name) WHERE t.table_type = 'BASE TABLE' ORDER BY ALL`,
    )
    const tables = new Set(columns.map(([table]) => textOf(table)))
    let rows = 0
    for (const table of tables) rows += Number((await ask(`SELECT count(*) FROM ${named(table)}`))[0]?.[0] ?? 0)
    for (const [table, column, type] of columns.map((row) => row.map(textOf))) {
      const isList = type === 'VARCHAR[]'
      if (table === undefined || column === undefined || (type !== 'VARCHAR' && !isList)) continue
      const text = isList ? `unnest(${named(column)})` : named(column)
      const found = await ask(`SELECT v, count(*) FROM (SELECT ${text} AS v FROM ${named(table)}) WHERE v IS NOT NULL GROUP BY v`)
      for (const [value, count] of found) hear({ table, text: textOf(value), rows: Number(count) })
    }
    return { tables: tables.size, rows }
  } finally {
    database.close()
  }
}
