import { expect, it } from 'vitest'
import type { ClaimId, NodeId, PersonId } from '../../src/domain/ids.ts'
import type { LiveQuestion } from '../../src/live/messages.ts'
import { serveFakeAgent } from '../../test/doubles/agents/fake-agent.ts'
import { createHandClock } from '../../test/doubles/hand-clock.ts'
import { createLocalBus } from '../bus/local/local-bus.ts'
import type { Asker } from './ask-question.ts'
import { createAsks } from './asks.ts'

const nodeId = 'node' as NodeId
const claimId = 'claim' as ClaimId
const settled = () => new Promise((resolve) => setImmediate(resolve))
const past = (afterS: number): LiveQuestion => ({ kind: 'data', contexts: ['system.cpu'], afterS, beforeS: 0, points: 10 })

const admin = { role: 'admin', permissions: 0x7ff, personId: 'ann' as PersonId } as const
const observer = { role: 'observer', permissions: 0x00b, personId: 'bob' as PersonId } as const

function setUp(generation: 'A' | 'C' = 'A') {
  const clock = createHandClock()
  const bus = createLocalBus()
  const agent = serveFakeAgent(bus, nodeId, claimId, generation)
  const asks = createAsks({ bus, clock })
  const outcomes: string[] = []
  const ask = (name: string, question: LiveQuestion, asker: Asker = admin, node = nodeId) =>
    asks.ask(node, question, asker, {
      onAnswer: ({ body }) => void outcomes.push(`${name} ${body.byteLength}`),
      onError: ({ code }) => void outcomes.push(`${name} ${code}`),
    })
  return { clock, bus, agent, asks, outcomes, ask }
}

it('[RL21] shares one question between identical asks in flight, and asks anew after delivery', async () => {
  const { agent, asks, outcomes, ask } = setUp()
  ask('ann', { kind: 'info' })
  ask('bob', { kind: 'info' })
  expect([agent.asked.length, asks.inFlight()]).toEqual([1, 1])
  agent.asked[0]?.answer('four')
  await settled()
  expect([outcomes, asks.inFlight()]).toEqual([['ann 4', 'bob 4'], 0])
  ask('eve', { kind: 'info' })
  expect(agent.asked).toHaveLength(2)
})

it('[RL22] aborts at the agent only when the last waiter has gone', async () => {
  const { agent, outcomes, ask } = setUp()
  const [ann, bob] = [ask('ann', { kind: 'info' }), ask('bob', { kind: 'info' })]
  ann()
  ann()
  expect(agent.asked[0]?.signal.aborted).toBe(false)
  bob()
  expect(agent.asked[0]?.signal.aborted).toBe(true)
  ask('eve', { kind: 'info' })
  await settled()
  expect([agent.asked.length, outcomes]).toEqual([2, []])
})

it('[RL22] a cancelled ask leaves the queue and never reaches the agent', async () => {
  const { agent, ask } = setUp()
  ask('first', past(-10))
  const cancel = ask('second', past(-20))
  ask('third', past(-30))
  cancel()
  agent.asked[0]?.answer()
  await settled()
  expect(agent.asked.map(({ question }) => /after=(-\d+)/.exec(question.target)?.[1])).toEqual(['-10', '-30'])
})

it('[RL23] lets a node work on one question about the past at a time, others pass it by', async () => {
  const { agent, ask } = setUp()
  ask('one', past(-10))
  ask('two', past(-20))
  ask('info', { kind: 'info' })
  expect(agent.asked).toHaveLength(2)
  agent.asked[0]?.fail('AGENT_TIMEOUT')
  await settled()
  expect(agent.asked).toHaveLength(3)
})

it('[RL23] lets 64 wait and refuses the next one', () => {
  const { ask } = setUp()
  for (let second = 1; second <= 65; second++) ask('past', past(-second))
  expect(() => ask('too much', past(-100))).toThrow(expect.objectContaining({ code: 'RATE_LIMITED' }))
  expect(() => ask('shared', past(-65))).not.toThrow()
})

it('[RL24] refuses an answer above 16 MiB', async () => {
  const { agent, outcomes, ask } = setUp()
  ask('ann', { kind: 'contexts' })
  agent.asked[0]?.answer(new Uint8Array(16 * 1024 * 1024 + 1))
  await settled()
  expect(outcomes).toEqual(['ann AGENT_ANSWER_TOO_LARGE'])
})

it('[RL25] gives up after 30 s, the time in the queue included, and aborts at the agent', async () => {
  const { clock, agent, outcomes, ask } = setUp()
  ask('first', past(-10))
  clock.advance(20_000)
  ask('second', past(-20))
  clock.advance(10_000)
  await settled()
  expect([outcomes, agent.asked.map(({ signal }) => signal.aborted)]).toEqual([['first AGENT_TIMEOUT'], [true, false]])
  clock.advance(20_000)
  await settled()
  expect([outcomes, agent.asked.map(({ signal }) => signal.aborted)]).toEqual([
    ['first AGENT_TIMEOUT', 'second AGENT_TIMEOUT'],
    [true, true],
  ])
})

it('[RL20] passes on why an agent could not answer', async () => {
  const { agent, outcomes, ask } = setUp()
  ask('ann', { kind: 'alerts' })
  agent.asked[0]?.fail('AGENT_PROTOCOL')
  await settled()
  expect(outcomes).toEqual(['ann AGENT_PROTOCOL'])
  agent.disconnect()
  expect(() => ask('ann', { kind: 'alerts' })).toThrow(expect.objectContaining({ code: 'AGENT_UNREACHABLE' }))
})

const children = ['one', 'two', 'three'] as NodeId[]
const call = (name: string): LiveQuestion => ({ kind: 'function', name, args: [], timeoutS: 20 })
const edit: LiveQuestion = { kind: 'config', action: 'update', id: 'health:alert:prototype:x', body: '{}', timeoutS: 30 }

it('[RL110] a parent works on one question about the past at a time, and its nodes take turns', async () => {
  const { bus, ask } = setUp()
  const parent = children.map((child) => ({ child, agent: serveFakeAgent(bus, child, claimId) }))
  for (const second of [1, 2]) for (const child of children) ask('x', past(-second), admin, child)
  const order: string[] = []
  for (let turn = 0; turn < 6; turn++) {
    const open = parent.filter(({ child, agent }) => agent.asked.length > order.filter((name) => name === child).length)
    expect(open).toHaveLength(1)
    for (const { child, agent } of open) {
      order.push(child)
      agent.asked.at(-1)?.answer()
    }
    await settled()
  }
  expect(order).toEqual(['one', 'two', 'three', 'one', 'two', 'three'])
})

it('[RL111] an agent works on two functions or configuration actions at a time, and small questions pass them by', async () => {
  const { agent, ask } = setUp('C')
  for (const name of ['a', 'b', 'c']) ask(name, call(name))
  ask('info', { kind: 'info' })
  expect(agent.asked).toHaveLength(3)
  agent.asked[0]?.answer()
  await settled()
  expect(agent.asked).toHaveLength(4)
})

it('[RL111] thirteen small questions leave room for the others, and no more than sixteen are at an agent', () => {
  const { bus, ask } = setUp()
  const agents = Array.from({ length: 20 }, (_, index) => serveFakeAgent(bus, `child-${index}` as NodeId, claimId, 'C'))
  for (const [index] of agents.entries()) ask('list', { kind: 'contexts' }, admin, `child-${index}` as NodeId)
  const count = () => agents.reduce((sum, { asked }) => sum + asked.length, 0)
  expect(count()).toBe(13)
  for (const [index] of agents.entries()) {
    ask('past', past(-10), admin, `child-${index}` as NodeId)
    ask('call', call('x'), admin, `child-${index}` as NodeId)
  }
  expect(count()).toBe(16)
})

it('[RL107] identical questions are shared only by those with the same permissions', () => {
  const { agent, ask } = setUp('C')
  for (const asker of [admin, { ...admin, personId: 'amy' as PersonId }, observer]) ask('x', { kind: 'info' }, asker)
  expect(agent.asked.map(({ question }) => question.asker?.permissions)).toEqual([0x7ff, 0x00b])
})

it('[RL108] a change is never shared, and says who asks; a look says only what is allowed', () => {
  const { agent, ask } = setUp('C')
  ask('x', edit)
  ask('x', edit)
  expect(agent.asked.map(({ question }) => question.asker)).toEqual(
    [1, 2].map(() => ({ role: 'admin', permissions: 0x7ff, accountId: 'ann', userName: 'Throughline admin' })),
  )
  const look = setUp('C')
  look.ask('x', { kind: 'config', action: 'get', id: 'a', timeoutS: 10 })
  expect(look.agent.asked[0]?.question.asker).toEqual({ role: 'admin', permissions: 0x7ff })
})

it('[RL106] a function may take as long as it asks for, we wait five seconds longer, and then the agent is told to stop', async () => {
  const { clock, agent, outcomes, ask } = setUp('C')
  ask('ann', call('slow'))
  clock.advance(24_999)
  expect(agent.asked[0]?.signal.aborted).toBe(false)
  clock.advance(1)
  await settled()
  expect([outcomes, agent.asked[0]?.signal.aborted]).toEqual([['ann AGENT_TIMEOUT'], true])
})

it('[RL102] what this agent cannot do is refused before anything is sent', () => {
  const { agent, asks, ask } = setUp('A')
  expect(() => ask('ann', edit)).toThrow(expect.objectContaining({ code: 'AGENT_TOO_OLD' }))
  expect([agent.asked.length, asks.inFlight()]).toEqual([0, 0])
})

it('[RL104] a question that waited is built for the agent that answers it', async () => {
  const { bus, agent, ask } = setUp('C')
  const past2 = {
    ...past(-20),
    kind: 'data-v2',
    groupBy: ['dimension'],
    groupByLabels: [],
    aggregation: 'sum',
    timeGroup: 'average',
  } as LiveQuestion
  ask('first', past(-10))
  ask('second', past2)
  agent.disconnect()
  const older = serveFakeAgent(bus, nodeId, 'other' as ClaimId, 'B')
  agent.asked[0]?.answer()
  await settled()
  expect(older.asked[0]?.question.target).toMatch(/^\/api\/v2\/data\?/)
})
