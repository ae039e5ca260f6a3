import type { DataAnswer } from '../feed/agent-answer.ts'
import { isPercentage } from '../units.ts'
import { vitals, type Reading } from '../vitals.ts'

/** How the instances of one dimension become one number: what adds up is added, shares are averaged, the worst one shows. */
export type Combine = 'sum' | 'average' | 'max'

/** One number a node is looked at by: in a column of the table, or as the colour of the map. */
export interface FleetMetric {
  readonly id: string
  readonly title: string
  readonly contextId: string
  readonly units: string
  /** The natural end of its scale, when there is one. */
  readonly ceiling: number | undefined
  /** Its context is one chart of the same name on every agent, so its columns can be told from those of other contexts. */
  readonly isSingleChart: boolean
  readonly combine: Combine
  value(reading: Reading, dimensionIds: readonly string[]): number | undefined
}

const builtInUnits: Readonly<Record<string, string>> = { cpu: '%', memory: '%', load: 'load', disk: 'KiB/s', network: 'kilobits/s' }
const builtInTitles: Readonly<Record<string, string>> = { cpu: 'CPU', memory: 'Memory', load: 'Load', disk: 'Disk', network: 'Network' }

const fromVitals = vitals.flatMap((vital): FleetMetric[] => {
  const units = builtInUnits[vital.id]
  if (units === undefined) return []
  return [
    {
      id: vital.id,
      title: builtInTitles[vital.id] ?? vital.title,
      contextId: vital.contextId,
      units,
      ceiling: vital.ceiling,
      isSingleChart: true,
      combine: 'sum',
      value: (reading, ids) => vital.value(reading, ids),
    },
  ]
})

/** The numbers every host has: CPU, memory, load, disk, network, and how busy the busiest disk is. */
export const fleetMetrics: readonly FleetMetric[] = [
  ...fromVitals,
  {
    id: 'disk-busy',
    title: 'Busiest disk',
    contextId: 'disk.util',
    units: '%',
    ceiling: 100,
    isSingleChart: false,
    combine: 'max',
    value: (reading, ids) => highest(ids.map(reading)),
  },
]

/** A context that a person picked, one dimension of it or all together. */
export function contextMetric(
  context: { readonly id: string; readonly title: string; readonly units: string },
  dimensionId?: string,
): FleetMetric {
  const isShare = isPercentage(context.units)
  return {
    id: dimensionId === undefined ? `context ${context.id}` : `context ${context.id} ${dimensionId}`,
    title: dimensionId === undefined ? context.id : `${context.id} · ${dimensionId}`,
    contextId: context.id,
    units: isShare ? '%' : context.units,
    ceiling: isShare ? 100 : undefined,
    isSingleChart: false,
    combine: isShare ? 'average' : 'sum',
    value: (reading, ids) => (dimensionId === undefined ? total(ids.map(reading)) : reading(dimensionId)),
  }
}

/** What an answer says of a metric: its value at each row, and the newest stored one. */
export interface MetricRows {
  readonly timesS: readonly number[]
  readonly values: readonly (number | undefined)[]
  readonly latest: number | undefined
}

/** Reads a metric from an answer. `isAlone`: nothing but its context was asked for, so every column is its own. */
export function metricRows(metric: FleetMetric, answer: DataAnswer, isAlone: boolean): MetricRows {
  const columns = answer.columns.filter(({ chartId }) => isAlone || chartId === metric.contextId)
  const byDimension = new Map<string, (typeof columns)[number][]>()
  for (const column of columns) {
    const others = byDimension.get(column.dimensionId)
    if (others === undefined) byDimension.set(column.dimensionId, [column])
    else others.push(column)
  }
  const ids = [...byDimension.keys()]
  const valueAt = (pick: (column: (typeof columns)[number]) => number) =>
    columns.length === 0 ? undefined : finite(metric.value((id) => combined(metric.combine, (byDimension.get(id) ?? []).map(pick)), ids))
  return {
    timesS: [...answer.timesS],
    values: Array.from(answer.timesS, (_, row) => valueAt((column) => column.values[row] ?? Number.NaN)),
    latest: valueAt((column) => column.latest),
  }
}

function combined(how: Combine, all: readonly number[]): number | undefined {
  const values = all.filter((value) => Number.isFinite(value))
  if (values.length === 0) return undefined
  if (how === 'max') return Math.max(...values)
  const sum = values.reduce((adding, value) => adding + value, 0)
  return how === 'average' ? sum / values.length : sum
}

const total = (all: readonly (number | undefined)[]) =>
  combined(
    'sum',
    all.map((value) => value ?? Number.NaN),
  )
const highest = (all: readonly (number | undefined)[]) =>
  combined(
    'max',
    all.map((value) => value ?? Number.NaN),
  )
const finite = (value: number | undefined) => (value !== undefined && Number.isFinite(value) ? value : undefined)
