import { withRecent } from '../data/shell/palette.ts'

const storageKey = 'throughline-recent'

/** What this person opened lately through the palette: ids only, kept in this browser until they sign out. */
export const recent = {
  list(): readonly string[] {
    try {
      const stored: unknown = JSON.parse(window.localStorage.getItem(storageKey) ?? '[]')
      return Array.isArray(stored) ? stored.filter((id): id is string => typeof id === 'string') : []
    } catch {
      return []
    }
  },
  add(id: string): void {
    window.localStorage.setItem(storageKey, JSON.stringify(withRecent(recent.list(), id)))
  },
  clear(): void {
    window.localStorage.removeItem(storageKey)
  },
}
