import type { ChartKind } from '../../data/charts/card-settings.ts'
import { stackSeries } from '../../data/chart-frame.ts'
import type { ChartFrame, FrameSeries } from '../../data/chart-frame.ts'
import type { TimeAxis } from '../../data/time/time-axis.ts'
import { formatNumber, isPercentage, scaleFor } from '../../data/units.ts'
import { heatColor, seriesColor, type ChartColors } from '../chart-colors.ts'
import { axisRange, extentOf } from '../chart-scale.ts'
import { bucketOrder, mostOf } from '../heat-map.ts'
import { valueTicks } from './value-ticks.ts'

/** What an image of a chart shows. */
export interface ChartImage {
  readonly title: string
  /** Below the title: nodes, what was chosen, the span of time. */
  readonly subtitle: string
  readonly units: string
  readonly kind: ChartKind
  readonly frame: ChartFrame
  /** Series of an earlier period, in the order of the frame's; drawn dashed. */
  readonly compared: readonly FrameSeries[] | undefined
  readonly hidden: ReadonlySet<string>
  readonly fromS: number
  readonly toS: number
  readonly axis: TimeAxis
  readonly colors: ChartColors
  /** The colour of each series on screen, by its id. */
  readonly seriesColors: ReadonlyMap<string, string>
}

/** Size of an image in points; the file has twice as many pixels each way. */
export const imageSize = { width: 1200, height: 630, scale: 2 } as const

const margin = { top: 84, right: 28, bottom: 40, left: 76 }
const legendRowPx = 22
const legendRowsMax = 4
const scaleHeightPx = 30
const font = (sizePx: number, weight = 400) => `${weight} ${sizePx}px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif`

/** Paints a chart with title, axes and legend on the theme's background, as a canvas. */
export function paintImage(image: ChartImage): HTMLCanvasElement {
  const { width, height, scale } = imageSize
  const canvas = document.createElement('canvas')
  canvas.width = width * scale
  canvas.height = height * scale
  const context = canvas.getContext('2d')
  if (context === null) return canvas
  context.scale(scale, scale)
  context.fillStyle = image.colors.surface
  context.fillRect(0, 0, width, height)

  const isStacked = image.kind === 'stacked'
  const isHeat = image.kind === 'heatmap'
  const shown = image.frame.series
    .map((series, index) => ({ series, color: image.seriesColors.get(series.dimensionId) || seriesColor(image.colors, index), index }))
    .filter(({ series }) => !image.hidden.has(series.dimensionId))
  const own = shown.map(({ series }) => series.values)
  const columns = isStacked ? stackSeries(own) : own
  const earlier = shown.map(({ index }) => image.compared?.[index]?.values ?? [])
  const comparedColumns = image.compared === undefined ? [] : isStacked ? stackSeries(earlier) : earlier
  const extent = extentOf([...columns, ...comparedColumns])
  const unit = scaleFor(image.units, extent === undefined ? 0 : Math.max(Math.abs(extent[0]), Math.abs(extent[1])))
  const buckets = bucketOrder(shown.map(({ series }) => series.name))
  const [low, high] = isHeat
    ? [0, Math.max(1, shown.length)]
    : axisRange(extent && [extent[0] * unit.factor, extent[1] * unit.factor], isPercentage(image.units))

  const rows = layoutLegend(context, isHeat ? [] : shown.map(({ series }) => series.name), width - margin.left - margin.right)
  const bottom = height - margin.bottom - (isHeat ? scaleHeightPx : rows.height)
  const x = (timeS: number) => margin.left + ((timeS - image.fromS) / (image.toS - image.fromS || 1)) * (width - margin.left - margin.right)
  const y = (value: number) => bottom - ((value - low) / (high - low || 1)) * (bottom - margin.top)

  paintHead(context, image, isHeat ? image.units : unit.label)
  const names = isHeat ? buckets.map((place) => shown[place]?.series.name ?? '') : undefined
  paintAxes(context, image, { low, high, bottom, x, y }, names)
  context.save()
  context.beginPath()
  context.rect(margin.left, margin.top, width - margin.left - margin.right, bottom - margin.top)
  context.clip()
  const paintColumn = (values: readonly (number | null)[], color: string, isFilled: boolean, isDashed: boolean) => {
    const points = image.frame.timesS.map((timeS, row) => {
      const value = values[row] ?? null
      return value === null ? undefined : ([x(timeS), y(value * unit.factor)] as const)
    })
    paintLine(context, points, { color, zeroY: y(0), fill: isFilled ? (isStacked ? 0.62 : 0.16) : 0, isDashed })
  }
  const isFilled = image.kind !== 'line'
  // The top of a stack first, so that the lower ones stay in sight.
  if (isHeat) {
    paintCells(
      context,
      image,
      buckets.map((place) => own[place] ?? []),
      { x, y },
    )
  }
  for (const place of isHeat ? [] : isStacked ? shown.map((_, index) => index).reverse() : shown.map((_, index) => index)) {
    paintColumn(columns[place] ?? [], shown[place]?.color ?? image.colors.text, isFilled, false)
  }
  if (!isHeat) comparedColumns.forEach((values, place) => paintColumn(values, shown[place]?.color ?? image.colors.text, false, true))
  context.restore()

  if (isHeat) paintScale(context, image, mostOf({ ...image.frame, series: shown.map(({ series }) => series) }), bottom)
  rows.items.forEach(({ text, left, top }, place) => {
    context.fillStyle = shown[place]?.color ?? image.colors.text
    context.fillRect(margin.left + left, bottom + margin.bottom + top - 5, 12, 4)
    context.fillStyle = image.colors.text
    context.font = font(13)
    context.textAlign = 'left'
    context.fillText(text, margin.left + left + 18, bottom + margin.bottom + top)
  })
  return canvas
}

function paintHead(context: CanvasRenderingContext2D, image: ChartImage, unit: string): void {
  const room = imageSize.width - 48
  context.textBaseline = 'alphabetic'
  context.textAlign = 'left'
  context.fillStyle = image.colors.text
  context.font = font(22, 640)
  context.fillText(fitted(context, `${image.title} (${unit})`, room), 24, 38)
  context.font = font(14)
  context.fillText(fitted(context, image.subtitle, room), 24, 62)
}

interface Plane {
  readonly low: number
  readonly high: number
  readonly bottom: number
  readonly x: (timeS: number) => number
  readonly y: (value: number) => number
}

/** `names` stand in the middle of their rows, in place of numbers. */
function paintAxes(
  context: CanvasRenderingContext2D,
  { axis, colors }: ChartImage,
  { low, high, bottom, x, y }: Plane,
  names: readonly string[] | undefined,
): void {
  context.font = font(12.5)
  context.textAlign = 'right'
  context.lineWidth = 1
  context.fillStyle = colors.text
  // Every so many buckets, so that their names do not touch.
  const every = Math.ceil((names?.length ?? 0) / 24)
  names?.forEach((name, place) => {
    if (place % every === 0) context.fillText(fitted(context, name, margin.left - 14), margin.left - 10, y(place + 0.5) + 4)
  })
  for (const value of names === undefined ? valueTicks(low, high, 6) : []) {
    const at = Math.round(y(value)) + 0.5
    context.strokeStyle = colors.grid
    context.beginPath()
    context.moveTo(margin.left, at)
    context.lineTo(imageSize.width - margin.right, at)
    context.stroke()
    context.fillStyle = colors.text
    context.fillText(formatNumber(value), margin.left - 10, at + 4)
  }
  context.textAlign = 'center'
  axis.splitsS.forEach((timeS, index) => context.fillText(axis.labels[index] ?? '', x(timeS), bottom + 20))
}

/** One cell for each row and bucket, the lowest bucket at the bottom. */
function paintCells(
  context: CanvasRenderingContext2D,
  { frame, colors }: ChartImage,
  rows: readonly (readonly (number | null)[])[],
  { x, y }: Pick<Plane, 'x' | 'y'>,
): void {
  const { timesS } = frame
  const most = mostOf({ timesS, series: rows.map((values) => ({ dimensionId: '', name: '', values })) })
  const stepS = Math.min(...timesS.slice(1).map((timeS, row) => timeS - (timesS[row] ?? 0)), 3600)
  // Edges on whole pixels: what ends between two leaves seams.
  const snapped = (at: number) => Math.round(at * imageSize.scale) / imageSize.scale
  rows.forEach((values, bucket) =>
    timesS.forEach((timeS, row) => {
      const color = heatColor(colors, values[row] ?? 0, most)
      if (color === undefined) return
      context.fillStyle = color
      const left = snapped(x(timeS - stepS))
      const top = snapped(y(bucket + 1))
      context.fillRect(left, top, Math.max(1 / imageSize.scale, snapped(x(timeS)) - left), snapped(y(bucket)) - top)
    }),
  )
}

/** Which colour is how much: the steps from nothing to the most there is, which grow like squares. */
function paintScale(context: CanvasRenderingContext2D, { colors, units }: ChartImage, most: number, bottom: number): void {
  const step = { width: 26, height: 10 }
  const top = bottom + margin.bottom + 8
  const text = scaleFor(units, most)
  context.font = font(13)
  context.textAlign = 'left'
  context.fillStyle = colors.text
  context.fillText('0', margin.left, top + 10)
  const left = margin.left + 16
  colors.heat.forEach((color, place) => {
    context.fillStyle = color
    context.fillRect(left + place * step.width, top, step.width, step.height)
  })
  context.fillStyle = colors.text
  const words = `${formatNumber(most * text.factor)} ${text.label}`
  context.fillText(fitted(context, words, 400), left + colors.heat.length * step.width + 8, top + 10)
}

interface LineStyle {
  readonly color: string
  readonly zeroY: number
  readonly fill: number
  readonly isDashed: boolean
}

function paintLine(
  context: CanvasRenderingContext2D,
  points: readonly (readonly [number, number] | undefined)[],
  { color, zeroY, fill, isDashed }: LineStyle,
): void {
  const stroke = new Path2D()
  const area = new Path2D()
  let start: number | undefined
  let last: readonly [number, number] | undefined
  const close = () => {
    if (start === undefined || last === undefined) return
    area.lineTo(last[0], zeroY)
    area.lineTo(start, zeroY)
    area.closePath()
    start = undefined
  }
  for (const point of points) {
    if (point === undefined) {
      close()
      last = undefined
      continue
    }
    if (last === undefined) {
      stroke.moveTo(...point)
      area.moveTo(...point)
      start = point[0]
    } else {
      stroke.lineTo(...point)
      area.lineTo(...point)
    }
    last = point
  }
  close()
  context.save()
  context.strokeStyle = color
  context.fillStyle = color
  context.lineWidth = 1.6
  context.lineJoin = 'round'
  if (isDashed) {
    context.setLineDash([5, 4])
    context.globalAlpha = 0.65
  }
  context.stroke(stroke)
  context.globalAlpha = fill
  if (fill > 0) fillPath(context, area)
  context.restore()
}

const fillPath = (context: CanvasRenderingContext2D, path: Path2D) => context.fill(path)

interface LegendItem {
  readonly text: string
  readonly left: number
  readonly top: number
}

/** Names in rows of this width; when they are too many, the last says how many are left out. */
function layoutLegend(context: CanvasRenderingContext2D, names: readonly string[], width: number): { items: LegendItem[]; height: number } {
  context.font = font(13)
  const items: LegendItem[] = []
  let left = 0
  let row = 0
  for (const [index, name] of names.entries()) {
    const text = fitted(context, name, 220)
    const needs = context.measureText(text).width + 18
    if (left > 0 && left + needs > width) {
      left = 0
      row += 1
    }
    if (row >= legendRowsMax) {
      const rest = names.length - index + 1
      const lastItem = items.pop()
      if (lastItem !== undefined) items.push({ ...lastItem, text: `and ${rest} more` })
      row = legendRowsMax - 1
      break
    }
    items.push({ text, left, top: row * legendRowPx + 18 })
    left += needs + 20
  }
  return { items, height: items.length === 0 ? 0 : (row + 1) * legendRowPx + 8 }
}

/** A text cut to a width, with an ellipsis; bidi controls and line breaks of an agent's name are left out. */
function fitted(context: CanvasRenderingContext2D, text: string, width: number): string {
  const plain = text.slice(0, 400).replace(/[\p{Cc}\p{Bidi_Control}]+/gu, ' ')
  if (context.measureText(plain).width <= width) return plain
  let low = 0
  let high = plain.length
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (context.measureText(`${plain.slice(0, middle)}…`).width <= width) low = middle
    else high = middle - 1
  }
  return `${plain.slice(0, low)}…`
}
