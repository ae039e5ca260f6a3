/**
 * What a person chose for this browser, by name. A browser that keeps nothing, or has no room, forgets it with the page; choices and
 * ids only, never a value.
 */
export const browserStore = {
  get(key: string): string | undefined {
    try {
      return window.localStorage.getItem(key) ?? undefined
    } catch {
      return undefined
    }
  },
  /** Undefined forgets it. */
  set(key: string, text: string | undefined): void {
    try {
      if (text === undefined) window.localStorage.removeItem(key)
      else window.localStorage.setItem(key, text)
    } catch {
      // The page goes on with what it holds.
    }
  },
}
