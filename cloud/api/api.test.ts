import { expect, it } from 'vitest'
import type { Router } from 'express'
import { alertConfig, allNodesRoomId, claimId, createApiBench, roomId } from '../../test/doubles/benches/api-bench.ts'
import type { Answer } from '../../test/doubles/people/read-answer.ts'
import { nodeId, spaceId } from '../../test/doubles/benches/identity-bench.ts'
import type { LogFields } from '../../src/domain/storable.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import { silentLog } from '../../src/support/log.ts'
import { createAgentRouter } from '../gateway/http/router.ts'
import { signOperatorToken } from '../identity/operator-token.ts'
import { pageRoute, routeTable, type ApiDeps } from './api.ts'
import { addressesOf, agentRoutes } from './route.ts'

const base = '/api/throughline/v1'

const registered = (router: Router): string[] =>
  router.stack
    .flatMap(({ route }) =>
      route === undefined
        ? []
        : Object.keys((route as unknown as { methods: Record<string, boolean> }).methods).map(
            (method) => `${method.toUpperCase()} ${route.path}`,
          ),
    )
    .filter((row) => !row.startsWith('_ALL'))
    .sort()
const cookiesOf = (answer: Answer) => (answer.headers['set-cookie'] ?? []) as readonly string[]
const cookieHeader = (answer: Answer) =>
  cookiesOf(answer)
    .map((line) => line.split(';', 1)[0])
    .join('; ')

it('[API1] has a row for each registered route, and registers each row', async () => {
  const { api } = await createApiBench()
  const own = routeTable({ metadata: {} } as ApiDeps).flatMap((route) => addressesOf(route).map((path) => ({ method: route.method, path })))
  const rows = [...agentRoutes, ...own, pageRoute].map(({ method, path }) => `${method} ${path}`).sort()
  expect(registered(api.router)).toEqual(rows)
})

it("[API1] has a row for each of the gateway's routes", () => {
  const router = createAgentRouter({ publicUrl: { host: 'localhost', port: 8443 } } as Parameters<typeof createAgentRouter>[0])
  expect(registered(router)).toEqual(agentRoutes.map(({ method, path }) => `${method} ${path}`).sort())
})

it('[API2] opens nothing but public routes to strangers', async () => {
  const { call } = await createApiBench()
  for (const { method, path, access } of routeTable({ metadata: {} } as ApiDeps)) {
    const address = path.replace(':nodeId', nodeId).replace(':signInId', nodeId).replace('\\:', ':')
    const { status } = await call(method, address, method === 'GET' ? {} : { body: 'x'.repeat(100) })
    if (access === 'public') expect(status).not.toBe(401)
    else expect(`${method} ${path} ${status}`).toBe(`${method} ${path} 401`)
  }
})

it('[API2] refuses a role without the permission', async () => {
  const { call, signedIn, roles, owner } = await createApiBench()
  roles.set(owner.personId, 'billing')
  const cookie = await signedIn()
  expect(await call('GET', `${base}/nodes`, { cookie })).toMatchObject({
    status: 403,
    json: { errorCode: 'FORBIDDEN', errorMsgKey: 'ErrForbidden' },
  })
  expect((await call('POST', `${base}/claim-tokens`, { cookie })).status).toBe(403)
  expect((await call('GET', `${base}/me`, { cookie })).status).toBe(200)
})

it('[API3] tells its health without secrets', async () => {
  const { call } = await createApiBench({ api: { healthNumbers: () => ({ uptimeS: 5 }) } })
  const { status, json } = await call('GET', `${base}/health`)
  expect(status).toBe(200)
  expect(json).toEqual({ status: 'ok', version: '0.1.0', links: 1, nodes: { live: 1, stale: 0, offline: 0 }, uptimeS: 5 })
})

it('[API4] serves the CA to trust', async () => {
  const { call, tls } = await createApiBench()
  expect((await call('GET', `${base}/ca.pem`)).text).toBe(tls.caPem)
  const own = await createApiBench({ api: { caPem: undefined } })
  expect((await own.call('GET', `${base}/ca.pem`)).status).toBe(404)
})

it('[API206] (O5) says whom to tell of a hole, by its configured address, only where the operator named somebody', async () => {
  const { call, clock } = await createApiBench({ api: { securityContact: 'mailto:holes@example.com' } })
  const answer = await call('GET', '/.well-known/security.txt', { headers: { host: 'evil.example' } })
  expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8'])
  expect(answer.text).toMatch(/^# .*three working days/)
  expect(answer.text).toContain('\nContact: mailto:holes@example.com\n')
  expect(answer.text).toContain('\nCanonical: https://localhost:8443/.well-known/security.txt\n')
  const expiresMs = Date.parse(/^Expires: (.*)$/m.exec(answer.text)?.[1] ?? '')
  expect(expiresMs).toBe(clock.nowMs() + 30 * 24 * 3_600_000)
  const without = await createApiBench()
  expect((await without.call('GET', '/.well-known/security.txt')).status).toBe(404)
})

it('[API5] signs in by a link, once', async () => {
  const { call, identity, owner } = await createApiBench()
  const { token } = await identity.links.issue(owner.personId)
  expect((await call('POST', `${base}/sign-in/describe`, { body: { token } })).json).toEqual({ email: 'owner@example.com' })
  const signedIn = await call('POST', `${base}/sign-in`, { body: { token } })
  expect(signedIn).toMatchObject({ status: 204, text: '' })
  expect(cookiesOf(signedIn)).toEqual([
    expect.stringMatching(/^__Host-throughline=[\w.-]+; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=900$/),
    expect.stringMatching(/^__Host-throughline-refresh=[\w-]{128}; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=604800$/),
  ])
  expect(await call('POST', `${base}/sign-in`, { body: { token } })).toMatchObject({
    status: 403,
    json: { errorCode: 'SIGN_IN_LINK_REFUSED' },
  })
  expect((await call('GET', `${base}/me`, { cookie: cookieHeader(signedIn) })).status).toBe(200)
})

it('[API6] answers alike whether it knows the address or not', async () => {
  const { call, identity, linksWithoutMail } = await createApiBench()
  const shape = ({ status, headers, text }: Answer) => ({ status, text, headers: { ...headers, date: '' } })
  const known = await call('POST', `${base}/sign-in/request`, { body: { email: 'owner@example.com' } })
  const unknown = await call('POST', `${base}/sign-in/request`, { body: { email: 'nobody@example.com' } })
  expect(known.status).toBe(202)
  expect(shape(known)).toEqual(shape(unknown))
  await identity.loginMail.settled()
  expect(linksWithoutMail).toHaveLength(1)
  expect((await call('POST', `${base}/sign-in/request`, { body: { email: 'a@b@c' } })).status).toBe(422)
})

it('[API6] tells when to come back after too many wishes', async () => {
  const { call } = await createApiBench()
  const statuses: number[] = []
  for (let count = 0; count < 21; count++)
    statuses.push((await call('POST', `${base}/sign-in/request`, { body: { email: `p${count}@example.com` } })).status)
  expect(statuses).toEqual([...Array.from({ length: 20 }, () => 202), 429])
  expect((await call('POST', `${base}/sign-in/request`, { body: { email: 'p@example.com' } })).headers['retry-after']).toBe('60')
})

it('[API7] refreshes a session and ends it', async () => {
  const { call, signedIn, clock } = await createApiBench()
  const cookie = await signedIn()
  clock.advance(60_000)
  const refreshed = await call('POST', `${base}/session/refresh`, { cookie, body: {} })
  expect(refreshed).toMatchObject({ status: 200, json: { expiresAtMs: clock.nowMs() + 900_000 } })
  const renewed = cookieHeader(refreshed)
  expect((await call('GET', `${base}/me`, { cookie: renewed })).status).toBe(200)
  const out = await call('POST', `${base}/sign-out`, { cookie: renewed })
  expect(out.status).toBe(204)
  expect(cookiesOf(out).map((line) => line.split('; ').filter((part) => part.startsWith('Max-Age') || part.startsWith('__Host')))).toEqual([
    ['__Host-throughline=', 'Max-Age=0'],
    ['__Host-throughline-refresh=', 'Max-Age=0'],
  ])
  expect((await call('GET', `${base}/me`, { cookie: renewed })).status).toBe(401)
  expect((await call('POST', `${base}/session/refresh`, { cookie: renewed })).status).toBe(401)
  expect((await call('POST', `${base}/session/refresh`)).status).toBe(401)
})

it('[API8] tells who is signed in', async () => {
  const { call, signedIn, owner, clock } = await createApiBench()
  expect((await call('GET', `${base}/me`, { cookie: await signedIn() })).json).toEqual({
    personId: owner.personId,
    email: 'owner@example.com',
    role: 'admin',
    space: { spaceId, name: 'My space' },
    spaces: [{ spaceId, name: 'My space', role: 'admin', memberId: expect.any(String) }],
    invitations: [],
    expiresAtMs: clock.nowMs() + 900_000,
    provenAtMs: clock.nowMs(),
    name: null,
    timeZone: null,
    theme: null,
    hasMail: false,
    onlySpaceId: null,
  })
})

it('[API9] lists and ends own sign-ins', async () => {
  const { call, signedIn } = await createApiBench()
  const [mine, other] = [await signedIn(), await signedIn()]
  const { json } = await call('GET', `${base}/sign-ins`, { cookie: mine })
  const { signIns } = json as { signIns: { signInId: string; isCurrent: boolean }[] }
  expect(signIns.map(({ isCurrent }) => String(isCurrent)).sort()).toEqual(['false', 'true'])
  const foreign = signIns.find(({ isCurrent }) => !isCurrent)?.signInId ?? ''
  expect((await call('DELETE', `${base}/sign-ins/${foreign}`, { cookie: mine })).status).toBe(204)
  expect((await call('DELETE', `${base}/sign-ins/${foreign}`, { cookie: mine })).status).toBe(404)
  expect((await call('GET', `${base}/me`, { cookie: other })).status).toBe(401)
})

it('[API10] lists nodes with their facts', async () => {
  const { call, signedIn } = await createApiBench()
  const cookie = await signedIn()
  const row = {
    nodeId,
    hostname: 'web-1',
    state: 'live',
    lastSeenAtMs: null,
    createdAtMs: 1,
    os: 'Debian GNU/Linux',
    osVersion: '12',
    kernelVersion: '6.1.0',
    architecture: 'x86_64',
    cpus: 4,
    memoryBytes: '8589934592',
    virtualization: 'kvm',
    agentVersion: 'v2.10.4',
    clone: null,
    labels: { role: 'web' },
    roomIds: [roomId],
    alerts: { warning: 1, critical: 0 },
    agent: { claimId, hops: 0, generation: 'A' },
    hasFunctions: false,
  }
  expect((await call('GET', `${base}/nodes`, { cookie })).json).toEqual({ nodes: [row] })
  expect((await call('GET', `${base}/nodes/${nodeId}`, { cookie })).json).toEqual({
    ...row,
    labels: { role: 'web' },
    collectors: [{ plugin: 'proc.plugin', module: '/proc/stat' }],
    instances: [],
    machineGuid: '44444444-4444-4444-8444-444444444444',
  })
})

it('[API10] shows a node that was seen before as offline', async () => {
  const { call, signedIn, states } = await createApiBench()
  states.clear()
  expect((await call('GET', `${base}/nodes/${nodeId}`, { cookie: await signedIn() })).json).toMatchObject({ state: 'offline' })
})

it('[API11] answers foreign, absent and malformed ids alike', async () => {
  const { call, signedIn } = await createApiBench()
  const cookie = await signedIn()
  for (const suffix of ['', '/contexts', '/alerts']) {
    const absent = await call('GET', `${base}/nodes/33333333-3333-4333-8333-333333333333${suffix}`, { cookie })
    const malformed = await call('GET', `${base}/nodes/..%2f..%2fetc${suffix}`, { cookie })
    expect(absent).toMatchObject({ status: 404, json: { errorCode: 'NOT_FOUND', errorMsgKey: 'ErrNotFound' } })
    expect(malformed.text).toBe(absent.text)
  }
})

it('[API12] lists contexts and alerts', async () => {
  const { call, signedIn } = await createApiBench()
  const cookie = await signedIn()
  expect((await call('GET', `${base}/nodes/${nodeId}/contexts`, { cookie })).json).toEqual({
    contexts: [
      { id: 'system.cpu', title: 'Total CPU', units: 'percentage', family: 'cpu', priority: 100, chartType: 'stacked', isCollected: true },
    ],
  })
  expect((await call('GET', `${base}/nodes/${nodeId}/alerts`, { cookie })).json).toMatchObject({
    alerts: [{ nodeId, chart: 'system.cpu', name: 'cpu_high', status: 'warning', whenS: 1_700_000_000, isStale: false, units: '%' }],
  })
})

it('[API13] hands out claim tokens with the ways to use them', async () => {
  const { call, signedIn, issued, owner, tls, clock } = await createApiBench()
  const cookie = await signedIn()
  const { status, json } = await call('POST', `${base}/claim-tokens`, { cookie, body: { uses: 3, validForMs: 600_000 } })
  expect(status).toBe(201)
  expect(json).toMatchObject({
    token: expect.stringMatching(/^[A-Za-z0-9]{135}$/) as unknown,
    name: 'Claim token',
    expiresAtMs: clock.nowMs() + 600_000,
    url: 'https://localhost:8443',
    caPem: tls.caPem,
  })
  expect((json as { ways: { id: string }[] }).ways.map(({ id }) => id)).toEqual([
    'agent-link',
    'agent-link-netdata',
    'netdata-2x',
    'netdata-1x',
    'container',
  ])
  expect(issued).toEqual([{ spaceId, roomIds: [], uses: 3, validForMs: 600_000, by: owner.personId }])
  expect((await call('POST', `${base}/claim-tokens`, { cookie })).status).toBe(201)
  for (const body of [{ uses: 0 }, { uses: 1.5 }, { uses: '1' }, { validForMs: 1e15 }, { validForMs: -1 }, { spaceId }]) {
    expect((await call('POST', `${base}/claim-tokens`, { cookie, body })).status).toBe(422)
  }
})

it('[API14] makes API tokens that work as bearers', async () => {
  const { call, signedIn } = await createApiBench()
  const made = await call('POST', `${base}/api-tokens`, { cookie: await signedIn(), body: { scope: 'scope:all' } })
  expect(made.status).toBe(201)
  const authorization = `Bearer ${(made.json as { token: string }).token}`
  expect((await call('GET', `${base}/nodes`, { headers: { authorization } })).status).toBe(200)
  expect((await call('POST', `${base}/claim-tokens`, { headers: { authorization, origin: 'https://elsewhere.example' } })).status).toBe(201)
  expect((await call('POST', `${base}/api-tokens`, { headers: { authorization }, body: { scope: 'scope:all' } })).status).toBe(403)
  expect((await call('GET', `${base}/sign-ins`, { headers: { authorization } })).status).toBe(403)
})

it("[API14] takes the operator's token", async () => {
  const { call, keysFolder, clock } = await createApiBench()
  const authorization = `Bearer ${await signOperatorToken(keysFolder, clock)}`
  expect((await call('GET', `${base}/nodes`, { headers: { authorization } })).status).toBe(200)
  expect((await call('POST', `${base}/api-tokens`, { headers: { authorization }, body: { scope: 'scope:all' } })).status).toBe(201)
})

it('[API15] refuses changes from other pages and in other types', async () => {
  const { call, signedIn, issued } = await createApiBench()
  const cookie = await signedIn()
  const status = async (headers: Record<string, string>) =>
    (await call('POST', `${base}/claim-tokens`, { cookie, headers, body: {} })).status
  expect(await status({ origin: 'https://evil.example' })).toBe(403)
  expect(await status({ origin: 'null' })).toBe(403)
  expect(await status({ origin: 'https://localhost:8443/' })).toBe(403)
  expect(await status({ origin: '' })).toBe(403)
  expect(await status({ 'sec-fetch-site': 'cross-site' })).toBe(403)
  expect(await status({ 'sec-fetch-site': 'same-site' })).toBe(403)
  expect(await status({ 'content-type': 'text/plain' })).toBe(415)
  expect(await status({ 'content-type': 'application/x-www-form-urlencoded' })).toBe(415)
  expect(await status({ 'content-type': 'application/json; charset=utf-16' })).toBe(415)
  expect(await status({ 'content-encoding': 'zstd' })).toBe(415)
  expect(issued).toEqual([])
  expect(await status({ 'sec-fetch-site': 'same-origin', 'content-type': 'Application/JSON; charset=UTF-8' })).toBe(201)
})

it('[API15] refuses a sign-in that another page starts', async () => {
  const { call, identity, owner } = await createApiBench()
  const { token } = await identity.links.issue(owner.personId)
  expect((await call('POST', `${base}/sign-in`, { body: { token }, headers: { origin: 'https://evil.example' } })).status).toBe(403)
  expect(
    (await call('POST', `${base}/sign-in`, { body: { token }, headers: { authorization: 'Bearer x', origin: 'https://evil.example' } }))
      .status,
  ).toBe(403)
  expect((await identity.links.describe(token)).personId).toBe(owner.personId)
})

it('[API23] answers 503 while the store is away', async () => {
  const { call, signedIn, store } = await createApiBench()
  const cookie = await signedIn()
  store.fail(new ThroughlineError('STORE_UNAVAILABLE', 'The store does not answer.'))
  const answer = await call('GET', `${base}/me`, { cookie })
  expect(answer).toMatchObject({ status: 503, json: { errorCode: 'STORE_UNAVAILABLE', errorMsgKey: 'ErrServiceUnavailable' } })
  expect(answer.headers['retry-after']).toBe('5')
})

it('[API23] keeps the text of a failure inside to itself', async () => {
  const lines: string[] = []
  const log = { ...silentLog, error: (event: string, fields?: LogFields) => void lines.push(`${event} ${JSON.stringify(fields)}`) }
  const presence = {
    stateOf: () => 'live' as const,
    instancesOf: () => [],
    routeOf: () => undefined,
    sinceMs: () => undefined,
    cloneOf: () => undefined,
    counts: () => {
      throw new TypeError('secret text')
    },
  }
  const { call } = await createApiBench({ api: { log, presence } })
  const { status, text } = await call('GET', `${base}/health`)
  expect(status).toBe(500)
  expect(text).not.toContain('secret text')
  expect(lines).toEqual([expect.stringContaining('request_failed {"name":"TypeError"')])
  expect(lines.join('')).not.toContain('secret text')
})

it('[API201] tells generation, hops and functions of the agent that a node is asked through, or that there is none', async () => {
  const { call, signedIn, routes } = await createApiBench()
  const cookie = await signedIn()
  const row = async () => ((await call('GET', `${base}/nodes`, { cookie })).json as { nodes: unknown[] }).nodes[0]
  const ability = (name: string, version: number) => ({ name, version, enabled: true })
  routes.set(nodeId, { claimId, hops: 2, capabilities: [ability('http_api_v2', 9), ability('funcs', 1)] })
  expect(await row()).toMatchObject({ agent: { claimId, hops: 2, generation: 'C' }, hasFunctions: true })
  routes.set(nodeId, { claimId, hops: 1, capabilities: [ability('http_api_v2', 4), { ...ability('funcs', 1), enabled: false }] })
  expect(await row()).toMatchObject({ agent: { claimId, hops: 1, generation: 'B' }, hasFunctions: false })
  routes.clear()
  expect(await row()).toMatchObject({ agent: null, hasFunctions: false })
})

it('[API201] bounds the labels of a listed node, and shows all of them at the node', async () => {
  const bench = await createApiBench()
  const cookie = await bench.signedIn()
  const labels = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`key-${String(index).padStart(3, '0')}`, 'x'.repeat(800)]))
  Object.assign(bench.node, { info: { ...bench.node.info, labels } })
  const { nodes } = (await bench.call('GET', `${base}/nodes`, { cookie })).json as { nodes: { labels: object }[] }
  expect(Object.keys(nodes[0]?.labels ?? {})).toHaveLength(10)
  expect((await bench.call('GET', `${base}/nodes/${nodeId}`, { cookie })).json).toMatchObject({ labels })
})

it('[API202] lists rooms with their numbers of nodes', async () => {
  const { call, signedIn } = await createApiBench()
  expect((await call('GET', `${base}/rooms`, { cookie: await signedIn() })).json).toEqual({
    rooms: [
      { roomId: allNodesRoomId, name: 'All nodes', description: '', isAllNodes: true, isMember: false, members: 0, nodes: 1 },
      { roomId, name: 'Web servers', description: '', isAllNodes: false, isMember: false, members: 0, nodes: 1 },
    ],
  })
})

it('[API203] [AE13] lists raised alerts without values, and marks those of a node that is not live', async () => {
  const bench = await createApiBench()
  const cookie = await bench.signedIn()
  const alert = {
    nodeId,
    chart: 'system.cpu',
    name: 'cpu_high',
    context: 'system.cpu',
    status: 'warning',
    oldStatus: 'clear',
    whenS: 1_700_000_000,
    configHash: alertConfig.hash,
    isStale: false,
    unknownSinceMs: null,
    class: 'Utilization',
    component: '',
    type: '',
    role: 'sysadmin',
    summary: '',
    units: '%',
    isSilenced: false,
  }
  const alerts = async () => (await bench.call('GET', `${base}/alerts`, { cookie })).json
  expect(await alerts()).toEqual({ alerts: [alert], total: 1 })
  bench.states.set(nodeId, 'offline')
  // Nobody told of the node since the start: the alert itself is the last sign of life.
  Object.assign(bench.node, { lastSeenAtMs: 5 })
  expect(await alerts()).toEqual({ alerts: [{ ...alert, isStale: true, unknownSinceMs: 1_700_000_000_000 }], total: 1 })
  Object.assign(bench.node, { lastSeenAtMs: 1_750_000_000_000 })
  expect(await alerts()).toEqual({ alerts: [{ ...alert, isStale: true, unknownSinceMs: 1_750_000_000_000 }], total: 1 })
  bench.states.set(nodeId, 'stale')
  bench.since.set(nodeId, 1_760_000_000_000)
  expect(await alerts()).toEqual({ alerts: [{ ...alert, isStale: true, unknownSinceMs: 1_760_000_000_000 }], total: 1 })
})

it('[API204] lists the contexts of the space and who has them', async () => {
  const { call, signedIn } = await createApiBench()
  expect((await call('GET', `${base}/contexts`, { cookie: await signedIn() })).json).toEqual({
    nodeIds: [nodeId],
    nodeSets: [[0, 1]],
    contexts: [
      { id: 'system.cpu', title: 'Total CPU', units: 'percentage', family: 'cpu', priority: 100, chartType: 'stacked', nodeSet: 0 },
    ],
  })
})
