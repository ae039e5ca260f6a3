import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import { isAt, placesFor } from '../../data/shell/places.ts'
import { AlertBadge } from '../look/alert-badge.tsx'
import { Dialog } from '../overlays/dialog.tsx'
import { useThemeChoice } from '../hooks.ts'
import { icons } from '../look/icons.tsx'
import { overlays } from '../overlays/overlays.ts'
import { placeIcons } from '../look/place-icons.tsx'
import { useAddressInSpace, useSpace } from '../spaces/space.ts'
import { theme } from '../look/theme.ts'
import { themeChoices } from '../look/theme-choices.tsx'

/** The pages under the thumb of who holds a phone; the less used ones behind "More". */
export function TabBar() {
  const [path] = useLocation()
  const [isOpen, setIsOpen] = useState(false)
  const { role } = useSpace()
  const addressOf = useAddressInSpace()
  const places = placesFor(role)
  const isInSettings = isAt(path, '/settings')
  const isBehindMore = isInSettings || places.some(({ href, isOnTabBar }) => !isOnTabBar && isAt(path, href))
  return (
    <nav className="tab-bar" aria-label="Pages">
      {places
        .filter(({ isOnTabBar }) => isOnTabBar)
        .map(({ id, href, title }) => (
          <Link key={id} href={href} className="tab-bar-item" aria-current={isAt(path, href) ? 'page' : undefined}>
            <span className="tab-bar-icon">
              {placeIcons[id]}
              {id === 'alerts' ? <AlertBadge /> : null}
            </span>
            {title}
          </Link>
        ))}
      <button
        type="button"
        className="tab-bar-item"
        aria-haspopup="dialog"
        data-current={isBehindMore ? 'true' : undefined}
        onClick={() => setIsOpen(true)}
      >
        <span className="tab-bar-icon">{icons.more}</span>
        More
      </button>
      {isOpen ? (
        <Dialog title="More" onClose={() => setIsOpen(false)} isSheet>
          <ul className="more-list">
            {places
              .filter(({ isOnTabBar }) => !isOnTabBar)
              .map(({ id, href, title }) => (
                <li key={id}>
                  <Link
                    href={href}
                    className="more-item"
                    aria-current={isAt(path, href) ? 'page' : undefined}
                    onClick={() => setIsOpen(false)}
                  >
                    {placeIcons[id]} {title}
                  </Link>
                </li>
              ))}
            <li>
              <Link
                href={addressOf(undefined, '/settings')}
                className="more-item"
                aria-current={isInSettings ? 'page' : undefined}
                onClick={() => setIsOpen(false)}
              >
                {icons.space} Space settings
              </Link>
            </li>
            <li>
              <button
                type="button"
                className="more-item"
                onClick={() => {
                  setIsOpen(false)
                  overlays.open('keys')
                }}
              >
                {icons.keys} Keyboard shortcuts
              </button>
            </li>
          </ul>
          <ThemeChoices />
        </Dialog>
      ) : null}
    </nav>
  )
}

function ThemeChoices() {
  const choice = useThemeChoice()
  return (
    <fieldset className="more-theme">
      <legend>Theme</legend>
      {themeChoices.map((option) => (
        <button
          key={option.value}
          type="button"
          className="more-choice"
          aria-pressed={choice === option.value}
          onClick={() => theme.choose(option.value)}
        >
          {option.icon} {option.label}
        </button>
      ))}
    </fieldset>
  )
}
