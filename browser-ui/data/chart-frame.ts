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
