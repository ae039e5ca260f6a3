import { joinedEvents, type FeedPage, type FeedRow } from './feed-events.ts'

/** What a page has of the feed. */
export interface FeedState {
  readonly events: readonly FeedRow[] | undefined
  /** New ones that wait until the person comes back to the top. */
  readonly waiting: readonly FeedRow[]
  readonly next: FeedPage['next']
  readonly isAsking: boolean
  readonly error: Error | undefined
}

export type FeedChange =
  | { readonly is: 'asking' }
  | { readonly is: 'failed'; readonly error: Error }
  | { readonly is: 'begun'; readonly page: FeedPage }
  | { readonly is: 'older'; readonly page: FeedPage }
  | { readonly is: 'newer'; readonly events: readonly FeedRow[]; readonly mayShow: boolean }
  | { readonly is: 'show' }

export const emptyFeed: FeedState = { events: undefined, waiting: [], next: null, isAsking: true, error: undefined }

/**
 * The feed after an answer or a wish. `newer` events are shown at once where that moves nothing under a reader; else they wait, each
 * once, until somebody wants them.
 */
export function changedFeed(state: FeedState, change: FeedChange): FeedState {
  switch (change.is) {
    case 'asking':
      return { ...state, isAsking: true }
    case 'failed':
      return { ...state, isAsking: false, error: change.error }
    case 'begun':
      return { events: change.page.events, waiting: [], next: change.page.next, isAsking: false, error: undefined }
    case 'older':
      return {
        ...state,
        events: joinedEvents(state.events ?? [], change.page.events),
        next: change.page.next,
        isAsking: false,
        error: undefined,
      }
    case 'newer': {
      const known = new Set([...(state.events ?? []), ...state.waiting].map(({ eventId }) => eventId))
      const fresh = change.events.filter(({ eventId }) => !known.has(eventId))
      const waiting = joinedEvents(state.waiting, fresh)
      if (!change.mayShow) return { ...state, waiting, error: undefined }
      return { ...state, events: joinedEvents(state.events ?? [], waiting), waiting: [], error: undefined }
    }
    case 'show':
      return { ...state, events: joinedEvents(state.events ?? [], state.waiting), waiting: [] }
  }
}
