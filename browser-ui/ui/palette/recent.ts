import { withRecent } from '../../data/shell/palette.ts'
import { browserStore } from '../browser-store.ts'

const storageKey = 'throughline-recent'

/** What this person opened lately through the palette: ids only, kept in this browser until they sign out. */
export const recent = {
  list(): readonly string[] {
    try {
      const stored: unknown = JSON.parse(browserStore.get(storageKey) ?? '[]')
      return Array.isArray(stored) ? stored.filter((id): id is string => typeof id === 'string') : []
    } catch {
      return []
    }
  },
  add(id: string): void {
    browserStore.set(storageKey, JSON.stringify(withRecent(recent.list(), id)))
  },
  clear(): void {
    browserStore.set(storageKey, undefined)
  },
}
