import type { Me } from '../../link/api.ts'
import { MenuOnDemand } from '../overlays/menu-on-demand.tsx'

const load = async () => (await import('./profile-menu-items.tsx')).ProfileMenuItems

/** Who is signed in, the keys, and the way out. */
export function ProfileMenu({ me }: { readonly me: Me }) {
  return (
    <MenuOnDemand className="avatar-button" label={`Signed in as ${me.email}`} load={load}>
      <span className="avatar" aria-hidden="true">
        {me.email.charAt(0).toUpperCase()}
      </span>
    </MenuOnDemand>
  )
}
