import type { KeySubject } from '../../../src/domain/key-subject.ts'
import type { MetadataStore } from '../../store/port.ts'
import { idsInKey } from '../ledger/named-ids.ts'

/** Where everything of a subject lies: its own partition. */
const partitionOf = ({ kind, id }: KeySubject): string => (kind === 'person' ? `person#${id}` : `space/${id}`)

/** How many rows are a subject's own, with the ids in their keys that were theirs alone. */
export async function countOwn(
  store: MetadataStore,
  subject: KeySubject,
): Promise<{ readonly rows: number; readonly ids: readonly string[] }> {
  let rows = 0
  const ids = new Set<string>()
  let after: string | undefined
  do {
    const page = await store.list(partitionOf(subject), after === undefined ? {} : { after })
    for (const item of page.items) {
      rows += 1
      // What makes an address or an account elsewhere unique lies under its hash, once for each.
      if (item.kind === 'person' || item.kind === 'person-identity') rows += 1
      // A space they were in goes on, so its id says nothing of them.
      if (subject.kind === 'person' && item.kind !== 'membership') for (const id of idsInKey(item)) if (id !== subject.id) ids.add(id)
    }
    after = page.next
  } while (after !== undefined)
  return { rows, ids: [...ids] }
}
