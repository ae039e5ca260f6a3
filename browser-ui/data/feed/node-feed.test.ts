import { expect, it } from 'vitest'
import { ThroughlineError, type ErrorCode } from '../../../src/errors/throughline-error.ts'
import type { LiveQuestion } from '../../../src/live/messages.ts'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import type { LinkState, LiveClient, LiveSubscription } from '../../link/live-client.ts'
import { createTimeline } from '../time/timeline.ts'
import { createNodeFeed } from './node-feed.ts'
import type { SeriesTable } from './series-table.ts'

const nodeId = '6f6d9d0e-8c61-4f6f-9a53-0d8f4f1c2a01'
const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

const catalogueText = JSON.stringify({
  contexts: {
    'system.cpu': { collected: true, charts: { 'system.cpu': { update_every: 1 } } },
    'system.load': { collected: true, charts: { 'system.load': { update_every: 5 } } },
    'disk.io': { collected: true, charts: { 'disk.vda': { update_every: 1 }, 'disk.vdb': { update_every: 1 } } },
  },
})

/** A jsonwrap answer: for each chart one dimension `x` whose value is time × factor. */
const dataText = (charts: readonly string[], times: readonly number[], step = 1) =>
  JSON.stringify({
    view_update_every: step,
    chart_ids: charts,
    dimension_ids: charts.map(() => 'x'),
    latest_values: charts.map(() => 42),
    result: {
      labels: ['time', ...charts.map(() => 'x')],
      data: times.toReversed().map((timeS) => [timeS, ...charts.map(() => timeS * 2)]),
    },
  })

function setUp() {
  const clock = createHandClock()
  const subscriptions: { wish: LiveSubscription; contexts: readonly string[]; isOpen: boolean }[] = []
  const asks: {
    question: LiveQuestion
    answer(text: string, httpStatus?: number): void
    fail(code: ErrorCode): void
  }[] = []
  const stateListeners = new Set<(state: LinkState) => void>()
  const nodeListeners = new Set<(id: string, state: 'live' | 'offline') => void>()
  const client = {
    state: 'open',
    subscribe(wish: LiveSubscription) {
      const entry = { wish, contexts: wish.contexts, isOpen: true }
      subscriptions.push(entry)
      return { change: (contexts: readonly string[]) => void (entry.contexts = contexts), close: () => void (entry.isOpen = false) }
    },
    ask: (_nodeId: string, question: LiveQuestion, signal?: AbortSignal) =>
      new Promise((resolve, reject) => {
        const fail = (code: ErrorCode) => reject(new ThroughlineError(code, 'no'))
        signal?.addEventListener('abort', () => fail('CANCELLED'))
        asks.push({ question, answer: (text, httpStatus = 200) => resolve({ text, httpStatus }), fail })
      }),
    onState: (listener: (state: LinkState) => void) => {
      stateListeners.add(listener)
      return () => void stateListeners.delete(listener)
    },
    onNode: (listener: (id: string, state: 'live' | 'offline') => void) => {
      nodeListeners.add(listener)
      return () => void nodeListeners.delete(listener)
    },
  } as unknown as LiveClient
  const timeline = createTimeline({ clock })
  const feed = createNodeFeed({ client, clock, nodeId, timeline, random: () => 0 })
  const open = () => subscriptions.filter((entry) => entry.isOpen)
  const catalogue = async () => {
    asks.find(({ question }) => question.kind === 'contexts')?.answer(catalogueText)
    await settle()
    clock.advance(100)
  }
  const pastAsks = () => asks.filter(({ question }) => question.kind === 'data')
  return {
    clock,
    timeline,
    feed,
    open,
    asks,
    pastAsks,
    catalogue,
    sayNode: (state: 'live' | 'offline') => nodeListeners.forEach((listener) => listener(nodeId, state)),
  }
}

it('[UI48] subscribes at once to what is shown, before it knows any pace, and fetches its past', () => {
  const { clock, feed, open, pastAsks } = setUp()
  feed.show('system.load', 600)
  feed.show('system.cpu', 600)
  clock.advance(100)
  expect(open().map(({ wish, contexts }) => [wish.cadenceMs, contexts])).toEqual([[1000, ['system.cpu', 'system.load']]])
  expect(pastAsks().map(({ question }) => question)).toEqual([
    { kind: 'data', contexts: ['system.load', 'system.cpu'], afterS: -300, beforeS: 0, points: 300 },
  ])
})

it('[UI49] moves each context to its own pace when the agent has listed it', async () => {
  const { clock, feed, open, catalogue } = setUp()
  feed.show('system.load', 600)
  feed.show('system.cpu', 600)
  clock.advance(100)
  await catalogue()
  expect(open().map(({ wish, contexts }) => [wish.cadenceMs, contexts])).toEqual([
    [1000, ['system.cpu']],
    [5000, ['system.load']],
  ])
  expect(feed.paceS('system.load')).toBe(5)
})

it('[UI50] drops the wish for what leaves the screen, once nobody shows it', async () => {
  const { clock, feed, open, catalogue } = setUp()
  await catalogue()
  const hides = [feed.show('system.cpu', 100), feed.show('system.cpu', 100), feed.show('disk.io', 100)]
  clock.advance(100)
  hides[0]?.()
  hides[0]?.()
  hides[2]?.()
  clock.advance(100)
  expect(open().map(({ contexts }) => contexts)).toEqual([['system.cpu']])
  hides[1]?.()
  clock.advance(100)
  expect(open()).toEqual([])
})

it('[UI51] puts ticks into tables by context, adds what came before the list of charts was known, and leaves out what others watch', async () => {
  const { clock, timeline, feed, open, catalogue } = setUp()
  const changes: string[][] = []
  feed.onData((changed) => changes.push([...changed]))
  feed.show('system.cpu', 100)
  feed.show('disk.io', 100)
  clock.advance(100)
  open()[0]?.wish.onTick(dataText(['system.cpu', 'disk.vda', 'disk.vdb', 'net.eth0'], [100, 101, 102]), 200)
  expect(changes).toEqual([['system.cpu']])
  expect(timeline.edgeS()).toBe(102)
  await catalogue()
  expect(changes).toEqual([['system.cpu'], ['disk.io']])
  expect([...(feed.table('disk.io')?.timesS() ?? [])]).toEqual([100, 101, 102])
  expect(feed.table('net.net')).toBeUndefined()
  expect(feed.latest('system.cpu', 'x')).toBe(42)
})

it('[UI52] fetches what was missed when a tick leaves a gap behind it', async () => {
  const { clock, feed, open, pastAsks, catalogue } = setUp()
  await catalogue()
  feed.show('system.cpu', 100)
  clock.advance(100)
  pastAsks()[0]?.answer(dataText(['system.cpu'], [1000, 1001]))
  await settle()
  open()[0]?.wish.onTick(dataText(['system.cpu'], [1000, 1001, 1002]), 200)
  clock.advance(100)
  expect(pastAsks().length).toBe(1)
  open()[0]?.wish.onTick(dataText(['system.cpu'], [1050, 1051, 1052]), 200)
  clock.advance(100)
  expect(pastAsks()[1]?.question).toEqual({ kind: 'data', contexts: ['system.cpu'], afterS: 1001, beforeS: 0, points: 56 })
})

it('[UI53] stands still while locked and shows the frozen window of what scrolls into sight; playing goes on', async () => {
  const { clock, timeline, feed, open, pastAsks, catalogue } = setUp()
  await catalogue()
  feed.show('system.cpu', 100)
  clock.advance(100)
  open()[0]?.wish.onTick(dataText(['system.cpu'], [1000, 1001, 1002]), 200)
  const subscription = open()[0]
  timeline.lock()
  clock.advance(100)
  expect([open().length, timeline.span()]).toEqual([0, [702, 1002]])
  subscription?.wish.onTick(dataText(['system.cpu'], [1003]), 200)
  expect(timeline.edgeS()).toBe(1002)
  feed.show('disk.io', 100)
  clock.advance(100)
  expect(pastAsks().at(-1)?.question).toEqual({ kind: 'data', contexts: ['disk.io'], afterS: 702, beforeS: 1002, points: 300 })
  timeline.resume()
  clock.advance(100)
  expect(open().map(({ contexts }) => contexts)).toEqual([['disk.io', 'system.cpu']])
})

it('[UI54] asks for a whole new window with as many points as fit the chart, and forgets the old question', async () => {
  const { clock, timeline, feed, pastAsks, catalogue } = setUp()
  await catalogue()
  feed.show('system.cpu', 400)
  clock.advance(100)
  timeline.setWindow(3600)
  clock.advance(100)
  expect(pastAsks().map(({ question }) => question)).toEqual([
    { kind: 'data', contexts: ['system.cpu'], afterS: -300, beforeS: 0, points: 300 },
    { kind: 'data', contexts: ['system.cpu'], afterS: -3600, beforeS: 0, points: 600 },
  ])
})

it('[UI55] keeps its rows and names the reason when ticks stop, and is well again with the next tick', async () => {
  const { clock, feed, open, catalogue, sayNode } = setUp()
  await catalogue()
  feed.show('system.cpu', 100)
  clock.advance(100)
  const wish = open()[0]?.wish
  wish?.onTick(dataText(['system.cpu'], [1000]), 200)
  wish?.onPaused('AGENT_UNREACHABLE')
  sayNode('offline')
  expect([feed.status.trouble, feed.status.nodeState, feed.table('system.cpu')?.length]).toEqual(['AGENT_UNREACHABLE', 'offline', 1])
  sayNode('live')
  wish?.onTick('not json', 200)
  expect(feed.status.trouble).toBe('AGENT_PROTOCOL')
  wish?.onTick(dataText(['system.cpu'], [1001]), 200)
  expect([feed.status.trouble, feed.status.nodeState]).toEqual([undefined, 'live'])
})

it('[UI56] repeats a question about the past and the list of charts after a failure', async () => {
  const { clock, feed, asks, pastAsks } = setUp()
  feed.show('system.cpu', 100)
  clock.advance(100)
  for (const ask of asks) ask.fail('AGENT_UNREACHABLE')
  await settle()
  clock.advance(2000)
  expect([asks.filter(({ question }) => question.kind === 'contexts').length, pastAsks().length]).toEqual([2, 2])
})

it('[UI111] tells the status of an agent that refuses ticks or its list of charts, and is well again with the next tick', async () => {
  const { clock, feed, open, asks } = setUp()
  asks[0]?.answer('sorry', 451)
  await settle()
  expect(feed.status.trouble).toBe('STATUS_451')
  feed.show('system.cpu', 100)
  clock.advance(100)
  open()[0]?.wish.onTick('too much', 413)
  expect(feed.status.trouble).toBe('STATUS_413')
  open()[0]?.wish.onTick(dataText(['system.cpu'], [1000]), 200)
  expect(feed.status.trouble).toBeUndefined()
})

it('[UI112] asks for the past again when the agent is busy, and not when it has none', async () => {
  const { clock, feed, pastAsks } = setUp()
  feed.show('system.cpu', 100)
  clock.advance(100)
  pastAsks()[0]?.answer('busy', 503)
  await settle()
  clock.advance(60_000)
  expect(pastAsks()).toHaveLength(2)
  pastAsks()[1]?.answer('nothing', 404)
  await settle()
  clock.advance(60_000)
  expect(pastAsks()).toHaveLength(2)
})

it('[UI57] lets go of everything when the page leaves', async () => {
  const { clock, feed, open, asks, catalogue } = setUp()
  await catalogue()
  feed.show('system.cpu', 100)
  clock.advance(100)
  feed.close()
  expect(open()).toEqual([])
  const before = asks.length
  clock.advance(60_000)
  await settle()
  expect(asks.length).toBe(before)
})

it('[UI58] keeps no more of the past than the window needs', async () => {
  const { clock, timeline, feed, open, catalogue } = setUp()
  await catalogue()
  timeline.setWindow(60)
  feed.show('system.cpu', 100)
  clock.advance(100)
  const times = Array.from({ length: 500 }, (_, index) => 1000 + index)
  open()[0]?.wish.onTick(dataText(['system.cpu'], times), 200)
  expect([feed.table('system.cpu')?.length, feed.table('system.cpu')?.timesS().at(-1)]).toEqual([67, 1499])
})

/** A live page with one chart whose window has come. */
async function watched() {
  const scene = setUp()
  await scene.catalogue()
  scene.feed.show('system.cpu', 400)
  scene.clock.advance(100)
  scene.pastAsks()[0]?.answer(dataText(['system.cpu'], [99_999, 100_000]))
  await settle()
  scene.clock.advance(1000)
  return scene
}
const rows = (table: SeriesTable | undefined) => [...(table?.timesS() ?? [])]

it('[TM10] asks for a span of the past once, for all charts on screen together, at the resolution of their pixels', async () => {
  const { clock, timeline, feed, open, pastAsks } = await watched()
  feed.show('system.load', 200)
  feed.show('disk.io', 300)
  timeline.show(20_000, 80_000)
  clock.advance(100)
  expect(open()).toEqual([])
  expect(
    pastAsks()
      .slice(1)
      .map(({ question }) => question),
  ).toEqual([
    { kind: 'data', contexts: ['system.cpu'], afterS: 19_900, beforeS: 80_000, points: 600 },
    { kind: 'data', contexts: ['system.load'], afterS: 19_800, beforeS: 80_000, points: 300 },
    { kind: 'data', contexts: ['disk.io'], afterS: 19_866, beforeS: 80_000, points: 450 },
  ])
})

it('[TM10] asks for fast and slow contexts in one question when the pixels decide', async () => {
  const { clock, timeline, feed, pastAsks } = await watched()
  feed.show('system.load', 400)
  timeline.show(20_000, 80_000)
  clock.advance(100)
  expect(pastAsks().at(-1)?.question).toMatchObject({ contexts: ['system.cpu', 'system.load'], points: 600 })
})

it('[TM11] waits with its questions while a person drags, and gives up those of a span that is left', async () => {
  const { clock, timeline, feed, pastAsks } = await watched()
  timeline.show(20_000, 20_300)
  clock.advance(100)
  expect(pastAsks()).toHaveLength(2)
  for (let step = 0; step < 10; step++) {
    timeline.pan(-0.1)
    clock.advance(16)
  }
  expect(pastAsks()).toHaveLength(2)
  clock.advance(300)
  expect(
    pastAsks()
      .slice(2)
      .map(({ question }) => question),
  ).toMatchObject([{ afterS: 19_699, beforeS: 20_000 }])
  pastAsks()[1]?.answer(dataText(['system.cpu'], [20_001]))
  await settle()
  expect([feed.isLoading('system.cpu'), rows(feed.table('system.cpu'))]).toEqual([true, [99_999, 100_000]])
})

it('[TM12] keeps the rows there were until those of the new span are here, and knows what is on its way', async () => {
  const { clock, timeline, feed, pastAsks } = await watched()
  const told: string[][] = []
  feed.onData((changed) => told.push([...changed]))
  timeline.show(20_000, 20_300)
  clock.advance(100)
  expect([feed.isLoading('system.cpu'), rows(feed.table('system.cpu'))]).toEqual([true, [99_999, 100_000]])
  pastAsks()[1]?.answer(dataText(['system.cpu'], [20_100, 20_101]))
  await settle()
  expect([feed.isLoading('system.cpu'), rows(feed.table('system.cpu')), told]).toEqual([false, [20_100, 20_101], [['system.cpu']]])
  timeline.show(30_000, 30_300)
  clock.advance(300)
  expect(rows(feed.table('system.cpu'))).toEqual([20_100, 20_101])
  pastAsks()[2]?.answer('nothing', 404)
  await settle()
  expect([feed.isLoading('system.cpu'), rows(feed.table('system.cpu'))]).toEqual([false, []])
})

it('[TM12] is back at the live rows at once when it is resumed, and fetches what was missed', async () => {
  const { clock, timeline, feed, open, pastAsks } = await watched()
  timeline.show(20_000, 20_300)
  clock.advance(100)
  pastAsks()[1]?.answer(dataText(['system.cpu'], [20_100]))
  await settle()
  timeline.resume()
  clock.advance(100)
  expect(rows(feed.table('system.cpu'))).toEqual([99_999, 100_000])
  open()[0]?.wish.onTick(dataText(['system.cpu'], [100_060]), 200)
  clock.advance(100)
  expect(pastAsks().at(-1)?.question).toMatchObject({ afterS: 99_999, beforeS: 0 })
})

it('[TM13] names the reason why a span of the past does not come, and asks again', async () => {
  const { clock, timeline, feed, pastAsks } = await watched()
  timeline.show(20_000, 20_300)
  clock.advance(100)
  pastAsks()[1]?.fail('AGENT_UNREACHABLE')
  await settle()
  expect(feed.status.trouble).toBe('AGENT_UNREACHABLE')
  clock.advance(60_000)
  pastAsks()[2]?.answer(dataText(['system.cpu'], [20_100]))
  await settle()
  expect([feed.status.trouble, rows(feed.table('system.cpu'))]).toEqual([undefined, [20_100]])
})

it('[TM14] asks in halves for what is too large for one answer, and a single context that is too large has none', async () => {
  const { clock, timeline, feed, pastAsks } = await watched()
  feed.show('disk.io', 400)
  timeline.show(20_000, 20_300)
  clock.advance(100)
  pastAsks().at(-1)?.fail('AGENT_ANSWER_TOO_LARGE')
  await settle()
  pastAsks()
    .at(-1)
    ?.answer(dataText(['system.cpu'], [20_100]))
  await settle()
  expect(pastAsks().at(-1)?.question).toMatchObject({ contexts: ['disk.io'] })
  pastAsks().at(-1)?.fail('AGENT_ANSWER_TOO_LARGE')
  await settle()
  expect([feed.isLoading('disk.io'), rows(feed.table('disk.io')), rows(feed.table('system.cpu'))]).toEqual([false, [], [20_100]])
})

it('[TM15] goes on collecting while a pointer holds the window, and keeps what is on screen', async () => {
  const { clock, timeline, feed, open } = await watched()
  timeline.setWindow(60)
  timeline.hold()
  clock.advance(300)
  const times = Array.from({ length: 500 }, (_, index) => 100_001 + index)
  open()[0]?.wish.onTick(dataText(['system.cpu'], times), 200)
  expect([timeline.span(), rows(feed.table('system.cpu'))[0], rows(feed.table('system.cpu')).at(-1)]).toEqual([
    [99_940, 100_000],
    99_999,
    100_500,
  ])
})

it('[TM16] keeps a long window at the resolution of its pixels instead of mixing in finer rows, and what is newer than it', async () => {
  const { clock, timeline, feed, open, pastAsks } = await watched()
  timeline.setWindow(2_592_000)
  clock.advance(300)
  open()[0]?.wish.onTick(dataText(['system.cpu'], [100_001, 100_002]), 200)
  pastAsks()
    .at(-1)
    ?.answer(dataText(['system.cpu'], [95_680, 100_000], 4320))
  await settle()
  expect(rows(feed.table('system.cpu'))).toEqual([95_680, 100_000, 100_001, 100_002])
  const before = pastAsks().length
  open()[0]?.wish.onTick(
    dataText(
      ['system.cpu'],
      Array.from({ length: 3100 }, (_, index) => 100_003 + index),
    ),
    200,
  )
  clock.advance(300)
  expect(
    pastAsks()
      .slice(before)
      .map(({ question }) => question),
  ).toMatchObject([{ afterS: -2_592_000, points: 600 }])
})

it('[TM17] answers any other span beside the one on screen', async () => {
  const { feed, pastAsks } = await watched()
  const asked = feed.ask({ contexts: ['disk.io'], afterS: 500, beforeS: 600, points: 100 })
  pastAsks()
    .at(-1)
    ?.answer(dataText(['disk.vda', 'disk.vdb'], [510, 520], 10))
  const tables = await asked
  expect([[...tables.keys()], rows(tables.get('disk.io')), rows(feed.table('disk.io'))]).toEqual([['disk.io'], [510, 520], []])
})
