import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { memo, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { fleetMetrics } from '../../data/fleet/fleet-metric.ts'
import { systemText } from '../../data/fleet/node-query.ts'
import type { NodeSummary } from '../../link/api.ts'
import { StatePill } from '../../ui/look/parts.tsx'
import { LiveCell } from '../fleet/live-cell.tsx'
import type { Fleet } from '../fleet/use-fleet.ts'
import { AlertCounts, NameLink } from './node-cells.tsx'
import { lastSeenText } from './node-list.ts'
import { RowMenu } from './row-menu.tsx'

const cardPx = 164
const shownMetrics = ['cpu', 'memory', 'disk', 'network'].flatMap((id) => fleetMetrics.filter((metric) => metric.id === id))

/** The list of nodes on a phone: a card each, only those on screen exist. */
export function NodeCards({
  nodes,
  fleet,
  nowMs,
  onVisible,
  onRemove,
}: {
  readonly nodes: readonly NodeSummary[]
  readonly fleet: Fleet
  readonly nowMs: number
  readonly onVisible: (nodeIds: readonly string[]) => void
  readonly onRemove: ((node: NodeSummary) => void) | undefined
}) {
  const list = useRef<HTMLUListElement>(null)
  const [top, setTop] = useState(0)
  useLayoutEffect(() => setTop(list.current?.offsetTop ?? 0), [])
  const rows = useWindowVirtualizer({ count: nodes.length, estimateSize: () => cardPx, overscan: 4, scrollMargin: top })
  const { startIndex = 0, endIndex = -1 } = rows.range ?? {}
  const visibleKey = nodes
    .slice(startIndex, endIndex + 1)
    .map(({ nodeId }) => nodeId)
    .join(' ')
  useEffect(() => onVisible(visibleKey === '' ? [] : visibleKey.split(' ')), [visibleKey, onVisible])
  return (
    <ul ref={list} className="node-cards" aria-label="Nodes" style={{ height: rows.getTotalSize() }}>
      {rows.getVirtualItems().map(({ index, start }) => {
        const node = nodes[index]
        return node === undefined ? null : (
          <li
            key={node.nodeId}
            className="node-card card"
            data-node={node.nodeId}
            data-state={node.state}
            aria-setsize={nodes.length}
            aria-posinset={index + 1}
            style={{ transform: `translateY(${start - top}px)` }}
          >
            <Card node={node} fleet={fleet} nowMs={nowMs} onRemove={onRemove} />
          </li>
        )
      })}
    </ul>
  )
}

const Card = memo(function Card({
  node,
  fleet,
  nowMs,
  onRemove,
}: {
  readonly node: NodeSummary
  readonly fleet: Fleet
  readonly nowMs: number
  readonly onRemove: ((node: NodeSummary) => void) | undefined
}) {
  return (
    <>
      <div className="node-card-head">
        <NameLink node={node} />
        <StatePill state={node.state} />
        <RowMenu node={node} onRemove={onRemove} />
      </div>
      {node.state === 'live' ? (
        <div className="node-card-values">
          {shownMetrics.map((metric, index) => (
            <div key={metric.id} className="node-card-value">
              <span className="node-card-title">{metric.title}</span>
              <LiveCell fleet={fleet} nodeId={node.nodeId} metric={metric} colorIndex={index} />
            </div>
          ))}
        </div>
      ) : (
        <p className="node-card-seen">Last seen {lastSeenText(node, nowMs)}</p>
      )}
      <div className="node-card-foot">
        <span className="cell-text">{[systemText(node), node.agentVersion].filter(Boolean).join(' · ') || 'Nothing told yet'}</span>
        <AlertCounts node={node} />
      </div>
    </>
  )
})
