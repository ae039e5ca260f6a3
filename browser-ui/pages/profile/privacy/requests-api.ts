import { queryOptions } from '@tanstack/react-query'
import type { CloudRequest } from '../../../link/cloud-request.ts'

export const requestKinds = ['access', 'correction', 'export', 'objection', 'deletion'] as const
export type RequestKind = (typeof requestKinds)[number]

/** What somebody asked for in writing, as the cloud tells it. */
export interface WrittenRequest {
  readonly requestId: string
  readonly kind: RequestKind
  readonly way: 'profile' | 'letter'
  readonly state: 'open' | 'answered' | 'refused'
  readonly madeAtMs: number
  readonly dueAtMs: number
  readonly endedAtMs: number | null
  readonly extendedAtMs: number | null
  readonly text: string
  readonly note: string | null
  readonly extension: string | null
}
export interface InboxRequest extends WrittenRequest {
  /** Null: whoever asked is no more. */
  readonly address: string | null
}

export const kindNames: Readonly<Record<RequestKind, string>> = {
  access: 'See what is held',
  correction: 'Put something right',
  export: 'Get a copy',
  objection: 'Object to a use',
  deletion: 'Delete everything',
}

/** Where a request stands on its clock, in words. */
export function clockWords({ state, dueAtMs }: Pick<WrittenRequest, 'state' | 'dueAtMs'>, nowMs: number): string {
  if (state !== 'open') return state === 'answered' ? 'Answered' : 'Refused'
  if (nowMs > dueAtMs) return 'Overdue'
  const days = Math.ceil((dueAtMs - nowMs) / 86_400_000)
  return days === 1 ? '1 day left' : `${days} days left`
}

export const requestQueries = (request: CloudRequest) => ({
  own: queryOptions({
    queryKey: ['my-privacy-requests'],
    queryFn: async () => (await request.get('/privacy-requests')) as { requests: WrittenRequest[]; isOwner: boolean },
  }),
  inbox: queryOptions({
    queryKey: ['privacy-inbox'],
    queryFn: async () => ((await request.get('/privacy-inbox')) as { requests: InboxRequest[] }).requests,
  }),
})

export const requestDeeds = (request: CloudRequest) => ({
  make: (wish: { kind: RequestKind; text: string }) => request.post('/privacy-requests', wish),
  enter: (letter: { email: string; kind: RequestKind; text: string }) => request.post('/privacy-inbox', letter),
  change: (requestId: string, change: { state: 'answered' | 'refused' | 'extended'; note: string }) =>
    request.patch(`/privacy-inbox/${requestId}`, change),
})
