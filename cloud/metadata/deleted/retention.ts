import type { SpaceId } from '../../../src/domain/ids.ts'
import type { ItemKey, MetadataStore } from '../../store/port.ts'
import type { ChangeItem } from '../change-item.ts'
import { spacePartition } from '../keys.ts'
import { retentionClasses, retentionDaysMax, type RetentionClass } from './restorable.ts'

/** For how many days what was deleted can be restored, by class; 0: it is gone at once. */
export type RetentionDays = Readonly<Record<RetentionClass, number>>

/** The retention of each space. */
export interface Retention {
  of(spaceId: SpaceId): Promise<RetentionDays>
  /** Sets the classes that are named; whole days from 0 to 90. Answers all. */
  set(spaceId: SpaceId, wish: Partial<RetentionDays>): Promise<RetentionDays>
}

const keyOf = (spaceId: SpaceId): ItemKey => ({ partition: spacePartition(spaceId), sort: 'retention' })

export function createRetention({ store, changeItem }: { readonly store: MetadataStore; readonly changeItem: ChangeItem }): Retention {
  const whole = (days: Partial<RetentionDays> = {}): RetentionDays =>
    Object.fromEntries(retentionClasses.map((each) => [each, days[each] ?? retentionDaysMax])) as RetentionDays
  const daysOf = (data: unknown) => (data as { readonly days: Partial<RetentionDays> }).days
  return {
    async of(spaceId) {
      const item = await store.read(keyOf(spaceId))
      return whole(item && daysOf(item.data))
    },
    async set(spaceId, wish) {
      let next = whole(wish)
      await changeItem(keyOf(spaceId), (current) => {
        next = whole({ ...(current && daysOf(current.data)), ...wish })
        return { kind: 'retention-settings', data: { days: { ...next } } }
      })
      return next
    },
  }
}
