import type { ItemKey, MetadataStore, StoredItem } from '../store/port.ts'
import { beforeFirst, firstPrev, type ChainEntry, type ChainId, type ChainPlace } from './chain-entry.ts'

/** Entries lie in the chain's partition, some together as one item under the number of the first; heads lie together. */
export const auditKeys = {
  headPartition: 'audit-heads',
  entryPrefix: 'entry/',
  entryPartition: (chainId: ChainId): string => `audit/${chainId}`,
  entries: (chainId: ChainId, seq: number): ItemKey => ({ partition: `audit/${chainId}`, sort: entrySort(seq) }),
  head: (chainId: ChainId): ItemKey => ({ partition: 'audit-heads', sort: chainId }),
} as const

/** Sort keys of entries are in the order of their numbers. */
export function entrySort(seq: number): string {
  return `entry/${String(seq).padStart(12, '0')}`
}

/** What the head item says: the last entry that it knows of, and the first one that is kept. */
export interface ChainHead extends ChainPlace {
  readonly begins: { readonly seq: number; readonly prev: string }
}

export const emptyHead: ChainHead = { ...beforeFirst, begins: { seq: 1, prev: firstPrev } }

/** The entries of an item, whatever somebody made of it: what is no entry is left out. */
export function entriesOf(item: StoredItem | undefined): readonly ChainEntry[] {
  const entries = (item?.data as { readonly entries?: unknown } | null | undefined)?.entries
  return Array.isArray(entries) ? entries.filter(isEntry) : []
}

function isEntry(value: unknown): value is ChainEntry {
  if (typeof value !== 'object' || value === null) return false
  const { seq, atMs, prev, hash } = value as Partial<Record<keyof ChainEntry, unknown>>
  return Number.isSafeInteger(seq) && Number.isSafeInteger(atMs) && typeof prev === 'string' && typeof hash === 'string'
}

/** The head of a chain with its revision; an empty one for a chain that has no entry. */
export async function readHead(store: MetadataStore, chainId: ChainId): Promise<{ head: ChainHead; revision: number | undefined }> {
  const item = await store.read(auditKeys.head(chainId))
  return item === undefined ? { head: emptyHead, revision: undefined } : { head: headOf(item), revision: item.revision }
}

/** What a head item says; what is not there counts as the beginning. */
export function headOf(item: StoredItem): ChainHead {
  const data = item.data as Partial<ChainHead> | null
  return { ...emptyHead, ...data, begins: { ...emptyHead.begins, ...data?.begins } }
}

/** Where the chain really ends: a process may have died between an entry and the head. */
export async function findTail(store: MetadataStore, chainId: ChainId, head: ChainPlace): Promise<ChainPlace> {
  let tail: ChainPlace = head
  let after: string | undefined = entrySort(head.seq)
  while (after !== undefined) {
    const page: { items: StoredItem[]; next: string | undefined } = await store.list(auditKeys.entryPartition(chainId), {
      prefix: auditKeys.entryPrefix,
      after,
      limit: 100,
    })
    for (const item of page.items) tail = entriesOf(item).at(-1) ?? tail
    after = page.next
  }
  return { seq: tail.seq, hash: tail.hash, atMs: tail.atMs }
}
