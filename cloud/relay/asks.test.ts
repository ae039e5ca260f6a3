import { expect, it } from 'vitest'
import type { NodeId } from '../../src/domain/ids.ts'
import type { LiveQuestion } from '../../src/live/messages.ts'
import { serveFakeAgent } from '../../test/doubles/fake-agent.ts'
import { createHandClock } from '../../test/doubles/hand-clock.ts'
import { createLocalBus } from '../bus/local/local-bus.ts'
import { createAsks } from './asks.ts'

const nodeId = 'node' as NodeId
const settled = () => new Promise((resolve) => setImmediate(resolve))
const past = (afterS: number): LiveQuestion => ({ kind: 'data', contexts: ['system.cpu'], afterS, beforeS: 0, points: 10 })

function setUp() {
  const clock = createHandClock()
  const bus = createLocalBus()
  const agent = serveFakeAgent(bus, nodeId)
  const asks = createAsks({ bus, clock })
  const outcomes: string[] = []
  const ask = (name: string, question: LiveQuestion) =>
    asks.ask(nodeId, question, {
      onAnswer: ({ body }) => void outcomes.push(`${name} ${body.byteLength}`),
      onError: ({ code }) => void outcomes.push(`${name} ${code}`),
    })
  return { clock, agent, asks, outcomes, ask }
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
  agent.disconnect()
  ask('ann', { kind: 'alerts' })
  await settled()
  expect(outcomes).toEqual(['ann AGENT_UNREACHABLE'])
})
