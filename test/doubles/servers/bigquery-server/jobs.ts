import type { Body, Catalog } from './catalog.ts'
import type { Engine, QueryAnswer } from './engine.ts'
import { readFields } from './field.ts'
import { readLines } from './read-lines.ts'
import type { Row } from './read-lines.ts'
import { duplicate, invalid, notFound, Refusal } from './refusal.ts'

interface ErrorProto {
  readonly reason: string
  readonly message: string
}

interface Job {
  readonly body: Body
  readonly location: string
  /** Calls that still find it at work. */
  lag: number
  readonly work: Promise<void>
  errors: readonly ErrorProto[]
  /** What a statement that only reads found. */
  found?: QueryAnswer
}

export interface JobRules {
  readonly isPoison: (row: Row) => boolean
  /** Whether errors say where a bad row begins. */
  readonly namesPositions: () => boolean
  /** How many calls find a job at work before it is done. */
  readonly lag: () => number
  readonly nowMs: () => number
}

export interface Jobs {
  /** Takes a job and answers it as it stands; its id is taken for ever. `failsWith` ends it without effect. */
  insert(body: Body, media: string | undefined, failsWith: ErrorProto | undefined): Body
  get(jobId: string, location: string | undefined): Promise<Body>
  /** What a query job found; nothing where it read nothing. */
  found(jobId: string): QueryAnswer
  /** Resolves when no job is at work. */
  settled(): Promise<void>
  count(): number
}

const objectOf = (value: unknown): Body => Object(value) as Body

export function createJobs(engine: Engine, catalog: Catalog, project: string, home: string, rules: JobRules): Jobs {
  const jobs = new Map<string, Job>()

  async function load(load: Body, media: string | undefined, location: string): Promise<readonly ErrorProto[]> {
    const { datasetId, tableId, projectId } = objectOf(load['destinationTable'])
    if (projectId !== project) throw notFound(`Project ${String(projectId)}`)
    if (load['sourceFormat'] !== 'NEWLINE_DELIMITED_JSON' || media === undefined) throw invalid('Only lines of JSON are known here.')
    if (load['writeDisposition'] !== 'WRITE_TRUNCATE') throw invalid('Only WRITE_TRUNCATE is known here.')
    const fields = readFields(load['schema'])
    catalog.dataset(String(datasetId))
    const { rows, bad } = readLines(media, fields, rules.isPoison)
    if (bad === undefined) {
      await catalog.fill(String(datasetId), String(tableId), fields, rows, location)
      return []
    }
    const begin = 'Error while reading data, error message:'
    const many = `${begin} JSON table encountered too many errors, giving up. Rows: 1; errors: 1. Please look into the errors[] collection for more details.`
    const where = `${begin} JSON parsing error in row starting at position ${bad.position}: ${bad.message}`
    const last = rules.namesPositions() ? [{ reason: 'invalid', message: where }] : []
    return [{ reason: 'invalid', message: many }, ...last]
  }

  async function execute(job: Job, media: string | undefined): Promise<readonly ErrorProto[]> {
    const { body, location } = job
    try {
      const configuration = objectOf(body['configuration'])
      if (configuration['load'] !== undefined) return await load(objectOf(configuration['load']), media, location)
      const { query, useLegacySql } = objectOf(configuration['query'])
      if (typeof query !== 'string' || useLegacySql !== false) throw invalid('Only standard SQL is known here.')
      const spoken = { project, nowMs: rules.nowMs() }
      if (/^\s*SELECT\b/i.test(query)) job.found = await engine.query(query, spoken)
      else await engine.script(query, spoken)
      return []
    } catch (thrown) {
      if (thrown instanceof Refusal) return [{ reason: thrown.reason, message: thrown.message }]
      throw thrown
    }
  }

  function shown(jobId: string, { body, location, errors }: Job, state: string): Body {
    const isFailed = state === 'DONE' && errors.length > 0
    return {
      kind: 'bigquery#job',
      id: `${project}:${location}.${jobId}`,
      jobReference: { projectId: project, jobId, location },
      configuration: body['configuration'],
      status: { state, ...(isFailed ? { errorResult: errors[0], errors } : {}) },
    }
  }

  return {
    insert(body, media, failsWith) {
      const { jobId, location: asked, projectId } = objectOf(body['jobReference'])
      const location = typeof asked === 'string' ? asked : home
      if (typeof jobId !== 'string' || !/^[A-Za-z0-9_-]{1,1024}$/.test(jobId)) throw invalid(`Invalid job ID "${String(jobId)}".`)
      if (projectId !== undefined && projectId !== project) throw notFound(`Project ${JSON.stringify(projectId)}`)
      if (jobs.has(jobId)) throw duplicate(`Job ${project}:${location}.${jobId}`)
      const job: Job = {
        body,
        location,
        lag: rules.lag(),
        errors: [],
        work: Promise.resolve().then(async () => {
          job.errors = failsWith === undefined ? await execute(job, media) : [failsWith]
        }),
      }
      jobs.set(jobId, job)
      return shown(jobId, job, 'PENDING')
    },
    async get(jobId, location) {
      const job = jobs.get(jobId)
      if (job === undefined || (location ?? home).toUpperCase() !== job.location.toUpperCase()) throw notFound(`Job ${project}:${jobId}`)
      if (job.lag > 0) {
        job.lag--
        return shown(jobId, job, 'RUNNING')
      }
      await job.work
      return shown(jobId, job, 'DONE')
    },
    found: (jobId) => jobs.get(jobId)?.found ?? { columns: [], rows: [] },
    settled: async () => void (await Promise.all([...jobs.values()].map(({ work }) => work))),
    count: () => jobs.size,
  }
}
