import { lazy, Suspense, useCallback, useRef, useState, useSyncExternalStore } from 'react'
import { Link } from 'wouter'
import type { Deck } from '../../charts/deck.ts'
import { alertsOfNodePath } from '../../data/alerts/alert-address.ts'
import { alertWords, countAlerts } from '../../data/shell/trouble.ts'
import { formatBytes } from '../../data/units.ts'
import type { NodeDetails } from '../../link/api.ts'
import { useTimeFormat } from '../../ui/hooks.ts'
import { icons } from '../../ui/look/icons.tsx'
import { StatePill } from '../../ui/look/parts.tsx'
import { PopoverOnDemand, reachingForPopover } from '../../ui/overlays/popover-on-demand.tsx'
import { SeverityMark } from '../../ui/look/severity-mark.tsx'
import { reachedThrough } from '../nodes/node-list.ts'
import { RemoveNode } from './remove-node.tsx'

const EgressPanel = lazy(async () => ({ default: (await import('./egress-panel.tsx')).EgressPanel }))
const noStatus = () => () => {}

/** Who this node is: name, state, the facts its agent told, and the rest behind a button. */
export function NodeHeader({ node, deck }: { readonly node: NodeDetails; readonly deck: Deck | undefined }) {
  const liveState = useSyncExternalStore(deck?.feed.onStatus ?? noStatus, () => deck?.feed.status.nodes[0]?.state)
  const memory = Number(node.memoryBytes ?? 0)
  const facts = [
    [node.os, node.osVersion].filter(Boolean).join(' '),
    node.cpus ? `${node.cpus} ${node.cpus === 1 ? 'core' : 'cores'}` : '',
    memory > 0 ? formatBytes(memory) : '',
    node.architecture ?? '',
    known(node.virtualization),
  ].filter((fact) => fact !== '')
  return (
    <div className="node-head">
      <nav aria-label="Breadcrumb" className="crumb">
        <Link href="/nodes">{icons.back} Nodes</Link>
      </nav>
      <div className="node-title">
        <h1>{node.hostname}</h1>
        <StatePill state={liveState ?? node.state} />
        <NodeAlerts node={node} />
        <DetailsButton node={node} />
        <RemoveNode node={node} />
      </div>
      <ul className="facts">
        {facts.map((fact) => (
          <li key={fact}>{fact}</li>
        ))}
      </ul>
      {node.clone ? (
        <p className="banner is-warning" role="status">
          {icons.warning}
          <span>
            <strong>This node is two machines.</strong> {node.clone.sentence}
          </span>
        </p>
      ) : null}
    </div>
  )
}

/** What is raised on this node, and the way to its alerts: to all of them when none is raised. */
function NodeAlerts({ node }: { readonly node: NodeDetails }) {
  const count = countAlerts([node])
  const severity = count.critical > 0 ? 'critical' : count.warning > 0 ? 'warning' : count.unknown > 0 ? 'unknown' : undefined
  return (
    <Link href={alertsOfNodePath(node.nodeId, severity === undefined)} className="button is-quiet is-small">
      {severity === undefined ? icons.bell : <SeverityMark status={severity} />}
      {severity === undefined ? 'Alerts' : alertWords(count)}
      {severity === undefined ? null : <span className="visually-hidden">, the alerts of this node</span>}
    </Link>
  )
}

/** The facts beyond the first row, behind a button. */
function DetailsButton({ node }: { readonly node: NodeDetails }) {
  const [isOpen, setIsOpen] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const close = useCallback(() => setIsOpen(false), [])
  return (
    <>
      <button
        ref={button}
        type="button"
        className="button is-quiet is-small"
        aria-haspopup="dialog"
        {...reachingForPopover}
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
      >
        {icons.info} Details
      </button>
      {isOpen && button.current !== null ? (
        <PopoverOnDemand anchor={button.current} className="popover" label="Details" align="start" container={null} onClose={close}>
          <Details node={node} />
        </PopoverOnDemand>
      ) : null}
    </>
  )
}

const known = (text: string | undefined) => (text === undefined || text === 'none' || text === 'unknown' ? '' : text)

function Details({ node }: { readonly node: NodeDetails }) {
  const format = useTimeFormat()
  const rows: readonly (readonly [string, string])[] = [
    ['Kernel', known(node.kernelVersion)],
    ['Agent', node.agentVersion ?? ''],
    ['Reached through', reachedThrough(node.instances ?? [])],
    ['Virtualization', known(node.virtualization)],
    ['Known since', format.day(node.createdAtMs / 1000, Date.now() / 1000)],
    ['Machine guid', node.machineGuid ?? ''],
    ['Node id', node.nodeId],
  ]
  const labels = Object.entries(node.labels ?? {}).filter(([key]) => !key.startsWith('_'))
  const plugins = [...new Set((node.collectors ?? []).map((collector) => collector.plugin).filter((plugin) => plugin !== ''))].sort()
  return (
    <>
      <h2>Details</h2>
      <dl className="details">
        {rows
          .filter(([, value]) => value !== '')
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      {labels.length === 0 ? null : (
        <>
          <h3>Labels</h3>
          <ul className="tags">
            {labels.map(([key, value]) => (
              <li key={key}>
                <span>{key}</span> {value}
              </li>
            ))}
          </ul>
        </>
      )}
      {plugins.length === 0 ? null : (
        <>
          <h3>Collectors</h3>
          <ul className="tags">
            {plugins.map((plugin) => (
              <li key={plugin}>{plugin}</li>
            ))}
          </ul>
        </>
      )}
      <Suspense fallback={null}>
        <EgressPanel nodeId={node.nodeId} />
      </Suspense>
    </>
  )
}
