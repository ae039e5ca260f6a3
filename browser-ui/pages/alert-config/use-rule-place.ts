import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { AlertRule } from '../../../src/health/alert-document.ts'
import { compileLabels } from '../../../src/health/match-labels.ts'
import { parseCatalogue, type Catalogue, type ContextInstance, type ContextSummary } from '../../data/feed/catalogue.ts'
import { nodesOfContext } from '../../data/fleet/space-contexts.ts'
import type { NodeSummary, SpaceContexts } from '../../link/api.ts'
import { contextsQuery } from '../../ui/queries.ts'
import { useRoomNodes } from '../../ui/spaces/room-nodes.ts'
import { useServices } from '../../ui/services.ts'

/** Where a rule is looked at: a node of the room that collects its context, and what that node has of it. */
export interface RulePlace {
  /** Nodes of the room that collect the context; all of them while no context is known. */
  readonly candidates: readonly NodeSummary[]
  readonly node: NodeSummary | undefined
  readonly stored: SpaceContexts | undefined
  readonly contextNames: readonly string[]
  readonly context: ContextSummary | undefined
  readonly instances: readonly ContextInstance[]
  /** Those that the rule takes. */
  readonly taken: readonly ContextInstance[]
  readonly isLoading: boolean
}

const none: readonly ContextInstance[] = []

/** Follows the rule: another context, another node to look at. `nodeId` is the one somebody chose. */
export function useRulePlace(rule: AlertRule, nodeId: string | undefined): RulePlace {
  const { api, live } = useServices()
  const { nodes, query } = useRoomNodes()
  const contexts = useQuery(contextsQuery(api))
  const stored = contexts.data
  const { match } = rule.config
  const on = match.on.trim()
  const listed = rule.type === 'template' ? stored?.contexts.find(({ id }) => id === on) : undefined
  const candidates = useMemo(() => {
    const all = nodes ?? []
    if (rule.type === 'instance') return all
    if (stored === undefined || listed === undefined) return []
    const having = new Set(nodesOfContext(stored, listed))
    return all.filter((node) => having.has(node.nodeId))
  }, [nodes, stored, listed, rule.type])
  const node =
    candidates.find((candidate) => candidate.nodeId === nodeId) ?? candidates.find(({ state }) => state === 'live') ?? candidates[0]
  const catalogue = useQuery({
    queryKey: ['catalogue', node?.nodeId],
    queryFn: async ({ signal }) => (await askCatalogue(live, node?.nodeId ?? '', signal)) ?? null,
    enabled: node?.state === 'live',
    staleTime: 60_000,
    retry: 1,
  })
  const known: Catalogue | undefined = catalogue.data ?? undefined
  const contextId = rule.type === 'template' ? on : (known?.contextOfChart.get(on) ?? '')
  const instances = useMemo(() => {
    const all = known?.instances.get(contextId) ?? none
    // While one instance is looked for, the list offers all there are.
    if (rule.type === 'instance' && all.length === 0) return known === undefined ? none : [...known.instances.values()].flat()
    return all
  }, [known, contextId, rule.type])
  const taken = useMemo(() => {
    const isWanted = compileLabels(match.instance_labels)
    return instances.filter(({ chartId, labels }) => (rule.type === 'template' || chartId === on) && isWanted(labels))
  }, [instances, match.instance_labels, rule.type, on])
  const contextNames = useMemo(() => stored?.contexts.map(({ id }) => id) ?? [], [stored])
  return {
    candidates,
    node,
    stored,
    contextNames,
    context: known?.contexts.get(contextId) ?? listed,
    instances,
    taken,
    isLoading: query.isPending || contexts.isPending || catalogue.isLoading,
  }
}

async function askCatalogue(live: ReturnType<typeof useServices>['live'], nodeId: string, signal: AbortSignal) {
  const { text, httpStatus } = await live.ask(nodeId, { kind: 'contexts' }, signal)
  return httpStatus === 200 ? parseCatalogue(text) : undefined
}
