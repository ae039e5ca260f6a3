import { afterEach, beforeEach, expect, it } from 'vitest'
import type { ClaimId } from '../../../src/domain/ids.ts'
import { silentLog } from '../../../src/support/log.ts'
import { serveFakeAgent, type FakeAgent } from '../../../test/doubles/agents/fake-agent.ts'
import { machineGuidOf, nodeA, nodeB, room, startLiveRelay, type LiveRelayDouble } from '../../../test/doubles/people/live-relay.ts'
import { callRest } from '../../../test/doubles/people/rest-caller.ts'

const space = '66666666-6666-4666-8666-666666666666'
let live: LiveRelayDouble
let [first, second]: FakeAgent[] = []
beforeEach(async () => {
  live = await startLiveRelay(silentLog)
  first = serveFakeAgent(live.bus, nodeA, undefined, 'A')
  second = serveFakeAgent(live.bus, nodeB, undefined, 'C')
})
afterEach(() => live.stop())

const post = (thing: string, body: unknown, version = 2) =>
  callRest(live.port, `/api/v${version}/spaces/${space}/rooms/${room}/${thing}`, { body }).reply

const alarm = (id: number, name: string, status: string, value: number, more: object = {}) => ({
  [`system.cpu.${name}`]: {
    id,
    name,
    chart: 'system.cpu',
    context: 'system.cpu',
    status,
    value,
    last_updated: 100,
    last_status_change: 50 + id,
    units: '%',
    class: 'Utilization',
    ...more,
  },
})

it('[CR28] alerts of all nodes with their values, the most severe first', async () => {
  first?.answerAlways(JSON.stringify({ alarms: { ...alarm(1, 'calm', 'CLEAR', 3), ...alarm(2, 'hot', 'WARNING', 85.5) } }))
  second?.answerAlways(
    JSON.stringify({ alarms: { ...alarm(3, 'hot', 'CRITICAL', 99), ...alarm(4, 'odd', 'UNDEFINED', 0, { value: null }) } }),
  )
  const { status, json } = await post('alerts', { options: ['instances', 'values', 'summary'] })
  expect([status, json]).toMatchObject([
    200,
    {
      alert_instances: [
        { ni: 1, nm: 'hot', st: 'CRITICAL', v: 99, t: 100, ch: 'system.cpu', ctx: 'system.cpu', units: '%', cl: 'Utilization', tr_t: 53 },
        { ni: 0, nm: 'hot', st: 'WARNING', v: 85.5 },
        { ni: 1, nm: 'odd', v: null },
        { ni: 0, nm: 'calm', v: 3 },
      ],
      alerts: [
        { nm: 'hot', ni: [1, 0], cr: 1, wr: 1, cl: 0, in: 2, nd: 2 },
        { nm: 'odd', er: 1 },
        { nm: 'calm', cl: 1 },
      ],
      nodes: [
        { ni: 0, nd: nodeA, mg: machineGuidOf(nodeA) },
        { ni: 1, nd: nodeB },
      ],
      total: 4,
    },
  ])
  const raised = await post('alerts', { options: ['instances'], status: ['raised'], limit: 1, offset: 1 })
  expect(first?.asked.at(-1)?.question.target).toBe('/api/v1/alarms')
  expect(raised.json).toMatchObject({ alerts: [], alert_instances: [{ nm: 'hot', st: 'WARNING' }], total: 2 })
  expect(raised.text).not.toContain('"v":')
  expect((await post('alerts', { name: 'calm', alarm_id_filter: ['1'] })).json).toMatchObject({ total: 1 })
})

it('[CR28] nodes that fail are told of, and hostile alerts are taken as they are', async () => {
  first?.answerAlways('{"alarms":{"__proto__":{"name":1},"a":null,"b":[],"c":{"name":{"x":1},"status":7,"value":"1e999"}}}')
  second?.answerAlways('secret', { httpStatus: 503 })
  const { status, json, text } = await post('alerts', {})
  expect([status, (json['nodes'] as { st: { code: number } }[]).map(({ st }) => st.code)]).toEqual([200, [200, 503]])
  expect(text).not.toContain('secret')
  first?.answerAlways('nonsense')
  expect((await post('alerts', {})).json['errorMsgKey']).toBe('ErrAllNodesFailed')
})

it('[CR29] transitions after a time, newest first', async () => {
  const entry = (when: number, name: string, status: string, more: object = {}) => ({
    unique_id: when,
    name,
    chart: 'system.cpu',
    context: 'system.cpu',
    status,
    old_status: 'CLEAR',
    when,
    value: 9,
    old_value: 1,
    ...more,
  })
  first?.answerAlways(JSON.stringify([entry(300, 'hot', 'WARNING', { transition_id: 'tr-1' }), entry(100, 'hot', 'CLEAR')]))
  second?.answerAlways(JSON.stringify([entry(400, 'cold', 'CRITICAL'), 7, null]))
  const { status, json } = await post('alert_transitions', { after: 200, limit: 10 })
  expect([status, json['transitions']]).toMatchObject([
    200,
    [
      { node_id: nodeB, alert: 'cold', when: 400, new: { status: 'CRITICAL', value: 9 }, old: { status: 'CLEAR', value: 1 } },
      { transition_id: 'tr-1', node_id: nodeA, alert: 'hot', instance: 'system.cpu', when: 300 },
    ],
  ])
  const some = await post('alert_transitions', {
    after: 1,
    before: 350,
    alert_names: ['hot'],
    status: ['warning'],
    node_ids: [nodeA],
    last: 5,
  })
  expect(some.json).toMatchObject({ transitions: [{ when: 300 }], total: 1 })
  for (const after of [0, -600, undefined]) expect((await post('alert_transitions', { after })).status).toBe(400)
})

const weights = (rows: unknown[][], names: readonly string[]) =>
  JSON.stringify({
    api: 3,
    schema: { type: 'array' },
    result: rows,
    dictionaries: {
      nodes: [{ mg: names[0], ni: 0 }],
      contexts: [{ id: 'system.cpu' }],
      instances: [{ id: 'system.cpu' }],
      dimensions: [{ id: 'user' }, { id: names[1] }],
    },
  })

it('[CR30] one agent’s weights are passed on as they are', async () => {
  live.visible.delete(nodeA)
  second?.answerAlways(weights([[0, 0, 0, 0, 0, 0.25, [1, 2, 3, 6, 3, 0]]], ['mg', 'system']))
  const { status, json } = await post(
    'weights',
    {
      scope: { nodes: [], contexts: ['system.*'] },
      window: { after: 1_000, before: 1_100, points: 100, baseline: { after: 600, before: 1_000 } },
      method: 'ks2',
      options: ['minify', 'nonzero', 'unaligned'],
      timeout: 180_000,
    },
    3,
  )
  expect([status, json['result']]).toEqual([200, [[0, 0, 0, 0, 0, 0.25, [1, 2, 3, 6, 3, 0]]]])
  expect(second?.asked[0]?.question.target).toBe(
    `/api/v3/weights?scope_nodes=${nodeB}&scope_contexts=system.*&contexts=system.*&after=1000&before=1100&points=100&time_group=average&baseline_after=600&baseline_before=1000&method=ks2&group_by=dimension&aggregation=average&options=minify,nonzero,unaligned&timeout=102000`,
  )
  expect((await post('weights', { method: 'nonsense' }, 3)).status).toBe(400)
})

it('[CR30] weights of several agents are joined by their natural numbers and ranked anew', async () => {
  first?.disconnect()
  const other = serveFakeAgent(live.bus, nodeA, 'another claim' as ClaimId, 'B')
  other.answerAlways(
    weights(
      [
        [0, 0, 0, 0, 0, 0.9],
        [0, 0, 0, 0, 1, 0.1],
      ],
      ['mg-a', 'system'],
    ),
  )
  second?.answerAlways(weights([[0, 0, 0, 0, 1, 0.5]], ['mg-b', 'iowait']))
  const { json } = await post('weights', { scope: { contexts: ['system.cpu'] } }, 3)
  expect(other.asked[0]?.question.target).toContain('options=minify,unaligned,raw')
  expect(json).toMatchObject({
    method: 'volume',
    result: [
      [0, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, 1, 1],
      [0, 1, 0, 1, 2, 0.5],
    ],
    dictionaries: {
      nodes: [{ mg: 'mg-a' }, { mg: 'mg-b' }],
      contexts: [{ id: 'system.cpu' }],
      dimensions: [{ id: 'user' }, { id: 'system' }, { id: 'iowait' }],
    },
    failed: [],
  })
})
