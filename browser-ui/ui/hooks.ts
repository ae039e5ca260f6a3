import { useEffect, useState, useSyncExternalStore } from 'react'
import type { TimeFormat } from '../data/time/format-time.ts'
import { theme, type Theme, type ThemeChoice } from './look/theme.ts'
import { timeZone } from './account/time-zone.ts'
import { pageTitle } from './shell/window-title.ts'

/** The theme in effect; changes with the person's choice and the machine's. */
export function useTheme(): Theme {
  return useSyncExternalStore(theme.subscribe, () => theme.current)
}

export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore(theme.subscribe, () => theme.choice)
}

/** How times are written, in the zone that a person chose. */
export function useTimeFormat(): TimeFormat {
  return useSyncExternalStore(timeZone.subscribe, () => timeZone.format)
}

/** Sets the title of the window while a page is shown. */
export function useTitle(title: string): void {
  useEffect(() => {
    pageTitle.setPage(title)
  }, [title])
}

/** The time now, renewed every so often, for words such as "3 min ago". */
export function useNow(everyMs: number): number {
  const [nowMs, setNowMs] = useState(() => Date.now())
  useEffect(() => {
    const timer = window.setInterval(() => setNowMs(Date.now()), everyMs)
    return () => window.clearInterval(timer)
  }, [everyMs])
  return nowMs
}

/** Whether a media query matches now, such as `(max-width: 720px)`. */
export function useMatches(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const list = window.matchMedia(query)
      list.addEventListener('change', listener)
      return () => list.removeEventListener('change', listener)
    },
    () => window.matchMedia(query).matches,
  )
}
