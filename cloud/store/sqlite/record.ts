import { crc32 } from 'node:zlib'
import type { Storable } from '../../../src/domain/storable.ts'
import { storeUnavailable } from '../item-rules.ts'
import type { ItemKind } from '../kinds.ts'
import type { StoredItem } from '../port.ts'

/** One row of the items table as libsql hands it out. */
export interface Row {
  readonly partition: ArrayBuffer
  readonly sort: ArrayBuffer
  readonly kind: ItemKind
  readonly revision: number
  readonly data: string
  readonly blob: ArrayBuffer | null
  readonly expires_at_ms: number | null
  readonly is_deleted: number
  readonly pending_since_ms: number | null
  readonly checksum: number
}

/** What a record's checksum covers: all of it but the pending marker, which settles without a rewrite of the record. */
export interface RecordContent {
  readonly partition: string
  readonly sort: string
  readonly kind: string
  readonly revision: number
  readonly json: string
  readonly blob: Uint8Array | undefined
  readonly expiresAtMs: number | undefined
  readonly isDeleted: boolean
}

/** CRC-32 over a record (security requirements F1). */
function recordChecksum(record: RecordContent): number {
  const { partition, sort, kind, revision, json, blob, expiresAtMs, isDeleted } = record
  const head = crc32(JSON.stringify([partition, sort, kind, revision, json, expiresAtMs ?? null, isDeleted]))
  return blob === undefined ? head : crc32(blob, head)
}

/** The values of a row in the order of its columns, its checksum at the end; what `pendingSinceMs` says is not part of it. */
export function rowValues(record: RecordContent, pendingSinceMs: number | null): readonly (Buffer | string | number | null)[] {
  const { partition, sort, kind, revision, json, blob, expiresAtMs, isDeleted } = record
  return [
    Buffer.from(partition),
    Buffer.from(sort),
    kind,
    revision,
    json,
    blob === undefined ? null : Buffer.from(blob),
    expiresAtMs ?? null,
    isDeleted ? 1 : 0,
    pendingSinceMs,
    recordChecksum(record),
  ]
}

/** A row with its checksum verified; throws STORE_UNAVAILABLE naming the kind of a damaged one, never its content. */
export function readRow(row: Row): StoredItem & { readonly isDeleted: boolean } {
  const record: RecordContent = {
    partition: Buffer.from(row.partition).toString(),
    sort: Buffer.from(row.sort).toString(),
    kind: row.kind,
    revision: row.revision,
    json: row.data,
    blob: row.blob === null ? undefined : new Uint8Array(row.blob),
    expiresAtMs: row.expires_at_ms ?? undefined,
    isDeleted: row.is_deleted === 1,
  }
  if (recordChecksum(record) !== row.checksum) throw storeUnavailable(`A stored record of kind ${row.kind} is damaged.`)
  const { partition, sort, kind, revision } = { ...record, kind: row.kind }
  return {
    partition,
    sort,
    kind,
    revision,
    data: JSON.parse(record.json) as Storable,
    ...(record.blob === undefined ? {} : { blob: record.blob }),
    ...(record.expiresAtMs === undefined ? {} : { expiresAtMs: record.expiresAtMs }),
    isDeleted: record.isDeleted,
  }
}
