import './node-page.css'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { Link } from 'wouter'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { useTitle } from '../../ui/hooks.ts'
import { icons } from '../../ui/look/icons.tsx'
import { Failure, Notice, Skeleton } from '../../ui/look/parts.tsx'
import { useServices } from '../../ui/services.ts'
import { Dashboard } from '../dashboard/dashboard.tsx'
import { useMetricsDeck } from '../dashboard/use-metrics-deck.ts'
import { usePageState } from '../dashboard/use-page-state.ts'
import { useTimeline } from '../time/use-timeline.ts'
import { NodeHeader } from './node-header.tsx'

const refreshMs = 5000

/** One node, live: builds itself from the contexts its agent has. */
export function NodePage({ nodeId }: { readonly nodeId: string }) {
  const { api } = useServices()
  const node = useQuery({ queryKey: ['node', nodeId], queryFn: () => api.node(nodeId), refetchInterval: refreshMs })
  const contexts = useQuery({ queryKey: ['contexts', nodeId], queryFn: () => api.contexts(nodeId), staleTime: 60_000 })
  const page = usePageState()
  const timeline = useTimeline()
  // Its values are asked for before the cloud has said what it is called.
  const nodes = useMemo(() => [node.data ?? { nodeId, hostname: '', state: 'live' as const }], [node.data, nodeId])
  const stored = useMemo(
    () =>
      contexts.data && {
        nodeIds: [nodeId],
        nodeSets: [[0, 1]],
        contexts: contexts.data.map((context) => ({ ...context, nodeSet: 0 })),
      },
    [contexts.data, nodeId],
  )
  const deck = useMetricsDeck(timeline, nodes, stored)
  useTitle(node.data?.hostname ?? 'Node')

  // Also a node that was there a moment ago: it may be removed while it is watched.
  if (node.error instanceof ThroughlineError && node.error.code === 'NOT_FOUND') {
    return (
      <Notice
        icon={icons.server}
        title="There is no such node in your space"
        isPage
        action={
          <Link href="/nodes" className="button">
            Go to your nodes
          </Link>
        }
      >
        <p>It may have been removed, or the link leads to another space.</p>
      </Notice>
    )
  }
  if (node.data === undefined && node.isError)
    return <Failure title="This node cannot be read" error={node.error} onRetry={() => void node.refetch()} />
  return (
    <div className="node-page">
      {node.data === undefined ? <Skeleton lines={2} label="Loading the node" /> : <NodeHeader node={node.data} deck={deck} />}
      {deck === undefined ? null : (
        <Dashboard
          deck={deck}
          page={page}
          nodeZone={node.data?.timezone}
          isLoading={contexts.isPending}
          empty={
            <Notice icon={icons.server} title="This node has not told its charts yet">
              <p>They appear by themselves as soon as its agent has linked up.</p>
            </Notice>
          }
        />
      )}
    </div>
  )
}
