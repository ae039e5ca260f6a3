import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { Link, useLocation, useSearch } from 'wouter'
import type { Role } from '../../../src/domain/model.ts'
import { parseFunctionList, type FunctionEntry } from '../../data/functions/function-list.ts'
import { problemOfError, problemOfStatus, type FunctionProblem } from '../../data/functions/function-problem.ts'
import type { NodeSummary } from '../../link/api.ts'
import { useActions } from '../../ui/palette/actions.ts'
import { useTitle } from '../../ui/hooks.ts'
import { mayConnect } from '../../data/shell/places.ts'
import { icons } from '../../ui/look/icons.tsx'
import { Failure, Notice, Skeleton } from '../../ui/look/parts.tsx'
import { nodesQuery } from '../../ui/queries.ts'
import { useRoom } from '../../ui/spaces/room.ts'
import { useServices } from '../../ui/services.ts'
import { useSpace } from '../../ui/spaces/space.ts'
import { timeZone } from '../../ui/account/time-zone.ts'
import { FunctionMenu, functionPath } from './function-menu.tsx'
import { FunctionView } from './function-view.tsx'
import { NodePicker, orderNodes } from './node-picker.tsx'
import './functions.css'
import './function-table.css'
import './function-panels.css'
import './function-charts.css'
import './function-cards.css'
import './function-logs.css'

/** Live functions of the room's nodes: processes, mounts, connections, logs, and whatever else an agent offers. */
export function FunctionsPage() {
  const { api } = useServices()
  const { roomId } = useRoom()
  const [, navigate] = useLocation()
  const address = new URLSearchParams(useSearch())
  const wantedId = address.get('node')
  const nodes = useQuery({ ...nodesQuery(api), refetchInterval: 15_000 })
  const { role } = useSpace()

  if (nodes.data === undefined) {
    return nodes.isError ? (
      <Failure title="The list of nodes cannot be read" error={nodes.error} onRetry={() => void nodes.refetch()} />
    ) : (
      <Skeleton lines={8} label="Loading nodes" />
    )
  }
  const inRoom = roomId === undefined ? nodes.data : nodes.data.filter((node) => node.roomIds?.includes(roomId) === true)
  const node = wantedId === null ? orderNodes(inRoom, '')[0] : inRoom.find(({ nodeId }) => nodeId === wantedId)
  return (
    <div className="fn-page">
      <div className="fn-side">
        <h1 className="fn-heading">Live functions</h1>
        <NodePicker nodes={inRoom} chosen={node} onChoose={(nodeId) => navigate(functionPath(nodeId, address.get('fn') ?? undefined))} />
        {node === undefined ? null : (
          <Link href={`/nodes/${node.nodeId}`} className="link-button with-icon fn-charts-link">
            {icons.chart} Charts of this node
          </Link>
        )}
      </div>
      {node === undefined ? (
        <NoNode isWanted={wantedId !== null} isEmpty={inRoom.length === 0} />
      ) : (
        <NodeFunctions key={node.nodeId} node={node} wanted={address.get('fn') ?? undefined} role={role} />
      )}
    </div>
  )
}

function NoNode({ isWanted, isEmpty }: { readonly isWanted: boolean; readonly isEmpty: boolean }) {
  useTitle('Live functions')
  const { role } = useSpace()
  if (isWanted && !isEmpty) {
    return (
      <Notice icon={icons.search} title="This node is not in this room">
        <p>It may have been removed. Choose another one.</p>
      </Notice>
    )
  }
  return (
    <Notice
      icon={icons.server}
      title="There is no node here yet"
      action={
        !mayConnect(role) ? undefined : (
          <Link href="/connect" className="button">
            Connect a node
          </Link>
        )
      }
    >
      <p>Functions show what a node does right now: its processes, mounts, connections and logs.</p>
    </Notice>
  )
}

type ListState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly functions: readonly FunctionEntry[] }
  | { readonly kind: 'problem'; readonly problem: FunctionProblem }

/** The list of functions, asked of the agent; asked again when the node comes back. */
function useFunctionList(nodeId: string, isNodeLive: boolean): readonly [ListState, retry: () => void] {
  const { live } = useServices()
  const [state, setState] = useState<ListState>({ kind: 'loading' })
  const [attempt, setAttempt] = useState(0)
  useEffect(() => {
    const leaving = new AbortController()
    // A list that is known stays when it cannot be asked for again.
    const show = (next: ListState) =>
      !leaving.signal.aborted && setState((before) => (next.kind === 'problem' && before.kind === 'ready' ? before : next))
    live.ask(nodeId, { kind: 'functions' }, leaving.signal).then(
      ({ text, httpStatus }) => {
        const problem = problemOfStatus(httpStatus, undefined)
        if (problem !== undefined) return show({ kind: 'problem', problem })
        try {
          return show({ kind: 'ready', functions: parseFunctionList(text) })
        } catch (error) {
          return show({ kind: 'problem', problem: problemOfError(error) })
        }
      },
      (error: unknown) => show({ kind: 'problem', problem: problemOfError(error) }),
    )
    return () => leaving.abort()
  }, [live, nodeId, isNodeLive, attempt])
  return [state, () => setAttempt((count) => count + 1)]
}

function NodeFunctions({ node, wanted, role }: { readonly node: NodeSummary; readonly wanted: string | undefined; readonly role: Role }) {
  const { nodeId, hostname } = node
  const [, navigate] = useLocation()
  const zone = useSyncExternalStore(timeZone.subscribe, () => timeZone.format.zone)
  const [list, retry] = useFunctionList(nodeId, node.state === 'live')
  const functions = list.kind === 'ready' ? list.functions : undefined
  const entry = wanted === undefined ? undefined : functions?.find(({ name }) => name === wanted)
  useTitle(entry === undefined ? `Live functions of ${hostname}` : `${entry.title} on ${hostname}`)
  useActions(
    useMemo(
      () =>
        (functions ?? []).slice(0, 60).map(({ name, title }) => ({
          id: `function-${name}`,
          title: `${title} on ${hostname.slice(0, 60)}`,
          group: 'This page' as const,
          keywords: name,
          run: () => navigate(functionPath(nodeId, name)),
        })),
      [functions, hostname, navigate, nodeId],
    ),
  )
  if (list.kind === 'loading') return <Skeleton lines={8} label="Asking the node for its functions" />
  if (list.kind === 'problem') {
    return (
      <Notice
        icon={icons.warning}
        title={list.problem.title}
        action={
          <button type="button" className="button" onClick={retry}>
            Try again
          </button>
        }
      >
        <p>{list.problem.text}</p>
      </Notice>
    )
  }
  if (list.functions.length === 0) {
    return (
      <Notice icon={icons.info} title="This node offers no functions">
        <p>Its agent has none, or the plugins behind them do not run.</p>
      </Notice>
    )
  }
  return (
    <>
      <FunctionMenu nodeId={nodeId} functions={list.functions} chosen={wanted} role={role} />
      <section className="fn-main" aria-label={entry?.title ?? 'Function'}>
        {entry !== undefined ? (
          <FunctionView key={`${entry.name} ${zone}`} node={node} entry={entry} role={role} />
        ) : wanted !== undefined ? (
          <Notice icon={icons.search} title="This node does not offer that function">
            <p>Its agent may be of another version, or the plugin behind it does not run. Choose one from the list.</p>
          </Notice>
        ) : (
          <Notice icon={icons.bolt} title="Choose a function">
            <p>It is asked for while you look at it, and no longer. Nothing of it is kept.</p>
          </Notice>
        )}
      </section>
    </>
  )
}
