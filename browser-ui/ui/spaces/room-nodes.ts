import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import { refreshEveryMs } from '../../data/fleet/refresh.ts'
import type { NodeSummary } from '../../link/api.ts'
import { nodesQuery } from '../queries.ts'
import { useRoom } from './room.ts'
import { useServices } from '../services.ts'

/** Lists up to this long are asked for again whenever a node changed. */
const promptNodes = 200

/** The nodes of the room the page is in, renewed by themselves: more slowly the more there are, at once when one changes its state. */
export function useRoomNodes() {
  const { api, live } = useServices()
  const { roomId } = useRoom()
  const client = useQueryClient()
  const query = useQuery({ ...nodesQuery(api), refetchInterval: ({ state }) => refreshEveryMs(state.data?.length ?? 0) })
  useEffect(
    () =>
      live.onNode((nodeId, state) => {
        // The relay tells the state of every node that is subscribed; only a change is news.
        const known = client.getQueryData<readonly NodeSummary[]>(['nodes'])?.find((node) => node.nodeId === nodeId)
        if (known?.state !== state) void client.invalidateQueries({ queryKey: ['nodes'] }, { cancelRefetch: false })
      }),
    [live, client],
  )
  useEffect(
    () =>
      live.onChanged((what) => {
        // A long list is not asked for each second while its nodes come and go: its turn comes by itself.
        const known = client.getQueryData<readonly NodeSummary[]>(['nodes'])?.length ?? 0
        if (what === 'nodes' && known <= promptNodes) void client.invalidateQueries({ queryKey: ['nodes'] }, { cancelRefetch: false })
      }),
    [live, client],
  )
  const nodes = useMemo(
    () => (roomId === undefined ? query.data : query.data?.filter(({ roomIds }) => roomIds?.includes(roomId) === true)),
    [query.data, roomId],
  )
  return { query, nodes }
}
