import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { ChartFrame } from '../data/chart-frame.ts'
import { stackSeries } from '../data/chart-frame.ts'
import { formatNumber, isPercentage, scaleFor, type UnitScale } from '../data/units.ts'
import { axisRange, extentOf, isWorthPaint } from './chart-scale.ts'
import { seriesColor, type ChartColors } from './chart-colors.ts'
import type { LegendView } from './legend-view.ts'
import { createSeriesRanks } from './series-ranks.ts'

/** One drawn chart. Holds no React state: it is fed and redrawn by hand. */
export interface ChartView {
  /** Shows the newest values in words, and paints when that would change a pixel. */
  draw(frame: ChartFrame, fromS: number, toS: number): void
  /** The next draw paints, whatever it shows. */
  invalidate(): void
  setColors(colors: ChartColors): void
  resize(widthPx: number): void
  /** Moves the shared cursor by points; 0 takes it away. */
  moveCursor(byPoints: number): void
  destroy(): void
}

export interface ChartViewDeps {
  readonly host: HTMLElement
  readonly legend: LegendView
  readonly units: string
  /** `line`, `area`, `stacked`; anything else is drawn as lines. */
  readonly chartType: string
  readonly heightPx: number
  onScale(scale: UnitScale): void
  /** The time a person points at, or undefined. */
  onCursor(timeS: number | undefined): void
}

/** All charts of the page share one cursor by time. */
const syncKey = 'throughline-time'
const axisWidthPx = 46
const two = (n: number) => String(n).padStart(2, '0')

/** Local time of day, 24 hours, as `14:03:22`. */
export function clockText(timeS: number, hasSeconds = true): string {
  const date = new Date(timeS * 1000)
  return `${two(date.getHours())}:${two(date.getMinutes())}${hasSeconds ? `:${two(date.getSeconds())}` : ''}`
}

export function createChartView(deps: ChartViewDeps, firstColors: ChartColors, firstWidthPx: number): ChartView {
  const { host, legend, units, chartType, heightPx } = deps
  const isStacked = chartType === 'stacked'
  const isFilled = isStacked || chartType === 'area'
  let colors = firstColors
  let widthPx = firstWidthPx
  let plot: uPlot | undefined
  let plotKey = ''
  let frame: ChartFrame = { timesS: [], series: [] }
  let painted: ChartFrame = frame
  let isStale = true
  let scale: UnitScale = { factor: 1, label: units }
  let range: readonly [number, number] = [0, 1]
  let hoveredRow: number | undefined
  const ranks = createSeriesRanks()
  let lineColors: readonly string[] = []

  /** A hovered row is one of what is painted; otherwise the words show the newest row, painted or not. */
  const showRow = () => {
    const isHovered = hoveredRow !== undefined && hoveredRow < painted.timesS.length
    const shown = isHovered ? painted : frame
    const row = isHovered ? (hoveredRow ?? 0) : frame.timesS.length - 1
    legend.setRow(shown.series, row, shown.timesS[row], scale, isHovered)
  }

  /** uPlot paints later series over earlier ones: a stack is painted from its top down, so that empty layers hide nobody. */
  const drawOrder = () => {
    const order = frame.series.map((_, index) => index)
    return isStacked ? order.reverse() : order
  }

  const seriesOptions = (color: string): uPlot.Series => {
    const options: uPlot.Series = { stroke: color, width: isStacked ? 1 : 1.5, points: { show: false }, spanGaps: false }
    if (isFilled) options.fill = alpha(color, isStacked ? 0.62 : 0.16)
    return options
  }

  const build = (data: uPlot.AlignedData) => {
    plot?.destroy()
    const options: uPlot.Options = {
      width: widthPx,
      height: heightPx,
      padding: [8, 8, 0, 0],
      legend: { show: false },
      cursor: {
        sync: { key: syncKey, scales: ['x', null] },
        drag: { x: false, y: false, setScale: false },
        y: false,
        points: { size: 6, width: 2 },
        focus: { prox: -1 },
      },
      scales: { x: { time: true }, y: { range: () => [range[0], range[1]] } },
      axes: [
        {
          stroke: colors.text,
          font: axisFont,
          size: 24,
          gap: 4,
          space: 70,
          grid: { show: false },
          ticks: { show: false },
          values: (_plot, splits, _axis, _space, step) => splits.map((timeS) => clockText(timeS, step < 60)),
        },
        {
          stroke: colors.text,
          font: axisFont,
          size: axisWidthPx,
          gap: 6,
          space: 34,
          grid: { stroke: colors.grid, width: 1 },
          ticks: { show: false },
          values: (_plot, splits) => splits.map((value) => axisNumber(value)),
        },
      ],
      series: [{}, ...drawOrder().map((index) => seriesOptions(lineColors[index] ?? colors.text))],
      hooks: {
        setCursor: [
          (self) => {
            const index = self.cursor.idx
            hoveredRow = (self.cursor.left ?? -1) >= 0 && typeof index === 'number' ? index : undefined
            showRow()
            deps.onCursor(hoveredRow === undefined ? undefined : painted.timesS[hoveredRow])
          },
        ],
      },
    }
    plot = new uPlot(options, data, host)
  }

  const redraw = (fromS: number, toS: number) => {
    const drawn = isStacked ? stackSeries(frame.series.map((line) => line.values)) : frame.series.map((line) => line.values)
    const extent = extentOf(drawn)
    scale = scaleFor(units, extent === undefined ? 0 : Math.max(Math.abs(extent[0]), Math.abs(extent[1])))
    const { factor } = scale
    range = axisRange(extent && [extent[0] * factor, extent[1] * factor], isPercentage(units))
    const scaled = factor === 1 ? drawn : drawn.map((column) => column.map((value) => (value === null ? null : value * factor)))
    const data = [frame.timesS, ...drawOrder().map((index) => scaled[index])] as uPlot.AlignedData
    const signs = isStacked ? frame.series.map((line) => (line.values.some((value) => value !== null && value < 0) ? -1 : 1)) : []
    const ranking = ranks.rank(frame.series)
    lineColors = ranking.colorIndex.map((place) => (place === undefined ? colors.grid : seriesColor(colors, place)))
    const key = `${frame.series.map((line) => line.dimensionId).join(' ')} ${lineColors.join('')} ${signs.join('')}`
    if (plot === undefined || key !== plotKey) {
      plotKey = key
      legend.setSeries(frame.series, lineColors, ranking)
      build(data)
      setBands(signs)
    }
    deps.onScale(scale)
    plot?.batch(() => {
      plot?.setData(data, false)
      plot?.setScale('x', { min: fromS, max: toS })
    })
    showRow()
  }

  /** Between a stacked series and the one of the same sign below it lies its colour; the lowest fills down to zero by itself. */
  const setBands = (signs: readonly number[]) => {
    const order = drawOrder()
    const placeOf = (index: number) => order.indexOf(index) + 1
    signs.forEach((sign, index) => {
      const below = signs.slice(0, index).lastIndexOf(sign)
      if (below !== -1) plot?.addBand({ series: [placeOf(index), placeOf(below)], dir: sign === 1 ? -1 : 1 })
    })
  }

  let lastRange: readonly [number, number] = [0, 1]
  return {
    draw(next, fromS, toS) {
      frame = next
      if (!isStale && !isWorthPaint(painted, next, lastRange, [fromS, toS])) return showRow()
      lastRange = [fromS, toS]
      isStale = false
      painted = next
      redraw(fromS, toS)
    },
    invalidate() {
      isStale = true
    },
    setColors(next) {
      if (next === colors) return
      colors = next
      plotKey = ''
      if (frame.series.length > 0) {
        painted = frame
        redraw(...lastRange)
      }
    },
    resize(next) {
      if (next === widthPx) return
      widthPx = next
      plot?.setSize({ width: next, height: heightPx })
    },
    moveCursor(byPoints) {
      if (plot === undefined || painted.timesS.length === 0) return
      const at = Math.min(painted.timesS.length - 1, Math.max(0, (hoveredRow ?? painted.timesS.length) + byPoints))
      const left = byPoints === 0 ? -10 : plot.valToPos(painted.timesS[at] ?? 0, 'x')
      plot.setCursor({ left, top: byPoints === 0 ? -10 : heightPx / 3 })
    },
    destroy() {
      plot?.destroy()
      plot = undefined
    },
  }
}

const axisFont = '11px system-ui, sans-serif'

function axisNumber(value: number): string {
  const size = Math.abs(value)
  if (size >= 10_000) return `${formatNumber(value / 1000)}k`
  return String(Number(value.toFixed(size >= 10 ? 1 : 3)))
}

/** A six-digit hex colour with an opacity. */
function alpha(hex: string, opacity: number): string {
  return `${hex}${Math.round(opacity * 255)
    .toString(16)
    .padStart(2, '0')}`
}
