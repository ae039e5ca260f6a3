import { existsSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import { openDatabase, type OpenDatabase } from './open-database.ts'

/** What a question was answered: cells as JSON has them, whole numbers beyond its exact ones as texts. */
export interface QueryAnswer {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly unknown[])[]
}

const refuse = (sentence: string) => new ThroughlineError('QUERY_REFUSED', sentence)
const reads = /^(?:select|with|from|values|show|describe|summarize)\b/i
const waitMs = 20_000

/**
 * Asks the embedded mirror one question, only reading: the file is opened read-only, no other file and no network is reached.
 * Waits up to twenty seconds while a running cloud has the file. Throws QUERY_REFUSED with what is wrong in the statement, and
 * MIRROR_UNAVAILABLE.
 */
export async function queryDuckdb(path: string, statement: string, clock: Clock): Promise<QueryAnswer> {
  const bare = statement.replace(/^(?:\s|;|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/, '')
  if (bare === '') throw refuse('Say what to ask, as: throughline query "select * from nodes_by_os".')
  if (!reads.test(bare)) throw refuse('The mirror only answers questions: one SELECT, WITH, SHOW or DESCRIBE.')
  if (!existsSync(path))
    throw new ThroughlineError('MIRROR_UNAVAILABLE', 'Nothing is mirrored yet; the first rows come within a minute of a start.')
  const database = await openWhenFree(path, clock)
  try {
    return await ask(database, bare)
  } finally {
    database.close()
  }
}

const busy = 'The mirror is being written; ask again in a moment.'
const damaged =
  'The file of the mirror is damaged. Remove mirror.duckdb from the data folder: the running cloud makes it again from its own data, within a quarter of an hour.'
const isNoDatabase = (thrown: unknown): boolean =>
  thrown instanceof Error && thrown.cause instanceof Error && thrown.cause.message.includes('not a valid DuckDB database file')

async function openWhenFree(path: string, clock: Clock): Promise<OpenDatabase> {
  const untilMs = clock.monotonicMs() + waitMs
  for (;;) {
    try {
      return await openDatabase(path, { isReadOnly: true })
    } catch (cause) {
      if (clock.monotonicMs() >= untilMs) throw new ThroughlineError('MIRROR_UNAVAILABLE', isNoDatabase(cause) ? damaged : busy, { cause })
      await pause(200)
    }
  }
}

async function ask({ connection }: OpenDatabase, statement: string): Promise<QueryAnswer> {
  const { StatementType } = await import('@duckdb/node-api')
  try {
    const statements = await connection.extractStatements(statement)
    if (statements.count !== 1) throw refuse('Ask one question at a time.')
    const prepared = await statements.prepare(0)
    const { statementType } = prepared
    if (statementType !== StatementType.SELECT) throw refuse('The mirror only answers questions: one SELECT, WITH, SHOW or DESCRIBE.')
    const reader = await prepared.runAndReadAll()
    return { columns: reader.columnNames(), rows: reader.getRowsJson() }
  } catch (cause) {
    if (cause instanceof ThroughlineError) throw cause
    // The engine speaks of the statement of the very person who reads it.
    throw refuse(cause instanceof Error ? firstLines(cause.message) : 'The statement cannot be answered.')
  }
}

const firstLines = (message: string): string =>
  message
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, 4)
    .join('\n')
