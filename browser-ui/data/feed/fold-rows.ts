import { createSeriesTable, type SeriesTable } from './series-table.ts'

/** Rows that are this much finer than the table's own step came with ticks. */
const finerShare = 0.7

/**
 * A table of averages over `stepS` in which the finer rows that ticks added became averages, too: a long window reads the same at both
 * ends, and does not grow by a row a second. The newest interval, which is not over yet, keeps its fine rows. Undefined when no
 * interval is over.
 */
export function foldRows(table: SeriesTable, stepS: number, maxRows: number): SeriesTable | undefined {
  const times = table.timesS()
  const steps = table.stepsS()
  let firstFine = times.length
  while (firstFine > 0 && (steps[firstFine - 1] ?? 0) < stepS * finerShare) firstFine -= 1
  const lastCoarseS = times[firstFine - 1]
  const newestS = times.at(-1) ?? 0
  if (firstFine === times.length || lastCoarseS === undefined || newestS < lastCoarseS + stepS) return undefined

  const bucketOf = (timeS: number) => Math.ceil((timeS - lastCoarseS) / stepS)
  const openBucket = Math.floor((newestS - lastCoarseS) / stepS) + 1
  const rowsOfBucket = new Map<number, number[]>()
  let firstOpen = times.length
  for (let row = firstFine; row < times.length; row++) {
    const bucket = bucketOf(times[row] ?? 0)
    if (bucket >= openBucket) {
      firstOpen = row
      break
    }
    const rows = rowsOfBucket.get(bucket)
    if (rows === undefined) rowsOfBucket.set(bucket, [row])
    else rows.push(row)
  }

  const columns = table.columns.map((column, index) => ({ column, values: table.values(index) }))
  const part = (from: number, to: number, ownStepS: number) => ({
    stepS: ownStepS,
    timesS: times.slice(from, to),
    columns: columns.map(({ column, values }) => ({ ...column, values: values.slice(from, to) })),
  })
  const folded = createSeriesTable(maxRows)
  folded.merge(part(0, firstFine, stepS))
  folded.merge({
    stepS,
    timesS: Float64Array.from(rowsOfBucket.keys(), (bucket) => lastCoarseS + bucket * stepS),
    columns: columns.map(({ column, values }) => ({
      ...column,
      values: Float64Array.from(rowsOfBucket.values(), (rows) => averageOf(values, rows)),
    })),
  })
  if (firstOpen < times.length) folded.merge(part(firstOpen, times.length, steps[firstOpen] ?? 1))
  return folded
}

function averageOf(values: Float64Array, rows: readonly number[]): number {
  let sum = 0
  let count = 0
  for (const row of rows) {
    const value = values[row] ?? Number.NaN
    if (Number.isNaN(value)) continue
    sum += value
    count += 1
  }
  return count === 0 ? Number.NaN : sum / count
}
