import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { createHash } from 'node:crypto'
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Storable } from '../../../src/domain/storable.ts'
import { isLogged, itemBytesMax, storeUnavailable } from '../item-rules.ts'
import type { ItemKind } from '../kinds.ts'
import type { AnyItem, ItemKey, StoredItem } from '../port.ts'
import { jsonDictionary } from './dictionary.ts'

/**
 * The attributes of an item, short because every item pays for their names:
 * pk sk keys · k kind · r revision · w id of the write · d data as JSON, or z the same deflated · b blob · e expiry in ms ·
 * t expiry in s for the table's own purge · x tombstone · op os the sparse outbox index.
 */
export type Attributes = Record<string, AttributeValue>

/** Below this many bytes JSON is written as it is. */
const deflateFrom = 160
const outboxShards = 8

/** A key as DynamoDB wants it. */
export function keyAttributes(key: ItemKey): Attributes {
  return { pk: { S: key.partition }, sk: { S: key.sort } }
}

/** The content attributes of an item: everything but its key, revision, write id and marker. */
export function contentAttributes(item: AnyItem, json: string): Attributes {
  const seconds = item.expiresAtMs === undefined || isLogged(item.kind) ? undefined : Math.ceil(item.expiresAtMs / 1000)
  return {
    k: { S: item.kind },
    ...dataAttribute(json),
    ...(item.blob === undefined ? {} : { b: { B: item.blob } }),
    ...(item.expiresAtMs === undefined ? {} : { e: { N: String(item.expiresAtMs) } }),
    // Logged kinds never carry it: the table's own purge would leave no tombstone behind.
    ...(seconds === undefined ? {} : { t: { N: String(seconds) } }),
  }
}

function dataAttribute(json: string): Attributes {
  if (json.length < deflateFrom) return { d: { S: json } }
  const packed = deflateRawSync(json, { level: constants.Z_BEST_COMPRESSION, dictionary: jsonDictionary })
  return packed.length < Buffer.byteLength(json) ? { z: { B: packed } } : { d: { S: json } }
}

/**
 * The outbox marker of an item that becomes pending now: a shard, and the time with the item's own id, so that no two items
 * share an index key and the oldest come first. It stays as it is while the item is pending.
 */
export function outboxMarker(key: ItemKey, nowMs: number): Attributes {
  const id = createHash('sha256')
    .update(JSON.stringify([key.partition, key.sort]))
    .digest()
  return {
    op: { S: `o${(id[0] ?? 0) % outboxShards}` },
    os: { S: `${nowMs.toString(36).padStart(9, '0')}${id.toString('base64url', 0, 16)}` },
  }
}

/** The names of all outbox shards. */
export const outboxPartitions: readonly string[] = Array.from({ length: outboxShards }, (_, shard) => `o${shard}`)

/** An item as the table holds it, tombstones included. */
export type TableItem = StoredItem & { readonly isDeleted: boolean; readonly isPending: boolean; readonly writeId: string | undefined }

/** Reads what the table answered; throws STORE_UNAVAILABLE when it is not one of our items. */
export function readAttributes(attributes: Attributes): TableItem {
  const { pk, sk, k, r, w, b, e, x, op } = attributes
  if (pk?.S === undefined || sk?.S === undefined || k?.S === undefined || r?.N === undefined) {
    throw storeUnavailable('The metadata table holds an item of another program.')
  }
  return {
    partition: pk.S,
    sort: sk.S,
    kind: k.S as ItemKind,
    revision: Number(r.N),
    data: readData(attributes),
    ...(b?.B === undefined ? {} : { blob: new Uint8Array(b.B) }),
    ...(e?.N === undefined ? {} : { expiresAtMs: Number(e.N) }),
    isDeleted: x !== undefined,
    isPending: op !== undefined,
    writeId: w?.S,
  }
}

function readData({ d, z, k }: Attributes): Storable {
  try {
    const json = z?.B === undefined ? d?.S : inflateRawSync(z.B, { dictionary: jsonDictionary, maxOutputLength: itemBytesMax }).toString()
    return json === undefined ? null : (JSON.parse(json) as Storable)
  } catch (cause) {
    throw storeUnavailable(`A stored record of kind ${k?.S ?? 'unknown'} is damaged.`, cause)
  }
}

/** Bytes that DynamoDB bills for an item: names and values (numbers: half a byte a digit and one). */
export function billedBytes(attributes: Attributes): number {
  return Object.entries(attributes).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0)
}

function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S)
  if (value.B !== undefined) return value.B.byteLength
  if (value.N !== undefined) return Math.ceil(value.N.length / 2) + 1
  return 1
}
