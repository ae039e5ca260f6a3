import { queryOptions } from '@tanstack/react-query'
import type { PushBrowser, PushWish } from '../../data/account/push-browsers.ts'
import type { CloudRequest } from '../../link/cloud-request.ts'

const one = (pushId: string) => `/push/${encodeURIComponent(pushId)}`

/** The browsers this person is notified on in the space of the request. */
export const pushQuery = (request: CloudRequest) =>
  queryOptions({ queryKey: ['push'], queryFn: async () => ((await request.get('/push')) as { browsers: PushBrowser[] }).browsers })

export const pushApi = {
  key: async (request: CloudRequest) => ((await request.get('/push/key')) as { publicKey: string }).publicKey,
  add: (request: CloudRequest, wish: PushWish & { endpoint: string; keys: { p256dh: string; auth: string } }) =>
    request.post('/push', wish),
  change: (request: CloudRequest, pushId: string, wish: Partial<PushWish>) => request.patch(one(pushId), wish),
  remove: (request: CloudRequest, pushId: string) => request.delete(one(pushId)),
}
