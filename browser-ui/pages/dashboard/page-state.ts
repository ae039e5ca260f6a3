import { isUntouched, type CardSettings } from '../../data/charts/card-settings.ts'
import { decodeFragment, encodeFragment, type PageFragment } from '../../data/charts/page-fragment.ts'

/** What a person changed on a page of charts, kept in the fragment of its address for as long as the page is shown. */
export interface PageState {
  readonly get: () => PageFragment
  readonly subscribe: (listener: () => void) => () => void
  readonly setCard: (contextId: string, settings: CardSettings) => void
  setSection(section: string): void
  /** Opens the large chart of a context, as an entry of the history: going back closes it. */
  readonly open: (contextId: string) => void
  readonly close: () => void
  readonly setPanel: (panel: string) => void
  stop(): void
}

/** Marks entries of the history that this page wrote, so that going back to them keeps what was changed since. */
interface Mark {
  readonly charts: 'page' | 'open'
}

const markOf = (state: unknown): Mark['charts'] | undefined =>
  typeof state === 'object' && state !== null && 'charts' in state ? (state as Mark).charts : undefined

export function createPageState(): PageState {
  const listeners = new Set<() => void>()
  let state = decodeFragment(window.location.hash)

  const change = (next: Partial<PageFragment>) => {
    state = { ...state, ...next }
    for (const listener of listeners) listener()
  }
  const address = () => {
    const text = encodeFragment(state)
    return `${window.location.pathname}${window.location.search}${text === '' ? '' : `#${text}`}`
  }
  const write = (mark: Mark['charts'] = markOf(window.history.state) ?? 'page') =>
    window.history.replaceState({ ...asObject(window.history.state), charts: mark } satisfies Mark, '', address())

  const onPop = () => {
    const read = decodeFragment(window.location.hash)
    const isOwn = markOf(window.history.state) !== undefined
    change({ ...read, cards: isOwn ? state.cards : read.cards })
    // An entry from before the last changes gets them too.
    if (isOwn) write()
  }
  window.addEventListener('popstate', onPop)

  return {
    get: () => state,
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    setCard(contextId, settings) {
      const cards = new Map(state.cards)
      cards.delete(contextId)
      if (!isUntouched(settings)) cards.set(contextId, settings)
      change({ cards })
      write()
    },
    setSection(section) {
      change({ section })
      write()
    },
    open(contextId) {
      write()
      change({ open: contextId, panel: undefined })
      window.history.pushState({ charts: 'open' } satisfies Mark, '', address())
    },
    close() {
      if (markOf(window.history.state) === 'open') return window.history.back()
      change({ open: undefined, panel: undefined })
      write()
    },
    setPanel(panel) {
      change({ panel })
      write()
    },
    stop: () => window.removeEventListener('popstate', onPop),
  }
}

const asObject = (state: unknown): object => (typeof state === 'object' && state !== null ? state : {})
