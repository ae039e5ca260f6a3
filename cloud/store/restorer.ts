import type { ItemKey, PendingChange } from './port.ts'

/**
 * Writes items as they once lay, their revision included, which no service may do: for restoring a backup into a store that does
 * not serve. Everything may be repeated. Throws STORE_UNAVAILABLE.
 */
export interface ItemRestorer {
  /** Whether nothing at all lies there. */
  isEmpty(): Promise<boolean>
  /** What lies under these keys, tombstones and expired items included; by {@link placeOf}. */
  load(keys: readonly ItemKey[]): Promise<ReadonlyMap<string, PendingChange>>
  /** Puts items, whatever lies there; no two with one key. Those of logged kinds are pending, so that the mirror hears of them. */
  put(items: readonly PendingChange[]): Promise<void>
  /** Takes an item away without a tombstone. */
  drop(key: ItemKey): Promise<void>
  close(): Promise<void>
}

/** A key as one text, for maps. */
export function placeOf({ partition, sort }: ItemKey): string {
  return JSON.stringify([partition, sort])
}
