import './metrics-page.css'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { Link, useSearch } from 'wouter'
import { withDistinctNames } from '../../data/charts/distinct-names.ts'
import { nodesInScope, readScope, writeScope, type NodeScope } from '../../data/charts/node-scope.ts'
import { useTitle } from '../../ui/hooks.ts'
import { mayConnect } from '../../data/shell/places.ts'
import { icons } from '../../ui/look/icons.tsx'
import { Failure, Notice, Skeleton } from '../../ui/look/parts.tsx'
import { contextsQuery, nodesQuery } from '../../ui/queries.ts'
import { useRoom } from '../../ui/spaces/room.ts'
import { useServices } from '../../ui/services.ts'
import { useAddressInSpace, useSpace } from '../../ui/spaces/space.ts'
import { Dashboard } from '../dashboard/dashboard.tsx'
import { useMetricsDeck } from '../dashboard/use-metrics-deck.ts'
import { usePageState } from '../dashboard/use-page-state.ts'
import { useTimeline } from '../time/use-timeline.ts'
import { NodeChooser } from './node-chooser.tsx'

const refreshMs = 5000

/** All charts of the chosen nodes of the room, one for each context. */
export function MetricsPage() {
  useTitle('Metrics')
  const { api } = useServices()
  const { roomId, name } = useRoom()
  const { role } = useSpace()
  const addressOf = useAddressInSpace()
  const search = useSearch()
  const answer = useQuery({ ...nodesQuery(api), refetchInterval: refreshMs })
  const page = usePageState()
  const scope = useMemo(() => readScope(search), [search])
  const inRoom = useMemo(
    () => answer.data && withDistinctNames(answer.data.filter((node) => roomId === undefined || node.roomIds?.includes(roomId) === true)),
    [answer.data, roomId],
  )
  const chosen = useMemo(() => (inRoom === undefined ? undefined : nodesInScope(inRoom, scope)), [inRoom, scope])
  const contexts = useQuery(contextsQuery(api))
  const timeline = useTimeline()
  const deck = useMetricsDeck(timeline, chosen, contexts.data)

  const setScope = (next: NodeScope) => {
    const query = writeScope(search, next)
    window.history.replaceState(
      window.history.state,
      '',
      `${window.location.pathname}${query === '' ? '' : `?${query}`}${window.location.hash}`,
    )
  }

  if (inRoom === undefined) {
    return answer.isError ? (
      <Failure title="The nodes cannot be read" error={answer.error} onRetry={() => void answer.refetch()} />
    ) : (
      <Skeleton lines={8} label="Loading charts" />
    )
  }
  if (inRoom.length === 0) {
    return (
      <Notice
        icon={icons.server}
        title={
          roomId === undefined
            ? mayConnect(role)
              ? 'No node is connected yet'
              : 'There is no node for you here yet'
            : 'No node is in this room yet'
        }
        isPage
        action={
          roomId === undefined && !mayConnect(role) ? undefined : (
            <Link href={roomId === undefined ? '/connect' : addressOf(undefined, '/nodes')} className="button is-primary">
              {roomId === undefined ? 'Connect a node' : 'Go to all nodes'}
            </Link>
          )
        }
      >
        <p>
          {roomId === undefined
            ? 'Charts build themselves from what the agents of your nodes measure.'
            : 'Put nodes into the room in the list of all nodes.'}
        </p>
      </Notice>
    )
  }
  return (
    <>
      <div className="metrics-head">
        <h1>Metrics</h1>
        {roomId === undefined ? null : <span className="metrics-room">{name}</span>}
        <NodeChooser nodes={inRoom} scope={scope} onScope={setScope} />
      </div>
      {chosen?.length === 0 ? (
        <Notice
          icon={icons.search}
          title="No node is chosen"
          action={
            <button type="button" className="button" onClick={() => setScope({ nodeIds: undefined, states: [], labels: [] })}>
              Show all nodes
            </button>
          }
        >
          <p>The nodes that this address names are not in this room, or none has the state and labels of the filter.</p>
        </Notice>
      ) : deck === undefined ? (
        <Skeleton lines={8} label="Loading charts" />
      ) : (
        <Dashboard
          deck={deck}
          page={page}
          isLoading={contexts.isPending}
          empty={
            <Notice icon={icons.server} title="These nodes have not told their charts yet">
              <p>They appear by themselves as soon as an agent has linked up.</p>
            </Notice>
          }
        />
      )}
    </>
  )
}
