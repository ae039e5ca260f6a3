import type { NodeFeed } from '../data/feed/node-feed.ts'
import type { FrameScheduler } from './frame-scheduler.ts'

/** Something on screen that shows one context. */
export interface Drawable {
  readonly contextId: string
  draw(): void
}

/** Everything a node page draws: redrawn together when values arrive, the window moves or another one is chosen. */
export interface Deck {
  readonly feed: NodeFeed
  add(drawable: Drawable): () => void
  /** Draws everything anew: the window, the theme or the pause changed. */
  invalidate(): void
  close(): void
}

/** An edge that moves by less than this share of the window changes no pixel worth a redraw. */
const edgeShare = 1 / 600

export function createDeck(feed: NodeFeed, scheduler: FrameScheduler): Deck {
  const drawables = new Map<Drawable, () => void>()
  let drawnEdgeS = 0

  const { timeline } = feed

  const invalidate = () => {
    for (const draw of drawables.values()) scheduler.request(draw)
  }
  const stopTime = timeline.onChange(invalidate)
  const stop = feed.onData((changed) => {
    const edgeS = timeline.span()[1]
    const isMoved = edgeS - drawnEdgeS >= Math.max(1, timeline.view.windowS * edgeShare)
    if (isMoved) drawnEdgeS = edgeS
    for (const [drawable, draw] of drawables) if (isMoved || changed.has(drawable.contextId)) scheduler.request(draw)
  })

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
      stop()
      stopTime()
      for (const draw of drawables.values()) scheduler.cancel(draw)
      drawables.clear()
    },
  }
}
