import type { MergeSource } from '../../../src/live/merge-rows.ts'

/** Lines a chart draws by themselves; nobody tells more apart, and a browser that draws thousands stands still. */
export const chartLinesMax = 250
/** The id of the line that all others are in; no agent can be asked for a name like this. */
export const othersId = '*'
/** Rows from which the size of a line is taken: the newest. */
const sizedRows = 120

export interface Line {
  readonly id: string
  readonly name: string
}

export interface FoldedSeries {
  readonly series: readonly Line[]
  readonly sources: readonly MergeSource[]
}

/**
 * As they are, up to {@link chartLinesMax} series. Of more, the largest keep a line each, in their order, and all others become one
 * line, by the chart's own aggregation: no metric is left out of it. `isMean` takes the size of a series by each of its metrics.
 */
export function foldSeries(series: readonly Line[], sources: readonly MergeSource[], isMean: boolean): FoldedSeries {
  if (series.length <= chartLinesMax) return { series, sources }
  const sizes = new Float64Array(series.length)
  const weights = new Float64Array(series.length)
  for (const { members } of sources)
    for (const { series: place, values, volume } of members) {
      weights[place] = (weights[place] ?? 0) + volume
      for (let row = Math.max(0, values.length - sizedRows); row < values.length; row++) {
        const value = values[row] as number
        if (value === value) sizes[place] = (sizes[place] ?? 0) + Math.abs(value)
      }
    }
  const sizeOf = (place: number) => (sizes[place] ?? 0) / (isMean ? Math.max(1, weights[place] ?? 1) : 1)
  const largest = series
    .map((_, place) => place)
    .sort((a, b) => sizeOf(b) - sizeOf(a) || a - b)
    .slice(0, chartLinesMax - 1)
    .sort((a, b) => a - b)
  const others = largest.length
  const targets = new Int32Array(series.length).fill(others)
  largest.forEach((place, target) => (targets[place] = target))
  return {
    series: [
      ...largest.map((place) => series[place] as Line),
      { id: othersId, name: `${(series.length - others).toLocaleString('en')} others` },
    ],
    sources: sources.map((source) => ({
      ...source,
      members: source.members.map((member) => ({ ...member, series: targets[member.series] ?? others })),
    })),
  }
}
