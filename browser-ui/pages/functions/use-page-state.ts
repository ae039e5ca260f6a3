import { useEffect, useState, useSyncExternalStore } from 'react'
import { useMatches } from '../../ui/hooks.ts'

const onVisibility = (listener: () => void) => {
  document.addEventListener('visibilitychange', listener)
  return () => document.removeEventListener('visibilitychange', listener)
}

/** Whether a person can see the page: false in a tab behind others. */
export function usePageVisible(): boolean {
  return useSyncExternalStore(onVisibility, () => !document.hidden)
}

/** Whether the screen is a phone's: the width at which the whole page changes its form. */
export function useIsNarrow(): boolean {
  return useMatches('(max-width: 820px)')
}

/** Becomes true once `isOn` has been true for so long, so that what is quick shows no progress. */
export function useAfter(isOn: boolean, delayMs: number): boolean {
  const [isLate, setIsLate] = useState(false)
  useEffect(() => {
    if (!isOn) return
    const timer = window.setTimeout(() => setIsLate(true), delayMs)
    return () => {
      window.clearTimeout(timer)
      setIsLate(false)
    }
  }, [isOn, delayMs])
  return isOn && isLate
}
