import { createContext, useCallback, useContext } from 'react'
import type { Role } from '../../../src/domain/model.ts'
import { spacePath } from '../../data/shell/places.ts'
import { roomPath } from './room.ts'

/** The space the page is in, and what the person is there. */
export interface CurrentSpace {
  readonly spaceId: string
  readonly name: string
  readonly role: Role
}

export const SpaceContext = createContext<CurrentSpace | undefined>(undefined)

/** The space the page is in; undefined on pages that are in none. */
export function useSpaceIfAny(): CurrentSpace | undefined {
  return useContext(SpaceContext)
}

/** The space the page is in. */
export function useSpace(): CurrentSpace {
  const space = useContext(SpaceContext)
  if (space === undefined) throw new TypeError('no space around this component')
  return space
}

/** How an address in this space is named from anywhere in the page: for links and `navigate`, whatever room one is in. */
export function useAddressInSpace(): (roomId: string | undefined, path: string) => string {
  const { spaceId } = useSpace()
  return useCallback((roomId, path) => `~${spacePath(spaceId, roomPath(roomId, path))}`, [spaceId])
}
