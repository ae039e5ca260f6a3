import { expect, it } from 'vitest'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { LiveQuestion } from '../../../src/live/messages.ts'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import type { LinkState, LiveClient, LiveSubscription } from '../../link/live-client.ts'
import { createNodeFeed } from './node-feed.ts'

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
    fail(code: 'AGENT_UNREACHABLE' | 'CANCELLED'): void
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
        const fail = (code: 'AGENT_UNREACHABLE' | 'CANCELLED') => reject(new ThroughlineError(code, 'no'))
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
  const feed = createNodeFeed({ client, clock, nodeId, windowS: 300, random: () => 0 })
  const open = () => subscriptions.filter((entry) => entry.isOpen)
  const catalogue = async () => {
    asks.find(({ question }) => question.kind === 'contexts')?.answer(catalogueText)
    await settle()
    clock.advance(100)
  }
  const pastAsks = () => asks.filter(({ question }) => question.kind === 'data')
  return {
    clock,
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
  const { clock, feed, open, catalogue } = setUp()
  const changes: string[][] = []
  feed.onData((changed) => changes.push([...changed]))
  feed.show('system.cpu', 100)
  feed.show('disk.io', 100)
  clock.advance(100)
  open()[0]?.wish.onTick(dataText(['system.cpu', 'disk.vda', 'disk.vdb', 'net.eth0'], [100, 101, 102]), 200)
  expect(changes).toEqual([['system.cpu']])
  expect(feed.edgeS()).toBe(102)
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

it('[UI53] stands still while paused and shows the frozen window of what scrolls into sight; playing goes on', async () => {
  const { clock, feed, open, pastAsks, catalogue } = setUp()
  await catalogue()
  feed.show('system.cpu', 100)
  clock.advance(100)
  open()[0]?.wish.onTick(dataText(['system.cpu'], [1000, 1001, 1002]), 200)
  const subscription = open()[0]
  feed.pause()
  clock.advance(100)
  expect([open().length, feed.status.isPaused]).toEqual([0, true])
  subscription?.wish.onTick(dataText(['system.cpu'], [1003]), 200)
  expect(feed.edgeS()).toBe(1002)
  feed.show('disk.io', 100)
  clock.advance(100)
  expect(pastAsks().at(-1)?.question).toEqual({ kind: 'data', contexts: ['disk.io'], afterS: 702, beforeS: 1002, points: 300 })
  feed.resume()
  clock.advance(100)
  expect(open().map(({ contexts }) => contexts)).toEqual([['disk.io', 'system.cpu']])
})

it('[UI54] asks for a whole new window with as many points as fit the chart, and forgets the old question', async () => {
  const { clock, feed, pastAsks, catalogue } = setUp()
  await catalogue()
  feed.show('system.cpu', 400)
  clock.advance(100)
  feed.setWindow(3600)
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
  const { clock, feed, open, catalogue } = setUp()
  await catalogue()
  feed.setWindow(60)
  feed.show('system.cpu', 100)
  clock.advance(100)
  const times = Array.from({ length: 500 }, (_, index) => 1000 + index)
  open()[0]?.wish.onTick(dataText(['system.cpu'], times), 200)
  expect([feed.table('system.cpu')?.length, feed.table('system.cpu')?.timesS().at(-1)]).toEqual([67, 1499])
})
