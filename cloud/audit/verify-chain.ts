import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { MetadataStore, StoredItem } from '../store/port.ts'
import { hashOf, type ChainId } from './chain-entry.ts'
import { auditKeys, entriesOf, entrySort, readHead, type ChainHead } from './chain-items.ts'

/** Why a chain is not whole. */
export type BreakReason = 'unreadable' | 'missing' | 'changed' | 'not-linked' | 'head'

/** What a proof of a chain came to. `brokenAt` is the number of the first entry that is not as it was written. */
export interface ChainProof {
  readonly isWhole: boolean
  /** Entries that are kept and hold. */
  readonly length: number
  /** The number of the first entry that is kept; older ones went at the end of their time. */
  readonly beginsAt: number
  readonly brokenAt: number | null
  readonly reason: BreakReason | null
}

const pageItems = 200

/** Walks a chain from where it begins to its end. Throws STORE_UNAVAILABLE when nothing can be read at all. */
export async function verifyChain(store: MetadataStore, chainId: ChainId): Promise<ChainProof> {
  let head: ChainHead | undefined
  let isHeadThere = true
  try {
    const found = await readHead(store, chainId)
    head = found.head
    isHeadThere = found.revision !== undefined
  } catch (thrown) {
    if (!(await answers(store))) throw thrown
  }
  const beginsAt = head?.begins.seq ?? 1
  let prev = head?.begins.prev
  let seq = beginsAt
  const broken = (reason: BreakReason): ChainProof => ({ isWhole: false, length: seq - beginsAt, beginsAt, brokenAt: seq, reason })
  let items = 0
  let after: string | undefined = entrySort(beginsAt - 1)
  while (after !== undefined) {
    const page = await readPage(store, chainId, after, seq)
    if (page === 'unreadable') return broken('unreadable')
    for (const item of page.items) {
      items++
      if (item.sort !== entrySort(seq)) return broken('missing')
      const entries = entriesOf(item)
      const raw = (item.data as { readonly entries?: readonly unknown[] } | null)?.entries
      if (entries.length === 0 || entries.length !== raw?.length) return broken('changed')
      for (const entry of entries) {
        if (entry.seq !== seq) return broken('changed')
        if (hashOf(chainId, { ...entry }) !== entry.hash) return broken('changed')
        if (prev !== undefined && entry.prev !== prev) return broken('not-linked')
        if (head?.seq === seq && head.hash !== entry.hash) return broken('head')
        prev = entry.hash
        seq++
      }
    }
    after = page.next
  }
  if (head === undefined) return broken('head')
  // The first append of all may have had no time to write it; behind the second it was there, unless both are this very moment's.
  if (!isHeadThere && items > 1 && (await readHead(store, chainId)).revision === undefined) return broken('head')
  // Entries beyond the head are what an append left that had no time to move it; fewer than it says were taken away.
  return head.seq >= seq ? broken('missing') : { isWhole: true, length: seq - beginsAt, beginsAt, brokenAt: null, reason: null }
}

interface Page {
  readonly items: readonly StoredItem[]
  readonly next: string | undefined
}

/** A page; when one of its records is damaged, what stands before that, or the word for it when it is the next one. */
async function readPage(store: MetadataStore, chainId: ChainId, after: string, seq: number): Promise<Page | 'unreadable'> {
  try {
    return await store.list(auditKeys.entryPartition(chainId), { prefix: auditKeys.entryPrefix, after, limit: pageItems })
  } catch (thrown) {
    if (!(await answers(store))) throw thrown
  }
  try {
    const item = await store.read(auditKeys.entries(chainId, seq))
    return { items: item === undefined ? [] : [item], next: item === undefined ? undefined : item.sort }
  } catch (thrown) {
    if (thrown instanceof ThroughlineError) return 'unreadable'
    throw thrown
  }
}

/** Whether the store answers at all: a damaged record refuses alone. */
async function answers(store: MetadataStore): Promise<boolean> {
  try {
    await store.read({ partition: 'audit-probe', sort: 'probe' })
    return true
  } catch {
    return false
  }
}
