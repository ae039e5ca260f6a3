import { useCallback, useEffect, useReducer, useRef } from 'react'
import { joinedEvents, type FeedPage, type FeedRow } from '../../../data/alerts/feed-events.ts'
import { changedFeed, emptyFeed } from '../../../data/alerts/feed-state.ts'
import { useServices } from '../../../ui/services.ts'

const pageSize = 100
/** When more than this is new at once, what is between is not asked for: the list begins anew. */
const catchUpPages = 5
const lookEveryMs = 30_000

export interface Feed {
  readonly events: readonly FeedRow[] | undefined
  /** How many came while the person was reading further down. */
  readonly waiting: number
  readonly isAsking: boolean
  readonly error: Error | undefined
  readonly loadOlder: (() => void) | undefined
  readonly showWaiting: () => void
  readonly retry: () => void
}

/**
 * The feed, newest first: asked when it opens, again when the cloud says that something changed, and backwards on demand. While
 * `isReading`, new events wait, so that nothing moves under a reader. `queryOf` names a part; another function is another feed.
 */
export function useFeed(queryOf: (before: FeedPage['next'], limit: number) => string, isReading: () => boolean): Feed {
  const { request, live } = useServices()
  const [state, change] = useReducer(changedFeed, emptyFeed)
  const now = useRef(state)
  now.current = state
  const reading = useRef(isReading)
  reading.current = isReading
  const ask = useCallback(
    async (before: FeedPage['next']) => (await request.get(`/feed?${queryOf(before, pageSize)}`)) as FeedPage,
    [request, queryOf],
  )
  const generation = useRef(0)

  const begin = useCallback(async () => {
    const mine = ++generation.current
    change({ is: 'asking' })
    try {
      const page = await ask(null)
      if (mine === generation.current) change({ is: 'begun', page })
    } catch (error) {
      if (mine === generation.current) change({ is: 'failed', error: error as Error })
    }
  }, [ask])

  /** What came since the newest known event; page by page until one is met that is there already. */
  const look = useCallback(async () => {
    const mine = generation.current
    if (now.current.events === undefined) return
    const known = new Set([...now.current.events, ...now.current.waiting].map(({ eventId }) => eventId))
    let found: readonly FeedRow[] = []
    let before: FeedPage['next'] = null
    try {
      for (let pages = 0; pages < catchUpPages; pages++) {
        const page: FeedPage = await ask(before)
        if (mine !== generation.current) return
        found = joinedEvents(found, page.events)
        if (page.next === null || page.events.some(({ eventId }) => known.has(eventId))) {
          return change({ is: 'newer', events: found, mayShow: !reading.current() })
        }
        before = page.next
      }
      change({ is: 'begun', page: { events: found, next: before } })
    } catch (error) {
      if (mine === generation.current) change({ is: 'failed', error: error as Error })
    }
  }, [ask])

  useEffect(() => {
    void begin()
    return () => void generation.current++
  }, [begin])
  useEffect(() => {
    let isLooking = false
    let isAgain = false
    const lookNow = async () => {
      if (isLooking) {
        isAgain = true
        return
      }
      isLooking = true
      do {
        isAgain = false
        await look()
      } while (isAgain)
      isLooking = false
    }
    const stop = live.onChanged((what) => {
      if (what === 'feed' || what === 'alerts') void lookNow()
    })
    const timer = window.setInterval(() => {
      if (!document.hidden) void lookNow()
    }, lookEveryMs)
    return () => {
      stop()
      window.clearInterval(timer)
    }
  }, [live, look])

  const { next } = state
  const older = async () => {
    const mine = generation.current
    change({ is: 'asking' })
    try {
      const page = await ask(next)
      if (mine === generation.current) change({ is: 'older', page })
    } catch (error) {
      if (mine === generation.current) change({ is: 'failed', error: error as Error })
    }
  }
  return {
    events: state.events,
    waiting: state.waiting.length,
    isAsking: state.isAsking,
    error: state.error,
    loadOlder: next === null ? undefined : () => void older(),
    showWaiting: () => change({ is: 'show' }),
    retry: () => void (state.events === undefined ? begin() : look()),
  }
}
