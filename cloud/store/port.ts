import type { Storable } from '../../src/domain/storable.ts'
import type { DataOfKind, ItemKind } from './kinds.ts'

/** Where an item lies. A partition is listed in the order of its sort keys; both are at most 1 KiB of text. */
export interface ItemKey {
  readonly partition: string
  readonly sort: string
}

/** One item of metadata. `data` is plain data; `blob` holds what is worth compressing. Together at most 350 KB. */
export interface StoredItem extends ItemKey {
  readonly kind: ItemKind
  /** Counts the writes of this item from 1; conditions compare it. */
  readonly revision: number
  readonly data: Storable
  readonly blob?: Uint8Array
  /** Reads hide the item from then on; it is purged later. Milliseconds since the epoch. */
  readonly expiresAtMs?: number
}

/** What is written of one kind: an item without its revision, which the store counts. Its data is what the data map says. */
export interface ItemWriteOf<K extends ItemKind> extends ItemKey {
  readonly kind: K
  readonly data: DataOfKind<K>
  readonly blob?: Uint8Array
  readonly expiresAtMs?: number
}

/** An item on its way through a store or a wrapper, after somebody who knows its kind wrote it. */
export type AnyItem = Omit<StoredItem, 'revision'>

/** What is written, of whichever kind. A field that is not in the data map does not compile (D2), and is refused when it comes. */
export type ItemWrite = { [K in ItemKind]: ItemWriteOf<K> }[ItemKind]

/** 'absent': only if nothing (or a tombstone, or an expired item) is there; a number: only if that is the revision. */
export type WriteCondition = 'absent' | number

/** An item with its state: one that still has to be shipped, or one of all there are. `isDeleted` marks a tombstone. */
export interface PendingChange extends StoredItem {
  readonly isDeleted: boolean
}

/**
 * The metadata of record. Item-level atomicity only: one conditional write at a time, safe to repeat.
 * A resolved promise means durable. Every method throws STORE_UNAVAILABLE when the store cannot answer, and then grants nothing.
 */
export interface MetadataStore {
  /** A strong read: sees every acknowledged write. Tombstones and expired items are not there. */
  read(key: ItemKey): Promise<StoredItem | undefined>
  /** Writes if the condition holds and answers the new revision; undefined means the condition did not hold and nothing changed. */
  write(item: ItemWrite, condition: WriteCondition): Promise<number | undefined>
  /** Removes if the revision still matches; answers whether it did. Kinds that are logged leave a tombstone until it is noted. */
  remove(key: ItemKey, revision: number): Promise<boolean>
  /** Items of a partition whose sort key starts with `prefix`, in order, `limit` at a time; `next` continues. A strong read. */
  list(
    partition: string,
    options?: { prefix?: string; limit?: number; after?: string },
  ): Promise<{ items: StoredItem[]; next: string | undefined }>
  /** Logged items whose last change has not been noted in the log of changes, oldest shard first; sees a write at the latest seconds after it. */
  pending(limit: number): Promise<PendingChange[]>
  /** The change of that revision is noted: clears the marker (and drops a tombstone) unless the item changed since. */
  settle(key: ItemKey, revision: number): Promise<void>
  /**
   * Everything there is, page by page and partition by partition in no promised order: also tombstones, and what expired and was
   * not purged yet. What is written meanwhile may be missed. For backups, receipts and proofs, not for requests of people.
   */
  everything(options?: { limit?: number; after?: ItemKey }): Promise<{ items: PendingChange[]; next: ItemKey | undefined }>
  /** Deletes what expired before now for good; answers how many items. */
  purgeExpired(): Promise<number>
  close(): Promise<void>
}
