import type { Role } from '../../../src/domain/model.ts'

const whoSeesNodes: readonly Role[] = ['admin', 'manager', 'troubleshooter', 'observer', 'member']
const whoWorks: readonly Role[] = ['admin', 'manager', 'troubleshooter', 'observer']

/** The pages of a room, in the order of the bar; addresses are relative to the room. `for`: the roles they have something for. */
export const places = [
  { id: 'home', href: '/', title: 'Home', isOnTabBar: true, for: whoSeesNodes },
  { id: 'nodes', href: '/nodes', title: 'Nodes', isOnTabBar: true, for: whoSeesNodes },
  { id: 'metrics', href: '/metrics', title: 'Metrics', isOnTabBar: true, for: whoSeesNodes },
  { id: 'functions', href: '/functions', title: 'Live', isOnTabBar: false, for: whoWorks },
  { id: 'boards', href: '/boards', title: 'Boards', isOnTabBar: false, for: whoWorks },
  { id: 'alerts', href: '/alerts', title: 'Alerts', isOnTabBar: true, for: whoSeesNodes },
  { id: 'connect', href: '/connect', title: 'Connect', isOnTabBar: false, for: ['admin'] as readonly Role[] },
] as const

export type Place = (typeof places)[number]

/** The pages that have something for a role; the cloud decides, this only leaves out what it would refuse. */
export const placesFor = (role: Role): readonly Place[] => places.filter((place) => place.for.includes(role))

/** The page an address (relative to the room) belongs to, when the role has nothing to do with it. */
export const closedPlace = (role: Role, path: string): Place | undefined => {
  const place = places.find(({ href }) => isAt(path, href))
  return place === undefined || place.for.includes(role) ? undefined : place
}

/** Whether a role may connect nodes. */
export const mayConnect = (role: Role): boolean => role === 'admin'

/** What the pages outside of rooms are called: not everybody sees every node there. */
export const rootRoomName = (role: Role): string => (role === 'admin' || role === 'manager' ? 'All nodes' : 'Your nodes')

/** Whether a role sees nodes at all. */
export const seesNodes = (role: Role): boolean => whoSeesNodes.includes(role)

/** An address in a space, from outside of it. */
export const spacePath = (spaceId: string, path = '/'): string => `/spaces/${encodeURIComponent(spaceId)}${path === '/' ? '' : path}`

/** Splits a whole address into the space it is in and the address inside that space. */
export function splitSpace(path: string): { readonly spaceId: string | undefined; readonly inside: string } {
  const [, spaceId, inside = ''] = /^\/spaces\/([^/]+)(\/.*)?$/.exec(path) ?? []
  return spaceId === undefined ? { spaceId: undefined, inside: path } : { spaceId, inside: inside === '' ? '/' : inside }
}

/** Whether an address (relative to the room) belongs to a page or lies below it. */
export const isAt = (path: string, href: string): boolean => (href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`))

/** Splits a whole address into the room it is in and the address inside that room. */
export function splitRoom(path: string): { readonly roomId: string | undefined; readonly inside: string } {
  const [, roomId, inside = ''] = /^\/rooms\/([^/]+)(\/.*)?$/.exec(path) ?? []
  return roomId === undefined ? { roomId: undefined, inside: path } : { roomId, inside: inside === '' ? '/' : inside }
}

/** The page to show after a change of room: the same one, but a list where one node or board may not be in the other room. */
export function pageAfterRoomChange(inside: string): string {
  return places.find(({ href }) => isAt(inside, href))?.href ?? '/'
}
