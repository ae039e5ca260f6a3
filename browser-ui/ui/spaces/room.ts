import { createContext, useContext } from 'react'

/** The room the page is in. */
export interface CurrentRoom {
  /** Undefined for "All nodes", whose pages stand at the root of the space. */
  readonly roomId: string | undefined
  readonly name: string
}

export const RoomContext = createContext<CurrentRoom>({ roomId: undefined, name: 'All nodes' })

/** The room the page is in. Links inside it are relative (`/nodes`), wouter adds the room's own base. */
export function useRoom(): CurrentRoom {
  return useContext(RoomContext)
}

/** An address inside a room, relative to the space. */
export function roomPath(roomId: string | undefined, path: string): string {
  return roomId === undefined ? path : `/rooms/${roomId}${path === '/' ? '' : path}`
}
