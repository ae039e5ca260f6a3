import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { backoffMs } from './backoff.ts'
import { createApi } from './api.ts'
import { createCloudRequest } from './cloud-request.ts'
import { bodyText } from './inflate.ts'

it('[UI31] waits longer after each failure, up to half a minute, half of it at random', () => {
  const least = [0, 1, 2, 3, 10, 5000].map((attempt) => backoffMs(attempt, () => 0))
  const most = [0, 1, 2, 3, 10, 5000].map((attempt) => backoffMs(attempt, () => 0.999_999))
  expect(least).toEqual([250, 500, 1000, 2000, 15_000, 15_000])
  expect(most).toEqual([500, 1000, 2000, 4000, 30_000, 30_000])
})

it('[UI32] inflates gzip bodies and passes plain ones', async () => {
  expect(await bodyText(gzipSync('{"a":"ü"}'), true, 1000)).toBe('{"a":"ü"}')
  expect(await bodyText(new TextEncoder().encode('plain ü'), false, 1000)).toBe('plain ü')
})

it('[UI33] stops inflating at the limit, and refuses what is not gzip', async () => {
  const bomb = gzipSync(Buffer.alloc(5_000_000))
  expect(bomb.byteLength).toBeLessThan(10_000)
  await expect(bodyText(bomb, true, 1_000_000)).rejects.toThrowError(expect.objectContaining({ code: 'AGENT_ANSWER_TOO_LARGE' }))
  await expect(bodyText(new Uint8Array(11), false, 10)).rejects.toThrowError(expect.objectContaining({ code: 'AGENT_ANSWER_TOO_LARGE' }))
  await expect(bodyText(Uint8Array.of(1, 2, 3), true, 1000)).rejects.toThrowError(expect.objectContaining({ code: 'AGENT_PROTOCOL' }))
  await expect(bodyText(bomb.subarray(0, 100), true, 10_000_000)).rejects.toThrowError(expect.objectContaining({ code: 'AGENT_PROTOCOL' }))
})

/** A cloud that answers from a script, and what it was asked. */
function scriptedCloud(script: Readonly<Record<string, readonly (readonly [number, unknown?])[]>>) {
  const asked: string[] = []
  const left = new Map(Object.entries(script).map(([path, answers]) => [path, [...answers]]))
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const path = (typeof input === 'string' ? input : '').replace('/api/throughline/v1', '')
    asked.push(`${init?.method} ${path}`)
    const answers = left.get(path) ?? []
    const next = answers.length > 1 ? answers.shift() : answers[0]
    if (next === undefined) throw new TypeError('network')
    const [status, body] = next
    return new Response(body === undefined ? null : JSON.stringify(body), { status })
  }
  return { api: createApi(createCloudRequest(fetch)), asked }
}

it('[UI34] renews the session once after a 401 and repeats the request', async () => {
  const { api, asked } = scriptedCloud({ '/nodes': [[401], [200, { nodes: [] }]], '/session/refresh': [[200, { expiresAtMs: 1 }]] })
  expect(await api.nodes()).toEqual([])
  expect(asked).toEqual(['GET /nodes', 'POST /session/refresh', 'GET /nodes'])
})

it('[UI34] gives up with UNAUTHENTICATED when the session cannot be renewed', async () => {
  const { api, asked } = scriptedCloud({
    '/me': [[401, { errorCode: 'UNAUTHENTICATED', errorMessage: 'Sign in.' }]],
    '/session/refresh': [[401]],
  })
  await expect(api.me()).rejects.toThrowError(expect.objectContaining({ code: 'UNAUTHENTICATED', message: 'Sign in.' }))
  expect(asked).toEqual(['GET /me', 'POST /session/refresh'])
})

it('[UI34] shares one renewal between requests that fail together', async () => {
  const { api, asked } = scriptedCloud({ '/me': [[401]], '/nodes': [[401]], '/session/refresh': [[401]] })
  await Promise.allSettled([api.me(), api.nodes()])
  expect(asked.filter((line) => line === 'POST /session/refresh').length).toBe(1)
})

it('[UI35] turns failures into codes of the table: by name, by status, and for a cloud out of reach', async () => {
  const { api } = scriptedCloud({
    '/sign-in/request': [[403, { errorCode: 'SIGN_IN_LINK_REFUSED', errorMessage: 'Used.' }], [429], [500, 'x']],
  })
  const codeOf = () => api.requestSignIn('t').catch((error: { code: string }) => error.code)
  expect([await codeOf(), await codeOf(), await codeOf()]).toEqual(['SIGN_IN_LINK_REFUSED', 'RATE_LIMITED', 'STORE_UNAVAILABLE'])
  await expect(api.describeSignIn('t')).rejects.toThrowError(expect.objectContaining({ code: 'SOURCE_UNAVAILABLE' }))
})

it('[UI36] shows only contexts that are still collected', async () => {
  const { api } = scriptedCloud({
    '/nodes/n/contexts': [
      [
        200,
        {
          contexts: [
            { id: 'a', isCollected: true },
            { id: 'b', isCollected: false },
          ],
        },
      ],
    ],
  })
  expect((await api.contexts('n')).map(({ id }) => id)).toEqual(['a'])
})

it('[UI122] removes a node with one DELETE of its id', async () => {
  const { api, asked } = scriptedCloud({ '/nodes/a%2Fb': [[401], [204]], '/session/refresh': [[200, { expiresAtMs: 1 }]] })
  await api.removeNode('a/b')
  expect(asked).toEqual(['DELETE /nodes/a%2Fb', 'POST /session/refresh', 'DELETE /nodes/a%2Fb'])
})

it('[PP5] asks for a proof when the cloud wants a fresh sign-in, and repeats the request once when it was given', async () => {
  const stale = [403, { errorCode: 'FRESH_SIGN_IN_NEEDED', errorMessage: 'Prove first.' }] as const
  const ask = async (answers: readonly (readonly [number, unknown?])[], isProven: boolean) => {
    let proofs = 0
    const left = [...answers]
    const fetch: typeof globalThis.fetch = async () => {
      const [status, body] = left.shift() ?? [500]
      return new Response(body === undefined ? null : JSON.stringify(body), { status })
    }
    const prove = async () => {
      proofs += 1
      return isProven
    }
    const request = createCloudRequest(fetch, undefined, prove)
    const outcome = await request.delete('/me', { email: 'a@example.org' }).then(
      () => 'done',
      (error: { message: string }) => error.message,
    )
    return { outcome, proofs, left: left.length }
  }
  expect(await ask([stale, [204]], true)).toEqual({ outcome: 'done', proofs: 1, left: 0 })
  expect(await ask([stale, [204]], false)).toEqual({ outcome: 'Prove first.', proofs: 1, left: 1 })
  expect(await ask([stale, stale, [204]], true)).toEqual({ outcome: 'Prove first.', proofs: 1, left: 1 })
  const refused = [403, { errorCode: 'FORBIDDEN', errorMessage: 'No.' }] as const
  expect(await ask([refused, [204]], true)).toEqual({ outcome: 'No.', proofs: 0, left: 1 })
})
