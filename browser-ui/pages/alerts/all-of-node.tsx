import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { alertPagePath } from '../../data/alerts/alert-address.ts'
import { parseAlertsNow, type AlertNow } from '../../data/alerts/alert-values.ts'
import { hasWords, searchWords } from '../../data/search-words.ts'
import { agoWords } from '../../data/time/ago-words.ts'
import type { NodeSummary } from '../../link/api.ts'
import { useNow } from '../../ui/hooks.ts'
import { icons } from '../../ui/look/icons.tsx'
import { usePageSearch } from '../../ui/palette/page-search.ts'
import { Failure, Notice, Skeleton } from '../../ui/look/parts.tsx'
import { useServices } from '../../ui/services.ts'
import { SeverityMark } from '../../ui/look/severity-mark.tsx'
import { agentTrouble } from './agent-trouble.ts'

const everyMs = 10_000
const shownMax = 1_000
const order = ['critical', 'warning', 'undefined', 'uninitialized', 'clear']
const rank = ({ status }: AlertNow) => (order.includes(status) ? order.indexOf(status) : order.length)

/** Every alert that runs on a node, as its agent tells now: also the ones that are clear. Nothing of it is kept. */
export function AllOfNode({ node, words }: { readonly node: NodeSummary; readonly words: string }) {
  const { live } = useServices()
  const [, changeSearch] = usePageSearch()
  const nowMs = useNow(10_000)
  const told = useQuery({
    queryKey: ['live-alerts', node.nodeId],
    gcTime: 0,
    retry: false,
    refetchInterval: everyMs,
    queryFn: async ({ signal }) => {
      const { text, httpStatus } = await live.ask(node.nodeId, { kind: 'alerts' }, signal)
      if (httpStatus !== 200) throw agentTrouble(httpStatus)
      return [...parseAlertsNow(text).values()].toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, 'en'))
    },
  })
  if (told.data === undefined) {
    if (!told.isError) return <Skeleton lines={8} label="Asking the agent" />
    return <Failure title="The agent did not tell its alerts" error={toldWhy(told.error)} onRetry={() => void told.refetch()} />
  }
  const wanted = searchWords(words)
  const found = told.data.filter(({ name, chart, context, summary }) =>
    hasWords([name, name.replaceAll('_', ' '), chart, context, summary].join(' '), wanted),
  )
  return (
    <>
      <div className="filters">
        <label className="search">
          {icons.search}
          <span className="visually-hidden">Search alerts</span>
          <input
            type="search"
            defaultValue={words}
            placeholder="Search by name or chart"
            onChange={(event) => changeSearch({ q: event.target.value })}
          />
        </label>
        <p className="table-count">
          {found.length} of {told.data.length}
        </p>
      </div>
      {told.isError ? (
        <p className="banner is-warning" role="status">
          {icons.warning} <strong>The list is not renewing.</strong> {toldWhy(told.error).message}
        </p>
      ) : null}
      {found.length === 0 ? (
        <Notice icon={icons.search} title={told.data.length === 0 ? 'No alert runs on this node' : 'No alert matches'} />
      ) : (
        <ul className="card alert-all" aria-label="Alerts of this node">
          {found.slice(0, shownMax).map((alert) => (
            <li key={`${alert.chart} ${alert.name}`} className="alert-all-row" data-alert={alert.name}>
              <SeverityMark status={alert.status} />
              <span className="alert-what">
                <Link href={alertPagePath({ nodeId: node.nodeId, chart: alert.chart, name: alert.name })} className="alert-name">
                  {alert.name.replaceAll('_', ' ')}
                </Link>
                <span className="alert-chart">{alert.chart}</span>
              </span>
              <span className="alert-value">{alert.value}</span>
              <span className="alert-since">{alert.whenS === 0 ? '' : agoWords(nowMs - alert.whenS * 1_000)}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

/** An error in words of this page where the code says more than the sentence. */
const toldWhy = (error: Error) => (error instanceof ThroughlineError && error.code === 'AGENT_UNREACHABLE' ? new Error(silent) : error)
const silent = 'The node is not connected, so its agent cannot be asked. What was raised before stands under “Raised”.'
