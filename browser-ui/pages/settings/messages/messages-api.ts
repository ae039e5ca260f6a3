import { infiniteQueryOptions } from '@tanstack/react-query'
import { messageQuery, type MessageFilter, type MessagePage } from '../../../data/settings/message-answers.ts'
import type { CloudRequest } from '../../../link/cloud-request.ts'

const pageSize = 50
/** Also without a word of the cloud: a socket may be lost. */
const renewMs = 5_000

export const messagesQuery = (request: CloudRequest, filter: MessageFilter) =>
  infiniteQueryOptions({
    queryKey: ['messages', filter],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam }) => (await request.get(`/messages?${messageQuery(filter, pageParam, pageSize)}`)) as MessagePage,
    getNextPageParam: ({ next }) => next ?? undefined,
    refetchInterval: renewMs,
  })

const messagePath = (messageId: string) => `/messages/${encodeURIComponent(messageId)}`

export const messagesApi = {
  retry: (request: CloudRequest, messageId: string) => request.post(`${messagePath(messageId)}/retry`, {}),
  drop: (request: CloudRequest, messageId: string) => request.delete(messagePath(messageId)),
}
