import type { AggregateAnswer } from './aggregate-answer.ts'
import type { AggregateWish } from './aggregate-question.ts'
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

/** What an agent said of several nodes with an answer. */
export interface FacetAnswer {
  readonly answer: AggregateAnswer
  readonly wish: AggregateWish
  readonly nodeOf: (agentsId: string) => { readonly nodeId: string; readonly hostname: string } | undefined
}

/**
 * What can be chosen for a context: from what agents said with their aggregates, and from the lists of the other nodes. Counts are
 * metrics (instance × dimension).
 */
export function facetsOf(lists: readonly FacetNode[], all: readonly FacetAnswer[]): ChartFacets {
  const answers = widest(all)
  const covered = new Set(answers.flatMap(({ wish }) => wish.nodeIds))
  const nodes = lists.filter(({ nodeId }) => !covered.has(nodeId))
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
  for (const { answer, wish, nodeOf } of answers) {
    for (const { id, name, count } of answer.nodes) {
      const node = nodeOf(id)
      byNode.add(node?.nodeId ?? id, node?.hostname ?? name, count)
    }
    for (const { id, name, count } of answer.instances) byInstance.add(id, name, count)
    for (const { name, count } of answer.dimensions) {
      // Agents name hidden dimensions, too; of those that a filter left out nobody can tell.
      if (count > 0 || wish.dimensions !== undefined) byDimension.add(name, name, count)
    }
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

/** Several charts may ask the same nodes: the answer with the fewest filters says most. */
function widest(answers: readonly FacetAnswer[]): readonly FacetAnswer[] {
  const best = new Map<string, FacetAnswer>()
  for (const one of answers) {
    const key = one.wish.nodeIds.join(' ')
    const before = best.get(key)
    if (before === undefined || filtersOf(one.wish) < filtersOf(before.wish)) best.set(key, one)
  }
  return [...best.values()]
}

function filtersOf({ instances, dimensions, labels }: AggregateWish): number {
  return (instances === undefined ? 0 : 1) + (dimensions === undefined ? 0 : 1) + labels.length
}
