import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createCatalog } from './catalog.ts'
import type { Body, Catalog } from './catalog.ts'
import { createEngine } from './engine.ts'
import type { QueryAnswer } from './engine.ts'
import { createJobs } from './jobs.ts'
import type { Jobs } from './jobs.ts'
import type { Row } from './read-lines.ts'
import { bodyOf, invalid, notFound, Refusal } from './refusal.ts'

/** One call, as a test that plans faults sees it. */
export interface Call {
  readonly number: number
  /** What it does, such as `jobs.insert`; a load's is `jobs.upload`. */
  readonly what: string
}

/** What goes wrong with a call: before it had its effect or after. */
export type Fault =
  | {
      readonly is: 'refused'
      readonly status: number
      readonly reason: string
      readonly message?: string
      readonly when: 'before' | 'after'
    }
  | { readonly is: 'cut' | 'hang'; readonly when: 'before' | 'after' }
  /** A proxy's page instead of an answer. */
  | { readonly is: 'foreign'; readonly when: 'before' | 'after' }
  /** The job is taken and then fails without an effect. */
  | { readonly is: 'job-fails'; readonly reason: string; readonly message?: string }

export interface BigQueryServer {
  readonly endpoint: string
  readonly project: string
  readonly catalog: Catalog
  readonly jobs: Jobs
  /** Every call that came, in order. */
  readonly calls: readonly Call[]
  /** Decides about each call; set by a test. */
  onCall: (call: Call) => Fault | undefined
  /** Told when a call is left without an answer. */
  onHang: () => void
  isPoison: (row: Row) => boolean
  namesPositions: boolean
  /** How many calls find a job at work before it is done. */
  lag: number
  /** How many rows fit into one answer. */
  pageRows: number
  /** What a statement of GoogleSQL finds. */
  query(statement: string): Promise<QueryAnswer>
  stop(): Promise<void>
}

interface Question {
  readonly what: string
  answer(body: Body, media: string | undefined, fault: Fault | undefined): Promise<unknown>
}

/**
 * The part of BigQuery's REST API that Google's client uses for the mirror, on the loopback and a free port. Statements run for
 * real, in DuckDB; refusals have BigQuery's own form.
 */
export async function startBigQuery({
  project = 'test-project',
  location = 'EU',
  nowMs = Date.now,
}: { readonly project?: string; readonly location?: string; readonly nowMs?: () => number } = {}): Promise<BigQueryServer> {
  const engine = await createEngine()
  const catalog = createCatalog(engine, project, nowMs)
  const calls: Call[] = []
  const jobs = createJobs(engine, catalog, project, location, {
    isPoison: (row) => server.isPoison(row),
    namesPositions: () => server.namesPositions,
    lag: () => server.lag,
    nowMs,
  })
  const http = createServer((request, response) => {
    request.on('error', () => response.destroy())
    handle(request, response).catch(() => response.destroy())
  })

  function questionOf(method: string, url: URL): Question {
    const path = url.pathname
    const base = `/bigquery/v2/projects/${project}`
    if (path === `/upload${base}/jobs` && method === 'POST') {
      if (url.searchParams.get('uploadType') !== 'multipart') throw invalid('Only multipart uploads are known here.')
      return { what: 'jobs.upload', answer: async (body, media, fault) => jobs.insert(body, media, failureOf(fault)) }
    }
    if (!path.startsWith(base)) throw notFound('Project')
    const parts = path
      .slice(base.length + 1)
      .split('/')
      .map(decodeURIComponent)
    const [kind, id = '', below, table = ''] = parts
    const key = `${method} ${kind ?? ''}${id === '' ? '' : '/:id'}${below === undefined ? '' : `/${below}`}${table === '' ? '' : '/:id'}`
    const place = url.searchParams.get('location') ?? undefined
    const known: Readonly<Record<string, Question>> = {
      'POST datasets': { what: 'datasets.insert', answer: (body) => catalog.makeDataset(body) },
      'GET datasets/:id': { what: 'datasets.get', answer: async () => catalog.dataset(id) },
      'PATCH datasets/:id': { what: 'datasets.patch', answer: async (body) => catalog.changeDataset(id, body) },
      'POST datasets/:id/tables': { what: 'tables.insert', answer: (body) => catalog.makeTable(id, body) },
      'GET datasets/:id/tables': { what: 'tables.list', answer: async () => catalog.listTables(id, pageIn(url.searchParams, 50)) },
      'GET datasets/:id/tables/:id': { what: 'tables.get', answer: async () => catalog.table(id, table) },
      'PATCH datasets/:id/tables/:id': { what: 'tables.patch', answer: (body) => catalog.changeTable(id, table, body) },
      'DELETE datasets/:id/tables/:id': { what: 'tables.delete', answer: () => catalog.dropTable(id, table) },
      'POST jobs': { what: 'jobs.insert', answer: async (body, _, fault) => jobs.insert(body, undefined, failureOf(fault)) },
      'GET jobs/:id': { what: 'jobs.get', answer: () => jobs.get(id, place) },
      'GET queries/:id': { what: 'jobs.getQueryResults', answer: () => answerResults(id, place, url.searchParams) },
      'POST queries': { what: 'jobs.query', answer: (body) => answerQuery(body) },
    }
    const found = known[key]
    if (found === undefined) throw notFound(`${method} ${path}`)
    return found
  }

  /** One page of what a query job found, as many rows as asked and no more than fit. */
  async function answerResults(jobId: string, place: string | undefined, search: URLSearchParams): Promise<unknown> {
    const job = (await jobs.get(jobId, place)) as { status: { state: string; errorResult?: { reason: string; message: string } } }
    const { state, errorResult } = job.status
    if (errorResult !== undefined) throw new Refusal(400, errorResult.reason, errorResult.message)
    const head = { kind: 'bigquery#getQueryResultsResponse', jobReference: { projectId: project, jobId, location } }
    if (state !== 'DONE') return { ...head, jobComplete: false }
    const { columns, rows } = jobs.found(jobId)
    const { from, limit } = pageIn(search, server.pageRows)
    const to = from + Math.min(limit, server.pageRows)
    return {
      ...head,
      jobComplete: true,
      ...tableOf({ columns, rows: rows.slice(from, to) }),
      totalRows: String(rows.length),
      ...(to < rows.length ? { pageToken: `from-${to}` } : {}),
    }
  }

  async function answerQuery(body: Body): Promise<unknown> {
    if (typeof body['query'] !== 'string' || body['useLegacySql'] !== false) throw invalid('Only standard SQL is known here.')
    const answer = await engine.query(body['query'], { project, nowMs: nowMs(), params: paramsOf(body) })
    return {
      kind: 'bigquery#queryResponse',
      jobComplete: true,
      jobReference: { projectId: project, jobId: `query-${calls.length}`, location },
      ...tableOf(answer),
      totalRows: String(answer.rows.length),
    }
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const reply = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' })
      response.end(status === 204 ? undefined : JSON.stringify(body))
    }
    try {
      const question = questionOf(request.method ?? 'GET', new URL(request.url ?? '/', server.endpoint))
      const call = { number: calls.length, what: question.what }
      calls.push(call)
      const fault = server.onCall(call)
      if (fault !== undefined && fault.is !== 'job-fails' && fault.when === 'before') return go(fault, response, reply)
      const { body, media } = readBody(Buffer.concat(chunks).toString('utf8'), request.headers['content-type'] ?? '')
      const answer = await question.answer(body, media, fault)
      if (fault !== undefined && fault.is !== 'job-fails') return go(fault, response, reply)
      reply(answer === undefined ? 204 : 200, answer)
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown
      reply(thrown.status, bodyOf(thrown))
    }
  }

  function go(fault: Exclude<Fault, { is: 'job-fails' }>, response: ServerResponse, reply: (status: number, body: unknown) => void): void {
    if (fault.is === 'refused') reply(fault.status, bodyOf({ ...fault, message: fault.message ?? fault.reason }))
    else if (fault.is === 'cut') response.destroy()
    else if (fault.is === 'hang') server.onHang()
    else {
      response.writeHead(502, { 'content-type': 'text/html' })
      response.end('<html><title>502 Bad Gateway</title></html>')
    }
  }

  const server: BigQueryServer = {
    endpoint: await new Promise<string>((resolve, reject) => {
      http.once('error', reject)
      http.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(http.address() as AddressInfo).port}`))
    }),
    project,
    catalog,
    jobs,
    calls,
    onCall: () => undefined,
    onHang: () => {},
    isPoison: () => false,
    namesPositions: true,
    lag: 0,
    pageRows: 10_000,
    query: (statement) => engine.query(statement, { project, nowMs: nowMs() }),
    async stop() {
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
      await jobs.settled()
      engine.close()
    },
  }
  return server
}

const pageIn = (search: URLSearchParams, most: number) => ({
  from: Number(search.get('pageToken')?.replace('from-', '') ?? 0),
  limit: Number(search.get('maxResults') ?? most),
})

/** Rows in BigQuery's own form: every cell a text. */
const tableOf = ({ columns, rows }: QueryAnswer) => ({
  schema: { fields: columns.map((column) => ({ ...column, mode: 'NULLABLE' })) },
  rows: rows.map((row) => ({ f: row.map((v) => ({ v: typeof v === 'string' || v === null ? v : JSON.stringify(v) })) })),
})

const failureOf = (fault: Fault | undefined): { readonly reason: string; readonly message: string } | undefined =>
  fault?.is === 'job-fails' ? { reason: fault.reason, message: fault.message ?? fault.reason } : undefined

interface QueryParameter {
  readonly name?: string
  readonly parameterType?: { readonly type?: string; readonly arrayType?: { readonly type?: string } }
  readonly parameterValue?: { readonly value?: string; readonly arrayValues?: readonly { readonly value?: string }[] }
}

/** The named parameters of a query: texts, and lists of texts. */
function paramsOf(body: Body): Readonly<Record<string, string | readonly string[]>> {
  const given = (body['queryParameters'] ?? []) as readonly QueryParameter[]
  if (given.length > 0 && body['parameterMode'] !== 'named') throw invalid('Only named parameters are known here.')
  return Object.fromEntries(
    given.map(({ name = '', parameterType, parameterValue }) => {
      const { type, arrayType } = parameterType ?? {}
      if (type === 'STRING') return [name, parameterValue?.value ?? '']
      if (type !== 'ARRAY' || arrayType?.type !== 'STRING') throw invalid(`Invalid type of the parameter ${name}.`)
      return [name, (parameterValue?.arrayValues ?? []).map(({ value = '' }) => value)]
    }),
  )
}

/** A body of JSON, or the two parts of an upload: JSON, then what is loaded. */
function readBody(text: string, contentType: string): { readonly body: Body; readonly media: string | undefined } {
  const boundary = /^multipart\/related; boundary="?([^";]+)"?$/.exec(contentType)?.[1]
  try {
    if (boundary === undefined) return { body: (text === '' ? {} : JSON.parse(text)) as Body, media: undefined }
    const [, json = '', media = '', end] = text.split(`--${boundary}`)
    if (end === undefined) throw invalid('The upload has no end.')
    const inner = (part: string): string => part.slice(part.indexOf('\r\n\r\n') + 4).replace(/\r\n$/, '')
    return { body: JSON.parse(inner(json)) as Body, media: inner(media) }
  } catch (thrown) {
    throw thrown instanceof Refusal ? thrown : invalid('Parse Error')
  }
}
