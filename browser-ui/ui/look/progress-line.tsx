import { useIsFetching, useIsMutating } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'
import { progress } from './progress.ts'

/** A thin line at the upper edge while somebody waits for first data, a change, or a page; renewals in the background are silent. */
export function ProgressLine() {
  const isShown = useSyncExternalStore(progress.subscribe, progress.isShown)
  const waiting = useIsFetching({ predicate: (query) => query.state.status === 'pending' && query.getObserversCount() > 0 })
  const changing = useIsMutating()
  const isBusy = waiting + changing > 0
  useEffect(() => (isBusy ? progress.begin() : undefined), [isBusy])
  return isShown ? <div className="progress-line" role="progressbar" aria-label="Loading" /> : null
}

/** Stands where something is still loading, and counts as waiting. */
export function Waiting() {
  useEffect(() => progress.begin(), [])
  return null
}
