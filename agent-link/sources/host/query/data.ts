import { jsonAnswer, textAnswer } from '../../source.ts'
import type { SourceAnswer } from '../../source.ts'
import type { Chart, ChartDimension } from '../chart.ts'
import { aggregateOf } from './aggregate.ts'
import type { Aggregate } from './aggregate.ts'
import { firstOf, parseOptions } from './parameters.ts'
import { parsePattern } from './pattern.ts'
import { renderData } from './render.ts'
import { resolveWindow } from './window.ts'
import type { Window } from './window.ts'

/** One column of an answer. */
export interface Column {
  readonly chart: Chart
  readonly dimension: ChartDimension
  readonly index: number
}

/** A finished query: rows newest first, values by column, NaN for none. */
export interface QueryResult {
  readonly columns: readonly Column[]
  readonly window: Window
  readonly updateEveryS: number
  readonly firstS: number
  readonly lastS: number
  readonly group: string
  readonly times: readonly number[]
  readonly rows: readonly (readonly number[])[]
}

/** Values in one answer: an hour of everything a usual host has. More would stall the collector. */
const valuesLimit = 600_000

const notFound = textAnswer(404, 'No metrics where matched to query.')

/** Answers `/api/v1/data` (agent-api §6, §7) from the charts' history. */
export function answerData(
  charts: ReadonlyMap<string, Chart>,
  parameters: ReadonlyMap<string, string>,
  nowS: number,
  hostname: string,
): SourceAnswer {
  const chartText = parameters.get('chart')
  const contextText = parameters.get('context')
  if (chartText === undefined && contextText === undefined) return textAnswer(400, 'No chart or context is given.')
  const format = parameters.get('format') ?? 'json'
  if (format !== 'json') return textAnswer(400, 'Only the format json is offered here.')
  const columns = selectColumns(charts, chartText, contextText, firstOf(parameters, 'dimensions', 'dimension', 'dims', 'dim'))
  const stored = storedRange(columns)
  if (stored === undefined) return notFound
  const options = parseOptions(parameters.get('options'))
  const window = resolveWindow(
    {
      after: integer(parameters.get('after'), -600),
      before: integer(parameters.get('before'), 0),
      points: Math.max(0, integer(parameters.get('points'), 0)),
      isUnaligned: options.has('unaligned'),
    },
    { ...stored, nowS },
  )
  if (window.points * columns.length > valuesLimit) return textAnswer(413, 'The answer would be too large; ask for fewer points or charts.')
  const { name: group, aggregate } = aggregateOf(parameters.get('group'))
  const times = Array.from({ length: window.points }, (_, row) => window.beforeS - row * window.stepS)
  const rows = times.map((timeS) =>
    columns.map((column) => valueAt(column, timeS, window.stepS, aggregate, options.has('absolute') || options.has('abs'))),
  )
  const hasChartIds = contextText !== undefined || !charts.has(chartText ?? '')
  const result = shape({ columns, window, ...stored, group, times, rows }, options)
  return jsonAnswer(200, renderData(result, options, hasChartIds, `${hostname}:${chartText ?? '*'}:${contextText ?? '*'}`))
}

function selectColumns(
  charts: ReadonlyMap<string, Chart>,
  chartText?: string,
  contextText?: string,
  dimensionText?: string,
): readonly Column[] {
  const isChart = parsePattern(chartText) ?? (() => true)
  const isContext = parsePattern(contextText) ?? (() => true)
  const isDimension = parsePattern(dimensionText) ?? (() => true)
  const columns: Column[] = []
  for (const chart of charts.values()) {
    if (!isContext(chart.context) || !isChart(chart.id)) continue
    for (const [index, dimension] of chart.dimensions.entries()) {
      if (isDimension(dimension.id) || isDimension(dimension.name)) columns.push({ chart, dimension, index })
    }
  }
  return columns
}

function storedRange(columns: readonly Column[]): { firstS: number; lastS: number; updateEveryS: number } | undefined {
  let range: { firstS: number; lastS: number; updateEveryS: number } | undefined
  for (const { chart } of columns) {
    const { firstS, lastS, updateEveryS } = chart.history
    if (firstS === undefined || lastS === undefined) continue
    range = {
      firstS: Math.min(range?.firstS ?? firstS, firstS),
      lastS: Math.max(range?.lastS ?? lastS, lastS),
      updateEveryS: Math.min(range?.updateEveryS ?? updateEveryS, updateEveryS),
    }
  }
  return range
}

/** The value of a row: its own samples in (time − step, time], put together. */
function valueAt({ chart, index }: Column, timeS: number, stepS: number, aggregate: Aggregate, isAbsolute: boolean): number {
  const { history } = chart
  const every = history.updateEveryS
  const newest = Math.floor(timeS / every) * every
  const pick = (sample: number) => (isAbsolute ? Math.abs(sample) : sample)
  if (stepS === every) return newest === timeS ? pick(history.at(index, newest)) : Number.NaN
  const samples: number[] = []
  // Only what is stored is looked at: a row may span years.
  const oldest = Math.max(Math.floor((timeS - stepS) / every) * every + every, history.firstS ?? Infinity)
  for (let at = oldest; at <= Math.min(newest, history.lastS ?? 0); at += every) {
    const sample = history.at(index, at)
    if (!Number.isNaN(sample)) samples.push(pick(sample))
  }
  return samples.length === 0 ? Number.NaN : aggregate(samples)
}

/** Applies the options that change values or columns (agent-api §6.5). */
function shape(result: QueryResult, options: ReadonlySet<string>): QueryResult {
  let { columns, rows } = result
  if (options.has('percentage')) {
    rows = rows.map((row) => {
      const total = row.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : Math.abs(value)), 0)
      return row.map((value) => (total > 0 ? (value * 100) / total : value))
    })
  }
  if (options.has('nonzero')) {
    const kept = columns.map((_, index) => rows.some((row) => (row[index] ?? 0) !== 0 && !Number.isNaN(row[index])))
    // All zero: everything stays, or the chart would vanish.
    if (kept.includes(true)) {
      columns = columns.filter((_, index) => kept[index])
      rows = rows.map((row) => row.filter((_, index) => kept[index]))
    }
  }
  if (options.has('null2zero')) rows = rows.map((row) => row.map((value) => (Number.isNaN(value) ? 0 : value)))
  return { ...result, columns, rows }
}

function integer(text: string | undefined, fallback: number): number {
  const value = Number.parseInt(text ?? '', 10)
  return Number.isSafeInteger(value) ? value : fallback
}
