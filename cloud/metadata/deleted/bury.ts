import { asItemWrite } from '../../store/item-rules.ts'
import type { MetadataStore, StoredItem } from '../../store/port.ts'
import { deletedAtOf } from './restorable.ts'

/** Whether a service reads past its own deleted items by itself; boards show them on their page. */
const showsItsOwn = (item: Pick<StoredItem, 'kind'>): boolean => item.kind === 'board'
const isHidden = (item: StoredItem): boolean => !showsItsOwn(item) && deletedAtOf(item) !== undefined

/**
 * The store as services see it: what was deleted and can be restored is not there (D5). A new item over such a one takes its place.
 * The store behind it is for those who restore, purge and erase.
 */
export function withoutDeleted(store: MetadataStore): MetadataStore {
  return {
    ...store,
    async read(key) {
      const item = await store.read(key)
      return item !== undefined && isHidden(item) ? undefined : item
    },
    async list(partition, options) {
      const page = await store.list(partition, options)
      return { ...page, items: page.items.filter((item) => !isHidden(item)) }
    },
    async write(item, condition) {
      if (condition !== 'absent') return store.write(item, condition)
      const written = await store.write(item, 'absent')
      if (written !== undefined) return written
      const there = await store.read(item)
      return there !== undefined && isHidden(there) ? store.write(item, there.revision) : undefined
    },
  }
}

/**
 * Deletes an item so that it can be restored: one conditional write that keeps it, marked. Answers whether the revision still stood;
 * `without` names members that are not worth keeping.
 */
export async function bury(store: MetadataStore, item: StoredItem, atMs: number, without: readonly string[] = []): Promise<boolean> {
  const { partition, sort, kind, blob } = item
  const kept = Object.entries(item.data as object).filter(([name]) => !without.includes(name))
  const data = { ...Object.fromEntries(kept), deletedAtMs: atMs }
  const written = await store.write(asItemWrite({ partition, sort, kind, data, ...(blob === undefined ? {} : { blob }) }), item.revision)
  return written !== undefined
}
