import type { SpaceContexts } from '../../link/api.ts'

type Listed = SpaceContexts['contexts'][number]

/** The nodes that collect this context. */
export function nodesOfContext(space: SpaceContexts, context: Pick<Listed, 'nodeSet'>): readonly string[] {
  const runs = space.nodeSets[context.nodeSet] ?? []
  const nodeIds: string[] = []
  for (let at = 0; at + 1 < runs.length; at += 2) {
    const from = runs[at] ?? 0
    nodeIds.push(...space.nodeIds.slice(from, from + (runs[at + 1] ?? 0)))
  }
  return nodeIds
}

/** The contexts that at least one of these nodes collects, in the order of the list. */
export function contextsOfNodes(space: SpaceContexts, nodeIds: ReadonlySet<string>): readonly Listed[] {
  const isChosen = space.nodeIds.map((nodeId) => nodeIds.has(nodeId))
  const sets = space.nodeSets.map((runs) => {
    for (let at = 0; at + 1 < runs.length; at += 2) {
      const from = runs[at] ?? 0
      for (let place = from; place < from + (runs[at + 1] ?? 0); place++) if (isChosen[place] === true) return true
    }
    return false
  })
  return space.contexts.filter(({ nodeSet }) => sets[nodeSet] === true)
}
