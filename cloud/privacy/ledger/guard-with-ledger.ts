import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { ItemWrite, MetadataStore } from '../../store/port.ts'
import type { Ledger } from './ledger.ts'
import { idsOf, mayNameErased, namedBy } from './named-ids.ts'

/**
 * The store, with every write asking the ledger first (D4): one that names a person or space that was erased is refused with ERASED,
 * so that nothing which was on its way brings them back. An item that names them already may still be changed, since the erasure
 * takes it with it or takes the name out; that needs a read, but only then.
 */
export function guardWithLedger(store: MetadataStore, ledger: Pick<Ledger, 'has' | 'isEmpty'>): MetadataStore {
  const isErased = (id: string) => ledger.has({ kind: 'person', id }) || ledger.has({ kind: 'space', id })
  const erasedIn = (item: ItemWrite): readonly string[] => {
    if (ledger.isEmpty() || mayNameErased(item.kind)) return []
    return [...namedBy(item)].filter(isErased)
  }
  return {
    ...store,
    async write(item, condition) {
      const erased = erasedIn(item)
      if (erased.length > 0) {
        const current = condition === 'absent' ? undefined : await store.read(item)
        if (condition !== 'absent' && current?.revision !== condition) return undefined
        const before = current === undefined ? new Set<string>() : idsOf(current)
        if (erased.some((id) => !before.has(id)))
          throw new ThroughlineError('ERASED', 'This was deleted for good at the same moment, so nothing of it is kept any more.')
      }
      return store.write(item, condition)
    },
  }
}
