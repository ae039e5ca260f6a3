import type uPlot from 'uplot'
import { timeAxis, wholeLabels } from '../data/time/time-axis.ts'
import type { TimeFormat } from '../data/time/format-time.ts'
import { formatNumber } from '../data/units.ts'
import type { ChartColors } from './chart-colors.ts'
import { valueSplits } from './chart-scale.ts'

/** What a plot's axes show now; read at each painting. */
export interface PlotAxes {
  readonly valueRange: () => readonly [number, number]
  readonly factor: () => number
  readonly format: () => TimeFormat
  /** Names instead of numbers on the value axis, the lowest first; undefined for numbers. */
  readonly buckets: () => readonly string[] | undefined
}

export interface PlotSize {
  readonly widthPx: number
  readonly heightPx: number
}

/** Distances inside a plot, CSS pixels. */
export const plotEdges = { leftPx: 46, rightPx: 8, topPx: 8, bottomPx: 24 } as const

const axisFont = '11px system-ui, sans-serif'
/** A time label with seconds, a value label: at least so far apart. */
const timeSpacePx = 74
const valueSpacePx = 34
const bucketSpacePx = 15

/** The options all charts share: no legend and no cursor of uPlot's own, axes in the page's words; the grid behind or over what is drawn. */
export function plotOptions(size: PlotSize, colors: ChartColors, axes: PlotAxes, isGridOver: boolean): uPlot.Options {
  let labels: readonly string[] = []
  return {
    width: size.widthPx,
    height: size.heightPx,
    padding: [plotEdges.topPx, plotEdges.rightPx, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false }, y: { range: () => [...axes.valueRange()] } },
    // Areas of full colour would hide a grid behind them.
    drawOrder: (isGridOver ? ['series', 'axes'] : ['axes', 'series']) as uPlot.DrawOrderKey[],
    axes: [
      {
        stroke: colors.text,
        font: axisFont,
        size: plotEdges.bottomPx,
        gap: 4,
        grid: { show: false },
        ticks: { show: false },
        splits: (plot, _axis, fromS, toS) => {
          const widthPx = plot.width - plotEdges.leftPx - plotEdges.rightPx
          const axis = timeAxis(fromS, toS, Math.floor(widthPx / timeSpacePx), axes.format())
          labels = wholeLabels(axis, toS, widthPx / (toS - fromS), plotEdges.rightPx)
          return [...axis.splitsS]
        },
        values: () => [...labels],
      },
      {
        stroke: colors.text,
        font: axisFont,
        size: plotEdges.leftPx,
        gap: 6,
        grid: { stroke: isGridOver ? `${colors.text}30` : colors.grid, width: 1 },
        ticks: { show: false },
        splits: (plot, _axis, low, high) => {
          const heightPx = plot.height - plotEdges.topPx - plotEdges.bottomPx
          const buckets = axes.buckets()
          if (buckets === undefined) return [...valueSplits(low, high, Math.floor(heightPx / valueSpacePx), axes.factor())]
          const every = Math.max(1, Math.ceil((buckets.length * bucketSpacePx) / heightPx))
          return buckets.flatMap((_, index) => (index % every === 0 ? [index + 0.5] : []))
        },
        values: (_plot, splits) => {
          const buckets = axes.buckets()
          return splits.map((value) => (buckets === undefined ? axisNumber(value * axes.factor()) : cut(buckets[value - 0.5] ?? '')))
        },
      },
    ],
    series: [{}],
    hooks: {},
  }
}

function axisNumber(value: number): string {
  const size = Math.abs(value)
  if (size >= 10_000) return `${formatNumber(value / 1000)}k`
  return String(Number(value.toFixed(size >= 10 ? 1 : 3)))
}

/** A bucket's name in the room of the axis. */
function cut(name: string): string {
  return name.length > 7 ? `${name.slice(0, 6)}…` : name
}
