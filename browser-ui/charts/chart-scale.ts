import type { ChartFrame } from '../data/chart-frame.ts'

/** The lowest and highest value of columns; undefined when there is none. */
export function extentOf(columns: readonly (readonly (number | null)[])[]): readonly [number, number] | undefined {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const column of columns) {
    for (const value of column) {
      if (value === null) continue
      if (value < low) low = value
      if (value > high) high = value
    }
  }
  return low === Number.POSITIVE_INFINITY ? undefined : [low, high]
}

/**
 * The ends of a value axis: always with zero in sight, a little room at the far end, and never of no height.
 * Shares of a whole that come near 100 end there exactly.
 */
export function axisRange(extent: readonly [number, number] | undefined, isPercentage: boolean): readonly [number, number] {
  if (extent === undefined) return [0, 1]
  const low = Math.min(0, extent[0])
  const high = Math.max(0, extent[1])
  if (low === 0 && high === 0) return [0, 1]
  if (isPercentage && low === 0 && high > 90 && high <= 100.5) return [0, 100]
  const room = (high - low) * 0.08
  return [low < 0 ? low - room : 0, high > 0 ? high + room : 0]
}

/** Round values between the ends of an axis, at most `most`, as they read after `factor`: marks at 0, 5, 10 MiB rather than bytes. */
export function valueSplits(low: number, high: number, most: number, factor: number): readonly number[] {
  const size = Math.abs(high - low) * factor
  if (!(size > 0) || !Number.isFinite(size)) return []
  const rough = size / Math.max(1, most)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 2.5, 5, 10].find((nice) => nice * power >= rough * 0.999) ?? 10)
  const first = Math.ceil((low * factor) / step - 1e-9)
  const last = Math.floor((high * factor) / step + 1e-9)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => ((first + index) * step) / factor)
}

/** The row nearest to a time, by binary search; undefined without rows. */
export function nearestRow(timesS: readonly number[], timeS: number): number | undefined {
  if (timesS.length === 0) return undefined
  let low = 0
  let high = timesS.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((timesS[middle] ?? 0) < timeS) low = middle + 1
    else high = middle
  }
  const before = timesS[low - 1]
  return before !== undefined && timeS - before < (timesS[low] ?? 0) - timeS ? low - 1 : low
}

/** About one pixel of a chart, as a share of its window. */
const pixelShare = 1 / 500
/** Rows that one tick brings at most; more came from the past. */
const tickRows = 3
/** Rows that are compared, spread over the frame: the past of one more node changes nearly all of them. */
const comparedRows = 24

/** Whether painting a frame would change what a person sees: long windows move by less than a pixel a second. */
export function isWorthPaint(
  painted: ChartFrame,
  next: ChartFrame,
  paintedRange: readonly [number, number],
  range: readonly [number, number],
): boolean {
  const spanS = range[1] - range[0]
  return (
    spanS !== paintedRange[1] - paintedRange[0] ||
    Math.abs(range[1] - paintedRange[1]) >= spanS * pixelShare ||
    Math.abs(next.timesS.length - painted.timesS.length) > tickRows ||
    next.series.length !== painted.series.length ||
    next.series.some((line, index) => line.dimensionId !== painted.series[index]?.dimensionId) ||
    isPastAnother(painted, next)
  )
}

/** Whether rows behind the newest ones have other values: the past of another node came, with the same rows. */
function isPastAnother(painted: ChartFrame, next: ChartFrame): boolean {
  const settled = painted.timesS.length - tickRows
  const stride = Math.max(1, Math.floor(settled / comparedRows))
  for (let row = 0; row < settled; row += stride) {
    const timeS = painted.timesS[row] ?? 0
    const at = nearestRow(next.timesS, timeS)
    if (at === undefined || next.timesS[at] !== timeS) continue
    if (next.series.some(({ values }, index) => values[at] !== painted.series[index]?.values[row])) return true
  }
  return false
}
