import { queryOptions } from '@tanstack/react-query'
import type { Api } from '../link/api.ts'

/** Questions that several parts of the page ask: one key, one shape, one answer for all of them. */
export const meQuery = (api: Api) => queryOptions({ queryKey: ['me'], queryFn: () => api.me(), staleTime: 60_000 })

/** Every node of the space, in whatever room the page is. */
export const nodesQuery = (api: Api) => queryOptions({ queryKey: ['nodes'], queryFn: () => api.nodes() })

export const roomsQuery = (api: Api) => queryOptions({ queryKey: ['rooms'], queryFn: () => api.rooms(), staleTime: 30_000 })

/** Every context that some node of the space collects. */
export const contextsQuery = (api: Api) =>
  queryOptions({ queryKey: ['space-contexts'], queryFn: () => api.spaceContexts(), staleTime: 60_000 })

/** What is raised anywhere in the space; the cloud's own list, which agents push, so asking is cheap. */
export const alertsQuery = (api: Api) => queryOptions({ queryKey: ['alerts'], queryFn: () => api.raisedAlerts(), refetchInterval: 5_000 })
