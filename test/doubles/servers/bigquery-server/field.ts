import { invalid } from './refusal.ts'

export interface Field {
  readonly name: string
  readonly type: string
  readonly mode: string
}

const sqlTypes: Readonly<Record<string, string>> = {
  STRING: 'VARCHAR',
  INTEGER: 'BIGINT',
  BOOLEAN: 'BOOLEAN',
  TIMESTAMP: 'TIMESTAMP',
  FLOAT: 'DOUBLE',
}
const otherNames: Readonly<Record<string, string>> = { INT64: 'INTEGER', BOOL: 'BOOLEAN', FLOAT64: 'FLOAT' }

/** Names that begin so are BigQuery's own. */
const ownPrefixes = /^(_TABLE_|_FILE_|_PARTITION|_ROW_TIMESTAMP|__ROOT__|_COLIDENTIFIER|_CHANGE_)/i

/** The fields of a schema as BigQuery keeps them; refuses types, modes and names that it has not. */
export function readFields(schema: unknown): readonly Field[] {
  const { fields } = Object(schema) as { fields?: unknown }
  if (!Array.isArray(fields) || fields.length === 0) throw invalid('Schema is empty.')
  const read = fields.map((raw: unknown): Field => {
    const { name, type, mode = 'NULLABLE' } = Object(raw) as Record<string, unknown>
    const kept = otherNames[String(type)] ?? String(type)
    const isGood = typeof name === 'string' && /^[A-Za-z_][A-Za-z0-9_]{0,299}$/.test(name) && !ownPrefixes.test(name)
    if (!isGood) throw invalid(`Invalid field name "${String(name)}".`)
    if (sqlTypes[kept] === undefined) throw invalid(`Invalid value for type: ${String(type)} is not a valid value`)
    if (!['NULLABLE', 'REQUIRED', 'REPEATED'].includes(String(mode)))
      throw invalid(`Invalid value for mode: ${String(mode)} is not a valid value`)
    return { name, type: kept, mode: String(mode) }
  })
  const names = new Set(read.map(({ name }) => name.toLowerCase()))
  if (names.size !== read.length) throw invalid('Duplicate field names.')
  return read
}

export const sqlType = ({ type, mode }: Field): string => `${sqlTypes[type] ?? 'VARCHAR'}${mode === 'REPEATED' ? '[]' : ''}`

/** A column as DuckDB declares it. A REPEATED column is never null in BigQuery: without a value it is empty. */
export function columnOf(field: Field): string {
  const rest = field.mode === 'REQUIRED' ? ' NOT NULL' : field.mode === 'REPEATED' ? ' DEFAULT []' : ''
  return `"${field.name}" ${sqlType(field)}${rest}`
}

/** The schema after a patch: nothing may go or change its type, and what comes may not be required. */
export function patchedFields(there: readonly Field[], wanted: readonly Field[], table: string): readonly Field[] {
  for (const field of there) {
    const found = wanted.find(({ name }) => name === field.name)
    if (found === undefined) throw invalid(`Provided Schema does not match Table ${table}. Field ${field.name} is missing in new schema`)
    if (found.type !== field.type) {
      throw invalid(
        `Provided Schema does not match Table ${table}. Field ${field.name} has changed type from ${field.type} to ${found.type}`,
      )
    }
    if (found.mode !== field.mode && !(field.mode === 'REQUIRED' && found.mode === 'NULLABLE')) {
      throw invalid(
        `Provided Schema does not match Table ${table}. Field ${field.name} has changed mode from ${field.mode} to ${found.mode}`,
      )
    }
  }
  for (const field of wanted) {
    if (field.mode === 'REQUIRED' && !there.some(({ name }) => name === field.name)) {
      throw invalid(
        `Provided Schema does not match Table ${table}. Cannot add required fields to an existing schema. (field: ${field.name})`,
      )
    }
  }
  return wanted
}
