import type { SeenLook } from '../../data/account/look.ts'
import { browserStore } from '../browser-store.ts'

const storageKey = 'throughline-account-look'

/** What an account said last about how the page looks, kept in this browser until its person signs out. */
export const seenLook = {
  get(): SeenLook | undefined {
    try {
      const stored = JSON.parse(browserStore.get(storageKey) ?? 'null') as SeenLook | null
      return typeof stored?.personId === 'string' ? stored : undefined
    } catch {
      return undefined
    }
  },
  set(look: SeenLook | undefined): void {
    browserStore.set(storageKey, look === undefined ? undefined : JSON.stringify(look))
  },
}
