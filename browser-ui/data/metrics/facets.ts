import type { AggregateAnswer } from './aggregate-answer.ts'
import type { ContextInstance } from '../feed/catalogue.ts'
import type { ChartFacets } from './metrics-feed.ts'

/** What one node has of a context, by its own list. */
export interface FacetNode {
  readonly nodeId: string
  readonly name: string
  readonly instances: readonly ContextInstance[]
}

/** Counts by id, in the order in which ids appeared. */
function tally() {
  const entries = new Map<string, { id: string; name: string; count: number }>()
  return {
    add(id: string, name: string, count: number) {
      const known = entries.get(id)
      if (known === undefined) entries.set(id, { id, name, count })
      else known.count += count
    },
    list: () => [...entries.values()],
  }
}

/**
 * What can be chosen for a context: from the lists of nodes, and from what agents said with their aggregates. Counts are metrics
 * (instance × dimension).
 */
export function buildFacets(
  nodes: readonly FacetNode[],
  answers: readonly AggregateAnswer[],
  nodeOf: (agentsId: string) => { readonly nodeId: string; readonly hostname: string } | undefined,
): ChartFacets {
  const [byNode, byInstance, byDimension] = [tally(), tally(), tally()]
  const byLabel = new Map<string, ReturnType<typeof tally>>()
  const labelsOf = (key: string) => {
    const known = byLabel.get(key) ?? tally()
    byLabel.set(key, known)
    return known
  }
  for (const { nodeId, name, instances } of nodes) {
    let metrics = 0
    for (const instance of instances) {
      const count = instance.dimensions.length
      metrics += count
      byInstance.add(instance.chartId, instance.label, count)
      for (const dimension of instance.dimensions) byDimension.add(dimension.name, dimension.name, 1)
      for (const [key, value] of Object.entries(instance.labels)) labelsOf(key).add(value, value, count)
    }
    byNode.add(nodeId, name, metrics)
  }
  for (const answer of answers) {
    for (const { id, name, count } of answer.nodes) {
      const node = nodeOf(id)
      byNode.add(node?.nodeId ?? id, node?.hostname ?? name, count)
    }
    for (const { id, name, count } of answer.instances) byInstance.add(id, name, count)
    for (const { name, count } of answer.dimensions) byDimension.add(name, name, count)
    for (const { key, values } of answer.labels) for (const { id, name, count } of values) labelsOf(key).add(id, name, count)
  }
  return {
    nodes: byNode.list(),
    instances: byInstance.list(),
    dimensions: byDimension.list(),
    labels: [...byLabel].map(([key, values]) => ({
      key,
      values: values.list().map(({ id, count }) => ({ value: id, count })),
    })),
  }
}
