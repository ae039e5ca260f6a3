import type uPlot from 'uplot'
import type { ThresholdLine } from '../data/alert-config/condition-form.ts'
import type { ChartColors } from './chart-colors.ts'

/** A time during which an alert was raised. */
export interface PaintedSpan {
  readonly fromS: number
  readonly toS: number
  readonly level: 'warning' | 'critical'
}

/** A moment at which an alert changed; the one that is looked at is wider and has a larger head. */
export interface PaintedMoment {
  readonly timeS: number
  readonly level: 'warning' | 'critical' | 'other'
  readonly isChosen: boolean
}

const alarmColors = {
  light: { warning: '#935a00', critical: '#b23434' },
  dark: { warning: '#e5ad3d', critical: '#f28b82' },
} as const

const colorsFor = (colors: ChartColors) => alarmColors[colors.surface === '#ffffff' ? 'light' : 'dark']

/** Paints the values at which an alert is raised (whole lines) and cleared (dashed), each with its word: at the right end what raises, at the left what clears. */
export function paintThresholds(plot: uPlot, lines: readonly ThresholdLine[], colors: ChartColors): void {
  const { ctx, bbox } = plot
  const unit = window.devicePixelRatio || 1
  const own = colorsFor(colors)
  ctx.save()
  ctx.font = `${11 * unit}px system-ui, sans-serif`
  ctx.textBaseline = 'bottom'
  const taken: { readonly is: ThresholdLine['is']; readonly top: number; readonly width: number }[] = []
  for (const { level, is, value } of lines) {
    const y = plot.valToPos(value, 'y', true)
    if (!Number.isFinite(y) || y < bbox.top - 1 || y > bbox.top + bbox.height + 1) continue
    ctx.strokeStyle = own[level]
    ctx.lineWidth = (level === 'critical' ? 2 : 1.5) * unit
    ctx.setLineDash(is === 'clear' ? [3 * unit, 4 * unit] : [])
    ctx.beginPath()
    ctx.moveTo(bbox.left, y)
    ctx.lineTo(bbox.left + bbox.width, y)
    ctx.stroke()
    const text = is === 'clear' ? `${level} clears` : level
    // Values that raise and clear lie near each other; their words do not.
    ctx.textAlign = is === 'clear' ? 'left' : 'right'
    const isLow = y - bbox.top < 16 * unit
    const top = isLow ? y + 15 * unit : y - 2 * unit
    // Two that would stand over each other stand beside each other.
    const beside = taken.filter((other) => other.is === is && Math.abs(other.top - top) < 13 * unit)
    const inset = 4 * unit + beside.reduce((sum, { width }) => sum + width + 8 * unit, 0)
    taken.push({ is, top, width: ctx.measureText(text).width })
    const x = is === 'clear' ? bbox.left + inset : bbox.left + bbox.width - inset
    // A halo, so that the word is read over whatever lies behind.
    ctx.setLineDash([])
    ctx.lineWidth = 3 * unit
    ctx.strokeStyle = colors.surface
    ctx.strokeText(text, x, top)
    ctx.fillStyle = own[level]
    ctx.fillText(text, x, top)
  }
  ctx.restore()
}

/** Paints times as veils over the whole height, each with an edge on top. */
export function paintSpans(plot: uPlot, spans: readonly PaintedSpan[], colors: ChartColors): void {
  const { ctx, bbox } = plot
  const unit = window.devicePixelRatio || 1
  const own = colorsFor(colors)
  ctx.save()
  for (const { fromS, toS, level } of spans) {
    const left = Math.max(bbox.left, plot.valToPos(fromS, 'x', true))
    const right = Math.min(bbox.left + bbox.width, plot.valToPos(toS, 'x', true))
    if (right < bbox.left || left > bbox.left + bbox.width) continue
    const width = Math.max(unit, right - left)
    ctx.globalAlpha = 0.18
    ctx.fillStyle = own[level]
    ctx.fillRect(left, bbox.top, width, bbox.height)
    ctx.globalAlpha = 1
    ctx.fillRect(left, bbox.top, width, (level === 'critical' ? 4 : 2) * unit)
  }
  ctx.restore()
}

/** Paints moments as lines from a head at the top down to the axis. */
export function paintMoments(plot: uPlot, moments: readonly PaintedMoment[], colors: ChartColors): void {
  const { ctx, bbox } = plot
  const unit = window.devicePixelRatio || 1
  const own = { ...colorsFor(colors), other: colors.text }
  ctx.save()
  for (const { timeS, level, isChosen } of moments) {
    const x = plot.valToPos(timeS, 'x', true)
    if (!Number.isFinite(x) || x < bbox.left - unit || x > bbox.left + bbox.width + unit) continue
    ctx.strokeStyle = own[level]
    ctx.fillStyle = own[level]
    ctx.lineWidth = (isChosen ? 2 : 1) * unit
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
    const half = (isChosen ? 6 : 4) * unit
    ctx.beginPath()
    ctx.moveTo(x - half, bbox.top)
    ctx.lineTo(x + half, bbox.top)
    ctx.lineTo(x, bbox.top + half * 1.4)
    ctx.closePath()
    ctx.fill()
  }
  ctx.restore()
}
