/** The pages of a room, in the order of the bar; addresses are relative to the room. */
export const places = [
  { id: 'home', href: '/', title: 'Home', isOnTabBar: true },
  { id: 'nodes', href: '/nodes', title: 'Nodes', isOnTabBar: true },
  { id: 'metrics', href: '/metrics', title: 'Metrics', isOnTabBar: true },
  { id: 'functions', href: '/functions', title: 'Live', isOnTabBar: false },
  { id: 'boards', href: '/boards', title: 'Boards', isOnTabBar: false },
  { id: 'alerts', href: '/alerts', title: 'Alerts', isOnTabBar: true },
  { id: 'connect', href: '/connect', title: 'Connect', isOnTabBar: false },
] as const

export type Place = (typeof places)[number]

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
