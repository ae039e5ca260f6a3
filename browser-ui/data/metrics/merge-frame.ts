import type { ContextInstance } from '../feed/catalogue.ts'
import type { SeriesColumn, SeriesTable } from '../feed/series-table.ts'
import { labelOf } from '../labels.ts'
import type { AggregateTable } from './aggregate-table.ts'
import { foldSeries } from './fold-series.ts'
import { mergeRows, type MergeMember, type MergeSource } from '../../../src/live/merge-rows.ts'
import type { ChartChoice, MetricsFrame } from './metrics-feed.ts'

/** One context of one node, every metric a column, with what is known of its instances. */
export interface NodePart {
  readonly nodeId: string
  readonly hostname: string
  readonly table: SeriesTable
  readonly instances: readonly ContextInstance[]
  /** Seconds between two of its answers. */
  readonly cadenceS: number
}

/** One context of several nodes of an agent, aggregated by it. */
export interface AgentPart {
  readonly table: AggregateTable
  /** Seconds between two of its answers. */
  readonly cadenceS: number
  /** What the agent calls nodes by, as what the page calls them. */
  readonly nodeOf: (agentsId: string) => { readonly nodeId: string; readonly hostname: string } | undefined
}

export interface FrameParts {
  readonly nodes: readonly NodePart[]
  readonly agents: readonly AgentPart[]
}

/** What stands where a metric has no such label; the agents' own word. */
const unsetLabel = '[unset]'

interface Metric {
  /** Its name: agents put dimensions of one name together, whatever their ids (seen on 2.9). */
  readonly dimension: string
  readonly nodeId: string
  readonly hostname: string
  readonly instanceId: string
  readonly instanceName: string
  label(key: string): string | undefined
}

/** Tables of nodes and agents as the series of one chart. Never asks anything; what it was not given is not in it. */
export function mergeFrame(choice: ChartChoice, { nodes, agents }: FrameParts, fromS: number, toS: number): MetricsFrame {
  const groups = createGroups(choice, nodes.length + agents.length > 1 || agents.length > 0)
  const sources: MergeSource[] = []
  for (const node of nodes) sources.push(sourceOfNode(choice, node, groups))
  for (const agent of agents) sources.push(sourceOfAgent(agent, groups))
  const used = sources.filter(({ members }) => members.length > 0)
  const folded = foldSeries(groups.list(), used, choice.aggregation === 'average')
  const { series } = folded
  const rows = mergeRows({ sources: folded.sources, seriesCount: series.length, aggregation: choice.aggregation, fromS, toS })
  return {
    timesS: rows.timesS,
    series: series.map(({ id, name }, index) => ({ dimensionId: id, name, values: rows.values[index] ?? [] })),
    volumes: rows.volumes,
    isPartial: rows.isPartial,
    wholeFromS: rows.wholeFromS,
    mergedBy: agents.length === 0 ? 'page' : nodes.length === 0 && agents.length === 1 ? 'agents' : 'both',
  }
}

/** Whether a choice takes an instance with these labels: any value of one key, every key named. */
export function takesLabels(labels: ChartChoice['labels'], own: Readonly<Record<string, string>>): boolean {
  const byKey = new Map<string, boolean>()
  for (const { key, value } of labels) byKey.set(key, byKey.get(key) === true || labelOf(own, key) === value)
  return [...byKey.values()].every(Boolean)
}

/** Whether a choice takes a dimension: by its name, or by its id. */
export function takesDimension(chosen: ChartChoice['dimensions'], column: Pick<SeriesColumn, 'dimensionId' | 'name'>): boolean {
  return chosen === undefined || chosen.includes(column.name) || chosen.includes(column.dimensionId)
}

function sourceOfNode(choice: ChartChoice, { nodeId, hostname, table, instances, cadenceS }: NodePart, groups: Groups): MergeSource {
  const known = new Map(instances.map((instance) => [instance.chartId, instance]))
  const members: MergeMember[] = []
  let slowestS = 1
  let fastestS = Infinity
  table.columns.forEach((column, index) => {
    const instance = known.get(column.chartId)
    if (choice.instances !== undefined && !choice.instances.includes(column.chartId)) return
    if (!takesDimension(choice.dimensions, column)) return
    if (!takesLabels(choice.labels, instance?.labels ?? {})) return
    const paceS = instance?.updateEveryS ?? 1
    slowestS = Math.max(slowestS, paceS)
    fastestS = Math.min(fastestS, paceS)
    const series = groups.placeOf({
      dimension: column.name,
      nodeId,
      hostname,
      instanceId: column.chartId,
      instanceName: instance?.label ?? column.chartId,
      label: (key) => labelOf(instance?.labels, key),
    })
    members.push({ series, values: table.values(index), paceS, counts: undefined, partial: undefined, volume: 1 })
  })
  return { timesS: table.timesS(), stepsS: table.stepsS(), paceS: slowestS, isUniform: fastestS >= slowestS, cadenceS, members }
}

function sourceOfAgent({ table, cadenceS, nodeOf }: AgentPart, groups: Groups): MergeSource {
  const members = table.series().map((series): MergeMember => {
    const node = nodeOf(series.nodeId)
    const labels = new Map(table.labelKeys.map((key, index) => [key, series.labels[index]]))
    const place = groups.placeOf({
      dimension: series.dimensionName,
      nodeId: node?.nodeId ?? series.nodeId,
      hostname: node?.hostname ?? series.nodeName,
      instanceId: series.instanceId,
      instanceName: series.instanceName,
      label: (key) => labels.get(key),
    })
    const { sums, counts, partial } = table.values(series)
    return { series: place, values: sums, paceS: 1, counts, partial, volume: series.volume }
  })
  return { timesS: table.timesS(), stepsS: table.stepsS(), paceS: table.paceS, isUniform: true, cadenceS, members }
}

interface Groups {
  placeOf(metric: Metric): number
  list(): readonly { readonly id: string; readonly name: string }[]
}

/** Series by their parts, in the order in which they appear. */
function createGroups({ groupBy }: ChartChoice, hasManyNodes: boolean): Groups {
  const places = new Map<string, number>()
  const list: { id: string; name: string }[] = []
  const hasNode = groupBy.includes('node')
  return {
    placeOf(metric) {
      const ids: string[] = []
      const names: string[] = []
      for (const part of groupBy) {
        if (part === 'dimension') {
          ids.push(metric.dimension)
          names.push(metric.dimension)
        } else if (part === 'node') {
          ids.push(metric.nodeId)
          names.push(metric.hostname)
        } else if (part === 'instance') {
          // The same disk of two nodes is two disks.
          const isApart = hasManyNodes && !hasNode
          ids.push(isApart ? `${metric.instanceId}@${metric.nodeId}` : metric.instanceId)
          names.push(isApart ? `${metric.instanceName} on ${metric.hostname}` : metric.instanceName)
        } else {
          const value = metric.label(part.slice('label:'.length)) ?? unsetLabel
          ids.push(value)
          names.push(value)
        }
      }
      const id = ids.join(',')
      let place = places.get(id)
      if (place === undefined) {
        place = list.length
        places.set(id, place)
        list.push({ id, name: names.join(', ') })
      }
      return place
    },
    list: () => list,
  }
}
