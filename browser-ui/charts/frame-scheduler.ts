/** Runs every drawing that was asked for since the last frame in one go, so that a tick costs one layout and one paint. */
export interface FrameScheduler {
  request(draw: () => void): void
  cancel(draw: () => void): void
}

/** `nextFrame` is the browser's requestAnimationFrame. */
export function createFrameScheduler(nextFrame: (run: () => void) => void): FrameScheduler {
  const due = new Set<() => void>()
  let isScheduled = false
  return {
    request(draw) {
      due.add(draw)
      if (isScheduled) return
      isScheduled = true
      nextFrame(() => {
        isScheduled = false
        const now = [...due]
        due.clear()
        for (const run of now) run()
      })
    },
    cancel: (draw) => void due.delete(draw),
  }
}
