import { expect, it } from 'vitest'
import { alertNews, createNotifyBench, nodeIdOf, nodeOf, targetOf } from '../../test/doubles/benches/notify-bench.ts'
import { createHandClock } from '../../test/doubles/hand-clock.ts'
import { createMemoryStore } from '../../test/doubles/stores/memory-store.ts'
import type { AlertNews } from '../../src/domain/news.ts'
import type { AlertStatus } from '../../src/domain/model.ts'
import { itemBytesMax } from '../store/item-rules.ts'
import type { MetadataStore } from '../store/port.ts'

/** A store that remembers how large what was written is. */
function measured(store: MetadataStore) {
  const seen = { writes: 0, largest: 0 }
  const write: MetadataStore['write'] = (item, condition) => {
    seen.writes++
    seen.largest = Math.max(seen.largest, JSON.stringify(item.data).length + (item.blob?.byteLength ?? 0))
    return store.write(item, condition)
  }
  return { seen, store: { ...store, write } }
}

const nodes = Array.from({ length: 1_000 }, (_, n) => nodeOf(n + 1))
const rules = ['cpu_usage', 'disk_space', 'load_average']

/** Every rule on every node at once: raised, clear, raised again. */
function flapping(): AlertNews[] {
  const steps: readonly (readonly [AlertStatus, AlertStatus])[] = [
    ['warning', 'clear'],
    ['clear', 'warning'],
    ['critical', 'clear'],
  ]
  return steps.flatMap(([status, oldStatus]) =>
    nodes.flatMap(({ nodeId }) => rules.map((name) => alertNews(status, oldStatus, { nodeId, name, chart: `chart.${name}` }))),
  )
}

it('[DL29] a thousand nodes that flap at once are one message per rule to each target, and a few writes of bounded size', async () => {
  const clock = createHandClock()
  const { seen, store } = measured(createMemoryStore(clock))
  const bench = createNotifyBench({ clock, store, nodes, targets: [targetOf('one'), targetOf('two')] })
  await Promise.all(flapping().map((news) => bench.notify.take(news)))
  await bench.pass(20_000)

  const told = (targetId: string) =>
    bench.sent
      .filter((each) => each.targetId === targetId)
      .map(({ message: { items, omitted } }) => {
        const [first] = items
        return {
          name: first?.kind === 'alert' ? `${first.name} ${first.status}` : '',
          changes: items.length + omitted,
          named: items.length,
        }
      })
  const wanted = rules.map((name) => ({ name: `${name} critical`, changes: 1_000, named: 20 }))
  expect({ one: told('one'), two: told('two') }).toEqual({ one: wanted, two: wanted })
  expect(seen.largest).toBeLessThan(itemBytesMax)
  // Nine thousand changes in batches of five hundred, and five writes for each of six messages.
  expect(seen.writes).toBeLessThan(2 * Math.ceil(9_000 / 500) + 6 * 5 + 5)

  // The end of it is told, too: to everybody who was told, and once.
  bench.sent.length = 0
  const end = nodes.flatMap(({ nodeId }) => rules.map((name) => alertNews('clear', 'critical', { nodeId, name, chart: `chart.${name}` })))
  await Promise.all(end.map((news) => bench.notify.take(news)))
  await bench.pass(20_000)
  expect(told('one')).toEqual(rules.map((name) => ({ name: `${name} clear`, changes: 1_000, named: 20 })))
})

it('[DL31] a flood of hostile names and of more rules than anybody has stays within one item, and counts what it cannot name', async () => {
  const clock = createHandClock()
  const { seen, store } = measured(createMemoryStore(clock))
  const bench = createNotifyBench({ clock, store, nodes, targets: [targetOf('one')] })
  // Every name as long as names may be, and none like another.
  const long = (n: number) => `${n} ${String.fromCodePoint(0x4e00 + (n % 20_000)).repeat(330)}`
  const news = Array.from({ length: 12_000 }, (_, n) =>
    alertNews('critical', 'clear', { nodeId: nodeIdOf(1 + (n % 1_000)), name: long(n), chart: long(n + 7), context: long(n + 3) }),
  )
  await Promise.all(news.map((each) => bench.notify.take(each)))
  await bench.pass(120_000)
  expect(seen.largest).toBeLessThan(itemBytesMax)
  const changes = bench.sent.reduce((sum, { message }) => sum + message.items.length + message.omitted, 0)
  expect(changes).toBe(12_000)
  expect(bench.sent.length).toBeLessThanOrEqual(14)
})
