import { Link, Redirect, Route, Switch, useLocation } from 'wouter'
import { sectionsFor } from '../../data/settings/sections.ts'
import { isAt } from '../../data/shell/places.ts'
import { useSpace } from '../../ui/space.ts'
import { SpaceSection } from './space-section.tsx'
import './settings.css'

/** The settings of a space: its navigation, and the part that the address names. */
export function SettingsPage() {
  const { name, role } = useSpace()
  const [path] = useLocation()
  return (
    <div className="settings">
      <nav className="settings-nav" aria-label={`Settings of ${name}`}>
        {sectionsFor(role).map(({ id, href, title }) => (
          <Link key={id} href={href} aria-current={isAt(path, href) ? 'page' : undefined}>
            {title}
          </Link>
        ))}
      </nav>
      <div className="settings-body">
        <Switch>
          <Route path="/settings/space" component={SpaceSection} />
          <Route>
            <Redirect to="/settings/space" replace />
          </Route>
        </Switch>
      </div>
    </div>
  )
}
