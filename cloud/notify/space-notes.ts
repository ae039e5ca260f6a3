import type { SpaceId } from '../../src/domain/ids.ts'
import type { MetadataStore } from '../store/port.ts'
import { notifyKeys } from './message-id.ts'

/** Which spaces have messages: noted before the first of them, so that a start finds what is pending. */
export interface SpaceNotes {
  note(spaceId: SpaceId): Promise<void>
  list(): Promise<readonly SpaceId[]>
  /** The space is gone. */
  forget(spaceId: SpaceId): Promise<void>
}

export function createSpaceNotes(store: MetadataStore): SpaceNotes {
  const noted = new Set<SpaceId>()
  return {
    async note(spaceId) {
      if (noted.has(spaceId)) return
      await store.write({ ...notifyKeys.space(spaceId), kind: 'message', data: {} }, 'absent')
      noted.add(spaceId)
    },
    async list() {
      const found: SpaceId[] = []
      let after: string | undefined
      do {
        const page = await store.list(notifyKeys.spaces, after === undefined ? {} : { after })
        found.push(...page.items.map(({ sort }) => sort as SpaceId))
        after = page.next
      } while (after !== undefined)
      return found
    },
    async forget(spaceId) {
      noted.delete(spaceId)
      const item = await store.read(notifyKeys.space(spaceId))
      if (item !== undefined) await store.remove(item, item.revision)
    },
  }
}
