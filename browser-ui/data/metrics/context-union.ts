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

/** What a node lists itself goes before what the cloud has stored of it; the first node's words are those of the union. */
export function unionOf(
  nodeIds: readonly string[],
  catalogueOf: (nodeId: string) => Catalogue | undefined,
  stored: SpaceContexts | undefined,
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
  for (const nodeId of nodeIds) {
    const catalogue = catalogueOf(nodeId)
    if (catalogue === undefined) continue
    known.add(nodeId)
    for (const summary of catalogue.contexts.values()) note(nodeId, summary)
  }
  if (stored !== undefined && known.size < wanted.size) {
    const listed = new Set(known)
    for (const nodeId of stored.nodeIds) if (wanted.has(nodeId)) known.add(nodeId)
    for (const { nodeSet, ...summary } of stored.contexts) {
      for (const nodeId of nodesOfContext(stored, { nodeSet })) if (wanted.has(nodeId) && !listed.has(nodeId)) note(nodeId, summary)
    }
  }
  return {
    contexts: known.size === 0 ? undefined : contexts,
    has: (nodeId, contextId) => (known.has(nodeId) ? (holders.get(contextId)?.has(nodeId) ?? false) : undefined),
    strangers(contextId) {
      const units = contexts.get(contextId)?.units
      return [...(holders.get(contextId) ?? [])].filter(([, own]) => own !== units).map(([nodeId]) => nodeId)
    },
  }
}
