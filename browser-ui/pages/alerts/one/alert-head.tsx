import { Link } from 'wouter'
import { hasAlertPlace } from '../../../data/alerts/alert-places.ts'
import { alertChartPath, alertsOfNodePath, definitionPath, silencePath } from '../../../data/alerts/alert-address.ts'
import { agoWords } from '../../../data/time/ago-words.ts'
import type { NodeDetails } from '../../../link/api.ts'
import { useNow, useTimeFormat } from '../../../ui/hooks.ts'
import { icons } from '../../../ui/look/icons.tsx'
import { StatePill } from '../../../ui/look/parts.tsx'
import { SeverityMark, statusWord } from '../../../ui/look/severity-mark.tsx'
import { useSpace } from '../../../ui/spaces/space.ts'
import type { MergedAlert } from './merged-alert.ts'

/** What it is, how it stands and since when, what it says, and what can be done about it. */
export function AlertHead({
  alert,
  node,
  liveError,
}: {
  readonly alert: MergedAlert
  readonly node: NodeDetails
  readonly liveError: Error | undefined
}) {
  const { role } = useSpace()
  const nowMs = useNow(10_000)
  return (
    <header className="alert-page-head" data-severity={alert.status}>
      <nav aria-label="Breadcrumb" className="crumb">
        <Link href="/alerts">{icons.back} Alerts</Link>
      </nav>
      <div className="alert-page-title">
        <SeverityMark status={alert.status} />
        <h1 title={alert.name}>{alert.name.replaceAll('_', ' ')}</h1>
        {alert.isSilenced ? <span className="alert-tag">Silenced</span> : null}
      </div>
      <p className="alert-page-state" role="status">
        <SeverityMark status={alert.status} isWordShown />
        <Since alert={alert} nowMs={nowMs} />
        {alert.value === '' ? null : (
          <span className="alert-page-value">
            <span className="visually-hidden">Value now: </span>
            {alert.value}
          </span>
        )}
      </p>
      {alert.summary === '' ? null : <p className="alert-page-summary">{alert.summary}</p>}
      {alert.info === '' ? null : <p className="alert-page-info">{alert.info}</p>}
      <dl className="alert-page-where">
        <div>
          <dt>Node</dt>
          <dd>
            <Link href={`/nodes/${alert.nodeId}`} className="alert-node">
              {node.hostname}
            </Link>
            <StatePill state={node.state} />
          </dd>
        </div>
        <div>
          <dt>Instance</dt>
          <dd>
            <Link href={alertChartPath(alert)} className="alert-node">
              {alert.chart}
            </Link>
          </dd>
        </div>
        {alert.context === '' || alert.context === alert.chart ? null : (
          <div>
            <dt>Context</dt>
            <dd>{alert.context}</dd>
          </div>
        )}
      </dl>
      <div className="alert-page-deeds">
        {hasAlertPlace(role, '/alerts/silences') && !alert.isSilenced ? (
          <Link href={silencePath(alert, 1)} className="button is-small">
            Silence for 1 h
          </Link>
        ) : null}
        {hasAlertPlace(role, '/alerts/definitions') ? (
          <Link href={definitionPath(alert.name)} className="button is-small">
            {icons.pencil} Definition
          </Link>
        ) : null}
        <Link href={alertsOfNodePath(alert.nodeId, true)} className="button is-small">
          All alerts of this node
        </Link>
      </div>
      {liveError === undefined ? null : (
        <p className="banner is-warning" role="status">
          {icons.warning} <span>The agent does not tell the value now. {liveError.message}</span>
        </p>
      )}
    </header>
  )
}

function Since({ alert, nowMs }: { readonly alert: MergedAlert; readonly nowMs: number }) {
  const format = useTimeFormat()
  const nowS = nowMs / 1000
  if (alert.status === 'unknown') {
    const sinceMs = alert.unknownSinceMs
    return (
      <span>
        {sinceMs === null
          ? 'The node is silent.'
          : `The node is silent since ${agoWords(nowMs - sinceMs)} (${format.moment(sinceMs / 1000, nowS)}).`}{' '}
        {alert.lastStatus === '' ? '' : `Before that it was ${statusWord(alert.lastStatus).toLowerCase()}.`}
      </span>
    )
  }
  if (alert.whenS === 0) return null
  return (
    <span>
      since {agoWords(nowMs - alert.whenS * 1_000)} <span className="alert-since">({format.moment(alert.whenS, nowS)})</span>
    </span>
  )
}
