import { z } from 'zod'
import type { NodeId } from '../../../src/domain/ids.ts'
import { simplePattern } from '../../../src/domain/simple-pattern.ts'
import type { ApiContexts, ApiNodes, ApiPresence, ApiRooms, ApiSpaceContexts } from '../ports.ts'
import { guardedRoute, type Route } from '../route.ts'
import { shownState } from '../shown-state.ts'
import { askedRoom, nodesInScope, scopeSchema, stateWords } from './asked-room.ts'

export interface ContextListRoutesDeps {
  readonly rooms: Pick<ApiRooms, 'get'>
  readonly nodes: Pick<ApiNodes, 'list'>
  readonly contexts: Pick<ApiContexts, 'ofSpace'>
  readonly presence: Pick<ApiPresence, 'stateOf'>
}

const answer = z.object({
  api: z.number(),
  contexts: z.record(z.string(), z.object({ family: z.string(), title: z.string(), units: z.string(), priority: z.number() })),
  nodes: z.array(z.looseObject({ nd: z.uuid() })),
})

/** What the nodes of a room collect, by context (cloud-api §9.1). The window is passed over: clients need the list fast and whole. */
export function contextListRoutes({ rooms, nodes, contexts, presence }: ContextListRoutesDeps): readonly Route[] {
  const list = (version: 2 | 3) =>
    guardedRoute(
      'POST',
      `/api/v${version}/spaces/:spaceId/rooms/:roomId/contexts`,
      'nodes.view',
      scopeSchema,
      async ({ caller, params, body }) => {
        const [asked, whole] = await Promise.all([askedRoom({ rooms, nodes }, caller, params['roomId']), contexts.ofSpace(caller.spaceId)])
        const { scope, selectors } = body
        const isSelected = simplePattern(selectors?.nodes ?? [])
        const isInScope = simplePattern(scope?.contexts ?? [])
        const isWanted = simplePattern(selectors?.contexts ?? [])
        const inScope = nodesInScope(asked.nodes, scope?.nodes)
        const wanted = inScope.filter(({ hostname, nodeId, machineGuid }) => isSelected(hostname, nodeId, machineGuid))
        const isCollected = collectedBy(whole, new Set(wanted.map(({ nodeId }) => nodeId)))
        const rows = whole.contexts.filter(({ id, nodeSet }) => isCollected(nodeSet) && isInScope(id) && isWanted(id))
        const json = {
          api: version,
          // A context named __proto__ is a property like any other.
          contexts: Object.fromEntries(
            rows.map(({ id, title, units, family, priority, chartType }) => [
              id,
              { title, family, units, priority, chart_type: chartType, live: true },
            ]),
          ),
          nodes: inScope.map((node, ni) => ({
            ni,
            nd: node.nodeId,
            mg: node.machineGuid,
            nm: node.hostname,
            state: stateWords[shownState(presence.stateOf(node.nodeId), node)],
          })),
          agents: [],
          versions: {},
        }
        return { status: 200, json }
      },
      {
        style: 'compatible',
        audits: { none: 'It only reads.' },
        docs: { summary: 'The contexts that the nodes of a room collect.', answer },
      },
    )
  return [list(3), list(2)]
}

/** Whether a set of nodes holds one of these. */
function collectedBy({ nodeIds, nodeSets }: ApiSpaceContexts, wanted: ReadonlySet<NodeId>): (nodeSet: number) => boolean {
  const isWanted = nodeIds.map((nodeId) => wanted.has(nodeId))
  const known = nodeSets.map((runs) => {
    for (let at = 0; at < runs.length; at += 2) {
      const [first = 0, length = 0] = [runs[at], runs[at + 1]]
      for (let place = first; place < first + length; place++) if (isWanted[place] === true) return true
    }
    return false
  })
  return (nodeSet) => known[nodeSet] === true
}
