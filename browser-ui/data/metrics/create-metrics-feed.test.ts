import { expect, it } from 'vitest'
import { ThroughlineError, type ErrorCode } from '../../../src/errors/throughline-error.ts'
import type { LiveQuestion } from '../../../src/live/messages.ts'
import type { AggregatedQuestion } from '../../../src/live/questions.ts'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import type { NodeAgent } from '../../link/api.ts'
import type { LinkState, LiveClient, LiveSubscription, LiveWatch } from '../../link/live-client.ts'
import { createTimeline } from '../time/timeline.ts'
import { createMetricsFeed } from './create-metrics-feed.ts'
import { defaultChoice, type ChartChoice, type MetricsNode } from './metrics-feed.ts'

const settle = () => new Promise<void>((resolve) => setImmediate(resolve))
const idOf = (number: number) => `6f6d9d0e-8c61-4f6f-9a53-${String(number).padStart(12, '0')}`
const [n1, n2, n3] = [idOf(1), idOf(2), idOf(3)]
const node = (nodeId: string, agent?: NodeAgent | null, state: MetricsNode['state'] = 'live'): MetricsNode => ({
  nodeId,
  hostname: `host-${Number(nodeId.slice(-3))}`,
  state,
  ...(agent === undefined ? {} : { agent }),
})
const agent = (claimId: string, generation: NodeAgent['generation'] = 'C'): NodeAgent => ({ claimId, hops: 0, generation })
const disk = defaultChoice({ id: 'disk.io' }, false)

const listText = (units = 'KiB/s') =>
  JSON.stringify({
    contexts: {
      'disk.io': {
        title: 'Disk I/O',
        units,
        collected: true,
        charts: {
          'disk.a': {
            update_every: 1,
            labels: { device: 'a' },
            dimensions: { reads: { name: 'reads' }, writes: { name: 'writes' } },
          },
        },
      },
    },
  })
/** One disk with reads of 1 and writes of −2 a row. */
const plainText = (times: readonly number[]) =>
  JSON.stringify({
    view_update_every: 1,
    chart_ids: ['disk.a', 'disk.a'],
    dimension_ids: ['reads', 'writes'],
    latest_values: [1, -2],
    result: { labels: ['time', 'reads', 'writes'], data: times.toReversed().map((timeS) => [timeS, 1, -2]) },
  })
/** What an agent says of two nodes: sums of two metrics, which are 10 and −20. */
const sumText = (times: readonly number[], labels: readonly string[] = ['reads', 'writes'], values: readonly number[] = [10, -20]) =>
  JSON.stringify({
    api: 3,
    summary: {
      nodes: [n1, n2].map((nd, ni) => ({ mg: `guid-${ni}`, nd, nm: `agent-${ni}`, ni, sts: { cnt: 2 * times.length } })),
      instances: [0, 1].map((ni) => ({ id: 'disk.a', ni, sts: { cnt: 2 * times.length } })),
      dimensions: ['reads', 'writes'].map((id) => ({ id, sts: { cnt: 2 * times.length } })),
      labels: [{ id: 'device', vl: [{ id: 'a', sts: { cnt: 4 * times.length } }] }],
    },
    result: {
      labels: ['time', ...labels],
      point: { value: 0, arp: 1, pa: 2, count: 3 },
      data: times.toReversed().map((timeS) => [timeS, ...values.map((value) => [value, 0, 0, 2])]),
    },
    db: { update_every: 1 },
    view: {
      title: 'Disk',
      update_every: 1,
      units: 'KiB/s',
      dimensions: { names: labels, units: labels.map(() => 'KiB/s'), aggregated: labels.map(() => 2) },
    },
  })

function setUp(nodes: readonly MetricsNode[], windowS = 60) {
  const clock = createHandClock()
  const asks: { nodeId: string; question: LiveQuestion; answer(text: string, httpStatus?: number): void; fail(code: ErrorCode): void }[] =
    []
  const watches: { watch: LiveWatch; isOpen: boolean }[] = []
  const subscriptions: { wish: LiveSubscription; isOpen: boolean }[] = []
  const nodeListeners = new Set<(nodeId: string, state: MetricsNode['state']) => void>()
  const linkListeners = new Set<(state: LinkState) => void>()
  const client = {
    state: 'open',
    subscribe(wish: LiveSubscription) {
      const entry = { wish, isOpen: true }
      subscriptions.push(entry)
      return { change() {}, close: () => void (entry.isOpen = false) }
    },
    watch(watch: LiveWatch) {
      const entry = { watch, isOpen: true }
      watches.push(entry)
      return () => void (entry.isOpen = false)
    },
    ask: (nodeId: string, question: LiveQuestion, signal?: AbortSignal) =>
      new Promise((resolve, reject) => {
        const fail = (code: ErrorCode) => reject(new ThroughlineError(code, 'no'))
        signal?.addEventListener('abort', () => fail('CANCELLED'))
        asks.push({ nodeId, question, answer: (text, httpStatus = 200) => resolve({ text, httpStatus }), fail })
      }),
    onState(listener: (state: LinkState) => void) {
      linkListeners.add(listener)
      return () => void linkListeners.delete(listener)
    },
    onNode(listener: (nodeId: string, state: MetricsNode['state']) => void) {
      nodeListeners.add(listener)
      return () => void nodeListeners.delete(listener)
    },
  } as unknown as LiveClient
  const timeline = createTimeline({ clock, first: { windowS } })
  const feed = createMetricsFeed({ client, clock, random: () => 0, timeline, nodes })
  const advance = async (ms = 300) => {
    clock.advance(ms)
    await settle()
    clock.advance(0)
    await settle()
  }
  const take = <K extends LiveQuestion['kind']>(kind: K) => {
    const found = asks.filter(({ question }) => question.kind === kind)
    for (const one of found) asks.splice(asks.indexOf(one), 1)
    return found.map((one) => ({ ...one, question: one.question as Extract<LiveQuestion, { kind: K }> }))
  }
  const list = async (text = listText()) => {
    for (const one of take('contexts')) one.answer(text)
    await settle()
    await advance()
  }
  return {
    clock,
    feed,
    timeline,
    advance,
    take,
    list,
    watches: () => watches.filter(({ isOpen }) => isOpen).map(({ watch }) => watch),
    subscriptions: () => subscriptions.filter(({ isOpen }) => isOpen).map(({ wish }) => wish),
    say: (nodeId: string, state: MetricsNode['state']) => nodeListeners.forEach((listener) => listener(nodeId, state)),
    sayLink: (state: LinkState) => linkListeners.forEach((listener) => listener(state)),
  }
}

const times = Array.from({ length: 60 }, (_, index) => 1_800_000_000 + index)

it('[MX21] asks one node alone for every metric, each second, whatever its agent can do', async () => {
  const { feed, advance, take, list, subscriptions, watches } = setUp([node(n1, agent('one', 'C'))])
  feed.show({ ...disk, groupBy: ['instance'] }, 600)
  await list()
  expect(subscriptions().map(({ nodeId, cadenceMs }) => [nodeId, cadenceMs])).toEqual([[n1, 1000]])
  expect([watches(), take('data-v2')]).toEqual([[], []])
  for (const one of take('data')) one.answer(plainText(times))
  await advance()
  expect(feed.frame(disk)).toMatchObject({ mergedBy: 'page', volumes: [1, 1], series: [{ name: 'reads' }, { name: 'writes' }] })
  expect(feed.latest('disk.io', 'writes')).toBe(-2)
})

it('[MX21] asks nodes of one agent together: their past once, then a standing question, undivided and by dimension', async () => {
  const { feed, advance, take, list, subscriptions, watches } = setUp([node(n2, agent('one')), node(n1, agent('one'))])
  await list()
  feed.show(disk, 600)
  await advance()
  const [past, ...more] = take('data-v2')
  expect([past?.nodeId, past?.question, more]).toEqual([
    n1,
    {
      kind: 'data-v2',
      contexts: ['disk.io'],
      afterS: -60,
      beforeS: 0,
      points: 60,
      groupBy: ['dimension'],
      groupByLabels: [],
      aggregation: 'sum',
      timeGroup: 'average',
      nodeIds: [n1, n2],
      raw: true,
    } satisfies AggregatedQuestion,
    [],
  ])
  expect(subscriptions()).toEqual([])
  past?.answer(sumText(times))
  await advance()
  expect(watches().map(({ nodeId, cadenceMs, question }) => [nodeId, cadenceMs, question.afterS, question.beforeS])).toEqual([
    [n1, 2000, -9, 0],
  ])
  const frame = feed.frame(disk)
  expect([frame?.mergedBy, frame?.timesS.length, frame?.volumes, frame?.series.map(({ values }) => values.at(-1))]).toEqual([
    'agents',
    60,
    [2, 2],
    [10, -20],
  ])
  // Means come from the same sums.
  expect(feed.frame({ ...disk, aggregation: 'average' })?.series.map(({ values }) => values.at(-1))).toEqual([5, -10])
  watches()[0]?.onTick(sumText([times[59] ?? 0, 1_800_000_060, 1_800_000_061]), 200)
  expect(feed.frame(disk)?.timesS.at(-1)).toBe(1_800_000_061)
})

it('[MX22] merges what agents and nodes answer, a mean by the number of metrics behind each value', async () => {
  const { feed, advance, take, list } = setUp([node(n1, agent('one')), node(n2, agent('one')), node(n3, agent('old', 'A'))])
  await list()
  feed.show({ ...disk, aggregation: 'average' }, 600)
  await advance()
  for (const one of take('data-v2')) one.answer(sumText(times))
  for (const one of take('data')) one.answer(plainText(times))
  await advance()
  const frame = feed.frame({ ...disk, aggregation: 'average' })
  expect([frame?.mergedBy, frame?.volumes, frame?.series.map(({ values }) => values.at(-1))]).toEqual(['both', [3, 3], [11 / 3, -22 / 3]])
})

it('[MX23] other groups are asked with the dimension beside them, and only where the agent keeps signs; else nodes are asked apart', async () => {
  const choice: ChartChoice = { ...disk, groupBy: ['node'] }
  const { feed, advance, take, list, subscriptions } = setUp([node(n1, agent('one')), node(n2, agent('one'))])
  await list()
  feed.show(choice, 600)
  await advance()
  const [whole, probe] = take('data-v2')
  expect([whole?.question.groupBy, probe?.question.groupBy, probe?.question.points]).toEqual([['dimension', 'node'], ['dimension'], 1])
  // The agent took the sign of writes away: its answer is never shown.
  whole?.answer(sumText(times, ['reads,guid-0', 'writes,guid-0'], [10, 20]))
  probe?.answer(sumText([1_800_000_059]))
  await advance()
  expect(feed.frame(choice)).toBeUndefined()
  await advance()
  expect(subscriptions().map(({ nodeId }) => nodeId)).toEqual([n1, n2])
  for (const one of take('data')) one.answer(plainText(times))
  await advance()
  expect(feed.frame(choice)).toMatchObject({
    mergedBy: 'page',
    series: [
      { dimensionId: n1, name: 'host-1' },
      { dimensionId: n2, name: 'host-2' },
    ],
  })
})

it('[MX23] an agent that keeps signs aggregates every group; nodes go by their names here', async () => {
  const choice: ChartChoice = { ...disk, groupBy: ['node'] }
  const { feed, advance, take, list } = setUp([node(n1, agent('one')), node(n2, agent('one'))])
  await list()
  feed.show(choice, 600)
  await advance()
  const [whole, probe] = take('data-v2')
  whole?.answer(sumText(times, ['reads,guid-0', 'writes,guid-0', 'reads,guid-1'], [10, -20, 7]))
  probe?.answer(sumText([1_800_000_059]))
  await advance()
  expect(feed.frame(choice)).toMatchObject({
    mergedBy: 'agents',
    volumes: [4, 2],
    series: [
      { dimensionId: n1, name: 'host-1' },
      { dimensionId: n2, name: 'host-2' },
    ],
  })
  expect(feed.frame(choice)?.series.map(({ values }) => values.at(-1))).toEqual([-10, 7])
  // Known now: the next chart asks without a look at the signs first.
  feed.show({ ...disk, groupBy: ['instance'] }, 600)
  await advance()
  expect(take('data-v2')).toHaveLength(1)
})

it('[MX24] nodes that the cloud will not ask together are asked apart, and together again a minute later', async () => {
  const { feed, advance, take, list, subscriptions, watches } = setUp([node(n1, agent('one')), node(n2, agent('one'))])
  await list()
  feed.show(disk, 600)
  await advance()
  take('data-v2')[0]?.fail('CONFLICT')
  await advance(0)
  await advance()
  expect(subscriptions().map(({ nodeId }) => nodeId)).toEqual([n1, n2])
  await advance(60_000)
  await advance()
  take('data-v2')[0]?.answer(sumText(times))
  await advance()
  expect([subscriptions(), watches().length]).toEqual([[], 1])
})

it('[MX25] a span of the past is asked once, at the resolution of the pixels, and nothing stands meanwhile', async () => {
  const { feed, timeline, advance, take, list, watches } = setUp([node(n1, agent('one')), node(n2, agent('one'))])
  await list()
  feed.show(disk, 600)
  await advance()
  take('data-v2')[0]?.answer(sumText(times))
  await advance()
  timeline.show(1_799_000_000, 1_799_036_000)
  await advance()
  expect(watches()).toEqual([])
  const [past, ...more] = take('data-v2')
  expect([past?.question.afterS, past?.question.beforeS, past?.question.points, more]).toEqual([1_799_000_000, 1_799_036_000, 900, []])
  past?.answer(sumText([1_799_000_040, 1_799_000_080]))
  await advance()
  expect(feed.frame(disk)?.timesS).toContain(1_799_000_080)
  timeline.resume()
  await advance()
  take('data-v2')[0]?.answer(sumText(times))
  await advance()
  expect(watches()).toHaveLength(1)
})

it('[MX26] any span is asked once for a comparison; what some nodes answer is shown, and an error only when none does', async () => {
  const { feed, advance, take, list } = setUp([node(n1, agent('one', 'A')), node(n2, agent('two', 'A'))])
  await list()
  feed.show(disk, 600)
  await advance()
  take('data')
  const compared = feed.frameOf(disk, 1_799_999_900, 1_799_999_960, 60)
  const [first, second] = take('data')
  expect(first?.question).toMatchObject({ afterS: 1_799_999_900, beforeS: 1_799_999_960, points: 60 })
  first?.answer(plainText([1_799_999_930, 1_799_999_931]))
  second?.fail('AGENT_UNREACHABLE')
  expect(await compared).toMatchObject({ timesS: [1_799_999_930, 1_799_999_931], volumes: [1, 1] })
  const failing = feed.frameOf(disk, 1_799_999_900, 1_799_999_960, 60)
  for (const one of take('data')) one.fail('AGENT_TIMEOUT')
  await expect(failing).rejects.toMatchObject({ code: 'AGENT_TIMEOUT' })
})

it('[MX27] says what agents were asked for a chart, as it can be repeated', async () => {
  const { feed, list } = setUp([node(n1, agent('one')), node(n2, agent('one')), node(n3, agent('old', 'A'))])
  await list()
  const choice: ChartChoice = { ...disk, labels: [{ key: 'device', value: 'a' }], dimensions: ['reads'] }
  expect(feed.calls(choice, 600)).toEqual([
    {
      nodeId: n3,
      target:
        '/api/v1/data?context=disk.io&chart=disk.a&dimensions=reads&after=-60&before=0&points=60&group=average&format=json&options=jsonwrap,minify,unaligned&timeout=25000',
    },
    {
      nodeId: n1,
      target:
        `/api/v3/data?scope_nodes=${n1}%7C${n2}&scope_contexts=disk.io&contexts=disk.io&dimensions=reads&labels=device%3Aa&after=-60&before=0&points=60` +
        '&time_group=average&group_by=dimension&aggregation=sum&format=json2&options=jsonwrap,minify,unaligned,minimal-stats,raw&timeout=25000',
    },
  ])
})

it('[MX28] names what can be chosen with how many metrics it has, from lists and from what agents say', async () => {
  const { feed, advance, take, list } = setUp([node(n1, agent('one')), node(n2, agent('one')), node(n3, agent('old', 'A'))])
  await list()
  feed.show(disk, 600)
  await advance()
  expect(feed.heard('disk.io')).toBe(3)
  for (const one of take('data-v2')) one.answer(sumText(times))
  await advance()
  expect([feed.heard('disk.io'), feed.heard('system.cpu')]).toEqual([4, 0])
  expect(feed.facets('disk.io')).toEqual({
    nodes: [
      { id: n3, name: 'host-3', count: 2 },
      { id: n1, name: 'host-1', count: 2 },
      { id: n2, name: 'host-2', count: 2 },
    ],
    instances: [{ id: 'disk.a', name: 'a', count: 6 }],
    dimensions: [
      { id: 'reads', name: 'reads', count: 3 },
      { id: 'writes', name: 'writes', count: 3 },
    ],
    labels: [{ key: 'device', values: [{ value: 'a', count: 6 }] }],
  })
})

it('[MX29] leaving the page ends its questions, subscriptions and timers', async () => {
  const { feed, advance, take, list, subscriptions, watches } = setUp([node(n1, agent('one')), node(n2, agent('one')), node(n3)])
  await list()
  const end = feed.show(disk, 600)
  await advance()
  for (const one of take('data-v2')) one.answer(sumText(times))
  await advance()
  expect([subscriptions().length, watches().length]).toEqual([1, 1])
  end()
  await advance()
  expect([subscriptions(), watches()]).toEqual([[], []])
  feed.show(disk, 600)
  feed.close()
  await advance(120_000)
  expect([subscriptions(), watches()]).toEqual([[], []])
})

it('[MX30] says why a chart is empty, for every way it can be', async () => {
  const why = (feed: ReturnType<typeof setUp>['feed'], choice: ChartChoice = disk) => feed.reason(choice)?.title
  expect(why(setUp([]).feed)).toBe('There is no node here yet.')
  const { feed, advance, take, list, sayLink, timeline } = setUp([node(n1), node(n2)])
  expect(why(feed)).toBe('The values are on their way.')
  await list()
  feed.show(disk, 600)
  feed.show({ ...disk, nodeIds: [n1] }, 600)
  await advance()
  expect(why(feed)).toBe('The values are on their way.')
  expect(why(feed, { ...disk, nodeIds: [] })).toBe('No node is chosen.')
  expect(why(feed, { ...disk, contextId: 'no.such' })).toBe('No node here collects no.such now.')
  expect(why(feed, { ...disk, contextId: 'no.such', nodeIds: [n1] })).toBe('None of the chosen nodes collects no.such now.')
  sayLink('waiting')
  expect(why(feed)).toBe('The connection to the cloud is lost.')
  sayLink('signed-out')
  expect(why(feed)).toBe('You are signed out.')
  sayLink('open')
  for (const one of take('data')) one.answer(plainText(times))
  await advance()
  expect(why(feed)).toBeUndefined()
  expect(why(feed, { ...disk, dimensions: ['none'] })).toBe('Nothing passes the filter.')
  expect(why(feed, { ...disk, labels: [{ key: 'device', value: 'z' }] })).toBe('Nothing passes the filter.')
  timeline.show(1_700_000_000, 1_700_000_060)
  await advance()
  for (const one of take('data')) one.answer('nothing', 404)
  await advance()
  expect(why(feed)).toBe('Nothing was recorded in this span.')
})

it.each([
  ['offline', 'This node is offline.'],
  ['unseen', 'This node has not connected yet.'],
  ['stale', 'This node sends nothing new.'],
] as const)('[MX30] says that the only node is %s', (state, title) => {
  expect(setUp([node(n1, null, state)]).feed.reason(disk)?.title).toBe(title)
})

it.each([
  ['offline', 'None of these nodes can be reached.'],
  ['unseen', 'None of these nodes has connected yet.'],
  ['stale', 'None of these nodes sends anything new.'],
] as const)('[MX30] says that all nodes are %s', (state, title) => {
  expect(setUp([node(n1, null, state), node(n2, null, state)]).feed.reason(disk)?.title).toBe(title)
})

it.each([
  [403, 'The agent does not allow this for your role.'],
  [451, 'This node shares no data.'],
] as const)('[MX30] says what the agent’s status %i means', async (httpStatus, title) => {
  const { feed, advance, take, list } = setUp([node(n1, agent('one')), node(n2, agent('one'))])
  await list()
  feed.show(disk, 600)
  await advance()
  for (const one of take('data-v2')) one.answer('', httpStatus)
  await advance(10)
  expect(feed.reason(disk)?.title).toBe(title)
  expect(feed.status.nodes.map(({ trouble }) => trouble)).toEqual([`STATUS_${httpStatus}`, `STATUS_${httpStatus}`])
})

it('[MX31] says which nodes are missing when not all answer', async () => {
  const { feed, advance, take, list } = setUp([node(n1), node(n2), node(n3, null, 'offline')])
  await list()
  feed.show(disk, 600)
  await advance()
  for (const one of take('data')) one.answer(plainText(times))
  await advance()
  expect(feed.reason(disk)).toEqual({ title: '2 of 3 nodes answer.', text: 'Missing: host-3.' })
})

it('[MX31] says so when more nodes have to be asked one by one than a page merges', async () => {
  const nodes = Array.from({ length: 503 }, (_, index) => node(idOf(index + 1), agent(`old ${index}`, 'A')))
  const { feed, advance, take, list } = setUp(nodes)
  await list()
  feed.show(disk, 600)
  await advance()
  for (const one of take('data')) one.answer(plainText(times))
  await advance()
  expect(feed.reason(disk)?.title).toBe('500 of 503 nodes are shown.')
})

it('[MX41] a crowd of nodes is asked one by one in turns that are longer the more there are, and all are in the chart', async () => {
  const nodes = Array.from({ length: 40 }, (_, index) => node(idOf(index + 1), agent(`own ${index}`, index % 2 === 0 ? 'A' : 'C')))
  const { feed, advance, take, list, subscriptions } = setUp(nodes)
  let drawings = 0
  feed.onData(() => void drawings++)
  feed.show(disk, 600)
  await advance()
  await list()
  for (const one of take('data')) one.answer(plainText(times))
  await advance(400)
  expect(subscriptions().map(({ cadenceMs }) => cadenceMs)).toEqual(Array.from({ length: 40 }, () => 3_000))
  expect(feed.frame(disk)).toMatchObject({ volumes: [40, 40], mergedBy: 'page' })
  expect(feed.frame(disk)?.series.map(({ values }) => values.at(-1))).toEqual([40, -80])
  expect(feed.reason(disk)).toBeUndefined()
  // What forty nodes answer within a moment is drawn once.
  drawings = 0
  for (const wish of subscriptions()) wish.onTick(plainText([1_800_000_060]), 200)
  await advance(400)
  expect([drawings, feed.frame(disk)?.timesS.at(-1)]).toEqual([1, 1_800_000_060])
  // With fewer of them each has its second again.
  feed.setNodes(nodes.slice(0, 3))
  await advance(400)
  expect(subscriptions().map(({ cadenceMs }) => cadenceMs)).toEqual([1_000, 1_000, 1_000])
})

it('[MX32] values of other units than the first node’s are left out, and that is said', async () => {
  const { feed, advance, take } = setUp([node(n1), node(n2)])
  const [first, second] = take('contexts')
  first?.answer(listText('KiB/s'))
  second?.answer(listText('operations/s'))
  await advance()
  feed.show(disk, 600)
  await advance()
  for (const one of take('data')) one.answer(plainText(times))
  await advance()
  expect(feed.frame(disk)?.volumes).toEqual([1, 1])
  expect(feed.reason(disk)?.title).toBe('host-2 is measured in other units.')
})

it('[MX43] what the cloud has stored of a crowd tells who is asked; a node it has nothing of is known by its own list', async () => {
  const nodes = Array.from({ length: 20 }, (_, index) => node(idOf(index + 1), agent(`old ${index}`, 'A')))
  const ids = nodes.map(({ nodeId }) => nodeId)
  const stored = {
    nodeIds: ids.slice(0, 19),
    nodeSets: [[0, 18]],
    contexts: [{ id: 'disk.io', title: 'Disk I/O', units: 'KiB/s', family: '', priority: 1, chartType: 'line', nodeSet: 0 }],
  }
  const { feed, advance, take } = setUp(nodes)
  feed.setNodes(nodes, stored)
  feed.show(disk, 600)
  await advance()
  for (const one of take('contexts')) one.answer(listText(one.nodeId === ids[19] ? 'operations/s' : 'KiB/s'))
  await advance(500)
  for (const one of take('data')) one.answer(plainText(times))
  await advance(500)
  // Eighteen as stored, not the nineteenth, and the twentieth only until it lists other units.
  expect(feed.frame(disk)?.volumes).toEqual([18, 18])
  expect(feed.reason(disk)?.title).toBe('host-20 is measured in other units.')
})

it('[MX33] follows nodes that come, go and change their agent', async () => {
  const { feed, advance, take, list, subscriptions, watches } = setUp([node(n1, agent('one')), node(n2, agent('one'))])
  await list()
  feed.show(disk, 600)
  await advance()
  for (const one of take('data-v2')) one.answer(sumText(times))
  await advance()
  feed.setNodes([node(n1, agent('one'))])
  await advance()
  expect([subscriptions().map(({ nodeId }) => nodeId), watches()]).toEqual([[n1], []])
  expect(feed.status.nodes.map(({ nodeId }) => nodeId)).toEqual([n1])
})

it('[MX34] many questions are asked less often, and no more stand than a page may hold', async () => {
  const { feed, advance, take, list, watches } = setUp([node(n1, agent('one')), node(n2, agent('one'))])
  await list()
  for (let chart = 0; chart < 70; chart++) feed.show({ ...disk, dimensions: [`d${chart}`] }, 600)
  await advance()
  for (const one of take('data-v2')) one.answer(sumText(times))
  await advance()
  expect(watches().length).toBeLessThanOrEqual(64)
  expect(new Set(watches().map(({ cadenceMs }) => cadenceMs))).toEqual(new Set([10_000]))
  // The others are asked by the page itself.
  await advance(10_000)
  expect(take('data-v2').length).toBe(70 - watches().length)
})

it('[MX6] waits for an agent that is asked less often as long as its answers are apart, then its absence counts', async () => {
  const { feed, advance, take, list, subscriptions } = setUp([node(n1, agent('one')), node(n2, agent('one')), node(n3, agent('old', 'A'))])
  await list()
  feed.show(disk, 600)
  for (let chart = 0; chart < 70; chart++) feed.show({ ...disk, dimensions: [`d${chart}`] }, 600)
  await advance()
  for (const one of take('data-v2')) one.answer(sumText(times))
  for (const one of take('data')) one.answer(plainText(times))
  await advance()
  const onwards = (lengthS: number) => Array.from({ length: lengthS }, (_, index) => 1_800_000_060 + index)
  const edge = () => {
    const frame = feed.frame(disk)
    return [frame?.timesS.at(-1), frame?.series[0]?.values.at(-1), frame?.isPartial.at(-1)]
  }
  subscriptions()[0]?.onTick(plainText(onwards(8)), 200)
  expect(edge()).toEqual([1_800_000_059, 11, false])
  subscriptions()[0]?.onTick(plainText(onwards(20)), 200)
  expect(edge()).toEqual([1_800_000_079, 1, true])
})

it('[MX38] a context whose name cannot be asked for is not asked for and says so, while the other charts go on', async () => {
  const strange = { ...disk, contextId: 'disk io&x' }
  for (const nodes of [[node(n1)], [node(n1, agent('one')), node(n2, agent('one'))]]) {
    const { feed, advance, take, list, subscriptions, watches } = setUp(nodes)
    await list()
    feed.show(strange, 600)
    feed.show(disk, 600)
    await advance()
    const asked = [...take('data'), ...take('data-v2')]
    expect(new Set(asked.flatMap(({ question }) => question.contexts))).toEqual(new Set(['disk.io']))
    for (const one of asked) one.answer(nodes.length === 1 ? plainText(times) : sumText(times))
    await advance()
    expect(subscriptions().every(({ contexts }) => contexts.join(' ') === 'disk.io')).toBe(true)
    expect(watches().every(({ question }) => question.contexts.join(' ') === 'disk.io')).toBe(true)
    expect(feed.frame(disk)?.series).toHaveLength(2)
    expect(feed.isLoading(strange)).toBe(false)
    expect(feed.reason(strange)?.title).toBe('Its name cannot be asked for.')
    expect((await feed.frameOf(strange, 0, 60, 60)).series).toEqual([])
  }
})
