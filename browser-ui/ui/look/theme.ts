import { browserStore } from '../browser-store.ts'

/** What a person chose; `system` follows the machine. */
export type ThemeChoice = 'light' | 'dark' | 'system'
export type Theme = 'light' | 'dark'

const storageKey = 'throughline-theme'
const listeners = new Set<() => void>()
const systemIsDark = window.matchMedia('(prefers-color-scheme: dark)')

const stored = (): ThemeChoice => {
  const text = browserStore.get(storageKey)
  return text === 'light' || text === 'dark' ? text : 'system'
}
let choice: ThemeChoice = stored()

const apply = () => {
  if (choice === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = choice
  for (const listener of listeners) listener()
}
systemIsDark.addEventListener('change', apply)

/** The page's colour scheme, kept in this browser. */
export const theme = {
  apply,
  get choice(): ThemeChoice {
    return choice
  },
  get current(): Theme {
    return choice === 'system' ? (systemIsDark.matches ? 'dark' : 'light') : choice
  },
  choose(next: ThemeChoice): void {
    choice = next
    browserStore.set(storageKey, next)
    apply()
  },
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  },
}
