import { useQuery } from '@tanstack/react-query'
import { DropdownMenu } from 'radix-ui'
import { useLocation } from 'wouter'
import { pageAfterRoomChange, rootRoomName } from '../../data/shell/places.ts'
import { keepMovedFocus } from '../overlays/focus-return.ts'
import { icons } from '../look/icons.tsx'
import type { BarMenuProps } from '../overlays/menu-on-demand.tsx'
import { roomsQuery } from '../queries.ts'
import { useRoom } from './room.ts'
import { useServices } from '../services.ts'
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
  return (
    <DropdownMenu.Root modal={false} defaultOpen>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          className="menu room-menu"
          align="start"
          sideOffset={6}
          collisionPadding={8}
          onCloseAutoFocus={keepMovedFocus}
        >
          <DropdownMenu.Label className="menu-label">Rooms</DropdownMenu.Label>
          <DropdownMenu.RadioGroup value={room.roomId ?? ''} onValueChange={goTo}>
            <RoomItem roomId="" name={rootRoomName(role)} nodes={all?.nodes} />
            {others.map(({ roomId, name, nodes }) => (
              <RoomItem key={roomId} roomId={roomId} name={name} nodes={nodes} />
            ))}
          </DropdownMenu.RadioGroup>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

function RoomItem({ roomId, name, nodes }: { readonly roomId: string; readonly name: string; readonly nodes: number | undefined }) {
  return (
    <DropdownMenu.RadioItem value={roomId} className="menu-item">
      <span className="menu-text" title={name}>
        {name}
      </span>
      {nodes === undefined ? null : (
        <span className="menu-count">
          {nodes}
          <span className="visually-hidden"> {nodes === 1 ? 'node' : 'nodes'}</span>
        </span>
      )}
      <span className="menu-check">
        <DropdownMenu.ItemIndicator>{icons.check}</DropdownMenu.ItemIndicator>
      </span>
    </DropdownMenu.RadioItem>
  )
}
