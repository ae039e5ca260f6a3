import { createHash } from 'node:crypto'
import type { MirrorRow, MirrorTable } from '../ports.ts'
import { linesOf, rowsNamedIn } from './ndjson.ts'
import type { Lines } from './ndjson.ts'
import { unavailable } from './problems.ts'
import type { ErrorProto } from './problems.ts'
import { runJob } from './run-job.ts'
import type { JobContext } from './run-job.ts'
import { stagingFieldsOf } from './schema.ts'
import type { Place } from './statements.ts'

/** How often a probe that failed for a reason of BigQuery's own is made anew in one call. */
const mostGenerations = 4

/** A row that nothing can be wrong with. */
const control: MirrorRow = { table: '', key: 'control', revision: 0, changedAtMs: 0, isDeleted: true, cells: {} }

/**
 * Which rows of a load that BigQuery refused are the bad ones. Its errors mostly say where a bad row begins; where they do not,
 * halves are loaded for a try, and halves of halves, until the bad rows stand alone. When a row that cannot be bad is refused as
 * well, the trouble is not in the rows: then it throws MIRROR_UNAVAILABLE, and no row is given up.
 */
export async function findBadRows(
  context: JobContext & { readonly place: Place },
  seed: string,
  table: MirrorTable,
  lines: Lines,
  errors: readonly ErrorProto[],
): Promise<readonly MirrorRow[]> {
  const named = rowsNamedIn(
    lines,
    errors.map(({ message = '' }) => message),
  )
  if (named.length > 0) return named
  const isRefused = (rows: readonly MirrorRow[]) => probe(context, seed, table, rows)
  if (await isRefused([control])) throw unavailable({ reason: 'invalid', sentence: notTheRows })
  return await searchIn(lines.rows, isRefused)
}

const notTheRows = 'BigQuery does not take what this version sends, whatever is in it. Nothing is lost; look for an update.'

async function searchIn(
  rows: readonly MirrorRow[],
  isRefused: (rows: readonly MirrorRow[]) => Promise<boolean>,
): Promise<readonly MirrorRow[]> {
  if (rows.length <= 1) return rows
  const middle = rows.length >> 1
  const bad: MirrorRow[] = []
  for (const half of [rows.slice(0, middle), rows.slice(middle)]) {
    if (await isRefused(half)) bad.push(...(await searchIn(half, isRefused)))
  }
  return bad
}

/** Whether BigQuery refuses these rows, into a table that is thrown away. */
async function probe(
  context: JobContext & { readonly place: Place },
  seed: string,
  table: MirrorTable,
  rows: readonly MirrorRow[],
): Promise<boolean> {
  const { wire, place } = context
  const { text } = linesOf(rows, table)
  const hash = createHash('sha256').update(`${seed}\n${table.name}\n${text}`).digest('hex').slice(0, 24)
  const name = `probe_${hash}`
  for (let generation = 0; ; generation++) {
    const end = await runJob(context, `throughline_probe_${hash}_${generation}`, (jobId) =>
      wire.startLoad(jobId, place.staging, name, stagingFieldsOf(table), text),
    )
    if (end.isWell) await wire.dropTable(place.staging, name).catch(() => {})
    if (end.isWell || end.problem.kind === 'invalid') return !end.isWell
    if (generation >= mostGenerations && end.isFresh) throw unavailable(end.problem)
  }
}
