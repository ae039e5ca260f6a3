import type { FeedEvent, FeedWriter, Unheard } from '../../../src/domain/feed.ts'
import { alertAction } from '../../../src/domain/feed.ts'
import type { SpaceId } from '../../../src/domain/ids.ts'
import type { News, NewsSink } from '../../../src/domain/news.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { MetadataStore } from '../../store/port.ts'
import { spacePartition } from '../keys.ts'
import { eventItem, eventOf, eventPrefix, eventsNotAfter } from './feed-record.ts'

/** What happened to nodes, agents and alerts of each space, newest first, for as long as the settings say. */
export interface Feed extends FeedWriter, NewsSink {
  /** The same as a sink does, with why nobody was told of it. */
  tell(news: News, unheard: Unheard | undefined): Promise<void>
  /** Hears of each space whose feed grew. */
  onAdded(listener: (spaceId: SpaceId) => void): () => void
  /** Events newest first, read as they are asked for: from `atMost` on, down to `atLeast`. */
  read(spaceId: SpaceId, span: { readonly atMost?: number | undefined; readonly atLeast?: number | undefined }): AsyncIterable<FeedEvent>
}

const pageItems = 200

export function createFeed({
  store,
  clock,
  keptMs,
}: {
  readonly store: MetadataStore
  readonly clock: Clock
  readonly keptMs: number
}): Feed {
  const listeners = new Set<(spaceId: SpaceId) => void>()

  const add = async (spaceId: SpaceId, event: FeedEvent): Promise<void> => {
    // An event that would be hidden at once is not worth a write.
    if (event.atMs + keptMs <= clock.nowMs()) return
    if ((await store.write(eventItem(spaceId, event, keptMs), 'absent')) === undefined) return
    for (const listener of listeners) listener(spaceId)
  }
  const tell = async (news: News, unheard: Unheard | undefined): Promise<void> => {
    // Nodes out of reach are in the feed by their state, each for itself.
    if (news.kind !== 'alert') return
    const { newsId, spaceId, nodeId, toldAtMs, chart, name, context, status, oldStatus, whenS, configHash, transitionId } = news
    const alert = { chart, name, context, status, oldStatus, whenS, configHash, transitionId }
    await add(spaceId, { eventId: newsId, atMs: toldAtMs, kind: 'alert', action: alertAction, nodeId, hostname: undefined, alert, unheard })
  }

  return {
    add,
    tell,
    onAdded(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    take: (news) => tell(news, undefined),
    async *read(spaceId, { atMost, atLeast }) {
      // Everything of that millisecond sorts behind the bare time.
      let after = atMost === undefined ? undefined : eventsNotAfter(atMost)
      do {
        const page = await store.list(spacePartition(spaceId), {
          prefix: eventPrefix,
          limit: pageItems,
          ...(after === undefined ? {} : { after }),
        })
        for (const item of page.items) {
          const event = eventOf(item)
          if (atLeast !== undefined && event.atMs < atLeast) return
          yield event
        }
        after = page.next
      } while (after !== undefined)
    },
  }
}
