/** The one time a person points at; every chart on screen marks it. */
export interface Crosshair {
  readonly timeS: number | undefined
  /** Moves the mark, undefined takes it away; listeners hear of it once a frame. */
  set(timeS: number | undefined): void
  onMove(listener: () => void): () => void
}

/** `nextFrame` is the browser's requestAnimationFrame. */
export function createCrosshair(nextFrame: (run: () => void) => void): Crosshair {
  const listeners = new Set<() => void>()
  let timeS: number | undefined
  let isScheduled = false
  return {
    get timeS() {
      return timeS
    },
    set(next) {
      if (next === timeS) return
      timeS = next
      if (isScheduled) return
      isScheduled = true
      nextFrame(() => {
        isScheduled = false
        for (const listener of listeners) listener()
      })
    },
    onMove(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
