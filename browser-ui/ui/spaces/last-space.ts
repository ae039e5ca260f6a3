import { browserStore } from '../browser-store.ts'

const storageKey = 'throughline-space'

/** The space that was looked at last in this browser: its id only, until the person signs out. */
export const lastSpace = {
  get: (): string | undefined => browserStore.get(storageKey),
  set: (spaceId: string | undefined): void => browserStore.set(storageKey, spaceId),
}
