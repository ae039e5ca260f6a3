import type { BigQuery, JobLoadMetadata, JobMetadata } from '@google-cloud/bigquery'
import type { Clock } from '../../../src/support/clock.ts'
import { problemOfThrown, unavailable, UnansweredError } from './problems.ts'
import type { ErrorProto, Problem } from './problems.ts'
import type { SchemaField } from './schema.ts'

/** What we look at of a table. */
export interface TableFacts {
  /** Another one after the table was made anew. */
  readonly stamp: string
  readonly type: string
  readonly fields: readonly SchemaField[]
  readonly viewStatement: string | undefined
}

export interface DatasetFacts {
  readonly location: string
  readonly stamp: string
  readonly timeTravelHours: string | undefined
}

/** What we look at of a job. */
export interface JobFacts {
  readonly isDone: boolean
  /** Why it failed; undefined while it runs and when it went well. */
  readonly failure: ErrorProto | undefined
  readonly errors: readonly ErrorProto[]
}

/** What a call came to: its answer, or a problem that the caller knows how to go on from. Everything else is thrown. */
export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem }

/** A part of what a statement found; no rows and no page that follows while its job is at work. */
export interface ResultsPage {
  readonly isDone: boolean
  readonly rows: readonly SelectedRow[]
  readonly next: string | undefined
}

/** The calls of BigQuery that the mirror makes. Each may be made again. Throws MIRROR_UNAVAILABLE after some tries. */
export interface Wire {
  dataset(id: string): Promise<Answer<DatasetFacts>>
  makeDataset(id: string, body: Readonly<Record<string, unknown>>): Promise<Answer<void>>
  changeDataset(id: string, body: Readonly<Record<string, unknown>>): Promise<Answer<void>>
  table(dataset: string, id: string): Promise<Answer<TableFacts>>
  makeTable(dataset: string, id: string, body: Readonly<Record<string, unknown>>): Promise<Answer<void>>
  changeTable(dataset: string, id: string, body: Readonly<Record<string, unknown>>): Promise<Answer<void>>
  dropTable(dataset: string, id: string): Promise<Answer<void>>
  /** The names of the tables of a dataset; views are none. */
  tables(dataset: string): Promise<Answer<readonly string[]>>
  /** Starts a job that loads lines into a table made for them, which it empties before. */
  startLoad(jobId: string, dataset: string, table: string, fields: readonly SchemaField[], lines: string): Promise<Answer<JobFacts>>
  startScript(jobId: string, script: string): Promise<Answer<JobFacts>>
  job(jobId: string): Promise<Answer<JobFacts>>
  /** A page of what the statement of a job found, once the job is done; `next` names the page that follows. Waits a little for it. */
  results(jobId: string, page: { readonly maxRows: number; readonly from?: string }): Promise<Answer<ResultsPage>>
  /** A pause that ends with the wire. */
  pause(ms: number): Promise<void>
  /** Lets every call that waits end with MIRROR_UNAVAILABLE, and all that come. */
  giveUp(): void
  /** The rows that a statement finds; its parameters by name. */
  select(statement: string, params?: Readonly<Record<string, string | readonly string[]>>): Promise<Answer<readonly SelectedRow[]>>
}

export type SelectedRow = Readonly<Record<string, unknown>>

export interface WireOptions {
  readonly client: BigQuery
  readonly clock: Clock
  readonly pause: (ms: number) => Promise<void>
  readonly callTimeoutMs: number
  readonly uploadTimeoutMs: number
  readonly jobTimeoutMs: number
  /** Told of each try that failed for now. */
  readonly onTrouble: (problem: Problem) => void
}

/** Pauses between tries of one call. The drain comes back later, so a call is not held for long. */
const pausesMs = [500, 2_000]

const jobFacts = ({ status }: JobMetadata): JobFacts => {
  const { state, errorResult, errors } = status ?? {}
  const protos = errors ?? []
  return { isDone: state === 'DONE', failure: errorResult ?? undefined, errors: protos }
}

/** Calls over the client of Google, each bounded in time (the client's own bound does nothing) and tried a few times. */
export function createWire(options: WireOptions): Wire {
  const { client, clock, pause, callTimeoutMs, uploadTimeoutMs, jobTimeoutMs, onTrouble } = options

  let isOver = false
  const waiting = new Set<(cause: Error) => void>()

  /** One wait, which ends with what is waited for, with the time or with the wire. */
  function bounded<T>(call: Promise<T>, ms?: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const giveUp = (cause: Error) => {
        settled()
        reject(cause)
      }
      const cancel = ms === undefined ? () => {} : clock.after(ms, () => giveUp(new UnansweredError('no answer in time')))
      const settled = () => {
        cancel()
        waiting.delete(giveUp)
      }
      waiting.add(giveUp)
      call.then(resolve, reject).then(settled, settled)
    })
  }

  async function ask<T>(call: () => Promise<T>, timeoutMs = callTimeoutMs): Promise<Answer<T>> {
    for (let tries = 0; ; tries++) {
      if (isOver) throw over()
      try {
        return { ok: true, value: await bounded(call(), timeoutMs) }
      } catch (thrown) {
        if (isOver) throw over()
        const problem = problemOfThrown(thrown)
        if (problem.kind !== 'later') return { ok: false, problem }
        onTrouble(problem)
        const waitMs = pausesMs[tries]
        if (waitMs === undefined || problem.reason === 'noCredentials' || problem.reason === 'accessDenied') throw unavailable(problem)
        await bounded(pause(waitMs))
      }
    }
  }

  const done = async (call: Promise<unknown>): Promise<void> => void (await call)

  return {
    pause: (ms) => (isOver ? Promise.reject(over()) : bounded(pause(ms))),
    giveUp() {
      isOver = true
      for (const end of waiting) end(over())
    },
    dataset: (id) =>
      ask(async () => {
        const metadata = (await client.dataset(id).getMetadata())[0] as Readonly<Record<string, string | undefined>>
        return {
          location: String(metadata['location']),
          stamp: String(metadata['creationTime']),
          timeTravelHours: metadata['maxTimeTravelHours'],
        }
      }),
    makeDataset: (id, body) => ask(() => done(client.createDataset(id, body))),
    changeDataset: (id, body) => ask(() => done(client.dataset(id).setMetadata(body))),
    table: (dataset, id) =>
      ask(async () => {
        const [metadata] = await client.dataset(dataset).table(id).getMetadata()
        const { creationTime, type, schema, view } = metadata
        return {
          stamp: String(creationTime),
          type: type ?? 'TABLE',
          fields: (schema as { fields?: readonly SchemaField[] } | undefined)?.fields ?? [],
          viewStatement: (view as { query?: string } | undefined)?.query,
        }
      }),
    makeTable: (dataset, id, body) => ask(() => done(client.dataset(dataset).createTable(id, body))),
    changeTable: (dataset, id, body) => ask(() => done(client.dataset(dataset).table(id).setMetadata(body))),
    dropTable: (dataset, id) => ask(() => done(client.dataset(dataset).table(id).delete())),
    tables: (dataset) =>
      ask(async () => {
        const [tables] = await client.dataset(dataset).getTables()
        return tables.flatMap(({ id, metadata }) => (id === undefined || metadata.type !== 'TABLE' ? [] : [id]))
      }),
    startLoad: (jobId, dataset, table, fields, lines) => ask(() => upload(client, jobId, dataset, table, fields, lines), uploadTimeoutMs),
    startScript: (jobId, script) =>
      ask(async () => {
        const query = { query: script, useLegacySql: false }
        return await jobOf(client.createJob({ jobId, configuration: { query, jobTimeoutMs: String(jobTimeoutMs) } }))
      }),
    job: (jobId) => ask(async () => jobFacts((await client.job(jobId, placeOf(client)).getMetadata())[0] as JobMetadata)),
    results: (jobId, { maxRows, from }) =>
      ask(async () => {
        const page = { maxResults: maxRows, autoPaginate: false, wrapIntegers: true, ...(from === undefined ? {} : { pageToken: from }) }
        const [rows, , answer] = await client.job(jobId, placeOf(client)).getQueryResults(page)
        const isDone = answer?.jobComplete !== false
        return { isDone, rows: rows as readonly SelectedRow[], next: answer?.pageToken ?? undefined }
      }),
    select: (query, params = {}) =>
      ask(async () => {
        const types = Object.fromEntries(
          Object.entries(params).map(([name, value]) => [name, typeof value === 'string' ? 'STRING' : ['STRING']]),
        )
        const [rows] = await client.query({ query, useQueryCache: false, params: { ...params }, types })
        return rows as readonly SelectedRow[]
      }, jobTimeoutMs),
  }
}

const over = () => unavailable({ reason: 'closed', sentence: 'The mirror ends; what is not in it yet comes in after the next start.' })

const placeOf = ({ location }: BigQuery) => (location === undefined ? {} : { location })

/** A job that failed at once is thrown by the client, without a status of the call; it is a job all the same, and is looked at as one. */
async function jobOf(call: Promise<[unknown, JobMetadata]>): Promise<JobFacts> {
  try {
    return jobFacts((await call)[1])
  } catch (thrown) {
    const { code, errors } = Object(thrown) as { code?: unknown; errors?: readonly ErrorProto[] }
    if (code !== undefined || errors?.[0] === undefined) throw thrown
    return { isDone: true, failure: errors[0], errors }
  }
}

function upload(
  client: BigQuery,
  jobId: string,
  dataset: string,
  table: string,
  fields: readonly SchemaField[],
  lines: string,
): Promise<JobFacts> {
  const load: JobLoadMetadata = {
    jobId,
    sourceFormat: 'NEWLINE_DELIMITED_JSON',
    schema: { fields: fields.map((field) => ({ ...field })) },
    createDisposition: 'CREATE_IF_NEEDED',
    writeDisposition: 'WRITE_TRUNCATE',
    maxBadRecords: 0,
    ignoreUnknownValues: false,
  }
  return new Promise((resolve, reject) => {
    const stream = client.dataset(dataset, placeOf(client)).table(table, placeOf(client)).createWriteStream_(load)
    stream.on('error', reject)
    stream.on('job', (job: { metadata?: JobMetadata } | null) => {
      // An answer without a job is one that was cut or came from something in between.
      if (job?.metadata === undefined) reject(new Error('no job was answered'))
      else resolve(jobFacts(job.metadata))
    })
    stream.end(lines)
  })
}
