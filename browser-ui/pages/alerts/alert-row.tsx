import { memo } from 'react'
import { Link } from 'wouter'
import { alertPagePath } from '../../data/alerts/alert-address.ts'
import { alertSinceText, type ListedAlert } from '../../data/alerts/alert-list.ts'
import type { AlertNow } from '../../data/alerts/alert-values.ts'
import { useTimeFormat } from '../../ui/hooks.ts'
import { SeverityMark } from '../../ui/look/severity-mark.tsx'

/** One raised alert: what, where, how long, and its value as its agent words it now. */
export const AlertRow = memo(function AlertRow({
  alert,
  now,
  nowMs,
}: {
  readonly alert: ListedAlert
  readonly now: AlertNow | undefined
  readonly nowMs: number
}) {
  const format = useTimeFormat()
  const summary = now?.summary || alert.summary || ''
  const tags = [alert.class, alert.component, alert.role].filter((tag) => tag !== undefined && tag !== '')
  return (
    <div
      className="alert-row"
      data-alert={alert.name}
      data-severity={alert.isStale ? 'unknown' : alert.status}
      data-silenced={alert.isSilenced === true || undefined}
    >
      <SeverityMark status={alert.isStale ? 'unknown' : alert.status} />
      <div className="alert-what">
        <p className="alert-title">
          <Link href={alertPagePath(alert)} className="alert-name" title={alert.name}>
            {alert.name.replaceAll('_', ' ')}
          </Link>
          {alert.isStale ? <span className="alert-tag">was {alert.status}</span> : null}
          {alert.isSilenced === true ? <span className="alert-tag">Silenced</span> : null}
        </p>
        {summary === '' ? null : <p className="alert-summary">{summary}</p>}
        <p className="alert-where">
          <Link href={`/nodes/${alert.nodeId}`} className="alert-node" title={alert.hostname}>
            {alert.hostname}
          </Link>
          <span className="alert-chart" title={`${alert.chart} · ${alert.context}`}>
            {alert.chart}
          </span>
          {tags.length === 0 ? null : <span className="alert-chart">{tags.join(' · ')}</span>}
        </p>
      </div>
      <div className="alert-now">
        <span className="alert-value">{now === undefined || alert.isStale ? '' : now.value}</span>
        <span className="alert-since" title={format.moment(alert.whenS, nowMs / 1000)}>
          {alertSinceText(alert, nowMs)}
        </span>
      </div>
    </div>
  )
})
