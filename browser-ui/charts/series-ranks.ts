import type { FrameSeries } from '../data/chart-frame.ts'

/** How the series of one chart are ordered in words and coloured. */
export interface SeriesRanking {
  /** Indexes into the series, the one that matters most first. */
  readonly order: readonly number[]
  /** The place in the palette of each series; undefined for one that has only ever been zero. */
  readonly colorIndex: readonly (number | undefined)[]
  /** How many of `order` have ever been other than zero. */
  readonly active: number
}

/** Up to this many series keep the agent's own order: reads before writes, in before out. */
const fewSeries = 4
/** Rows a first ranking should rest on; before, a few seconds would decide for good. */
const settledRows = 30

/**
 * Gives colours to the series that have something to show, largest first, and keeps them from then on: a colour that
 * changes its meaning while somebody looks would be worse than an order that is a little old.
 */
export function createSeriesRanks(): { rank(series: readonly FrameSeries[]): SeriesRanking } {
  let places = new Map<string, number>()
  let isSettled = false
  return {
    rank(series) {
      if (series.length <= fewSeries) {
        const order = series.map((_, index) => index)
        return { order, colorIndex: order, active: series.length }
      }
      const rows = series[0]?.values.length ?? 0
      if (!isSettled && rows >= settledRows) {
        places = new Map()
        isSettled = true
      }
      const fresh = series
        .filter((line) => !places.has(line.dimensionId))
        .map((line) => ({ line, size: line.values.reduce<number>((total, value) => total + Math.abs(value ?? 0), 0) }))
        .filter(({ size }) => size > 0)
        .sort((a, b) => b.size - a.size)
      for (const { line } of fresh) places.set(line.dimensionId, places.size)
      const colorIndex = series.map((line) => places.get(line.dimensionId))
      const order = series
        .map((_, index) => index)
        .sort((a, b) => (colorIndex[a] ?? Number.MAX_SAFE_INTEGER) - (colorIndex[b] ?? Number.MAX_SAFE_INTEGER) || a - b)
      return { order, colorIndex, active: colorIndex.filter((place) => place !== undefined).length }
    },
  }
}
