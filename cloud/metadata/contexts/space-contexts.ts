import { setImmediate as turn } from 'node:timers/promises'
import type { NodeId, SpaceId } from '../../../src/domain/ids.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { MetadataStore, StoredItem } from '../../store/port.ts'
import { createBriefLook } from '../brief-look.ts'
import { listAll } from '../change-item.ts'
import { spacePartition } from '../keys.ts'
import type { Definition, NodeContext } from './definition.ts'

/** A context that is collected somewhere in a space, as the node listed first describes it. */
export interface SpaceContext {
  readonly id: string
  readonly title: string
  readonly units: string
  readonly family: string
  readonly priority: number
  readonly chartType: string
  /** Which of `nodeSets` has it. */
  readonly nodeSet: number
}

/** Every context that is collected in a space, and where. */
export interface SpaceContexts {
  /** Nodes that collect anything; those that collect the same stand together. */
  readonly nodeIds: readonly NodeId[]
  /** Sets of places in `nodeIds`, each as runs: first place, length, first place, length, … */
  readonly nodeSets: readonly (readonly number[])[]
  /** By priority, then id. */
  readonly contexts: readonly SpaceContext[]
}

interface Look {
  /** The collected definitions of each item, by its key and revision. */
  readonly byItem: ReadonlyMap<string, readonly Definition[]>
  readonly result: SpaceContexts
}

/** So many nodes are put together before others have their turn. */
const nodesPerTurn = 50

/**
 * The union of the contexts of a space: one list of the store, in which only what changed since the last look is unpacked. While
 * nothing changed the last answer stands. `unpack` reads one item; undefined for one that cannot be read any more.
 */
export function createSpaceContexts(deps: {
  readonly store: MetadataStore
  readonly clock: Clock
  readonly unpack: (spaceId: SpaceId, item: StoredItem) => Promise<Iterable<NodeContext> | undefined>
}) {
  const { store, clock, unpack } = deps
  const look = createBriefLook<Look>(clock, async (spaceId, before) => {
    const items = await listAll(store, spacePartition(spaceId), 'contexts/')
    const byItem = new Map<string, readonly Definition[]>()
    const byNode = new Map<NodeId, (readonly Definition[])[]>()
    let isSame = before !== undefined && before.byItem.size === items.length
    for (const [index, item] of items.entries()) {
      if (index % nodesPerTurn === nodesPerTurn - 1) await turn()
      const key = `${item.sort}@${item.revision}`
      const known = before?.byItem.get(key)
      isSame &&= known !== undefined
      const definitions = known ?? collected(await unpack(spaceId, item))
      byItem.set(key, definitions)
      const nodeId = item.sort.split('/', 2)[1] as NodeId
      byNode.set(nodeId, [...(byNode.get(nodeId) ?? []), definitions])
    }
    return isSame && before !== undefined ? before : { byItem, result: await unionOf(byNode) }
  })
  return async (spaceId: SpaceId): Promise<SpaceContexts> => (await look(spaceId)).result
}

function collected(contexts: Iterable<NodeContext> | undefined): readonly Definition[] {
  return [...(contexts ?? [])].filter(({ lastEntryS }) => lastEntryS === 0n).map(({ definition }) => definition)
}

async function unionOf(byNode: ReadonlyMap<NodeId, readonly (readonly Definition[])[]>): Promise<SpaceContexts> {
  const nodes = [...byNode]
    .map(([nodeId, lists]) => {
      const ids = new Map(lists.flat().map((definition) => [definition[0], definition]))
      return { nodeId, definitions: [...ids.values()], likeness: `${ids.size} ${[...ids.keys()].sort().join(' ')}` }
    })
    .filter(({ definitions }) => definitions.length > 0)
    // Nodes that collect the same are neighbours, so that a set of many is one run.
    .sort((a, b) => (a.likeness === b.likeness ? (a.nodeId < b.nodeId ? -1 : 1) : a.likeness < b.likeness ? -1 : 1))
  const found = new Map<string, { readonly definition: Definition; readonly runs: number[] }>()
  for (const [place, { definitions }] of nodes.entries()) {
    if (place % nodesPerTurn === nodesPerTurn - 1) await turn()
    for (const definition of definitions) {
      const known = found.get(definition[0])
      if (known === undefined) found.set(definition[0], { definition, runs: [place, 1] })
      else extend(known.runs, place)
    }
  }
  const sets = new Map<string, { readonly at: number; readonly runs: readonly number[] }>()
  const contexts = [...found.values()].map(({ definition: [id, title, units, family, priority, chartType], runs }): SpaceContext => {
    const name = runs.join(' ')
    const set = sets.get(name) ?? { at: sets.size, runs }
    sets.set(name, set)
    return { id, title, units, family, priority, chartType, nodeSet: set.at }
  })
  return {
    nodeIds: nodes.map(({ nodeId }) => nodeId),
    nodeSets: [...sets.values()].map(({ runs }) => runs),
    contexts: contexts.sort((a, b) => a.priority - b.priority || (a.id < b.id ? -1 : 1)),
  }
}

/** Adds a place that is higher than all before. */
function extend(runs: number[], place: number): void {
  const from = runs.at(-2) ?? 0
  const length = runs.at(-1) ?? 0
  if (from + length === place) runs[runs.length - 1] = length + 1
  else runs.push(place, 1)
}
