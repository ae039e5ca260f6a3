import { parseObject } from '../feed/agent-answer.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { json2Columns } from '../../../src/live/json2-columns.ts'
import { isObject, listOf, objectOf } from '../json.ts'

/** One series of an agent's own aggregation. A NaN value is a gap. */
export interface AggregateSeries {
  /** As the agent writes it: the parts joined by commas. */
  readonly id: string
  readonly dimensionId: string
  readonly dimensionName: string
  /** Machine guid, or empty when nodes were not told apart. */
  readonly nodeId: string
  readonly nodeName: string
  /** Empty when instances were not told apart. */
  readonly instanceId: string
  readonly instanceName: string
  /** Values of the keys that were grouped by, in their order. */
  readonly labels: readonly string[]
  /** Metrics in it. */
  readonly volume: number
  readonly units: string
  readonly values: Float64Array
  /** How many metrics are in each value, which is not divided then; undefined in an answer without `raw`. */
  readonly counts: Float64Array | undefined
  /** 1 where the agent had fewer sources than usual. */
  readonly partial: Float64Array
}

/** Something that can be chosen, and how many metrics of the answer it has. */
export interface AnswerFacet {
  readonly id: string
  readonly name: string
  readonly count: number
}

/** An answer of `/api/v2|v3/data` in columns, oldest row first (agent-api §8.3). */
export interface AggregateAnswer {
  readonly stepS: number
  /** How often the fastest of its metrics is collected. */
  readonly updateEveryS: number
  readonly timesS: Float64Array
  readonly series: readonly AggregateSeries[]
  /** Nodes the agent looked at, by machine guid and, if it is claimed, by the cloud's id. */
  readonly nodes: readonly (AnswerFacet & { readonly nodeId: string })[]
  readonly instances: readonly (AnswerFacet & { readonly machineGuid: string })[]
  readonly dimensions: readonly AnswerFacet[]
  readonly labels: readonly { readonly key: string; readonly values: readonly AnswerFacet[] }[]
  readonly title: string
  readonly units: string
  readonly chartType: string
}

export interface AggregateShape {
  readonly groupBy: readonly string[]
  readonly groupByLabels: readonly string[]
}

type Fields = Readonly<Record<string, unknown>>
const recordsOf = (value: unknown): readonly Fields[] => listOf(value).filter(isObject)
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
const numberOr = (value: unknown, fallback: number): number => (typeof value === 'number' && Number.isFinite(value) ? value : fallback)

/** Reads a json2 answer, grouped as it was asked. Nothing matched is an answer without rows. Throws AGENT_PROTOCOL for any other text. */
export function parseAggregateAnswer(text: string, shape: AggregateShape): AggregateAnswer {
  const answer = parseObject(text)
  const columns = json2Columns(answer)
  if (columns === undefined) throw new ThroughlineError('AGENT_PROTOCOL', 'The agent gave an answer this page cannot read.')
  const summary = objectOf(answer['summary'])
  const points = Math.max(1, columns.timesS.length)
  const facet = (entry: Fields): AnswerFacet => {
    const id = textOf(entry['id'])
    return { id, name: textOf(entry['nm']) || id, count: metricsOf(entry, points) }
  }
  const guids = new Map(recordsOf(summary['nodes']).map((node) => [numberOr(node['ni'], -1), textOf(node['mg'])]))
  return {
    ...columns,
    series: columns.series.map(({ name, anomalies: _anomalies, ...series }) => ({ ...series, ...partsOf(series.id, name, shape) })),
    nodes: recordsOf(summary['nodes']).map((node) => {
      const id = textOf(node['mg'])
      return { id, nodeId: textOf(node['nd']), name: textOf(node['nm']) || id, count: metricsOf(node, points) }
    }),
    instances: recordsOf(summary['instances']).map((entry) => ({
      ...facet(entry),
      machineGuid: guids.get(numberOr(entry['ni'], -1)) ?? '',
    })),
    dimensions: recordsOf(summary['dimensions']).map(facet),
    labels: recordsOf(summary['labels']).map((entry) => ({ key: textOf(entry['id']), values: recordsOf(entry['vl']).map(facet) })),
  }
}

/** Metrics queried for an entry: said as such, or told by the points it gave (`minimal-stats` leaves the counters out). */
function metricsOf(entry: Fields, points: number): number {
  const queried = objectOf(entry['ds'])['qr']
  if (typeof queried === 'number') return queried
  return Math.ceil(numberOr(objectOf(entry['sts'])['cnt'], 0) / points - 1e-9)
}

/** The parts of a series' id and name, always dimension, instance, labels, node (agent-api §8.2). */
function partsOf(id: string, name: string, { groupBy, groupByLabels }: AggregateShape) {
  const idParts = id.split(',')
  const nameParts = name.split(',')
  const take = (isThere: boolean, from: 'front' | 'back'): readonly [string, string] => {
    if (!isThere) return ['', '']
    const one = (parts: string[]) => (from === 'front' ? parts.shift() : parts.pop()) ?? ''
    return [one(idParts), one(nameParts)]
  }
  const [dimensionId, dimensionName] = take(groupBy.includes('dimension'), 'front')
  const [nodeId, nodeName] = take(groupBy.includes('node'), 'back')
  const [fullInstanceId, fullInstanceName] = take(groupBy.includes('instance'), 'front')
  // What is left are the label values; a comma in one of them leaves too many parts, which go to the last.
  const labels = groupByLabels.map((_, index) =>
    index < groupByLabels.length - 1 ? (idParts[index] ?? '') : idParts.slice(groupByLabels.length - 1).join(','),
  )
  const at = fullInstanceId.lastIndexOf('@')
  const nameAt = fullInstanceName.lastIndexOf('@')
  return {
    dimensionId,
    dimensionName,
    nodeId: nodeId !== '' ? nodeId : at > 0 ? fullInstanceId.slice(at + 1) : '',
    nodeName: nodeName !== '' ? nodeName : nameAt > 0 ? fullInstanceName.slice(nameAt + 1) : '',
    instanceId: at > 0 && nodeId === '' ? fullInstanceId.slice(0, at) : fullInstanceId,
    instanceName: nameAt > 0 && nodeId === '' ? fullInstanceName.slice(0, nameAt) : fullInstanceName,
    labels,
  }
}
