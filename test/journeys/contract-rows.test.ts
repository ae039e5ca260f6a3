import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { terraformClient } from '../contract/clients/terraform-client.ts'
import { terraformResources } from '../contract/clients/terraform-resources.ts'
import { claimSimulated } from '../doubles/agents/agent-simulator.ts'
import { runThroughline, startInstallation, type Installation } from '../doubles/installation.ts'
import { connectLive } from '../doubles/agents/simulated/crowd.ts'
import { endSuite, whenOver } from '../doubles/when-over.ts'

/** What rows are filled in with: ids of things that the rows before made. */
type Things = Record<'Q' | 'W' | 'S' | 'R' | 'A' | 'M' | 'N' | 'C' | 'U' | 'mg' | 'claim' | 'integration' | 'throwaway' | 'other', string>

interface RowAnswer {
  readonly status: number
  readonly text: string
}

interface Row {
  /** Its section in cloud-api. */
  readonly section: string
  readonly method: string
  /** With `{X}` for things. */
  readonly path: string
  readonly body?: (things: Things) => unknown
  /** What a client needs of the answer, whose JSON this is; may take up ids. */
  readonly needs: (json: never, things: Things) => unknown
  /** Where clients insist on one. */
  readonly status?: number
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const id = () => expect.stringMatching(uuid) as string
const text = expect.any(String) as string
const number = expect.any(Number) as number
const list = expect.any(Array) as unknown[]
const object = expect.any(Object) as object
const nothing = () => {}
const window = () => ({ after: Math.floor(Date.now() / 1_000) - 60, before: Math.floor(Date.now() / 1_000) - 5, points: 20 })
const has = (shape: object) => (json: object) => expect(json).toMatchObject(shape)
const hasRow = (shape: object) => (json: object[]) => expect(json).toEqual(expect.arrayContaining([expect.objectContaining(shape)]))
const rule = { action: 'INCLUDE', description: 'words', clauses: [{ label: 'role', operator: 'equals', value: 'web', negate: false }] }
const dataBody = () => ({
  format: 'json2',
  options: ['jsonwrap', 'flip', 'ms'],
  scope: { contexts: ['system.processes'], nodes: [], dimensions: [], labels: [] },
  selectors: { contexts: ['*'], nodes: ['*'], instances: ['*'], dimensions: ['*'], labels: ['*'] },
  aggregations: {
    metrics: [{ group_by: ['dimension'], group_by_label: [], aggregation: 'sum' }],
    time: { time_group: 'average', time_resampling: 0 },
  },
  window: window(),
})
const olderDataBody = () => ({
  filter: { nodeIDs: [], context: 'system.processes' },
  ...window(),
  group: 'average',
  aggregations: [{ method: 'sum', groupBy: ['dimension'] }],
  format: 'json',
})
const dataNeeds = (json: {
  result: { labels: string[]; data: unknown[]; point: object }
  summary: { nodes: unknown[] }
  view: { dimensions: object }
}) => {
  expect(json).toMatchObject({
    result: { labels: list, data: list, point: { value: 0 } },
    summary: { nodes: list, instances: list, labels: list },
    view: { dimensions: { ids: list, names: list }, units: expect.anything() as unknown },
  })
  expect(json).not.toHaveProperty('errorMessage')
  expect(json.result.labels[0]).toBe('time')
  expect(json.result.data.length).toBeGreaterThan(5)
}
/** Its words are older, its answer is the same. */
const olderDataNeeds = (json: Parameters<typeof dataNeeds>[0]) => {
  dataNeeds(json)
  expect(json.result.labels).toEqual(['time', 'running', 'blocked'])
}
const treeNeeds = has({
  version: 1,
  agent: expect.any(Object) as unknown,
  attention: expect.any(Object) as unknown,
  tree: expect.any(Object) as unknown,
})
const room = (version: number, what: string) => `/api/v${version}/spaces/{S}/rooms/{R}/${what}`

const notifications = '/api/v2/spaces/{S}/notifications'
const silencing = '/api/v2/spaces/{S}/notifications/silencing'
const evaluation = (end: string) => ({
  rrule: 'FREQ=WEEKLY;BYDAY=SA',
  starts_at: '2026-01-03T01:00:00Z',
  lasts_until: '2026-01-03T05:00:00Z',
  limit: 2,
  window: { start: '2026-01-01T00:00:00Z', end },
})

/** Every row of cloud-api of tiers 1 to 4 (§15), in an order in which each finds what it needs. */
const rows: readonly Row[] = [
  // Tier 1 and 2: §2 spaces
  {
    section: '§2',
    method: 'POST',
    path: '/api/v1/spaces',
    body: () => ({ name: 'testOther' }),
    needs: (json: { id: string }, things) => (things.other = json.id),
  },
  { section: '§2', method: 'GET', path: '/api/v3/spaces', needs: hasRow({ id: id(), name: 'testAcc', plan: text, permissions: list }) },
  {
    section: '§2',
    method: 'GET',
    path: '/api/v2/spaces',
    needs: hasRow({
      id: id(),
      slug: text,
      name: 'testAcc',
      iconURL: null,
      state: text,
      createdAt: text,
      permissions: list,
      isNG: expect.any(Boolean) as boolean,
    }),
  },
  { section: '§2', method: 'PATCH', path: '/api/v1/spaces/{S}', body: () => ({ description: '', name: 'testAcc' }), needs: nothing },
  {
    section: '§6.1',
    method: 'POST',
    path: '/api/v1/spaces/{S}/token/rotate',
    needs: (json: { token: string }) => expect(json.token).toHaveLength(135),
  },
  // §3 rooms
  {
    section: '§3',
    method: 'POST',
    path: '/api/v1/spaces/{S}/rooms',
    body: () => ({ name: 'room', description: '' }),
    needs: (json: { id: string }, things) => (things.R = json.id),
  },
  {
    section: '§3',
    method: 'GET',
    path: '/api/v2/spaces/{S}/rooms?show_all=true',
    needs: (json: { id: string; name: string }[], things) => {
      things.A = json.find(({ name }) => name === 'All nodes')?.id ?? ''
      hasRow({
        id: things.R,
        name: 'room',
        description: '',
        slug: text,
        private: expect.any(Boolean),
        untouchable: false,
        isMember: true,
        node_count: 0,
        member_count: 1,
        permissions: list,
        silencing_state: text,
        createdAt: text,
      })(json)
      hasRow({ id: things.A, untouchable: true })(json)
    },
  },
  {
    section: '§3',
    method: 'PATCH',
    path: '/api/v1/spaces/{S}/rooms/{R}',
    body: () => ({ name: 'room two', description: 'words' }),
    needs: nothing,
  },
  // §4 members, §5 invitations
  {
    section: '§4',
    method: 'POST',
    path: '/api/v2/spaces/{S}/members',
    body: () => ({ email: 'row@member.local', role: 'observer' }),
    needs: (json: { memberID: string }, things) => (things.M = json.memberID),
  },
  {
    section: '§4',
    method: 'GET',
    path: '/api/v2/spaces/{S}/members',
    needs: hasRow({
      memberID: id(),
      accountID: id(),
      email: 'row@member.local',
      name: text,
      avatarURL: text,
      role: 'observer',
      joinMethod: text,
      deactivated: false,
    }),
  },
  { section: '§4', method: 'PATCH', path: '/api/v2/spaces/{S}/members/{M}', body: () => ({ role: 'manager' }), needs: nothing },
  { section: '§4', method: 'POST', path: room(2, 'members'), body: ({ M }) => [M], needs: nothing },
  { section: '§4', method: 'GET', path: room(2, 'members'), needs: hasRow({ memberID: id() }) },
  { section: '§4', method: 'DELETE', path: `${room(2, 'members')}?member_ids={M}`, needs: nothing },
  {
    section: '§5',
    method: 'GET',
    path: '/api/v2/spaces/{S}/invitations',
    needs: (json: { id: string }[], things) => (
      (things.throwaway = json[0]?.id ?? ''),
      hasRow({ id: id(), email: 'row@member.local' })(json)
    ),
  },
  { section: '§5', method: 'DELETE', path: '/api/v1/spaces/{S}/invitations?invitation_ids={throwaway},{throwaway}', needs: nothing },
  { section: '§4', method: 'DELETE', path: '/api/v2/spaces/{S}/members?member_ids={M}', needs: nothing },
  // §7.2, §7.3: tier 3
  {
    section: '§7.1',
    method: 'POST',
    path: '/api/v3/spaces/{S}/rooms/{A}/nodes',
    body: () => ({ scope: { nodes: [] } }),
    needs: (json: { nodes: { nd: string; mg: string }[] }, things) => {
      has({
        nodes: [
          {
            nd: id(),
            mg: text,
            nm: 'row-agent',
            state: 'reachable',
            v: text,
            labels: object,
            hw: object,
            os: object,
            health: object,
            capabilities: list,
          },
        ],
      })(json)
      ;[things.N, things.mg] = [json.nodes[0]?.nd ?? '', json.nodes[0]?.mg ?? '']
    },
  },
  { section: '§7.2', method: 'POST', path: '/api/v1/spaces/{S}/rooms/{R}/claimed-nodes', body: ({ N }) => [N], needs: nothing },
  {
    section: '§7.1',
    method: 'GET',
    path: room(2, 'nodes'),
    needs: (json: object) =>
      expect(json).toMatchObject([{ id: id(), name: 'row-agent', state: 'reachable', machineGUID: text, alarmCounters: object }]),
  },
  { section: '§7.1', method: 'GET', path: room(1, 'nodes'), needs: has({ results: [{ name: 'row-agent' }] }) },
  {
    section: '§7.3',
    method: 'POST',
    path: room(3, 'node-membership-rules'),
    body: () => rule,
    needs: (json: { id: string }, things) => ((things.U = json.id), has({ id: id(), spaceID: things.S, roomID: things.R, ...rule })(json)),
  },
  { section: '§7.3', method: 'GET', path: room(3, 'node-membership-rules'), needs: hasRow(rule) },
  { section: '§7.3', method: 'GET', path: room(3, 'node-membership-rules/%22{U}%22'), needs: has(rule) },
  {
    section: '§7.3',
    method: 'PUT',
    path: room(3, 'node-membership-rules/{U}'),
    body: () => ({ ...rule, clauses: null }),
    needs: has({ id: id(), clauses: [] }),
  },
  { section: '§7.3', method: 'DELETE', path: room(3, 'node-membership-rules/{U}'), needs: nothing },
  // §8: channels
  {
    section: '§8',
    method: 'GET',
    path: '/api/v2/spaces/{S}/integrations',
    needs: (json: { integrations: { id: string; slug: string }[] }, things) => {
      expect(json.integrations.map(({ slug }) => slug)).toEqual(
        expect.arrayContaining(['slack', 'discord', 'pagerduty', 'telegram', 'microsoftteams']),
      )
      things.integration = json.integrations.find(({ slug }) => slug === 'slack')?.id ?? ''
    },
  },
  {
    section: '§8',
    method: 'POST',
    path: '/api/v2/spaces/{S}/channel',
    body: ({ integration, R }) => ({
      name: 'slack',
      integrationID: integration,
      notification_options: ['CLEAR', 'CRITICAL'],
      rooms: [R],
      secrets: { url: 'https://hooks.slack.example/x' },
    }),
    needs: (json: { id: string }, things) => (
      (things.C = json.id),
      has({ id: id(), name: 'slack', notification_options: ['CLEAR', 'CRITICAL'], rooms: [things.R] })(json)
    ),
  },
  { section: '§8', method: 'PATCH', path: '/api/v2/spaces/{S}/channel/{C}', body: () => ({ enabled: false }), needs: nothing },
  {
    section: '§8',
    method: 'PUT',
    path: '/api/v2/spaces/{S}/channel/{C}',
    body: () => ({
      name: 'slack',
      integrationID: '',
      notification_options: ['CLEAR'],
      rooms: null,
      secrets: { url: 'https://hooks.slack.example/y' },
    }),
    needs: has({ enabled: false, rooms: null, notification_options: ['CLEAR'] }),
  },
  {
    section: '§8',
    method: 'GET',
    path: '/api/v2/spaces/{S}/channel',
    needs: hasRow({ id: id(), enabled: false, name: 'slack', integration: { id: id(), slug: 'slack', name: text }, rooms: null }),
  },
  {
    section: '§8',
    method: 'GET',
    path: '/api/v2/spaces/{S}/channel/{C}',
    needs: has({ secrets: { url: 'https://hooks.slack.example/y' } }),
  },
  { section: '§8', method: 'DELETE', path: '/api/v2/spaces/{S}/channel/{C}', needs: nothing },
  // Tier 2: §9, §11
  {
    section: '§11',
    method: 'GET',
    path: '/api/v2/accounts/me',
    needs: has({
      id: id(),
      email: text,
      name: text,
      avatarURL: text,
      createdAt: text,
      settings: {},
      termsAccepted: true,
      auth_type: text,
      permissions: list,
    }),
  },
  { section: '§11', method: 'GET', path: '/api/v1/accounts/me', needs: has({ id: id(), email: text }) },
  {
    section: '§9.1',
    method: 'POST',
    path: room(3, 'contexts'),
    body: () => ({ scope: { contexts: ['*'], nodes: [] }, selectors: { contexts: [], nodes: [] }, window: window() }),
    needs: (json: { contexts: object }) =>
      expect(Object.keys(json.contexts)).toEqual(expect.arrayContaining(['system.cpu', 'system.processes'])),
  },
  { section: '§9.2', method: 'POST', path: room(3, 'data'), body: dataBody, needs: dataNeeds },
  { section: '§11', method: 'POST', path: room(2, 'data'), body: olderDataBody, needs: olderDataNeeds },
  { section: '§11', method: 'POST', path: room(1, 'data'), body: olderDataBody, needs: olderDataNeeds },
  // Tier 4
  {
    section: '§9.3',
    method: 'POST',
    path: room(3, 'weights'),
    body: () => ({
      scope: { nodes: [], contexts: ['*'] },
      selectors: { nodes: ['*'], contexts: ['*'] },
      window: { ...window(), baseline: { after: Math.floor(Date.now() / 1_000) - 300, before: Math.floor(Date.now() / 1_000) - 60 } },
      method: 'volume',
      options: ['minify', 'nonzero', 'unaligned'],
      timeout: 180_000,
    }),
    needs: (json: { result: unknown[][]; dictionaries: object }) => {
      expect(json.dictionaries).toMatchObject({ nodes: [{ nm: 'row-agent' }], contexts: list, instances: list, dimensions: list })
      expect(json.result.length).toBeGreaterThan(0)
      expect(json.result.flat().every((each) => typeof each === 'number')).toBe(true)
    },
  },
  {
    section: '§10.1',
    method: 'POST',
    path: room(2, 'alerts'),
    body: () => ({ options: ['instances', 'values', 'summary'], status: ['CRITICAL', 'WARNING'] }),
    needs: has({ alerts: list, alert_instances: list, nodes: list }),
  },
  {
    section: '§10.1',
    method: 'POST',
    path: room(2, 'alert_transitions'),
    body: () => ({ after: Math.floor(Date.now() / 1_000) - 3_600, before: Math.floor(Date.now() / 1_000), last: 10 }),
    needs: has({ transitions: list }),
  },
  { section: '§10.1', method: 'GET', path: '/api/v2/spaces/{S}/alarms', needs: has({ results: list, updatedAt: text }) },
  { section: '§10.1', method: 'GET', path: '/api/v2/spaces/{S}/alarms/metas', needs: has({ names: list }) },
  { section: '§10.1', method: 'GET', path: room(2, 'alerts_stats'), needs: has({ critical: number, warning: number }) },
  {
    section: '§10.1',
    method: 'POST',
    path: room(2, 'alert_config'),
    body: () => ({ config: '00000000-0000-4000-8000-000000000001' }),
    status: 404,
    needs: has({ errorCode: text, errorMsgKey: 'ErrNotFound', errorMessage: text }),
  },
  {
    section: '§10.1',
    method: 'POST',
    path: room(2, 'alerts:misconfigured'),
    body: () => ({}),
    needs: has({
      firing_often: { items: list, totals: object },
      stuck_raised: object,
      silenced_long: object,
      dispatch_none: object,
      thresholds: object,
    }),
  },
  {
    section: '§10.1',
    method: 'POST',
    path: room(2, 'alert_config/evaluate'),
    body: ({ N }) => ({
      node_id: N,
      config: 'template: busy\n on: system.cpu\n lookup: average -10s unaligned\n every: 10s\n warn: $this > 0\n',
      after: -120,
      before: 0,
    }),
    needs: has({ node: { nd: text, nm: 'row-agent' }, alerts: [{ name: 'busy', is_complete: true, instances: list }] }),
  },
  { section: '§10.1', method: 'GET', path: room(1, 'alarms/active'), needs: has({ results: list }) },
  {
    section: '§10.2',
    method: 'POST',
    path: room(3, 'functions'),
    body: () => ({ scope: { nodes: [] }, selectors: { nodes: ['*'] } }),
    needs: has({ functions: list, nodes: list }),
  },
  {
    section: '§10.2',
    method: 'POST',
    path: '/api/v2/nodes/{N}/function?function=processes',
    body: () => ({ timeout: 30_000 }),
    needs: has({ status: 200, type: text, columns: object, data: list }),
  },
  {
    section: '§10.2',
    method: 'GET',
    path: '/api/v2/nodes/{N}/config?action=tree',
    needs: treeNeeds,
  },
  {
    section: '§10.2',
    method: 'POST',
    path: '/api/v2/nodes/{N}/config?action=tree',
    body: () => ({}),
    needs: treeNeeds,
  },
  {
    section: '§10.4',
    method: 'GET',
    path: '/api/v2/bearer_get_token?node_id={N}&machine_guid={mg}&claim_id={claim}',
    needs: has({ status: 200, token: text, expiration: number }),
  },
  // Tier 5
  {
    section: '§8.1',
    method: 'POST',
    path: notifications,
    body: ({ A }) => [
      { room_id: null, reachability_delay: 120 },
      { room_id: A, reachability_delay: 180 },
    ],
    needs: (json: { id: string; room_id: string | null }[], things) => {
      things.W = json.find(({ room_id: of }) => of === null)?.id ?? ''
      hasRow({ id: id(), room_id: null, reachability_delay: 120 })(json)
      hasRow({ id: id(), room_id: things.A, reachability_delay: 180 })(json)
    },
  },
  {
    section: '§8.1',
    method: 'POST',
    path: notifications,
    body: ({ W }) => [{ id: W, room_id: null, reachability_delay: 660 }],
    needs: hasRow({ id: id(), room_id: null, reachability_delay: 660 }),
  },
  {
    section: '§8.1',
    method: 'POST',
    path: notifications,
    body: ({ W }) => [{ id: W, reachability_delay: 29 }],
    status: 422,
    needs: has({ errorMessage: text }),
  },
  { section: '§8.1', method: 'GET', path: notifications, needs: hasRow({ id: id(), room_id: null, reachability_delay: 660 }) },
  { section: '§8.1', method: 'DELETE', path: notifications, body: ({ W }) => [W], needs: hasRow({ reachability_delay: 180 }) },
  {
    section: '§8.2',
    method: 'POST',
    path: `${silencing}/rule`,
    body: ({ A }) => ({
      id: '00000000-0000-0000-0000-000000000000',
      name: 'testAcc',
      room_ids: [A],
      notification_options: ['CRITICAL', 'WARNING'],
      starts_at: '2026-01-03T01:00:00Z',
      lasts_until: '2026-01-03T05:00:00Z',
      rrule: 'FREQ=WEEKLY;BYDAY=SA',
      timezone: 'Europe/Berlin',
    }),
    needs: (json: { id: string }, things) => {
      things.Q = json.id
      has({
        id: id(),
        name: 'testAcc',
        room_ids: [things.A],
        notification_options: ['CRITICAL', 'WARNING'],
        starts_at: '2026-01-03T01:00:00Z',
        lasts_until: '2026-01-03T05:00:00Z',
        rrule: 'DTSTART:20260103T010000Z\nFREQ=WEEKLY;BYDAY=SA',
        timezone: 'Europe/Berlin',
        state: expect.stringMatching(/^(ACTIVE|SCHEDULED)$/) as string,
      })(json)
      expect(json.id).not.toMatch(/^0{8}/)
      for (const name of ['node_ids', 'host_labels', 'alert_names', 'account_id']) expect(json).not.toHaveProperty(name)
    },
  },
  { section: '§8.2', method: 'GET', path: `${silencing}/rules`, needs: hasRow({ name: 'testAcc', timezone: 'Europe/Berlin' }) },
  {
    section: '§8.2',
    method: 'PUT',
    path: `${silencing}/rule/{Q}`,
    body: () => ({ name: 'testAcc2', starts_at: '2026-01-03T01:00:00Z', severities: ['CLEAR'], disabled: true }),
    needs: has({ name: 'testAcc2', severities: ['CLEAR'], notification_options: ['CLEAR'], disabled: true, state: 'INACTIVE' }),
  },
  {
    section: '§8.2',
    method: 'PUT',
    path: `${silencing}/rule/{S}`,
    body: () => ({ name: 'x' }),
    status: 404,
    needs: has({ errorMsgKey: 'ErrNotFound' }),
  },
  {
    section: '§8.2',
    method: 'POST',
    path: `${silencing}/rrule/evaluate`,
    body: () => evaluation('2026-03-01T00:00:00Z'),
    needs: has({ rrule: text, occurrences: [{ start: '2026-01-03T01:00:00Z', end: '2026-01-03T05:00:00Z' }, object], has_more: true }),
  },
  {
    section: '§8.2',
    method: 'POST',
    path: `${silencing}/rrule/evaluate`,
    body: () => evaluation('2036-03-01T00:00:00Z'),
    status: 413,
    needs: has({ errorMessage: text }),
  },
  { section: '§8.2', method: 'POST', path: `${silencing}/rules/delete`, body: ({ Q }) => [Q], needs: nothing },
  { section: '§8.2', method: 'POST', path: `${silencing}/rules/delete`, body: () => [], needs: nothing },
  // The ends, idempotent
  { section: '§7.2', method: 'DELETE', path: '/api/v1/spaces/{S}/rooms/{R}/claimed-nodes?node_ids={N}', needs: nothing },
  { section: '§3', method: 'DELETE', path: '/api/v1/spaces/{S}/rooms/{R}', needs: nothing },
  { section: '§3', method: 'DELETE', path: '/api/v1/spaces/{S}/rooms/{R}', needs: nothing },
  { section: '§2', method: 'DELETE', path: '/api/v1/spaces/{S}', needs: nothing },
  { section: '§2', method: 'DELETE', path: '/api/v1/spaces/{S}', needs: nothing },
  { section: '§2', method: 'DELETE', path: '/api/v1/spaces/{other}', needs: nothing },
]

describe('every row of cloud-api, tiers 1 to 4, against a running cloud with a simulated agent', () => {
  let cloud: Installation
  let token = ''
  const things: Things = {
    Q: '',
    W: '',
    S: '',
    R: '',
    A: '',
    M: '',
    N: '',
    C: '',
    U: '',
    mg: '',
    claim: '',
    integration: '',
    throwaway: '',
    other: '',
  }

  beforeAll(async () => {
    cloud = await startInstallation()
    ;({ token } = JSON.parse((await runThroughline(['token', 'create', '--scope', 'all', '--json'], cloud.env)).out) as { token: string })
    const { space } = terraformResources(terraformClient({ url: cloud.url, token, caPem: cloud.caPem }))
    const made = await space.create('testAcc', '')
    things.S = made.id
    const claim = await claimSimulated(cloud, made.claimToken, 'row-agent')
    const { agent } = await connectLive(cloud, claim, { generation: 'C', capabilities: [{ name: 'dyncfg', version: 2, enabled: true }] })
    whenOver(() => agent.close())
    await agent.settled()
    things.claim = claim.claimId
  }, 120_000)
  afterAll(endSuite)

  /** What the client rejects with still tells the status and the body. */
  const call = async ({ method, path, body }: Row): Promise<RowAnswer> => {
    const client = terraformClient({ url: cloud.url, token, caPem: cloud.caPem })
    const address = path.replaceAll(/\{(\w+)\}/g, (_whole, name: keyof Things) => things[name])
    const answered = await client.send(method, address, body?.(things)).then(
      (whole) => whole,
      (thrown: unknown) => (thrown instanceof Error ? thrown.message.slice(`${method} ${address}: 000 `.length) : ''),
    )
    return { status: client.calls[0]?.status ?? 0, text: answered }
  }

  it.each(rows)('[CT4] $section $method $path', async (row) => {
    const answer = await call(row)
    expect([answer.status >= 200 && answer.status < 300 ? 'good' : answer.status, answer.text]).toEqual([row.status ?? 'good', answer.text])
    const json: unknown = row.needs === nothing || answer.text === '' ? undefined : JSON.parse(answer.text)
    row.needs(json as never, things)
  })
})
