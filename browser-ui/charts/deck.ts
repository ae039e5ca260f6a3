import type { MetricsFeed } from '../data/metrics/metrics-feed.ts'
import type { FrameScheduler } from './frame-scheduler.ts'

/** Something on screen that shows one context. */
export interface Drawable {
  readonly contextId: string
  draw(): void
}

/** Everything a page draws of one feed: redrawn together when values arrive, the window's edge moves or the timeline changes. */
export interface Deck {
  readonly feed: MetricsFeed
  add(drawable: Drawable): () => void
  /** Draws everything anew, such as after a change of theme. */
  invalidate(): void
  close(): void
}

/** An edge that moves by less than this share of the window changes no pixel worth a redraw. */
const edgeShare = 1 / 600

export function createDeck(feed: MetricsFeed, scheduler: FrameScheduler): Deck {
  const drawables = new Map<Drawable, () => void>()
  let drawnEdgeS = 0

  const invalidate = () => {
    for (const draw of drawables.values()) scheduler.request(draw)
  }
  const stops = [
    feed.onData((changed) => {
      const edgeS = feed.timeline.span()[1]
      const isMoved = Math.abs(edgeS - drawnEdgeS) >= Math.max(1, feed.timeline.view.windowS * edgeShare)
      if (isMoved) drawnEdgeS = edgeS
      for (const [drawable, draw] of drawables) if (isMoved || changed.has(drawable.contextId)) scheduler.request(draw)
    }),
    feed.timeline.onChange(invalidate),
    // Why there is nothing to draw is drawn too.
    feed.onStatus(invalidate),
  ]

  return {
    feed,
    add(drawable) {
      const draw = () => drawable.draw()
      drawables.set(drawable, draw)
      scheduler.request(draw)
      return () => {
        drawables.delete(drawable)
        scheduler.cancel(draw)
      }
    },
    invalidate,
    close() {
      for (const stop of stops) stop()
      for (const draw of drawables.values()) scheduler.cancel(draw)
      drawables.clear()
    },
  }
}
