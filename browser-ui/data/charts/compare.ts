import type { ChartFrame, FrameSeries } from '../chart-frame.ts'

/** The periods a chart can be compared with. */
export const comparisons = [
  { id: 'before', title: 'The period before' },
  { id: 'yesterday', title: 'The same time yesterday' },
  { id: 'week', title: 'The same time last week' },
] as const

export type ComparisonId = (typeof comparisons)[number]['id']

/** How far back a comparison looks, seconds. */
export function shiftOf(id: ComparisonId, windowS: number): number {
  return id === 'before' ? windowS : id === 'yesterday' ? 86_400 : 604_800
}

/**
 * Series of an earlier frame laid over a frame: for each of its rows the earlier value closest to `shiftS` before, within one
 * and a half steps; series that the earlier frame lacks are gaps.
 */
export function alignFrame(frame: ChartFrame, earlier: ChartFrame, shiftS: number): readonly FrameSeries[] {
  const stepS = Math.max(stepOf(frame.timesS), stepOf(earlier.timesS))
  let at = 0
  const rows = frame.timesS.map((timeS) => {
    const wantedS = timeS - shiftS
    while (at + 1 < earlier.timesS.length && distance(earlier.timesS[at + 1], wantedS) <= distance(earlier.timesS[at], wantedS)) at += 1
    return distance(earlier.timesS[at], wantedS) <= stepS * 1.5 ? at : -1
  })
  const byId = new Map(earlier.series.map((series) => [series.dimensionId, series]))
  return frame.series.map(({ dimensionId, name }) => {
    const values = byId.get(dimensionId)?.values
    return { dimensionId, name, values: rows.map((row) => values?.[row] ?? null) }
  })
}

/** The usual distance of rows, seconds: the smallest there is. */
function stepOf(timesS: readonly number[]): number {
  let step = Number.POSITIVE_INFINITY
  for (let row = 1; row < timesS.length; row++) step = Math.min(step, (timesS[row] ?? 0) - (timesS[row - 1] ?? 0))
  return Number.isFinite(step) && step > 0 ? step : 1
}

const distance = (timeS: number | undefined, wantedS: number) =>
  timeS === undefined ? Number.POSITIVE_INFINITY : Math.abs(timeS - wantedS)

/** The change from one value to another: absolute, and as a share of the earlier one where that is not zero. */
export function change(
  now: number | undefined,
  before: number | undefined,
): { readonly by: number | undefined; readonly share: number | undefined } {
  if (now === undefined || before === undefined) return { by: undefined, share: undefined }
  return { by: now - before, share: before === 0 ? undefined : (now - before) / Math.abs(before) }
}
