import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { whyWords, type ConfigurableNode, type DefinitionDetails, type DocumentDetails } from '../../data/alert-config/config-answers.ts'
import { hasWords, searchWords } from '../../data/search-words.ts'
import { icons } from '../../ui/look/icons.tsx'
import { Failure, Skeleton } from '../../ui/look/parts.tsx'
import { useRoom } from '../../ui/spaces/room.ts'
import { useServices } from '../../ui/services.ts'
import { configurableNodesQuery } from './alert-config-api.ts'
import type { Runs } from './use-run.ts'

const listedMax = 200

interface ApplyPanelProps {
  readonly kept: DocumentDetails
  readonly running: DefinitionDetails | undefined
  readonly runs: Runs
}

/** Chooses nodes of the room and applies the kept version to them. Those that cannot be configured say why. */
export function ApplyPanel({ kept, running, runs }: ApplyPanelProps) {
  const { request } = useServices()
  const { roomId, name: roomName } = useRoom()
  const query = useQuery(configurableNodesQuery(request, roomId))
  const [search, setSearch] = useState('')
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const states = useMemo(() => new Map(kept.nodes.map((node) => [node.nodeId, node])), [kept.nodes])
  const runsOn = useMemo(() => new Set(running?.variants.flatMap(({ nodes }) => nodes.map(({ nodeId }) => nodeId)) ?? []), [running])
  if (query.data === undefined) {
    return query.isError ? (
      <Failure title="The nodes cannot be read" error={query.error} onRetry={() => void query.refetch()} />
    ) : (
      <Skeleton lines={4} label="Loading nodes" />
    )
  }
  const all = query.data
  const words = searchWords(search)
  const found = all
    .filter(({ hostname }) => hasWords(hostname, words))
    .toSorted((a, b) => Number(b.canConfigure) - Number(a.canConfigure) || a.hostname.localeCompare(b.hostname))
  const shown = found.slice(0, listedMax)
  const able = found.filter(({ canConfigure }) => canConfigure)
  const isCurrent = (node: ConfigurableNode) => {
    const state = states.get(node.nodeId)
    return state?.state === 'applied' && state.wanted === kept.version
  }
  const put = (nodes: readonly ConfigurableNode[], isIn: boolean) =>
    setChosen((before) => {
      const next = new Set(before)
      for (const { nodeId } of nodes) if (isIn) next.add(nodeId)
      for (const { nodeId } of nodes) if (!isIn) next.delete(nodeId)
      return next
    })
  const picked = all.filter(({ nodeId, canConfigure }) => canConfigure && chosen.has(nodeId))
  const behind = able.filter((node) => states.has(node.nodeId) && !isCurrent(node))
  return (
    <form
      className="card apply-panel"
      aria-label={`Apply version ${kept.version}`}
      onSubmit={(event) => {
        event.preventDefault()
        runs.start(
          'apply',
          picked.map(({ nodeId }) => nodeId),
        )
      }}
    >
      <h3>
        Apply version {kept.version} to nodes{roomId === undefined ? '' : ` of ${roomName}`}
      </h3>
      {all.length === 0 ? (
        <p className="settings-none">There is no node here.</p>
      ) : (
        <>
          <div className="apply-tools">
            <label className="search is-small">
              {icons.search}
              <span className="visually-hidden">Search nodes</span>
              <input type="search" value={search} placeholder="Search nodes" onChange={(event) => setSearch(event.target.value)} />
            </label>
            <button type="button" className="button is-small" disabled={able.length === 0} onClick={() => put(able, true)}>
              Choose all {able.length}
            </button>
            {behind.length > 0 ? (
              <button type="button" className="button is-small" onClick={() => put(behind, true)}>
                Choose the {behind.length} not up to date
              </button>
            ) : null}
            <button type="button" className="button is-small" disabled={picked.length === 0} onClick={() => setChosen(new Set())}>
              Choose none
            </button>
          </div>
          <ul className="apply-nodes" aria-label="Nodes to apply to">
            {shown.map((node) => (
              <li key={node.nodeId} data-node={node.hostname} data-can={node.canConfigure}>
                <label>
                  <input
                    type="checkbox"
                    disabled={!node.canConfigure}
                    checked={node.canConfigure && chosen.has(node.nodeId)}
                    onChange={(event) => put([node], event.target.checked)}
                  />
                  <span className="run-node">{node.hostname}</span>
                  <span className="run-words">
                    {node.viaNodeId === null
                      ? ''
                      : `at ${all.find(({ nodeId }) => nodeId === node.viaNodeId)?.hostname ?? 'its parent'}, for all its children; `}
                    {!node.canConfigure && node.why !== null
                      ? whyWords[node.why]
                      : isCurrent(node)
                        ? 'has this version'
                        : states.has(node.nodeId)
                          ? 'has another version'
                          : runsOn.has(node.nodeId)
                            ? 'runs its own form'
                            : 'does not run it'}
                  </span>
                </label>
              </li>
            ))}
          </ul>
          {found.length > shown.length ? (
            <p className="settings-note">
              The first {shown.length} of {found.length} are listed. Search to find others.
            </p>
          ) : null}
          {found.length === 0 ? <p className="settings-none">No node is called so.</p> : null}
        </>
      )}
      <div className="form-actions">
        <button type="submit" className="button is-primary" disabled={picked.length === 0 || runs.isBusy}>
          {runs.isBusy ? 'Working…' : `Apply to ${picked.length} ${picked.length === 1 ? 'node' : 'nodes'}`}
        </button>
      </div>
    </form>
  )
}
