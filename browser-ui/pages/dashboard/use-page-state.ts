import { useEffect, useState, useSyncExternalStore } from 'react'
import { noSettings, type CardSettings } from '../../data/charts/card-settings.ts'
import { createPageState, type PageState } from './page-state.ts'

/** What was changed on this page of charts, read from its address when it opens. */
export function usePageState(): PageState {
  const [page] = useState(createPageState)
  useEffect(() => () => page.stop(), [page])
  return page
}

/** What was changed about one chart. */
export function useCardSettings(page: PageState, contextId: string): CardSettings {
  return useSyncExternalStore(page.subscribe, () => page.get().cards.get(contextId) ?? noSettings)
}
