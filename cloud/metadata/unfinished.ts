import type { DataOfKind } from '../store/kinds.ts'
import type { ItemKey, MetadataStore, StoredItem } from '../store/port.ts'
import { listAll } from './change-item.ts'

/**
 * What takes several writes and must not stay half done: noted before the first of them, struck out after the last. Whatever a
 * crash leaves is found here by the next start.
 */
export interface Unfinished {
  /** Notes a piece of work; noting it again makes it new, so that {@link strike} of an older look leaves it. */
  note(name: string, data: DataOfKind<'unfinished'>): Promise<void>
  list(prefix: string): Promise<readonly StoredItem[]>
  find(name: string): Promise<StoredItem | undefined>
  /** The work is done, unless it was noted again since it was read. */
  strike(item: StoredItem): Promise<void>
}

const partition = 'unfinished'
const keyOf = (name: string): ItemKey => ({ partition, sort: name })

export function createUnfinished(store: MetadataStore): Unfinished {
  const find = (name: string) => store.read(keyOf(name))
  return {
    find,
    async note(name, data) {
      for (;;) {
        const before = await find(name)
        if ((await store.write({ ...keyOf(name), kind: 'unfinished', data }, before?.revision ?? 'absent')) !== undefined) return
      }
    },
    list: (prefix) => listAll(store, partition, prefix),
    async strike(item) {
      await store.remove(item, item.revision)
    },
  }
}
