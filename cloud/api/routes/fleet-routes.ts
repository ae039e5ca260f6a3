import { z } from 'zod'
import type { NodeId } from '../../../src/domain/ids.ts'
import type { ApiContexts, ApiNodes, ApiRooms, ApiSpaceContexts } from '../ports.ts'
import { createSight } from '../sight.ts'
import { apiBase, guardedRoute, type Route } from '../route.ts'
import { contextRow } from './node-routes.ts'

export interface FleetRoutesDeps {
  readonly rooms: Pick<ApiRooms, 'list'>
  readonly nodes: Pick<ApiNodes, 'list' | 'get'>
  readonly contexts: Pick<ApiContexts, 'ofSpace'>
}

/** What a page needs of all nodes of the caller's space at once. It is drawn as a whole, so it is answered whole. */
export function fleetRoutes({ rooms, nodes, contexts }: FleetRoutesDeps): readonly Route[] {
  const sight = createSight({ rooms, nodes })
  return [
    guardedRoute(
      'GET',
      `${apiBase}/contexts`,
      'nodes.view',
      undefined,
      async ({ caller }) => {
        const [whole, seen] = await Promise.all([contexts.ofSpace(caller.spaceId), sight(caller)])
        const {
          nodeIds,
          nodeSets,
          contexts: all,
        } = seen.isWhole ? whole : contextsSeen(whole, new Set(seen.nodes.map(({ nodeId }) => nodeId)))
        const rows = all.map(({ id, title, units, family, priority, chartType, nodeSet }) => ({
          id,
          title,
          units,
          family,
          priority,
          chartType,
          nodeSet,
        }))
        return { status: 200, json: { nodeIds, nodeSets, contexts: rows } }
      },
      {
        docs: {
          summary: 'What the nodes the caller sees measure, and which nodes measure what.',
          answer: z.object({ nodeIds: z.array(z.uuid()), nodeSets: z.array(z.array(z.int())), contexts: z.array(contextRow) }),
        },
      },
    ),
  ]
}

/** The contexts of some nodes of a space: sets without the others, and no context that only others have. */
function contextsSeen(whole: ApiSpaceContexts, seen: ReadonlySet<NodeId>): ApiSpaceContexts {
  const isSeen = whole.nodeIds.map((nodeId) => seen.has(nodeId))
  const nodeSets = whole.nodeSets.map((runs) => {
    const places: number[] = []
    for (let at = 0; at < runs.length; at += 2) {
      const [first = 0, length = 0] = [runs[at], runs[at + 1]]
      for (let place = first; place < first + length; place++) if (isSeen[place] === true) places.push(place)
    }
    return runsOf(places)
  })
  return { nodeIds: whole.nodeIds, nodeSets, contexts: whole.contexts.filter(({ nodeSet }) => (nodeSets[nodeSet]?.length ?? 0) > 0) }
}

/** Rising places as runs: first place, length, … */
function runsOf(places: readonly number[]): readonly number[] {
  const runs: number[] = []
  for (const place of places) {
    const [first = 0, length = 0] = runs.slice(-2)
    if (runs.length > 0 && first + length === place) runs[runs.length - 1] = length + 1
    else runs.push(place, 1)
  }
  return runs
}
