import { useSyncExternalStore } from 'react'
import { TimeBar } from '../time/time-bar.tsx'
import type { BoardCharts } from './use-board-charts.ts'

/** The span of time of all charts of the board. */
export function BoardTime({ charts }: { readonly charts: BoardCharts }) {
  const { deck, timeline } = charts
  const isFlowing = useSyncExternalStore(
    deck?.feed.onStatus ?? never,
    () => deck !== undefined && deck.feed.status.link === 'open' && deck.feed.status.nodes.some(({ state }) => state === 'live'),
  )
  return <TimeBar timeline={timeline} isFlowing={isFlowing} />
}

const never = () => () => {}
