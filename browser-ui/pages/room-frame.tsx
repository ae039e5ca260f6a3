import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Link, Redirect, useLocation } from 'wouter'
import { useTitle } from '../ui/hooks.ts'
import { icons } from '../ui/look/icons.tsx'
import { Failure, Notice, Skeleton } from '../ui/look/parts.tsx'
import { roomsQuery } from '../ui/queries.ts'
import { RoomContext } from '../ui/spaces/room.ts'
import { useServices } from '../ui/services.ts'
import { Shell } from '../ui/shell/shell.tsx'
import { useAddressInSpace } from '../ui/spaces/space.ts'

/** The pages of one room, under its real name; says so when there is no such room. */
export function RoomFrame({ roomId, children }: { readonly roomId: string; readonly children: ReactNode }) {
  const { api } = useServices()
  const [inside] = useLocation()
  const addressOf = useAddressInSpace()
  const rooms = useQuery(roomsQuery(api))
  const room = rooms.data?.find((candidate) => candidate.roomId === roomId)
  // "All nodes" has its pages at the root of the space; one address for one thing.
  if (room?.isAllNodes === true) return <Redirect to={addressOf(undefined, inside)} replace />
  return (
    <RoomContext value={{ roomId, name: room?.name ?? (rooms.data === undefined ? 'Room' : 'Unknown room') }}>
      <Shell>
        {room !== undefined ? (
          children
        ) : rooms.data !== undefined ? (
          <NoSuchRoom />
        ) : rooms.isError ? (
          <Failure title="This room cannot be read" error={rooms.error} onRetry={() => void rooms.refetch()} />
        ) : (
          <Skeleton lines={6} label="Loading the room" />
        )}
      </Shell>
    </RoomContext>
  )
}

function NoSuchRoom() {
  useTitle('No such room')
  const addressOf = useAddressInSpace()
  return (
    <Notice
      icon={icons.room}
      title="There is no such room in your space"
      isPage
      action={
        <Link href={addressOf(undefined, '/')} className="button">
          Go to all nodes
        </Link>
      }
    >
      <p>It may have been deleted, you may not be in it, or the link leads to another space.</p>
    </Notice>
  )
}
