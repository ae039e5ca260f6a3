import type { ColumnType, MirrorRow, MirrorTable, MirrorView } from '../ports.ts'
import { renderView } from '../render-view.ts'

const sqlType: Readonly<Record<ColumnType, string>> = {
  text: 'VARCHAR',
  whole: 'BIGINT',
  flag: 'BOOLEAN',
  time: 'TIMESTAMP',
  texts: 'VARCHAR[]',
}
/** A time travels as milliseconds. */
const jsonType: Readonly<Record<ColumnType, unknown>> = {
  text: 'VARCHAR',
  whole: 'BIGINT',
  flag: 'BOOLEAN',
  time: 'BIGINT',
  texts: ['VARCHAR'],
}

/** A name of ours in quotes; names are made by us and never by people. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

const base = [
  { name: 'key', type: 'text' },
  { name: 'revision', type: 'whole' },
  { name: 'changed_at', type: 'time' },
] as const satisfies MirrorTable['columns']

/** Every column of a table, the first three included. */
export const columnsOf = (table: MirrorTable): MirrorTable['columns'] => [...base, ...table.columns]

/** Makes what a table needs; repeating it changes nothing. */
export function tableStatements(table: MirrorTable): string[] {
  const name = quoted(table.name)
  return [
    `CREATE TABLE IF NOT EXISTS ${name} (${base.map((column) => `${column.name} ${sqlType[column.type]} NOT NULL`).join(', ')})`,
    ...table.columns.map((column) => `ALTER TABLE ${name} ADD COLUMN IF NOT EXISTS ${quoted(column.name)} ${sqlType[column.type]}`),
  ]
}

/** What deletions were met, so that an older load brings nothing back. Not a table that anybody asks. */
export const deletions = '_deletions'
export const deletionsStatement = `CREATE TABLE IF NOT EXISTS ${deletions} (table_name VARCHAR NOT NULL, key VARCHAR NOT NULL, revision BIGINT NOT NULL, deleted_at TIMESTAMP NOT NULL)`

export const viewStatement = ({ name, statement }: MirrorView): string =>
  `CREATE OR REPLACE VIEW ${quoted(name)} AS ${renderView(statement, {
    table: quoted,
    each: (column, as) => `CROSS JOIN UNNEST(${quoted(column)}) AS each_${as}(${quoted(as)})`,
  })}`

/** The rows of one table as the JSON that {@link loadStatements} reads. */
export function rowsJson(table: MirrorTable, rows: readonly MirrorRow[]): string {
  return JSON.stringify(
    rows.map(({ key, revision, changedAtMs, isDeleted, cells }) => ({
      ...Object.fromEntries(table.columns.map(({ name }) => [name, isDeleted ? null : (cells[name] ?? null)])),
      key,
      revision,
      changed_at: changedAtMs,
      is_deleted: isDeleted,
    })),
  )
}

/** Brings rows of one table in, at most one of a key; the first statement takes them as JSON. To be run in one transaction. */
export function loadStatements(table: MirrorTable): readonly [staging: string, ...rest: string[]] {
  const name = quoted(table.name)
  const columns = columnsOf(table)
  const names = columns.map((column) => quoted(column.name))
  const form = Object.fromEntries([...columns.map((column) => [column.name, jsonType[column.type]]), ['is_deleted', 'BOOLEAN']])
  const read = columns.map((column) => {
    const cell = `r.${quoted(column.name)}`
    return `${column.type === 'time' ? `make_timestamp(${cell} * 1000)` : cell} AS ${quoted(column.name)}`
  })
  const formText = JSON.stringify([form]).replaceAll("'", "''")
  const gone = `(SELECT key, revision FROM ${deletions} WHERE table_name = '${table.name}')`
  return [
    `CREATE OR REPLACE TEMP TABLE staging AS SELECT ${read.join(', ')}, r.is_deleted AS is_deleted FROM (SELECT unnest(from_json($1::JSON, '${formText}')) AS r)`,
    // What is older than a deletion that was met, or than the row that is there, is not looked at any further.
    `DELETE FROM staging USING ${gone} AS gone WHERE staging.key = gone.key AND staging.revision <= gone.revision`,
    `DELETE FROM staging USING ${name} AS known WHERE staging.key = known.key AND staging.revision < known.revision`,
    `DELETE FROM ${deletions} USING staging WHERE ${deletions}.table_name = '${table.name}' AND ${deletions}.key = staging.key`,
    `INSERT INTO ${deletions} SELECT '${table.name}', key, revision, changed_at FROM staging WHERE is_deleted`,
    `MERGE INTO ${name} AS known USING staging ON known.key = staging.key WHEN MATCHED AND staging.is_deleted THEN DELETE WHEN MATCHED THEN UPDATE SET ${names
      .map((column) => `${column} = staging.${column}`)
      .join(
        ', ',
      )} WHEN NOT MATCHED AND NOT staging.is_deleted THEN INSERT (${names.join(', ')}) VALUES (${names.map((column) => `staging.${column}`).join(', ')})`,
    'DROP TABLE staging',
  ]
}
