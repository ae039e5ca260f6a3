import { expect, it } from 'vitest'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import type { LiveClient, LiveSubscription } from '../../link/live-client.ts'
import { contextMetric, fleetMetrics, metricRows } from './fleet-metric.ts'
import { createFleetSampler, fleetLimits, type FleetWish } from './fleet-sampler.ts'
import { parseDataAnswer } from '../feed/agent-answer.ts'

const metricOf = (id: string) => fleetMetrics.find((metric) => metric.id === id) ?? contextMetric({ id, title: '', units: '' })
const [cpu, ram] = [metricOf('cpu'), metricOf('memory')]
const names = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `n${String(from + index).padStart(4, '0')}`)
const wishOf = (near: readonly string[], change: Partial<FleetWish> = {}): FleetWish => ({
  near,
  far: [],
  metrics: [cpu],
  wantsPast: false,
  ...change,
})

const answer = (timeS: number, user: number | null, chart = 'system.cpu') =>
  JSON.stringify({
    view_update_every: 1,
    chart_ids: [chart, chart],
    dimension_ids: ['user', 'system'],
    latest_values: [user, 1],
    result: { labels: ['time', 'user', 'system'], data: [[timeS, user, 1]] },
  })

/** A socket whose answers the test gives by hand. */
function createLab() {
  const clock = createHandClock()
  const subscriptions = new Map<string, LiveSubscription & { now: readonly string[] }>()
  const asks: {
    nodeId: string
    question: unknown
    resolve(text: string, httpStatus?: number): void
    reject(code: 'RATE_LIMITED' | 'AGENT_TIMEOUT'): void
  }[] = []
  let most = 0
  let open = 0
  const live: Pick<LiveClient, 'subscribe' | 'ask'> = {
    subscribe(subscription) {
      const entry = { ...subscription, now: subscription.contexts }
      subscriptions.set(subscription.nodeId, entry)
      return { change: (contexts) => void (entry.now = contexts), close: () => void subscriptions.delete(subscription.nodeId) }
    },
    ask: (nodeId, question, signal) =>
      new Promise((resolve, reject) => {
        open += 1
        most = Math.max(most, open)
        const end = () => (open -= 1)
        asks.push({
          nodeId,
          question,
          resolve: (text, httpStatus = 200) => (end(), resolve({ text, httpStatus })),
          reject: (code) => (end(), reject(new ThroughlineError(code, 'no'))),
        })
        signal?.addEventListener('abort', () => (end(), reject(new ThroughlineError('CANCELLED', 'no'))))
      }),
  }
  const sampler = createFleetSampler({ live, clock })
  const settle = async () => {
    for (let turn = 0; turn < 10; turn++) await Promise.resolve()
  }
  return {
    clock,
    sampler,
    subscriptions,
    asks,
    most: () => most,
    settle,
    /** Answers everything that is asked for so long. */
    async run(ms: number) {
      for (let at = 0; at < ms; at += fleetLimits.beatMs) {
        for (const ask of asks.splice(0)) ask.resolve(answer(at, 5))
        await settle()
        clock.advance(fleetLimits.beatMs)
        await settle()
      }
    },
  }
}

it('[HN2] subscribes what is on screen each second, forty nodes at most, and keeps subscriptions that are still wanted', () => {
  const { sampler, subscriptions } = createLab()
  sampler.want(wishOf(names(60)))
  expect([...subscriptions.keys()]).toEqual(names(40))
  expect(subscriptions.get('n0000')).toMatchObject({ cadenceMs: 1000, now: ['system.cpu'] })
  sampler.want(wishOf(names(60, 30)))
  expect([...subscriptions.keys()].sort()).toEqual(names(40, 30))
  sampler.want(wishOf(names(2, 30), { metrics: [cpu, ram] }))
  expect([...subscriptions.values()].map(({ nodeId, now }) => [nodeId, now])).toEqual([
    ['n0030', ['system.cpu', 'system.ram']],
    ['n0031', ['system.cpu', 'system.ram']],
  ])
  sampler.close()
  expect(subscriptions.size).toBe(0)
})

it('[HN3] asks the rest in turns, few at a time, each once before any twice, and says how old each value is', async () => {
  const lab = createLab()
  lab.sampler.want(wishOf([], { far: names(300) }))
  await lab.settle()
  expect(lab.asks.map(({ nodeId }) => nodeId)).toEqual(names(fleetLimits.asksPerBeat))
  expect(lab.asks[0]?.question).toEqual({ kind: 'data', contexts: ['system.cpu'], afterS: -15, beforeS: 0, points: 15 })
  await lab.run(20_000)
  const ages = names(300).map((nodeId) => lab.sampler.ageS(nodeId, 'cpu'))
  expect(ages.every((age) => age !== undefined && age <= 16)).toBe(true)
  expect(lab.most()).toBeLessThanOrEqual(fleetLimits.inFlight)
  expect(lab.sampler.samples('n0000', 'cpu')?.latest).toBe(6)
})

it('[HN3] leaves no more than eight questions open, also when nobody answers', async () => {
  const lab = createLab()
  lab.sampler.want(wishOf([], { far: names(300) }))
  lab.clock.advance(60_000)
  await lab.settle()
  expect(lab.asks).toHaveLength(fleetLimits.inFlight)
})

it('[HN7] nodes of an agent that aggregates are asked together, and one by one after it could not', async () => {
  const lab = createLab()
  const agentOf = (nodeId: string) =>
    ({ claimId: nodeId === 'n0299' ? 'old' : 'parent', hops: 1, generation: nodeId === 'n0299' ? 'A' : 'C' }) as const
  lab.sampler.want(wishOf([], { far: names(300), agentOf }))
  await lab.settle()
  const [bulk, single] = lab.asks.splice(0)
  expect(bulk?.question).toMatchObject({ kind: 'data-v2', contexts: ['system.cpu'], groupBy: ['dimension', 'node'], nodeIds: names(200) })
  expect([bulk?.nodeId, single?.nodeId]).toEqual(['n0000', 'n0299'])
  bulk?.resolve(
    JSON.stringify({
      summary: { nodes: [{ ni: 0, mg: 'g1', nd: 'n0001', nm: 'x' }] },
      result: { labels: ['time', 'user,g1', 'system,g1', 'user,g2'], point: { value: 0 }, data: [[8, [30], [5], [1]]] },
    }),
  )
  await lab.settle()
  expect(lab.sampler.samples('n0001', 'cpu')?.latest).toBe(35)
  expect(lab.sampler.samples('n0002', 'cpu')).toBeUndefined()

  lab.clock.advance(fleetLimits.beatMs)
  await lab.settle()
  const [rest] = lab.asks.splice(0)
  expect(rest?.question).toMatchObject({ kind: 'data-v2', nodeIds: names(99, 200) })
  rest?.reject('AGENT_TIMEOUT')
  await lab.settle()
  lab.clock.advance(fleetLimits.beatMs)
  await lab.settle()
  expect(lab.asks.map(({ question }) => (question as { kind: string }).kind)).toEqual(Array.from({ length: 5 }, () => 'data'))
})

it('[HN4] a node that fails is left alone, longer each time; a relay that asks for calm gets it from all', async () => {
  const lab = createLab()
  lab.sampler.want(wishOf([], { far: ['bad', 'good'] }))
  await lab.settle()
  lab.asks.splice(0).forEach((ask) => (ask.nodeId === 'bad' ? ask.reject('AGENT_TIMEOUT') : ask.resolve(answer(1, 2))))
  await lab.settle()
  const askedWithin = async (ms: number) => {
    const seen: string[] = []
    for (let at = 0; at < ms; at += 250) {
      lab.clock.advance(250)
      await lab.settle()
      for (const ask of lab.asks.splice(0)) {
        seen.push(ask.nodeId)
        if (ask.nodeId === 'bad') ask.reject('AGENT_TIMEOUT')
        else ask.resolve(answer(1, 2))
      }
      await lab.settle()
    }
    return seen.filter((nodeId) => nodeId === 'bad').length
  }
  expect(await askedWithin(10_000)).toBe(1)
  expect(await askedWithin(19_000)).toBe(0)
  expect(await askedWithin(2_000)).toBe(1)

  const calm = createLab()
  calm.sampler.want(wishOf([], { far: names(3) }))
  await calm.settle()
  calm.asks.splice(0).forEach((ask) => ask.reject('RATE_LIMITED'))
  await calm.settle()
  calm.sampler.want(wishOf([], { far: names(6) }))
  calm.clock.advance(4_000)
  await calm.settle()
  expect(calm.asks).toEqual([])
})

it('[HN5] a hidden page asks nothing, and what is no longer wanted is cancelled', async () => {
  const lab = createLab()
  lab.sampler.want(wishOf([], { far: names(3) }))
  await lab.settle()
  expect(lab.asks.splice(0)).toHaveLength(3)
  lab.sampler.setVisible(false)
  lab.clock.advance(60_000)
  await lab.settle()
  expect(lab.asks).toEqual([])
  lab.sampler.setVisible(true)
  lab.clock.advance(fleetLimits.beatMs)
  await lab.settle()
  expect(lab.asks).toHaveLength(3)
  lab.sampler.want(wishOf([]))
  lab.clock.advance(60_000)
  await lab.settle()
  expect(lab.asks.splice(0)).toHaveLength(3)
})

it('[HN2] asks a subscribed node once for the last minute, when a line is wanted', async () => {
  const lab = createLab()
  lab.sampler.want(wishOf(['a'], { wantsPast: true }))
  await lab.settle()
  const [ask] = lab.asks.splice(0)
  expect(ask?.question).toMatchObject({ afterS: -60, points: 60 })
  ask?.resolve(answer(10, 1))
  await lab.settle()
  const told: (readonly string[])[] = []
  lab.sampler.onData((nodeIds) => told.push(nodeIds))
  lab.subscriptions.get('a')?.onTick(answer(11, null), 200)
  lab.subscriptions.get('a')?.onTick(answer(12, 3), 200)
  lab.subscriptions.get('a')?.onTick('{', 200)
  lab.subscriptions.get('a')?.onTick(answer(13, 9), 503)
  expect(told).toEqual([['a'], ['a']])
  expect(lab.sampler.samples('a', 'cpu')).toMatchObject({ timesS: [10, 11, 12], values: [2, 1, 4], latest: 4 })
  lab.clock.advance(60_000)
  await lab.settle()
  expect(lab.asks).toEqual([])
})

it('[HN6] puts instances together as their unit demands, and tells columns of other contexts apart', () => {
  const text = JSON.stringify({
    chart_ids: ['disk_util.a', 'disk_util.b', 'system.cpu'],
    dimension_ids: ['utilization', 'utilization', 'user'],
    latest_values: [1, 2, 3],
    result: {
      labels: ['time', 'x', 'y', 'z'],
      data: [
        [2, 30, 70, 5],
        [1, null, null, 5],
      ],
    },
  })
  const parsed = parseDataAnswer(text)
  expect(metricRows(metricOf('disk-busy'), parsed, true)).toEqual({ timesS: [1, 2], values: [5, 70], latest: 3 })
  expect(metricRows(cpu, parsed, false).values).toEqual([5, 5])
  expect(metricRows(ram, parsed, false)).toEqual({ timesS: [1, 2], values: [undefined, undefined], latest: undefined })
  const share = contextMetric({ id: 'disk.util', title: '', units: 'percentage' }, 'utilization')
  const count = contextMetric({ id: 'disk.ops', title: '', units: 'operations/s' })
  expect(metricRows(share, parsed, true).values).toEqual([undefined, 50])
  expect(metricRows(count, parsed, true).values).toEqual([5, 105])
})

it('[MX38] a context whose name cannot be asked for takes no other metric with it', async () => {
  const { clock, sampler, asks, subscriptions } = createLab()
  const strange = contextMetric({ id: 'two words', title: '', units: '' })
  sampler.want(wishOf(['n1'], { metrics: [cpu, strange] }))
  clock.advance(fleetLimits.beatMs)
  expect(subscriptions.get('n1')?.now).toEqual(['system.cpu'])
  sampler.want(wishOf(['n1'], { metrics: [strange], far: ['n2'], farMetrics: [strange] }))
  clock.advance(fleetLimits.beatMs)
  expect([asks, subscriptions.size]).toEqual([[], 0])
})
