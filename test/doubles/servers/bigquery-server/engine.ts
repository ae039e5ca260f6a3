import { DuckDBInstance } from '@duckdb/node-api'
import type { DuckDBConnection } from '@duckdb/node-api'
import { statementsOf, toDuckDb } from './dialect.ts'
import type { Spoken } from './dialect.ts'
import { columnOf, sqlType } from './field.ts'
import type { Field } from './field.ts'
import type { Row } from './read-lines.ts'
import { invalidQuery, notFound, Refusal } from './refusal.ts'

export interface QueryAnswer {
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly rows: readonly (readonly unknown[])[]
}

/** DuckDB in memory, which runs the statements for real. A dataset is a schema of it. */
export interface Engine {
  run(sql: string): Promise<void>
  /** Puts rows in place of all that a table has, in one step. */
  replace(dataset: string, table: string, fields: readonly Field[], rows: readonly Row[]): Promise<void>
  /** A script in GoogleSQL; when one of its statements fails, nothing of it stays. */
  script(script: string, spoken: Spoken): Promise<void>
  query(statement: string, spoken: Spoken): Promise<QueryAnswer>
  close(): void
}

const queryTypes: Readonly<Record<string, string>> = {
  BIGINT: 'INTEGER',
  INTEGER: 'INTEGER',
  HUGEINT: 'INTEGER',
  BOOLEAN: 'BOOLEAN',
  DOUBLE: 'FLOAT',
}

/** What DuckDB says, in BigQuery's words. */
function refusalOf(thrown: unknown): Refusal {
  if (thrown instanceof Refusal) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  if (/conflict/i.test(message)) {
    return invalidQuery('Transaction is aborted due to concurrent update against table. Transaction ID: 64d1.')
  }
  if (/(Table|schema|View) .* does not exist|does not exist because schema/i.test(message)) {
    return notFound(`Table ${/"([^"]+)"|name (\S+)/.exec(message)?.[0] ?? ''} was not found in location`)
  }
  return invalidQuery(message.split('\n')[0] ?? message)
}

export async function createEngine(): Promise<Engine> {
  const instance = await DuckDBInstance.create(':memory:')

  async function connected<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = await instance.connect()
    try {
      return await work(connection)
    } catch (thrown) {
      throw refusalOf(thrown)
    } finally {
      connection.closeSync()
    }
  }

  const inTransaction = (work: (connection: DuckDBConnection) => Promise<void>): Promise<void> =>
    connected(async (connection) => {
      try {
        await work(connection)
      } catch (thrown) {
        await connection.run('ROLLBACK').catch(() => {})
        throw thrown
      }
    })

  return {
    run: (sql) => connected(async (connection) => void (await connection.run(sql))),
    replace: (dataset, table, fields, rows) =>
      inTransaction(async (connection) => {
        const name = `"${dataset}"."${table}"`
        await connection.run('BEGIN TRANSACTION')
        await connection.run(`CREATE OR REPLACE TABLE ${name} (${fields.map(columnOf).join(', ')})`)
        const shape = JSON.stringify([
          Object.fromEntries(
            fields.map((field) => [field.name, field.mode === 'REPEATED' ? [sqlType(field).slice(0, -2)] : sqlType(field)]),
          ),
        ])
        const picked = fields.map(({ name: field, mode }) => (mode === 'REPEATED' ? `coalesce(r."${field}", [])` : `r."${field}"`))
        const source = `SELECT unnest(from_json($1::JSON, '${shape}')) AS r`
        if (rows.length > 0) {
          await connection.run(`INSERT INTO ${name} SELECT ${picked.join(', ')} FROM (${source})`, [JSON.stringify(rows)])
        }
        await connection.run('COMMIT')
      }),
    script: (script, spoken) =>
      inTransaction(async (connection) => {
        for (const statement of statementsOf(script)) await connection.run(toDuckDb(statement, spoken))
      }),
    query: (statement, spoken) =>
      connected(async (connection) => {
        const reader = await connection.runAndReadAll(toDuckDb(statement, spoken))
        const typesOf = reader.columnTypes().map((type) => queryTypes[String(type)] ?? 'STRING')
        return { columns: reader.columnNames().map((name, at) => ({ name, type: typesOf[at] ?? 'STRING' })), rows: reader.getRowsJson() }
      }),
    close: () => instance.closeSync(),
  }
}
