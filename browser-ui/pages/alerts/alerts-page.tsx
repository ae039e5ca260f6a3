import '../nodes/nodes.css'
import './alerts.css'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { Link, useSearch } from 'wouter'
import type { AlertNow } from '../../data/fleet/alert-values.ts'
import {
  alertPath,
  alertSinceText,
  alertsOfNodes,
  filterAlerts,
  readAlertFilter,
  type AlertFilter,
  type ListedAlert,
} from '../../data/fleet/raised-list.ts'
import { useNow, useTimeFormat, useTitle } from '../../ui/hooks.ts'
import { icons } from '../../ui/icons.tsx'
import { usePageSearch } from '../../ui/page-search.ts'
import { Failure, Notice, Skeleton } from '../../ui/parts.tsx'
import { alertsQuery } from '../../ui/queries.ts'
import { useRoomNodes } from '../../ui/room-nodes.ts'
import { useRoom } from '../../ui/room.ts'
import { useServices } from '../../ui/services.ts'
import { useAlertValues } from './use-alert-values.ts'

const severities = [
  { id: 'critical', title: 'Critical', mark: '◆' },
  { id: 'warning', title: 'Warning', mark: '▲' },
] as const
const shownMax = 100

/** What is raised in the room, the most severe and newest first. */
export function AlertsPage() {
  useTitle('Alerts')
  const { api } = useServices()
  const room = useRoom()
  const search = useSearch()
  const { query: list, nodes } = useRoomNodes()
  const raised = useQuery(alertsQuery(api))
  const all = useMemo(
    () => (raised.data === undefined || nodes === undefined ? undefined : alertsOfNodes(raised.data.alerts, nodes)),
    [raised.data, nodes],
  )
  if (all === undefined) {
    const failed = raised.isError ? raised : list.isError ? list : undefined
    return failed === undefined ? (
      <Skeleton lines={8} label="Loading alerts" />
    ) : (
      <Failure title="The alerts cannot be read" error={failed.error} onRetry={() => void failed.refetch()} />
    )
  }
  const filter = readAlertFilter(search)
  const missing = (raised.data?.total ?? 0) - (raised.data?.alerts.length ?? 0)
  return (
    <div className="alerts-page">
      <div className="page-head">
        <div>
          <h1>Alerts</h1>
          <p className="page-sub">{room.roomId === undefined ? 'Raised on all nodes' : `Raised in ${room.name}`}</p>
        </div>
      </div>
      {raised.isError ? (
        <p className="banner is-warning" role="status">
          {icons.warning} <strong>The list is not renewing.</strong> {raised.error.message}
        </p>
      ) : null}
      <Filters all={all} filter={filter} />
      {missing > 0 ? (
        <p className="banner" role="status">
          {icons.info} {missing} more are raised in the space than this list holds.
        </p>
      ) : null}
      <RaisedList all={all} filter={filter} />
    </div>
  )
}

function Filters({ all, filter }: { readonly all: readonly ListedAlert[]; readonly filter: AlertFilter }) {
  const [, setSearch] = usePageSearch()
  const names = new Map(all.map(({ nodeId, hostname }) => [nodeId, hostname]))
  const contexts = [...new Set(all.map(({ context }) => context).filter((context) => context !== ''))].toSorted()
  return (
    <div className="filters">
      <div className="chips" role="group" aria-label="Filter by severity">
        {severities.map(({ id, title, mark }) => (
          <button
            key={id}
            type="button"
            className="chip"
            aria-pressed={filter.severity === id}
            onClick={() => setSearch({ severity: filter.severity === id ? undefined : id })}
          >
            <span className="severity" data-severity={id} aria-hidden="true">
              {mark}
            </span>
            {all.filter(({ status }) => status === id).length} {title.toLowerCase()}
          </button>
        ))}
      </div>
      <label className="search">
        {icons.search}
        <span className="visually-hidden">Search alerts</span>
        <input
          type="search"
          defaultValue={filter.words}
          placeholder="Search by name, chart or node"
          onChange={(event) => setSearch({ q: event.target.value })}
        />
      </label>
      <label>
        <span className="visually-hidden">Node</span>
        <select className="select" value={filter.nodeId ?? ''} onChange={(event) => setSearch({ node: event.target.value })}>
          <option value="">All nodes</option>
          {[...names]
            .toSorted(([, a], [, b]) => a.localeCompare(b))
            .map(([nodeId, hostname]) => (
              <option key={nodeId} value={nodeId}>
                {hostname}
              </option>
            ))}
          {filter.nodeId !== undefined && !names.has(filter.nodeId) ? <option value={filter.nodeId}>A node without alerts</option> : null}
        </select>
      </label>
      <label>
        <span className="visually-hidden">Context</span>
        <select className="select" value={filter.context ?? ''} onChange={(event) => setSearch({ context: event.target.value })}>
          <option value="">All contexts</option>
          {contexts.map((context) => (
            <option key={context} value={context}>
              {context}
            </option>
          ))}
          {filter.context !== undefined && !contexts.includes(filter.context) ? (
            <option value={filter.context}>{filter.context}</option>
          ) : null}
        </select>
      </label>
    </div>
  )
}

function RaisedList({ all, filter }: { readonly all: readonly ListedAlert[]; readonly filter: AlertFilter }) {
  const nowMs = useNow(10_000)
  const [, setSearch] = usePageSearch()
  const [most, setMost] = useState(shownMax)
  const found = filterAlerts(all, filter)
  const shown = found.slice(0, most)
  const valueOf = useAlertValues(shown)
  if (all.length === 0) {
    return (
      <Notice icon={icons.check} title="Nothing is raised">
        <p>When an agent raises a warning or a critical alert, it stands here within seconds.</p>
      </Notice>
    )
  }
  if (found.length === 0) {
    return (
      <Notice
        icon={icons.search}
        title="No alert matches"
        action={
          <button
            type="button"
            className="button"
            onClick={() => setSearch({ severity: undefined, node: undefined, context: undefined, q: undefined })}
          >
            Show all alerts
          </button>
        }
      >
        <p>{all.length} are raised, none of them as chosen.</p>
      </Notice>
    )
  }
  return (
    <>
      {severities.map(({ id, title, mark }) => {
        const rows = shown.filter(({ status }) => status === id)
        if (rows.length === 0) return null
        return (
          <section key={id} className="alert-group" aria-labelledby={`alerts-${id}`}>
            <h2 id={`alerts-${id}`} className="severity" data-severity={id}>
              <span aria-hidden="true">{mark}</span> {title} <small>{found.filter(({ status }) => status === id).length}</small>
            </h2>
            <ul className="card alert-rows">
              {rows.map((alert) => (
                <AlertRow key={alert.key} alert={alert} now={valueOf(alert)} nowMs={nowMs} />
              ))}
            </ul>
          </section>
        )
      })}
      {found.length > shown.length ? (
        <button type="button" className="button alert-more" onClick={() => setMost(most + shownMax)}>
          Show {Math.min(shownMax, found.length - shown.length)} more of {found.length}
        </button>
      ) : null}
    </>
  )
}

function AlertRow({ alert, now, nowMs }: { readonly alert: ListedAlert; readonly now: AlertNow | undefined; readonly nowMs: number }) {
  const format = useTimeFormat()
  return (
    <li className="alert-row" data-alert={alert.name} data-severity={alert.status} data-stale={alert.isStale}>
      <div className="alert-what">
        <Link href={alertPath(alert)} className="alert-name" title={alert.name}>
          {alert.name.replaceAll('_', ' ')}
        </Link>
        {now === undefined || now.summary === '' ? null : <p className="alert-summary">{now.summary}</p>}
        <p className="alert-where">
          <Link href={`/nodes/${alert.nodeId}`} className="alert-node" title={alert.hostname}>
            {alert.hostname}
          </Link>
          <span className="alert-chart" title={`${alert.chart} · ${alert.context}`}>
            {alert.chart}
          </span>
        </p>
      </div>
      <div className="alert-now">
        <span className="alert-value">{now === undefined || alert.isStale ? '' : now.value}</span>
        <span className="alert-since" title={format.moment(alert.whenS, nowMs / 1000)}>
          {alertSinceText(alert, nowMs)}
        </span>
      </div>
    </li>
  )
}
