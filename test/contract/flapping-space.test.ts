import { expect, it } from 'vitest'
import { createNewsDrain, createNewsFan } from '../../cloud/metadata/alerts/news-drain.ts'
import type { ClaimedAgent } from '../../cloud/metadata/claimed-agent.ts'
import { createMetadata } from '../../cloud/metadata/metadata.ts'
import { incidentsOf } from '../../cloud/notify/channels/incidents.ts'
import { createLetter } from '../../cloud/notify/channels/letter.ts'
import { itemBytesMax } from '../../cloud/store/item-rules.ts'
import type { MetadataStore } from '../../cloud/store/port.ts'
import type { AlertConfigHash, PersonId } from '../../src/domain/ids.ts'
import type { AlertStatus, AlertTransition } from '../../src/domain/model.ts'
import { silentLog } from '../../src/support/log.ts'
import { createHandClock } from '../doubles/hand-clock.ts'
import { createMemoryStore } from '../doubles/stores/memory-store.ts'
import { claimAgent, newUuid } from '../doubles/agents/metadata-agents.ts'
import { createNotifyBench, targetOf } from '../doubles/benches/notify-bench.ts'
import { testSeals } from '../doubles/stores/test-seals.ts'

const nodes = 1_000
const rules = ['cpu_usage', 'disk_space']

function transition(name: string, status: AlertStatus, oldStatus: AlertStatus, whenS: number): AlertTransition {
  const what = {
    chart: `chart.${name}`,
    name,
    context: 'system.cpu',
    configHash: newUuid<AlertConfigHash>(),
    transitionId: newUuid<string>(),
  }
  return { ...what, status, oldStatus, whenS, version: BigInt(whenS), sequenceId: 0n }
}

it(
  '[DL29] [AE18] a thousand nodes that flap at once, from what agents tell to what is sent: a few messages a rule, every change in the feed, no large item, no incident left open',
  { timeout: 240_000 },
  async () => {
    const clock = createHandClock()
    const memory = createMemoryStore(clock)
    let largest = 0
    const store: MetadataStore = {
      ...memory,
      write(item, condition) {
        largest = Math.max(largest, JSON.stringify(item.data).length + (item.blob?.byteLength ?? 0))
        return memory.write(item, condition)
      },
    }
    const metadata = createMetadata({ store, seals: testSeals, clock, log: silentLog })
    const { spaceId } = await metadata.spaces.ensureFirst({ name: 'Lab', adminPersonId: newUuid<PersonId>() })
    const { token } = await metadata.claimTokens.issue({ spaceId, roomIds: [], validForMs: 3_600_000, uses: nodes })
    const agents: ClaimedAgent[] = []
    for (let n = 0; n < nodes; n++) agents.push(await claimAgent(metadata, spaceId, { token }))
    const bench = createNotifyBench({ clock, store, targets: [targetOf('hook'), targetOf('pager', { slug: 'pagerduty' })] })
    const drain = createNewsDrain({
      box: metadata.alertNews,
      sink: createNewsFan({ notify: bench.notify, feed: metadata.feed }),
      spaceIds: () => Promise.resolve([spaceId]),
      clock,
      log: silentLog,
    })
    const tellAll = (status: AlertStatus, oldStatus: AlertStatus, whenS: number) =>
      Promise.all(
        agents.flatMap((agent) =>
          rules.map((name) => metadata.alerts.transition(agent, agent.nodeId, transition(name, status, oldStatus, whenS))),
        ),
      )
    const settle = async () => {
      await drain.idle()
      // In a flood a message leaves each half minute.
      await bench.pass(600_000, 30_000)
    }
    await tellAll('warning', 'clear', 100)
    await tellAll('clear', 'warning', 101)
    await tellAll('critical', 'clear', 102)
    await settle()
    const raised = bench.sent.filter(({ targetId }) => targetId === 'hook')
    expect(raised.length).toBeLessThanOrEqual(3 * rules.length)
    const lastOf = (name: string) => raised.findLast(({ message }) => message.items[0]?.kind === 'alert' && message.items[0].name === name)
    expect(rules.map((name) => lastOf(name)?.message.items[0])).toMatchObject(rules.map((name) => ({ name, status: 'critical' })))

    await tellAll('clear', 'critical', 103)
    await settle()
    await drain.close()
    await bench.notify.close()
    const hook = bench.sent.filter(({ targetId }) => targetId === 'hook').slice(raised.length)
    expect(hook.reduce((sum, { message }) => sum + message.items.length + message.omitted, 0)).toBe(nodes * rules.length)
    expect(hook.length).toBeLessThanOrEqual(2 * rules.length)

    const open = new Set<string>()
    for (const { targetId, message } of bench.sent) {
      if (targetId !== 'pager') continue
      for (const { key, isOver, entry } of incidentsOf(createLetter(message)))
        if (isOver) open.delete(key)
        else if (entry !== undefined) open.add(key)
    }
    expect([...open]).toEqual([])

    let events = 0
    for await (const { kind } of metadata.feed.read(spaceId, {})) if (kind === 'alert') events++
    expect(events).toBe(4 * nodes * rules.length)
    expect(largest).toBeLessThan(itemBytesMax)
  },
)
