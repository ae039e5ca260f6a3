import { randomUUID } from 'node:crypto'
import type { Clock } from '../../../src/support/clock.ts'
import { openClient, type ClientOptions } from './open-client.ts'
import { stillBusy, unavailable } from './problems.ts'
import { rowsStatement } from './statements.ts'
import { createWire, type Answer, type SelectedRow } from './wire.ts'

export interface BigQueryReaderOptions extends ClientOptions {
  readonly dataset: string
  readonly clock: Clock
  /** How a wait between two tries is waited; by the clock, unless a test knows better. */
  readonly pause?: (ms: number) => Promise<void>
  /** How many rows come with one answer. */
  readonly pageRows?: number
}

/** Reads what lies in BigQuery, for proofs; it makes and changes no table. Throws MIRROR_UNAVAILABLE. */
export interface BigQueryReader {
  /** Every row of a table of the mirror; none where there is no such table yet. */
  rows(table: string): AsyncGenerator<SelectedRow>
  /** Every row of every table there is, those on their way into the mirror too. */
  everyRow(): AsyncGenerator<SelectedRow>
  close(): void
}

const callTimeoutMs = 60_000
const jobTimeoutMs = 900_000
const pageRowsDefault = 5_000
const lookAgainMs = 1_000

/** A reader of a dataset and of what is on its way into it. A table is asked by one query job, and read page by page. */
export async function createBigQueryReader(options: BigQueryReaderOptions): Promise<BigQueryReader> {
  const { project, dataset, clock, pageRows = pageRowsDefault } = options
  const pause = options.pause ?? ((ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve)))
  const client = await openClient(options)
  const timeouts = { callTimeoutMs, uploadTimeoutMs: callTimeoutMs, jobTimeoutMs }
  const wire = createWire({ client, clock, pause, ...timeouts, onTrouble: () => {} })

  async function* read(place: string, table: string): AsyncGenerator<SelectedRow> {
    const jobId = `throughline_read_${randomUUID()}`
    const started = await wire.startScript(jobId, rowsStatement(project, place, table))
    // An answer that was lost on its way left the job behind.
    if (!started.ok && started.problem.kind !== 'duplicate') throw unavailable(started.problem)
    let waitedMs = 0
    for (let from: string | undefined; ;) {
      const answer = await wire.results(jobId, { maxRows: pageRows, ...(from === undefined ? {} : { from }) })
      // A table that went meanwhile, as what is on its way does.
      if (!answer.ok && answer.problem.kind === 'gone') return
      const { isDone, rows, next } = valueOf(answer)
      if (!isDone) {
        if (waitedMs >= jobTimeoutMs) throw unavailable(stillBusy)
        await wire.pause(lookAgainMs)
        waitedMs += lookAgainMs
        continue
      }
      yield* rows
      if (next === undefined) return
      from = next
    }
  }

  return {
    rows: (table) => read(dataset, table),
    async *everyRow() {
      for (const place of [dataset, `${dataset}_staging`]) {
        const tables = await wire.tables(place)
        if (!tables.ok && tables.problem.kind === 'gone') continue
        for (const table of valueOf(tables)) yield* read(place, table)
      }
    },
    close: () => wire.giveUp(),
  }
}

function valueOf<T>(answer: Answer<T>): T {
  if (answer.ok) return answer.value
  throw unavailable(answer.problem)
}
