import type { ItemKey, MetadataStore } from '../store/port.ts'
import type { ChainId } from './chain-entry.ts'
import { auditKeys } from './chain-items.ts'

const ofSpace = 'space/'
const ofChain = auditKeys.entryPartition('' as ChainId)

/**
 * Every chain that has left any trace: a head, an entry, or the space it belongs to. Somebody who takes heads or whole chains away must
 * not get out of the proof by that. Walks the whole store.
 */
export async function listEveryChain(store: MetadataStore): Promise<readonly ChainId[]> {
  const chainIds = new Set<string>()
  let after: ItemKey | undefined
  do {
    const page: Awaited<ReturnType<MetadataStore['everything']>> = await store.everything({
      limit: 1_000,
      ...(after === undefined ? {} : { after }),
    })
    for (const { kind, partition, sort, isDeleted } of page.items) {
      if (isDeleted) continue
      if (kind === 'audit-head') chainIds.add(sort)
      else if (kind === 'audit-entry') chainIds.add(partition.slice(ofChain.length))
      else if (kind === 'space') chainIds.add(partition.slice(ofSpace.length))
    }
    after = page.next
  } while (after !== undefined)
  return [...chainIds].sort() as ChainId[]
}
