import { expect, it } from 'vitest'
import { createMemoryCaches } from '../../test/doubles/people/memory-caches.ts'
import { createFreshness } from './freshness.ts'
import { apiBase, asOfHeader, kindOfRequest } from './keep-rules.ts'
import { createShellWorker } from './shell-worker.ts'

const origin = 'https://cloud.example:8443'
const spaceBase = `${apiBase}/spaces/5ace0000-0000-4000-8000-000000000001`
const otherBase = `${apiBase}/spaces/5ace0000-0000-4000-8000-000000000002`
const nodeId = '713170d0-4d31-416d-9b3e-bb68eb83cf79'
const files = ['/', '/assets/index-1.js', '/favicon.svg']

const kindOf = (path: string, method = 'GET', mode = 'same-origin') =>
  kindOfRequest({ method, url: `${origin}${path}`, mode }, origin, new Set(files))

it('[EV20] keeps answers that are named one by one, and nothing else of the API', () => {
  const kept = ['/nodes', '/rooms', '/contexts', '/alerts', `/nodes/${nodeId}`, `/nodes/${nodeId}/contexts`, `/nodes/${nodeId}/alerts`]
  expect(kept.map((path) => kindOf(`${spaceBase}${path}`))).toEqual(kept.map(() => 'metadata'))
  expect(kindOf(`${apiBase}/me`)).toBe('metadata')
  // Which space would an answer be of whose address names none?
  expect(kept.map((path) => kindOf(`${apiBase}${path}`))).toEqual(kept.map(() => 'pass'))
  const never = [
    '/live',
    `/nodes/${nodeId}/data`,
    `/nodes/${nodeId}/data?contexts=system.cpu`,
    `/nodes/${nodeId}/functions`,
    `/nodes/${nodeId}/contexts?after=1`,
    '/nodes?x=1',
    '/claim-tokens',
    '/connect-attempts',
    '/members',
    '/channels',
    '/audit',
    '/me',
    `/nodes/${nodeId}/../../live`,
  ]
  expect(never.map((path) => kindOf(`${spaceBase}${path}`))).toEqual(never.map(() => 'pass'))
  expect(['/sign-ins', '/api-tokens', '/spaces'].map((path) => kindOf(`${apiBase}${path}`))).toEqual(['pass', 'pass', 'pass'])
  expect([kindOf(`${apiBase}/nodes`, 'POST'), kindOf(`${apiBase}/nodes/${nodeId}`, 'DELETE'), kindOf('/api/v1/info')]).toEqual([
    'pass',
    'pass',
    'pass',
  ])
  expect(kindOfRequest({ method: 'GET', url: `https://elsewhere.example${apiBase}/nodes` }, origin, new Set())).toBe('pass')
  expect([kindOf('/nodes/x', 'GET', 'navigate'), kindOf('/assets/index-1.js'), kindOf('/assets/other.js')]).toEqual([
    'page',
    'file',
    'pass',
  ])
})

/** A cloud that can be away, a worker before it, and the clock in the hand. */
function lab() {
  const caches = createMemoryCaches()
  const cloud = { isAway: false, status: 200, bodies: new Map<string, string>(), asked: [] as string[], beforeAnswer: () => {} }
  let nowMs = 1_800_000_000_000
  const create = (version = 'v1', list: readonly string[] = files) =>
    createShellWorker({
      caches,
      origin,
      version,
      files: list,
      nowMs: () => nowMs,
      wait: () => new Promise(() => {}),
      fetch: async (request) => {
        const { pathname } = new URL(request.url)
        cloud.asked.push(pathname)
        if (cloud.isAway) throw new TypeError('Failed to fetch')
        cloud.beforeAnswer()
        const body = cloud.bodies.get(pathname)
        const headers = { 'content-type': pathname.startsWith('/api') ? 'application/json; charset=utf-8' : 'text/html' }
        if (request.method === 'POST') return new Response(null, { status: cloud.status === 200 ? 204 : cloud.status })
        return new Response(body ?? `file ${pathname}`, { status: cloud.status, headers })
      },
    })
  const worker = create()
  const ask = async (path: string, method = 'GET', mode = 'same-origin', of = worker) => {
    const request = new Request(`${origin}${path}`, { method })
    Object.defineProperty(request, 'mode', { value: mode })
    const response = of.respond(request)
    if (response === undefined) return undefined
    const answer = await response.answer.catch((error: unknown) => error as Error)
    await response.after
    if (answer instanceof Error) return { failed: answer.message }
    return { status: answer.status, text: await answer.text(), asOf: answer.headers.get(asOfHeader) }
  }
  return { caches, cloud, worker, create, ask, advance: (ms: number) => (nowMs += ms), now: () => nowMs }
}

const me = (person: string, spaces: object[] = []) => JSON.stringify({ personId: person, spaces })

it('[EV21] asks the cloud first, and answers with the last known, marked with its time, while it is away', async () => {
  const { cloud, ask, advance, now } = lab()
  cloud.bodies.set(`${spaceBase}/nodes`, '{"nodes":["a"]}')
  expect(await ask(`${spaceBase}/nodes`)).toEqual({ status: 200, text: '{"nodes":["a"]}', asOf: null })
  const keptAt = String(now())
  advance(30_000)
  cloud.isAway = true
  expect(await ask(`${spaceBase}/nodes`)).toEqual({ status: 200, text: '{"nodes":["a"]}', asOf: keptAt })
  expect(await ask(`${spaceBase}/rooms`)).toEqual({ failed: 'Failed to fetch' })
  cloud.isAway = false
  cloud.status = 503
  expect(await ask(`${spaceBase}/nodes`)).toMatchObject({ asOf: keptAt })
  cloud.status = 200
  expect(await ask(`${spaceBase}/nodes`)).toMatchObject({ asOf: null })
})

it('[EV21] renews the time of an answer that stays the same once a minute, and one that changes at most every ten seconds', async () => {
  const { cloud, ask, advance, now } = lab()
  const path = `${spaceBase}/nodes`
  const lastKnown = async () => {
    cloud.isAway = true
    const { text = '', asOf = '' } = (await ask(path)) ?? {}
    cloud.isAway = false
    return [text, Number(asOf) - start]
  }
  const start = now()
  cloud.bodies.set(path, 'same')
  await ask(path)
  advance(59_000)
  await ask(path)
  expect(await lastKnown()).toEqual(['same', 0])
  advance(1_000)
  await ask(path)
  expect(await lastKnown()).toEqual(['same', 60_000])
  cloud.bodies.set(path, 'new')
  advance(9_000)
  await ask(path)
  expect(await lastKnown()).toEqual(['same', 60_000])
  advance(1_000)
  await ask(path)
  expect(await lastKnown()).toEqual(['new', 70_000])
})

it('[EV22] answers with values and tokens are never written anywhere', async () => {
  const { caches, cloud, ask } = lab()
  for (const path of [`/nodes/${nodeId}/data`, '/live', '/claim-tokens']) {
    cloud.bodies.set(`${spaceBase}${path}`, 'marker-8675309')
    expect(await ask(`${spaceBase}${path}`)).toBeUndefined()
  }
  cloud.bodies.set(`${spaceBase}/nodes`, '{"nodes":[]}')
  await ask(`${spaceBase}/nodes`)
  expect(Object.keys(await caches.texts())).toEqual([`throughline-known-2 ${origin}${spaceBase}/nodes`])
})

it('[EV22] a node that is gone or forbidden is no longer known', async () => {
  const { caches, cloud, ask } = lab()
  const path = `${spaceBase}/nodes/${nodeId}`
  cloud.bodies.set(path, '{}')
  await ask(path)
  cloud.status = 404
  await ask(path)
  expect(await caches.texts()).toEqual({})
})

it.each([
  ['/sign-out', 200],
  ['/sign-in', 200],
  ['/session/refresh', 401],
])('[EV23] %s answered %i takes away what was known', async (path, status) => {
  const { caches, cloud, ask } = lab()
  cloud.bodies.set(`${apiBase}/me`, me('p1'))
  await ask(`${apiBase}/me`)
  expect(Object.keys(await caches.texts())).toHaveLength(1)
  cloud.status = status
  await ask(`${apiBase}${path}`, 'POST')
  expect(await caches.texts()).toEqual({})
})

it.each([
  ['POST', '/sign-in/second-factor'],
  ['POST', '/sign-in/passkey'],
  ['DELETE', '/me'],
])('[PP6] %s %s that went well takes away what was known, one that was refused leaves it', async (method, path) => {
  const { caches, cloud, ask } = lab()
  cloud.bodies.set(`${apiBase}/me`, me('p1'))
  await ask(`${apiBase}/me`)
  cloud.status = 403
  await ask(`${apiBase}${path}`, method)
  expect(Object.keys(await caches.texts())).toHaveLength(1)
  cloud.status = 200
  await ask(`${apiBase}${path}`, method)
  expect(await caches.texts()).toEqual({})
})

it('[EV23] a sign-out that failed and a renewed session leave it', async () => {
  const { caches, cloud, ask } = lab()
  cloud.bodies.set(`${spaceBase}/nodes`, '{}')
  await ask(`${spaceBase}/nodes`)
  await ask(`${apiBase}/session/refresh`, 'POST')
  cloud.status = 500
  await ask(`${apiBase}/sign-out`, 'POST')
  expect(Object.keys(await caches.texts())).toHaveLength(1)
})

it('[EV23] another person does not see what the one before knew, nor does an answer that was under way come back', async () => {
  const { caches, cloud, ask } = lab()
  cloud.bodies.set(`${apiBase}/me`, me('p1'))
  cloud.bodies.set(`${spaceBase}/nodes`, '{"nodes":["of p1"]}')
  await ask(`${apiBase}/me`)
  await ask(`${spaceBase}/nodes`)
  cloud.bodies.set(`${apiBase}/me`, me('p2'))
  await ask(`${apiBase}/me`)
  expect(JSON.stringify(await caches.texts())).not.toContain('p1')
  expect(await caches.texts()).toHaveProperty([`throughline-known-2 ${origin}${apiBase}/me`], me('p2'))

  let signOut: Promise<unknown> = Promise.resolve()
  cloud.beforeAnswer = () => {
    cloud.beforeAnswer = () => {}
    signOut = ask(`${apiBase}/sign-out`, 'POST')
  }
  await ask(`${spaceBase}/nodes`)
  await signOut
  expect(await caches.texts()).toEqual({})
})

it('[EV23] what a space showed is forgotten when the person is no more in it, or is something else there; other spaces stay', async () => {
  const { caches, cloud, ask } = lab()
  const first = spaceBase.slice(-36)
  const second = otherBase.slice(-36)
  const both = (role: string) => [
    { spaceId: first, role },
    { spaceId: second, role: 'observer' },
  ]
  const known = async () =>
    Object.keys(await caches.texts()).map((key) =>
      key
        .replace(/^.*\/v1/, '')
        .replace(first, '1')
        .replace(second, '2'),
    )
  cloud.bodies.set(`${apiBase}/me`, me('p1', both('admin')))
  cloud.bodies.set(`${spaceBase}/nodes`, '{"nodes":["of one"]}')
  cloud.bodies.set(`${otherBase}/nodes`, '{"nodes":["of two"]}')
  for (const path of [`${apiBase}/me`, `${spaceBase}/nodes`, `${otherBase}/nodes`]) await ask(path)
  expect((await known()).toSorted()).toEqual(['/me', '/spaces/1/nodes', '/spaces/2/nodes'])
  cloud.isAway = true
  expect(await ask(`${otherBase}/nodes`)).toMatchObject({ text: '{"nodes":["of two"]}' })
  cloud.isAway = false
  cloud.bodies.set(`${apiBase}/me`, me('p1', both('member')))
  await ask(`${apiBase}/me`)
  expect((await known()).toSorted()).toEqual(['/me', '/spaces/2/nodes'])
  await ask(`${spaceBase}/nodes`)
  cloud.bodies.set(`${apiBase}/me`, me('p1', [{ spaceId: second, role: 'observer' }]))
  await ask(`${apiBase}/me`)
  expect((await known()).toSorted()).toEqual(['/me', '/spaces/2/nodes'])
})

it('[EV24] the page opens without the cloud after one visit, and is the cloud’s own whenever it answers', async () => {
  const { cloud, worker, ask } = lab()
  await worker.install()
  await worker.activate()
  cloud.bodies.set('/nodes/x', 'page from the cloud')
  expect(await ask('/nodes/x', 'GET', 'navigate')).toMatchObject({ text: 'page from the cloud' })
  cloud.isAway = true
  expect(await ask('/nodes/x', 'GET', 'navigate')).toMatchObject({ text: 'file /' })
  expect(await ask('/assets/index-1.js')).toMatchObject({ text: 'file /assets/index-1.js' })
})

it('[EV25] a new version takes the place of the old, whose files stay for the pages that are still open', async () => {
  const { caches, cloud, worker, create, ask } = lab()
  await worker.install()
  const second = create('v2', ['/', '/assets/index-2.js'])
  await second.install()
  await second.activate()
  cloud.isAway = true
  expect(await ask('/assets/index-1.js', 'GET', 'same-origin', second)).toMatchObject({ text: 'file /assets/index-1.js' })
  cloud.isAway = false
  const third = create('v3', ['/', '/assets/index-3.js'])
  await third.install()
  await third.activate()
  expect([...(await caches.keys())].sort()).toEqual(['throughline-shell-v2', 'throughline-shell-v3'])
})

it('[EV25] an incomplete version is not installed', async () => {
  const { cloud, worker } = lab()
  cloud.status = 500
  await expect(worker.install()).rejects.toThrow('answered 500')
})

it('[EV26] the page tells the oldest time of what it shows, until the cloud answers once', () => {
  const freshness = createFreshness()
  const seen: unknown[] = []
  freshness.subscribe(() => seen.push(freshness.current()))
  freshness.answered('/nodes', undefined)
  freshness.failed()
  freshness.answered('/me', 100)
  freshness.answered('/nodes', 2_000)
  freshness.answered('/rooms', 1_000)
  freshness.answered('/nodes', undefined)
  expect(seen).toEqual([
    { isLost: true, asOfMs: undefined },
    { isLost: true, asOfMs: 100 },
    { isLost: true, asOfMs: 2_000 },
    { isLost: true, asOfMs: 1_000 },
    { isLost: false, asOfMs: undefined },
  ])
})
