import { queryOptions } from '@tanstack/react-query'
import type { ChannelDetails, ChannelRow, ChannelTest, ChannelWish, Integration, TestKind } from '../../../data/settings/channel-answers.ts'
import type { CloudRequest } from '../../../link/cloud-request.ts'

const channelPath = (channelId: string) => `/channels/${encodeURIComponent(channelId)}`

export const channelsQuery = (request: CloudRequest) =>
  queryOptions({
    queryKey: ['channels'],
    queryFn: async () => ((await request.get('/channels')) as { channels: ChannelRow[] }).channels,
  })

export const channelQuery = (request: CloudRequest, channelId: string) =>
  queryOptions({
    queryKey: ['channels', channelId],
    queryFn: async () => (await request.get(channelPath(channelId))) as ChannelDetails,
    staleTime: 0,
  })

export const integrationsQuery = (request: CloudRequest) =>
  queryOptions({
    queryKey: ['integrations'],
    queryFn: async () => ((await request.get('/integrations')) as { integrations: Integration[] }).integrations,
    staleTime: 300_000,
  })

export const channelsApi = {
  create: (request: CloudRequest, slug: string, wish: ChannelWish) => request.post('/channels', { ...wish, slug }),
  change: (request: CloudRequest, channelId: string, wish: Partial<ChannelWish>) => request.patch(channelPath(channelId), wish),
  test: async (request: CloudRequest, channelId: string, kind: TestKind) =>
    (await request.post(`${channelPath(channelId)}/test`, { kind })) as ChannelTest,
  remove: (request: CloudRequest, channelId: string) => request.delete(channelPath(channelId)),
}
