import { useQuery } from '@tanstack/react-query'
import { roomsQuery } from '../../ui/queries.ts'
import { useRoom } from '../../ui/room.ts'
import { useServices } from '../../ui/services.ts'

/** The id under which the boards of this page's room are kept; "All nodes" has one too. Undefined until it is known. */
export function useBoardsRoom(): { readonly roomId: string | undefined; readonly error: unknown; readonly retry: () => void } {
  const { api } = useServices()
  const { roomId } = useRoom()
  const rooms = useQuery({ ...roomsQuery(api), enabled: roomId === undefined })
  return {
    roomId: roomId ?? rooms.data?.find(({ isAllNodes }) => isAllNodes)?.roomId,
    error: roomId === undefined ? rooms.error : undefined,
    retry: () => void rooms.refetch(),
  }
}
