import type { KeySubject } from '../../src/domain/key-subject.ts'
import type { Seals } from '../../src/domain/seals.ts'
import { selfSealed } from '../../src/domain/self-sealed.ts'
import type { Storable } from '../../src/domain/storable.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
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
  /** 'newest': what an older key of its subject sealed is sealed again, too; 'sealed': only what lies in the open or was sealed by an older version. */
  readonly until: 'newest' | 'sealed'
  readonly facts?: SealFacts
  /** Keys that are looked for, by subject and id. */
  readonly isWatched?: (subject: KeySubject, keyId: string) => boolean
}

/** What a walk found on a page, or on all. */
export interface Resealed {
  readonly seen: number
  readonly written: number
  /** Items that do not open and were left as they are. */
  readonly broken: number
  /** Items that a watched key had sealed. */
  readonly watched: number
}

/** Seals items again. */
export interface Resealer {
  /** Answers whether it had to be written. Repeating it changes nothing; whoever writes the item meanwhile wins. Throws SEAL_BROKEN. */
  one(item: StoredItem): Promise<boolean>
  /** Everything behind a place, page by page; `onPage` hears after each where the next begins, and keeps that if the work is to be resumed. */
  all(after: ItemKey | undefined, onPage: (page: Resealed, next: ItemKey | undefined) => Promise<void>): Promise<Resealed>
}

const pageItems = 200

export function createResealer({ raw, ring, seals, until, facts, isWatched = () => false }: ResealDeps): Resealer {
  const sealing = createItemSealing(ring, facts)

  const isGone = async (subject: KeySubject) => (await ring.known(subject)) === 'destroyed'
  const isDone = async (subject: KeySubject, keyId: string): Promise<boolean> =>
    until === 'sealed' || (await isGone(subject)) || keyId === (await ring.sealing(subject)).keyId

  /** What its service sealed in an item. */
  const ownTexts = (item: StoredItem) =>
    (selfSealed[item.kind] ?? []).flatMap(({ path, placeOf }) => {
      const text = at(item.data, path)
      return typeof text === 'string' ? [{ path, text, place: placeOf(item) }] : []
    })

  /** The item with what its service sealed, sealed again; the same item when none of it has to be. */
  const ownSeals = async (item: StoredItem): Promise<StoredItem> => {
    let { data } = item
    for (const { path, text, place } of ownTexts(item)) {
      const keyId = keyIdOf(text)
      if (!isOldSeal(text) && (keyId === undefined || (await isDone(place.subject, keyId)))) continue
      if (await isGone(place.subject)) continue
      data = put(data, path, await seals.seal(await seals.open(text, place), place))
    }
    return data === item.data ? item : { ...item, data }
  }

  const fresh = async (item: StoredItem): Promise<ItemWrite | undefined> => {
    const own = await ownSeals(item)
    let isCurrent = own === item
    for (const { subject, keyId, isEmpty } of sealing.uses(own)) {
      // What lies in the open of somebody who was erased does not stay.
      isCurrent &&= keyId === undefined ? isEmpty && (await isGone(subject)) : await isDone(subject, keyId)
    }
    if (isCurrent) return undefined
    const { revision: _revision, ...write } = (await sealing.open(own)).item
    return asItemWrite(await sealing.seal(write, { isEmptied: true }))
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

  const watches = (item: StoredItem): boolean =>
    ownTexts(item).some(({ text, place }) => isWatched(place.subject, keyIdOf(text) ?? '')) ||
    sealing.uses(item).some(({ subject, keyId }) => keyId !== undefined && isWatched(subject, keyId))

  const page = async (items: readonly (StoredItem & { readonly isDeleted: boolean })[]): Promise<Resealed> => {
    const found = { seen: items.length, written: 0, broken: 0, watched: 0 }
    for (const { isDeleted, ...item } of items) {
      if (isDeleted) continue
      if (watches(item)) found.watched++
      try {
        if (await one(item)) found.written++
      } catch (thrown) {
        // One that does not open must not hold up all others.
        if (!(thrown instanceof ThroughlineError && thrown.code === 'SEAL_BROKEN')) throw thrown
        found.broken++
      }
    }
    return found
  }

  return {
    one,
    async all(after, onPage) {
      const total = { seen: 0, written: 0, broken: 0, watched: 0 }
      let next = after
      do {
        const answer = await raw.everything({ limit: pageItems, ...(next === undefined ? {} : { after: next }) })
        const found = await page(answer.items)
        for (const name of ['seen', 'written', 'broken', 'watched'] as const) total[name] += found[name]
        next = answer.next
        await onPage(found, next)
      } while (next !== undefined)
      return total
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
