import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'
import { faviconFor } from '../../data/shell/favicon.ts'
import { countAlerts } from '../../data/shell/trouble.ts'
import { freshness } from '../../offline/page-freshness.ts'
import { nodesQuery } from '../queries.ts'
import { useServices } from '../services.ts'
import { pageTitle } from './window-title.ts'

const pollMs = 15_000
const lostPollMs = 5_000

/** Shows raised alerts and a lost cloud in the window's title and the tab's icon, also while the tab is in the background. */
export function TroubleInTab() {
  const { api } = useServices()
  const client = useQueryClient()
  const { isLost } = useSyncExternalStore(freshness.subscribe, freshness.current)
  const nodes = useQuery({
    ...nodesQuery(api),
    refetchInterval: isLost ? lostPollMs : pollMs,
    refetchIntervalInBackground: true,
  })
  const { warning, critical } = countAlerts(nodes.data ?? [])
  useEffect(() => {
    const trouble = { warning, critical, isLost }
    pageTitle.setTrouble(trouble)
    const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]')
    const href = faviconFor(trouble)
    if (icon !== null && icon.getAttribute('href') !== href) icon.href = href
    return undefined
  }, [warning, critical, isLost])
  useEffect(
    () => () => {
      pageTitle.setTrouble({ warning: 0, critical: 0, isLost: false })
      document
        .querySelector<HTMLLinkElement>('link[rel="icon"]')
        ?.setAttribute('href', faviconFor({ warning: 0, critical: 0, isLost: false }))
    },
    [],
  )
  useEffect(() => {
    const again = () => void client.invalidateQueries()
    window.addEventListener('online', again)
    return () => window.removeEventListener('online', again)
  }, [client])
  return null
}
