import { useQuery } from '@tanstack/react-query'
import { useLocation } from 'wouter'
import { pageAfterRoomChange, rootRoomName } from '../../data/shell/places.ts'
import type { BarMenuProps } from '../overlays/menu-on-demand.tsx'
import { roomsQuery } from '../queries.ts'
import { useServices } from '../services.ts'
import { PlaceItem, PlaceMenu } from './place-menu.tsx'
import { useRoom } from './room.ts'
import { useAddressInSpace, useSpace } from './space.ts'

/** The rooms behind the button of the room. */
export function RoomMenuItems({ trigger }: BarMenuProps) {
  const { api } = useServices()
  const room = useRoom()
  const { role } = useSpace()
  const addressOf = useAddressInSpace()
  const rooms = useQuery(roomsQuery(api))
  const [inside, navigate] = useLocation()
  const all = rooms.data?.find(({ isAllNodes }) => isAllNodes)
  const others = (rooms.data ?? []).filter(({ isAllNodes }) => !isAllNodes)
  const goTo = (roomId: string) => navigate(addressOf(roomId === '' ? undefined : roomId, pageAfterRoomChange(inside)))
  const places = [{ roomId: '', name: rootRoomName(role), nodes: all?.nodes }, ...others].map(({ roomId, name, nodes }) => (
    <PlaceItem key={roomId} id={roomId} name={name}>
      {nodes === undefined ? undefined : <NodeCount nodes={nodes} />}
    </PlaceItem>
  ))
  return <PlaceMenu trigger={trigger} label="Rooms" chosen={room.roomId ?? ''} onChoose={goTo} places={places} />
}

function NodeCount({ nodes }: { readonly nodes: number }) {
  return (
    <>
      {nodes}
      <span className="visually-hidden"> {nodes === 1 ? 'node' : 'nodes'}</span>
    </>
  )
}
