import { afterEach, beforeEach, expect, it } from 'vitest'
import type { NodeId } from '../../../src/domain/ids.ts'
import type { LogFields } from '../../../src/domain/storable.ts'
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
import { waitUntil } from '../../../test/doubles/wait-until.ts'
import { serveSimulatedAgent } from '../../../test/doubles/agents/simulated/on-bus.ts'

const nodeC = 'cccccccc-cccc-4ccc-8ccc-cccccccccccc' as NodeId
const nowS = 1_790_000_000
const space = '66666666-6666-4666-8666-666666666666'
const address = (what = 'data', version = 3, roomId: string = room) => `/api/v${version}/spaces/${space}/rooms/${roomId}/${what}`

interface Reply {
  readonly api: number
  readonly summary: {
    readonly nodes: readonly { nd: string; mg: string; nm: string; ni: number; st: { code: number; msg: string } }[]
    readonly contexts: readonly { id: string }[]
    readonly instances: readonly { id: string; ni: number }[]
    readonly dimensions: readonly { id: string }[]
    readonly labels: readonly { id: string; vl: readonly { id: string }[] }[]
    readonly alerts: readonly unknown[]
  }
  readonly view: {
    readonly units: string
    readonly title: string
    readonly dimensions: { ids: string[]; names: string[]; aggregated: number[] }
  }
  readonly result: {
    readonly labels: readonly string[]
    readonly point: object
    readonly data: readonly (readonly [number, ...(number | null)[][]])[]
  }
}

let live: LiveRelayDouble
beforeEach(async () => {
  live = await startLiveRelay(silentLog)
})
afterEach(() => live.stop())

const held = (nodeId: NodeId) => ({
  host: simulatedHost(`host-${nodeId.slice(0, 1)}`, hostContexts),
  nodeId,
  machineGuid: machineGuidOf(nodeId),
})
const serve = (generation: 'A' | 'B' | 'C', ...nodeIds: readonly NodeId[]) =>
  serveSimulatedAgent(live.bus, generation, nodeIds.map(held), () => nowS)
const send = (body: unknown, wishes: RestCallWishes = {}, path = address()) => callRest(live.port, path, { body, ...wishes }).reply
const window = { after: nowS - 60, before: nowS - 10, points: 50 }
const ask = async (body: object) => {
  const { status, json, text } = await send({ window, format: 'json2', ...body })
  expect(`${status} ${text.slice(0, 200)}`).toMatch(/^200/)
  return json as unknown as Reply
}
const metrics = (group_by: string[], aggregation: string, group_by_label: string[] = []) => ({
  metrics: [{ group_by, group_by_label, aggregation }],
})

/** What a host had, metric by metric, at one second. */
function valuesAt(
  nodeId: NodeId,
  contextId: string,
  timeS: number,
): { readonly chartId: string; readonly labels: Readonly<Record<string, string>>; readonly dimension: string; readonly value: number }[] {
  const { host } = held(nodeId)
  const context = host.contexts.find(({ id }) => id === contextId)
  if (context === undefined) throw new Error(`no context ${contextId}`)
  return context.instances.flatMap((instance) =>
    context.dimensions.map(({ id }) => ({
      chartId: instance.chartId,
      labels: instance.labels,
      dimension: id,
      value: host.value(context, instance, id, timeS),
    })),
  )
}

const combine = {
  sum: (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0),
  avg: (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length,
  min: (values: readonly number[]) => Math.min(...values),
  max: (values: readonly number[]) => Math.max(...values),
} as const

it('[CR10] one agent for all nodes is asked its own newest path, and its answer goes on with rising times and the names of here', async () => {
  const agent = serve('C', nodeA, nodeB)
  const answer = await ask({
    scope: { contexts: ['system.cpu'], nodes: [] },
    selectors: { contexts: ['*'], nodes: ['*'] },
    aggregations: metrics(['dimension'], 'avg'),
  })
  expect(agent.asked.map(({ target }) => target)).toEqual([
    `/api/v3/data?scope_nodes=${nodeA}%7C${nodeB}&scope_contexts=system.cpu&contexts=system.cpu&after=${window.after}&before=${window.before}&points=50&time_group=average&group_by=dimension&aggregation=average&format=json2&options=jsonwrap,minify&timeout=8500`,
  ])
  expect(answer.api).toBe(3)
  expect(answer.result.labels).toEqual(['time', 'user', 'system', 'iowait', 'softirq'])
  expect(answer.result.point).toEqual({ value: 0, arp: 1, pa: 2 })
  const times = answer.result.data.map(([time]) => time)
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  const [timeS = 0, first] = answer.result.data[7] ?? []
  const both = [nodeA, nodeB].map(
    (nodeId) => valuesAt(nodeId, 'system.cpu', timeS).find(({ dimension }) => dimension === 'user')?.value ?? 0,
  )
  expect(first?.[0]).toBeCloseTo(combine.avg(both), 6)
  expect(answer.summary.nodes).toMatchObject([
    { ni: 0, nd: nodeA, mg: machineGuidOf(nodeA), nm: 'host-1', st: { code: 200 } },
    { ni: 1, nd: nodeB, mg: machineGuidOf(nodeB), nm: 'host-2', st: { code: 200 } },
  ])
  expect(answer.view).toMatchObject({ units: 'percentage', title: 'Total CPU utilization' })
})

it.each(['sum', 'min', 'max', 'avg'] as const)(
  '[CR11] %s of agents of three generations is what their own values give',
  async (aggregation) => {
    serve('A', nodeA)
    serve('B', nodeB)
    live.visible.add(nodeC)
    serve('C', nodeC)
    const answer = await ask({ scope: { contexts: ['system.cpu'] }, aggregations: metrics(['dimension'], aggregation) })
    expect(answer.result.labels.toSorted()).toEqual(['iowait', 'softirq', 'system', 'time', 'user'])
    expect(answer.result.data.length).toBeGreaterThan(40)
    for (const [timeS, ...cells] of answer.result.data) {
      answer.result.labels.slice(1).forEach((label, place) => {
        const values = [nodeA, nodeB, nodeC].map(
          (nodeId) => valuesAt(nodeId, 'system.cpu', timeS).find(({ dimension }) => dimension === label)?.value ?? Number.NaN,
        )
        expect(cells[place]?.[0]).toBeCloseTo(combine[aggregation](values), 6)
      })
    }
    expect(answer.view.dimensions.aggregated).toEqual([3, 3, 3, 3])
    expect(answer.summary.nodes.map(({ st }) => st.code)).toEqual([200, 200, 200])
  },
)

it('[CR12] by node the labels are machine guids, whichever agent answers, and alias and milliseconds are understood', async () => {
  serve('A', nodeA)
  serve('C', nodeB)
  const answer = await ask({
    scope: { contexts: ['disk.util'] },
    aggregations: {
      metrics: [{ groupBy: ['node'], group_by_label: [], aggregation: 'sum' }],
      time: { time_group: 'average', time_resampling: 0 },
    },
    options: ['jsonwrap', 'flip', 'ms'],
  })
  expect(answer.result.labels.toSorted()).toEqual([machineGuidOf(nodeA), machineGuidOf(nodeB), 'time'].toSorted())
  expect(answer.view.dimensions.names.toSorted()).toEqual(['host-1', 'host-2'])
  for (const [timeMs, ...cells] of answer.result.data) {
    expect(timeMs).toBeGreaterThan(1e12)
    for (const nodeId of [nodeA, nodeB]) {
      const place = answer.result.labels.indexOf(machineGuidOf(nodeId)) - 1
      expect(cells[place]?.[0]).toBeCloseTo(combine.sum(valuesAt(nodeId, 'disk.util', timeMs / 1_000).map(({ value }) => value)), 6)
    }
  }
})

it.each([
  [['instance'], [], (nodeId: NodeId, chartId: string) => `${chartId}@${machineGuidOf(nodeId)}`],
  [['label'], ['device'], (_nodeId: NodeId, _chartId: string, device: string) => device],
  [['context'], [], () => 'disk.util'],
  [['units'], [], () => '% of time working'],
  [['selected'], [], () => 'selected'],
  [['dimension', 'node'], [], (nodeId: NodeId) => `utilization,${machineGuidOf(nodeId)}`],
] as const)('[CR12] groups by %j over agents of several generations', async (groupBy, labels, idOf) => {
  serve('A', nodeA)
  serve('B', nodeB)
  const answer = await ask({ scope: { contexts: ['disk.util'] }, aggregations: metrics([...groupBy], 'sum', [...labels]) })
  const expected = (timeS: number) => {
    const sums = new Map<string, number>()
    for (const nodeId of [nodeA, nodeB]) {
      for (const { chartId, labels: own, value } of valuesAt(nodeId, 'disk.util', timeS)) {
        const id = idOf(nodeId, chartId, own['device'] ?? '')
        sums.set(id, (sums.get(id) ?? 0) + value)
      }
    }
    return sums
  }
  const [timeS = 0, ...cells] = answer.result.data[20] ?? []
  const sums = expected(timeS)
  expect(answer.result.labels.slice(1).toSorted()).toEqual([...sums.keys()].toSorted())
  answer.result.labels.slice(1).forEach((id, place) => expect(cells[place]?.[0]).toBeCloseTo(sums.get(id) ?? Number.NaN, 6))
})

it('[CR13] labels, instances and dimensions narrow what is counted, and stay in the lists to choose from', async () => {
  serve('A', nodeA)
  serve('C', nodeB)
  const scope = { contexts: ['disk.io'], labels: ['device:sda', 'device:sdb'], dimensions: ['reads'] }
  const answer = await ask({ scope, selectors: { ...scope, nodes: ['*'], instances: ['*'] }, aggregations: metrics(['dimension'], 'sum') })
  expect(answer.result.labels).toEqual(['time', 'reads'])
  const [timeS = 0, cell] = answer.result.data[10] ?? []
  const wanted = [nodeA, nodeB].flatMap((nodeId) =>
    valuesAt(nodeId, 'disk.io', timeS).filter(
      ({ dimension, labels }) => dimension === 'reads' && ['sda', 'sdb'].includes(labels['device'] ?? ''),
    ),
  )
  expect(cell?.[0]).toBeCloseTo(combine.sum(wanted.map(({ value }) => value)), 6)
  expect(answer.summary.labels.find(({ id }) => id === 'device')?.vl.map(({ id }) => id)).toContain('sda')
})

it('[CR13] nodes are chosen hard by their ids and softly by patterns', async () => {
  const one = serve('A', nodeA)
  const two = serve('C', nodeB)
  const byId = await ask({ scope: { contexts: ['system.cpu'], nodes: [nodeB.toUpperCase()] } })
  expect([byId.summary.nodes.map(({ nd }) => nd), one.asked.length, two.asked.length]).toEqual([[nodeB], 0, 1])
  const byGuid = await ask({ scope: { contexts: ['system.cpu'], nodes: [machineGuidOf(nodeA)] } })
  expect(byGuid.summary.nodes.map(({ nd }) => nd)).toEqual([nodeA])
  const byPattern = await ask({ scope: { contexts: ['system.cpu'] }, selectors: { nodes: ['!host-1', '*'] } })
  // What was left out is shown, and was not asked.
  expect([byPattern.summary.nodes.map(({ nd }) => nd), one.asked.length, two.asked.length]).toEqual([[nodeA, nodeB], 2, 2])
})

it('[CR14] nothing that matches is an empty table, whatever it was that matched nothing', async () => {
  serve('A', nodeA)
  serve('C', nodeB)
  for (const body of [
    { scope: { contexts: ['no.such'] } },
    { scope: { contexts: ['system.cpu'], nodes: [foreignNode] } },
    { scope: { contexts: ['system.cpu'], nodes: ['44444444-4444-4444-8444-444444444444'] } },
    { scope: { contexts: ['system.cpu'], labels: ['a:b&c=d'] } },
    { scope: { contexts: ['system.cpu'], dimensions: ['nothing'] } },
  ]) {
    const answer = await ask(body)
    expect([answer.result.labels, answer.result.data, answer.summary.alerts]).toEqual([['time'], [], []])
    expect(answer.view.dimensions).toMatchObject({ ids: [], names: [] })
  }
  live.visible.clear()
  expect((await ask({ scope: { contexts: ['system.cpu'] } })).summary.nodes).toEqual([])
})

it('[CR15] a node that fails is told of among the nodes, and only when all fail it is an error', async () => {
  serve('A', nodeA)
  const failing = serveFakeAgent(live.bus, nodeB, undefined, 'C')
  failing.answerAlways('<h1>secret words 42</h1>', { httpStatus: 503 })
  live.visible.add(nodeC)
  const answer = await send({ scope: { contexts: ['system.cpu'] }, window })
  expect(answer.status).toBe(200)
  expect((answer.json as unknown as Reply).summary.nodes.map(({ st }) => [st.code, st.msg === ''])).toEqual([
    [200, true],
    [503, false],
    [503, false],
  ])
  expect(answer.text).not.toMatch(/secret|42<|errorMessage|errorMsgKey/)
  const none = await send({ scope: { contexts: ['system.cpu'], nodes: [nodeB, nodeC] }, window })
  expect([none.status, none.json]).toMatchObject([400, { errorCode: 'ALL_NODES_FAILED', errorMsgKey: 'ErrAllNodesFailed' }])
  expect(none.text).not.toContain('secret')
})

it('[CR15] what has not answered in most of the time that clients wait is told as late, and the rest is given', async () => {
  serve('C', nodeA)
  const slow = serveFakeAgent(live.bus, nodeB, undefined, 'C')
  const waiting = callRest(live.port, address(), { body: { scope: { contexts: ['system.cpu'] }, window } })
  const { signal } = await slow.question(0)
  await waitUntil(() => (live.relay.stats().asksInFlight === 1 ? true : undefined))
  live.clock.advance(8_499)
  expect(signal.aborted).toBe(false)
  live.clock.advance(1)
  const { status, json } = await waiting.reply
  expect([status, (json as unknown as Reply).summary.nodes.map(({ st }) => st.code)]).toEqual([200, [200, 504]])
  expect(signal.aborted).toBe(true)
})

it('[CR16] who leaves cancels at the agents, and a closing relay answers everybody', async () => {
  const slow = serveFakeAgent(live.bus, nodeA, undefined, 'C')
  const left = callRest(live.port, address(), { body: { scope: { contexts: ['system.cpu'] }, window } })
  const { signal } = await slow.question(0)
  const cancelled = new Promise((resolve) => signal.addEventListener('abort', resolve))
  left.leave()
  await cancelled
  const waiting = callRest(live.port, address(), { body: { scope: { contexts: ['system.ram'] }, window } })
  await slow.question(1)
  await live.relay.close()
  expect(await waiting.reply).toMatchObject({ status: 503, json: { errorCode: 'RESTARTING' } })
})

it('[CR17] a limit keeps the largest and folds the others into OTHERS without losing any', async () => {
  serve('A', nodeA)
  serve('C', nodeB)
  const whole = await ask({ scope: { contexts: ['system.ram'] }, aggregations: metrics(['dimension'], 'sum') })
  const folded = await ask({ scope: { contexts: ['system.ram'] }, aggregations: metrics(['dimension'], 'sum'), limit: 1 })
  expect(folded.result.labels).toEqual(['time', 'used', 'OTHERS'])
  const sumOf = (answer: Reply, row: number) =>
    combine.sum((answer.result.data[row] ?? [0]).slice(1).map((cell) => (cell as number[])[0] ?? 0))
  expect(sumOf(folded, 5)).toBeCloseTo(sumOf(whole, 5), 6)
  // One agent alone that is too old for a limit gives the same.
  // Zero is no limit.
  expect((await ask({ scope: { contexts: ['system.ram'] }, limit: 0, timeout: 0 })).result.labels).toHaveLength(4)
  const alone = await ask({ scope: { contexts: ['system.ram'], nodes: [nodeB] }, aggregations: metrics(['dimension'], 'sum'), limit: 1 })
  expect(alone.result.labels).toEqual(['time', 'used', 'OTHERS'])
})

it('[CR17] what cannot be joined without an error is refused, unless one agent can answer it', async () => {
  const agent = serve('C', nodeA, nodeB)
  const median = { scope: { contexts: ['system.cpu'] }, aggregations: metrics(['node'], 'median') }
  expect((await send({ ...median, window })).status).toBe(200)
  const twice = {
    metrics: [
      { group_by: ['node'], aggregation: 'sum' },
      { group_by: ['selected'], aggregation: 'max' },
    ],
  }
  expect((await send({ scope: { contexts: ['system.cpu'] }, aggregations: twice, window })).status).toBe(200)
  expect(agent.asked.at(-1)?.target).toContain(
    'group_by%5B0%5D=node&aggregation%5B0%5D=sum&group_by%5B1%5D=selected&aggregation%5B1%5D=max&',
  )
  live.visible.add(nodeC)
  serve('B', nodeC)
  expect(await send({ ...median, window })).toMatchObject({ status: 400, json: { errorMsgKey: 'ErrBadRequest' } })
})

it('[CR18] gaps are cells with null', async () => {
  const agent = serveFakeAgent(live.bus, nodeA, undefined, 'C')
  live.visible.delete(nodeB)
  const given = {
    result: {
      labels: ['time', 'a', 'b'],
      point: { value: 0, arp: 1, pa: 2 },
      data: [
        [20, [1, 0, 0], null],
        [10, 7, [null, 0, 1]],
      ],
    },
    errorMessage: 'x',
    errorMsgKey: 'x',
  }
  agent.answerAlways(JSON.stringify(given))
  const { json, text } = await send({ scope: { contexts: ['a'] }, window })
  expect((json as unknown as Reply).result.data).toEqual([
    [10, [7, 0, 0], [null, 0, 1]],
    [20, [1, 0, 0], [null, 0, 1]],
  ])
  expect(json).toMatchObject({
    summary: { nodes: [{ nd: nodeA }], instances: [], labels: [] },
    view: { units: '', dimensions: { ids: ['a', 'b'] } },
  })
  expect(text).not.toMatch(/errorMessage|errorMsgKey/)
})

it('[CR18] agents that answer nonsense, or too much, fail alone', async () => {
  serve('C', nodeB)
  const agent = serveFakeAgent(live.bus, nodeA, undefined, 'C')
  for (const body of [
    '',
    'null',
    '[]',
    '"x"',
    '{}',
    '{"result":1}',
    '{"result":{"labels":1,"data":{"a":1}}}',
    '{"result":{"labels":["time","a"],"data":[["x"],[1],null]}}',
    '{'.repeat(5_000),
  ]) {
    agent.answerAlways(body)
    expect((await send({ scope: { contexts: ['system.cpu'] }, window })).status).toBe(200)
  }
  agent.answerAlways(Buffer.alloc(17 * 1024 * 1024, 0x20))
  const { json } = await send({ scope: { contexts: ['system.cpu'] }, window })
  expect((json as unknown as Reply).summary.nodes.map(({ st }) => st.code)).toEqual([413, 200])
  const alone = await send({ scope: { contexts: ['system.cpu'], nodes: [nodeA] }, window })
  expect(alone).toMatchObject({ status: 400, json: { errorMsgKey: 'ErrBigAgentResponses' } })
})

it.each([
  ['not JSON', '{', 400],
  ['an array', '[]', 400],
  ['a number', '1', 400],
  ['a star among ids', { scope: { nodes: ['*'] } }, 400],
  ['a group nobody knows', { aggregations: { metrics: [{ group_by: ['x'] }] } }, 400],
  ['a wrong type', { scope: { nodes: 7 } }, 400],
  ['another format', { format: 'csv' }, 400],
  ['words in time_group', { aggregations: { time: { time_group: 'a&b=c' } } }, 400],
  ['deep nesting', `{"x":${'['.repeat(5_000)}${']'.repeat(5_000)}}`, 400],
  ['64 KiB and more', { x: 'y'.repeat(70_000) }, 413],
  [
    'prototype keys',
    '{"__proto__":{"scope":{"nodes":["*"]}},"constructor":{"prototype":{"a":1}},"scope":{"contexts":["system.cpu"]}}',
    200,
  ],
  ['unknown members', { what: { ever: [1] }, scope: { contexts: ['system.cpu'], more: 1 } }, 200],
  ['nulls', { scope: { contexts: ['system.cpu'], nodes: null }, selectors: null, aggregations: null, options: null, timeout: null }, 200],
  ['a list that is huge', { scope: { contexts: Array.from({ length: 6_000 }, () => 'a') } }, 400],
])('[CR19] %s', async (_what, body, status) => {
  serve('C', nodeA)
  live.visible.delete(nodeB)
  expect((await send(body)).status).toBe(status)
})

it('[CR19] no text of a client reaches an agent as a parameter of its own', async () => {
  const agent = serve('C', nodeA, nodeB)
  const hostile = ['a&scope_nodes=*', 'a|b', 'a,b', 'a%26b', 'a\r\nX-Netdata-Role: admin', 'a"b', 'fine']
  await ask({ scope: { contexts: hostile, dimensions: hostile, instances: hostile, labels: hostile } })
  const [{ target } = { target: '' }] = agent.asked
  expect(target).toContain('scope_contexts=fine&contexts=fine&instances=fine&dimensions=fine&labels=fine&')
  expect(target.match(/scope_nodes=/g)).toHaveLength(1)
})

it('[CR20] a foreign, absent or malformed room is one 404, and nothing is asked', async () => {
  const agent = serve('C', nodeA, nodeB)
  const answers = [
    await send({}, {}, address('data', 3, '12121212-1212-4212-8212-121212121212')),
    await send({}, {}, address('data', 3, 'x')),
  ]
  for (const { status, json } of answers) expect([status, json['errorMessage']]).toEqual([404, 'There is no such room.'])
  expect(agent.asked).toEqual([])
})

it('[CR20] proof comes first: strangers and pages of other sites are refused before a body is read', async () => {
  live.rights.refusal = 'UNAUTHENTICATED'
  expect(await send('x'.repeat(1_000))).toMatchObject({ status: 401, json: { errorMsgKey: 'ErrUnauthenticated' } })
  live.rights.refusal = undefined
  serve('C', nodeA, nodeB)
  const cookie = (origin: string) =>
    callRest(live.port, address(), { body: { scope: { contexts: ['system.cpu'] } }, headers: { authorization: '', cookie: 'a=b', origin } })
  const withoutBearer = async (origin: string) => {
    const answer = await fetch(`http://127.0.0.1:${live.port}${address()}`, {
      method: 'POST',
      body: '{}',
      headers: { cookie: 'a=b', origin },
    })
    return answer.status
  }
  expect(await withoutBearer('https://evil.example')).toBe(403)
  expect(await withoutBearer('https://localhost:8443')).toBe(200)
  cookie('https://localhost:8443').leave()
  expect((await send({}, { method: 'GET' })).status).toBe(405)
  expect((await send({}, {}, `/${address()}`)).status).toBe(200)
})

it('[CR21] the older forms of the body are read, too', async () => {
  serve('A', nodeA)
  serve('C', nodeB)
  const body = {
    filter: { nodeIDs: [nodeA, nodeB], context: 'system.cpu' },
    after: window.after,
    before: window.before,
    points: 50,
    group: 'average',
    gtime: 0,
    agent_options: ['jsonwrap', 'ms'],
    aggregations: [{ method: 'sum', groupBy: ['dimension'] }],
    format: 'json',
  }
  const { status, json } = await send(body, {}, address('data', 1))
  const answer = json as unknown as Reply
  const [timeMs = 0, ...cells] = answer.result.data[3] ?? []
  const user = answer.result.labels.indexOf('user') - 1
  const values = [nodeA, nodeB].map(
    (nodeId) => valuesAt(nodeId, 'system.cpu', timeMs / 1_000).find(({ dimension }) => dimension === 'user')?.value ?? 0,
  )
  expect([status, answer.api]).toEqual([200, 1])
  expect(cells[user]?.[0]).toBeCloseTo(combine.sum(values), 6)
})

it('[CR32] neither log nor refusal holds a value, a name or a part of what was asked', async () => {
  const lines: string[] = []
  const write = (event: string, fields?: LogFields) => void lines.push(`${event} ${JSON.stringify(fields)}`)
  const other = await startLiveRelay({ error: write, warn: write, info: write, debug: write })
  try {
    const agent = serveFakeAgent(other.bus, nodeA, undefined, 'C')
    other.visible.delete(nodeB)
    const texts: string[] = []
    for (const [body, httpStatus] of [
      ['{"needle":8675309', 200],
      ['{"result":"needle 8675309"}', 500],
      ['needle 8675309', 418],
    ] as const) {
      agent.answerAlways(body, { httpStatus })
      texts.push((await callRest(other.port, address(), { body: { scope: { contexts: ['needle.context'] }, window } }).reply).text)
    }
    texts.push((await callRest(other.port, address(), { body: { scope: { nodes: 'needle' }, format: 'needle' } }).reply).text)
    expect([...texts, ...lines].join('\n')).not.toMatch(/needle|8675309/)
  } finally {
    await other.stop()
  }
})
