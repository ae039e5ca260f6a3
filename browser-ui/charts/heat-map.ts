import type uPlot from 'uplot'
import type { ChartFrame } from '../data/chart-frame.ts'
import { heatColor, type ChartColors } from './chart-colors.ts'

const numberOf = (name: string) => {
  const text = name.trim().replace(/^(?:le|lt|<=?)[\s_=]*/iu, '')
  if (/^\+?inf(?:inity)?$/iu.test(text)) return Number.POSITIVE_INFINITY
  return text === '' ? Number.NaN : Number(text)
}

/** The buckets of a heat map from low to high, as indexes into the series: by the number in their name, else as the agent orders them. */
export function bucketOrder(names: readonly string[]): readonly number[] {
  const order = names.map((_, index) => index)
  const numbers = names.map(numberOf)
  if (numbers.some((value) => Number.isNaN(value))) return order
  return order.sort((a, b) => (numbers[a] ?? 0) - (numbers[b] ?? 0) || a - b)
}

/** The largest value of any cell; 0 when there is none. */
export function mostOf(frame: ChartFrame): number {
  let most = 0
  for (const { values } of frame.series) for (const value of values) if (value !== null && value > most) most = value
  return most
}

/** Values are of the interval before their time; a longer distance between rows is a gap, not a wide cell. */
const widestStep = 1.5

/** Paints one cell for each row and bucket; the lowest bucket stands at the bottom, between 0 and 1 of the value axis. */
export function paintHeatMap(plot: uPlot, frame: ChartFrame, order: readonly number[], most: number, colors: ChartColors): void {
  const { ctx, bbox } = plot
  const { timesS } = frame
  let stepS = Number.POSITIVE_INFINITY
  for (let row = 1; row < timesS.length; row++) stepS = Math.min(stepS, (timesS[row] ?? 0) - (timesS[row - 1] ?? 0))
  if (!Number.isFinite(stepS)) stepS = 1
  const tops = Array.from({ length: order.length + 1 }, (_, bucket) => Math.round(plot.valToPos(bucket, 'y', true)))
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  for (let row = 0; row < timesS.length; row++) {
    const timeS = timesS[row] ?? 0
    const distanceS = row === 0 ? stepS : timeS - (timesS[row - 1] ?? 0)
    const left = Math.round(plot.valToPos(timeS - (distanceS > widestStep * stepS ? stepS : distanceS), 'x', true))
    const width = Math.max(1, Math.round(plot.valToPos(timeS, 'x', true)) - left)
    order.forEach((seriesIndex, bucket) => {
      const color = heatColor(colors, frame.series[seriesIndex]?.values[row] ?? 0, most)
      if (color === undefined) return
      const bottom = tops[bucket] ?? 0
      const top = tops[bucket + 1] ?? 0
      ctx.fillStyle = color
      ctx.fillRect(left, top, width, Math.max(1, bottom - top))
    })
  }
  ctx.restore()
}
