import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { Log } from '../../../src/support/log.ts'
import type { MirrorSink, MirrorTable, MirrorView } from '../ports.ts'
import { loadBatch } from './load-batch.ts'
import { migrateBigQuery } from './migrate.ts'
import { openClient, type ClientOptions } from './open-client.ts'
import { unavailable } from './problems.ts'
import type { Problem } from './problems.ts'
import { firstFields } from './schema.ts'
import { countStatement, keysStatement, sizeStatement } from './statements.ts'
import type { Place } from './statements.ts'
import { createWire } from './wire.ts'
import type { Answer, SelectedRow } from './wire.ts'

export interface BigQuerySinkOptions extends ClientOptions {
  readonly dataset: string
  readonly clock: Clock
  readonly log: Log
  /** How a wait between two tries is waited; by the clock, unless a test knows better. */
  readonly pause?: (ms: number) => Promise<void>
}

const callTimeoutMs = 60_000
const uploadTimeoutMs = 300_000
/** How long a script may take in BigQuery, and how long a call here waits for a job. */
const jobTimeoutMs = 900_000
const waitMs = 300_000
const repeatWarningMs = 60_000

/** A dataset of BigQuery as the mirror. Loads go one after the other. See {@link MirrorSink} for what it promises. */
export async function createBigQuerySink(options: BigQuerySinkOptions): Promise<MirrorSink> {
  const { project, dataset, location, clock, log } = options
  const pause = options.pause ?? ((ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve)))
  const client = await openClient(options)
  const place: Place = { project, dataset, staging: `${dataset}_staging` }
  const wire = createWire({ client, clock, pause, callTimeoutMs, uploadTimeoutMs, jobTimeoutMs, onTrouble: createWarner(clock, log) })

  let known: { readonly tables: readonly MirrorTable[]; readonly views: readonly MirrorView[] } | undefined
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work, work)
    last = next
    return next
  }

  const context = { wire, pause: (ms: number) => wire.pause(ms), waitMs, place, location }
  const remake = async (): Promise<void> => {
    if (known !== undefined) await migrateBigQuery(context, known.tables, known.views)
  }
  const isList = (table: string, column: string): boolean => {
    const columns = known?.tables.find(({ name }) => name === table)?.columns
    const found = columns?.find(({ name }) => name === column)
    // Both names become part of a statement, so they must be ours.
    if (columns === undefined || (found === undefined && !firstFields.some(({ name }) => name === column))) {
      throw new ThroughlineError('INTERNAL', 'The mirror has no such column.')
    }
    return found?.type === 'texts'
  }

  return {
    name: 'bigquery',
    migrate: (tables, views) =>
      inTurn(async () => {
        known = { tables, views }
        await migrateBigQuery(context, tables, views)
      }),
    load: (batch) =>
      inTurn(async () => {
        const tables = new Map((known?.tables ?? []).map((table) => [table.name, table]))
        let isMadeAnew = false
        const onMadeAnew = () => void (isMadeAnew = true)
        const refused = await loadBatch({ ...context, tables, remake, onMadeAnew }, batch)
        return isMadeAnew ? { refused, isMadeAnew } : { refused }
      }),
    async count(table, column, texts) {
      const statement = countStatement(place, table, column, isList(table, column))
      return texts.length === 0 ? 0 : foundIn(await wire.select(statement, { texts }))
    },
    async size(table) {
      isList(table, 'key')
      return foundIn(await wire.select(sizeStatement(place, table)))
    },
    async keys(table, { after = '', limit }) {
      isList(table, 'key')
      const answer = await wire.select(keysStatement(place, table, Math.max(1, Math.floor(limit))), { after })
      return rowsIn(answer).map(({ key, revision }) => ({ key: String(key), revision: Number(revision) }))
    },
    // What BigQuery has accepted it ends by itself; the next start finds it.
    close: async () => wire.giveUp(),
  }
}

function rowsIn(answer: Answer<readonly SelectedRow[]>): readonly SelectedRow[] {
  if (answer.ok) return answer.value
  throw unavailable(answer.problem)
}

const foundIn = (answer: Answer<readonly SelectedRow[]>): number => Number(rowsIn(answer)[0]?.['found'])

/** Says what BigQuery refuses for now, each reason once a minute at most. */
function createWarner(clock: Clock, log: Log): (problem: Problem) => void {
  const saidAtMs = new Map<string, number>()
  return ({ reason }) => {
    const nowMs = clock.monotonicMs()
    if (nowMs - (saidAtMs.get(reason) ?? Number.NEGATIVE_INFINITY) < repeatWarningMs) return
    saidAtMs.set(reason, nowMs)
    log.warn('mirror_bigquery_waits', { reason })
  }
}
