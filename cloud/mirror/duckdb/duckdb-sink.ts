import type { DuckDBConnection } from '@duckdb/node-api'
import type { Clock } from '../../../src/support/clock.ts'
import { misfitOf } from '../check-row.ts'
import type { MirrorRow, MirrorSink, MirrorTable, RefusedRow } from '../ports.ts'
import { mirrorUnavailable, openDatabase, type OpenDatabase } from './open-database.ts'
import { deletions, deletionsStatement, loadStatements, quoted, rowsJson, tableStatements, viewStatement } from './statements.ts'

export interface DuckdbSinkDeps {
  readonly path: string
  readonly clock: Clock
  /** How long the file stays open after the last call; then other processes may have it. 0: after each call. */
  readonly idleMs?: number
}

/** Deletions are remembered longer than any change can still be on its way. */
const deletionsKept = "INTERVAL '30 days'"

/**
 * The mirror as one DuckDB file. It is opened for a call and closed when nothing was asked for a while, so that `throughline query`
 * finds it free; calls take turns, and each load is one transaction.
 */
export function createDuckdbSink({ path, clock, idleMs = 2_000 }: DuckdbSinkDeps): MirrorSink {
  let tables: ReadonlyMap<string, MirrorTable> = new Map()
  let open: OpenDatabase | undefined
  let isClosed = false
  let stopIdle = () => {}
  let lane: Promise<unknown> = Promise.resolve()

  const leave = () => {
    open?.close()
    open = undefined
  }

  const withDatabase = <T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> => {
    const turn = async () => {
      if (isClosed) throw mirrorUnavailable()
      stopIdle()
      try {
        open ??= await openDatabase(path, { isReadOnly: false })
        return await work(open.connection)
      } catch (cause) {
        // Whatever it was in the middle of is rolled back by the closing.
        leave()
        throw cause instanceof TypeError ? cause : mirrorUnavailable(cause)
      } finally {
        if (idleMs === 0) leave()
        else stopIdle = clock.after(idleMs, () => void (lane = lane.then(leave, leave)))
      }
    }
    const mine = lane.then(turn, turn)
    lane = mine.catch(() => undefined)
    return mine
  }

  const atOnce = async <T>(connection: DuckDBConnection, work: () => Promise<T>): Promise<T> => {
    await connection.run('BEGIN TRANSACTION')
    try {
      const answer = await work()
      await connection.run('COMMIT')
      return answer
    } catch (cause) {
      await connection.run('ROLLBACK').catch(() => undefined)
      throw cause
    }
  }

  const loadRows = async (connection: DuckDBConnection, rows: readonly MirrorRow[]) => {
    for (const [name, ofTable] of grouped(rows)) {
      const table = tables.get(name)
      if (table === undefined) continue
      const [staging, ...rest] = loadStatements(table)
      await connection.run(staging, [rowsJson(table, newest(ofTable))])
      for (const statement of rest) await connection.run(statement)
    }
  }

  /** What the engine will not take although it looked right is found by halves; all others are in. */
  const loadSafely = async (connection: DuckDBConnection, rows: readonly MirrorRow[]): Promise<RefusedRow[]> => {
    if (rows.length === 0) return []
    try {
      await atOnce(connection, () => loadRows(connection, rows))
      return []
    } catch (cause) {
      if (!(cause instanceof Error) || !badContent.test(cause.message)) throw cause
      const [only] = rows
      if (rows.length === 1 && only !== undefined) return [{ table: only.table, key: only.key, revision: only.revision, reason: 'engine' }]
      const middle = Math.ceil(rows.length / 2)
      return [...(await loadSafely(connection, rows.slice(0, middle))), ...(await loadSafely(connection, rows.slice(middle)))]
    }
  }

  const ask = async (connection: DuckDBConnection, statement: string, values: string[] = []) =>
    (await connection.runAndReadAll(statement, values)).getRowsJson()
  const countOf = (rows: readonly (readonly unknown[])[]) => Number(rows[0]?.[0] ?? 0)
  const known = (name: string): MirrorTable => {
    const table = tables.get(name)
    if (table === undefined) throw new TypeError(`the mirror has no table ${name}`)
    return table
  }

  return {
    name: 'duckdb',

    migrate: (wanted, views) =>
      withDatabase(async (connection) => {
        await atOnce(connection, async () => {
          await connection.run(deletionsStatement)
          await connection.run(
            `DELETE FROM ${deletions} WHERE deleted_at < make_timestamp(${Math.round(clock.nowMs())}::BIGINT * 1000) - ${deletionsKept}`,
          )
          for (const table of wanted) for (const statement of tableStatements(table)) await connection.run(statement)
          for (const view of views) await connection.run(viewStatement(view))
        })
        tables = new Map(wanted.map((table) => [table.name, table]))
      }),

    load: ({ rows }) =>
      withDatabase(async (connection) => {
        const refused: RefusedRow[] = []
        const good: MirrorRow[] = []
        for (const row of rows) {
          const reason = misfitOf(row, tables.get(row.table))
          if (reason === undefined) good.push(row)
          else refused.push({ table: row.table, key: row.key, revision: row.revision, reason })
        }
        refused.push(...(await loadSafely(connection, good)))
        return { refused }
      }),

    count: (name, column, texts) =>
      withDatabase(async (connection) => {
        const type = known(name).columns.find((each) => each.name === column)?.type
        if (type === undefined) throw new TypeError(`the table ${name} has no column ${column}`)
        if (texts.length === 0) return 0
        const wanted = `from_json($1::JSON, '["VARCHAR"]')`
        const cell = quoted(column)
        const condition = type === 'texts' ? `list_has_any(${cell}, ${wanted})` : `list_contains(${wanted}, ${cell})`
        return countOf(await ask(connection, `SELECT count(*) FROM ${quoted(name)} WHERE ${condition}`, [JSON.stringify(texts)]))
      }),

    size: (name) => withDatabase(async (connection) => countOf(await ask(connection, `SELECT count(*) FROM ${quoted(known(name).name)}`))),

    keys: (name, { after = '', limit }) =>
      withDatabase(async (connection) => {
        const rows = await ask(
          connection,
          `SELECT key, revision FROM ${quoted(known(name).name)} WHERE key > $1 ORDER BY key LIMIT ${Math.max(1, Math.floor(limit))}`,
          [after],
        )
        return rows.map(([key, revision]) => ({ key: typeof key === 'string' ? key : '', revision: Number(revision) }))
      }),

    async close() {
      stopIdle()
      isClosed = true
      await lane
      leave()
    },
  }
}

/** What the engine says of values that do not fit; everything else may be different the next time. */
const badContent = /^(Conversion|Out of Range|Constraint|Invalid Input|Mismatch Type) Error/

/** Rows by table, in their order. */
function grouped(rows: readonly MirrorRow[]): Map<string, MirrorRow[]> {
  const byTable = new Map<string, MirrorRow[]>()
  for (const row of rows) {
    const known = byTable.get(row.table)
    if (known === undefined) byTable.set(row.table, [row])
    else known.push(row)
  }
  return byTable
}

/** Of rows with one key the one with the greatest revision. */
function newest(rows: readonly MirrorRow[]): MirrorRow[] {
  const byKey = new Map<string, MirrorRow>()
  for (const row of rows) if ((byKey.get(row.key)?.revision ?? -1) <= row.revision) byKey.set(row.key, row)
  return [...byKey.values()]
}
