import { useQuery } from '@tanstack/react-query'
import { meQuery } from '../queries.ts'
import { useServices } from '../services.ts'

/** Roles and invitations change while a page is open. */
const renewMs = 60_000

/** Who is signed in. One answer for the whole page, whatever the space; a cloud that was away is asked again until it answers. */
export function useMe() {
  const { api, personal } = useServices()
  return useQuery({ ...meQuery(api), refetchInterval: ({ state }) => (state.status === 'error' ? 5_000 : renewMs) }, personal.client)
}
