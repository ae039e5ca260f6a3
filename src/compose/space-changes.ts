import type { SpaceId } from '../domain/ids.ts'
import type { ChangedThing } from '../live/changes.ts'

/** Carries the word that something of a space changed from whoever keeps it to whoever shows it; the thing itself is not in it. */
export interface SpaceChanges {
  tell(spaceId: SpaceId, what: ChangedThing): void
  onChange(listener: (spaceId: SpaceId, what: ChangedThing) => void): () => void
}

export function createSpaceChanges(): SpaceChanges {
  const listeners = new Set<(spaceId: SpaceId, what: ChangedThing) => void>()
  return {
    tell(spaceId, what) {
      for (const listener of listeners) listener(spaceId, what)
    },
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
