import type { ColumnType, MirrorTable } from '../ports.ts'

/** A column as BigQuery's REST API writes it. */
export interface SchemaField {
  readonly name: string
  readonly type: string
  readonly mode: 'NULLABLE' | 'REQUIRED' | 'REPEATED'
}

const types: Readonly<Record<ColumnType, string>> = {
  text: 'STRING',
  texts: 'STRING',
  whole: 'INTEGER',
  flag: 'BOOLEAN',
  time: 'TIMESTAMP',
}
/** BigQuery answers one of two names for the same type. */
const sameType: Readonly<Record<string, string>> = { INT64: 'INTEGER', BOOL: 'BOOLEAN' }

/** What every table begins with. */
export const firstFields: readonly SchemaField[] = [
  { name: 'key', type: 'STRING', mode: 'REQUIRED' },
  { name: 'revision', type: 'INTEGER', mode: 'REQUIRED' },
  { name: 'changed_at', type: 'TIMESTAMP', mode: 'REQUIRED' },
]

/** All columns of a table. */
export function fieldsOf({ columns }: MirrorTable): readonly SchemaField[] {
  const own = columns
    .filter(({ name }) => !firstFields.some((field) => field.name === name))
    .map(({ name, type }): SchemaField => ({ name, type: types[type], mode: type === 'texts' ? 'REPEATED' : 'NULLABLE' }))
  return [...firstFields, ...own]
}

/** The columns of the table through which a batch comes in: those of the table, and whether the row goes. */
export function stagingFieldsOf(table: MirrorTable): readonly SchemaField[] {
  return [...fieldsOf(table), { name: 'is_deleted', type: 'BOOLEAN', mode: 'REQUIRED' }]
}

/** One table of BigQuery for every deletion: which row went at which revision. */
export const deletedRows: { readonly name: string; readonly fields: readonly SchemaField[] } = {
  name: 'deleted_rows',
  fields: [
    { name: 'table_name', type: 'STRING', mode: 'REQUIRED' },
    { name: 'key', type: 'STRING', mode: 'REQUIRED' },
    { name: 'revision', type: 'INTEGER', mode: 'REQUIRED' },
    { name: 'remembered_at', type: 'TIMESTAMP', mode: 'REQUIRED' },
  ],
}

/** One row that every merge changes, so that of two merges at a time BigQuery lets only one through. */
export const turns: { readonly name: string; readonly fields: readonly SchemaField[] } = {
  name: 'merge_turns',
  fields: [{ name: 'taken', type: 'INTEGER', mode: 'REQUIRED' }],
}

const isSame = (a: SchemaField, b: SchemaField): boolean =>
  (sameType[a.type] ?? a.type) === (sameType[b.type] ?? b.type) && (a.mode === 'REPEATED') === (b.mode === 'REPEATED')

/** What stands between the columns there are and the ones needed. BigQuery's names of columns know no upper case. */
export function compareFields(
  there: readonly SchemaField[],
  needed: readonly SchemaField[],
): { readonly missing: readonly SchemaField[]; readonly unlike: readonly string[]; readonly extra: readonly string[] } {
  const byName = new Map(there.map((field) => [field.name.toLowerCase(), field]))
  const wanted = new Set(needed.map(({ name }) => name.toLowerCase()))
  return {
    missing: needed.filter(({ name }) => !byName.has(name.toLowerCase())),
    unlike: needed.flatMap((field) => {
      const found = byName.get(field.name.toLowerCase())
      return found === undefined || isSame(found, field) ? [] : [field.name]
    }),
    extra: there.filter(({ name }) => !wanted.has(name.toLowerCase())).map(({ name }) => name),
  }
}
