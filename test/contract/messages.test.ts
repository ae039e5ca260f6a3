import { describe, expect, it } from 'vitest'
import type { Message, Outcome, Target } from '../../cloud/notify/ports.ts'
import type { MetadataStore } from '../../cloud/store/port.ts'
import type { SpaceId } from '../../src/domain/ids.ts'
import type { News } from '../../src/domain/news.ts'
import { contractStore, contractStoreNames } from '../doubles/stores/contract-stores.ts'
import { createFailingStore } from '../doubles/stores/failing-store.ts'
import { createHandClock } from '../doubles/hand-clock.ts'
import { newUuid } from '../doubles/agents/metadata-agents.ts'
import { alertNews, createNotifyBench, nodeIdOf, reachNews, targetOf, type NotifyBench } from '../doubles/benches/notify-bench.ts'

/** What somebody who was told can check: each change stands in one message, and a message that comes twice says the same. */
function toldOnce(sent: readonly { readonly targetId: string; readonly message: Message }[], targetId: string) {
  const byId = new Map<string, Message>()
  for (const each of sent) {
    if (each.targetId !== targetId) continue
    const known = byId.get(each.message.messageId)
    if (known !== undefined) expect(each.message).toEqual(known)
    byId.set(each.message.messageId, each.message)
  }
  const newsIds = [...byId.values()].flatMap(({ items }) => items.map(({ newsId }) => newsId))
  expect(new Set(newsIds).size).toBe(newsIds.length)
  return newsIds.sort()
}

describe.each(contractStoreNames)('[DL26] a crash before or after any write between a change and its delivery, on %s', (name) => {
  const retry: Outcome = { is: 'retry', problem: 'The address did not answer.' }

  /** What happens in one life; each step may meet a store that is gone. */
  async function live(bench: NotifyBench, waves: readonly (readonly News[])[], outbox: Set<News>) {
    for (const wave of waves) {
      const taken = await Promise.allSettled(wave.map((news) => bench.notify.take(news).then(() => news)))
      for (const each of taken) if (each.status === 'fulfilled') outbox.delete(each.value)
      await bench.pass(12_000, 1_000)
    }
  }

  async function crashAt(store: MetadataStore, nth: number, when: 'before' | 'after', repeatsAll: boolean): Promise<boolean> {
    const clock = createHandClock()
    const targets: Target[] = [targetOf('one'), targetOf('two', { options: ['WARNING', 'CLEAR', 'UNREACHABLE'] })]
    const spaceId = newUuid<SpaceId>()
    const raise = alertNews('warning', 'clear', { spaceId })
    const other = alertNews('warning', 'clear', { spaceId, name: 'disk_space', nodeId: nodeIdOf(2) })
    const gone = reachNews('unreachable', [3, 4], { spaceId })
    const waves = [[raise, other, gone], [alertNews('clear', 'warning', { spaceId })]]
    const all = waves.flat()
    const outbox = new Set<News>(all)

    const failing = createFailingStore(store)
    const first = createNotifyBench({ clock, store: failing, targets })
    // The first attempt of one target fails, so that the way of a retry is walked, too.
    const answers: Outcome[] = [retry]
    first.answers.set('two', () => answers.shift() ?? { is: 'delivered' })
    failing.failAt(nth, when)
    await first.notify.start().catch(() => {})
    await live(first, waves, outbox)
    await first.notify.close()
    // The dead process stays dead: it is not healed.
    const hasFailed = failing.left() <= 0

    const second = createNotifyBench({ clock, store, targets })
    await second.notify.start()
    // What was not acknowledged is told again, in its order; after a crash at the wrong moment also what was.
    for (const wave of waves) {
      for (const news of wave) if (repeatsAll || outbox.has(news)) await second.notify.take(news)
      // A raise and its end at once would be nothing to tell (DL8).
      await second.pass(20_000, 1_000)
    }
    await second.notify.close()

    const sent = [...first.sent, ...second.sent]
    const expected = all.map(({ newsId }) => newsId).sort()
    expect({ nth, when, one: toldOnce(sent, 'one'), two: toldOnce(sent, 'two') }).toEqual({ nth, when, one: expected, two: expected })
    return hasFailed
  }

  it.each(['before', 'after'] as const)('%s it: none is lost, none is told in two messages', { timeout: 240_000 }, async (when) => {
    const store = (await contractStore(name, createHandClock()))()
    let crashes = 0
    for (let nth = 1; await crashAt(store, nth, when, nth % 2 === 0); nth++) crashes++
    // Two targets, three messages each, about five writes a message.
    expect(crashes).toBeGreaterThan(20)
  })
})

it.each(contractStoreNames)(
  '[DL34] two processes that are told the same at once put each change into one message, on %s',
  { timeout: 120_000 },
  async (name) => {
    const clock = createHandClock()
    const open = await contractStore(name, clock)
    const targets = [targetOf('one')]
    const both = [open(), open()].map((store) => createNotifyBench({ clock, store, targets }))
    const spaceId = newUuid<SpaceId>()
    const told: string[] = []
    for (let wave = 0; wave < 4; wave++) {
      const news = Array.from({ length: 12 }, (_, n) =>
        alertNews('warning', 'clear', { spaceId, name: `rule_${wave}_${n % 3}`, nodeId: nodeIdOf(1 + n) }),
      )
      told.push(...news.map(({ newsId }) => newsId))
      const taken = both.flatMap((bench) => news.map((each) => bench.notify.take(each)))
      // One that lost too many races is told again, as the drain does.
      const lost = (await Promise.allSettled(taken)).flatMap((each, n) => (each.status === 'rejected' ? [news[n % news.length]] : []))
      for (const each of lost) if (each !== undefined) await both[0]?.notify.take(each)
      for (let n = 0; n < 15; n++) {
        clock.advance(1_000)
        await Promise.all(both.map((bench) => bench.notify.idle()))
      }
    }
    const sent = both.flatMap((bench) => bench.sent)
    expect(toldOnce(sent, 'one')).toEqual(told.sort())
    const page = await both[1]?.notify.messages.page(spaceId, { limit: 100, personId: newUuid(), sees: () => true })
    expect(new Set(page?.messages.map(({ state }) => state))).toEqual(new Set(['sent']))
    for (const bench of both) await bench.notify.close()
  },
)
