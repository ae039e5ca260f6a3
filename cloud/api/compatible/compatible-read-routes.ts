import { accountRoutes } from './account-routes.ts'
import { alertRoutes, type AlertRoutesDeps } from './alert-routes.ts'
import { contextListRoutes, type ContextListRoutesDeps } from './context-list-routes.ts'
import { misconfiguredRoute } from './misconfigured-route.ts'
import { nodeListRoutes, type NodeListRoutesDeps } from './node-list-routes.ts'
import type { Route } from '../route.ts'

/** What existing clients read of metadata: who they are, nodes, contexts, alerts (cloud-api §7.1, §9.1, §10.1, §11). */
export function compatibleReadRoutes(
  deps: Parameters<typeof accountRoutes>[0] &
    NodeListRoutesDeps &
    ContextListRoutesDeps &
    AlertRoutesDeps &
    Parameters<typeof misconfiguredRoute>[0],
): readonly Route[] {
  return [...accountRoutes(deps), ...nodeListRoutes(deps), ...contextListRoutes(deps), ...alertRoutes(deps), misconfiguredRoute(deps)]
}
