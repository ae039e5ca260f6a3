import type { Storable } from '../../../src/domain/storable.ts'
import type { ItemKind } from '../../store/kinds.ts'
import type { StoredItem } from '../../store/port.ts'

/** What the people of a space made and share: deleted, it can be restored for a while. By kind: where it lies, and how it is called. */
export const restorable = {
  board: { prefix: 'board/', class: 'contexts', what: 'board' },
  room: { prefix: 'room/', class: 'node', what: 'room' },
  channel: { prefix: 'channel/', class: 'channel-secret', what: 'channel' },
  silence: { prefix: 'silence/', class: 'alert-configuration', what: 'silence' },
  'alert-document': { prefix: 'alert-document/', class: 'alert-configuration', what: 'alert' },
} as const satisfies Partial<Record<ItemKind, { prefix: string; class: string; what: string }>>

export type RestorableKind = keyof typeof restorable
export const restorableKinds = Object.keys(restorable) as readonly RestorableKind[]

/** The classes of the data map that deleted content falls into; for how long it is kept is decided by class. */
export const retentionClasses = ['node', 'contexts', 'alert-configuration', 'channel-secret'] as const
export type RetentionClass = (typeof retentionClasses)[number]

/** How long deleted content can be restored where a space has not decided (security §1: 90 days), and the most it may decide. */
export const retentionDaysMax = 90

export const isRestorable = (kind: ItemKind): kind is RestorableKind => kind in restorable

/** When an item was deleted; undefined for one that is there. */
export function deletedAtOf({ kind, data }: Pick<StoredItem, 'kind' | 'data'>): number | undefined {
  if (!isRestorable(kind) || typeof data !== 'object' || data === null || Array.isArray(data)) return undefined
  const { deletedAtMs } = data as { readonly [name: string]: Storable | undefined }
  return typeof deletedAtMs === 'number' ? deletedAtMs : undefined
}
