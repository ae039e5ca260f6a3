import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Deck } from '../../charts/deck.ts'
import type { Timeline } from '../../data/time/timeline.ts'
import { contextsQuery, nodesQuery } from '../../ui/queries.ts'
import { useRoom } from '../../ui/spaces/room.ts'
import { useServices } from '../../ui/services.ts'
import { useMetricsDeck } from '../dashboard/use-metrics-deck.ts'
import { useTimeline } from '../time/use-timeline.ts'

/** What the charts of a board draw from; the same object until one of its parts changes. */
export interface BoardCharts {
  readonly timeline: Timeline
  /** Undefined until the nodes of the room are known. */
  readonly deck: Deck | undefined
  /** The nodes of the room. */
  readonly nodeIds: ReadonlySet<string> | undefined
  /** Why the nodes cannot be read; their charts wait. */
  readonly error: Error | undefined
}

const refreshMs = 5_000

/** The live values of the room's nodes, for as long as the board is shown. */
export function useBoardCharts(): BoardCharts {
  const { api } = useServices()
  const { roomId } = useRoom()
  const timeline = useTimeline()
  const all = useQuery({ ...nodesQuery(api), refetchInterval: refreshMs })
  const contexts = useQuery(contextsQuery(api))
  const nodes = useMemo(
    () => all.data?.filter((node) => roomId === undefined || node.roomIds?.includes(roomId) === true),
    [all.data, roomId],
  )
  // The cloud's list of contexts comes first, so that no chart says for a moment that nobody collects its context.
  const isReady = nodes !== undefined && !contexts.isPending
  const deck = useMetricsDeck(timeline, isReady ? nodes : undefined, contexts.data)
  const key = nodes?.map(({ nodeId }) => nodeId).join(' ')
  const nodeIds = useMemo(() => (key === undefined ? undefined : new Set(key.split(' ').filter(Boolean))), [key])
  const error = all.data === undefined ? (all.error ?? undefined) : undefined
  return useMemo(() => ({ timeline, deck, nodeIds, error }), [timeline, deck, nodeIds, error])
}
