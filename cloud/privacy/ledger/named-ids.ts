import { leavesOf } from '../../store/data-map/data-map.ts'
import type { ItemKind } from '../../store/kinds.ts'
import type { ItemKey, ItemWrite } from '../../store/port.ts'
import type { Storable } from '../../../src/domain/storable.ts'

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

/**
 * What may name somebody who was erased: the audit, which proves by ids alone (400 days), and the notes of the erasure itself.
 * Everything else may not.
 */
const mayName: ReadonlySet<ItemKind> = new Set([
  'audit-entry',
  'audit-head',
  'audit-delivery',
  'unfinished',
  'erasure',
  'erasure-certificate',
  'seal-key',
])
export const mayNameErased = (kind: ItemKind): boolean => mayName.has(kind)

/** Ids in the key of an item. */
export const idsInKey = ({ partition, sort }: ItemKey): readonly string[] => [...(partition.match(uuid) ?? []), ...(sort.match(uuid) ?? [])]

/** Every id in some data, also those that are keys of maps or parts of a longer text. */
export function idsInData(data: Storable): readonly string[] {
  const found: string[] = []
  visit(data, found)
  return found
}

/** Every id an item names. */
export const idsOf = (item: ItemKey & { readonly data: Storable }): ReadonlySet<string> =>
  new Set([...idsInKey(item), ...idsInData(item.data)])

/** The ids that a write names and that can be those of a person or a space; for a kind that names nobody only its key is read. */
export function namedBy(item: ItemWrite): ReadonlySet<string> {
  return new Set([...idsInKey(item), ...(namesSomebody(item.kind) ? idsInData(item.data) : [])])
}

const known = new Map<ItemKind, boolean>()
/** Whether the data of a kind can name a person or a space, by the data map. */
function namesSomebody(kind: ItemKind): boolean {
  const before = known.get(kind)
  if (before !== undefined) return before
  const names = leavesOf(kind).some(({ facts }) => facts.names === 'person' || facts.names === 'space')
  known.set(kind, names)
  return names
}

function visit(data: Storable, found: string[]): void {
  if (typeof data === 'string') {
    // Most texts are shorter than an id or hold none.
    if (data.length >= 36) found.push(...(data.match(uuid) ?? []))
  } else if (Array.isArray(data)) {
    for (const each of data as readonly Storable[]) visit(each, found)
  } else if (data !== null && typeof data === 'object') {
    for (const [name, each] of Object.entries(data as { readonly [name: string]: Storable })) {
      if (name.length >= 36) found.push(...(name.match(uuid) ?? []))
      visit(each, found)
    }
  }
}
