import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useDeferredValue, useEffect, useState } from 'react'
import { Link } from 'wouter'
import type { NodeState } from '../../../src/domain/model.ts'
import { formatBytes } from '../../data/units.ts'
import type { NodeSummary } from '../../link/api.ts'
import { useNow, useTitle } from '../../ui/hooks.ts'
import { icons } from '../../ui/icons.tsx'
import { Failure, Notice, Skeleton, StatePill, stateWords } from '../../ui/parts.tsx'
import { useServices } from '../../ui/services.ts'
import { ConnectDialog } from '../connect/connect-dialog.tsx'
import { countStates, filterNodes, lastSeenText, sortNodes } from './node-list.ts'

const refreshMs = 4000

/** Every node of the space, renewed by itself. */
export function NodesPage() {
  useTitle('Nodes')
  const { api, live } = useServices()
  const queryClient = useQueryClient()
  const nodes = useQuery({ queryKey: ['nodes'], queryFn: () => api.nodes(), refetchInterval: refreshMs })
  const [search, setSearch] = useState('')
  const [state, setState] = useState<NodeState>()
  const [isConnecting, setIsConnecting] = useState(false)
  const deferredSearch = useDeferredValue(search)
  useEffect(() => live.onNode(() => void queryClient.invalidateQueries({ queryKey: ['nodes'] })), [live, queryClient])

  if (nodes.data === undefined) {
    return nodes.isError ? (
      <Failure title="The list of nodes cannot be read" error={nodes.error} onRetry={() => void nodes.refetch()} />
    ) : (
      <Skeleton lines={8} label="Loading nodes" />
    )
  }
  const all = nodes.data
  const counts = countStates(all)
  const active = counts.some((entry) => entry.state === state) ? state : undefined
  const shown = sortNodes(filterNodes(all, deferredSearch, active))
  return (
    <div className="nodes-page">
      <div className="page-head">
        <div>
          <h1>Nodes</h1>
          <p className="page-sub">
            {all.length === 0 ? 'Nothing connected yet' : all.length === 1 ? '1 node in your space' : `${all.length} nodes in your space`}
          </p>
        </div>
        <button type="button" className="button is-primary" onClick={() => setIsConnecting(true)}>
          {icons.plus} Connect a node
        </button>
      </div>
      {nodes.isError ? (
        <p className="banner is-warning" role="status">
          {icons.warning} <strong>The list is not renewing.</strong> {nodes.error.message}
        </p>
      ) : null}
      {all.length === 0 ? (
        <Notice
          icon={icons.server}
          title="No node is connected yet"
          action={
            <button type="button" className="button is-primary" onClick={() => setIsConnecting(true)}>
              {icons.plus} Connect your first node
            </button>
          }
        >
          <p>Run one command on a host, and its live metrics show up here within seconds. They pass through this cloud and are not kept.</p>
        </Notice>
      ) : (
        <>
          <div className="filters">
            <label className="search">
              {icons.search}
              <span className="visually-hidden">Search nodes</span>
              <input
                type="search"
                value={search}
                placeholder="Search by name, system or version"
                onChange={(event) => setSearch(event.target.value)}
              />
            </label>
            <div className="chips" role="group" aria-label="Filter by state">
              {counts.map((entry) => (
                <button
                  key={entry.state}
                  type="button"
                  className="chip"
                  data-state={entry.state}
                  aria-pressed={active === entry.state}
                  onClick={() => setState(active === entry.state ? undefined : entry.state)}
                >
                  <span className="state-dot" aria-hidden="true" />
                  {entry.count} {stateWords[entry.state].toLowerCase()}
                </button>
              ))}
            </div>
          </div>
          {shown.length === 0 ? (
            <Notice icon={icons.search} title="No node matches">
              <p>Try fewer words, or take the filter away.</p>
            </Notice>
          ) : (
            <NodeTable nodes={shown} />
          )}
        </>
      )}
      {isConnecting ? <ConnectDialog onClose={() => setIsConnecting(false)} /> : null}
    </div>
  )
}

function NodeTable({ nodes }: { readonly nodes: readonly NodeSummary[] }) {
  const nowMs = useNow(15_000)
  return (
    <div className="card table-card">
      <table className="node-table">
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col">Node</th>
            <th scope="col">System</th>
            <th scope="col" className="is-number">
              Cores
            </th>
            <th scope="col" className="is-number">
              Memory
            </th>
            <th scope="col">Agent</th>
            <th scope="col">Last seen</th>
          </tr>
        </thead>
        <tbody>
          {nodes.map((node) => (
            <NodeRow key={node.nodeId} node={node} nowMs={nowMs} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function NodeRow({ node, nowMs }: { readonly node: NodeSummary; readonly nowMs: number }) {
  const memory = Number(node.memoryBytes ?? 0)
  return (
    <tr data-node={node.nodeId} data-state={node.state}>
      <td className="cell-state">
        <StatePill state={node.state} />
      </td>
      <td className="cell-name">
        <Link href={`/nodes/${node.nodeId}`} className="row-link">
          {node.hostname}
        </Link>
        {node.clone ? (
          <span className="row-warning" title={node.clone.sentence}>
            {icons.warning} two machines
          </span>
        ) : null}
      </td>
      <td className="cell-system">{systemText(node)}</td>
      <td className="is-number cell-cores">{node.cpus ? node.cpus : '–'}</td>
      <td className="is-number cell-memory">{memory > 0 ? formatBytes(memory) : '–'}</td>
      <td className="cell-agent">{node.agentVersion || '–'}</td>
      <td className="cell-seen">{lastSeenText(node, nowMs)}</td>
    </tr>
  )
}

/** Name and version of the operating system; a dash until the agent has told. */
function systemText(node: NodeSummary): string {
  const text = [node.os, node.osVersion].filter(Boolean).join(' ')
  return text === '' ? '–' : text
}
