import './nodes.css'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { csvText } from '../../../src/support/csv.ts'
import { fleetMetrics } from '../../data/fleet/fleet-metric.ts'
import { columnsOf, defaultColumnIds, parseSort, sortText, type NodeColumn, type NodeSort } from '../../data/fleet/node-columns.ts'
import { matchNodes, parseQuery } from '../../data/fleet/node-query.ts'
import type { NodeSummary } from '../../link/api.ts'
import { useActions, type PageAction } from '../../ui/palette/actions.ts'
import { useMatches, useNow, useTitle } from '../../ui/hooks.ts'
import { mayConnect } from '../../data/shell/places.ts'
import { icons } from '../../ui/look/icons.tsx'
import { usePageSearch } from '../../ui/palette/page-search.ts'
import { Failure, Notice, Skeleton } from '../../ui/look/parts.tsx'
import { useRoomNodes } from '../../ui/spaces/room-nodes.ts'
import { useRoom } from '../../ui/spaces/room.ts'
import { saveCsv } from '../../ui/save-file.ts'
import { useSpace } from '../../ui/spaces/space.ts'
import { ConnectDialog } from '../connect/connect-dialog.tsx'
import { useFleet } from '../fleet/use-fleet.ts'
import { RemoveDialog } from '../node/remove-node.tsx'
import { ColumnMenu } from './column-menu.tsx'
import { NodeCards } from './node-cards.tsx'
import { NoNodes } from './no-nodes.tsx'
import { mayRemoveNodes } from './node-list.ts'
import { NodeTable } from './node-table.tsx'
import { NodeToolbar } from './node-toolbar.tsx'
import { useHeldOrder } from './use-held-order.ts'
import { useVisibleWish } from './use-visible-wish.ts'

const cardColumns = ['cpu', 'memory', 'disk', 'network'].map((id) => ({ id, kind: 'live' as const }))
/** Longer addresses do not survive everywhere; the page of metrics reads as many. */
const metricsNodesMax = 500

/** Every node of the room, live. What is shown and how stands in the address. */
export function NodesPage() {
  useTitle('Nodes')
  const { query: list, nodes } = useRoomNodes()
  const room = useRoom()
  const { role } = useSpace()
  const [isConnecting, setIsConnecting] = useState(false)
  if (nodes === undefined) {
    return list.isError ? (
      <Failure title="The list of nodes cannot be read" error={list.error} onRetry={() => void list.refetch()} />
    ) : (
      <Skeleton lines={8} label="Loading nodes" />
    )
  }
  const where = room.roomId === undefined ? 'your space' : 'this room'
  return (
    <div className="nodes-page">
      <div className="page-head">
        <div>
          <h1>Nodes</h1>
          <p className="page-sub">
            {nodes.length === 0 ? 'Nothing connected yet' : `${nodes.length} ${nodes.length === 1 ? 'node' : 'nodes'} in ${where}`}
          </p>
        </div>
        {mayConnect(role) ? (
          <button type="button" className="button is-primary" onClick={() => setIsConnecting(true)}>
            {icons.plus} Connect a node
          </button>
        ) : null}
      </div>
      {list.isError ? (
        <p className="banner is-warning" role="status">
          {icons.warning} <strong>The list is not renewing.</strong> {list.error.message}
        </p>
      ) : null}
      {nodes.length === 0 ? (
        <NoNodes isRoom={room.roomId !== undefined} onConnect={() => setIsConnecting(true)} />
      ) : (
        <NodesOfRoom nodes={nodes} />
      )}
      {isConnecting ? <ConnectDialog onClose={() => setIsConnecting(false)} /> : null}
    </div>
  )
}

function NodesOfRoom({ nodes }: { readonly nodes: readonly NodeSummary[] }) {
  const { role } = useSpace()
  const [, navigate] = useLocation()
  const fleet = useFleet()
  const nowMs = useNow(15_000)
  const isNarrow = useMatches('(max-width: 720px)')
  const [search, setSearch] = usePageSearch()
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [removing, setRemoving] = useState<NodeSummary>()
  const area = useRef<HTMLDivElement>(null)

  const queryText = search.get('q') ?? ''
  const columnText = search.get('cols') ?? defaultColumnIds.join(',')
  const sortParameter = search.get('sort')
  const sort = useMemo(() => parseSort(sortParameter), [sortParameter])
  const columns = useMemo(() => columnsOf(columnText.split(',')), [columnText])
  const matching = useMemo(() => matchNodes(nodes, parseQuery(queryText)), [nodes, queryText])
  const latest = useCallback((nodeId: string, metricId: string) => fleet.sampler.samples(nodeId, metricId)?.latest, [fleet])
  const ordered = useHeldOrder(matching, sort, queryText, latest, area)
  const { onVisible, visible } = useVisibleWish(fleet, matching, isNarrow ? cardColumns : columns, sort)
  useEffect(() => fleet.sampler.keep(new Set(nodes.map(({ nodeId }) => nodeId))), [fleet, nodes])

  const onSelect = useCallback((nodeIds: readonly string[], isSelected: boolean) => {
    setSelected((before) => {
      const next = new Set(before)
      for (const nodeId of nodeIds) {
        if (isSelected) next.add(nodeId)
        else next.delete(nodeId)
      }
      return next
    })
  }, [])
  const onSort = (next: NodeSort | undefined) => setSearch({ sort: next === undefined ? undefined : sortText(next) })
  const onRemove = mayRemoveNodes(role) ? setRemoving : undefined
  // A node that left the room or the space is not selected any more.
  const chosen = nodes.filter(({ nodeId }) => selected.has(nodeId)).map(({ nodeId }) => nodeId)

  const download = () => {
    const onScreen = new Set(visible())
    const context = {
      latest: (nodeId: string, metricId: string) => (onScreen.has(nodeId) ? latest(nodeId, metricId) : undefined),
      nowMs,
    }
    const rows = [columns.map(headOf), ...ordered.map((node) => columns.map((column) => column.text(node, context)))]
    saveCsv('nodes.csv', csvText(rows))
  }
  const downloadNow = useRef(download)
  useEffect(() => {
    downloadNow.current = download
  })
  const actions = useMemo(
    (): readonly PageAction[] => [
      {
        id: 'nodes-csv',
        title: 'Download these nodes as CSV',
        group: 'This page',
        keywords: 'export table',
        run: () => downloadNow.current(),
      },
    ],
    [],
  )
  useActions(actions)

  return (
    <>
      <NodeToolbar nodes={nodes} query={queryText} onQuery={(q) => setSearch({ q })} />
      <div className="table-tools">
        <p className="table-count" role="status">
          {matching.length === nodes.length ? `${nodes.length} listed` : `${matching.length} of ${nodes.length} listed`}
        </p>
        {chosen.length === 0 ? null : (
          <div className="selection">
            <span>{chosen.length} selected</span>
            <button
              type="button"
              className="button is-small is-primary"
              onClick={() => navigate(`/metrics?nodes=${chosen.slice(0, metricsNodesMax).join(',')}`)}
            >
              {icons.chart} Metrics of selected
            </button>
            <button type="button" className="button is-small is-quiet" onClick={() => setSelected(new Set())}>
              Clear
            </button>
          </div>
        )}
        <div className="table-buttons">
          {isNarrow ? <SortChoice sort={sort} onSort={onSort} /> : null}
          {isNarrow ? null : (
            <ColumnMenu nodes={nodes} shown={columns.map(({ id }) => id)} onChange={(ids) => setSearch({ cols: ids?.join(',') })} />
          )}
          <button type="button" className="button" onClick={download} title="What is listed; live values of the rows on screen">
            {icons.download} CSV
          </button>
        </div>
      </div>
      {matching.length === 0 ? (
        <Notice
          icon={icons.search}
          title="No node matches"
          action={
            <button type="button" className="button" onClick={() => setSearch({ q: undefined })}>
              Show all nodes
            </button>
          }
        >
          <p>Try fewer words, or take a condition away.</p>
        </Notice>
      ) : isNarrow ? (
        <NodeCards nodes={ordered} fleet={fleet} nowMs={nowMs} onVisible={onVisible} onRemove={onRemove} />
      ) : (
        <NodeTable
          nodes={ordered}
          columns={columns}
          sort={sort}
          fleet={fleet}
          nowMs={nowMs}
          selected={selected}
          area={area}
          onSort={onSort}
          onSelect={onSelect}
          onRemove={onRemove}
          onVisible={onVisible}
        />
      )}
      {removing === undefined ? null : <RemoveDialog node={removing} onClose={() => setRemoving(undefined)} />}
    </>
  )
}

function headOf({ id, title, kind }: NodeColumn): string {
  const units = kind === 'live' ? fleetMetrics.find((metric) => metric.id === id)?.units : undefined
  return units === undefined || units === id ? title : `${title} (${units})`
}

/** Cards have no heads to press. */
function SortChoice({ sort, onSort }: { readonly sort: NodeSort | undefined; readonly onSort: (sort: NodeSort | undefined) => void }) {
  const choices = [
    ['', 'Reachable first'],
    ['name', 'Name'],
    ['-alerts', 'Most alerts'],
    ['-cpu', 'Most CPU'],
    ['-memory', 'Most memory'],
    ['-disk', 'Most disk traffic'],
    ['-network', 'Most network traffic'],
  ] as const
  const value = sort === undefined ? '' : sortText(sort)
  return (
    <label className="sort-choice">
      <span className="visually-hidden">Sort by</span>
      <select className="select" value={value} onChange={(event) => onSort(parseSort(event.target.value))}>
        {choices.map(([id, title]) => (
          <option key={id} value={id}>
            {title}
          </option>
        ))}
        {choices.some(([id]) => id === value) ? null : <option value={value}>{value}</option>}
      </select>
    </label>
  )
}
