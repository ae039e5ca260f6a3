import { simplePattern } from '../../../src/domain/simple-pattern.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { isObject, listOf, objectOf } from '../../../src/support/json.ts'
import type { RoomNode } from '../ports.ts'
import { textOf, type DataPart, type PartSeries } from './data-part.ts'
import type { DataWish, GroupPass } from './data-wish.ts'

type Fields = Readonly<Record<string, unknown>>

/** What is known of a chart of a node. */
interface Chart {
  readonly id: string
  readonly name: string
  readonly contextId: string
  readonly units: string
  readonly paceS: number
  readonly labels: Readonly<Record<string, string>>
  readonly dimensions: readonly { readonly id: string; readonly name: string }[]
}

interface Column {
  readonly chart: Chart
  readonly dimension: string
  readonly values: Float64Array
}

const unset = '[unset]'

/**
 * The answer of an agent that aggregates nothing (`/api/v1/data`, every metric a column) grouped the way agents that do would: same
 * ids, same sums. Where dimensions are joined values count without their sign, as they do there (agent-api §8.1).
 */
export function partOfPlain(node: RoomNode, data: Fields, contexts: Fields, wish: DataWish): DataPart {
  const [pass] = wish.passes
  if (pass === undefined || wish.passes.length > 1 || pass.groupBy.includes('percentage-of-instance'))
    throw new ThroughlineError('AGENT_TOO_OLD', 'The agent of this node cannot group like this; agents from 1.39 on can.')
  const { charts, title, chartType } = chartsOf(contexts)
  const result = objectOf(data['result'])
  const rows = listOf(result['data'])
    .filter((row): row is unknown[] => Array.isArray(row) && Number.isFinite(row[0]))
    .sort((a, b) => Number(a[0]) - Number(b[0]))
  const stepS = Math.max(1, numberOr(data['view_update_every'], 1))
  const updateEveryS = Math.max(1, numberOr(data['update_every'], 1))
  const isWanted = columnFilter(node, wish)
  const labels = listOf(result['labels']).slice(1)
  const [chartIds, dimensionIds, dimensionNames] = ['chart_ids', 'dimension_ids', 'dimension_names'].map((field) => listOf(data[field]))
  const columns = labels.flatMap((label, index): Column[] => {
    const chartId = textOf(chartIds?.[index]) || textOf(data['id'])
    const chart = charts.get(chartId) ?? {
      id: chartId,
      name: chartId,
      contextId: wish.contexts[0] ?? '',
      units: '',
      paceS: updateEveryS,
      labels: {},
      dimensions: [],
    }
    const dimension = textOf(dimensionNames?.[index]) || textOf(dimensionIds?.[index]) || textOf(label)
    if (!isWanted(chart)) return []
    return [{ chart, dimension, values: Float64Array.from(rows, (row) => numberOr(row[index + 1], Number.NaN)) }]
  })
  const shown = [...charts.values()]
  return {
    timesS: Float64Array.from(rows, (row) => Number(row[0])),
    stepS,
    updateEveryS,
    series: grouped(node, columns, pass, rows.length),
    title,
    chartType,
    summary: {
      contexts: [...new Set(shown.map(({ contextId }) => contextId))],
      instances: shown.map(({ id, name }) => ({ id, name, machineGuid: node.machineGuid })),
      dimensions: [...new Map(shown.flatMap((chart) => chart.dimensions.map((dimension) => [dimension.name, dimension]))).values()],
      labels: labelsOf(shown),
      alerts: [],
      metrics: new Map([[node.machineGuid, columns.length]]),
    },
  }
}

/** Series that stay apart, each one column for the joining; their values are summed there. */
function grouped(node: RoomNode, columns: readonly Column[], pass: GroupPass, rows: number): readonly PartSeries[] {
  const isSigned = pass.groupBy.includes('dimension')
  return columns.map(({ chart, dimension, values }): PartSeries => {
    const { id, name } = seriesOf(node, chart, dimension, pass)
    return {
      id,
      name,
      units: chart.units,
      volume: rows === 0 ? 0 : 1,
      values: isSigned ? values : values.map(Math.abs),
      counts: undefined,
      anomalies: undefined,
      partial: undefined,
      paceS: chart.paceS,
    }
  })
}

/** The parts of a series in the agents' own order (agent-api §8.2). */
function seriesOf(
  node: RoomNode,
  chart: Chart,
  dimension: string,
  { groupBy, labels }: GroupPass,
): { readonly id: string; readonly name: string } {
  const isByNode = groupBy.includes('node')
  const parts: (readonly [id: string, name: string])[] = []
  if (groupBy.includes('dimension')) parts.push([dimension, dimension])
  if (groupBy.includes('instance')) {
    parts.push(isByNode ? [chart.id, chart.name] : [`${chart.id}@${node.machineGuid}`, `${chart.name}@${node.hostname}`])
  }
  if (groupBy.includes('label')) {
    for (const key of labels) {
      const value = Object.hasOwn(chart.labels, key) ? (chart.labels[key] ?? unset) : unset
      parts.push([value, value])
    }
  }
  if (isByNode) parts.push([node.machineGuid, node.hostname])
  if (groupBy.includes('context')) parts.push([chart.contextId, chart.contextId])
  if (groupBy.includes('units')) parts.push([chart.units, chart.units])
  if (parts.length === 0) parts.push(['selected', 'selected'])
  return { id: parts.map(([id]) => id).join(','), name: parts.map(([, name]) => name).join(',') }
}

/** Whether a chart is wanted, by its names and its labels. Dimensions were left to the agent. */
function columnFilter({ machineGuid }: RoomNode, { instances, labels }: DataWish): (chart: Chart) => boolean {
  const isInstance = simplePattern(instances)
  const byKey = new Map<string, string[]>()
  for (const item of labels) {
    const key = item.slice(0, Math.max(0, item.indexOf(':')))
    byKey.set(key, [...(byKey.get(key) ?? []), item])
  }
  const perKey = [...byKey.values()].map((items) => simplePattern(items))
  return (chart) => {
    if (!isInstance(chart.id, chart.name, `${chart.id}@${machineGuid}`)) return false
    const own = Object.entries(chart.labels).map(([key, value]) => `${key}:${value}`)
    return perKey.every((takes) => takes(...own))
  }
}

function labelsOf(charts: readonly Chart[]): ReadonlyMap<string, ReadonlySet<string>> {
  const labels = new Map<string, Set<string>>()
  for (const chart of charts) {
    for (const [key, value] of Object.entries(chart.labels)) {
      const values = labels.get(key) ?? new Set()
      labels.set(key, values.add(value))
    }
  }
  return labels
}

/** Charts of an answer of `/api/v1/contexts`, or of `/api/v1/context`, which is the one context itself. */
function chartsOf(answer: Fields): { readonly charts: ReadonlyMap<string, Chart>; readonly title: string; readonly chartType: string } {
  const contexts = isObject(answer['contexts']) ? Object.entries(answer['contexts']) : [[textOf(answer['name']), answer] as const]
  const charts = new Map<string, Chart>()
  for (const [contextId, context] of contexts) {
    for (const [id, chart] of Object.entries(objectOf(objectOf(context)['charts']))) {
      const fields = objectOf(chart)
      charts.set(id, {
        id,
        name: textOf(fields['name']) || id,
        contextId: textOf(fields['context']) || contextId,
        units: textOf(fields['units']) || textOf(objectOf(context)['units']),
        paceS: Math.max(1, numberOr(fields['update_every'], 1)),
        labels: Object.fromEntries(Object.entries(objectOf(fields['labels'])).map(([key, value]) => [key, textOf(value)])),
        dimensions: Object.entries(objectOf(fields['dimensions'])).map(([dimensionId, dimension]) => ({
          id: dimensionId,
          name: textOf(objectOf(dimension)['name']) || dimensionId,
        })),
      })
    }
  }
  const [, first] = contexts[0] ?? []
  return { charts, title: textOf(objectOf(first)['title']), chartType: textOf(objectOf(first)['chart_type']) }
}

function numberOr(value: unknown, fallback: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : fallback
}
