import type { Storable } from '../../src/domain/storable.ts'
import { itemKinds, type ItemKind } from '../store/kinds.ts'
import type { PendingChange } from '../store/port.ts'

/** An item as a line of JSON, as it lies at rest: what is sealed stays sealed. */
export function itemLine({ partition, sort, kind, revision, isDeleted, expiresAtMs, data, blob }: PendingChange): string {
  const packed = blob === undefined ? null : Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength).toString('base64')
  return JSON.stringify([partition, sort, kind, revision, isDeleted ? 1 : 0, expiresAtMs ?? null, data, packed])
}

/** Reads a line; throws TypeError with the rest of a sentence. */
export function readItemLine(line: string): PendingChange {
  return readItemFields(JSON.parse(line))
}

/** Reads the parsed line; throws TypeError with the rest of a sentence. */
export function readItemFields(fields: unknown): PendingChange {
  if (!Array.isArray(fields) || fields.length !== 8) throw new TypeError('it holds something that is no item')
  const [partition, sort, kind, revision, deleted, expiresAtMs, data, blob] = fields as readonly unknown[]
  if (typeof partition !== 'string' || typeof sort !== 'string' || typeof kind !== 'string' || typeof revision !== 'number')
    throw new TypeError('it holds something that is no item')
  if (!isKind(kind)) throw new TypeError(`it holds items of a kind that this version does not know (${kind}); restore it with a newer one`)
  return {
    partition,
    sort,
    kind,
    revision,
    isDeleted: deleted === 1,
    data: data as Storable,
    ...(typeof expiresAtMs === 'number' ? { expiresAtMs } : {}),
    ...(typeof blob === 'string' ? { blob: new Uint8Array(Buffer.from(blob, 'base64')) } : {}),
  }
}

const isKind = (kind: string): kind is ItemKind => Object.hasOwn(itemKinds, kind)
