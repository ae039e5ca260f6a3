import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import type { NodeId, SpaceId } from '../../../src/domain/ids.ts'
import { capabilitiesOf, serveFakeAgent } from '../../../test/doubles/agents/fake-agent.ts'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import { createLocalBus } from '../../bus/local/local-bus.ts'
import { createAsks } from '../asks.ts'
import { createAlertValues } from './alert-value.ts'

const space = 'space' as SpaceId
const node = '11111111-1111-4111-8111-111111111111' as NodeId
const alert = {
  chart: 'system.cpu',
  name: 'cpu/high',
  transitionId: 'c0ffee00-0000-4000-8000-000000000001',
  whenS: 1_700_000_000,
  units: '%',
}

function bench(generation: keyof typeof capabilitiesOf) {
  const clock = createHandClock()
  const bus = createLocalBus()
  const agent = serveFakeAgent(bus, node, undefined, generation)
  const values = createAlertValues({ bus, asks: createAsks({ bus, clock }), clock })
  const read = async (wish: Partial<typeof alert> | { transitionId: undefined } = {}, spaceId = space) => {
    const value = await values.read(spaceId, node, { ...alert, ...wish })
    return value?.revealTo((text) => text)
  }
  return { clock, agent, values, read }
}

it.each([
  ['B', '/api/v2/alert_transitions?'],
  ['C', '/api/v3/alert_transitions?'],
] as const)('[NC9] an agent of generation %s is asked for the value of the change', async (generation, path) => {
  const { agent, read } = bench(generation)
  const change = {
    transition_id: alert.transitionId,
    instance: 'system.cpu',
    alert: 'cpu/high',
    when: 1_700_000_000,
    units: '%',
    new: { value: 92.4567 },
  }
  agent.answerAlways(JSON.stringify({ transitions: [{ transition_id: 'other', new: { value: 1 } }, change] }))
  expect(await read()).toBe('92.46%')
  expect(agent.asked[0]?.question.target).toContain(path)
  expect(agent.asked[0]?.question.target).toContain(`scope_nodes=${node}&after=-86400&transition=${alert.transitionId}&last=1`)
  expect(await read({ transitionId: undefined })).toBe('92.46%')
  expect(agent.asked[1]?.question.target).toContain('alert=cpu%2Fhigh&last=50')
})

it('[NC9] an older agent is asked for its log, and says the value in its own words', async () => {
  const { agent, read } = bench('A')
  const entry = { transition_id: alert.transitionId, chart: 'system.cpu', name: 'cpu/high', when: 1_700_000_000, value: 92.5 }
  agent.answerAlways(
    JSON.stringify([
      { chart: 'system.cpu', name: 'other' },
      { ...entry, value_string: '92.5%' },
    ]),
  )
  expect(await read()).toBe('92.5%')
  expect(agent.asked[0]?.question.target).toBe('/api/v1/alarm_log?chart=system.cpu')
  agent.answerAlways(JSON.stringify([{ ...entry, transition_id: 'x', value_string: '-', units: 'MiB' }]))
  expect(await read({ transitionId: undefined })).toBe('92.5 MiB')
})

it('[NC9] where the change is not remembered, the value of now is said, and nothing where there is none', async () => {
  const { agent, read } = bench('C')
  const asking = read()
  ;(await agent.question(0)).answer('secret words', { httpStatus: 404 })
  ;(await agent.question(1)).answer(JSON.stringify({ alarms: { 'system.cpu.cpu/high': { value: 1234.567 } } }))
  expect(await asking).toBe('1234.6%')
  expect(agent.asked[1]?.question.target).toBe('/api/v1/alarms_values?all')
  for (const body of [
    '{"alarms":{}}',
    '{"alarms":{"system.cpu.cpu/high":{"value":null}}}',
    'nonsense',
    '[]',
    '{"transitions":[{"new":{}}]}',
  ]) {
    agent.answerAlways(body)
    expect(await read()).toBeUndefined()
  }
})

it('[NC9] an agent that does not answer in three seconds, is away, or is of another space says nothing', async () => {
  const { agent, read, clock } = bench('C')
  const asking = read()
  await agent.question(0)
  clock.advance(3_000)
  expect(await asking).toBeUndefined()
  agent.answerAlways(JSON.stringify({ alarms: { 'system.cpu.cpu/high': { value: 1 } } }))
  expect(await read({}, 'another' as SpaceId)).toBeUndefined()
  agent.disconnect()
  expect(await read()).toBeUndefined()
})

it('[NC9] a value has no form that could be kept', async () => {
  const { agent, values } = bench('A')
  agent.answerAlways(JSON.stringify([{ chart: 'system.cpu', name: 'cpu/high', when: 1_700_000_000, value_string: 'canary-of-a-value' }]))
  const value = await values.read(space, node, alert)
  expect(`${String(value)} ${inspect(value)} ${inspect({ value })} ${Object.keys(value ?? {}).join()}`).not.toContain('canary-of-a-value')
  expect(() => JSON.stringify({ value })).toThrow(TypeError)
})
