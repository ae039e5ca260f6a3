import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import { dataMap } from './data-map/data-map.ts'
import type { ItemKind } from './kinds.ts'
import type { ItemKey, ItemWrite, StoredItem } from './port.ts'

/** Most bytes of one item: keys, data as JSON, and blob together (security requirements §1, stored item 350 KB). */
export const itemBytesMax = 350 * 1024

/** Most UTF-8 bytes of a partition or a sort key. */
export const keyBytesMax = 1024

const loneSurrogate = /\p{Surrogate}/u

/** Refuses keys no store could keep apart: empty, over 1 KiB, or text that has no UTF-8 form. Throws BODY_UNPROCESSABLE. */
export function checkKey(key: ItemKey): void {
  for (const part of [key.partition, key.sort]) {
    if (part.length === 0 || Buffer.byteLength(part) > keyBytesMax || loneSurrogate.test(part)) {
      throw new ThroughlineError('BODY_UNPROCESSABLE', 'An item key must be 1 to 1024 bytes of well-formed text.')
    }
  }
}

/** Checks key and size of what is to be written and answers its data as JSON. Throws BODY_UNPROCESSABLE or BODY_TOO_LARGE. */
export function checkItem(item: ItemWrite): string {
  checkKey(item)
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
