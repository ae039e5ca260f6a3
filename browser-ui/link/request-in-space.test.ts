import { expect, it } from 'vitest'
import { createApi } from './api.ts'
import { createCloudRequest } from './cloud-request.ts'
import { requestInSpace } from './request-in-space.ts'

it('[PS2] what belongs to a space is asked in that space, what belongs to the person is not', async () => {
  const asked: string[] = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    asked.push(`${init?.method} ${(input as string).replace('/api/throughline/v1', '')}`)
    return new Response('{"nodes":[],"rooms":[]}')
  }
  const request = createCloudRequest(fetch)
  const inSpace = requestInSpace(request, 's/1')
  const api = createApi(inSpace, request)
  await api.nodes()
  await api.me()
  await api.removeNode('n')
  await api.signOut()
  await inSpace.patch('/space', { name: 'x' })
  await inSpace.delete('/space', { name: 'x' })
  await api.renewSession()
  expect(asked).toEqual([
    'GET /spaces/s%2F1/nodes',
    'GET /me',
    'DELETE /spaces/s%2F1/nodes/n',
    'POST /sign-out',
    'PATCH /spaces/s%2F1/space',
    'DELETE /spaces/s%2F1/space',
    'POST /session/refresh',
  ])
})
