import { setImmediate } from 'node:timers/promises'
import type { ItemKey, MetadataStore, PendingChange } from '../../store/port.ts'

const pageItems = 200

/** Every row of a store, in pages; between two of them everybody else gets their turn. */
export async function* walkStore(store: Pick<MetadataStore, 'everything'>): AsyncGenerator<readonly PendingChange[]> {
  let after: ItemKey | undefined
  do {
    const page: { items: PendingChange[]; next: ItemKey | undefined } = await store.everything({
      limit: pageItems,
      ...(after === undefined ? {} : { after }),
    })
    yield page.items
    after = page.next
    await setImmediate()
  } while (after !== undefined)
}
