import type { Unheard } from '../../../src/domain/feed.ts'
import type { NodeId, SpaceId } from '../../../src/domain/ids.ts'
import type { News, NewsSink } from '../../../src/domain/news.ts'
import { asThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { Log } from '../../../src/support/log.ts'
import type { AlertNewsBox } from './alert-news.ts'

/** Whoever carries what waits at the nodes to those who have to be told. */
export interface NewsDrain {
  /** Looks through every space for what an earlier process left, a few items at a time; again later where that breaks off. */
  lookAround(): Promise<void>
  /** Resolves when nothing is under way; what waits for another try is left alone. */
  idle(): Promise<void>
  /** Starts nothing more and resolves when what is under way has ended. */
  close(): Promise<void>
}

export interface NewsDrainDeps {
  readonly box: AlertNewsBox
  readonly sink: NewsSink
  /** Every space that may have nodes. */
  readonly spaceIds: () => Promise<readonly SpaceId[]>
  readonly clock: Clock
  readonly log: Log
}

/** Nodes that are told of at the same time; whoever is told takes what comes together in one write. */
const atOnce = 32
/** Nodes that wait in memory; what is beyond is found again in the store. */
const nodesMax = 20_000
const backoff = { firstMs: 1_000, mostMs: 60_000 }

interface Due {
  readonly spaceId: SpaceId
  readonly nodeId: NodeId
  tries: number
  /** It got more to tell while it was told of. */
  isAgain: boolean
}

/**
 * Tells what waits, node by node and a few at a time. A node that fails is tried again after a second, then twice as long each time up
 * to a minute; others do not wait for it.
 */
export function createNewsDrain({ box, sink, spaceIds, clock, log }: NewsDrainDeps): NewsDrain {
  const waiting = new Map<NodeId, Due>()
  const running = new Map<NodeId, Due>()
  const resting = new Map<NodeId, Due>()
  const stops = new Set<() => void>()
  const idlers = new Set<() => void>()
  let isClosed = false
  let isLooking = false
  let lookTries = 0
  let warnedAtMs = -Infinity

  const later = (delayMs: number, action: () => void) => {
    const stop = clock.after(delayMs, () => {
      stops.delete(stop)
      action()
    })
    stops.add(stop)
  }

  const delayAfter = (tries: number) => Math.min(backoff.mostMs, backoff.firstMs * 2 ** Math.min(tries, 10))

  const warn = (event: string, thrown: unknown) => {
    if (clock.monotonicMs() - warnedAtMs < 5_000) return
    warnedAtMs = clock.monotonicMs()
    log.warn(event, { code: asThroughlineError(thrown).code })
  }

  const pump = () => {
    if (isClosed) return
    for (const [nodeId, due] of waiting) {
      if (running.size >= atOnce) return
      waiting.delete(nodeId)
      running.set(nodeId, due)
      void run(due)
    }
  }

  const run = async (due: Due) => {
    const { spaceId, nodeId } = due
    due.isAgain = false
    let hasFailed = false
    try {
      await box.tell(spaceId, nodeId, sink)
    } catch (thrown) {
      hasFailed = true
      warn('news_not_told', thrown)
    }
    running.delete(nodeId)
    if (hasFailed && !isClosed) {
      resting.set(nodeId, due)
      later(delayAfter(due.tries++), () => {
        resting.delete(nodeId)
        waiting.set(nodeId, due)
        pump()
      })
    } else if (due.isAgain) {
      due.tries = 0
      waiting.set(nodeId, due)
    }
    pump()
    if (running.size === 0 && (waiting.size === 0 || isClosed)) for (const resolve of idlers) resolve()
  }

  const add = (spaceId: SpaceId, nodeId: NodeId) => {
    if (isClosed) return
    const known = running.get(nodeId)
    if (known !== undefined) {
      known.isAgain = true
      return
    }
    if (waiting.has(nodeId) || resting.has(nodeId)) return
    if (waiting.size + resting.size >= nodesMax) {
      // It is noted in its item; a look around finds it when there is room again.
      lookSoon()
      return
    }
    waiting.set(nodeId, { spaceId, nodeId, tries: 0, isAgain: false })
    pump()
  }

  const lookSoon = () => {
    if (isLooking) return
    isLooking = true
    later(delayAfter(lookTries++), () => {
      isLooking = false
      void lookAround()
    })
  }

  const settled = () =>
    new Promise<void>((resolve) => {
      if (running.size === 0 && (waiting.size === 0 || isClosed)) {
        resolve()
        return
      }
      const done = () => {
        idlers.delete(done)
        resolve()
      }
      idlers.add(done)
    })

  const lookAround = async () => {
    try {
      for (const spaceId of await spaceIds()) {
        for await (const nodeId of box.waiting(spaceId)) {
          if (isClosed) return
          add(spaceId, nodeId)
          // Whoever waits here waits in the store, not in memory.
          if (waiting.size + resting.size >= nodesMax / 2) await settled()
        }
      }
      lookTries = 0
    } catch (thrown) {
      warn('news_look_broke_off', thrown)
      lookSoon()
    }
  }

  const stopHearing = box.onNoted(add)

  return {
    lookAround,
    idle: settled,
    close() {
      isClosed = true
      stopHearing()
      for (const stop of stops) stop()
      stops.clear()
      return settled()
    },
  }
}

/**
 * One sink for people and the feed: people are told, and the feed says what happened and why nobody was told. Where people could not be
 * told the feed has the event all the same; a repeat tells both again, which has no further effect on who knows.
 */
export function createNewsFan({ notify, feed }: NewsFanDeps): NewsSink {
  return {
    async take(news) {
      let unheard: Unheard | undefined
      try {
        unheard = await notify.tell(news)
      } catch (thrown) {
        await feed.tell(news, undefined)
        throw thrown
      }
      await feed.tell(news, unheard)
    },
  }
}

export interface NewsFanDeps {
  readonly notify: { tell(news: News): Promise<Unheard | undefined> }
  readonly feed: { tell(news: News, unheard: Unheard | undefined): Promise<void> }
}
