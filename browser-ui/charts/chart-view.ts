import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import './chart-view.css'
import { stackSeries, type ChartFrame, type FrameSeries } from '../data/chart-frame.ts'
import type { Timeline } from '../data/time/timeline.ts'
import { isPercentage, scaleFor, type UnitScale } from '../data/units.ts'
import { timeZone } from '../ui/account/time-zone.ts'
import { heatColor, seriesColor, type ChartColors } from './chart-colors.ts'
import { createChartGestures } from './chart-gestures.ts'
import { bindChartInput } from './chart-input.ts'
import { paintPartial } from './chart-marks.ts'
import { createChartOverlay } from './chart-overlay.ts'
import { axisRange, extentOf, isWorthPaint, nearestRow } from './chart-scale.ts'
import { paintCompared } from './compared-lines.ts'
import { createCrosshair } from './crosshair.ts'
import { bucketOrder, mostOf, paintHeatMap } from './heat-map.ts'
import type { LegendView } from './legend-view.ts'
import { plotEdges, plotOptions } from './plot-options.ts'
import { createSeriesRanks, type SeriesRanking } from './series-ranks.ts'

/** A frame, and for each row whether a source that usually contributes did not (as in `MetricsFrame`). */
export interface DrawnFrame extends ChartFrame {
  readonly isPartial?: readonly boolean[]
}

/** One drawn chart. Holds no React state: it is fed and redrawn by hand. */
export interface ChartView {
  /** Shows the newest values in words, and paints when that would change a pixel. */
  draw(frame: DrawnFrame, fromS: number, toS: number): void
  /** The next draw paints, whatever it shows. */
  invalidate(): void
  /** Series that are not painted; the next draw leaves them out. */
  setHidden(hidden: ReadonlySet<string>): void
  /** Series of an earlier period, values for the rows of the frame that is drawn next; painted dashed. */
  setCompared(series: readonly FrameSeries[] | undefined): void
  setColors(colors: ChartColors): void
  /** A thin line of progress, for what takes longer than 300 ms. */
  setLoading(isLoading: boolean): void
  resize(widthPx: number, heightPx?: number): void
  destroy(): void
}

export interface ChartViewDeps {
  /** Holds the chart and takes its pointers, its wheel and, when it has the focus, its keys (see `chartKeys`). */
  readonly host: HTMLElement
  readonly legend: LegendView
  readonly units: string
  /** `line`, `area`, `stacked`, `heatmap`; anything else is drawn as lines. */
  readonly chartType: string
  readonly heightPx: number
  /** What pointers and keys change: hold, lock, pan, zoom, select. */
  readonly timeline: Timeline
  onScale(scale: UnitScale): void
  /** The time of the row a person points at, on this chart or on another one, or undefined. */
  onCursor(timeS: number | undefined): void
  /** What a page paints over the chart, such as thresholds; and the values that have to be in sight for it. */
  readonly over?: ChartOver | undefined
}

/** Paint over a chart of lines or areas, read at each painting. */
export interface ChartOver {
  inSight(): readonly number[]
  paint(plot: uPlot, colors: ChartColors): void
}

/** All charts of the page share one crosshair by time. */
const crosshair = createCrosshair((run) => void window.requestAnimationFrame(run))
const noFrame: DrawnFrame = { timesS: [], series: [] }

export function createChartView(deps: ChartViewDeps, firstColors: ChartColors, firstWidthPx: number): ChartView {
  const { host, legend, units, chartType, timeline } = deps
  const isStacked = chartType === 'stacked'
  const isHeat = chartType === 'heatmap'
  const ranks = createSeriesRanks()
  const overlay = createChartOverlay(host)
  const stack: (number | null)[][] = []
  let colors = firstColors
  let widthPx = firstWidthPx
  let heightPx = deps.heightPx
  let plot: uPlot | undefined
  let plotKey = ''
  /** The newest frame, and the one that is painted. */
  let frame = noFrame
  let painted = noFrame
  let range: readonly [number, number] = [0, 1]
  let isStale = true
  let scale: UnitScale = { factor: 1, label: units }
  let valueRange: readonly [number, number] = [0, 1]
  let lineColors: readonly string[] = []
  let buckets: readonly number[] = []
  let most = 0
  let hidden: ReadonlySet<string> = new Set()
  /** What is given for the next drawing, and what is painted. */
  let compared: readonly FrameSeries[] | undefined
  let comparedColumns: readonly (readonly (number | null)[])[] = []

  const plotWidthPx = () => Math.max(1, widthPx - plotEdges.leftPx - plotEdges.rightPx)

  // ---- words and marks ----

  const cellColor = isHeat ? (value: number) => heatColor(colors, value, most) : undefined

  /** A pointed-at row is one of what is painted; otherwise the words show the newest row, painted or not. */
  const showRow = () => {
    const { timeS } = crosshair
    if (timeS === undefined) {
      legend.setRow(frame.series, frame.timesS.length - 1, frame.timesS.at(-1), scale, false, cellColor)
      overlay.mark(undefined)
      deps.onCursor(undefined)
      return
    }
    // A cell ends at its time; it is the one under the pointer, not the one that ended nearest.
    const row = nearestRow(painted.timesS, isHeat ? timeS + stepS() / 2 : timeS) ?? -1
    // Where nothing was collected no neighbour speaks for it.
    const isThere = Math.abs((painted.timesS[row] ?? Number.NEGATIVE_INFINITY) - timeS) <= reachS()
    legend.setRow(painted.series, isThere ? row : -1, isThere ? painted.timesS[row] : undefined, scale, true, cellColor)
    const xPx = ((timeS - range[0]) / (range[1] - range[0])) * plotWidthPx()
    overlay.mark(xPx >= 0 && xPx <= plotWidthPx() ? xPx : undefined)
    deps.onCursor(isThere ? painted.timesS[row] : timeS)
  }
  /** How far from its time a row is pointed at: two steps, or a few pixels. */
  const reachS = () => Math.max(2 * stepS(), ((range[1] - range[0]) / plotWidthPx()) * 4)
  const stepS = () => ((painted.timesS.at(-1) ?? 0) - (painted.timesS[0] ?? 0)) / Math.max(1, painted.timesS.length - 1)

  const gestures = createChartGestures({
    timeline,
    crosshair,
    range: () => range,
    widthPx: plotWidthPx,
    rowTime(fromS, byRows) {
      const { timesS } = painted
      const row = fromS === undefined ? (byRows < 0 ? timesS.length : -1) : (nearestRow(timesS, fromS) ?? 0)
      return timesS[Math.min(timesS.length - 1, Math.max(0, row + byRows))]
    },
    onSelect(span) {
      if (span === undefined) return overlay.select(undefined)
      const [fromPx = 0, toPx = 0] = span.map((timeS) => ((timeS - range[0]) / (range[1] - range[0])) * plotWidthPx())
      overlay.select({ fromPx, toPx, text: timeZone.format.span(span[0], span[1], timeline.edgeS() || span[1]) })
    },
  })
  const ends = [
    bindChartInput(host, gestures, () => plotEdges.leftPx),
    crosshair.onMove(showRow),
    timeZone.subscribe(() => {
      plot?.redraw(false, true)
      showRow()
    }),
  ]

  // ---- painting ----

  const seriesOptions = (color: string): uPlot.Series => {
    const options: uPlot.Series = { stroke: color, width: lineWidthPx(), points: { show: false }, spanGaps: false }
    if (isStacked) options.fill = mixed(color, colors.surface, 0.62)
    else if (chartType === 'area') options.fill = alpha(color, 0.16)
    return options
  }
  const hiddenSeries: uPlot.Series = { show: true, paths: () => null, points: { show: false } }

  /** uPlot paints later series over earlier ones: a stack is painted from its top down, each layer over what reaches below it. */
  const drawOrder = (): number[] => {
    const order = frame.series.map((_, index) => index)
    return isStacked ? order.reverse() : order
  }

  const build = (data: uPlot.AlignedData) => {
    plot?.destroy()
    const names = isHeat ? buckets.map((index) => frame.series[index]?.name ?? '') : undefined
    const options = plotOptions(
      { widthPx, heightPx },
      colors,
      { valueRange: () => valueRange, factor: () => scale.factor, format: () => timeZone.format, buckets: () => names },
      isStacked,
    )
    options.series = [{}, ...drawOrder().map((index) => (isHeat ? hiddenSeries : seriesOptions(lineColors[index] ?? colors.text)))]
    options.hooks = {
      draw: [
        (self) => {
          if (isHeat) paintHeatMap(self, heatFrame(), buckets, most, colors)
          if (comparedColumns.length > 0) paintCompared(self, painted.timesS, comparedColumns, lineColors)
          if (painted.isPartial) paintPartial(self, painted.timesS, painted.isPartial, colors.text)
          deps.over?.paint(self, colors)
        },
      ],
    }
    plot = new uPlot(options, data, host)
    place()
  }
  const heatFrame = () => (hidden.size === 0 ? painted : { ...painted, series: withoutHidden(painted.series, hidden) })
  const place = () => {
    const { leftPx, topPx, bottomPx } = plotEdges
    overlay.place(leftPx, topPx, plotWidthPx(), Math.max(1, heightPx - topPx - bottomPx))
  }

  /** What a heat map's rows and colours mean, told in place of a ranking by size. */
  const rankBuckets = (): SeriesRanking => {
    buckets = bucketOrder(frame.series.map((line) => line.name))
    return { order: buckets, colorIndex: buckets, active: buckets.length }
  }

  const redraw = () => {
    const shown = hidden.size === 0 ? frame.series : withoutHidden(frame.series, hidden)
    const values = shown.map((line) => line.values)
    const drawn = isStacked ? stackSeries(values, stack) : values
    const earlier = compared === undefined || isHeat ? [] : withoutHidden(compared, hidden).map((line) => line.values)
    comparedColumns = isStacked ? stackSeries(earlier) : earlier
    const ranking = isHeat ? rankBuckets() : ranks.rank(frame.series)
    most = isHeat ? mostOf(frame) : 0
    const extent = isHeat ? ([0, most] as const) : extentOf([...drawn, ...comparedColumns, deps.over?.inSight() ?? []])
    scale = scaleFor(units, extent === undefined ? 0 : Math.max(Math.abs(extent[0]), Math.abs(extent[1])))
    valueRange = isHeat ? [0, Math.max(1, frame.series.length)] : axisRange(extent, isPercentage(units))
    lineColors = isHeat
      ? frame.series.map(() => colors.heat.at(6) ?? colors.text)
      : ranking.colorIndex.map((place) => (place === undefined ? colors.grid : seriesColor(colors, place)))
    const data = [frame.timesS, ...drawOrder().map((index) => drawn[index])] as uPlot.AlignedData
    const key = `${frame.series.map((line) => line.dimensionId).join(' ')} ${lineColors.join('')}`
    if (plot === undefined || key !== plotKey) {
      plotKey = key
      legend.setSeries(frame.series, lineColors, ranking)
      build(data)
    }
    deps.onScale(scale)
    plot?.batch(() => {
      plot?.setData(data, false)
      plot?.setScale('x', { min: range[0], max: range[1] })
    })
    gestures.follow()
    showRow()
  }

  return {
    draw(next, fromS, toS) {
      frame = next
      // Nothing in this span: the axes move on, the names stay.
      if (next.series.length === 0) frame = { timesS: [], series: painted.series.map((line) => ({ ...line, values: [] })) }
      if (!isStale && !isWorthPaint(painted, frame, range, [fromS, toS])) return showRow()
      range = [fromS, toS]
      isStale = false
      painted = frame
      redraw()
    },
    invalidate() {
      isStale = true
    },
    setHidden(next) {
      hidden = next
      isStale = true
    },
    setCompared(next) {
      if (next === undefined && compared === undefined) return
      compared = next
      isStale = true
    },
    setColors(next) {
      if (next === colors) return
      colors = next
      plotKey = ''
      if (frame.series.length === 0) return
      painted = frame
      redraw()
    },
    setLoading(isLoading) {
      if (isLoading) host.dataset['loading'] = 'true'
      else delete host.dataset['loading']
    },
    resize(nextWidthPx, nextHeightPx = heightPx) {
      if (nextWidthPx === widthPx && nextHeightPx === heightPx) return
      widthPx = nextWidthPx
      heightPx = nextHeightPx
      plot?.setSize({ width: widthPx, height: heightPx })
      if (plot) place()
    },
    destroy() {
      for (const end of ends) end()
      gestures.leave()
      overlay.destroy()
      plot?.destroy()
      plot = undefined
    },
  }
}

/** Hidden series keep their place, and with it the colours of the others, but have no values. */
function withoutHidden(series: readonly FrameSeries[], hidden: ReadonlySet<string>): readonly FrameSeries[] {
  return series.map((line) => (hidden.has(line.dimensionId) ? { ...line, values: line.values.map(() => null) } : line))
}

/** Lines of one pixel are painted thirty times faster in software than wider ones; screens that fine have no such trouble. */
const lineWidthPx = () => (window.devicePixelRatio > 1 ? 1.5 : 1)

/** A six-digit hex colour with an opacity. */
function alpha(hex: string, opacity: number): string {
  return `${hex}${Math.round(opacity * 255)
    .toString(16)
    .padStart(2, '0')}`
}

/** What a colour of an opacity looks like on a surface, without looking through. */
function mixed(hex: string, surface: string, opacity: number): string {
  const part = (color: string, at: number) => Number.parseInt(color.slice(at, at + 2), 16)
  return `#${[1, 3, 5]
    .map((at) =>
      Math.round(part(hex, at) * opacity + part(surface, at) * (1 - opacity))
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`
}
