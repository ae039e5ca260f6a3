import { queryOptions, useQuery } from '@tanstack/react-query'
import type { RoleRow, RoomRow, SpaceDetails } from '../../data/settings/space-answers.ts'
import type { CloudRequest } from '../../link/cloud-request.ts'
import { useServices } from '../services.ts'

const spaceQuery = (request: CloudRequest) =>
  queryOptions({ queryKey: ['space'], queryFn: async () => (await request.get('/space')) as SpaceDetails, staleTime: 10_000 })

/** The same list as the switcher of rooms shows, with what the settings need besides. */
export const roomRowsQuery = (request: CloudRequest) =>
  queryOptions({
    queryKey: ['rooms'],
    queryFn: async () => ((await request.get('/rooms')) as { rooms: RoomRow[] }).rooms,
    staleTime: 5_000,
  })

/** The space with what the person may do in it. `may` is false until it is known, so that nothing is offered too early. */
export function useSpaceDetails() {
  const { request } = useServices()
  const query = useQuery(spaceQuery(request))
  return { query, space: query.data, may: (permission: string) => query.data?.permissions.includes(permission) === true }
}

/** What each role may do. The same for every space, so it is asked once. */
export function useRoles() {
  const { personal } = useServices()
  return useQuery(
    {
      queryKey: ['roles'],
      queryFn: async () => ((await personal.request.get('/roles')) as { roles: RoleRow[] }).roles,
      staleTime: Number.POSITIVE_INFINITY,
    },
    personal.client,
  )
}
