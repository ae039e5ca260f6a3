import type { ApiAlerts, ApiContexts, ApiNodes, ApiPresence, ApiSpaces } from '../ports.ts'
import { apiBase, guardedRoute, type Route } from '../route.ts'
import { shownState } from './node-routes.ts'

export interface FleetRoutesDeps {
  readonly spaces: Pick<ApiSpaces, 'rooms'>
  readonly nodes: Pick<ApiNodes, 'list'>
  readonly contexts: Pick<ApiContexts, 'ofSpace'>
  readonly alerts: Pick<ApiAlerts, 'raised'>
  readonly presence: Pick<ApiPresence, 'stateOf'>
}

/** More raised alerts than anybody reads; the answer says how many there are. */
const alertsMax = 2_000

/**
 * What a page needs of all nodes of the caller's space at once: rooms, raised alerts, contexts. Each is drawn as a whole, so it is
 * answered whole within a bound.
 */
export function fleetRoutes({ spaces, nodes, contexts, alerts, presence }: FleetRoutesDeps): readonly Route[] {
  return [
    guardedRoute('GET', `${apiBase}/rooms`, 'nodes.view', undefined, async ({ caller }) => {
      const [rooms, all] = await Promise.all([spaces.rooms(caller.spaceId), nodes.list(caller.spaceId)])
      const rows = rooms.map(({ roomId, name, isAllNodes }) => {
        const members = isAllNodes ? all : all.filter((node) => node.roomIds.includes(roomId))
        return { roomId, name, isAllNodes, nodes: members.length }
      })
      rows.sort((a, b) => Number(b.isAllNodes) - Number(a.isAllNodes) || (a.name < b.name ? -1 : 1))
      return { status: 200, json: { rooms: rows } }
    }),
    guardedRoute('GET', `${apiBase}/alerts`, 'nodes.view', undefined, async ({ caller }) => {
      const [raised, all] = await Promise.all([alerts.raised(caller.spaceId), nodes.list(caller.spaceId)])
      const rows = all.flatMap((node) => {
        const isStale = shownState(presence.stateOf(node.nodeId), node) !== 'live'
        const unknownSinceMs = isStale ? (node.lastSeenAtMs ?? null) : null
        return (raised.get(node.nodeId) ?? []).map(({ chart, name, context, status, oldStatus, whenS }) => ({
          nodeId: node.nodeId,
          chart,
          name,
          context,
          status,
          oldStatus,
          whenS,
          isStale,
          unknownSinceMs,
        }))
      })
      const severity = (status: string) => (status === 'critical' ? 0 : 1)
      rows.sort((a, b) => severity(a.status) - severity(b.status) || b.whenS - a.whenS)
      return { status: 200, json: { alerts: rows.slice(0, alertsMax), total: rows.length } }
    }),
    guardedRoute('GET', `${apiBase}/contexts`, 'nodes.view', undefined, async ({ caller }) => {
      const { nodeIds, nodeSets, contexts: all } = await contexts.ofSpace(caller.spaceId)
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
    }),
  ]
}
