import { expect, it } from 'vitest'
import type { ClaimId, NodeId } from '../../src/domain/ids.ts'
import { decodeFrame } from '../../src/live/frame.ts'
import { silentLog } from '../../src/support/log.ts'
import { serveFakeAgent } from '../../test/doubles/agents/fake-agent.ts'
import { createHandClock } from '../../test/doubles/hand-clock.ts'
import { createLocalBus } from '../bus/local/local-bus.ts'
import type { Outlet } from './outlet.ts'
import { createStreams } from './streams.ts'

const nodeId = 'node' as NodeId
/** Lets promises that are settled run their followers. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

function setUp({ random = (): number => 0 } = {}) {
  const clock = createHandClock()
  const bus = createLocalBus()
  const agent = serveFakeAgent(bus, nodeId)
  const streams = createStreams({ bus, clock, log: silentLog, random })
  const advance = async (ms: number) => {
    clock.advance(ms)
    await settled()
  }
  const contextsAsked = () => agent.asked.map(({ question }) => /context=([^&]*)/.exec(question.target)?.[1])
  const rowsAsked = () => agent.asked.map(({ question }) => Number(/points=(\d+)/.exec(question.target)?.[1]))
  return { clock, bus, agent, streams, advance, contextsAsked, rowsAsked }
}

function viewer() {
  const seen: string[] = []
  const outlet: Outlet = {
    text: (message) => void seen.push(message.type === 'paused' ? `paused ${message.reason}` : message.type),
    tick(frame) {
      const bytes = Buffer.concat(frame.pieces)
      const { head, body } = decodeFrame(bytes.subarray((bytes[1] ?? 0) < 126 ? 2 : 4))
      seen.push(`tick ${head.tick}.${head.part} ${Buffer.from(body).toString()}`)
    },
    answer() {},
    close() {},
    check() {},
  }
  const wish = (contexts: readonly string[], cadenceMs = 1_000) => ({ outlet, nodeId, cadenceMs, contexts, isWatching: true })
  return { seen, outlet, wish }
}

it('[RL4] asks one question a tick for the union, and gives all viewers the same bytes', async () => {
  const { agent, streams, advance, contextsAsked } = setUp()
  const [ann, bob] = [viewer(), viewer()]
  const first = streams.join(ann.wish(['cpu']))
  agent.asked[0]?.answer('one')
  await settled()
  const second = streams.join(bob.wish(['ram', 'cpu']))
  await advance(1_000)
  agent.asked[1]?.answer('two')
  await settled()
  expect(contextsAsked()).toEqual(['cpu', 'cpu%7Cram'])
  expect([ann.seen, bob.seen]).toEqual([['tick 1.0 one', 'tick 2.0 two'], ['tick 2.0 two']])
  expect(second?.stream).toBe(first?.stream)
})

it('[RL5] skips a tick that finds its question outstanding, halves the rate after three skips and doubles it after ten answers', async () => {
  const { agent, streams, advance } = setUp()
  const ann = viewer()
  streams.join(ann.wish(['cpu']))
  await advance(2_000)
  expect([agent.asked.length, ann.seen]).toEqual([1, []])
  await advance(1_000)
  expect([agent.asked.length, ann.seen, streams.counts().ticksSkipped]).toEqual([1, ['paused AGENT_TIMEOUT'], 3])
  agent.answerAlways('x')
  agent.asked[0]?.answer('late')
  await settled()
  expect(ann.seen).toEqual(['paused AGENT_TIMEOUT', 'tick 1.0 late'])
  for (let second = 0; second < 17; second++) await advance(1_000)
  expect(agent.asked).toHaveLength(1 + 9)
  for (let second = 0; second < 10; second++) await advance(1_000)
  expect(agent.asked).toHaveLength(1 + 9 + 10)
})

it('[RL6] has one question in flight for a node, and asks the stream whose tick came meanwhile right after', async () => {
  const { agent, streams, advance, contextsAsked } = setUp()
  streams.join(viewer().wish(['cpu']))
  streams.join(viewer().wish(['load'], 5_000))
  expect(contextsAsked()).toEqual(['cpu'])
  await advance(1_000)
  expect(streams.counts()).toEqual({ streams: 2, questionsInFlight: 1, questionsAsked: 1, ticksSkipped: 1 })
  agent.asked[0]?.answer()
  await settled()
  expect(contextsAsked()).toEqual(['cpu', 'load'])
  agent.answerAlways('')
  agent.asked[1]?.answer()
  for (let second = 0; second < 5; second++) await advance(1_000)
  expect(contextsAsked().filter((contexts) => contexts === 'load')).toHaveLength(2)
})

it('[RL7] asks nothing while nobody looks, and at once when somebody looks again', async () => {
  const { agent, streams, advance } = setUp()
  agent.answerAlways('x')
  const ann = viewer()
  const membership = streams.join({ ...ann.wish(['cpu']), isWatching: false })
  await advance(10_000)
  expect(agent.asked).toHaveLength(0)
  membership?.setWatching(true)
  await settled()
  await advance(1_000)
  expect(agent.asked).toHaveLength(2)
  membership?.setWatching(false)
  await advance(60_000)
  expect(agent.asked).toHaveLength(2)
  membership?.setWatching(true)
  expect(agent.asked).toHaveLength(3)
  membership?.leave()
  await advance(60_000)
  expect([agent.asked.length, streams.counts().streams]).toEqual([3, 0])
})

it('[RL8] cancels the question in flight within a second of the last viewer leaving', async () => {
  const { agent, streams, advance } = setUp()
  const [first, second] = [streams.join(viewer().wish(['cpu'])), streams.join(viewer().wish(['cpu']))]
  first?.leave()
  await advance(1_000)
  expect(agent.asked[0]?.signal.aborted).toBe(false)
  second?.leave()
  await advance(1_000)
  expect(agent.asked[0]?.signal.aborted).toBe(true)
  expect(streams.counts()).toMatchObject({ streams: 0, questionsInFlight: 0 })
})

it('[RL9] keeps the stream and its question for a viewer that returns within the grace', async () => {
  const { agent, streams, advance } = setUp()
  const first = streams.join(viewer().wish(['cpu']))
  first?.leave()
  await advance(400)
  const second = streams.join(viewer().wish(['cpu']))
  await advance(599)
  expect(agent.asked.map(({ signal }) => signal.aborted)).toEqual([false])
  expect(second?.stream).toBe(first?.stream)
})

it('[RL10] tells a condition once, tells newcomers what it is, and tells the next one when it changes', async () => {
  const { agent, streams, advance } = setUp()
  const ann = viewer()
  const first = streams.join(ann.wish(['cpu']))
  agent.disconnect()
  agent.asked[0]?.fail('AGENT_TIMEOUT')
  await settled()
  for (let second = 0; second < 3; second++) await advance(1_000)
  expect(ann.seen).toEqual(['paused AGENT_TIMEOUT', 'paused AGENT_UNREACHABLE'])
  expect([first?.condition(), streams.join(viewer().wish(['cpu']))?.condition()]).toEqual(['AGENT_UNREACHABLE', 'AGENT_UNREACHABLE'])
})

it('[RL10] clears the condition with the next answer', async () => {
  const { bus, agent, streams, advance } = setUp()
  const ann = viewer()
  agent.disconnect()
  const membership = streams.join(ann.wish(['cpu']))
  await settled()
  const back = serveFakeAgent(bus, nodeId)
  back.answerAlways('back')
  await advance(1_000)
  expect(ann.seen).toEqual(['paused AGENT_UNREACHABLE', 'tick 2.0 back'])
  expect(membership?.condition()).toBeUndefined()
})

it('[RL11] asks the parts of a large union one after another', async () => {
  const { agent, streams } = setUp()
  const ann = viewer()
  streams.join(ann.wish(Array.from({ length: 60 }, (_, index) => `context_${index}`.padEnd(197, 'x'))))
  expect(agent.asked).toHaveLength(1)
  agent.asked[0]?.answer('first')
  await settled()
  expect(agent.asked).toHaveLength(2)
  agent.asked[1]?.answer('second')
  await settled()
  expect(agent.asked).toHaveLength(2)
  expect(ann.seen).toEqual(['tick 1.0 first', 'tick 1.1 second'])
})

it('[RL12] asks for three rows, and for what was missed, up to a minute more', async () => {
  const { bus, agent, streams, advance, rowsAsked } = setUp()
  agent.answerAlways('x')
  streams.join(viewer().wish(['cpu']))
  await settled()
  await advance(1_000)
  agent.disconnect()
  for (let second = 0; second < 4; second++) await advance(1_000)
  const back = serveFakeAgent(bus, nodeId)
  await advance(1_000)
  expect(rowsAsked()).toEqual([3, 3])
  expect(back.asked[0]?.question.target).toContain('&after=-7&points=7&')
  back.asked[0]?.fail('AGENT_TIMEOUT')
  await settled()
  for (let second = 0; second < 100; second++) {
    await advance(1_000)
    back.asked.at(-1)?.fail('AGENT_TIMEOUT')
    await settled()
  }
  expect(back.asked.at(-1)?.question.target).toContain('&points=63&')
})

it('[RL12] asks a slower stream for three of its rows', () => {
  const { streams, rowsAsked } = setUp()
  streams.join(viewer().wish(['load'], 5_000))
  expect(rowsAsked()).toEqual([15])
})

it('[RL30] ticks of a node have a phase of their own', async () => {
  const { agent, streams, advance } = setUp({ random: () => 0.25 })
  agent.answerAlways('x')
  streams.join(viewer().wish(['cpu']))
  await advance(249)
  expect(agent.asked).toHaveLength(1)
  await advance(1)
  expect(agent.asked).toHaveLength(2)
  await advance(1_000)
  expect(agent.asked).toHaveLength(3)
})

it.each([
  { httpStatus: 503, reason: 'AGENT_TIMEOUT' },
  { httpStatus: 499, reason: 'AGENT_TIMEOUT' },
  { httpStatus: 500, reason: 'AGENT_PROTOCOL' },
])('[RL32] status $httpStatus pauses with $reason and is delivered', async ({ httpStatus, reason }) => {
  const { agent, streams } = setUp()
  const ann = viewer()
  streams.join(ann.wish(['cpu']))
  agent.asked[0]?.answer('sorry', { httpStatus })
  await settled()
  expect(ann.seen).toEqual(['tick 1.0 sorry', `paused ${reason}`])
})

it('[RL32] status 404 is an answer like any other', async () => {
  const { agent, streams } = setUp()
  const ann = viewer()
  streams.join(ann.wish(['cpu']))
  agent.asked[0]?.answer('nothing matches', { httpStatus: 404 })
  await settled()
  expect(ann.seen).toEqual(['tick 1.0 nothing matches'])
})

it('[RL24] a tick whose answer is too large pauses the stream and is not delivered', async () => {
  const { agent, streams } = setUp()
  const ann = viewer()
  streams.join(ann.wish(['cpu']))
  agent.asked[0]?.answer(new Uint8Array(16 * 1024 * 1024 + 1))
  await settled()
  expect(ann.seen).toEqual(['paused AGENT_ANSWER_TOO_LARGE'])
})

it('[RL19] refuses more names than a stream may have, and leaves no empty stream behind', () => {
  const { streams, agent } = setUp()
  const names = Array.from({ length: 300 }, (_, index) => `context_${index}`.padEnd(197, 'x'))
  expect(streams.join(viewer().wish(names))).toBeUndefined()
  expect([streams.counts().streams, agent.asked.length]).toEqual([0, 0])
})

it('[RL29] closing cancels what is in flight and stops every timer', async () => {
  const { agent, streams, advance } = setUp()
  streams.join(viewer().wish(['cpu']))
  streams.close()
  await advance(60_000)
  expect(agent.asked.map(({ signal }) => signal.aborted)).toEqual([true])
})

const childrenOf = (count: number) => Array.from({ length: count }, (_, index) => `child-${index}` as NodeId)

it('[RL109] of all nodes of one agent one is asked at a time, and they take turns', async () => {
  const { bus, streams, advance } = setUp()
  const children = childrenOf(4).map((child) => ({ child, agent: serveFakeAgent(bus, child, 'parent' as ClaimId) }))
  for (const { child } of children) streams.join({ ...viewer().wish(['cpu']), nodeId: child })
  const order: number[] = []
  for (let turn = 0; turn < 8; turn++) {
    const open = children.findIndex(({ agent }, index) => agent.asked.length > order.filter((other) => other === index).length)
    const asked = children.reduce((sum, { agent }) => sum + agent.asked.length, 0)
    expect(asked).toBe(turn + 1)
    order.push(open)
    children[open]?.agent.asked.at(-1)?.answer('x')
    await settled()
    if (turn === 3) await advance(1_000)
  }
  expect(order).toEqual([0, 1, 2, 3, 0, 1, 2, 3])
})

it('[RL109] agents with links of their own do not wait for each other', () => {
  const { bus, streams } = setUp()
  const agents = childrenOf(3).map((child) => serveFakeAgent(bus, child, child as unknown as ClaimId))
  for (const child of childrenOf(3)) streams.join({ ...viewer().wish(['cpu']), nodeId: child })
  expect(agents.map(({ asked }) => asked.length)).toEqual([1, 1, 1])
})

it('[RL109] a node nobody looks at any more leaves the line, and one that fails gives its turn on', async () => {
  const { bus, streams, advance } = setUp()
  const [first, second, third] = childrenOf(3).map((child) => serveFakeAgent(bus, child, 'parent' as ClaimId))
  const memberships = childrenOf(3).map((child) => streams.join({ ...viewer().wish(['cpu']), nodeId: child }))
  memberships[1]?.leave()
  await advance(500)
  first?.asked[0]?.fail('AGENT_UNREACHABLE')
  await settled()
  expect([second?.asked.length, third?.asked.length]).toEqual([0, 1])
})

it('[RL109] a large union leaves the turn to other nodes between its parts', async () => {
  const { bus, streams } = setUp()
  const [large, small] = childrenOf(2).map((child) => serveFakeAgent(bus, child, 'parent' as ClaimId))
  const [wide, narrow] = [viewer(), viewer()]
  streams.join({
    ...wide.wish(Array.from({ length: 60 }, (_, index) => `context_${index}`.padEnd(197, 'x'))),
    nodeId: childrenOf(2)[0] ?? nodeId,
  })
  streams.join({ ...narrow.wish(['cpu']), nodeId: childrenOf(2)[1] ?? nodeId })
  large?.asked[0]?.answer('first')
  await settled()
  expect([large?.asked.length, small?.asked.length]).toEqual([1, 1])
  small?.asked[0]?.answer('small')
  await settled()
  large?.asked[1]?.answer('second')
  await settled()
  expect([wide.seen, narrow.seen]).toEqual([['tick 1.0 first', 'tick 1.1 second'], ['tick 1.0 small']])
})
