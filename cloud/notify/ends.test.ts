import { describe, expect, it } from 'vitest'
import {
  alertNews,
  benchSpaceId,
  createNotifyBench,
  nodeIdOf,
  nodeOf,
  raisedAlert,
  reachNews,
  targetOf,
} from '../../test/doubles/benches/notify-bench.ts'
import { createFailingStore } from '../../test/doubles/stores/failing-store.ts'
import { createHandClock } from '../../test/doubles/hand-clock.ts'
import { createMemoryStore } from '../../test/doubles/stores/memory-store.ts'
import type { NotifyBench } from '../../test/doubles/benches/notify-bench.ts'
import { incidentsOf } from './channels/incidents.ts'
import { createLetter } from './channels/letter.ts'
import { notifyLimits } from './limits.ts'

const looks = 2 * notifyLimits.repeatLookMs

/** Which incidents are open at a service after everything it was sent, in order; what no message names aside. */
function openAt(bench: NotifyBench, targetId: string): readonly string[] {
  const open = new Set<string>()
  for (const each of bench.sent) {
    if (each.targetId !== targetId) continue
    for (const { key, isOver, entry } of incidentsOf(createLetter(each.message)))
      if (isOver) open.delete(key)
      else if (entry !== undefined) open.add(key)
  }
  return [...open]
}

it('[DL43] the end of what was told before a silence closes its incident at once, and is told elsewhere when the silence is over', async () => {
  const bench = createNotifyBench({
    targets: [targetOf('chat', { slug: 'slack' }), targetOf('pager', { slug: 'pagerduty' }), targetOf('genie', { slug: 'opsgenie' })],
  })
  await bench.notify.start()
  await bench.notify.take(alertNews('critical', 'clear'))
  await bench.pass(2_000)
  bench.silences.push(() => true)
  await bench.notify.take(alertNews('clear', 'critical'))
  // Raised and over within the silence: that is nobody's.
  await bench.notify.take(alertNews('warning', 'clear', { name: 'quiet' }))
  await bench.notify.take(alertNews('clear', 'warning', { name: 'quiet' }))
  await bench.pass(looks, 30_000)
  const during = { chat: bench.told('chat'), pager: bench.told('pager'), genie: bench.told('genie') }
  expect(during).toEqual({
    chat: [['10min_cpu_usage critical']],
    pager: [['10min_cpu_usage critical'], ['10min_cpu_usage clear']],
    genie: [['10min_cpu_usage critical'], ['10min_cpu_usage clear']],
  })
  bench.silences.length = 0
  await bench.pass(looks, 30_000)
  expect({ chat: bench.told('chat'), pager: bench.told('pager') }).toEqual({
    chat: [['10min_cpu_usage critical'], ['10min_cpu_usage clear']],
    pager: during.pager,
  })
  // And once: what comes later is told as ever.
  await bench.notify.take(alertNews('warning', 'clear'))
  await bench.pass(looks, 30_000)
  expect(bench.told('chat').slice(2)).toEqual([['10min_cpu_usage warning']])
  await bench.notify.close()
})

it('[DL43] what is raised again in the silence was no end, and a node that came back in it is told of when it is over', async () => {
  const bench = createNotifyBench({ targets: [targetOf('chat'), targetOf('pager', { slug: 'pagerduty' })] })
  await bench.notify.start()
  await bench.notify.take(alertNews('warning', 'clear'))
  await bench.notify.take(reachNews('unreachable', [2, 3]))
  await bench.pass(12_000)
  bench.silences.push(() => true)
  await bench.notify.take(alertNews('clear', 'warning'))
  await bench.notify.take(alertNews('warning', 'clear'))
  await bench.notify.take(reachNews('reachable', [2, 3]))
  await bench.pass(looks, 30_000)
  expect(bench.told('chat')).toEqual([['10min_cpu_usage warning'], ['unreachable']])
  expect(openAt(bench, 'pager')).toEqual([])
  bench.silences.length = 0
  await bench.pass(looks, 30_000)
  expect(bench.told('chat').slice(2)).toEqual([['reachable']])
  const [back] = bench.sent
    .filter(({ targetId }) => targetId === 'chat')
    .flatMap(({ message }) => message.items.slice(-1))
    .slice(-1)
  expect(back).toMatchObject({ nodeIds: [nodeIdOf(2), nodeIdOf(3)] })
  await bench.notify.close()
})

it('[DL43] a held end outlives the process, and a target that is gone or wants no ends is told nothing', async () => {
  const clock = createHandClock()
  const store = createMemoryStore(clock)
  const first = createNotifyBench({ clock, store, targets: [targetOf('chat'), targetOf('gone'), targetOf('deaf')] })
  await first.notify.take(alertNews('critical', 'clear'))
  await first.pass(2_000)
  first.silences.push(() => true)
  await first.notify.take(alertNews('removed', 'critical'))
  await first.pass(2_000)
  await first.notify.close()

  const next = createNotifyBench({ clock, store, targets: [targetOf('chat'), targetOf('deaf', { options: ['CRITICAL'] })] })
  await next.notify.start()
  await next.pass(looks, 30_000)
  expect(
    next.sent.map(({ targetId, message }) => ({ targetId, status: message.items.map((item) => item.kind === 'alert' && item.status) })),
  ).toEqual([{ targetId: 'chat', status: ['removed'] }])
  await next.notify.close()
})

it('[DL44] of a thousand nodes whose alerts were raised at once every incident that was opened is closed, in whatever order they end', async () => {
  const nodes = Array.from({ length: 1_000 }, (_, n) => nodeOf(n + 1))
  const rules = ['cpu_usage', 'disk_space', 'load_average']
  const bench = createNotifyBench({ nodes, targets: [targetOf('pager', { slug: 'pagerduty' })] })
  const all = (from: 'clear' | 'critical', to: 'clear' | 'critical') =>
    nodes.flatMap(({ nodeId }) => rules.map((name) => alertNews(to, from, { nodeId, name, chart: `chart.${name}` })))
  await Promise.all(all('clear', 'critical').map((news) => bench.notify.take(news)))
  await bench.pass(20_000)
  expect(openAt(bench, 'pager').length).toBe(60)
  await Promise.all(
    all('critical', 'clear')
      .toReversed()
      .map((news) => bench.notify.take(news)),
  )
  await bench.pass(120_000)
  expect({ open: openAt(bench, 'pager'), most: Math.max(...bench.sent.map(({ message }) => message.items.length)) }).toEqual({
    open: [],
    most: 50,
  })
})

it('[DL44] incidents that were opened over hours are all closed when everything ends at once, also in a flood and with more raised between', async () => {
  const nodes = Array.from({ length: 400 }, (_, n) => nodeOf(n + 1))
  const bench = createNotifyBench({ nodes, targets: [targetOf('pager', { slug: 'opsgenie' })] })
  // Ten at a time, so that each of them is named.
  for (let at = 0; at < nodes.length; at += 10) {
    await Promise.all(nodes.slice(at, at + 10).map(({ nodeId }) => bench.notify.take(alertNews('warning', 'clear', { nodeId }))))
    await bench.pass(60_000, 10_000)
  }
  expect(openAt(bench, 'pager').length).toBe(400)
  const names = Array.from({ length: 15 }, (_, n) => `rule_${n}`)
  await Promise.all([
    ...nodes.map(({ nodeId }) => bench.notify.take(alertNews('clear', 'warning', { nodeId }))),
    ...names.map((name) => bench.notify.take(alertNews('critical', 'clear', { name }))),
  ])
  await bench.pass(600_000, 10_000)
  expect(openAt(bench, 'pager').length).toBe(names.length)
  await Promise.all(names.map((name) => bench.notify.take(alertNews('clear', 'critical', { name }))))
  await bench.pass(120_000, 10_000)
  expect(openAt(bench, 'pager')).toEqual([])
})

it('[DL44] of many nodes that went and came back no incident stays open', async () => {
  const numbers = Array.from({ length: 300 }, (_, n) => n + 1)
  const bench = createNotifyBench({ nodes: numbers.map((n) => nodeOf(n)), targets: [targetOf('pager', { slug: 'pagerduty' })] })
  await bench.notify.take(reachNews('unreachable', numbers, { parentNodeId: nodeIdOf(1) }))
  await bench.pass(20_000)
  expect(openAt(bench, 'pager').length).toBe(50)
  await bench.notify.take(reachNews('reachable', numbers.toReversed()))
  await bench.pass(600_000, 10_000)
  expect(openAt(bench, 'pager')).toEqual([])
})

it('[NC7] what got worse within a silence is told beside what the target knew, so that its incident gets the new severity', async () => {
  const bench = createNotifyBench({ targets: [targetOf('genie', { slug: 'opsgenie' })] })
  await bench.notify.take(alertNews('warning', 'clear'))
  await bench.pass(2_000)
  bench.silences.push(() => true)
  await bench.notify.take(alertNews('critical', 'warning'))
  bench.silences.length = 0
  // As it is told when a silence is over; of an alert that was never told of it says nothing.
  await bench.notify.take(alertNews('critical', 'unknown'))
  await bench.notify.take(alertNews('critical', 'unknown', { name: 'other' }))
  await bench.pass(4_000)
  const entries = bench.sent.flatMap(({ message }) => createLetter(message).entries)
  expect(entries.map((entry) => entry.kind === 'alert' && [entry.title, entry.mayBeOpen])).toEqual([
    ['Warning: 10min_cpu_usage on host-1', false],
    ['Critical (was warning): 10min_cpu_usage on host-1', true],
    ['Critical: other on host-1', false],
  ])
})

it('[DL46] removing a node closes the incidents that were opened for it, and tells nobody else', async () => {
  const bench = createNotifyBench({
    targets: [targetOf('chat'), targetOf('pager', { slug: 'pagerduty' }), targetOf('new', { slug: 'opsgenie' })],
  })
  await bench.notify.take(alertNews('critical', 'clear'))
  await bench.notify.take(alertNews('warning', 'clear', { nodeId: nodeIdOf(2) }))
  await bench.notify.take(reachNews('unreachable', [1]))
  await bench.pass(12_000)
  expect(openAt(bench, 'pager').length).toBe(3)
  const before = bench.told('chat').length
  const gone = () => bench.notify.nodeGone(benchSpaceId, nodeIdOf(1), [raisedAlert('critical'), raisedAlert('warning', { name: 'untold' })])
  await gone()
  await gone()
  await bench.pass(12_000)
  expect({ open: openAt(bench, 'pager').length, chat: bench.told('chat').length, pager: bench.told('pager').slice(3) }).toEqual({
    open: 1,
    chat: before,
    pager: [['10min_cpu_usage removed'], ['reachable']],
  })
})

it('[DL48] deleting a channel closes the incidents it has open at its service, unless that does not answer, and tells others nothing', async () => {
  const pager = targetOf('pager', { slug: 'pagerduty' })
  const bench = createNotifyBench({ targets: [targetOf('chat'), pager, targetOf('hung', { slug: 'opsgenie' })] })
  bench.answers.set('hung', ({ items }) =>
    items.some((item) => item.kind === 'alert' && item.status === 'removed') ? new Promise(() => {}) : { is: 'delivered' },
  )
  await bench.notify.take(alertNews('critical', 'clear'))
  await bench.notify.take(alertNews('warning', 'clear', { nodeId: nodeIdOf(2) }))
  await bench.notify.take(reachNews('unreachable', [1]))
  await bench.pass(12_000)
  bench.raised.set(nodeIdOf(1), [raisedAlert('critical'), raisedAlert('warning', { name: 'untold' })])
  bench.raised.set(nodeIdOf(2), [raisedAlert('warning')])
  // One that has just ended, and waits to be told.
  await bench.notify.take(alertNews('clear', 'warning', { nodeId: nodeIdOf(2) }))
  expect([openAt(bench, 'pager').length, openAt(bench, 'hung').length]).toEqual([3, 3])
  const before = bench.told('chat').length
  await bench.notify.targetGone(benchSpaceId, 'chat')
  await bench.notify.targetGone(benchSpaceId, 'pager')
  expect({ open: openAt(bench, 'pager'), chat: bench.told('chat').length }).toEqual({ open: [], chat: before })
  await bench.notify.targetGone(benchSpaceId, 'pager')
  await bench.notify.targetGone(benchSpaceId, 'none')
  const gone = bench.notify.targetGone(benchSpaceId, 'hung')
  // By turns of the loop, in which it comes to wait for the service: then its patience passes.
  for (let turn = 0; turn < 200; turn++) {
    bench.clock.advance(200)
    await new Promise((resolve) => setImmediate(resolve))
  }
  await gone
  expect(openAt(bench, 'hung')).not.toEqual([])
})

describe('[DL43] [DL26] a crash before or after any write on the way of an end that a silence held', () => {
  async function crashAt(nth: number, when: 'before' | 'after'): Promise<boolean> {
    const clock = createHandClock()
    const store = createMemoryStore(clock)
    const failing = createFailingStore(store)
    const targets = [targetOf('chat'), targetOf('pager', { slug: 'pagerduty' })]
    const [raise, end] = [alertNews('critical', 'clear'), alertNews('clear', 'critical')]
    const untold = new Set([raise, end])
    const first = createNotifyBench({ clock, store: failing, targets })
    const tell = (bench: NotifyBench, news: typeof raise) => bench.notify.take(news).then(() => void untold.delete(news))
    failing.failAt(nth, when)
    await first.notify.start().catch(() => {})
    await tell(first, raise).catch(() => {})
    await first.pass(3_000)
    first.silences.push(() => true)
    await tell(first, end).catch(() => {})
    await first.pass(3_000)
    first.silences.length = 0
    await first.pass(looks, 30_000)
    await first.notify.close()
    const hasFailed = failing.left() <= 0

    // The next process begins when the silence is over; what was not acknowledged is told again.
    const second = createNotifyBench({ clock, store, targets })
    await second.notify.start()
    for (const news of [raise, end]) {
      if (untold.has(news)) await tell(second, news)
      await second.pass(12_000)
    }
    await second.pass(looks, 30_000)
    await second.notify.close()
    const told = (targetId: string) => {
      const messages = new Map(
        [...first.sent, ...second.sent].flatMap((each) => (each.targetId === targetId ? [[each.message.messageId, each.message]] : [])),
      )
      return [...messages.values()].flatMap(({ items }) => items.map(({ newsId }) => newsId))
    }
    const both = [raise.newsId, end.newsId]
    expect({ nth, when, chat: told('chat'), pager: told('pager') }).toEqual({ nth, when, chat: both, pager: both })
    return hasFailed
  }

  it.each(['before', 'after'] as const)('%s it: the end is told once', async (when) => {
    let crashes = 0
    for (let nth = 1; await crashAt(nth, when); nth++) crashes++
    expect(crashes).toBeGreaterThan(15)
  })
})
