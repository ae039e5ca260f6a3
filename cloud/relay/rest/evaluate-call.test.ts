import { afterEach, beforeEach, expect, it } from 'vitest'
import { silentLog } from '../../../src/support/log.ts'
import { serveFakeAgent, type FakeAgent } from '../../../test/doubles/agents/fake-agent.ts'
import { machineGuidOf, nodeA, nodeB, room, startLiveRelay, type LiveRelayDouble } from '../../../test/doubles/people/live-relay.ts'
import { callRest } from '../../../test/doubles/people/rest-caller.ts'

const space = '66666666-6666-4666-8666-666666666666'
let live: LiveRelayDouble
let agent: FakeAgent
beforeEach(async () => {
  live = await startLiveRelay(silentLog)
  agent = serveFakeAgent(live.bus, nodeA, undefined, 'C')
})
afterEach(() => live.stop())

const evaluate = (body: object) =>
  callRest(live.port, `/api/v2/spaces/${space}/rooms/${room}/alert_config/evaluate`, { body: { node_id: nodeA, ...body } }).reply

/** A minute of ten-second rows: user of two processors, of which the second rises over 70 for the last half. */
const rows = [10, 20, 30, 80, 90, 95].map((busy, row) => [1_000 + row * 10, [5, 0, 0], row === 1 ? [null, 0, 1] : [busy, 0, 0]])
const answer = (data: readonly unknown[] = rows) =>
  JSON.stringify({
    api: 3,
    summary: { nodes: [{ ni: 0, mg: machineGuidOf(nodeA), nd: nodeA, nm: 'host' }] },
    db: { update_every: 10 },
    view: {
      update_every: 10,
      dimensions: {
        ids: ['user', 'user'].map((id, at) => `${id},cpu.cpu${at}@${machineGuidOf(nodeA)}`),
        names: ['user,cpu0@host', 'user,cpu1@host'],
      },
    },
    result: { labels: ['time', 'a', 'b'], point: { value: 0, arp: 1, pa: 2 }, data },
  })

const template =
  'template: busy\n on: cpu.cpu\n lookup: average -10s unaligned of user\n every: 10s\n warn: $this > 70\n crit: $this > 92\n'

it('[CR35] a template is judged on the past of each instance', async () => {
  agent.answerAlways(answer())
  const { status, json } = await evaluate({ config: template, after: -60, before: 0 })
  expect([status, json]).toMatchObject([
    200,
    {
      node: { nd: nodeA, mg: machineGuidOf(nodeA) },
      window: { after: -60, before: 0 },
      alerts: [
        {
          name: 'busy',
          type: 'template',
          on: 'cpu.cpu',
          is_complete: true,
          instances: [
            { instance: 'cpu.cpu0', fired: 0, raised: [], transitions: [{ status: 'CLEAR', value: 5 }] },
            {
              instance: 'cpu.cpu1',
              fired: 2,
              transitions: [
                { status: 'CLEAR', value: 10, notified: false },
                { status: 'UNDEFINED', value: null, notified: false },
                { status: 'CLEAR', value: 30, notified: false },
                { when: 1_030, status: 'WARNING', value: 80, notified: true },
                { when: 1_050, status: 'CRITICAL', value: 95, notified: true },
              ],
              raised: [{ after: 1_030, before: null, status: 'CRITICAL' }],
              caveats: ['gaps'],
            },
          ],
        },
      ],
    },
  ])
  expect(live.rights.needs).toEqual(['alerts.view'])
  expect(agent.asked[0]?.question.target).toMatch(/cpu\.cpu/)
})

it('[CR35] an alarm is looked for under the context of its name, then under any', async () => {
  agent.answerAlways(answer([]))
  const { json } = await evaluate({ config: template.replace('template:', 'alarm:').replace('cpu.cpu', 'cpu.cpu1') })
  expect(json['alerts']).toEqual([{ name: 'busy', type: 'alarm', on: 'cpu.cpu1', is_complete: true, instances: [] }])
  expect(agent.asked).toHaveLength(2)
})

it('[CR36] what is no definition is refused without its words', async () => {
  agent.answerAlways(answer())
  const refused = async (body: object) => {
    const { status, text } = await evaluate(body)
    expect(text).not.toContain('secret')
    return status
  }
  expect(await refused({ config: 'template: secret\n on: cpu.cpu\n lookup: secret -10s\n' })).toBe(422)
  expect(await refused({ config: 'secret' })).toBe(422)
  expect(await refused({ config: `${template} calc: $this + (\n` })).toBe(422)
  expect(await refused({ config: Array.from({ length: 9 }, (_, n) => template.replace('busy', `busy${n}`)).join('\n') })).toBe(422)
  expect(await refused({ config: 7 })).toBe(400)
  expect(await refused({ config: template, after: 'secret' })).toBe(400)
  for (const node_id of [nodeB, 'secret', '', '__proto__', '*']) {
    live.visible.delete(nodeB)
    expect(await refused({ node_id, config: template })).toBe(404)
  }
  expect(agent.asked).toEqual([])
})

it('[CR36] hostile tables and huge windows cost no more than the bound', async () => {
  agent.answerAlways(answer([[1, 'x', []], ['y'], [2, [5, 0, 0], [1e308, 0, 0]], [9e15, [1, 0, 0], [1, 0, 0]]]))
  expect((await evaluate({ config: template })).status).toBe(200)
  agent.answerAlways(answer(Array.from({ length: 4_000 }, (_, row) => [1_000 + row * 10, [5, 0, 0], [6, 0, 0]])))
  const { json } = await evaluate({ config: template.replace('-10s', '-12h').replace('every: 10s', 'every: 1s') })
  expect(json['alerts']).toMatchObject([{ is_complete: false, instances: [] }])
  agent.answerAlways('{}')
  expect((await evaluate({ config: template })).json['alerts']).toMatchObject([{ is_complete: true, instances: [] }])
})
