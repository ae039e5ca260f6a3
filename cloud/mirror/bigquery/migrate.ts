import type { MirrorTable, MirrorView } from '../ports.ts'
import { unavailable } from './problems.ts'
import type { Problem } from './problems.ts'
import { compareFields, deletedRows, fieldsOf, turns } from './schema.ts'
import type { SchemaField } from './schema.ts'
import { firstTurn, viewStatement } from './statements.ts'
import type { Place } from './statements.ts'
import { rememberedDays, stagingHours, timeTravelHours } from './tails.ts'
import { runJob } from './run-job.ts'
import type { JobContext } from './run-job.ts'
import type { Answer, TableFacts, Wire } from './wire.ts'

const hourMs = 3_600_000
/** How often a change is tried again that another process was faster with. */
const rounds = 4

interface TableShape {
  readonly name: string
  readonly fields: readonly SchemaField[]
  readonly made: Readonly<Record<string, unknown>>
}

const refusal = (sentence: string): Error => unavailable({ reason: 'unlike', sentence })

function orThrow<T>(answer: Answer<T>, taken: readonly Problem['kind'][] = []): T | undefined {
  if (answer.ok) return answer.value
  if (taken.includes(answer.problem.kind)) return undefined
  throw unavailable(answer.problem)
}

/** Makes datasets, tables and views that are missing, and adds what is missing to those that are there. May be repeated, and run by several at once. */
export async function migrateBigQuery(
  context: JobContext & { readonly place: Place; readonly location: string },
  tables: readonly MirrorTable[],
  views: readonly MirrorView[],
): Promise<void> {
  const { wire, place, location } = context
  await ensureDataset(wire, place.dataset, location, { description: 'Throughline: the mirror of its metadata, pseudonyms only.' })
  await ensureDataset(wire, place.staging, location, {
    description: 'Throughline: batches on their way into the mirror.',
    defaultTableExpirationMs: String(stagingHours * hourMs),
  })
  for (const table of tables) {
    await ensureTable(wire, place, { name: table.name, fields: fieldsOf(table), made: { clustering: { fields: ['key'] } } })
  }
  await ensureTable(wire, place, {
    ...deletedRows,
    made: {
      clustering: { fields: ['table_name', 'key'] },
      timePartitioning: { type: 'DAY', field: 'remembered_at', expirationMs: String(rememberedDays * 24 * hourMs) },
    },
  })
  const { stamp } = await ensureTable(wire, place, { ...turns, made: {} })
  await makeTurn(context, stamp)
  for (const view of views) await ensureView(wire, place, view)
}

/** Its id has a generation, too: a job that failed for good would be met for ever. */
async function makeTurn(context: JobContext & { readonly place: Place }, stamp: string): Promise<void> {
  for (let generation = 0; ; generation++) {
    const end = await runJob(context, `throughline_turn_${stamp}_${generation}`, (jobId) =>
      context.wire.startScript(jobId, firstTurn(context.place)),
    )
    if (end.isWell) return
    if (end.isFresh || generation >= 1_000) throw unavailable(end.problem)
  }
}

async function ensureDataset(wire: Wire, id: string, location: string, made: Readonly<Record<string, unknown>>): Promise<void> {
  const travel = { maxTimeTravelHours: String(timeTravelHours) }
  let facts = orThrow(await wire.dataset(id), ['gone'])
  if (facts === undefined) {
    orThrow(await wire.makeDataset(id, { ...made, ...travel, location }), ['duplicate'])
    facts = orThrow(await wire.dataset(id))
  }
  if (facts === undefined) return
  if (facts.location.toUpperCase() !== location.toUpperCase()) {
    throw refusal(`The dataset ${id} lies in ${facts.location}, not in ${location}. Set THROUGHLINE_BIGQUERY_LOCATION to where it lies.`)
  }
  if (facts.timeTravelHours !== travel.maxTimeTravelHours) orThrow(await wire.changeDataset(id, travel))
}

async function ensureTable(wire: Wire, { dataset }: Place, { name, fields, made }: TableShape): Promise<TableFacts> {
  for (let round = 0; round < rounds; round++) {
    const facts = orThrow(await wire.table(dataset, name), ['gone'])
    if (facts === undefined) {
      orThrow(await wire.makeTable(dataset, name, { ...made, schema: { fields } }), ['duplicate'])
      continue
    }
    if (facts.type !== 'TABLE') throw refusal(`In the dataset ${dataset}, ${name} is no table. Rename it; the mirror needs the name.`)
    const { missing, unlike } = compareFields(facts.fields, fields)
    const stuck = [...unlike, ...missing.filter(({ mode }) => mode === 'REQUIRED').map((field) => field.name)][0]
    if (stuck !== undefined) {
      throw refusal(`The column ${stuck} of ${dataset}.${name} in BigQuery has another type than the mirror needs. Rename it or the table.`)
    }
    if (missing.length === 0) return facts
    // Another process may have added columns since; BigQuery then refuses a schema without them, and the next round reads them.
    orThrow(await wire.changeTable(dataset, name, { schema: { fields: [...facts.fields, ...missing] } }), ['invalid', 'changed'])
  }
  throw refusal(`The columns of ${dataset}.${name} in BigQuery could not be brought up to date. It is tried again by itself.`)
}

async function ensureView(wire: Wire, place: Place, { name, statement }: MirrorView): Promise<void> {
  const query = viewStatement(place, statement)
  const view = { query, useLegacySql: false }
  const facts = orThrow(await wire.table(place.dataset, name), ['gone'])
  if (facts === undefined) {
    orThrow(await wire.makeTable(place.dataset, name, { view }), ['duplicate'])
    return
  }
  if (facts.type !== 'VIEW') throw refusal(`In the dataset ${place.dataset}, ${name} is no view. Rename it; the mirror needs the name.`)
  if (facts.viewStatement !== query) orThrow(await wire.changeTable(place.dataset, name, { view }))
}
