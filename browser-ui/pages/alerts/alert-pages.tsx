import { lazy, type ComponentType, type ReactNode } from 'react'
import type { AlertPlaceId } from '../../data/alerts/alert-places.ts'
import { icons } from '../../ui/look/icons.tsx'

export interface AlertPage {
  /** Relative to the room, as wouter reads it; the first that fits counts. */
  readonly path: string
  /** The part of the navigation it belongs to, whose roles may open it. */
  readonly place: AlertPlaceId
  /** Gets the address' parts by name, such as `name` of `/alerts/definitions/:name`. */
  readonly page: ComponentType<{ readonly params: Readonly<Record<string, string | undefined>> }>
}

/** The icon of each part. */
export const alertPlaceIcons: Readonly<Record<AlertPlaceId, ReactNode>> = {
  raised: icons.bell,
  definitions: icons.record,
  silences: icons.quiet,
  feed: (
    <svg className="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d="M4 4.5v.1M4 10v.1M4 15.5v.1M8 4.5h9M8 10h9M8 15.5h6" />
    </svg>
  ),
}

/** Every page of the section, a file of its own to load each. What has one belongs into `data/alerts/alert-places.ts`, too. */
export const alertPages: readonly AlertPage[] = [
  { path: '/alerts', place: 'raised', page: lazy(async () => ({ default: (await import('./alerts-page.tsx')).AlertsPage })) },
  { path: '/alerts/one', place: 'raised', page: lazy(async () => ({ default: (await import('./one/alert-page.tsx')).AlertPage })) },
  {
    path: '/alerts/definitions',
    place: 'definitions',
    page: lazy(async () => ({ default: (await import('../alert-config/definitions-page.tsx')).DefinitionsPage })),
  },
  {
    path: '/alerts/definitions/:name',
    place: 'definitions',
    page: lazy(async () => ({ default: (await import('../alert-config/definition-page.tsx')).DefinitionPage })),
  },
  {
    path: '/alerts/definitions/:name/edit',
    place: 'definitions',
    page: lazy(async () => ({ default: (await import('../alert-config/edit-page.tsx')).EditAlertPage })),
  },
  {
    path: '/alerts/silences',
    place: 'silences',
    page: lazy(async () => ({ default: (await import('./silences/silences-page.tsx')).SilencesPage })),
  },
  {
    path: '/alerts/new',
    place: 'definitions',
    page: lazy(async () => ({ default: (await import('../alert-config/new-page.tsx')).NewAlertPage })),
  },
  { path: '/alerts/feed', place: 'feed', page: lazy(async () => ({ default: (await import('./feed/feed-page.tsx')).FeedPage })) },
]
