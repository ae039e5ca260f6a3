import './home.css'
import '../nodes/nodes.css'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'wouter'
import { alertPagePath } from '../../data/alerts/alert-address.ts'
import { alertSinceText, alertsOfNodes } from '../../data/alerts/alert-list.ts'
import { recentNodes, removedBetween, type RecentNode } from '../../data/fleet/recent-nodes.ts'
import type { NodeSummary } from '../../link/api.ts'
import { useNow, useTitle } from '../../ui/hooks.ts'
import { mayConnect } from '../../data/shell/places.ts'
import { countAlerts } from '../../data/shell/trouble.ts'
import { icons } from '../../ui/look/icons.tsx'
import { Failure, Skeleton, stateWords } from '../../ui/look/parts.tsx'
import { alertsQuery } from '../../ui/queries.ts'
import { useRoomNodes } from '../../ui/spaces/room-nodes.ts'
import { useRoom } from '../../ui/spaces/room.ts'
import { useServices } from '../../ui/services.ts'
import { SeverityMark } from '../../ui/look/severity-mark.tsx'
import { useSpace } from '../../ui/spaces/space.ts'
import { ConnectDialog } from '../connect/connect-dialog.tsx'
import { NoNodes } from '../nodes/no-nodes.tsx'
import { countStates } from '../nodes/node-list.ts'
import { MapCard } from './map-card.tsx'
import { agoWords } from '../../data/time/ago-words.ts'

const listedAlertsMax = 8
const silence = ({ isSilenced }: { readonly isSilenced?: boolean }) => Number(isSilenced === true)

/** Home of a room: how its nodes are, what is alerting, and a map of them. */
export function HomePage() {
  useTitle('Home')
  const room = useRoom()
  const { query: list, nodes } = useRoomNodes()
  const { role } = useSpace()
  const [isConnecting, setIsConnecting] = useState(false)
  const removed = useRemoved(nodes)
  if (nodes === undefined) {
    return list.isError ? (
      <Failure title="The nodes cannot be read" error={list.error} onRetry={() => void list.refetch()} />
    ) : (
      <Skeleton lines={8} label="Loading nodes" />
    )
  }
  return (
    <div className="home-page">
      <div className="page-head">
        <h1 className="home-name" title={room.name}>
          {room.name}
        </h1>
        {mayConnect(role) ? (
          <button type="button" className="button" onClick={() => setIsConnecting(true)}>
            {icons.plus} Connect a node
          </button>
        ) : null}
      </div>
      {list.isError ? (
        <p className="banner is-warning" role="status">
          {icons.warning} <strong>This page is not renewing.</strong> {list.error.message}
        </p>
      ) : null}
      {nodes.length === 0 ? (
        <NoNodes isRoom={room.roomId !== undefined} onConnect={() => setIsConnecting(true)} />
      ) : (
        <>
          <Counts nodes={nodes} />
          <div className="home-body">
            <MapCard nodes={nodes} />
            <div className="home-side">
              <AlertingNow nodes={nodes} />
              <Recently nodes={nodes} removed={removed} />
            </div>
          </div>
        </>
      )}
      {isConnecting ? <ConnectDialog onClose={() => setIsConnecting(false)} /> : null}
    </div>
  )
}

/** Nodes that went while this page was open. */
function useRemoved(nodes: readonly NodeSummary[] | undefined): readonly RecentNode[] {
  const [known, setKnown] = useState<{ readonly nodes: readonly NodeSummary[] | undefined; readonly removed: readonly RecentNode[] }>({
    nodes,
    removed: [],
  })
  if (known.nodes !== nodes && nodes !== undefined) {
    setKnown({ nodes, removed: [...removedBetween(known.nodes ?? [], nodes, Date.now()), ...known.removed].slice(0, 20) })
  }
  return known.removed
}

/** How many nodes are in each state, and how many alerts are raised: each leads to the list of them. */
function Counts({ nodes }: { readonly nodes: readonly NodeSummary[] }) {
  const raised = countAlerts(nodes)
  return (
    <ul className="counts" aria-label="At a glance">
      <li>
        <Link href="/nodes" className="count card">
          <strong>{nodes.length}</strong> <span>{nodes.length === 1 ? 'Node' : 'Nodes'}</span>
        </Link>
      </li>
      {countStates(nodes).map(({ state, count }) => (
        <li key={state}>
          <Link href={`/nodes?q=state:${state}`} className="count card" data-state={state}>
            <strong>{count}</strong>
            <span className="state" data-state={state}>
              <span className="state-dot" aria-hidden="true" />
              {stateWords[state]}
            </span>
          </Link>
        </li>
      ))}
      {(['critical', 'warning', 'unknown'] as const).map((severity) =>
        severity === 'unknown' && raised.unknown === 0 ? null : (
          <li key={severity}>
            <Link
              href={`/alerts?severity=${severity}`}
              className="count card"
              data-count={raised[severity] === 0 ? 'none' : severity}
              {...(severity === 'unknown' ? { title: 'Raised when their nodes fell silent; nobody knows how they stand now' } : {})}
            >
              <strong>{raised[severity]}</strong>
              <SeverityMark status={severity} isWordShown />
            </Link>
          </li>
        ),
      )}
    </ul>
  )
}

function AlertingNow({ nodes }: { readonly nodes: readonly NodeSummary[] }) {
  const { api } = useServices()
  const nowMs = useNow(15_000)
  const raised = useQuery(alertsQuery(api))
  // What nobody knows and what nobody is told of comes after what somebody has to look at.
  const alerts =
    raised.data === undefined
      ? undefined
      : alertsOfNodes(raised.data.alerts, nodes).toSorted((a, b) => Number(a.isStale) - Number(b.isStale) || silence(a) - silence(b))
  return (
    <section className="card side-card" aria-labelledby="alerting-title">
      <div className="side-head">
        <h2 id="alerting-title">Alerting now</h2>
        {alerts !== undefined && alerts.length > 0 ? <Link href="/alerts">All {alerts.length}</Link> : null}
      </div>
      {alerts === undefined ? (
        raised.isError ? (
          <p className="side-empty">The alerts cannot be read just now.</p>
        ) : (
          <Skeleton lines={3} label="Loading alerts" />
        )
      ) : alerts.length === 0 ? (
        <p className="side-empty">{icons.check} Nothing is raised.</p>
      ) : (
        <ul className="alert-lines">
          {alerts.slice(0, listedAlertsMax).map((alert) => (
            <li key={alert.key} data-stale={alert.isStale}>
              <Link href={alertPagePath(alert)} className="alert-line">
                <SeverityMark status={alert.isStale ? 'unknown' : alert.status} />
                <span className="alert-line-name" title={`${alert.name} · ${alert.chart}`}>
                  {alert.name.replaceAll('_', ' ')}
                  {alert.isSilenced === true ? <span className="alert-line-age"> · silenced</span> : null}
                </span>
                <span className="alert-line-where">
                  <span className="cell-text" title={alert.hostname}>
                    {alert.hostname}
                  </span>
                  <span className="alert-line-age">{alertSinceText(alert, nowMs)}</span>
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

const whatWords = { connected: 'joined', silent: 'fell silent', removed: 'removed' } as const

function Recently({ nodes, removed }: { readonly nodes: readonly NodeSummary[]; readonly removed: readonly RecentNode[] }) {
  const nowMs = useNow(30_000)
  const rows = recentNodes(nodes, removed, nowMs)
  if (rows.length === 0) return null
  return (
    <section className="card side-card" aria-labelledby="recently-title">
      <div className="side-head">
        <h2 id="recently-title">Lately</h2>
      </div>
      <ul className="recent-lines">
        {rows.map(({ nodeId, hostname, what, atMs }) => {
          return (
            <li key={`${nodeId} ${what}`}>
              {what === 'removed' ? (
                <span className="cell-text" title={hostname}>
                  {hostname}
                </span>
              ) : (
                <Link href={`/nodes/${nodeId}`} className="cell-text" title={hostname}>
                  {hostname}
                </Link>
              )}
              <span className="recent-what">
                {whatWords[what]} {agoWords(nowMs - atMs)}
              </span>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
