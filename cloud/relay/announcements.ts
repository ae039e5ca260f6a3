import type { SpaceId } from '../../src/domain/ids.ts'
import type { ChangedThing } from '../../src/live/changes.ts'
import type { Clock } from '../../src/support/clock.ts'

/** Tells the viewers of a space what changed, each thing at most once a second. */
export interface Announcements {
  changed(spaceId: SpaceId, what: ChangedThing): void
  close(): void
}

const everyMs = 1_000

/**
 * The first change is told at once, what follows within a second in one word at its end. Spaces that nobody looks at cost nothing.
 */
export function createAnnouncements({
  clock,
  hasViewers,
  tell,
}: {
  readonly clock: Clock
  readonly hasViewers: (spaceId: SpaceId) => boolean
  readonly tell: (spaceId: SpaceId, what: ChangedThing) => void
}): Announcements {
  /** Things that were told within the last second, and whether they changed again since. */
  const resting = new Map<string, { isAgain: boolean; readonly stop: () => void }>()

  const say = (spaceId: SpaceId, what: ChangedThing) => {
    const key = `${what} ${spaceId}`
    const stop = clock.after(everyMs, () => {
      const rested = resting.get(key)
      resting.delete(key)
      if (rested?.isAgain === true && hasViewers(spaceId)) say(spaceId, what)
    })
    resting.set(key, { isAgain: false, stop })
    tell(spaceId, what)
  }

  return {
    changed(spaceId, what) {
      if (!hasViewers(spaceId)) return
      const rested = resting.get(`${what} ${spaceId}`)
      if (rested === undefined) say(spaceId, what)
      else rested.isAgain = true
    },
    close() {
      for (const { stop } of resting.values()) stop()
      resting.clear()
    },
  }
}
