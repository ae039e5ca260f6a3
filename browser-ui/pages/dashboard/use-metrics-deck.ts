import { useEffect, useRef, useState } from 'react'
import { createDeck, type Deck } from '../../charts/deck.ts'
import { createFrameScheduler } from '../../charts/frame-scheduler.ts'
import { createMetricsFeed } from '../../data/metrics/create-metrics-feed.ts'
import type { MetricsNode } from '../../data/metrics/metrics-feed.ts'
import type { Timeline } from '../../data/time/timeline.ts'
import type { SpaceContexts } from '../../link/api.ts'
import { pageClock } from '../../link/page-clock.ts'
import { useServices } from '../../ui/services.ts'

const scheduler = createFrameScheduler(
  (run) => void window.requestAnimationFrame(run),
  () => performance.now(),
)

/**
 * The feed of some nodes and everything that draws it, for as long as the page is shown; undefined until the nodes are known. Nodes
 * and what the cloud has stored of their contexts may change: the feed follows.
 */
export function useMetricsDeck(
  timeline: Timeline,
  nodes: readonly MetricsNode[] | undefined,
  stored: SpaceContexts | undefined,
): Deck | undefined {
  const { live } = useServices()
  // The cloud's list is read anew every few seconds; the feed plans anew only when something changed that it cares for.
  const key =
    nodes === undefined ? undefined : JSON.stringify(nodes.map(({ nodeId, hostname, state, agent }) => [nodeId, hostname, state, agent]))
  const [deck, setDeck] = useState<Deck>()
  const latest = useRef({ nodes, stored })
  latest.current = { nodes, stored }
  const isReady = nodes !== undefined
  useEffect(() => {
    if (!isReady) return undefined
    const first = latest.current
    const feed = createMetricsFeed({
      client: live,
      clock: pageClock,
      random: Math.random,
      timeline,
      nodes: first.nodes ?? [],
      stored: first.stored,
    })
    const made = createDeck(feed, scheduler)
    setDeck(made)
    return () => {
      made.close()
      feed.close()
    }
  }, [live, timeline, isReady])
  useEffect(() => {
    const now = latest.current
    if (key !== undefined && now.nodes !== undefined) deck?.feed.setNodes(now.nodes, stored)
  }, [deck, key, stored])
  return deck
}
