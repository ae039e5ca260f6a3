import { icons } from '../look/icons.tsx'
import { MenuOnDemand } from '../overlays/menu-on-demand.tsx'
import { useRoom } from './room.ts'

const load = async () => (await import('./room-menu-items.tsx')).RoomMenuItems

/** The room the page is in, and the way to another one. */
export function RoomSwitcher() {
  const room = useRoom()
  return (
    <MenuOnDemand className="room-button" label={`Room: ${room.name}`} title={room.name} load={load}>
      {icons.room}
      <span className="room-name">{room.name}</span>
      {icons.chevron}
    </MenuOnDemand>
  )
}
