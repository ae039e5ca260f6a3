import { useSyncExternalStore } from 'react'

const narrow = window.matchMedia('(max-width: 720px)')
const subscribe = (listener: () => void) => {
  narrow.addEventListener('change', listener)
  return () => narrow.removeEventListener('change', listener)
}

/** Whether the screen is so narrow that tiles stand one below the other. */
export const useIsNarrow = (): boolean => useSyncExternalStore(subscribe, () => narrow.matches)
