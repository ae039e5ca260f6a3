/** How many metrics nodes have of a context: what it costs to ask one node more for each of them. */
export interface MetricWidths {
  note(contextId: string, nodeId: string, metrics: number): void
  /** The mean over the nodes that were seen, rounded up to a power of two; it only grows, so that plans seldom change. */
  mean(contextId: string): number | undefined
}

/** Nothing seen yet. `onGrown` hears when a mean became another one. */
export function createWidths(onGrown: () => void): MetricWidths {
  const seen = new Map<string, { readonly byNode: Map<string, number>; total: number; mean: number }>()
  return {
    note(contextId, nodeId, metrics) {
      const known = seen.get(contextId) ?? { byNode: new Map<string, number>(), total: 0, mean: 1 }
      seen.set(contextId, known)
      const before = known.byNode.get(nodeId)
      if (before === metrics) return
      known.byNode.set(nodeId, metrics)
      known.total += metrics - (before ?? 0)
      const mean = 2 ** Math.ceil(Math.log2(Math.max(1, known.total / known.byNode.size)))
      if (mean <= known.mean) return
      known.mean = mean
      onGrown()
    },
    mean: (contextId) => seen.get(contextId)?.mean,
  }
}
