import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { ClaimId } from '../../src/domain/ids.ts'
import type { LiveQuestion } from '../../src/live/messages.ts'
import { silentLog } from '../../src/support/log.ts'
import { capabilitiesOf, serveFakeAgent } from '../../test/doubles/agents/fake-agent.ts'
import type { LiveBrowser } from '../../test/doubles/people/live-browser.ts'
import { nodeA, nodeB, startLiveRelay } from '../../test/doubles/people/live-relay.ts'
import type { LiveRelayDouble } from '../../test/doubles/people/live-relay.ts'

let live: LiveRelayDouble

beforeEach(async () => {
  live = await startLiveRelay(silentLog)
})
afterEach(() => live.stop())

const agentOf = (generation: keyof typeof capabilitiesOf) => serveFakeAgent(live.bus, nodeA, 'claim' as ClaimId, generation)
const ask = (browser: LiveBrowser, id: number, question: LiveQuestion) => browser.send({ type: 'ask', id, nodeId: nodeA, question })

const call: LiveQuestion = { kind: 'function', name: 'processes', args: [{ key: 'info' }], timeoutS: 10 }
const get: LiveQuestion = { kind: 'config', action: 'get', id: 'health:alert:prototype:x', timeoutS: 10 }
const update: LiveQuestion = { kind: 'config', action: 'update', id: 'health:alert:prototype:x', body: '{"rules":[]}', timeoutS: 10 }
const sum: LiveQuestion = {
  kind: 'data-v2',
  contexts: ['system.cpu'],
  afterS: -60,
  beforeS: 0,
  points: 60,
  groupBy: ['node'],
  groupByLabels: [],
  aggregation: 'sum',
  timeGroup: 'average',
}

it.each([
  {
    generation: 'A',
    paths: { 'data-v2': 'AGENT_TOO_OLD', function: 'GET /api/v1/function', get: 'AGENT_TOO_OLD', update: 'AGENT_TOO_OLD' },
  },
  {
    generation: 'B',
    paths: { 'data-v2': 'GET /api/v2/data', function: 'GET /api/v1/function', get: 'AGENT_TOO_OLD', update: 'AGENT_TOO_OLD' },
  },
  {
    generation: 'B with config',
    paths: { 'data-v2': 'GET /api/v2/data', function: 'GET /api/v1/function', get: 'GET /api/v1/config', update: 'POST /api/v1/config' },
  },
  {
    generation: 'C',
    paths: { 'data-v2': 'GET /api/v3/data', function: 'GET /api/v3/function', get: 'GET /api/v1/config', update: 'POST /api/v1/config' },
  },
] as const)('[RL102] asks an agent of generation $generation what it knows, and refuses the rest', async ({ generation, paths }) => {
  const agent = agentOf(generation)
  agent.answerAlways('{}')
  const browser = await live.open()
  const got: Record<string, string> = {}
  for (const [id, [what, question]] of Object.entries({ 'data-v2': sum, function: call, get, update }).entries()) {
    const before = agent.asked.length
    ask(browser, id + 1, question)
    const received = await browser.next()
    if (received.type === 'error') {
      expect(agent.asked.length).toBe(before)
      got[what] = received.code
    } else {
      const asked = agent.asked[before]?.question
      got[what] = `${asked?.method} ${asked?.target.split('?')[0]}`
    }
  }
  expect(got).toEqual(paths)
})

it('[RL112] refuses with FORBIDDEN what the role does not allow, and asks no agent', async () => {
  const agent = agentOf('C')
  live.rights.role = 'observer'
  live.rights.permissions = 0x00b
  const browser = await live.open()
  for (const [index, question] of [call, get, update].entries()) {
    ask(browser, index + 1, question)
    expect(await browser.nextOf('error')).toEqual({
      type: 'error',
      id: index + 1,
      code: 'FORBIDDEN',
      message: 'Your role does not allow this.',
      retry: false,
    })
  }
  expect(agent.asked).toHaveLength(0)
  ask(browser, 9, { kind: 'functions' })
  expect((await agent.question(0)).question.asker).toEqual({ role: 'observer', permissions: 0x00b })
})

it('[RL115] a question that the role of now does not allow any more is cancelled at the agent, the others go on', async () => {
  const agent = agentOf('C')
  const browser = await live.open()
  ask(browser, 1, update)
  ask(browser, 2, { kind: 'info' })
  const [changing, looking] = [await agent.question(0), await agent.question(1)]
  live.rights.role = 'observer'
  live.rights.permissions = 0x00b
  live.clock.advance(4_000)
  expect(await browser.nextOf('error')).toMatchObject({ id: 1, code: 'FORBIDDEN' })
  expect([changing.signal.aborted, looking.signal.aborted]).toEqual([true, false])
  looking.answer('still here')
  expect((await browser.nextOf('frame')).body).toBe('still here')
})

it.each([202, 298, 299, 304, 400, 403, 404, 412, 413, 451, 499, 501, 503, 504])(
  '[RL116] status %i of the agent stands in the frame',
  async (httpStatus) => {
    const agent = agentOf('C')
    agent.answerAlways('its own words', { httpStatus })
    const browser = await live.open()
    ask(browser, 5, update)
    expect(await browser.next()).toMatchObject({ type: 'frame', head: { kind: 'answer', id: 5, httpStatus }, body: 'its own words' })
  },
)

it.each([
  { what: 'data', question: { kind: 'data', contexts: ['a'], afterS: -9, beforeS: 0, points: 9 } },
  { what: 'aggregated data', question: sum },
  { what: 'a function', question: call },
  { what: 'configuration', question: get },
  { what: 'a change', question: update },
  { what: 'the functions', question: { kind: 'functions' } },
] as const)('[RL117] when the viewer leaves, $what is cancelled at the agent at once', async ({ question }) => {
  const agent = agentOf('C')
  const browser = await live.open()
  ask(browser, 1, question)
  const { signal } = await agent.question(0)
  browser.socket.terminate()
  await vi.waitFor(() => expect(signal.aborted).toBe(true))
  expect(live.relay.stats().asksInFlight).toBe(0)
})

it('[RL107] two people with the same permissions share a function call; another role asks for itself', async () => {
  const agent = agentOf('C')
  const [ann, bob] = [await live.open(), await live.open()]
  ask(ann, 1, call)
  const shared = await agent.question(0)
  ask(bob, 1, call)
  ask(bob, 2, { kind: 'functions' })
  await agent.question(1)
  live.rights.role = 'troubleshooter'
  live.rights.permissions = 0x01b
  const eve = await live.open()
  ask(eve, 1, call)
  await agent.question(2)
  shared.answer('for both')
  expect([(await ann.nextOf('frame')).body, (await bob.nextOf('frame')).body]).toEqual(['for both', 'for both'])
  expect(agent.asked.map(({ question }) => question.asker?.permissions)).toEqual([0x7ff, 0x7ff, 0x01b])
})

it('[RL113] several answers of many MiB reach one reader, and small ones do not wait for all of them', async () => {
  const agent = agentOf('C')
  const browser = await live.open()
  const body = Buffer.alloc(7 * 1024 * 1024, 'v')
  for (let id = 1; id <= 3; id++) ask(browser, id, { kind: 'config', action: 'get', id: `item-${id}`, timeoutS: 10 })
  ask(browser, 4, { kind: 'functions' })
  ask(browser, 5, { kind: 'info' })
  const [first, second, functions, info] = [
    await agent.question(0),
    await agent.question(1),
    await agent.question(2),
    await agent.question(3),
  ]
  first.answer(body)
  second.answer(body)
  functions.answer('small')
  info.answer('small')
  ;(await agent.question(4)).answer(body)
  const order: number[] = []
  while (order.length < 5) order.push((await browser.nextOf('frame')).head.id)
  expect(order.indexOf(4)).toBeLessThan(order.indexOf(2))
  expect(order.indexOf(5)).toBeLessThan(order.indexOf(3))
  expect(new Set(order)).toEqual(new Set([1, 2, 3, 4, 5]))
  expect(live.relay.stats()).toMatchObject({ viewers: 1, slowViewersClosed: 0 })
})

it('[RL110] children of one parent take turns over the socket, and one that never answers delays them by its timeout only', async () => {
  const parent = 'parent' as ClaimId
  const [one, two] = [serveFakeAgent(live.bus, nodeA, parent), serveFakeAgent(live.bus, nodeB, parent)]
  const browser = await live.open()
  const past = { kind: 'data', contexts: ['a'], afterS: -9, beforeS: 0, points: 9 } as const
  browser.send({ type: 'ask', id: 1, nodeId: nodeA, question: past })
  await one.question(0)
  browser.send({ type: 'ask', id: 2, nodeId: nodeB, question: past })
  browser.send({ type: 'ask', id: 3, nodeId: nodeB, question: { kind: 'info' } })
  ;(await two.question(0)).answer('info first')
  expect((await browser.nextOf('frame')).head.id).toBe(3)
  live.clock.advance(29_999)
  expect(two.asked).toHaveLength(1)
  one.asked[0]?.answer('late')
  ;(await two.question(1)).answer('then the other')
  expect([(await browser.nextOf('frame')).body, (await browser.nextOf('frame')).body]).toEqual(['late', 'then the other'])
})
