import { createHash } from 'node:crypto'
import { misfitOf } from '../check-row.ts'
import type { MirrorBatch, MirrorRow, MirrorTable, RefusedRow } from '../ports.ts'
import { findBadRows } from './find-bad-rows.ts'
import { linesOf } from './ndjson.ts'
import type { Lines } from './ndjson.ts'
import { unavailable } from './problems.ts'
import type { Problem } from './problems.ts'
import { newestGeneration, runJob } from './run-job.ts'
import type { JobContext } from './run-job.ts'
import { compareFields, fieldsOf, stagingFieldsOf } from './schema.ts'
import { mergeScript } from './statements.ts'
import type { MergePart, Place } from './statements.ts'
import type { TableFacts } from './wire.ts'

export interface LoadContext extends JobContext {
  readonly place: Place
  readonly tables: ReadonlyMap<string, MirrorTable>
  /** Makes again what is missing in BigQuery. */
  readonly remake: () => Promise<void>
  /** Told when a table was gone, and with it its rows. */
  readonly onMadeAnew: () => void
}

/** What one table contributes to a batch. */
interface Part {
  readonly table: MirrorTable
  readonly facts: TableFacts
  readonly lines: Lines
}

type Outcome =
  | { readonly is: 'in' }
  | { readonly is: 'bad'; readonly rows: readonly MirrorRow[] }
  | { readonly is: 'failed'; readonly problem: Problem; readonly isFresh: boolean }

/** How many jobs that fail for good one call begins anew, and how long it waits before each. */
const newGenerations = 4
const generationPauseMs = 3_000
/** How often the tables of one batch may be lost while it is brought in. */
const mostRemakes = 3

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/**
 * Brings a batch in: each table's rows by a load job into a staging table of their own, then all of them by one script. All ids
 * follow from the batch, its content, the tables as they were made, and a generation that rises only when a job has failed for
 * good; so whoever repeats the batch, here or elsewhere, meets the same jobs (D6).
 */
export async function loadBatch(context: LoadContext, batch: MirrorBatch): Promise<readonly RefusedRow[]> {
  const refused = new Map<MirrorRow, string>()
  const left = () => batch.rows.filter((row) => !refused.has(row))
  for (const row of batch.rows) {
    const reason = misfitOf(row, context.tables.get(row.table))
    if (reason !== undefined) refused.set(row, reason)
  }
  for (let remakes = 0; ;) {
    const outcome = await bringIn(context, batch.batchId, left())
    if (outcome.is === 'in') break
    if (outcome.is === 'bad') for (const row of outcome.rows) refused.set(row, 'refused-by-bigquery')
    else if (remakes++ >= mostRemakes) throw unavailable(outcome.problem)
  }
  return batch.rows.flatMap((row) => {
    const reason = refused.get(row)
    return reason === undefined ? [] : [{ table: row.table, key: row.key, revision: row.revision, reason }]
  })
}

async function bringIn(context: LoadContext, batchId: string, rows: readonly MirrorRow[]): Promise<Outcome> {
  const { wire, place, pause } = context
  const parts = await partsOf(context, rows)
  const content = parts.map(({ table, facts, lines }) => [table.name, facts.stamp, sha256(lines.text)])
  const seed = sha256(JSON.stringify([place.dataset, batchId, content])).slice(0, 32)
  const [first] = parts
  if (first === undefined) return { is: 'in' }
  let failed = 0
  for (let generation = 0; ;) {
    const outcome = await runGeneration(context, seed, generation, parts)
    if (outcome.is !== 'failed') return outcome
    if (outcome.problem.kind === 'gone') {
      await context.remake()
      // New tables make new ids. With the same tables it was staging that went, which the next generation fills again.
      const again = await partsOf(context, rows)
      if (again.some(({ facts }, at) => facts.stamp !== parts[at]?.facts.stamp)) {
        context.onMadeAnew()
        return outcome
      }
    }
    if (!outcome.isFresh && generation === 0) {
      generation = await newestGeneration(async (number) => (await wire.job(loadId(first.table, seed, number))).ok)
      if (generation > 0) continue
    }
    if (++failed > newGenerations) throw unavailable(outcome.problem)
    await pause(generationPauseMs)
    generation++
  }
}

const loadId = ({ name }: MirrorTable, seed: string, generation: number): string => `throughline_load_${name}_${seed}_${generation}`

async function runGeneration(context: LoadContext, seed: string, generation: number, parts: readonly Part[]): Promise<Outcome> {
  const { wire, place } = context
  const stagingTable = ({ name }: MirrorTable) => `${name}_${seed}_${generation}`
  // One table after the other: the first one's job marks the generation, so that it must be there before any other.
  for (const { table, lines } of parts) {
    const end = await runJob(context, loadId(table, seed, generation), (jobId) =>
      wire.startLoad(jobId, place.staging, stagingTable(table), stagingFieldsOf(table), lines.text),
    )
    if (end.isWell) continue
    if (end.problem.kind !== 'invalid') return { is: 'failed', ...end }
    return { is: 'bad', rows: await findBadRows(context, seed, table, lines, end.errors) }
  }
  const merges = parts.map(({ table, facts, lines }): MergePart => ({
    table,
    stagingTable: stagingTable(table),
    hasDeletions: lines.rows.some(({ isDeleted }) => isDeleted),
    emptied: compareFields(facts.fields, fieldsOf(table)).extra,
  }))
  const end = await runJob(context, `throughline_merge_${seed}_${generation}`, (jobId) =>
    wire.startScript(jobId, mergeScript(place, merges)),
  )
  if (!end.isWell) return { is: 'failed', ...end }
  // What stays behind goes by itself after a day.
  await Promise.all(merges.map((merge) => wire.dropTable(place.staging, merge.stagingTable).catch(() => {})))
  return { is: 'in' }
}

async function partsOf(context: LoadContext, rows: readonly MirrorRow[]): Promise<readonly Part[]> {
  const names = [...new Set(rows.map(({ table }) => table))].sort()
  return await Promise.all(
    names.map(async (name) => {
      const table = context.tables.get(name) ?? { name, columns: [] }
      const own = newestByKey(rows.filter((row) => row.table === name))
      return { table, facts: await factsOf(context, name), lines: linesOf(own, table) }
    }),
  )
}

/** Of several rows with one key the one with the greatest revision; the last of those that are equal. */
function newestByKey(rows: readonly MirrorRow[]): readonly MirrorRow[] {
  const newest = new Map<string, MirrorRow>()
  for (const row of rows) if (row.revision >= (newest.get(row.key)?.revision ?? 0)) newest.set(row.key, row)
  return [...newest.values()]
}

async function factsOf({ wire, place, remake, onMadeAnew }: LoadContext, name: string): Promise<TableFacts> {
  for (let remakes = 0; ; remakes++) {
    const answer = await wire.table(place.dataset, name)
    if (answer.ok) return answer.value
    if (answer.problem.kind !== 'gone' || remakes >= mostRemakes) throw unavailable(answer.problem)
    await remake()
    onMadeAnew()
  }
}
