import type { SeriesTable } from './feed/series-table.ts'

/** One line of a chart. `null` is a gap. */
export interface FrameSeries {
  readonly dimensionId: string
  readonly name: string
  readonly values: readonly (number | null)[]
}

/** What a chart draws: one value of each series for each time, oldest first; gaps are rows of nulls. */
export interface ChartFrame {
  readonly timesS: readonly number[]
  readonly series: readonly FrameSeries[]
}

/** Which instances a chart shows, and how several become one line. */
export interface FrameChoice {
  /** One instance only; undefined for all of them together. */
  readonly chartId: string | undefined
  /** Several instances: their mean instead of their sum. */
  readonly isAveraged: boolean
  readonly fromS: number
  readonly toS: number
  /** The pace of the context's collection: rows this far apart are neighbours even when they came in a finer answer. */
  readonly paceS: number
}

/** A missing row is a gap when the distance to the one before exceeds this many steps. */
const gapSteps = 1.5

/** The part of a table that a chart shows: instances joined by dimension, silence between rows made visible as a gap. */
export function buildFrame(table: SeriesTable, choice: FrameChoice): ChartFrame {
  const times = table.timesS()
  const steps = table.stepsS()
  let first = 0
  while (first < times.length && (times[first] ?? 0) < choice.fromS) first++
  // One row to the left of the window, so that the line enters from outside.
  first = Math.max(0, first - 1)
  let end = times.length
  while (end > first && (times[end - 1] ?? 0) > choice.toS) end--

  const timesS: number[] = []
  const rows: number[] = []
  for (let row = first; row < end; row++) {
    const timeS = times[row] ?? 0
    const previousS = times[row - 1]
    const allowedS = gapSteps * Math.max(steps[row] ?? 1, steps[row - 1] ?? 1, choice.paceS)
    if (row > first && previousS !== undefined && timeS - previousS > allowedS) {
      timesS.push(previousS + (steps[row] ?? 1))
      rows.push(-1)
    }
    timesS.push(timeS)
    rows.push(row)
  }

  const members = new Map<string, { name: string; columns: Float64Array[] }>()
  table.columns.forEach((column, index) => {
    if (choice.chartId !== undefined && column.chartId !== choice.chartId) return
    const member = members.get(column.dimensionId)
    if (member === undefined) members.set(column.dimensionId, { name: column.name, columns: [table.values(index)] })
    else member.columns.push(table.values(index))
  })
  const series = [...members].map(([dimensionId, { name, columns }]) => ({
    dimensionId,
    name,
    values: rows.map((row) => (row === -1 ? null : joined(columns, row, choice.isAveraged))),
  }))
  return { timesS, series }
}

function joined(columns: readonly Float64Array[], row: number, isAveraged: boolean): number | null {
  let sum = 0
  let count = 0
  for (const column of columns) {
    const value = column[row] ?? Number.NaN
    if (Number.isNaN(value)) continue
    sum += value
    count += 1
  }
  if (count === 0) return null
  return isAveraged ? sum / count : sum
}

/**
 * Each series on top of the ones before it. What is negative (agents store outbound traffic so) grows downwards from zero
 * by itself. A row without any value stays a gap. `into` is filled and answered when given: arrays can be used again and again.
 */
export function stackSeries(series: readonly (readonly (number | null)[])[], into: (number | null)[][] = []): (number | null)[][] {
  const length = series[0]?.length ?? 0
  into.length = series.length
  for (let index = 0; index < series.length; index++) (into[index] ??= []).length = length
  for (let row = 0; row < length; row++) {
    let above = 0
    let below = 0
    let isGap = true
    for (let index = 0; index < series.length; index++) {
      const value = series[index]?.[row] ?? null
      if (value !== null) isGap = false
      if (value !== null && value < 0) below += value
      else above += value ?? 0
      const target = into[index]
      if (target) target[row] = value !== null && value < 0 ? below : above
    }
    if (isGap) for (const target of into) target[row] = null
  }
  return into
}
