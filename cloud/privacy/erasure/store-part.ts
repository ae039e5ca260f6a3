import type { KeySubject } from '../../../src/domain/key-subject.ts'
import type { MetadataStore } from '../../store/port.ts'
import { eraseTraces, isTrace, walk, type TraceCounts } from '../ledger/erase-traces.ts'

/** Takes every trace of one subject out of the store. */
export const eraseFromStore = (store: MetadataStore, { id }: KeySubject): Promise<TraceCounts> =>
  eraseTraces(store, { isErased: (found) => found === id })

/** How many items still name one subject. */
export async function tracesLeft(store: MetadataStore, { id }: KeySubject): Promise<number> {
  let left = 0
  for await (const items of walk(store)) left += items.filter((item) => isTrace(item, (found) => found === id)).length
  return left
}
