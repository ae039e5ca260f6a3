import type { SpaceContexts } from '../../link/api.ts'
import type { Catalogue, ContextSummary } from '../feed/catalogue.ts'
import { nodesOfContext } from '../fleet/space-contexts.ts'

/** The contexts of several nodes as one list. */
export interface ContextUnion {
  /** Undefined until anything is known of any node. */
  readonly contexts: ReadonlyMap<string, ContextSummary> | undefined
  /** Whether a node has a context; undefined when nothing is known of the node. */
  has(nodeId: string, contextId: string): boolean | undefined
  /** Nodes that measure a context in other units than the list says. */
  strangers(contextId: string): readonly string[]
}

/**
 * What a node lists itself goes before what the cloud has stored of it; the first node's words are those of the union, or with
 * `isStoredFirst` those that are stored.
 */
export function unionOf(
  nodeIds: readonly string[],
  catalogueOf: (nodeId: string) => Catalogue | undefined,
  stored: SpaceContexts | undefined,
  isStoredFirst = false,
): ContextUnion {
  const contexts = new Map<string, ContextSummary>()
  const holders = new Map<string, Map<string, string>>()
  const wanted = new Set(nodeIds)
  const known = new Set<string>()
  const note = (nodeId: string, summary: ContextSummary) => {
    if (!contexts.has(summary.id)) contexts.set(summary.id, summary)
    const units = holders.get(summary.id) ?? new Map<string, string>()
    holders.set(summary.id, units.set(nodeId, summary.units))
  }
  const listed = new Set(nodeIds.filter((nodeId) => catalogueOf(nodeId) !== undefined))
  const takeLists = () => {
    for (const nodeId of listed) {
      known.add(nodeId)
      for (const summary of catalogueOf(nodeId)?.contexts.values() ?? []) note(nodeId, summary)
    }
  }
  if (!isStoredFirst) takeLists()
  if (stored !== undefined && listed.size < wanted.size) {
    for (const nodeId of stored.nodeIds) if (wanted.has(nodeId)) known.add(nodeId)
    for (const { nodeSet, ...summary } of stored.contexts) {
      for (const nodeId of nodesOfContext(stored, { nodeSet })) if (wanted.has(nodeId) && !listed.has(nodeId)) note(nodeId, summary)
    }
  }
  if (isStoredFirst) takeLists()
  return {
    contexts: known.size === 0 ? undefined : contexts,
    has: (nodeId, contextId) => (known.has(nodeId) ? (holders.get(contextId)?.has(nodeId) ?? false) : undefined),
    strangers(contextId) {
      const units = contexts.get(contextId)?.units
      return [...(holders.get(contextId) ?? [])].filter(([, own]) => own !== units).map(([nodeId]) => nodeId)
    },
  }
}
