import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import { dataMap } from './data-map/data-map.ts'
import { misfit } from './data-map/fits.ts'
import type { ItemKind } from './kinds.ts'
import type { AnyItem, ItemKey, ItemWrite, StoredItem } from './port.ts'

/** Most bytes of one item: keys, data as JSON, and blob together (security requirements §1, stored item 350 KB). */
export const itemBytesMax = 350 * 1024

/** Most UTF-8 bytes of a partition or a sort key. */
const keyBytesMax = 1024

const loneSurrogate = /\p{Surrogate}/u

/** Refuses keys no store could keep apart: empty, over 1 KiB, or text that has no UTF-8 form. Throws BODY_UNPROCESSABLE. */
export function checkKey(key: ItemKey): void {
  for (const part of [key.partition, key.sort]) {
    if (part.length === 0 || Buffer.byteLength(part) > keyBytesMax || loneSurrogate.test(part)) {
      throw new ThroughlineError('BODY_UNPROCESSABLE', 'An item key must be 1 to 1024 bytes of well-formed text.')
    }
  }
}

/**
 * Refuses what the data map does not have: an unknown kind, a member too many, one that is missing or of another form, a number that is
 * none, a compressed part where there is none. Throws FIELD_UNMAPPED, which names the kind and the place and never what stands there.
 */
export function checkMapped({ kind, data, blob }: AnyItem): void {
  const facts = Object.hasOwn(dataMap, kind) ? dataMap[kind] : undefined
  if (facts === undefined) throw unmapped('unknown', '')
  const wrong = misfit(facts.data.shape, data)
  if (wrong !== undefined) throw unmapped(kind, `data${wrong}`)
  if (blob !== undefined && facts.blob === undefined) throw unmapped(kind, 'blob')
}

const unmapped = (kind: string, place: string) =>
  new ThroughlineError(
    'FIELD_UNMAPPED',
    `An item of kind ${kind} cannot be kept: the data map does not have ${place || 'it'} in this form.`,
  )

/**
 * What a wrapper made of an item that was written through it, or what comes out of a store or a backup and goes into one again: the
 * compiler no longer knows its kind, and the guard looks at it like at any other.
 */
export const asItemWrite = (item: AnyItem): ItemWrite => item as ItemWrite

/** Checks key, fields and size of what is to be written and answers its data as JSON. Throws BODY_UNPROCESSABLE, FIELD_UNMAPPED or BODY_TOO_LARGE. */
export function checkItem(item: AnyItem): string {
  checkKey(item)
  checkMapped(item)
  const json = JSON.stringify(item.data)
  const bytes = Buffer.byteLength(item.partition) + Buffer.byteLength(item.sort) + Buffer.byteLength(json) + (item.blob?.byteLength ?? 0)
  if (bytes > itemBytesMax) {
    throw new ThroughlineError('BODY_TOO_LARGE', `An item of kind ${item.kind} has ${bytes} bytes; at most ${itemBytesMax} can be stored.`)
  }
  return json
}

/** Whether changes of this kind go into the log of changes, so that they are marked as pending and a removal leaves a tombstone. */
export function isLogged(kind: ItemKind): boolean {
  return dataMap[kind].logged
}

/** The item without what an adapter keeps beside it. */
export function asStoredItem({ partition, sort, kind, revision, data, blob, expiresAtMs }: StoredItem): StoredItem {
  return {
    partition,
    sort,
    kind,
    revision,
    data,
    ...(blob === undefined ? {} : { blob }),
    ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
  }
}

/** The refusal of a store that cannot answer; what the engine said stays in `cause`. */
export function storeUnavailable(sentence = 'The metadata store cannot answer now.', cause?: unknown): ThroughlineError {
  return new ThroughlineError('STORE_UNAVAILABLE', sentence, cause === undefined ? undefined : { cause })
}
