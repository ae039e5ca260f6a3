import { returnPath } from '../../data/account/return-path.ts'

const storageKey = 'throughline-return-to'
/** A link from a mail comes within ten minutes; what one wanted yesterday is no way back. */
const validForMs = 15 * 60_000

const storages = (): readonly Storage[] => {
  try {
    return [window.sessionStorage, window.localStorage]
  } catch {
    return []
  }
}

/**
 * Where somebody wanted to go before they had to sign in. Kept in the tab, and for a quarter of an hour in the browser: a link from
 * a mail opens another tab.
 */
export const returnTo = {
  keep(path: string): void {
    if (returnPath(path) === undefined) return
    try {
      for (const storage of storages()) storage.setItem(storageKey, JSON.stringify([path, Date.now()]))
    } catch {
      // Then the way leads to the first page.
    }
  },
  /** Undefined: nowhere in particular. */
  get(): string | undefined {
    for (const storage of storages()) {
      try {
        const [path, atMs] = JSON.parse(storage.getItem(storageKey) ?? '[]') as [unknown?, unknown?]
        const ageMs = Date.now() - Number(atMs)
        if (typeof path === 'string' && ageMs >= 0 && ageMs < validForMs) return returnPath(path)
      } catch {
        // As if nothing were kept.
      }
    }
    return undefined
  },
  clear(): void {
    for (const storage of storages()) storage.removeItem(storageKey)
  },
}
