import { WebSocket } from 'ws'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { LogFields } from '../../src/domain/storable.ts'
import type { Log } from '../../src/support/log.ts'
import { serveFakeAgent } from '../doubles/agents/fake-agent.ts'
import type { FakeAgent } from '../doubles/agents/fake-agent.ts'
import { nodeA, startLiveRelay } from '../doubles/people/live-relay.ts'
import type { LiveRelayDouble } from '../doubles/people/live-relay.ts'

let live: LiveRelayDouble
let agent: FakeAgent
let lines: string[]

beforeEach(async () => {
  lines = []
  const write = (event: string, fields?: LogFields) => void lines.push(`${event} ${JSON.stringify(fields)}`)
  const log: Log = { error: write, warn: write, info: write, debug: write }
  live = await startLiveRelay(log)
  agent = serveFakeAgent(live.bus, nodeA)
})
afterEach(() => live.stop())

const subscribe = { type: 'subscribe', id: 1, nodeId: nodeA, contexts: ['system.cpu'], cadenceMs: 1_000 } as const

const wrong: Record<string, string> = {
  'no JSON': 'not json',
  'an empty text': '',
  null: 'null',
  'a list': '[]',
  'a text': '"subscribe"',
  'an empty object': '{}',
  'an unknown type': '{"type":"open"}',
  'an unknown member': JSON.stringify({ ...subscribe, path: '/api/v1/data' }),
  'an id of the wrong type': JSON.stringify({ ...subscribe, id: '1' }),
  'a node id that is none': JSON.stringify({ ...subscribe, nodeId: 'localhost' }),
  'no contexts': JSON.stringify({ ...subscribe, contexts: [] }),
  'a context with a parameter': JSON.stringify({ ...subscribe, contexts: ['a&after=0'] }),
  'a context that is a pattern': JSON.stringify({ ...subscribe, contexts: ['*'] }),
  'half a surrogate pair': JSON.stringify({ ...subscribe, contexts: ['\ud800'] }),
  'a cadence out of range': JSON.stringify({ ...subscribe, cadenceMs: 1 }),
  'a prototype': '{"type":"unsubscribe","id":1,"__proto__":{"id":2}}',
  'deep nesting': '['.repeat(30_000),
}

it.each(Object.entries(wrong))('[RL17] %s is answered with an error and asks nothing', async (_name, text) => {
  const browser = await live.open()
  browser.socket.send(text)
  expect(await browser.next()).toEqual({
    type: 'error',
    code: 'LIVE_MESSAGE_INVALID',
    message: 'The message has a shape the live protocol does not know.',
    retry: false,
  })
  expect([agent.asked.length, live.relay.stats().subscriptions]).toEqual([0, 0])
})

const forged: Record<string, object> = {
  'a function with a parameter': { kind: 'function', name: 'processes&timeout=9999', args: [], timeoutS: 10 },
  'an argument with a parameter': { kind: 'function', name: 'processes', args: [{ key: 'a', value: 'b&function=c' }], timeoutS: 10 },
  'an argument with a header': {
    kind: 'function',
    name: 'processes',
    args: [{ key: 'a', value: 'b\r\nX-Netdata-Permissions: 0x7ff' }],
    timeoutS: 10,
  },
  'a configuration id with an action': { kind: 'config', action: 'get', id: 'a&action=remove', timeoutS: 10 },
  'a configuration id with a quote': { kind: 'config', action: 'get', id: "a'b", timeoutS: 10 },
  'a look with a document': { kind: 'config', action: 'get', id: 'a', body: '{}', timeoutS: 10 },
  'permissions of its own': { kind: 'functions', permissions: 0x7ff },
  'a scope of its own': { kind: 'contexts', scopeNodes: '*' },
  'a path of its own': { kind: 'config', action: 'tree', path: '/x HTTP/1.1', timeoutS: 10 },
}

it.each(Object.entries(forged))('[LV102] %s never reaches an agent', async (_what, question) => {
  const browser = await live.open()
  browser.socket.send(JSON.stringify({ type: 'ask', id: 1, nodeId: nodeA, question }))
  expect(await browser.next()).toMatchObject({ type: 'error', code: 'LIVE_MESSAGE_INVALID' })
  expect(agent.asked).toHaveLength(0)
})

it('[RL17] the sixth message of a wrong shape ends the socket with 1007', async () => {
  const browser = await live.open()
  for (let index = 0; index < 6; index++) browser.socket.send('{"type":"nonsense"}')
  expect(await browser.closed).toEqual({ code: 1007, reason: 'LIVE_MESSAGE_INVALID' })
  expect(browser.received.filter(({ type }) => type === 'error')).toHaveLength(5)
})

it('[RL17] a binary message ends the socket with 1007 at once', async () => {
  const browser = await live.open()
  browser.socket.send(Buffer.from(JSON.stringify(subscribe)))
  expect((await browser.closed).code).toBe(1007)
  expect(agent.asked).toHaveLength(0)
})

it('[RL17] a message above 64 KiB ends the socket with 1009', async () => {
  const browser = await live.open()
  browser.socket.send('x'.repeat(64 * 1024 + 1))
  expect((await browser.closed).code).toBe(1009)
  await vi.waitFor(() => expect(live.relay.stats().viewers).toBe(0))
})

it('[RL17] text that is not UTF-8 ends the socket with 1007', async () => {
  const browser = await live.open()
  browser.socket.send(Buffer.from([0xff, 0xfe]), { binary: false })
  expect((await browser.closed).code).toBe(1007)
})

it('[RL17] a message in more than 64 fragments ends the socket', async () => {
  const browser = await live.open()
  for (let index = 0; index < 100; index++) browser.socket.send(' ', { fin: false })
  expect((await browser.closed).code).toBe(1008)
})

it('[RL18] a flood of messages ends the socket with 4029', async () => {
  const browser = await live.open()
  for (let id = 1; id <= 300; id++) browser.send({ type: 'unsubscribe', id })
  expect((await browser.closed).code).toBe(4029)
})

it('[RL19] the 1,025th subscription is refused, the others stay, and thousands end the socket', async () => {
  agent.answerAlways('x')
  const browser = await live.open()
  for (let id = 1; id <= 1_025; id++) {
    browser.send({ ...subscribe, id })
    // A page sends no faster than this.
    if (id % 100 === 0) {
      await vi.waitFor(() => expect(live.relay.stats()).toMatchObject({ subscriptions: id }))
      live.clock.advance(2_000)
    }
  }
  expect(await browser.nextOf('error')).toMatchObject({ id: 1_025, code: 'RATE_LIMITED' })
  expect(live.relay.stats()).toMatchObject({ subscriptions: 1_024, streams: 1 })
  for (let id = 1_026; id <= 3_000; id++) browser.send({ ...subscribe, id })
  expect((await browser.closed).code).toBe(4029)
  await vi.waitFor(() => {
    live.clock.advance(500)
    expect(live.relay.stats()).toMatchObject({ viewers: 0, subscriptions: 0, streams: 0 })
  })
})

it('[RL19] more names than a page may have in all its streams are refused with RATE_LIMITED', async () => {
  const browser = await live.open()
  const contexts = Array.from({ length: 190 }, (_, index) => `context_${index}`.padEnd(200, 'x'))
  for (let id = 1; id <= 68; id++) browser.send({ ...subscribe, id, contexts, cadenceMs: 1_000 + id })
  expect(await browser.nextOf('error')).toMatchObject({ id: 67, code: 'RATE_LIMITED' })
  expect(live.relay.stats()).toMatchObject({ subscriptions: 66 })
  browser.send({ type: 'unsubscribe', id: 1 })
  browser.send({ ...subscribe, id: 70, contexts, cadenceMs: 2_000 })
  expect(await browser.nextOf('subscribed')).toMatchObject({ type: 'subscribed' })
})

it('[RL19] more names than a stream may have are refused with RATE_LIMITED', async () => {
  const browser = await live.open()
  const contexts = Array.from({ length: 300 }, (_, index) => `context_${index}`.padEnd(200, 'x'))
  browser.send({ ...subscribe, contexts })
  expect(await browser.nextOf('error')).toMatchObject({ id: 1, code: 'RATE_LIMITED' })
  expect(agent.asked).toHaveLength(0)
})

it('[RL26] a browser that stops reading misses ticks while the others receive every one', async () => {
  agent.answerAlways(Buffer.alloc(1024 * 1024, 'v'))
  const [reader, stuck] = [await live.open(), await live.open()]
  for (const browser of [reader, stuck]) {
    browser.send(subscribe)
    await browser.nextOf('subscribed')
  }
  await reader.nextOf('frame')
  stuck.socket.pause()
  const ticks: number[] = []
  while (live.relay.stats().framesLeftOut === 0) {
    live.clock.advance(1_000)
    ticks.push((await reader.nextOf('frame')).head.tick)
  }
  expect(ticks).toEqual(ticks.map((_, index) => (ticks[0] ?? 0) + index))
  const taken = stuck.received.length
  stuck.socket.resume()
  await vi.waitFor(() => expect(stuck.received.length).toBeGreaterThan(taken))
  expect(live.relay.stats()).toMatchObject({ viewers: 2, slowViewersClosed: 0 })
})

it('[RL27] a browser that does not read for ten seconds is let go with 4008, and nobody else notices', async () => {
  const [reader, stuck] = [await live.open(), await live.open()]
  stuck.socket.pause()
  stuck.send({ type: 'ask', id: 1, nodeId: nodeA, question: { kind: 'contexts' } })
  // More than the buffers of both ends take, and alone allowed to be above the hard limit.
  ;(await agent.question(0)).answer(Buffer.alloc(15 * 1024 * 1024, 'v'))
  agent.answerAlways('tick')
  reader.send(subscribe)
  await reader.nextOf('frame')
  for (let second = 0; second < 12; second++) {
    live.clock.advance(1_000)
    expect((await reader.nextOf('frame')).body).toBe('tick')
  }
  expect(live.relay.stats().slowViewersClosed).toBe(1)
  live.clock.advance(5_000)
  await vi.waitFor(() => expect(live.relay.stats().viewers).toBe(1))
  stuck.socket.resume()
  await stuck.closed
})

it('[RL27] a browser that asks without reading is let go above the hard limit, and the socket says 4008', async () => {
  const body = Buffer.alloc(3 * 1024 * 1024, 'v')
  agent.answerAlways(body)
  const stuck = await live.open()
  stuck.socket.pause()
  for (let id = 1; id <= 32; id++) stuck.send({ type: 'ask', id, nodeId: nodeA, question: { kind: 'info' } })
  await vi.waitFor(() => expect(live.relay.stats().slowViewersClosed).toBe(1))
  stuck.socket.resume()
  expect(await stuck.closed).toEqual({ code: 4008, reason: 'SLOW_CONSUMER' })
})

it('[RL35] neither log nor statistics hold a context, a value or a target', async () => {
  agent.answerAlways('canary-value')
  const browser = await live.open()
  browser.send({ ...subscribe, contexts: ['canary.context'] })
  await browser.nextOf('frame')
  agent.disconnect()
  live.clock.advance(4_000)
  await browser.nextOf('paused')
  for (let index = 0; index < 6; index++) browser.socket.send('canary-message')
  await browser.closed
  const spoken = [...lines, JSON.stringify(live.relay.stats())].join('\n')
  expect(spoken).not.toMatch(/canary|api\/v1/)
  expect(spoken).toContain('viewer_message_invalid')
  expect(Object.values(live.relay.stats()).every((value) => typeof value === 'number')).toBe(true)
})

it('[RL1] half an upgrade and a socket that breaks while its rights are looked at leave nothing behind', async () => {
  const socket = new WebSocket(live.url)
  socket.on('error', () => {})
  const closed = new Promise((resolve) => void socket.on('close', resolve))
  socket.terminate()
  await closed
  const browser = await live.open()
  expect(browser.socket.readyState).toBe(WebSocket.OPEN)
  expect(live.relay.stats().viewers).toBe(1)
})
