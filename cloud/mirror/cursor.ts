import type { MetadataStore } from '../store/port.ts'
import { cursorKey } from './mirror-keys.ts'

/** How far the mirror has come. */
export interface Cursor {
  /** What is before this place of the log is in the sink. */
  readonly position: string
  readonly schemaVersion: string
  /** Everything that is in the store is being brought in once: since which place in the order, and up to which item. */
  readonly filling: { readonly fromOrder: number; readonly after: { readonly partition: string; readonly sort: string } | null } | null
  readonly loadedAtMs: number | null
}

export interface CursorKeeper {
  read(): Promise<Cursor | undefined>
  /** Throws STORE_UNAVAILABLE; then the same is done again later, which changes nothing in the sink. */
  save(cursor: Cursor): Promise<void>
}

/** The cursor of one sink over one log, as an item of the store. */
export function createCursorKeeper(store: Pick<MetadataStore, 'read' | 'write'>, sink: string, logId: string): CursorKeeper {
  const key = cursorKey(sink, logId)
  return {
    read: async () => (await store.read(key))?.data as Cursor | undefined,
    async save(cursor) {
      for (;;) {
        const current = await store.read(key)
        if ((await store.write({ ...key, kind: 'mirror-cursor', data: { ...cursor } }, current?.revision ?? 'absent')) !== undefined) return
      }
    },
  }
}
