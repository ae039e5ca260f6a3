import { describe, expect, it } from 'vitest'
import type { ClaimedAgent } from '../../cloud/metadata/claimed-agent.ts'
import { createNewsDrain } from '../../cloud/metadata/alerts/news-drain.ts'
import { createMetadata } from '../../cloud/metadata/metadata.ts'
import type { MetadataStore } from '../../cloud/store/port.ts'
import type { AlertConfigHash, PersonId, SpaceId } from '../../src/domain/ids.ts'
import type { AlertStatus, AlertTransition } from '../../src/domain/model.ts'
import type { AlertNews, News, NewsSink } from '../../src/domain/news.ts'
import { silentLog } from '../../src/support/log.ts'
import { contractStore, contractStoreNames } from '../doubles/stores/contract-stores.ts'
import { createFailingStore } from '../doubles/stores/failing-store.ts'
import { createHandClock } from '../doubles/hand-clock.ts'
import { claimAgent, newUuid } from '../doubles/agents/metadata-agents.ts'
import { testSeals } from '../doubles/stores/test-seals.ts'

const configHash = newUuid<AlertConfigHash>()

function transition(status: AlertStatus, oldStatus: AlertStatus, whenS: number): AlertTransition {
  return {
    chart: 'system.cpu',
    name: 'cpu',
    context: 'system.cpu',
    status,
    oldStatus,
    whenS,
    configHash,
    transitionId: newUuid<string>(),
    version: BigInt(whenS),
    sequenceId: 0n,
  }
}

/** What one alert does in this story; every step is told by the agent until it is acknowledged. */
const story = [
  transition('clear', 'unknown', 100),
  transition('critical', 'clear', 110),
  transition('clear', 'critical', 120),
  transition('warning', 'clear', 130),
  transition('critical', 'warning', 140),
  transition('removed', 'critical', 150),
]
const wanted = ['clear > critical', 'critical > clear', 'clear > warning', 'warning > critical', 'critical > removed']

const words = ({ oldStatus, status }: Pick<AlertNews, 'oldStatus' | 'status'>) => `${oldStatus} > ${status}`

describe.each(contractStoreNames)('news of alerts on %s', (name) => {
  it('[AE16] whichever write a crash comes before or after, every change is told in order, and never under two ids', async () => {
    const clock = createHandClock()
    const open = await contractStore(name, clock)
    const own = open()
    const metadataOn = (store: MetadataStore) => createMetadata({ store, seals: testSeals, clock, log: silentLog })
    const { spaces } = metadataOn(own)
    const { spaceId } = await spaces.ensureFirst({ name: 'Lab', adminPersonId: newUuid<PersonId>() })

    /** One process that lives until its store fails; answers how many steps of the story were acknowledged. */
    const live = async (store: MetadataStore, agent: ClaimedAgent, from: number, heard: AlertNews[]) => {
      const metadata = metadataOn(store)
      const hear: NewsSink = {
        async take(news: News) {
          await metadata.feed.take(news)
          heard.push(news as AlertNews)
        },
      }
      const deps = { box: metadata.alertNews, sink: hear, spaceIds: async () => [spaceId], clock, log: silentLog }
      const drain = createNewsDrain(deps)
      await drain.lookAround()
      let at = from
      for (; at < story.length; at++) {
        const step = story[at]
        if (step === undefined) break
        try {
          await metadata.alerts.transition(agent, agent.nodeId, step)
        } catch {
          break
        }
        await drain.idle()
      }
      await drain.close()
      return at
    }

    for (const when of ['before', 'after'] as const) {
      for (let nth = 1; ; nth++) {
        const agent = await claimAgent(metadataOn(own), spaceId, { hostname: `${when}-${nth}` })
        const heard: AlertNews[] = []
        const dying = createFailingStore(own)
        dying.failAt(nth, when)
        const reached = await live(dying, agent, 0, heard)
        const isWhole = dying.left() > 0
        // The agent does not know how far it came: it begins one step before.
        await live(own, agent, Math.max(0, reached - 1), heard)
        const inFeed = await feedOf(own, spaceId, agent, clock)
        expect(inFeed.map(words), `${when} ${nth}`).toEqual(wanted)
        const told = new Map(heard.map((news) => [news.newsId, words(news)]))
        expect([...told.values()], `${when} ${nth}`).toEqual(wanted)
        if (isWhole) break
      }
    }
  }, 240_000)

  it('[AE16] two processes that tell at once tell the same news', async () => {
    const clock = createHandClock()
    const open = await contractStore(name, clock)
    const boxes = [open(), open(), open()].map((store) => createMetadata({ store, seals: testSeals, clock, log: silentLog }))
    const [first] = boxes
    if (first === undefined) throw new Error('no process')
    const { spaceId } = await first.spaces.ensureFirst({ name: 'Lab', adminPersonId: newUuid<PersonId>() })
    const agent = await claimAgent(first, spaceId)
    const heard: AlertNews[] = []
    for (const step of story) {
      await first.alerts.transition(agent, agent.nodeId, step)
      await Promise.all(
        boxes.map((box) => box.alertNews.tell(spaceId, agent.nodeId, { take: async (news) => void heard.push(news as AlertNews) })),
      )
    }
    expect([...new Map(heard.map((news) => [news.newsId, words(news)])).values()]).toEqual(wanted)
  })

  it('[AE12] a deleted space leaves nothing of what was told', async () => {
    const clock = createHandClock()
    const store = (await contractStore(name, clock))()
    const metadata = createMetadata({ store, seals: testSeals, clock, log: silentLog })
    const { spaceId } = await metadata.spaces.ensureFirst({ name: 'Lab', adminPersonId: newUuid<PersonId>() })
    const agent = await claimAgent(metadata, spaceId)
    for (const step of story) await metadata.alerts.transition(agent, agent.nodeId, step)
    await metadata.alertNews.tell(spaceId, agent.nodeId, metadata.feed)
    await metadata.nodes.remove(spaceId, agent.nodeId)
    const left = (await store.list(`space/${spaceId}`)).items.map(({ kind }) => kind)
    expect(left.filter((kind) => kind === 'node-alerts' || kind === 'told-alerts' || kind === 'node-tale')).toEqual([])
    // The events of the feed lie in the partition of the space, which is emptied when it is deleted.
    expect(left.filter((kind) => kind === 'feed-event').length).toBe(wanted.length)
  })
})

/** The alert events of a node, oldest first. */
async function feedOf(store: MetadataStore, spaceId: SpaceId, { nodeId }: ClaimedAgent, clock: ReturnType<typeof createHandClock>) {
  const { feed } = createMetadata({ store, seals: testSeals, clock, log: silentLog })
  const found: { readonly oldStatus: AlertStatus; readonly status: AlertStatus; readonly whenS: number }[] = []
  for await (const event of feed.read(spaceId, {})) if (event.kind === 'alert' && event.nodeId === nodeId) found.push(event.alert)
  return found.sort((a, b) => a.whenS - b.whenS)
}
