import type { AggregatedQuestion } from '../../../src/live/questions.ts'
import { parseAggregateAnswer } from '../metrics/aggregate-answer.ts'
import type { FleetMetric, MetricRows } from './fleet-metric.ts'

/** Seconds a sample of many nodes looks back, and the rows it takes of them: agents may not have the newest second of all yet. */
const backS = 8
const rows = 4

/** One question for a metric of many nodes of one agent that aggregates: each dimension of each node, its instances put together. */
export function bulkQuestion(metric: FleetMetric, nodeIds: readonly string[]): AggregatedQuestion {
  return {
    kind: 'data-v2',
    contexts: [metric.contextId],
    afterS: -backS,
    beforeS: 0,
    points: rows,
    groupBy: ['dimension', 'node'],
    groupByLabels: [],
    aggregation: metric.combine,
    timeGroup: 'average',
    nodeIds: [...nodeIds],
  }
}

/** What the answer says of each node, by the cloud's node id. Throws AGENT_PROTOCOL for a text that is no such answer. */
export function bulkRows(metric: FleetMetric, text: string): ReadonlyMap<string, MetricRows> {
  const answer = parseAggregateAnswer(text, { groupBy: ['dimension', 'node'], groupByLabels: [] })
  const byGuid = new Map<string, Map<string, Float64Array>>()
  for (const { nodeId: guid, dimensionId, values } of answer.series) {
    const dimensions = byGuid.get(guid) ?? new Map<string, Float64Array>()
    byGuid.set(guid, dimensions.set(dimensionId, values))
  }
  const found = new Map<string, MetricRows>()
  for (const { id: guid, nodeId } of answer.nodes) {
    const dimensions = byGuid.get(guid)
    if (dimensions === undefined || nodeId === '') continue
    const ids = [...dimensions.keys()]
    const values = Array.from(answer.timesS, (_, row) => {
      const value = metric.value((dimensionId) => finite(dimensions.get(dimensionId)?.[row]), ids)
      return finite(value)
    })
    found.set(nodeId, { timesS: [...answer.timesS], values, latest: undefined })
  }
  return found
}

const finite = (value: number | undefined) => (value !== undefined && Number.isFinite(value) ? value : undefined)
