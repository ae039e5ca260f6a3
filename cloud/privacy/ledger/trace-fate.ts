import type { Storable } from '../../../src/domain/storable.ts'
import { dataMap } from '../../store/data-map/data-map.ts'
import type { StoredItem } from '../../store/port.ts'
import { idsInKey } from './named-ids.ts'

/** What becomes of an item that names somebody who was erased: it goes, or it stays without the name. */
export type TraceFate = { readonly is: 'goes' } | { readonly is: 'stays'; readonly data: Storable }

interface Fields {
  readonly [name: string]: Storable
}
const fieldsOf = (data: Storable): Fields => (data !== null && typeof data === 'object' && !Array.isArray(data) ? (data as Fields) : {})

/**
 * Decides about an item that names erased ids. What lies under such an id, or belongs to nobody else, goes. What others go on using (a
 * board, a list) stays, with `standIn`, an id of nobody, where the name was; entries that were theirs alone are taken out of lists and
 * maps.
 */
export function traceFate(item: StoredItem, isErased: (id: string) => boolean, standIn: string): TraceFate {
  if (idsInKey(item).some(isErased)) return { is: 'goes' }
  const fields = fieldsOf(item.data)
  const owner = fields['personId'] ?? null
  if (typeof owner === 'string' && isErased(owner)) return { is: 'goes' }
  // A sign-in that was good for one space only must not become one for all.
  if (typeof fields['onlySpaceId'] === 'string' && isErased(fields['onlySpaceId'])) return { is: 'goes' }
  const place = fields['spaceId']
  if (typeof place === 'string' && isErased(place)) {
    if (item.kind !== 'installation' && item.kind !== 'sign-in') return { is: 'goes' }
    const { spaceId: _gone, ...rest } = fields
    return { is: 'stays', data: without(rest, isErased, standIn) }
  }
  if (dataMap[item.kind].subject === 'person') return { is: 'goes' }
  return { is: 'stays', data: without(item.data, isErased, standIn) }
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

function without(data: Storable, isErased: (id: string) => boolean, standIn: string): Storable {
  if (typeof data === 'string') return data.replaceAll(uuid, (id) => (isErased(id) ? standIn : id))
  if (Array.isArray(data)) {
    const isTheirs = (each: Storable) => {
      const { personId } = fieldsOf(each)
      return typeof personId === 'string' && isErased(personId)
    }
    return (data as readonly Storable[]).filter((each) => !isTheirs(each)).map((each) => without(each, isErased, standIn))
  }
  if (data === null || typeof data !== 'object') return data
  const kept: Record<string, Storable> = {}
  for (const [name, each] of Object.entries(fieldsOf(data))) {
    // Own members only, so that a hostile name cannot reach a prototype.
    if (!(name.match(uuid) ?? []).some(isErased))
      Object.defineProperty(kept, name, { value: without(each, isErased, standIn), enumerable: true })
  }
  return kept
}
