import type { MirrorTable } from '../ports.ts'
import { renderView } from '../render-view.ts'
import { deletedRows, fieldsOf, turns } from './schema.ts'

/** Where our tables lie. */
export interface Place {
  readonly project: string
  readonly dataset: string
  readonly staging: string
}

/** One table of a batch: what it is, where its rows wait, and columns that it no longer has. */
export interface MergePart {
  readonly table: MirrorTable
  readonly stagingTable: string
  readonly hasDeletions: boolean
  readonly emptied: readonly string[]
}

const quoted = (name: string): string => `\`${name}\``
/** A name as GoogleSQL takes it, so that no word of the language is in its way. */
export const addressOf = ({ project }: Pick<Place, 'project'>, dataset: string, table: string): string =>
  `\`${project}.${dataset}.${table}\``

/** The row that merges take turns on; made once. */
export function firstTurn(place: Place): string {
  const table = addressOf(place, place.dataset, turns.name)
  return [
    `MERGE INTO ${table} AS target`,
    'USING (SELECT 0 AS taken) AS source',
    'ON target.taken >= source.taken',
    'WHEN NOT MATCHED THEN INSERT (taken) VALUES (source.taken)',
  ].join('\n')
}

/** Deletions of a batch are remembered, each with its greatest revision. */
function remember(place: Place, { table, stagingTable }: MergePart): string {
  return [
    `MERGE INTO ${addressOf(place, place.dataset, deletedRows.name)} AS target`,
    `USING (SELECT key, revision FROM ${addressOf(place, place.staging, stagingTable)} WHERE is_deleted) AS source`,
    `ON target.table_name = '${table.name}' AND target.key = source.key`,
    'WHEN MATCHED AND source.revision > target.revision THEN UPDATE SET revision = source.revision, remembered_at = CURRENT_TIMESTAMP()',
    `WHEN NOT MATCHED THEN INSERT (table_name, key, revision, remembered_at) VALUES ('${table.name}', source.key, source.revision, CURRENT_TIMESTAMP())`,
  ].join('\n')
}

/** The rows of a batch come in, guarded by revision: neither an older one nor one that was deleted meanwhile. */
function bringIn(place: Place, { table, stagingTable, emptied }: MergePart): string {
  const names = fieldsOf(table).map(({ name }) => name)
  const sets = names.filter((name) => name !== 'key').map((name) => `${quoted(name)} = source.${quoted(name)}`)
  const empty = emptied.map((name) => `${quoted(name)} = NULL`)
  return [
    `MERGE INTO ${addressOf(place, place.dataset, table.name)} AS target`,
    'USING (',
    '  SELECT incoming.*, IFNULL(remembered.revision, -1) AS gone_at',
    `  FROM ${addressOf(place, place.staging, stagingTable)} AS incoming`,
    `  LEFT JOIN ${addressOf(place, place.dataset, deletedRows.name)} AS remembered`,
    `  ON remembered.table_name = '${table.name}' AND remembered.key = incoming.key`,
    ') AS source',
    'ON target.key = source.key',
    'WHEN MATCHED AND source.gone_at >= target.revision AND source.gone_at >= source.revision THEN DELETE',
    'WHEN MATCHED AND NOT source.is_deleted AND source.revision > target.revision AND source.revision > source.gone_at',
    `THEN UPDATE SET ${[...sets, ...empty].join(', ')}`,
    'WHEN NOT MATCHED AND NOT source.is_deleted AND source.revision > source.gone_at',
    `THEN INSERT (${names.map(quoted).join(', ')}) VALUES (${names.map((name) => `source.${quoted(name)}`).join(', ')})`,
  ].join('\n')
}

/**
 * Everything of a batch in one transaction. Deletions go first, so that the rows that come after are held against them; the turn
 * is taken before all, so that BigQuery refuses one of two merges that run at a time instead of letting both see the past.
 */
export function mergeScript(place: Place, parts: readonly MergePart[]): string {
  const statements = [
    'BEGIN TRANSACTION',
    `UPDATE ${addressOf(place, place.dataset, turns.name)} SET taken = taken + 1 WHERE TRUE`,
    ...parts.filter(({ hasDeletions }) => hasDeletions).map((part) => remember(place, part)),
    ...parts.map((part) => bringIn(place, part)),
    'COMMIT TRANSACTION',
  ]
  return `${statements.join(';\n')};`
}

/** How many rows have one of `@texts` in a column. */
export function countStatement(place: Place, table: string, column: string, isList: boolean): string {
  const name = quoted(column)
  const condition = isList ? `EXISTS (SELECT 1 FROM UNNEST(${name}) AS one WHERE one IN UNNEST(@texts))` : `${name} IN UNNEST(@texts)`
  return `SELECT COUNT(*) AS found FROM ${addressOf(place, place.dataset, table)} WHERE ${condition}`
}

export function sizeStatement(place: Place, table: string): string {
  return `SELECT COUNT(*) AS found FROM ${addressOf(place, place.dataset, table)}`
}

/** The rows of a table in the order of their keys, behind `@after`. */
export function keysStatement(place: Place, table: string, limit: number): string {
  return `SELECT key, revision FROM ${addressOf(place, place.dataset, table)} WHERE key > @after ORDER BY key LIMIT ${limit}`
}

/** Everything a table has. The name was told by BigQuery, so that it is written as one. */
export function rowsStatement(project: string, dataset: string, table: string): string {
  return `SELECT * FROM ${addressOf({ project }, dataset, table.replaceAll('`', ''))}`
}

/** The statement of a view as BigQuery takes it. */
export function viewStatement(place: Place, statement: string): string {
  return renderView(statement, {
    table: (name) => addressOf(place, place.dataset, name),
    each: (column, name) => `CROSS JOIN UNNEST(${quoted(column)}) AS ${quoted(name)}`,
  })
}
