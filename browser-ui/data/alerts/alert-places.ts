import type { Role } from '../../../src/domain/model.ts'
import { isAt } from '../shell/places.ts'

const whoSeesFeed: readonly Role[] = ['admin', 'manager', 'troubleshooter', 'observer']
const whoSeesAlerts: readonly Role[] = ['admin', 'manager', 'troubleshooter', 'observer', 'member']
const whoSeesDefinitions: readonly Role[] = ['admin', 'manager', 'troubleshooter', 'observer']

export interface AlertPlace {
  readonly id: string
  /** Relative to the room. */
  readonly href: string
  readonly title: string
  /** The permission of the cloud's table that the page needs; a test holds `for` equal to it. */
  readonly permission: string
  /** The roles it has something for, among those that see nodes. */
  readonly for: readonly Role[]
  /** More words it is found by in the palette. */
  readonly keywords: string
}

/**
 * The parts of the alerts section, in the order of their navigation. An entry here stands in the navigation and in the palette; its
 * icon and its page stand in `pages/alerts/alert-pages.tsx`, where pages below it are, too. Only what has a page has an entry.
 */
export const alertPlaces = [
  {
    id: 'raised',
    href: '/alerts',
    title: 'Raised',
    permission: 'alerts.view',
    for: whoSeesAlerts,
    keywords: 'alerts warning critical now',
  },
  {
    id: 'definitions',
    href: '/alerts/definitions',
    title: 'Definitions',
    permission: 'alerts.view-config',
    for: whoSeesDefinitions,
    keywords: 'alert configuration rules thresholds health stock create new',
  },
  {
    id: 'silences',
    href: '/alerts/silences',
    title: 'Silences',
    permission: 'silencing.list',
    for: whoSeesDefinitions,
    keywords: 'silence mute quiet maintenance snooze downtime schedule recurring',
  },
  {
    id: 'feed',
    href: '/alerts/feed',
    title: 'Feed',
    permission: 'events.view',
    for: whoSeesFeed,
    keywords: 'events history timeline what happened nodes people',
  },
] as const satisfies readonly AlertPlace[]

export type AlertPlaceId = (typeof alertPlaces)[number]['id']

/** The parts that have something for a role; the cloud decides, this only leaves out what it would refuse. */
export const alertPlacesFor = (role: Role): readonly (typeof alertPlaces)[number][] =>
  alertPlaces.filter((place) => place.for.includes(role))

/** The part that an address (relative to the room) belongs to: making an alert is a matter of definitions, too. */
export function alertPlaceAt(path: string): AlertPlaceId | undefined {
  if (isAt(path, '/alerts/new')) return 'definitions'
  return alertPlaces.filter(({ href }) => isAt(path, href)).toSorted((a, b) => b.href.length - a.href.length)[0]?.id
}

/** Whether there is such a part, and the role has something on it: what leads there is shown only then. */
export const hasAlertPlace = (role: Role, href: string): boolean => alertPlacesFor(role).some((place: AlertPlace) => place.href === href)
