import { placeOf, type ItemRestorer } from '../store/restorer.ts'
import type { PendingChange } from '../store/port.ts'
import type { LoggedChange } from './ports.ts'
import { isInBackup } from './take-backup.ts'

/** What a replay came to. */
export interface Replayed {
  /** Changes that brought an item forward. */
  readonly applied: number
  /** When the last change that counted was noted; undefined: there was none. */
  readonly lastAtMs: number | undefined
  /** Items whose later changes were left out, and that count on behind them. */
  readonly rewound: number
}

const changesAtOnce = 200

/**
 * Brings a restored walk forward by the changes since it began, up to `untilMs`. Changes come in the order they were noted, so the
 * greater revision is the later state, but for an item that was removed and made anew: it counts from one again, and what follows
 * its tombstone counts. To do all of it once more ends in the same state. Later changes are left out; where an item has such, it
 * goes on counting behind them, so that nobody who saw them, like the mirror, takes the restored state for an older one.
 */
export async function replay(
  restorer: ItemRestorer,
  changes: AsyncIterable<LoggedChange>,
  { untilMs, onBatch = async () => {} }: { readonly untilMs: number; readonly onBatch?: (done: number) => Promise<void> },
): Promise<Replayed> {
  const buried = new Set<string>()
  let applied = 0
  let rewound = 0
  let done = 0
  let lastAtMs: number | undefined

  const run = async (batch: readonly LoggedChange[]) => {
    const lying = new Map(await restorer.load([...new Map(batch.map(({ item }) => [placeOf(item), item])).values()]))
    const changed = new Map<string, PendingChange>()
    for (const { atMs, item } of batch) {
      const place = placeOf(item)
      const current = lying.get(place)
      const next = atMs <= untilMs ? forward(current, item, buried.has(place)) : behind(current, item)
      // The walk met this very tombstone: what is made anew behind it counts from one as well.
      if (item.isDeleted && current?.isDeleted === true && current.revision === item.revision && atMs <= untilMs) buried.add(place)
      if (next === undefined) continue
      if (atMs > untilMs) rewound++
      else {
        applied++
        lastAtMs = atMs
        if (next.isDeleted) buried.add(place)
        else buried.delete(place)
      }
      lying.set(place, next)
      changed.set(place, next)
    }
    if (changed.size > 0) await restorer.put([...changed.values()])
    done += batch.length
    await onBatch(done)
  }

  let batch: LoggedChange[] = []
  for await (const change of changes) {
    if (!isInBackup(change.item.kind)) continue
    batch.push(change)
    if (batch.length < changesAtOnce) continue
    await run(batch)
    batch = []
  }
  if (batch.length > 0) await run(batch)
  return { applied, lastAtMs, rewound }
}

const forward = (current: PendingChange | undefined, item: PendingChange, isBuried: boolean): PendingChange | undefined =>
  current === undefined || item.revision > current.revision || (isBuried && current.isDeleted && !item.isDeleted) ? item : undefined

/** The state that stays, counted on behind a change that is left out. */
function behind(current: PendingChange | undefined, item: PendingChange): PendingChange | undefined {
  if (current === undefined) {
    const { partition, sort, kind, revision } = item
    return { partition, sort, kind, revision: revision + 1, data: null, isDeleted: true }
  }
  return current.revision <= item.revision ? { ...current, revision: item.revision + 1 } : undefined
}
