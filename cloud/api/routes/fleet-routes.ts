import { z } from 'zod'
import type { NodeId } from '../../../src/domain/ids.ts'
import type { ApiAlerts, ApiContexts, ApiNodes, ApiPresence, ApiRooms, ApiSilencer, ApiSpaceContexts } from '../ports.ts'
import { createSight } from '../sight.ts'
import { apiBase, guardedRoute, type Route } from '../route.ts'
import { alertRow, contextRow, shownState } from './node-routes.ts'

export interface FleetRoutesDeps {
  readonly rooms: Pick<ApiRooms, 'list'>
  readonly nodes: Pick<ApiNodes, 'list' | 'get'>
  readonly contexts: Pick<ApiContexts, 'ofSpace'>
  readonly alerts: Pick<ApiAlerts, 'raised'>
  readonly presence: Pick<ApiPresence, 'stateOf'>
  readonly silencer: Pick<ApiSilencer, 'holding'>
}

/** More raised alerts than anybody reads; the answer says how many there are. */
const alertsMax = 2_000

/**
 * What a page needs of all nodes of the caller's space at once: raised alerts, contexts. Each is drawn as a whole, so it is
 * answered whole within a bound.
 */
export function fleetRoutes({ rooms, nodes, contexts, alerts, presence, silencer }: FleetRoutesDeps): readonly Route[] {
  const sight = createSight({ rooms, nodes })
  return [
    guardedRoute(
      'GET',
      `${apiBase}/alerts`,
      'alerts.view',
      undefined,
      async ({ caller }) => {
        const [raised, seen] = await Promise.all([alerts.raised(caller.spaceId), sight(caller)])
        const all = seen.nodes.flatMap((node) => {
          const isStale = shownState(presence.stateOf(node.nodeId), node) !== 'live'
          const unknownSinceMs = isStale ? (node.lastSeenAtMs ?? null) : null
          return (raised.get(node.nodeId) ?? []).map((alert) => ({ alert, node, isStale, unknownSinceMs }))
        })
        const severity = (status: string) => (status === 'critical' ? 0 : 1)
        all.sort((a, b) => severity(a.alert.status) - severity(b.alert.status) || b.alert.whenS - a.alert.whenS)
        const shown = all.slice(0, alertsMax)
        const held = await silencer.holding(
          caller.spaceId,
          caller.personId,
          shown.map(({ node: { nodeId }, alert: { chart, name, context, status, configHash } }) => {
            return { nodeId, chart, name, context, status, configHash }
          }),
          false,
        )
        const rows = shown.map(({ alert: { chart, name, context, status, oldStatus, whenS }, node, isStale, unknownSinceMs }, at) => ({
          nodeId: node.nodeId,
          chart,
          name,
          context,
          status,
          oldStatus,
          whenS,
          isStale,
          unknownSinceMs,
          isSilenced: (held[at]?.length ?? 0) > 0,
        }))
        return { status: 200, json: { alerts: rows, total: all.length } }
      },
      {
        docs: {
          summary: 'What is raised now on the nodes the caller sees, without values.',
          answer: z.object({ alerts: z.array(alertRow.extend({ nodeId: z.uuid(), isSilenced: z.boolean() })), total: z.int() }),
        },
      },
    ),
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
