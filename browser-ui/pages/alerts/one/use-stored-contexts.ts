import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { SpaceContexts } from '../../../link/api.ts'
import { useServices } from '../../../ui/services.ts'

/** What the cloud has stored of the contexts of one node, in the form feeds read; undefined until it is known. */
export function useStoredContexts(nodeId: string): SpaceContexts | undefined {
  const { api } = useServices()
  const contexts = useQuery({ queryKey: ['contexts', nodeId], queryFn: () => api.contexts(nodeId), staleTime: 60_000 })
  return useMemo(
    () =>
      contexts.data && {
        nodeIds: [nodeId],
        nodeSets: [[0, 1]],
        contexts: contexts.data.map((context) => ({ ...context, nodeSet: 0 })),
      },
    [contexts.data, nodeId],
  )
}
