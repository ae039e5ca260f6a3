import '../nodes/nodes.css'
import './alerts.css'
import { useQuery } from '@tanstack/react-query'
import { useCallback, useDeferredValue, useMemo } from 'react'
import { useLocation, useSearch } from 'wouter'
import {
  alertsOfNodes,
  facetOptions,
  filterAlerts,
  groupAlerts,
  readAlertFilter,
  writeAlertFilter,
  type AlertFilter,
  type ListedAlert,
} from '../../data/alerts/alert-list.ts'
import { useHoldOpen } from '../../ui/overlays/hold-open.ts'
import { useMatches, useTitle } from '../../ui/hooks.ts'
import { icons } from '../../ui/look/icons.tsx'
import { usePageSearch } from '../../ui/palette/page-search.ts'
import { Failure, Notice, Skeleton } from '../../ui/look/parts.tsx'
import { alertsQuery } from '../../ui/queries.ts'
import { useRoomNodes } from '../../ui/spaces/room-nodes.ts'
import { useRoom } from '../../ui/spaces/room.ts'
import { useServices } from '../../ui/services.ts'
import { AlertFacets, AlertTools, ChosenFacets } from './alert-filters.tsx'
import { AlertList } from './alert-list.tsx'
import { AllOfNode } from './all-of-node.tsx'

/** What is raised in the room, the most severe and newest first. */
export function AlertsPage() {
  useTitle('Alerts')
  useHoldOpen()
  const { api } = useServices()
  const room = useRoom()
  const [search, changeSearch] = usePageSearch()
  const { query: list, nodes } = useRoomNodes()
  const raised = useQuery(alertsQuery(api))
  const all = useMemo(
    () => (raised.data === undefined || nodes === undefined ? undefined : alertsOfNodes(raised.data.alerts, nodes)),
    [raised.data, nodes],
  )
  if (all === undefined || nodes === undefined) {
    const failed = raised.isError ? raised : list.isError ? list : undefined
    return failed === undefined ? (
      <Skeleton lines={8} label="Loading alerts" />
    ) : (
      <Failure title="The alerts cannot be read" error={failed.error} onRetry={() => void failed.refetch()} />
    )
  }
  const missing = (raised.data?.total ?? 0) - (raised.data?.alerts.length ?? 0)
  const onlyNode = search.getAll('node').length === 1 ? nodes.find(({ nodeId }) => nodeId === search.get('node')) : undefined
  const isAll = onlyNode !== undefined && search.get('all') === '1'
  return (
    <div className="alerts-page">
      <div className="page-head">
        <div>
          <h1>Alerts</h1>
          <p className="page-sub">
            {onlyNode !== undefined
              ? `${isAll ? 'All alerts' : 'Raised'} on ${onlyNode.hostname}`
              : room.roomId === undefined
                ? 'Raised on all nodes'
                : `Raised in ${room.name}`}
          </p>
        </div>
        {onlyNode === undefined ? null : (
          <div className="segmented" role="group" aria-label="Which alerts">
            <button type="button" aria-pressed={!isAll} onClick={() => changeSearch({ all: undefined })}>
              Raised
            </button>
            <button type="button" aria-pressed={isAll} onClick={() => changeSearch({ all: '1' })}>
              All of this node
            </button>
          </div>
        )}
      </div>
      {raised.isError ? (
        <p className="banner is-warning" role="status">
          {icons.warning} <strong>The list is not renewing.</strong> {raised.error.message}
        </p>
      ) : null}
      {missing > 0 && !isAll ? (
        <p className="banner" role="status">
          {icons.info} {missing} more are raised in the space than this list holds.
        </p>
      ) : null}
      {isAll ? <AllOfNode node={onlyNode} words={search.get('q') ?? ''} /> : <Raised all={all} />}
    </div>
  )
}

function Raised({ all }: { readonly all: readonly ListedAlert[] }) {
  const search = useSearch()
  const [path, navigate] = useLocation()
  const isNarrow = useMatches('(max-width: 1000px)')
  const filter = useMemo(() => readAlertFilter(search), [search])
  const onChange = useCallback(
    (next: AlertFilter) => navigate(`${path}${writeAlertFilter(window.location.search, next)}${window.location.hash}`, { replace: true }),
    [navigate, path],
  )
  const settled = useDeferredValue(filter)
  const options = useMemo(() => facetOptions(all, settled), [all, settled])
  const found = useMemo(() => filterAlerts(all, settled), [all, settled])
  const groups = useMemo(() => groupAlerts(found, settled.groupBy), [found, settled.groupBy])
  const hostnames = useMemo(() => new Map(all.map(({ nodeId, hostname }) => [nodeId, hostname])), [all])
  if (all.length === 0 && filter.chosen.size === 0 && filter.words === '') {
    return (
      <Notice icon={icons.check} title="Nothing is raised">
        <p>When an agent raises a warning or a critical alert, it stands here within seconds.</p>
      </Notice>
    )
  }
  return (
    <div className="alerts-body">
      {isNarrow || options.size === 0 ? null : (
        <aside className="alerts-side" aria-label="Filters">
          <AlertFacets filter={filter} options={options} onChange={onChange} />
        </aside>
      )}
      <div className="alerts-main">
        <AlertTools filter={filter} options={options} onChange={onChange} />
        <ChosenFacets filter={filter} hostnames={hostnames} onChange={onChange} />
        <p className="visually-hidden" role="status">
          {found.length} of {all.length} alerts
        </p>
        {found.length === 0 ? (
          <Notice
            icon={icons.search}
            title="No alert matches"
            action={
              <button type="button" className="button" onClick={() => onChange({ ...filter, chosen: new Map(), words: '' })}>
                Show all alerts
              </button>
            }
          >
            <p>{all.length === 0 ? 'Nothing is raised here.' : `${all.length} are raised, none of them as chosen.`}</p>
          </Notice>
        ) : (
          <AlertList groups={groups} isBySeverity={settled.groupBy === 'severity'} />
        )}
      </div>
    </div>
  )
}
