import { useCallback, useEffect, useRef, useState } from 'react'
import { fleetMetrics } from '../../data/fleet/fleet-metric.ts'
import type { NodeColumn, NodeSort } from '../../data/fleet/node-columns.ts'
import type { NodeSummary } from '../../link/api.ts'
import type { Fleet } from '../fleet/use-fleet.ts'
import { isLiveSort } from './use-held-order.ts'

/** Scrolling past rows must not subscribe each of them. */
const settleMs = 200

/**
 * Tells the fleet what the table needs: the rows on screen each second, and, while it is sorted by a live value, all others in turns.
 * The answer takes the rows that are visible, and says which those are.
 */
export function useVisibleWish(
  fleet: Fleet,
  nodes: readonly NodeSummary[],
  columns: readonly Pick<NodeColumn, 'id' | 'kind'>[],
  sort: NodeSort | undefined,
): { readonly onVisible: (nodeIds: readonly string[]) => void; readonly visible: () => readonly string[] } {
  const now = useRef<readonly string[]>([])
  const [settled, setSettled] = useState<readonly string[]>([])
  const timer = useRef(0)
  const onVisible = useCallback((nodeIds: readonly string[]) => {
    const isFirst = now.current.length === 0
    now.current = nodeIds
    window.clearTimeout(timer.current)
    if (isFirst) setSettled(nodeIds)
    else timer.current = window.setTimeout(() => setSettled(nodeIds), settleMs)
  }, [])
  useEffect(() => () => window.clearTimeout(timer.current), [])

  const metricIds = new Set(columns.filter(({ kind }) => kind === 'live').map(({ id }) => id))
  if (sort !== undefined && isLiveSort(sort)) metricIds.add(sort.columnId)
  const metricKey = [...metricIds].join(' ')
  const sortedBy = isLiveSort(sort) ? sort?.columnId : undefined
  useEffect(() => {
    const live = new Set(nodes.filter(({ state }) => state === 'live').map(({ nodeId }) => nodeId))
    const near = settled.filter((nodeId) => live.has(nodeId))
    const metrics = fleetMetrics.filter(({ id }) => metricKey.split(' ').includes(id))
    for (const nodeId of near) live.delete(nodeId)
    const agents = new Map(nodes.map(({ nodeId, agent }) => [nodeId, agent]))
    fleet.sampler.want({
      near,
      far: sortedBy === undefined ? [] : [...live],
      metrics,
      farMetrics: metrics.filter(({ id }) => id === sortedBy),
      wantsPast: true,
      agentOf: (nodeId) => agents.get(nodeId),
    })
  }, [fleet, nodes, settled, metricKey, sortedBy])
  const visible = useCallback(() => now.current, [])
  return { onVisible, visible }
}
