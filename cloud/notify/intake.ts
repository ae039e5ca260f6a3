import type { Unheard } from '../../src/domain/feed.ts'
import type { NodeId, SpaceId } from '../../src/domain/ids.ts'
import type { News } from '../../src/domain/news.ts'
import type { Clock } from '../../src/support/clock.ts'
import { keepsIncidents } from './channels/incidents.ts'
import { lookConcerns } from './concern.ts'
import { notifyLimits } from './limits.ts'
import { optionOfReach, optionOfStatus } from './notice-option.ts'
import type { NotifyPlaces } from './places.ts'
import type { Silencer, SilenceSubject, Target, Targets } from './ports.ts'
import type { SpaceNotes } from './space-notes.ts'
import { takeNews } from './take-news.ts'
import type { Trays } from './trays.ts'

export interface IntakeDeps {
  readonly targets: Pick<Targets, 'list'>
  readonly silencer: Silencer
  readonly places: NotifyPlaces
  readonly trays: Trays
  readonly notes: SpaceNotes
  /** Something waits for this target. */
  readonly onPending: (spaceId: SpaceId, targetId: string) => void
  /** The tray of this target holds ends that fell into a silence. */
  readonly onHeld: (spaceId: SpaceId, targetId: string) => void
  readonly clock: Clock
}

/** Brings news into the trays. */
export interface Intake {
  /** Resolves when it is durable, with why nobody is told of a raised alert. A repeat has no further effect. Throws STORE_UNAVAILABLE. */
  take(news: News): Promise<Unheard | undefined>
}

interface Waiting {
  readonly news: News
  readonly resolve: (unheard: Unheard | undefined) => void
  readonly reject: (thrown: unknown) => void
}

/** Targets whose trays are written at once. */
const targetsAtOnce = 16

/**
 * Takes news into the trays of the targets they concern. What comes while a write is under way is taken together by the next, so
 * that a thousand nodes at once are a few writes a target. A news that could not be taken everywhere is refused as a whole; taking it again
 * has no further effect where it was taken.
 */
export function createIntake(deps: IntakeDeps): Intake {
  const { targets, places, trays, notes, onPending, onHeld, clock } = deps
  const queues = new Map<SpaceId, Waiting[]>()

  /** Answers who is told: those news that somebody hears of, and those that silences kept from somebody. */
  const takeAll = async (spaceId: SpaceId, batch: readonly News[]) => {
    const heard = new Set<News>()
    const hushed = new Set<News>()
    const listening = (await targets.list(spaceId)).filter(({ isEnabled, options }) => isEnabled && options.length > 0)
    if (listening.length === 0) return { heard, hushed }
    const concerns = await lookConcerns(places, spaceId, listening, batch.flatMap(nodesOf))
    const waiting = listening.flatMap((target) => {
      // A node may have left the rooms of a channel that was told of it; a person is told nothing of what they see no more.
      const mayKnow = (each: News) => target.personId === undefined && isEnd(each)
      const news = batch.filter((each) => mayKnow(each) || nodesOf(each).some((nodeId) => concerns(target, nodeId)))
      return news.length === 0 ? [] : [{ target, news }]
    })
    await notes.note(spaceId)
    const work = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const { target, news } = next
        const isSilenced = await lookSilences(deps.silencer, spaceId, target, news, clock.nowMs())
        for (const each of news) {
          const option = each.kind === 'alert' ? optionOfStatus(each.status) : undefined
          if (each.kind !== 'alert' || option === undefined || !target.options.includes(option)) continue
          if (isSilenced(each, each.nodeId)) hushed.add(each)
          else heard.add(each)
        }
        const wanted = {
          options: target.options,
          isSilenced,
          keepsIncidents: keepsIncidents(target.slug),
          hears: (nodeId: NodeId) => concerns(target, nodeId),
        }
        let isPending = false
        let holds = false
        await trays.change(spaceId, target.targetId, (tray) => {
          let hasChanged = false
          for (const each of news) if (takeNews(tray, each, wanted, clock.nowMs())) hasChanged = true
          isPending = tray.groups.length > 0
          holds = tray.held.size > 0
          return hasChanged
        })
        if (holds) onHeld(spaceId, target.targetId)
        if (isPending) onPending(spaceId, target.targetId)
      }
    }
    // One that cannot be written does not keep the others from it; the news is refused when all is over.
    const done = await Promise.allSettled(Array.from({ length: Math.min(targetsAtOnce, waiting.length) }, work))
    for (const each of done) if (each.status === 'rejected') throw each.reason
    return { heard, hushed }
  }

  const run = async (spaceId: SpaceId, queue: Waiting[]) => {
    while (queue.length > 0) {
      const batch = queue.splice(0, notifyLimits.newsAtOnce)
      try {
        const { heard, hushed } = await takeAll(
          spaceId,
          batch.map(({ news }) => news),
        )
        for (const { news, resolve } of batch) {
          const isRaised = news.kind === 'alert' && (news.status === 'warning' || news.status === 'critical')
          resolve(!isRaised || heard.has(news) ? undefined : hushed.has(news) ? 'silenced' : 'nobody')
        }
      } catch (thrown) {
        for (const { reject } of batch) reject(thrown)
      }
    }
    queues.delete(spaceId)
  }

  return {
    take: (news) =>
      new Promise((resolve, reject) => {
        const known = queues.get(news.spaceId)
        const queue = known ?? []
        queue.push({ news, resolve, reject })
        if (known !== undefined) return
        queues.set(news.spaceId, queue)
        // What is told in the same turn of the loop is taken together.
        setImmediate(() => void run(news.spaceId, queue))
      }),
  }
}

function nodesOf(news: News): readonly NodeId[] {
  return news.kind === 'alert' ? [news.nodeId] : news.nodeIds
}

function isEnd(news: News): boolean {
  return news.kind === 'alert' ? optionOfStatus(news.status) === 'CLEAR' : news.state === 'reachable'
}

/** Asks for each node of what a target wants whether it is silenced. */
async function lookSilences(
  silencer: Silencer,
  spaceId: SpaceId,
  target: Target,
  batch: readonly News[],
  atMs: number,
): Promise<(news: News, nodeId: NodeId) => boolean> {
  const silenced = new Set<string>()
  for (const news of batch) {
    const option = news.kind === 'alert' ? optionOfStatus(news.status) : optionOfReach(news.state)
    if (option === undefined || !target.options.includes(option)) continue
    for (const nodeId of nodesOf(news)) {
      const subject: SilenceSubject = { nodeId, alert: news.kind === 'alert' ? news : undefined, option, target }
      if ((await silencer.silencing(spaceId, subject, atMs)) !== undefined) silenced.add(`${news.newsId} ${nodeId}`)
    }
  }
  return (news, nodeId) => silenced.has(`${news.newsId} ${nodeId}`)
}
