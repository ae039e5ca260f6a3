import { afterEach, beforeEach, expect, it } from 'vitest'
import type { ClaimId } from '../../src/domain/ids.ts'
import { liveLimits } from '../../src/live/limits.ts'
import type { AggregatedQuestion } from '../../src/live/questions.ts'
import { silentLog } from '../../src/support/log.ts'
import { serveFakeAgent } from '../../test/doubles/agents/fake-agent.ts'
import type { LiveBrowser } from '../../test/doubles/people/live-browser.ts'
import { foreignNode, nodeA, nodeB, startLiveRelay } from '../../test/doubles/people/live-relay.ts'
import type { LiveRelayDouble } from '../../test/doubles/people/live-relay.ts'

let live: LiveRelayDouble
beforeEach(async () => {
  live = await startLiveRelay(silentLog)
})
afterEach(() => live.stop())

const question: AggregatedQuestion = {
  kind: 'data-v2',
  contexts: ['disk.io'],
  afterS: -8,
  beforeS: 0,
  points: 8,
  groupBy: ['dimension'],
  groupByLabels: [],
  aggregation: 'sum',
  timeGroup: 'average',
  nodeIds: [nodeA, nodeB],
  raw: true,
}
const watch = (browser: LiveBrowser, id: number, change: Partial<AggregatedQuestion> = {}, cadenceMs = 2_000) =>
  browser.send({ type: 'watch', id, nodeId: nodeA, question: { ...question, ...change }, cadenceMs })
const ask = (browser: LiveBrowser, id: number, change: Partial<AggregatedQuestion> = {}) =>
  browser.send({ type: 'ask', id, nodeId: nodeA, question: { ...question, ...change } })
/** One agent for both nodes: a parent. */
const parent = (generation: 'A' | 'B' | 'C' = 'C') => {
  const first = serveFakeAgent(live.bus, nodeA, 'parent' as ClaimId, generation)
  const second = serveFakeAgent(live.bus, nodeB, 'parent' as ClaimId, generation)
  return { first, second }
}
/** Whatever the browser sent so far has been worked on. */
const settled = async (browser: LiveBrowser) => {
  browser.send({ type: 'ask', id: 9_999, nodeId: foreignNode, question: { kind: 'info' } })
  for (;;) {
    const item = await browser.next()
    if (item.type === 'error' && item.id === 9_999) return
  }
}

it('[RL201] a question about several nodes is sent to their agent with exactly these nodes as its scope', async () => {
  const { first } = parent()
  const browser = await live.open()
  ask(browser, 1, {
    nodeIds: [nodeB, nodeA.toUpperCase(), nodeB],
    instances: ['disk.sda'],
    dimensions: ['reads'],
    labels: [{ key: 'device', value: 'a b' }],
  })
  const asked = await first.question(0)
  expect(asked.question.target).toBe(
    `/api/v3/data?scope_nodes=${nodeA}%7C${nodeB}&scope_contexts=disk.io&contexts=disk.io&instances=disk.sda&dimensions=reads` +
      '&labels=device%3Aa%20b&after=-8&before=0&points=8&time_group=average&group_by=dimension&aggregation=sum&format=json2' +
      '&options=jsonwrap,minify,unaligned,minimal-stats,raw&timeout=25000',
  )
  asked.answer('{}')
  expect(await browser.nextOf('frame')).toMatchObject({ head: { kind: 'answer', id: 1 }, body: '{}' })
})

it('[RL202] one node in the scope that the viewer may not see refuses the whole question, and no agent hears of it', async () => {
  const { first } = parent()
  serveFakeAgent(live.bus, foreignNode, 'parent' as ClaimId, 'C')
  const browser = await live.open()
  ask(browser, 1, { nodeIds: [nodeA, foreignNode] })
  expect(await browser.nextOf('error')).toMatchObject({ id: 1, code: 'NOT_FOUND' })
  watch(browser, 2, { nodeIds: [foreignNode] })
  expect(await browser.nextOf('error')).toMatchObject({ id: 2, code: 'NOT_FOUND' })
  expect(first.asked).toHaveLength(0)
})

it('[RL203] nodes of different agents are refused with CONFLICT, a node that no agent answers for with AGENT_UNREACHABLE', async () => {
  const first = serveFakeAgent(live.bus, nodeA, 'one' as ClaimId, 'C')
  const browser = await live.open()
  ask(browser, 1)
  expect(await browser.nextOf('error')).toMatchObject({ id: 1, code: 'AGENT_UNREACHABLE', retry: true })
  serveFakeAgent(live.bus, nodeB, 'two' as ClaimId, 'C')
  ask(browser, 2)
  expect(await browser.nextOf('error')).toMatchObject({ id: 2, code: 'CONFLICT' })
  watch(browser, 3)
  const { stream } = await browser.nextOf('subscribed')
  expect(await browser.nextOf('paused')).toEqual({ type: 'paused', stream, reason: 'CONFLICT' })
  expect(first.asked).toHaveLength(0)
})

it('[RL204] a standing question is asked at once and at its pace, once for all who watch the same, with the same bytes', async () => {
  const { first, second } = parent('B')
  first.answerAlways('same')
  const [ann, bob] = [await live.open(), await live.open()]
  watch(ann, 1)
  const { stream } = await ann.nextOf('subscribed')
  expect(await ann.nextOf('frame')).toMatchObject({ head: { kind: 'tick', id: stream }, body: 'same' })
  // The same in other words, addressed to the other node.
  bob.send({ type: 'watch', id: 5, nodeId: nodeB, question: { ...question, nodeIds: [nodeB, nodeA.toUpperCase()] }, cadenceMs: 2_000 })
  expect((await bob.nextOf('subscribed')).stream).toBe(stream)
  const before = first.asked.length
  live.clock.advance(2_000)
  const [one, other] = [await ann.nextOf('frame'), await bob.nextOf('frame')]
  expect([one, one.body]).toEqual([other, 'same'])
  expect([first.asked.length - before, second.asked.length]).toEqual([1, 0])
  expect(first.asked.at(-1)?.question.target).toContain('&after=-8&before=0&points=8&')
  expect(first.asked.at(-1)?.question.timeoutMs).toBeLessThan(2_000)
})

it('[RL205] a standing question that finds its last one outstanding is skipped, and cancelled when nobody watches any more', async () => {
  const { first } = parent()
  const browser = await live.open()
  watch(browser, 1)
  const asked = await first.question(0)
  live.clock.advance(4_000)
  expect(first.asked).toHaveLength(1)
  browser.send({ type: 'unwatch', id: 1 })
  await settled(browser)
  live.clock.advance(1_000)
  expect(asked.signal.aborted).toBe(true)
  live.clock.advance(10_000)
  expect(first.asked).toHaveLength(1)
})

it('[RL205] nothing is asked for pages that are hidden, and at once when they are shown', async () => {
  const { first } = parent()
  first.answerAlways('x')
  const browser = await live.open()
  browser.send({ type: 'visibility', visible: false })
  watch(browser, 1)
  await settled(browser)
  live.clock.advance(10_000)
  expect(first.asked).toHaveLength(0)
  browser.send({ type: 'visibility', visible: true })
  await browser.nextOf('frame')
  expect(first.asked).toHaveLength(1)
})

it('[RL206] of one agent one standing question is under way at a time, between them its nodes have their turn', async () => {
  const { first } = parent()
  const browser = await live.open()
  watch(browser, 1)
  watch(browser, 2, { contexts: ['system.cpu'] })
  const one = await first.question(0)
  await settled(browser)
  expect(first.asked).toHaveLength(1)
  one.answer('one')
  expect((await first.question(1)).question.target).toContain('scope_contexts=system.cpu')
})

it(`[RL207] a page holds ${liveLimits.watches} standing questions; one more is refused with RATE_LIMITED, and leaves the rest alone`, async () => {
  const { first } = parent()
  first.answerAlways('x')
  const browser = await live.open()
  for (let id = 1; id <= liveLimits.watches; id++) watch(browser, id, { points: id })
  await settled(browser)
  watch(browser, 1_000)
  expect(await browser.nextOf('error')).toMatchObject({ id: 1_000, code: 'RATE_LIMITED' })
  // Subscriptions are counted apart, and a known id may be another question.
  browser.send({ type: 'subscribe', id: 2_000, nodeId: nodeA, contexts: ['system.cpu'], cadenceMs: 1_000 })
  await browser.nextOf('subscribed')
  watch(browser, 1, { points: 500 })
  await browser.nextOf('subscribed')
  expect(live.relay.stats().subscriptions).toBe(liveLimits.watches + 1)
})

it('[RL208] a standing question ends with NOT_FOUND as soon as one of its nodes may not be seen any more', async () => {
  parent().first.answerAlways('x')
  const browser = await live.open()
  watch(browser, 1)
  await browser.nextOf('subscribed')
  live.visible.delete(nodeB)
  live.clock.advance(4_000)
  expect(await browser.nextOf('error')).toMatchObject({ id: 1, code: 'NOT_FOUND' })
  expect(live.relay.stats().subscriptions).toBe(0)
})

it('[RL209] an agent that cannot aggregate is not asked: the viewers are told AGENT_TOO_OLD', async () => {
  const { first } = parent('A')
  const browser = await live.open()
  watch(browser, 1)
  expect(await browser.nextOf('paused')).toMatchObject({ reason: 'AGENT_TOO_OLD' })
  expect(first.asked).toHaveLength(0)
})

it('[RL210] the relay never looks into an answer: what is no JSON at all arrives as it is, with its status', async () => {
  parent().first.answerAlways('\u0000not json', { httpStatus: 451 })
  const browser = await live.open()
  watch(browser, 1)
  expect(await browser.nextOf('frame')).toMatchObject({ head: { httpStatus: 451 }, body: '\u0000not json' })
})

it('[RL211] viewers hear of the state of every node their standing question is about', async () => {
  parent().first.answerAlways('x')
  const browser = await live.open()
  watch(browser, 1)
  await browser.nextOf('subscribed')
  live.setState(nodeB, 'offline')
  expect(await browser.nextOf('node')).toEqual({ type: 'node', nodeId: nodeB, state: 'offline' })
})
