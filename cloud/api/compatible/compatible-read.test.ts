import { expect, it } from 'vitest'
import { alertConfig, allNodesRoomId, createApiBench, roomId } from '../../../test/doubles/benches/api-bench.ts'
import { nodeId, spaceId } from '../../../test/doubles/benches/identity-bench.ts'
import { alertAction, type FeedEvent } from '../../../src/domain/feed.ts'

const absentId = '12121212-1212-4212-8212-121212121212'
const room = (version: number, what: string, id: string = allNodesRoomId) => `/api/v${version}/spaces/${spaceId}/rooms/${id}/${what}`

async function bench(scope: 'scope:all' | 'scope:grafana-plugin' | 'scope:read-only' = 'scope:all') {
  const made = await createApiBench()
  const { token } = await made.identity.apiTokens.create({ spaceId, personId: made.owner.personId, scope })
  const headers = { authorization: `bearer ${token}` }
  return {
    ...made,
    get: (path: string) => made.call('GET', path, { headers }),
    // As the Terraform provider does: JSON without a content type.
    post: (path: string, body: unknown) => made.call('POST', path, { headers: { ...headers, 'content-type': 'text/plain' }, body }),
  }
}

it.each([1, 2])('[CR2] /api/v%i/accounts/me tells who calls', async (version) => {
  const { call, identity, owner } = await bench()
  const { token } = await identity.apiTokens.create({ spaceId, personId: owner.personId, scope: 'scope:grafana-plugin' })
  const path = `/api/v${version}/accounts/me`
  // Grafana's proxy sends a JSON content type with GET and an empty body (cloud-api §14).
  const { status, json } = await call('GET', path, { headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' } })
  expect([status, json]).toEqual([
    200,
    {
      id: owner.personId,
      email: 'owner@example.com',
      name: 'owner',
      avatarURL: '',
      createdAt: new Date(owner.createdAtMs).toISOString(),
      settings: {},
      termsAccepted: true,
      auth_type: 'api_token',
      permissions: ['self.read', 'self.spaces'],
    },
  ])
})

it('[CR2] nobody in particular is 401', async () => {
  const { call } = await bench()
  for (const headers of [{}, { authorization: 'Bearer nonsense' }, { authorization: 'Basic eDp5' }]) {
    expect(await call('GET', '/api/v2/accounts/me', { headers })).toMatchObject({
      status: 401,
      json: { errorMsgKey: 'ErrUnauthenticated' },
    })
  }
})

it('[CR3] a node has the names and words clients read', async () => {
  const { post, states } = await bench()
  const { status, json } = await post(room(3, 'nodes'), { scope: { nodes: [] } })
  expect(status).toBe(200)
  const { nodes } = json as { nodes: Record<string, unknown>[] }
  expect(nodes).toEqual([
    {
      nd: nodeId,
      mg: '44444444-4444-4444-8444-444444444444',
      nm: 'web-1',
      state: 'reachable',
      v: 'v2.10.4',
      labels: {
        _architecture: 'x86_64',
        _kernel_version: '6.1.0',
        _os: 'linux',
        _os_name: 'Debian GNU/Linux',
        _os_version: '12',
        _system_cores: '4',
        _system_cpu_freq: '2400000000',
        _system_ram_total: '8589934592',
        _system_disk_space: '1',
        _virtualization: 'kvm',
        _container: 'none',
        role: 'web',
      },
      hw: {
        architecture: 'x86_64',
        cpu_frequency: '2400000000',
        cpus: '4',
        memory: '8589934592',
        disk_space: '1',
        virtualization: 'kvm',
        container: 'none',
      },
      os: { id: 'linux', nm: 'Debian GNU/Linux', v: '12', kernel: { nm: 'Linux', v: '6.1.0' } },
      health: { status: 'disabled', alerts: { warning: 1, critical: 0 } },
      capabilities: [],
      room_memberships: [allNodesRoomId, roomId],
      eligibility: { metrics: false, functions: false },
      replication: { connection_type: 'direct' },
      replication_factor: 0,
      isPreferred: false,
    },
  ])
  const stateOf = async () => ((await post(room(3, 'nodes'), {})).json as { nodes: { state: string }[] }).nodes[0]?.state
  for (const [state, word] of [
    ['stale', 'stale'],
    ['offline', 'unreachable'],
    ['unseen', 'unreachable'],
    ['live', 'reachable'],
  ] as const) {
    states.set(nodeId, state)
    expect(await stateOf()).toBe(word)
  }
})

it('[CR3] an empty scope is every node, another those it names', async () => {
  const { post } = await bench()
  const count = async (body: unknown) => ((await post(room(3, 'nodes'), body)).json as { nodes: unknown[] }).nodes.length
  for (const whole of [{}, undefined, { scope: {} }, { scope: { nodes: null } }, { scope: { nodes: [] } }, { selectors: { nodes: ['*'] } }])
    expect(await count(whole)).toBe(1)
  expect(await count({ scope: { nodes: [nodeId.toUpperCase()] } })).toBe(1)
  expect(await count({ scope: { nodes: ['44444444-4444-4444-8444-444444444444'] } })).toBe(1)
  expect(await count({ scope: { nodes: [absentId] } })).toBe(0)
  expect(await count({ selectors: { nodes: ['!web*', '*'] } })).toBe(0)
  expect(await post(room(3, 'nodes'), { scope: { nodes: ['*'] } })).toMatchObject({ status: 400, json: { errorMsgKey: 'ErrBadRequest' } })
})

it('[CR4] the older lists go by the older names', async () => {
  const { get } = await bench()
  const row = {
    id: nodeId,
    name: 'web-1',
    osName: 'Debian GNU/Linux',
    machineGUID: '44444444-4444-4444-8444-444444444444',
    alarmCounters: { warning: 1, critical: 0 },
    isDeleted: false,
    state: 'reachable',
    mlInfo: { mlCapable: false, mlEnabled: false },
  }
  expect((await get(room(2, 'nodes'))).json).toMatchObject([row])
  expect((await get(room(1, 'nodes'))).json).toMatchObject({ results: [row] })
})

it('[CR5] contexts are the keys of an object', async () => {
  const { post } = await bench('scope:grafana-plugin')
  const body = { scope: { contexts: ['*'], nodes: [] }, selectors: { contexts: [], nodes: [] }, window: { after: 1, before: 2 } }
  const { status, json } = await post(room(3, 'contexts'), body)
  expect([status, json]).toMatchObject([
    200,
    { contexts: { 'system.cpu': { family: 'cpu', units: 'percentage', chart_type: 'stacked' } }, nodes: [{ nd: nodeId }] },
  ])
  const keys = async (scope: unknown) => Object.keys(((await post(room(3, 'contexts'), { scope })).json as { contexts: object }).contexts)
  expect(await keys({ contexts: ['system.*'] })).toEqual(['system.cpu'])
  expect(await keys({ contexts: ['disk.io'] })).toEqual([])
  expect(await keys({ nodes: [absentId] })).toEqual([])
})

it('[CR6] what is not there, foreign or no id is one 404, and strange members change nothing', async () => {
  const { post, get, roles, owner, clock } = await bench()
  const answers = [
    await post(room(3, 'nodes', absentId), {}),
    await post(room(3, 'nodes', 'x'), {}),
    await post(room(3, 'contexts', absentId), {}),
    await get(room(2, 'nodes', absentId)),
    await get(room(2, 'alerts_stats', absentId)),
    await post(room(2, 'alert_config', absentId), { config: alertConfig.hash }),
  ]
  expect(answers.map(({ status, json }) => [status, json])).toEqual(
    answers.map(() => [404, { errorCode: 'NOT_FOUND', errorMsgKey: 'ErrNotFound', errorMessage: 'There is no such room.' }]),
  )
  expect((await post(`/api/v3/spaces/${absentId}/rooms/${roomId}/nodes`, {})).status).toBe(404)
  const hostile =
    '{"__proto__":{"nodes":["*"]},"constructor":{"prototype":{"x":1}},"more":1,"scope":{"nodes":[],"__proto__":{"nodes":["*"]}}}'
  expect((await post(`${room(3, 'nodes')}?unknown=1`, hostile)).status).toBe(200)
  expect((await post(room(3, 'nodes'), { scope: { nodes: Array.from({ length: 20_000 }, () => 'a') } })).status).toBe(413)
  // Somebody who sees only their own rooms sees no other.
  roles.set(owner.personId, 'observer')
  clock.advance(6_000)
  expect((await post(room(3, 'nodes', roomId), {})).status).toBe(404)
})

it('[CR7] alerts are counted and listed without values', async () => {
  const { get } = await bench()
  const counted = { critical: 0, warning: 1, unknown: 0 }
  expect((await get(`/api/v2/spaces/${spaceId}/alarms`)).json).toMatchObject({
    ...counted,
    results: [
      { roomID: allNodesRoomId, alarmCounter: counted, unreachableCount: 0, state: 'reachable' },
      { roomID: roomId, alarmCounter: counted, unreachableCount: 0, state: 'reachable' },
    ],
  })
  expect((await get(`/api/v2/spaces/${spaceId}/alarms/metas`)).json).toEqual({
    names: ['cpu_high'],
    contexts: ['system.cpu'],
    charts: ['system.cpu'],
    classes: ['Utilization'],
    components: [],
    types: [],
    roles: ['sysadmin'],
  })
  expect((await get(room(2, 'alerts_stats'))).json).toEqual({ ...counted, total: 1, nodes: 1, nodes_with_alerts: 1 })
  expect((await get(room(1, 'alarms/active'))).json).toMatchObject({
    results: [{ nodeID: nodeId, chartID: 'system.cpu', nodeName: 'web-1', name: 'cpu_high', status: 'warning', units: '%' }],
  })
})

it('[AE13] counters of existing clients say of how many alerts nobody knows the state', async () => {
  const { get, states, since } = await bench()
  states.set(nodeId, 'offline')
  since.set(nodeId, 1_760_000_000_000)
  expect((await get(`/api/v2/spaces/${spaceId}/alarms`)).json).toMatchObject({ critical: 0, warning: 1, unknown: 1 })
  expect((await get(room(2, 'alerts_stats'))).json).toMatchObject({ warning: 1, unknown: 1 })
  expect((await get(room(1, 'alarms/active'))).json).toMatchObject({
    results: [{ name: 'cpu_high', unknownSince: new Date(1_760_000_000_000).toISOString() }],
  })
})

it('[CR7] a token for charts alone sees no alert', async () => {
  const { get } = await bench('scope:grafana-plugin')
  expect(await get(`/api/v2/spaces/${spaceId}/alarms`)).toMatchObject({ status: 403, json: { errorMsgKey: 'ErrForbidden' } })
})

it('[CR8] a definition is found by its hash', async () => {
  const { post } = await bench()
  const { status, json } = await post(room(2, 'alert_config'), { config: alertConfig.hash, node_id: nodeId })
  expect([status, json]).toMatchObject([
    200,
    {
      name: 'cpu_high',
      config_hash_id: alertConfig.hash,
      selectors: { type: 'template', on: 'system.cpu' },
      value: { units: '%' },
      status: { warn: '$this > 80', crit: null },
      notification: { to: 'sysadmin' },
      class: 'Utilization',
    },
  ])
  for (const config of [absentId, '', '__proto__']) expect((await post(room(2, 'alert_config'), { config })).status).toBe(404)
})

it('[CR9] tells what has been raised for too long or changed too often, and only the categories that were asked for', async () => {
  const made = await bench()
  const { post } = made
  const path = room(2, 'alerts:misconfigured')
  const whole = (await post(path, {})).json
  expect(whole).toMatchObject({
    firing_often: { items: [], totals: { items: 0 } },
    stuck_raised: { totals: { items: 1, critical: 0, warning: 1 } },
    silenced_long: { items: [] },
    dispatch_none: { items: [] },
    thresholds: { firing_often: { transitions: 30, window_seconds: 259_200 }, stuck_raised: { duration_seconds: 1_209_600 } },
  })
  const some = (await post(path, { categories: ['stuck_raised'], thresholds: { stuck_raised: { duration_seconds: 60 } } })).json
  expect(Object.keys(some as object).sort()).toEqual(['stuck_raised', 'thresholds'])
  expect((await post(path, { thresholds: { firing_often: { transitions: 5_001 } } })).status).toBe(422)

  const event = (n: number): FeedEvent => ({
    eventId: `event-${n}`,
    atMs: made.clock.nowMs() - n * 1_000,
    kind: 'alert',
    action: alertAction,
    nodeId,
    hostname: undefined,
    alert: {
      chart: 'system.cpu',
      name: n < 3 ? 'often' : 'seldom',
      context: 'system.cpu',
      status: 'warning',
      oldStatus: 'clear',
      whenS: 1,
      configHash: undefined,
      transitionId: undefined,
    },
  })
  for (const n of [0, 1, 2, 3, 4]) await made.feed.add(spaceId, event(n))
  const often = (await post(path, { categories: ['firing_often'], thresholds: { firing_often: { transitions: 3 } } })).json
  expect(often).toMatchObject({
    firing_often: {
      items: [
        { alert: { name: 'often', chart: 'system.cpu', context: 'system.cpu', transitions: 3 }, node: { id: nodeId, name: 'web-1' } },
      ],
      totals: { items: 1 },
    },
  })

  const raised = (n: number, name: string, unheard: 'silenced' | 'nobody'): FeedEvent => {
    const { alert, ...rest } = event(n) as Extract<FeedEvent, { kind: 'alert' }>
    return { ...rest, alert: { ...alert, name }, unheard }
  }
  for (const n of [20, 30, 40]) await made.feed.add(spaceId, raised(n, 'hushed', 'silenced'))
  for (const n of [50, 60]) await made.feed.add(spaceId, raised(n, 'unwanted', 'nobody'))
  // Older than is asked about.
  await made.feed.add(spaceId, raised(7_200, 'hushed', 'silenced'))
  const nowS = made.clock.nowMs() / 1_000
  const few = { count: 2, window_seconds: 3_600 }
  const unheard = (
    await post(path, { categories: ['silenced_long', 'dispatch_none'], thresholds: { silenced_long: few, dispatch_none: few } })
  ).json
  const of = (name: string) => ({ alert: { name, chart: 'system.cpu', context: 'system.cpu' }, node: { id: nodeId, name: 'web-1' } })
  expect(unheard).toMatchObject({
    silenced_long: {
      items: [{ ...of('hushed'), count: 3, first_silenced: nowS - 40, last_silenced: nowS - 20 }],
      totals: { items: 1 },
      since: nowS - 3_600,
    },
    dispatch_none: {
      items: [{ ...of('unwanted'), count: 2, first: nowS - 60, last: nowS - 50 }],
      totals: { items: 1 },
      since: nowS - 3_600,
    },
  })
  expect(Object.keys(unheard as object).sort()).toEqual(['dispatch_none', 'silenced_long', 'thresholds'])
})
