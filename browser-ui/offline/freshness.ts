/** How the page's metadata stands: fresh, last known as of a time, or out of reach with nothing known. */
export interface Freshness {
  /** The cloud did not answer last time. */
  readonly isLost: boolean
  /** The oldest time among what is shown from before, epoch milliseconds; undefined when everything is fresh. */
  readonly asOfMs: number | undefined
}

const fresh: Freshness = { isLost: false, asOfMs: undefined }

/** What is known about how fresh answers are; one for the page. */
export interface FreshnessStore {
  /** The cloud answered, or the worker did with what it knew at `asOfMs`. */
  answered(path: string, asOfMs: number | undefined): void
  /** Nobody answered. */
  failed(): void
  readonly current: () => Freshness
  readonly subscribe: (listener: () => void) => () => void
}

/** One answer from the cloud itself is enough to know that it is back. Who is signed in ages without harm, so that has no say. */
export function createFreshness(): FreshnessStore {
  const listeners = new Set<() => void>()
  const times = new Map<string, number>()
  let current = fresh
  const set = (next: Freshness) => {
    if (next.isLost === current.isLost && next.asOfMs === current.asOfMs) return
    current = next
    for (const listener of listeners) listener()
  }
  return {
    answered(path, asOfMs) {
      if (asOfMs === undefined) {
        times.clear()
        set(fresh)
        return
      }
      if (path !== '/me') times.set(path, asOfMs)
      set({ isLost: true, asOfMs: times.size === 0 ? asOfMs : Math.min(...times.values()) })
    },
    failed: () => set({ ...current, isLost: true }),
    current: () => current,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
