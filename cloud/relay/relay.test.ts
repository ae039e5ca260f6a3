import { once } from 'node:events'
import { WebSocket } from 'ws'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { silentLog } from '../../src/support/log.ts'
import { serveFakeAgent } from '../../test/doubles/agents/fake-agent.ts'
import type { FakeAgent } from '../../test/doubles/agents/fake-agent.ts'
import { foreignNode, nodeA, nodeB, startLiveRelay } from '../../test/doubles/people/live-relay.ts'
import type { LiveRelayDouble } from '../../test/doubles/people/live-relay.ts'
import type { LiveBrowser } from '../../test/doubles/people/live-browser.ts'

let live: LiveRelayDouble
let agent: FakeAgent

beforeEach(async () => {
  live = await startLiveRelay(silentLog)
  agent = serveFakeAgent(live.bus, nodeA)
})
afterEach(() => live.stop())

/** Lets time pass in steps in which the browser can answer pings: two round trips, so that its pong has arrived. */
async function passSeconds(seconds: number, { socket, closed }: LiveBrowser) {
  for (let passed = 0; passed < seconds; passed += 2) {
    live.clock.advance(2_000)
    for (let trip = 0; trip < 2 && socket.readyState === WebSocket.OPEN; trip++) {
      socket.ping()
      await Promise.race([once(socket, 'pong'), closed])
    }
  }
}

const cpu = { type: 'subscribe', id: 1, nodeId: nodeA, contexts: ['system.cpu'], cadenceMs: 1_000 } as const

it.each([
  { refusal: 'UNAUTHENTICATED', status: 401 },
  { refusal: 'SESSION_EXPIRED', status: 401 },
  { refusal: 'ORIGIN_REFUSED', status: 403 },
] as const)('[RL1] refuses an upgrade with $refusal as $status', async ({ refusal, status }) => {
  live.rights.refusal = refusal
  const socket = new WebSocket(live.url).on('error', () => {})
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }]
  expect(response.statusCode).toBe(status)
  expect(live.relay.stats().viewers).toBe(0)
})

it('[RL2] greets first', async () => {
  const browser = await live.open()
  expect(browser.received).toEqual([{ type: 'welcome', protocol: 1, expiresAtMs: live.rights.expiresAtMs }])
})

it('[RL3] answers a subscription with stream and state, then with the bytes of the agent, untouched', async () => {
  live.setState(nodeA, 'live')
  const browser = await live.open()
  browser.send(cpu)
  const subscribed = await browser.nextOf('subscribed')
  expect(await browser.nextOf('node')).toEqual({ type: 'node', nodeId: nodeA, state: 'live' })
  ;(await agent.question(0)).answer('not really gzip', { isGzip: true, httpStatus: 203 })
  expect(await browser.nextOf('frame')).toEqual({
    type: 'frame',
    head: { kind: 'tick', isGzip: true, part: 0, httpStatus: 203, id: subscribed.stream, tick: 1 },
    body: 'not really gzip',
  })
})

it('[RL4] twenty browsers cost the agent one question a tick', async () => {
  agent.answerAlways('shared')
  const browsers = await Promise.all(Array.from({ length: 20 }, () => live.open()))
  for (const browser of browsers) browser.send(cpu)
  await Promise.all(browsers.map((browser) => browser.nextOf('subscribed')))
  const before = agent.asked.length
  live.clock.advance(1_000)
  const frames = await Promise.all(browsers.map((browser) => browser.nextOf('frame')))
  expect(agent.asked.length - before).toBe(1)
  expect(new Set(frames.map(({ head }) => head.id)).size).toBe(1)
})

it('[RL7] a hidden page asks nothing and a shown one gets values again', async () => {
  agent.answerAlways('x')
  const browser = await live.open()
  browser.send(cpu)
  await browser.nextOf('frame')
  browser.send({ type: 'visibility', visible: false })
  browser.send({ type: 'ask', id: 9, nodeId: nodeA, question: { kind: 'info' } })
  await browser.nextOf('frame')
  const before = agent.asked.length
  live.clock.advance(25_000)
  expect(agent.asked.length).toBe(before)
  browser.send({ type: 'visibility', visible: true })
  expect((await browser.nextOf('frame')).head.kind).toBe('tick')
})

it.each(['unsubscribe', 'hide', 'leave'] as const)('[RL8] cancels at the agent when the only viewer goes: %s', async (way) => {
  const browser = await live.open()
  browser.send(cpu)
  const { signal } = await agent.question(0)
  if (way === 'unsubscribe') browser.send({ type: 'unsubscribe', id: 1 })
  else if (way === 'hide') browser.send({ type: 'visibility', visible: false })
  else browser.socket.terminate()
  await vi.waitFor(() => {
    live.clock.advance(500)
    expect(signal.aborted).toBe(true)
  })
})

it('[RL10] a viewer that joins a stream that stands still is told why', async () => {
  agent.disconnect()
  const first = await live.open()
  first.send(cpu)
  expect(await first.nextOf('paused')).toMatchObject({ reason: 'AGENT_UNREACHABLE' })
  const second = await live.open()
  second.send(cpu)
  expect(await second.nextOf('paused')).toMatchObject({ reason: 'AGENT_UNREACHABLE' })
})

it('[RL13] foreign and absent nodes are refused alike, for subscriptions and asks, and no agent is asked', async () => {
  const foreignAgent = serveFakeAgent(live.bus, foreignNode)
  const browser = await live.open()
  const absent = '44444444-4444-4444-8444-444444444444'
  for (const [id, nodeId] of [foreignNode, absent].entries()) {
    browser.send({ ...cpu, id: id + 1, nodeId })
    browser.send({ type: 'ask', id: id + 1, nodeId, question: { kind: 'info' } })
  }
  const errors = [await browser.next(), await browser.next(), await browser.next(), await browser.next()]
  const refusal = { type: 'error', code: 'NOT_FOUND', message: 'There is no such node.', retry: false }
  expect(errors).toEqual([1, 1, 2, 2].map((id) => Object.assign({ id }, refusal)))
  expect(foreignAgent.asked).toEqual([])
})

it('[RL14] a node that may no longer be seen is taken away within five seconds', async () => {
  const browser = await live.open()
  browser.send(cpu)
  browser.send({ type: 'ask', id: 2, nodeId: nodeA, question: { kind: 'info' } })
  const [tick, info] = [await agent.question(0), await agent.question(1)]
  live.visible.delete(nodeA)
  live.clock.advance(4_000)
  expect([await browser.nextOf('error'), await browser.nextOf('error')].map(({ id, code }) => `${id} ${code}`)).toEqual([
    '1 NOT_FOUND',
    '2 NOT_FOUND',
  ])
  live.clock.advance(1_000)
  expect([tick.signal.aborted, info.signal.aborted]).toEqual([true, true])
  expect(live.relay.stats()).toMatchObject({ viewers: 1, subscriptions: 0, streams: 0 })
})

it('[RL15] closes with 4001 within ten seconds when the sign-in has ended', async () => {
  const browser = await live.open()
  live.rights.isSignedIn = false
  await passSeconds(8, browser)
  expect(await browser.closed).toEqual({ code: 4001, reason: 'SESSION_EXPIRED' })
})

it('[RL15] says 4001, not NOT_FOUND, when a node is refused because the sign-in has ended', async () => {
  const browser = await live.open()
  browser.send(cpu)
  await agent.question(0)
  live.rights.isSignedIn = false
  live.visible.delete(nodeA)
  live.clock.advance(4_000)
  expect((await browser.closed).code).toBe(4001)
  expect(browser.received.filter(({ type }) => type === 'error')).toEqual([])
})

it('[RL15] closes with 4001 thirty seconds after an expiry without renewal, and keeps a renewed viewer', async () => {
  live.rights.expiresAtMs = live.clock.nowMs()
  const forgotten = await live.open()
  await passSeconds(28, forgotten)
  expect(live.relay.stats().viewers).toBe(1)
  await passSeconds(4, forgotten)
  expect((await forgotten.closed).code).toBe(4001)

  const renewed = await live.open()
  live.rights.expiresAtMs = live.clock.nowMs() + 15 * 60_000
  await passSeconds(60, renewed)
  renewed.send({ type: 'ask', id: 1, nodeId: nodeA, question: { kind: 'info' } })
  ;(await agent.question(0)).answer('here')
  expect((await renewed.nextOf('frame')).body).toBe('here')
})

it('[RL16] while rights cannot be read, open streams go on for five minutes and nobody new is let in', async () => {
  agent.answerAlways('x')
  const browser = await live.open()
  browser.send(cpu)
  await browser.nextOf('frame')
  live.rights.isStoreDown = true
  browser.send({ ...cpu, id: 2, nodeId: nodeB })
  expect(await browser.nextOf('error')).toMatchObject({ id: 2, code: 'STORE_UNAVAILABLE', retry: true })
  live.clock.advance(4_000)
  expect((await browser.nextOf('frame')).body).toBe('x')
  await passSeconds(290, browser)
  expect(live.relay.stats().viewers).toBe(1)
  await passSeconds(20, browser)
  expect((await browser.closed).code).toBe(1013)
})

it('[RL20] answers an ask with one frame that carries its id', async () => {
  const browser = await live.open()
  browser.send({ type: 'ask', id: 77, nodeId: nodeA, question: { kind: 'contexts' } })
  const open = await agent.question(0)
  open.answer('{}', { isGzip: false })
  expect(await browser.nextOf('frame')).toEqual({
    type: 'frame',
    head: { kind: 'answer', isGzip: false, part: 0, httpStatus: 200, id: 77, tick: 0 },
    body: '{}',
  })
  expect(open.question.target).toBe('/api/v1/contexts?options=charts,dimensions,labels')
})

it('[RL21] two browsers share one question, each answered under its own id', async () => {
  const [ann, bob] = [await live.open(), await live.open()]
  ann.send({ type: 'ask', id: 1, nodeId: nodeA, question: { kind: 'info' } })
  const open = await agent.question(0)
  bob.send({ type: 'ask', id: 2, nodeId: nodeA, question: { kind: 'info' } })
  bob.send({ type: 'ask', id: 3, nodeId: foreignNode, question: { kind: 'info' } })
  await bob.nextOf('error')
  open.answer('both')
  expect([(await ann.nextOf('frame')).head.id, (await bob.nextOf('frame')).head.id, agent.asked.length]).toEqual([1, 2, 1])
})

it('[RL22] a cancelled ask is aborted at the agent and never answered', async () => {
  const browser = await live.open()
  browser.send({ type: 'ask', id: 1, nodeId: nodeA, question: { kind: 'info' } })
  const open = await agent.question(0)
  browser.send({ type: 'cancel', id: 1 })
  await vi.waitFor(() => expect(open.signal.aborted).toBe(true))
  open.answer('too late')
  browser.send({ type: 'ask', id: 1, nodeId: nodeA, question: { kind: 'alerts' } })
  ;(await agent.question(1)).answer('alerts')
  expect((await browser.nextOf('frame')).body).toBe('alerts')
})

it('[RL23] a page asks 32 questions at a time, and one id stands for one of them', async () => {
  const browser = await live.open()
  for (let id = 1; id <= 33; id++) {
    const question = { kind: 'data', contexts: ['system.cpu'], afterS: -id, beforeS: 0, points: 1 } as const
    browser.send({ type: 'ask', id, nodeId: nodeA, question })
  }
  expect(await browser.nextOf('error')).toMatchObject({ id: 33, code: 'RATE_LIMITED', retry: true })
  browser.send({ type: 'ask', id: 1, nodeId: nodeA, question: { kind: 'info' } })
  expect(await browser.nextOf('error')).toMatchObject({ id: 1, code: 'LIVE_MESSAGE_INVALID' })
})

it('[RL28] tells viewers of a node its state when it changes, and nobody else', async () => {
  const [ann, bob] = [await live.open(), await live.open()]
  ann.send(cpu)
  ann.send({ ...cpu, id: 2, cadenceMs: 5_000 })
  bob.send({ ...cpu, nodeId: nodeB })
  await ann.nextOf('node')
  await ann.nextOf('node')
  expect(await bob.nextOf('node')).toMatchObject({ nodeId: nodeB })
  live.setState(nodeA, 'offline')
  live.setState(nodeA, 'live')
  live.setState(nodeB, 'stale')
  expect([await ann.nextOf('node'), await ann.nextOf('node')]).toMatchObject([{ state: 'offline' }, { state: 'live' }])
  expect(await bob.nextOf('node')).toEqual({ type: 'node', nodeId: nodeB, state: 'stale' })
})

it('[RL29] closes every socket with 1012, cancels every question and refuses upgrades from then on', async () => {
  const browser = await live.open()
  browser.send(cpu)
  const { signal } = await agent.question(0)
  await live.relay.close()
  expect(await browser.closed).toEqual({ code: 1012, reason: 'RESTARTING' })
  expect(signal.aborted).toBe(true)
  expect(live.relay.stats()).toMatchObject({ viewers: 0, subscriptions: 0, streams: 0, asksInFlight: 0 })
  const socket = new WebSocket(live.url).on('error', () => {})
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }]
  expect(response.statusCode).toBe(503)
})

it('[RL31] cuts a browser that does not answer a ping, and keeps one that does', async () => {
  const [quiet, awake] = [await live.open(), await live.open()]
  quiet.socket.pause()
  const pinged = once(awake.socket, 'ping')
  live.clock.advance(30_000)
  await pinged
  awake.send({ type: 'unsubscribe', id: 1 })
  awake.send({ type: 'ask', id: 1, nodeId: foreignNode, question: { kind: 'info' } })
  await awake.nextOf('error')
  live.clock.advance(30_000)
  await vi.waitFor(() => expect(live.relay.stats().viewers).toBe(1))
  expect(awake.socket.readyState).toBe(WebSocket.OPEN)
  quiet.socket.terminate()
})

it('[RL33] a subscription changed under its id moves and leaves its old place', async () => {
  agent.answerAlways('x')
  const browser = await live.open()
  browser.send(cpu)
  const first = await browser.nextOf('subscribed')
  browser.send({ ...cpu, contexts: ['mem.ram'] })
  expect((await browser.nextOf('subscribed')).stream).toBe(first.stream)
  browser.send({ ...cpu, contexts: ['mem.ram'], cadenceMs: 2_000 })
  expect((await browser.nextOf('subscribed')).stream).not.toBe(first.stream)
  live.clock.advance(10_000)
  expect(live.relay.stats()).toMatchObject({ subscriptions: 1, streams: 1 })
  expect(agent.asked.at(-1)?.question.target).toContain('context=mem.ram&after=-6')
  browser.send({ ...cpu, nodeId: foreignNode })
  await browser.nextOf('error')
  expect(live.relay.stats().subscriptions).toBe(0)
})

it('[RL34] what was taken back while rights were looked at never reaches an agent', async () => {
  const browser = await live.open()
  browser.send(cpu)
  browser.send({ type: 'unsubscribe', id: 1 })
  browser.send({ type: 'ask', id: 2, nodeId: nodeA, question: { kind: 'info' } })
  browser.send({ type: 'cancel', id: 2 })
  browser.send({ type: 'ask', id: 3, nodeId: foreignNode, question: { kind: 'info' } })
  await browser.nextOf('error')
  // The messages of one packet are read in one go, so the rights of all were still open; a later look finds nothing.
  expect(agent.asked.filter(({ signal }) => !signal.aborted)).toEqual([])
  expect(live.relay.stats()).toMatchObject({ subscriptions: 0, asksInFlight: 0 })
})
