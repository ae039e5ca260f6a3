/** Runs the drawings that were asked for in the next frames, each once: as many a frame as fit its share, so that no task is long. */
export interface FrameScheduler {
  request(draw: () => void): void
  cancel(draw: () => void): void
}

/**
 * What the drawings of one frame may take. The browser rasterises what they painted in the same task, for several times as long,
 * and a task that is over after 50 ms keeps a page quick.
 */
const shareMs = 4

/** `nextFrame` is the browser's requestAnimationFrame, `nowMs` a clock that never goes back. At least one drawing runs in a frame. */
export function createFrameScheduler(nextFrame: (run: () => void) => void, nowMs: () => number = () => performance.now()): FrameScheduler {
  const due = new Set<() => void>()
  let isScheduled = false
  const schedule = () => {
    isScheduled = true
    nextFrame(() => {
      isScheduled = false
      const startedMs = nowMs()
      // A drawing that asks for itself again has its turn in the next frame.
      const turns = [...due]
      for (const run of turns) {
        if (!due.delete(run)) continue
        run()
        if (nowMs() - startedMs >= shareMs) break
      }
      if (due.size > 0) schedule()
    })
  }
  return {
    request(draw) {
      due.add(draw)
      if (!isScheduled) schedule()
    },
    cancel: (draw) => void due.delete(draw),
  }
}
