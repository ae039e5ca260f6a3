import { browserStore } from '../browser-store.ts'

const storageKey = 'throughline-single-keys'
const listeners = new Set<() => void>()
let areOn = browserStore.get(storageKey) !== 'off'

/** Whether single keys act; a person's choice, kept in this browser. */
export const singleKeys = {
  areOn: () => areOn,
  choose(next: boolean): void {
    areOn = next
    browserStore.set(storageKey, next ? undefined : 'off')
    for (const listener of listeners) listener()
  },
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  },
}
