import type { AuditAction } from '../../src/domain/audit.ts'
import type { NodeId, PersonId } from '../../src/domain/ids.ts'
import type { MetadataStore, StoredItem } from '../store/port.ts'
import type { ChainEntry, ChainId } from './chain-entry.ts'
import { auditKeys, entriesOf, entrySort, findTail, readHead } from './chain-items.ts'
import { auditLimits } from './limits.ts'

/** Which entries somebody wants, and which of them they may see. */
export interface AuditFilter {
  readonly action?: AuditAction | undefined
  readonly personId?: PersonId | undefined
  readonly nodeId?: NodeId | undefined
  /** Epoch milliseconds, both included. */
  readonly fromMs?: number | undefined
  readonly toMs?: number | undefined
  readonly isSeen?: ((entry: ChainEntry) => boolean) | undefined
}

export interface AuditPage {
  /** Newest first. */
  readonly entries: readonly ChainEntry[]
  /** Where the next page goes on, as `before`; undefined at the beginning of the chain. */
  readonly next: number | undefined
}

const windowEntries = 500

/** A page of a chain, newest first. Damaged entries are passed over; the proof names them. */
export async function readAuditPage(
  store: MetadataStore,
  chainId: ChainId,
  filter: AuditFilter,
  { before, limit }: { readonly before?: number | undefined; readonly limit: number },
): Promise<AuditPage> {
  const { begins, ends } = await boundsOf(store, chainId)
  let to = Math.min(before ?? ends, ends)
  if (filter.toMs !== undefined) to = await endOfTime(store, chainId, begins, to, filter.toMs)
  const found: ChainEntry[] = []
  for (let scanned = 0; to > begins && scanned < auditLimits.scanMax; scanned += windowEntries) {
    const from = Math.max(begins, to - windowEntries)
    const entries = await entriesBetween(store, chainId, from, to)
    for (const entry of entries.toReversed()) {
      if (filter.fromMs !== undefined && entry.atMs < filter.fromMs) return { entries: found, next: undefined }
      if (!fits(entry, filter)) continue
      if (found.length === limit) return { entries: found, next: found.at(-1)?.seq ?? to }
      found.push(entry)
    }
    to = from
  }
  return { entries: found, next: to > begins ? to : undefined }
}

/** The entries of a chain that fit, oldest first. */
export async function* readAuditForwards(store: MetadataStore, chainId: ChainId, filter: AuditFilter): AsyncGenerator<ChainEntry> {
  const { begins, ends } = await boundsOf(store, chainId)
  const { fromMs, toMs } = filter
  let from = fromMs === undefined ? begins : Math.max(begins, (await endOfTime(store, chainId, begins, ends, fromMs - 1)) - windowEntries)
  for (; from < ends; from += windowEntries) {
    for (const entry of await entriesBetween(store, chainId, from, Math.min(ends, from + windowEntries))) {
      if (toMs !== undefined && entry.atMs > toMs) return
      if (fits(entry, filter)) yield entry
    }
  }
}

function fits(entry: ChainEntry, { action, personId, nodeId, fromMs, toMs, isSeen }: AuditFilter): boolean {
  return (
    (action === undefined || entry.action === action) &&
    (personId === undefined || entry.personId === personId || (entry.subject?.kind === 'person' && entry.subject.id === personId)) &&
    (nodeId === undefined || entry.nodeId === nodeId || (entry.subject?.kind === 'node' && entry.subject.id === nodeId)) &&
    (fromMs === undefined || entry.atMs >= fromMs) &&
    (toMs === undefined || entry.atMs <= toMs) &&
    (isSeen?.(entry) ?? true)
  )
}

/** The number of the first entry that is kept, and the one after the last. */
async function boundsOf(store: MetadataStore, chainId: ChainId): Promise<{ begins: number; ends: number }> {
  const { head } = await readHead(store, chainId)
  const tail = await findTail(store, chainId, head)
  return { begins: head.begins.seq, ends: tail.seq + 1 }
}

/** Entries with `from` <= seq < `to`, oldest first. An entry may lie in an item that began up to a hundred before it. */
async function entriesBetween(store: MetadataStore, chainId: ChainId, from: number, to: number): Promise<readonly ChainEntry[]> {
  const first = Math.max(1, from - auditLimits.entriesPerItem + 1)
  const options = { prefix: auditKeys.entryPrefix, after: entrySort(first - 1), limit: to - first }
  let items: readonly (StoredItem | undefined)[]
  try {
    items = (await store.list(auditKeys.entryPartition(chainId), options)).items
  } catch (thrown) {
    // A damaged record refuses the whole list; when the store answers, the others are read one by one.
    await store.read(auditKeys.head(chainId))
    const seqs = Array.from({ length: to - first }, (_, at) => first + at)
    items = await Promise.all(seqs.map((seq) => store.read(auditKeys.entries(chainId, seq)).catch(() => undefined)))
    if (items.every((item) => item === undefined)) throw thrown
  }
  return items.flatMap((item) => entriesOf(item)).filter(({ seq }) => seq >= from && seq < to)
}

/** A number at or a window above the first entry after `timeMs`: times of a chain never go back. */
async function endOfTime(store: MetadataStore, chainId: ChainId, begins: number, ends: number, timeMs: number): Promise<number> {
  let [low, high] = [begins, ends]
  while (high - low > windowEntries) {
    const middle = low + Math.floor((high - low) / 2)
    const options = { prefix: auditKeys.entryPrefix, after: entrySort(middle - 1), limit: 1 }
    const [first] = entriesOf((await store.list(auditKeys.entryPartition(chainId), options)).items[0])
    if (first === undefined || first.seq >= high || first.seq <= low) return high
    if (first.atMs > timeMs) high = first.seq
    else low = first.seq
  }
  return high
}
