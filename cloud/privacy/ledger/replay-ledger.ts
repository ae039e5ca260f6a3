import { z } from 'zod'
import type { ItemKey, MetadataStore } from '../../store/port.ts'
import { eraseTraces, type TraceCounts, type TraceProgress } from './erase-traces.ts'
import type { Ledger } from './ledger.ts'

type Asked = Pick<Ledger, 'hashes' | 'hasHash' | 'count' | 'isEmpty'>

/** Where a copy of the data says how much of the ledger it was cleared of. An older copy says less, or nothing. */
const clearedKey: ItemKey = { partition: 'erasures', sort: 'cleared' }
const clearedData = z.object({ entries: z.number() })

/** Of how many erasures this copy of the data was cleared. */
async function clearedOf(store: MetadataStore): Promise<number> {
  const item = await store.read(clearedKey)
  return item === undefined ? 0 : clearedData.parse(item.data).entries
}

/** Notes in the data that it is cleared of so many; never less than before. */
export async function noteCleared(store: MetadataStore, entries: number): Promise<void> {
  for (;;) {
    const item = await store.read(clearedKey)
    if (item !== undefined && clearedData.parse(item.data).entries >= entries) return
    const write = { ...clearedKey, kind: 'erasure-certificate' as const, data: { entries } }
    if ((await store.write(write, item?.revision ?? 'absent')) !== undefined) return
  }
}

/**
 * Clears a copy of the data of everybody in the ledger (D4), before it serves: each id that is found is hashed and looked up, so no
 * list of ids is needed or kept. It may be repeated, and begun again from where it stopped.
 */
export async function replayLedger(
  store: MetadataStore,
  ledger: Asked,
  { from, onProgress }: { readonly from?: ItemKey; readonly onProgress?: (progress: TraceProgress) => void | Promise<void> } = {},
): Promise<TraceCounts> {
  if (ledger.isEmpty()) return { looked: 0, erased: 0, unnamed: 0 }
  const entries = ledger.count()
  const { hashes } = ledger
  const isErased = (id: string) =>
    ledger.hasHash(hashes.hashOf({ kind: 'person', id })) || ledger.hasHash(hashes.hashOf({ kind: 'space', id }))
  const counts = await eraseTraces(store, { isErased, from, onProgress })
  await noteCleared(store, entries)
  return counts
}

/**
 * At a start: nothing when the data was cleared of everybody in the ledger; otherwise it is an older copy that somebody put back, or a
 * crash came between, and it is cleared before anything serves.
 */
export async function clearIfOlder(
  store: MetadataStore,
  ledger: Asked,
  onProgress?: (progress: TraceProgress) => void,
): Promise<TraceCounts | undefined> {
  if (ledger.isEmpty() || (await clearedOf(store)) >= ledger.count()) return undefined
  return replayLedger(store, ledger, onProgress === undefined ? {} : { onProgress })
}
