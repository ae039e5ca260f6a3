import { selfSealed } from '../../src/domain/self-sealed.ts'
import type { Seals } from '../../src/domain/seals.ts'
import type { Storable } from '../../src/domain/storable.ts'
import { asItemWrite } from '../store/item-rules.ts'
import type { ItemKey, ItemWrite, MetadataStore, StoredItem } from '../store/port.ts'
import { createItemSealing, type SealFacts } from './item-sealing.ts'
import { isOldSeal } from './old-seals.ts'
import { keyIdOf } from './seal-text.ts'
import type { KeyRing } from './subject-keys.ts'

export interface ResealDeps {
  /** The items as they lie at rest. */
  readonly raw: MetadataStore
  readonly ring: KeyRing
  readonly seals: Seals
  readonly facts?: SealFacts
}

/** Brings items to the newest key of their subject: what an older key sealed, what an older version sealed, what lies in the open. */
export interface Resealer {
  /** Answers whether it had to be written. Repeating it changes nothing; whoever writes the item meanwhile wins. */
  one(item: StoredItem): Promise<boolean>
  /** Everything behind a place, page by page; `onPage` hears after each how far it is, and keeps that if the work is to be resumed. */
  all(after: ItemKey | undefined, onPage: (seen: number, written: number, next: ItemKey | undefined) => Promise<void>): Promise<void>
}

const pageItems = 200

export function createResealer({ raw, ring, seals, facts }: ResealDeps): Resealer {
  const sealing = createItemSealing(ring, facts)

  const isNewest = async (subject: Parameters<KeyRing['sealing']>[0], keyId: string | undefined): Promise<boolean> => {
    if ((await ring.known(subject)) === 'destroyed') return true
    return keyId !== undefined && keyId === (await ring.sealing(subject)).keyId
  }

  /** The item with what its service sealed, sealed again; the same item when none of it has to be. */
  const ownSeals = async (item: StoredItem): Promise<StoredItem> => {
    let data = item.data
    for (const { path, placeOf } of selfSealed[item.kind] ?? []) {
      const text = at(data, path)
      if (typeof text !== 'string') continue
      const place = placeOf(item)
      if (!isOldSeal(text) && (await isNewest(place.subject, keyIdOf(text)))) continue
      if ((await ring.known(place.subject)) === 'destroyed') continue
      data = put(data, path, await seals.seal(await seals.open(text, place), place))
    }
    return data === item.data ? item : { ...item, data }
  }

  const fresh = async (item: StoredItem): Promise<ItemWrite | undefined> => {
    const own = await ownSeals(item)
    let isCurrent = own === item
    for (const { subject, keyId } of sealing.uses(own)) isCurrent &&= await isNewest(subject, keyId)
    if (isCurrent) return undefined
    const { revision: _revision, ...write } = (await sealing.open(own)).item
    return asItemWrite(await sealing.seal(write))
  }

  const one = async (item: StoredItem): Promise<boolean> => {
    let current: StoredItem | undefined = item
    while (current !== undefined) {
      const next = await fresh(current)
      if (next === undefined) return false
      if ((await raw.write(next, current.revision)) !== undefined) return true
      current = await raw.read(item)
    }
    return false
  }

  return {
    one,
    async all(after, onPage) {
      let next = after
      do {
        const page = await raw.everything({ limit: pageItems, ...(next === undefined ? {} : { after: next }) })
        let written = 0
        for (const { isDeleted, ...item } of page.items) if (!isDeleted && (await one(item))) written++
        next = page.next
        await onPage(page.items.length, written, next)
      } while (next !== undefined)
    },
  }
}

function at(data: Storable, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, name) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined),
    data,
  )
}

function put(data: Storable, [name = '', ...rest]: readonly string[], text: string): Storable {
  const members = data as Readonly<Record<string, Storable>>
  return { ...members, [name]: rest.length === 0 ? text : put(members[name] ?? {}, rest, text) }
}
