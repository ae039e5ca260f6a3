import { Link, useLocation } from 'wouter'
import { isAt, placesFor, seesNodes } from '../../data/shell/places.ts'
import type { Me } from '../../link/api.ts'
import { AlertBadge } from '../look/alert-badge.tsx'
import { icons, logo } from '../look/icons.tsx'
import { overlays } from '../overlays/overlays.ts'
import { paletteKeyText } from '../platform.ts'
import { ProfileMenu } from './profile-menu.tsx'
import { RoomSwitcher } from '../spaces/room-switcher.tsx'
import { useSpaceIfAny } from '../spaces/space.ts'
import { SpaceSwitcher } from '../spaces/space-switcher.tsx'
import { ThemeMenu } from '../look/theme-menu.tsx'

/** The bar above every page: the name, the space and the room, where one can go, and who is signed in. */
export function TopBar({ me }: { readonly me: Me | undefined }) {
  const [path] = useLocation()
  const space = useSpaceIfAny()
  const sees = space !== undefined && seesNodes(space.role)
  return (
    <header className="top-bar">
      <a
        className="skip-link"
        href="#content"
        onClick={(event) => {
          event.preventDefault()
          document.querySelector<HTMLElement>('#content')?.focus()
        }}
      >
        Skip to content
      </a>
      <Link href="/" className="brand" aria-label="Throughline, home">
        {logo}
        <span className="brand-name">Throughline</span>
      </Link>
      {me === undefined ? null : <SpaceSwitcher me={me} />}
      {sees ? <RoomSwitcher /> : null}
      {space === undefined ? null : (
        <nav className="top-nav" aria-label="Main">
          {placesFor(space.role).map(({ id, href, title }) => (
            <Link key={id} href={href} aria-current={isAt(path, href) ? 'page' : undefined}>
              {title}
              {id === 'alerts' ? <AlertBadge /> : null}
            </Link>
          ))}
        </nav>
      )}
      <div className="top-tools">
        {space === undefined ? null : (
          <button
            type="button"
            className="palette-button"
            aria-label="Search and commands"
            aria-haspopup="dialog"
            onClick={() => overlays.open('palette')}
          >
            {icons.search}
            <span className="palette-button-text">Search</span>
            <kbd className="palette-button-key" aria-hidden="true">
              {paletteKeyText}
            </kbd>
          </button>
        )}
        <div className="top-theme">
          <ThemeMenu />
        </div>
        {me === undefined ? null : <ProfileMenu me={me} />}
      </div>
    </header>
  )
}
