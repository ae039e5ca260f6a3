import { Link } from 'wouter'
import { fleetMetrics } from '../../data/fleet/fleet-metric.ts'
import { ownLabels, type NodeColumn } from '../../data/fleet/node-columns.ts'
import type { NodeSummary } from '../../link/api.ts'
import { timeZone } from '../../ui/account/time-zone.ts'
import { icons } from '../../ui/look/icons.tsx'
import { StatePill } from '../../ui/look/parts.tsx'
import { LiveCell } from '../fleet/live-cell.tsx'
import type { Fleet } from '../fleet/use-fleet.ts'
import { lastSeenText } from './node-list.ts'

const metricOf = (id: string) => fleetMetrics.find((metric) => metric.id === id)
/** Each live column keeps its colour, whichever are shown. */
const colorOf = (id: string) => Math.max(0, ['cpu', 'memory', 'disk', 'network', 'load'].indexOf(id))

/** What stands in one cell. */
export function CellContent({
  column,
  node,
  fleet,
  nowMs,
}: {
  readonly column: NodeColumn
  readonly node: NodeSummary
  readonly fleet: Fleet
  readonly nowMs: number
}) {
  switch (column.kind) {
    case 'state':
      return <StatePill state={node.state} />
    case 'name':
      return <NameLink node={node} />
    case 'live': {
      const metric = metricOf(column.id)
      if (metric === undefined || node.state !== 'live') return <span className="cell-none">–</span>
      return <LiveCell fleet={fleet} nodeId={node.nodeId} metric={metric} colorIndex={colorOf(column.id)} />
    }
    case 'alerts':
      return <AlertCounts node={node} />
    case 'labels':
      return <Labels node={node} />
    case 'time':
      return <span className="cell-text">{timeText(column, node, nowMs)}</span>
    default: {
      const text = column.text(node, { latest: () => undefined, nowMs })
      return (
        <span className="cell-text" title={text}>
          {text === '' ? '–' : shortened(text)}
        </span>
      )
    }
  }
}

/** Without the part of a system's name that says nothing new, so that its version has room. */
const shortened = (text: string) => text.replace(' GNU/Linux', '')

function timeText(column: NodeColumn, node: NodeSummary, nowMs: number): string {
  if (column.id === 'seen') return lastSeenText(node, nowMs)
  return timeZone.format.day(node.createdAtMs / 1000, nowMs / 1000)
}

/** The way to a node, with a warning when two machines pass for it. */
export function NameLink({ node }: { readonly node: NodeSummary }) {
  return (
    <span className="cell-name-line">
      <Link href={`/nodes/${node.nodeId}`} className="row-link" title={node.hostname}>
        {node.hostname}
      </Link>
      {node.clone ? (
        <span className="row-warning" title={node.clone.sentence}>
          {icons.warning} <span className="visually-hidden">two machines pass for this node</span>
        </span>
      ) : null}
    </span>
  )
}

/** How many alerts are raised, each kind with a shape and a letter of its own. */
export function AlertCounts({ node }: { readonly node: NodeSummary }) {
  const { warning, critical } = node.alerts ?? { warning: 0, critical: 0 }
  if (warning + critical === 0) return <span className="cell-none">–</span>
  return (
    <Link href={`/alerts?node=${node.nodeId}`} className="alert-counts">
      {critical > 0 ? (
        <span className="severity" data-severity="critical">
          <span aria-hidden="true">◆ {critical}</span>
          <span className="visually-hidden">{critical} critical</span>
        </span>
      ) : null}
      {warning > 0 ? (
        <span className="severity" data-severity="warning">
          <span aria-hidden="true">▲ {warning}</span>
          <span className="visually-hidden">{warning} warning</span>
        </span>
      ) : null}
    </Link>
  )
}

function Labels({ node }: { readonly node: NodeSummary }) {
  const labels = ownLabels(node)
  if (labels.length === 0) return <span className="cell-none">–</span>
  return (
    <span className="cell-labels" title={labels.slice(0, 20).join('\n')}>
      {labels.slice(0, 1).map((label) => (
        <span key={label} className="label-tag">
          {label}
        </span>
      ))}
      {labels.length > 1 ? <span className="label-more">+{labels.length - 1}</span> : null}
    </span>
  )
}
