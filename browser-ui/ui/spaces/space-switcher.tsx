import type { Me } from '../../link/api.ts'
import { icons } from '../look/icons.tsx'
import { MenuOnDemand } from '../overlays/menu-on-demand.tsx'
import { useSpaceIfAny } from './space.ts'

const load = async () => (await import('./space-menu-items.tsx')).SpaceMenuItems

/** The space the page is in, the way to another one, and a mark while an invitation waits. */
export function SpaceSwitcher({ me }: { readonly me: Me }) {
  const name = useSpaceIfAny()?.name ?? 'No space'
  const waiting = me.invitations.length
  const more = waiting === 0 ? '' : `, ${waiting} ${waiting === 1 ? 'invitation waits' : 'invitations wait'}`
  return (
    <MenuOnDemand className="room-button space-button" label={`Space: ${name}${more}`} title={name} load={load}>
      {icons.space}
      <span className="room-name">{name}</span>
      {waiting === 0 ? icons.chevron : <span className="waiting-mark" aria-hidden="true" />}
    </MenuOnDemand>
  )
}
