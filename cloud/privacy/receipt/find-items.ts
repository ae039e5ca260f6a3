import { ownerOf } from '../../store/data-map/data-map.ts'
import type { MetadataStore, PendingChange } from '../../store/port.ts'
import { isNamed, lookAt, mapOf, spaceOfItem, type Extent, type FoundItem, type MapOf } from './look-at-item.ts'
import { createNamesIn, type NamesIn } from './names-in.ts'
import type { OwnSpace, Subject } from './subject.ts'
import { walkStore } from './walk-store.ts'

/** The stores that are read, as services see them: opened where a key opens them. */
export interface ReceiptStores {
  readonly store: Pick<MetadataStore, 'everything'>
  /** What lies beside the keys. */
  readonly apart: Pick<MetadataStore, 'everything'>
}

/** One row that was found: about the person, of a space they run, or both. */
export interface Finding {
  readonly found: FoundItem
  readonly is: 'own' | 'trace' | 'of-space'
  /** The space it belongs to as far as whoever asks is in it. */
  readonly space: OwnSpace | undefined
}

export interface FindOptions {
  readonly isCut: boolean
  /** Hears how many rows were read. */
  readonly onRead?: (rows: number) => void
  readonly map?: MapOf
}

/** Everything that names a person or lies in their partitions; one walk over the stores, because nobody keeps an index of names. */
export async function* findAboutPerson(stores: ReceiptStores, subject: Subject, options: FindOptions): AsyncGenerator<Finding> {
  const names = createNamesIn([subject.personId, ...subject.names])
  const spaces = new Map(subject.spaces.map((space) => [space.spaceId, space]))
  const spaceNames = new Map(subject.spaces.filter(({ isAdmin }) => isAdmin).map(({ spaceId }) => [spaceId, createNamesIn([spaceId])]))
  for await (const { item, isApart } of walkBoth(stores, options)) {
    const spaceId = spaceOfItem(item)
    const space = spaceId === undefined ? undefined : spaces.get(spaceId)
    const { map = mapOf, isCut } = options
    const look = (extent: Extent, who: NamesIn) => lookAt(item, { extent, names: who, isApart, isCut, map })
    if (await isNamed(item, names)) {
      const isOwn = isOfPerson(item, subject, names, map)
      const extent = isOwn
        ? 'whole'
        : (spaceId !== undefined && space === undefined) || item.partition.startsWith('person#')
          ? 'name-alone'
          : 'beside-name'
      yield { found: await look(extent, names), is: isOwn ? 'own' : 'trace', space }
    }
    for (const [id, named] of spaceNames) {
      if (!isOfSpace(item, id, named, map)) continue
      yield { found: { ...(await look(extentInSpace(item, map), named)), spaceId: id }, is: 'of-space', space: spaces.get(id) }
    }
  }
}

/** Everything of one space, whole, for its admins. */
export async function* findInSpace(stores: ReceiptStores, spaceId: string, options: FindOptions): AsyncGenerator<FoundItem> {
  const names = createNamesIn([spaceId])
  const { map = mapOf, isCut } = options
  for await (const { item, isApart } of walkBoth(stores, options)) {
    if (isOfSpace(item, spaceId, names, map))
      yield { ...(await lookAt(item, { extent: extentInSpace(item, map), names, isApart, isCut, map })), spaceId }
  }
}

async function* walkBoth(
  { store, apart }: ReceiptStores,
  { onRead }: FindOptions,
): AsyncGenerator<{ item: PendingChange; isApart: boolean }> {
  let rows = 0
  for (const [each, isApart] of [
    [store, false],
    [apart, true],
  ] as const) {
    for await (const items of walkStore(each)) {
      for (const item of items) yield { item, isApart }
      rows += items.length
      onRead?.(rows)
    }
  }
}

/**
 * A row of the person's own, which is theirs to read whole: in their partition, or under their id or a hash. Not a row of somebody
 * else that happens to hold their address, such as a change of address that was begun.
 */
function isOfPerson(item: PendingChange, { personId }: Subject, names: NamesIn, map: MapOf): boolean {
  const isHolder = ownerOf(item, 'person') === personId
  if (item.partition.startsWith('person#')) return isHolder
  if (map(item.kind).subject !== 'person') return false
  return isHolder || (!/^(space|audit)\b/.test(item.partition) && names(`${item.partition} ${item.sort}`))
}

/**
 * A row of a space: in its partitions, or elsewhere under its id. Not what lies with people and other spaces: whoever writes the id
 * of another space into a text of theirs does not get into its receipt.
 */
function isOfSpace(item: PendingChange, spaceId: string, names: NamesIn, map: MapOf): boolean {
  const { partition, sort, data } = item
  const own = spaceOfItem({ partition, sort: '' })
  if (own !== undefined) return own === spaceId
  const facts = map(item.kind)
  if (/^(person|identity|sign-in)/.test(partition) || facts.class === 'account' || facts.subject === 'person') return false
  if (names(`${partition} ${sort}`)) return true
  if (typeof data !== 'object' || data === null) return false
  return Object.values(data).includes(spaceId)
}

/** What a member keeps there for themselves is theirs to read: an admin learns that it is there. */
const extentInSpace = ({ kind }: PendingChange, map: MapOf): Extent => (map(kind).subject === 'person' ? 'counted' : 'whole')
