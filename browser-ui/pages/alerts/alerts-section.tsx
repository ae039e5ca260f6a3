import { Suspense } from 'react'
import { Redirect, Route, Switch, useLocation } from 'wouter'
import { alertPlaceAt, alertPlaces, alertPlacesFor } from '../../data/alerts/alert-places.ts'
import { useTitle } from '../../ui/hooks.ts'
import { icons } from '../../ui/look/icons.tsx'
import { Notice, Skeleton } from '../../ui/look/parts.tsx'
import { useSpace } from '../../ui/spaces/space.ts'
import { SubNav } from '../../ui/shell/sub-nav.tsx'
import { alertPages, alertPlaceIcons, type AlertPage } from './alert-pages.tsx'

/** Everything about alerts: the navigation of its parts, and the page that the address names. */
export function AlertsSection() {
  const { role } = useSpace()
  const mine = alertPlacesFor(role)
  const [path] = useLocation()
  const part = alertPlaceAt(path)
  return (
    <>
      {mine.length > 1 ? (
        <SubNav
          label="Alerts"
          isStrip
          current={mine.find(({ id }) => id === part)?.href}
          items={mine.map(({ id, href, title }) => ({ href, title, icon: alertPlaceIcons[id] }))}
        />
      ) : null}
      <Suspense fallback={<Skeleton lines={8} label="Loading" />}>
        <Switch>
          {alertPages.map((entry) => (
            <Route key={entry.path} path={entry.path}>
              {(params) =>
                mine.some(({ id }) => id === entry.place) ? <entry.page params={params} /> : <NotForRole place={entry.place} />
              }
            </Route>
          ))}
          <Route>
            <Redirect to="/alerts" replace />
          </Route>
        </Switch>
      </Suspense>
    </>
  )
}

function NotForRole({ place }: Pick<AlertPage, 'place'>) {
  const title = alertPlaces.find(({ id }) => id === place)?.title ?? 'This page'
  useTitle(title)
  return (
    <Notice icon={icons.lock} title={`“${title}” is not for your role`} isPage>
      <p>An admin or a manager of this space can give you another role.</p>
    </Notice>
  )
}
