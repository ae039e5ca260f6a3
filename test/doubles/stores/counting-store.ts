import { billedBytes, contentAttributes, keyAttributes, outboxMarker } from '../../../cloud/store/dynamodb/attributes.ts'
import { isLogged } from '../../../cloud/store/item-rules.ts'
import type { ItemKey, ItemWrite, MetadataStore } from '../../../cloud/store/port.ts'

/** DynamoDB write units since the last `take`, by the kind of item that cost them. */
export interface WriteUnits {
  readonly total: number
  readonly byKind: Readonly<Record<string, number>>
}

export interface CountingStore extends MetadataStore {
  /** The write units since the last call. */
  take(): WriteUnits
}

/**
 * A store that counts what its writes would cost on DynamoDB: each write of an item the KB of its larger version, begun ones
 * whole, and one for each entry that the sparse outbox index gains or loses. Items that were there before are not known, so the
 * wrapper belongs around an empty store.
 */
export function createCountingStore(store: MetadataStore): CountingStore {
  const sizes = new Map<string, number>()
  const pending = new Set<string>()
  let byKind = new Map<string, number>()
  const idOf = ({ partition, sort }: ItemKey) => JSON.stringify([partition, sort])
  const count = (kind: string, units: number) => byKind.set(kind, (byKind.get(kind) ?? 0) + units)

  const billed = (item: ItemWrite): number => {
    const isMarked = isLogged(item.kind)
    return billedBytes({
      ...keyAttributes(item),
      ...contentAttributes(item, JSON.stringify(item.data)),
      ...(isMarked ? outboxMarker(item, 1_800_000_000_000) : {}),
      r: { N: '10' },
      w: { S: 'ABCDEFGH' },
    })
  }

  return {
    ...store,
    async write(item, condition) {
      const revision = await store.write(item, condition)
      const id = idOf(item)
      const bytes = billed(item)
      // A refused conditional write is billed as well.
      count(item.kind, Math.ceil(Math.max(bytes, sizes.get(id) ?? 0) / 1024))
      if (revision === undefined) return undefined
      sizes.set(id, bytes)
      if (isLogged(item.kind) && !pending.has(id)) {
        pending.add(id)
        count(`${item.kind} index`, 1)
      }
      return revision
    },
    async remove(key, revision) {
      const isRemoved = await store.remove(key, revision)
      count('removed', Math.ceil((sizes.get(idOf(key)) ?? 1) / 1024))
      return isRemoved
    },
    async settle(key, revision) {
      await store.settle(key, revision)
      if (pending.delete(idOf(key))) count('settled', Math.ceil((sizes.get(idOf(key)) ?? 1) / 1024) + 1)
    },
    take() {
      const taken = byKind
      byKind = new Map()
      return { total: [...taken.values()].reduce((sum, units) => sum + units, 0), byKind: Object.fromEntries(taken) }
    },
  }
}
