import { randomUUID } from 'node:crypto'
import type { ItemKey, ItemWrite, MetadataStore, PendingChange, StoredItem } from '../../store/port.ts'
import { idsOf, mayNameErased } from './named-ids.ts'
import { traceFate } from './trace-fate.ts'

/** What a walk through everything did. */
export interface TraceCounts {
  readonly looked: number
  /** Items that went. */
  readonly erased: number
  /** Items of others that stay, with the name taken out. */
  readonly unnamed: number
}

/** How far a walk is: given back to begin there again. */
export interface TraceProgress extends TraceCounts {
  readonly after: ItemKey | undefined
}

export interface EraseTracesWish {
  readonly isErased: (id: string) => boolean
  /** Where an earlier walk stopped. */
  readonly from?: ItemKey | undefined
  /** Heard after each page. */
  readonly onProgress?: ((progress: TraceProgress) => void | Promise<void>) | undefined
}

const pageItems = 500

/** Whether an item still says something of somebody: one that is deleted and waits for the mirror, or the audit, does not count. */
export const isTrace = (item: PendingChange, isErased: (id: string) => boolean): boolean =>
  !item.isDeleted && !mayNameErased(item.kind) && [...idsOf(item)].some(isErased)

/** Every item there is, page by page. */
export async function* walk(store: Pick<MetadataStore, 'everything'>, from?: ItemKey): AsyncGenerator<readonly PendingChange[]> {
  let after = from
  do {
    const page = await store.everything({ limit: pageItems, ...(after === undefined ? {} : { after }) })
    yield page.items
    after = page.next
  } while (after !== undefined)
}

/**
 * Takes every trace of the erased out of a store: items of theirs go, items of others lose the name. It may be repeated and begun
 * again anywhere; an item that changes meanwhile is looked at again.
 */
export async function eraseTraces(store: MetadataStore, { isErased, from, onProgress }: EraseTracesWish): Promise<TraceCounts> {
  const standIn = randomUUID()
  let [looked, erased, unnamed] = [0, 0, 0]
  // Expired items cannot be changed any more, only purged.
  await store.purgeExpired()

  const settle = async (item: PendingChange): Promise<void> => {
    let current: StoredItem | undefined = item
    while (current !== undefined && isTrace({ ...current, isDeleted: false }, isErased)) {
      const fate = traceFate(current, isErased, standIn)
      if (fate.is === 'goes') {
        if (await store.remove(current, current.revision)) {
          erased += 1
          return
        }
      } else {
        const { revision, ...rest } = current
        if ((await store.write({ ...writeOf(rest), data: fate.data } as ItemWrite, revision)) !== undefined) {
          unnamed += 1
          return
        }
      }
      current = await store.read(current)
    }
  }

  for await (const items of walk(store, from)) {
    for (const item of items) {
      looked += 1
      if (isTrace(item, isErased)) await settle(item)
    }
    const last = items.at(-1)
    if (last !== undefined) await onProgress?.({ looked, erased, unnamed, after: { partition: last.partition, sort: last.sort } })
  }
  return { looked, erased, unnamed }
}

/** Only what is written, whatever else an adapter hands out. */
const writeOf = ({ partition, sort, kind, data, blob, expiresAtMs }: Omit<StoredItem, 'revision'>) => ({
  partition,
  sort,
  kind,
  data,
  ...(blob === undefined ? {} : { blob }),
  ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
})
