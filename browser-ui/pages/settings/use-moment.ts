import { useSyncExternalStore } from 'react'
import { timeZone } from '../../ui/account/time-zone.ts'

/** How times in epoch milliseconds are written here: in the page's zone, with the day where that is not today. */
export function useMoment(hasSeconds = false): (atMs: number) => string {
  const format = useSyncExternalStore(timeZone.subscribe, () => timeZone.format)
  return (atMs) => format.moment(atMs / 1000, Date.now() / 1000, hasSeconds)
}
