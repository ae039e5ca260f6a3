import { invalidQuery } from './refusal.ts'

/** Words that GoogleSQL keeps for itself: as a bare name it refuses them, though DuckDB may not. */
const reserved = new Set(
  `all and any array as asc assert_rows_modified at between by case cast collate contains create cross cube current default define desc
  distinct else end enum escape except exclude exists extract false fetch following for from full group grouping groups hash having if
  ignore in inner intersect interval into is join lateral left like limit lookup merge natural new no not null nulls of on or order outer
  over partition preceding proto qualify range recursive respect right rollup rows select set some struct tablesample then to treat true
  unbounded union unnest using when where window with within`.split(/\s+/),
)

const types: Readonly<Record<string, string>> = { STRING: 'VARCHAR', INT64: 'BIGINT', FLOAT64: 'DOUBLE', BOOL: 'BOOLEAN' }
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

export interface Spoken {
  readonly project: string
  readonly nowMs: number
  readonly params?: Readonly<Record<string, string | readonly string[]>>
}

/**
 * A statement of GoogleSQL as DuckDB takes it, for the part of the language that the mirror uses. What DuckDB alone would take is
 * refused as BigQuery refuses it.
 */
export function toDuckDb(statement: string, { project, nowMs, params = {} }: Spoken): string {
  // Texts in quotes stay as they are; every second piece is one.
  return statement
    .split(/('(?:[^'\\]|\\.)*')/)
    .map((piece, at) => (at % 2 === 1 ? literal(piece.slice(1, -1).replaceAll(/\\(.)/g, '$1')) : outsideQuotes(piece)))
    .join('')

  function outsideQuotes(piece: string): string {
    const foreign = /::|"|\bILIKE\b|\bVARCHAR\b|\bBIGINT\b|\bepoch_ms\b|\bdate_diff\b|\blist_\w+|\bstrftime\b/i.exec(piece)
    if (foreign !== null) throw invalidQuery(`Syntax error: Unexpected ${JSON.stringify(foreign[0])}`)
    const bare = /\bAS\s+([a-z_]\w*)/gi
    for (const [, name = ''] of piece.matchAll(bare)) {
      if (reserved.has(name.toLowerCase()) && name.toUpperCase() !== 'SELECT' && name.toUpperCase() !== 'STRUCT') {
        throw invalidQuery(`Syntax error: Unexpected keyword ${name.toUpperCase()}`)
      }
    }
    return piece
      .replaceAll(/`([^`]*)`/g, (_, inner: string) => nameOf(inner))
      .replaceAll(/\bCURRENT_TIMESTAMP\b(\(\))?/gi, `make_timestamp(${nowMs * 1_000})`)
      .replaceAll(/@(\w+)/g, (_, name: string) => parameter(name))
      .replaceAll(/\b(FROM|JOIN) UNNEST\(([^()]*)\) AS ("?)(\w+)\3/gi, '$1 UNNEST($2) AS unnested_$4("$4")')
      .replaceAll(/\bIN UNNEST\(((?:[^()']|'(?:[^']|'')*')*)\)/gi, 'IN (SELECT unnest($1))')
      .replaceAll(/\b(STRING|INT64|FLOAT64|BOOL)\b/g, (name) => types[name] ?? name)
  }

  function parameter(name: string): string {
    const value = params[name]
    if (value === undefined) throw invalidQuery(`Query parameter '${name}' not found`)
    return typeof value === 'string' ? literal(value) : `[${value.map(literal).join(', ')}]::VARCHAR[]`
  }

  function nameOf(inner: string): string {
    const parts = inner.split('.')
    if (parts.length === 1) return `"${inner}"`
    if (parts.length !== 3) throw invalidQuery(`Table "${inner}" must be qualified with a dataset (e.g. dataset.table).`)
    if (parts[0] !== project)
      throw invalidQuery(`Access Denied: Project ${parts[0] ?? ''}: User does not have bigquery.jobs.create permission`)
    return `"${parts[1] ?? ''}"."${parts[2] ?? ''}"`
  }
}

/** The statements of a script. */
export function statementsOf(script: string): readonly string[] {
  return script
    .split(/;\s*(?:\n|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
}
