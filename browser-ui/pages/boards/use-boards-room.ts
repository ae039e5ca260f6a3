import { useQuery } from '@tanstack/react-query'
import type { RoomSummary } from '../../link/api.ts'
import { roomsQuery } from '../../ui/queries.ts'
import { useRoom } from '../../ui/spaces/room.ts'
import { useServices } from '../../ui/services.ts'

/** The id under which the boards of this page's room are kept; "All nodes" has one too. Undefined until it is known. */
export function useBoardsRoom(): {
  readonly roomId: string | undefined
  /** The rooms of a person whom "All nodes" is not open to: its boards are not, either. */
  readonly insteadOf: readonly RoomSummary[] | undefined
  readonly error: unknown
  readonly retry: () => void
} {
  const { api } = useServices()
  const { roomId } = useRoom()
  const rooms = useQuery({ ...roomsQuery(api), enabled: roomId === undefined })
  const all = rooms.data?.find(({ isAllNodes }) => isAllNodes)
  return {
    roomId: roomId ?? all?.roomId,
    insteadOf: roomId === undefined && all === undefined ? rooms.data : undefined,
    error: roomId === undefined ? rooms.error : undefined,
    retry: () => void rooms.refetch(),
  }
}
