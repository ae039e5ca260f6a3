import { afterEach, beforeEach, expect, it } from 'vitest'
import { gzipSync } from 'node:zlib'
import { silentLog } from '../../../src/support/log.ts'
import { serveFakeAgent } from '../../../test/doubles/agents/fake-agent.ts'
import {
  foreignNode,
  machineGuidOf,
  nodeA,
  nodeB,
  room,
  startLiveRelay,
  type LiveRelayDouble,
} from '../../../test/doubles/people/live-relay.ts'
import { callRest, type RestCallWishes } from '../../../test/doubles/people/rest-caller.ts'
import { hostContexts, simulatedHost } from '../../../test/doubles/agents/simulated/host.ts'
import { serveSimulatedAgent } from '../../../test/doubles/agents/simulated/on-bus.ts'

const space = '66666666-6666-4666-8666-666666666666'
const claim = '77777777-7777-4777-8777-777777777777'
let live: LiveRelayDouble
beforeEach(async () => {
  live = await startLiveRelay(silentLog)
})
afterEach(() => live.stop())

const held = (nodeId: typeof nodeA) => ({
  host: simulatedHost(`host-${nodeId.slice(0, 1)}`, hostContexts),
  nodeId,
  machineGuid: machineGuidOf(nodeId),
})
const post = (path: string, body?: unknown, wishes: RestCallWishes = {}) => callRest(live.port, path, { body, ...wishes }).reply
const get = (path: string) => callRest(live.port, path, { method: 'GET' }).reply
const functionOf = (name: string, nodeId: string = nodeA) => `/api/v2/nodes/${nodeId}/function?function=${encodeURIComponent(name)}`
const configOf = (query: string, nodeId: string = nodeA) => `/api/v2/nodes/${nodeId}/config?${query}`

it('[CR22] lists what the nodes of a room offer, with the places of those that do', async () => {
  serveSimulatedAgent(live.bus, 'C', [held(nodeA)], () => 1_790_000_000)
  const other = serveFakeAgent(live.bus, nodeB, undefined, 'A')
  other.answerAlways(
    JSON.stringify({
      functions: { processes: { help: 'Other words', version: 0, priority: 10 }, only: { help: 7, version: 3, tags: [], access: 'x' } },
    }),
  )
  const { status, json } = await post(`/api/v3/spaces/${space}/rooms/${room}/functions`, {
    scope: { nodes: [] },
    selectors: { nodes: ['*'] },
  })
  expect([status, json]).toMatchObject([
    200,
    {
      functions: [
        { name: 'only', version: 3, help: '', tags: '', access: [], ni: [1] },
        { name: 'processes', version: 0, ni: [0, 1], access: ['signed-in', 'same-space', 'sensitive-data'], priority: 10 },
        { name: 'mount-points', ni: [0] },
      ],
      nodes: [
        { ni: 0, nd: nodeA, st: { code: 200 } },
        { ni: 1, nd: nodeB, st: { code: 200 } },
      ],
    },
  ])
})

it('[CR23] runs a function, with the rights of the caller, and passes on what it answers', async () => {
  const agent = serveSimulatedAgent(live.bus, 'C', [held(nodeA)], () => 1_790_000_000)
  const { status, json } = await post(functionOf('processes'), { info: true, timeout: 120_000 })
  expect([status, json]).toMatchObject([200, { v: 3, status: 200, accepted_params: [] }])
  expect(agent.asked[0]).toMatchObject({
    method: 'POST',
    target: '/api/v3/function?function=processes%20info&timeout=120',
    body: { contentType: 'application/json', text: '{"info":true,"timeout":120000}' },
    asker: { role: 'admin', permissions: 0x7ff },
  })
  expect(live.rights.needs).toContain('functions.sensitive')
  expect(live.notes).toEqual([{ what: 'function processes', nodeId: nodeA }])
  const table = await post(functionOf('processes'))
  expect((table.json['data'] as unknown[]).length).toBe(120)
  live.rights.needs.length = 0
  await post(functionOf('mount-points'))
  expect(live.rights.needs).not.toContain('functions.sensitive')
})

it('[CR23] agents that read no bodies get the same as arguments', async () => {
  const agent = serveFakeAgent(live.bus, nodeA, undefined, 'A')
  agent.answerAlways('{"status":200}')
  const body = {
    after: -900,
    last: 200,
    data_only: true,
    selections: { PRIORITY: ['3', '4'], unit: ['ssh.service'] },
    none: null,
    empty: [],
  }
  expect((await post(functionOf('systemd-journal'), body)).status).toBe(200)
  const [{ question } = { question: undefined }] = agent.asked
  expect([question?.method, question?.body, decodeURIComponent(question?.target ?? '')]).toEqual([
    'GET',
    undefined,
    '/api/v1/function?function=systemd-journal after:-900 last:200 data_only:true PRIORITY:3,4 unit:ssh.service&timeout=120',
  ])
  // Words with spaces cannot be said to such an agent: nothing else is run in their place.
  expect((await post(functionOf('systemd-journal'), { query: 'two words' })).status).toBe(400)
  expect(agent.asked).toHaveLength(1)
})

it('[CR23] what is not modified since, is told so; what the agent refuses, in words of ours', async () => {
  const agent = serveFakeAgent(live.bus, nodeA, undefined, 'C')
  for (const [httpStatus, status] of [
    [304, 304],
    [404, 400],
    [400, 400],
    [403, 403],
    [412, 403],
    [504, 504],
    [500, 502],
  ] as const) {
    agent.answerAlways('secret words', { httpStatus })
    const answer = await post(functionOf('processes'), {})
    expect(answer.status).toBe(status)
    if (httpStatus !== 304) expect(answer.text).not.toContain('secret')
  }
})

it('[CR24] what is away is not reachable, what is unknown or foreign not there', async () => {
  expect(await post(functionOf('processes'), {})).toMatchObject({ status: 400, json: { errorMsgKey: 'ErrInstanceNotReachable' } })
  expect(await get(configOf('action=tree'))).toMatchObject({ status: 400, json: { errorMsgKey: 'ErrInstanceNotReachable' } })
  const foreign = serveFakeAgent(live.bus, foreignNode, undefined, 'C')
  for (const id of [foreignNode, '44444444-4444-4444-8444-444444444444', 'x'])
    expect([id, (await post(functionOf('processes', id), {})).json['errorMessage']]).toEqual([id, 'There is no such node.'])
  serveFakeAgent(live.bus, nodeA, undefined, 'C')
  for (const name of ['', '__agent', 'a&b=c', "x'y", 'a\u0000'])
    expect([name, (await post(functionOf(name), {})).status]).toEqual([name, 400])
  expect((await post(functionOf('processes'), '[]')).status).toBe(400)
  expect((await get(functionOf('processes'))).status).toBe(405)
  expect([foreign.asked.length, live.notes.length]).toEqual([0, 0])
})

it('[CR24] proof comes before everything', async () => {
  live.rights.refusal = 'UNAUTHENTICATED'
  for (const path of [functionOf('processes'), functionOf('processes', 'x'), configOf('action=update&id=a')])
    expect((await post(path, '{')).status).toBe(401)
  live.rights.refusal = 'FORBIDDEN'
  expect((await post(`/api/v3/spaces/${space}/rooms/${room}/functions`, {})).status).toBe(403)
  expect(live.denials).toEqual(['functions.read'])
})

it('[CR25] configuration is read and changed with the agent’s own status and words', async () => {
  const agent = serveFakeAgent(live.bus, nodeA, undefined, 'C')
  agent.answerAlways('{"tree":{}}')
  expect(await get(configOf('action=tree&path=/health'))).toMatchObject({ status: 200, json: { tree: {} } })
  expect(await get(configOf(''))).toMatchObject({ status: 200 })
  expect(agent.asked.map(({ question }) => question.target)).toEqual([
    '/api/v1/config?action=tree&path=%2Fhealth&timeout=30',
    '/api/v1/config?action=tree&path=%2F&timeout=30',
  ])
  agent.answerAlways('{"status":202,"message":"accepted"}', { httpStatus: 202 })
  const changed = await post(configOf('action=update&id=health:alert:prototype:a&timeout=20'), { rules: [] })
  expect([changed.status, changed.json['message']]).toEqual([202, 'accepted'])
  expect(agent.asked.at(-1)?.question).toMatchObject({
    method: 'POST',
    target: '/api/v1/config?action=update&id=health%3Aalert%3Aprototype%3Aa&timeout=20',
    body: { text: '{"rules":[]}' },
    asker: { accountId: 'person' },
  })
  expect(live.notes).toEqual([{ what: 'change config:update', nodeId: nodeA }])
  expect(live.rights.needs).toContain('alerts.change-config')
  agent.answerAlways('{"status":400,"message":"line 3 is wrong"}', { httpStatus: 400 })
  expect(await post(configOf('action=test&id=a&name=b'), { x: 1 })).toMatchObject({ status: 400, json: { message: 'line 3 is wrong' } })
  agent.answerAlways('{}', { httpStatus: 299 })
  expect((await post(configOf('action=restart&id=a'))).status).toBe(299)
  agent.answerAlways('secret', { httpStatus: 404 })
  expect(await get(configOf('action=get&id=a'))).toMatchObject({ status: 404, json: { errorMsgKey: 'ErrNotFound' } })
})

it('[CR25] (S5) what changes something is taken from a page as POST alone, from a bearer also as GET', async () => {
  const agent = serveFakeAgent(live.bus, nodeA, undefined, 'C')
  agent.answerAlways('{"status":202}', { httpStatus: 202 })
  const byPage = async (method: string, query: string) => {
    const headers = { cookie: 'a=b', origin: 'https://localhost:8443', 'sec-fetch-site': 'same-origin' }
    return (await fetch(`http://127.0.0.1:${live.port}${configOf(query)}`, { method, headers })).status
  }
  expect(await byPage('GET', 'action=remove&id=a')).toBe(403)
  expect(agent.asked).toEqual([])
  expect(await byPage('GET', 'action=tree')).toBe(202)
  expect(await byPage('POST', 'action=remove&id=a')).toBe(202)
  expect((await get(configOf('action=remove&id=a'))).status).toBe(202)
})

it('[CR25] a role whose bits do not reach is refused before the agent hears of it', async () => {
  const agent = serveFakeAgent(live.bus, nodeA, undefined, 'C')
  live.rights.permissions = 0x1b
  expect((await get(configOf('action=tree'))).status).toBe(403)
  for (const query of ['action=update&id=a', 'action=nonsense', 'action=get', 'action=get&id=a%26b', 'action=add&id=a'])
    expect([403, 400]).toContain((await post(configOf(query), { a: 1 })).status)
  expect(agent.asked).toEqual([])
})

it('[CR27] a token of the agent is asked for with who asks, and its answer goes on', async () => {
  const agent = serveFakeAgent(live.bus, nodeA, undefined, 'C')
  const minted = {
    status: 200,
    mg: machineGuidOf(nodeA),
    bearer_protection: true,
    token: '99999999-9999-4999-8999-999999999999',
    expiration: 1_790_000_000,
  }
  agent.answerAlways(gzipSync(JSON.stringify(minted)), { isGzip: true })
  const path = `/api/v2/bearer_get_token?node_id=${nodeA}&machine_guid=${machineGuidOf(nodeA)}&claim_id=${claim}`
  const answer = await fetch(`http://127.0.0.1:${live.port}${path}`, { headers: { authorization: 'Bearer x', 'accept-encoding': 'gzip' } })
  expect([answer.status, await answer.json()]).toEqual([200, minted])
  expect(agent.asked[0]?.question).toMatchObject({
    method: 'GET',
    target: path,
    asker: { role: 'admin', permissions: 0x7ff, accountId: 'person', userName: 'Throughline admin' },
  })
  expect([live.rights.needs.at(-1), live.notes]).toEqual(['agents.token', [{ what: 'token', nodeId: nodeA }]])
  agent.answerAlways('no', { httpStatus: 400 })
  expect((await get(path)).status).toBe(400)
  expect((await get(`/api/v2/bearer_get_token?node_id=${nodeA}`)).status).toBe(400)
  expect((await get('/api/v2/bearer_get_token')).status).toBe(404)
  agent.disconnect()
  expect((await get(path)).json['errorMsgKey']).toBe('ErrInstanceNotReachable')
})
