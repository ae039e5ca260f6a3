import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { forgetMergedRows, mergeRows, type Aggregation, type MergeMember, type MergeSource } from '../../../src/live/merge-rows.ts'
import type { DataPart, PartSeries } from './data-part.ts'
import { restLimits } from './rest-limits.ts'

/** One series of a joined table. */
export interface JoinedSeries {
  readonly id: string
  readonly name: string
  readonly units: string
  /** Metrics in it. */
  readonly volume: number
  readonly values: readonly (number | null)[]
  readonly anomalies: readonly (number | null)[]
}

/** Series over one list of times, epoch seconds, rising. */
export interface JoinedTable {
  readonly timesS: readonly number[]
  readonly isPartial: readonly boolean[]
  readonly series: readonly JoinedSeries[]
}

/** The name under which existing clients know what is left when only so many series are wanted (cloud-api §9.2). */
const othersId = 'OTHERS'

/**
 * Answers of several agents as one table: series of one id become one. Sums come undivided with their counts, so means are exact;
 * with a limit the largest stay and the others become one. Throws ANSWERS_TOO_LARGE when nobody could hold the table.
 */
export function mergeParts(parts: readonly DataPart[], aggregation: Aggregation, limit: number | undefined): JoinedTable {
  const places = new Map<string, number>()
  const heads: PartSeries[] = []
  for (const { series } of parts) {
    for (const each of series) {
      if (places.has(each.id)) continue
      places.set(each.id, heads.length)
      heads.push(each)
    }
  }
  const longest = Math.max(0, ...parts.map(({ timesS }) => timesS.length))
  if (heads.length * longest > restLimits.cells)
    throw new ThroughlineError('ANSWERS_TOO_LARGE', 'There are too many series and points; ask for fewer.')
  try {
    const whole = joined(parts, heads, (id) => places.get(id) ?? 0, aggregation)
    if (limit === undefined || whole.series.length <= limit) return whole
    const ranked = whole.series.map(({ id, values }) => ({ id, size: sizeOf(values) })).sort((a, b) => b.size - a.size)
    const kept = new Set(ranked.slice(0, limit).map(({ id }) => id))
    const keptHeads = heads.filter(({ id }) => kept.has(id))
    const keptPlaces = new Map(keptHeads.map(({ id }, place) => [id, place]))
    const [first] = heads
    const others = first === undefined ? [] : [{ ...first, id: othersId, name: othersId }]
    return joined(parts, [...keptHeads, ...others], (id) => keptPlaces.get(id) ?? keptHeads.length, aggregation)
  } finally {
    // The joining works in memory that stays; nothing of what passed through does.
    forgetMergedRows()
  }
}

function joined(
  parts: readonly DataPart[],
  heads: readonly PartSeries[],
  placeOf: (id: string) => number,
  aggregation: Aggregation,
): JoinedTable {
  const span = { seriesCount: heads.length, fromS: -Infinity, toS: Infinity }
  const rows = mergeRows({ ...span, sources: parts.map((part) => sourceOf(part, placeOf, ({ values }) => values)), aggregation })
  const hasAnomalies = parts.some(({ series }) => series.some(({ anomalies }) => anomalies?.some((rate) => rate > 0)))
  // The same rows, since gaps are the same.
  const rates = hasAnomalies
    ? mergeRows({ ...span, sources: parts.map((part) => sourceOf(part, placeOf, ratesOf)), aggregation: 'average' })
    : undefined
  return {
    timesS: rows.timesS,
    isPartial: rows.isPartial,
    series: heads.map(({ id, name, units }, place) => ({
      id,
      name,
      units,
      volume: rows.volumes[place] ?? 0,
      values: rows.values[place] ?? [],
      anomalies: rates?.values[place]?.map((rate) => (rate === null ? null : Math.min(100, Math.max(0, rate)))) ?? [],
    })),
  }
}

/** Rates where there are values, and only there. */
function ratesOf({ values, anomalies }: PartSeries): Float64Array {
  return values.map((value, row) => (Number.isNaN(value) ? Number.NaN : (anomalies?.[row] ?? 0) || 0))
}

function sourceOf(part: DataPart, placeOf: (id: string) => number, valuesOf: (series: PartSeries) => Float64Array): MergeSource {
  const { timesS, stepS, series } = part
  let [slowestS, fastestS] = [1, Infinity]
  for (const { paceS } of series) {
    slowestS = Math.max(slowestS, paceS)
    fastestS = Math.min(fastestS, paceS)
  }
  const members = series.map((each): MergeMember => ({
    series: placeOf(each.id),
    values: valuesOf(each),
    paceS: each.paceS,
    counts: each.counts,
    partial: each.partial,
    volume: each.volume,
  }))
  return {
    timesS,
    stepsS: new Float64Array(timesS.length).fill(stepS),
    paceS: slowestS,
    isUniform: fastestS >= slowestS,
    cadenceS: 1,
    members,
  }
}

/** How much of a chart a series fills: the mean of its values without their signs. */
function sizeOf(values: readonly (number | null)[]): number {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? 0 : known.reduce((sum, value) => sum + Math.abs(value), 0) / known.length
}
