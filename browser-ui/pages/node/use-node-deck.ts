import { useEffect, useState } from 'react'
import { createDeck, type Deck } from '../../charts/deck.ts'
import { createFrameScheduler } from '../../charts/frame-scheduler.ts'
import { createNodeFeed } from '../../data/feed/node-feed.ts'
import type { Timeline } from '../../data/time/timeline.ts'
import { pageClock } from '../../link/page-clock.ts'
import { useServices } from '../../ui/services.ts'

const scheduler = createFrameScheduler((run) => void window.requestAnimationFrame(run))

/** The feed of one node and everything that draws it, for as long as the page is shown; undefined before the first effect. */
export function useNodeDeck(nodeId: string, timeline: Timeline): Deck | undefined {
  const { live } = useServices()
  const [deck, setDeck] = useState<Deck>()
  useEffect(() => {
    const feed = createNodeFeed({
      client: live,
      clock: pageClock,
      nodeId,
      timeline,
      random: Math.random,
    })
    const made = createDeck(feed, scheduler)
    setDeck(made)
    return () => {
      made.close()
      feed.close()
    }
  }, [live, nodeId, timeline])
  return deck
}
