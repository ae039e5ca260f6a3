import type { ItemKey, ItemWrite, MetadataStore, PendingChange, StoredItem, WriteCondition } from '../../cloud/store/port.ts'
import { itemKinds } from '../../cloud/store/kinds.ts'
import type { Clock } from '../../src/support/clock.ts'

interface Row {
  item: StoredItem
  isDeleted: boolean
  isPending: boolean
}

const nameOf = (key: ItemKey) => JSON.stringify([key.partition, key.sort])

/** A MetadataStore in memory that behaves as the port says; `fail` makes every later call answer as a store that is away. */
export function createMemoryStore(clock: Clock): MetadataStore & { fail(error: Error | undefined): void } {
  const rows = new Map<string, Row>()
  let failure: Error | undefined

  const check = () => {
    if (failure !== undefined) throw failure
  }
  const isVisible = (row: Row | undefined): row is Row =>
    row !== undefined && !row.isDeleted && (row.item.expiresAtMs === undefined || row.item.expiresAtMs > clock.nowMs())

  return {
    fail(error) {
      failure = error
    },
    async read(key) {
      check()
      const row = rows.get(nameOf(key))
      return isVisible(row) ? structuredClone(row.item) : undefined
    },
    async write(item: ItemWrite, condition: WriteCondition) {
      check()
      const name = nameOf(item)
      const row = rows.get(name)
      if (condition === 'absent' ? isVisible(row) : !isVisible(row) || row.item.revision !== condition) return undefined
      const revision = (row?.item.revision ?? 0) + 1
      rows.set(name, { item: structuredClone({ ...item, revision }), isDeleted: false, isPending: itemKinds[item.kind].mirrored })
      return revision
    },
    async remove(key, revision) {
      check()
      const name = nameOf(key)
      const row = rows.get(name)
      if (!isVisible(row) || row.item.revision !== revision) return false
      if (itemKinds[row.item.kind].mirrored) {
        rows.set(name, { item: { ...row.item, revision: revision + 1 }, isDeleted: true, isPending: true })
      } else {
        rows.delete(name)
      }
      return true
    },
    async list(partition, options = {}) {
      check()
      const { prefix = '', limit = Number.POSITIVE_INFINITY, after } = options
      const found = [...rows.values()]
        .filter((row) => isVisible(row) && row.item.partition === partition && row.item.sort.startsWith(prefix))
        .map((row) => row.item)
        .filter((item) => after === undefined || item.sort > after)
        .sort((a, b) => (a.sort < b.sort ? -1 : 1))
      const items = structuredClone(found.slice(0, limit))
      return { items, next: found.length > items.length ? items.at(-1)?.sort : undefined }
    },
    async pending(limit) {
      check()
      const changes: PendingChange[] = []
      for (const row of rows.values()) if (row.isPending) changes.push({ ...row.item, isDeleted: row.isDeleted })
      return changes.slice(0, limit)
    },
    async settle(key, revision) {
      check()
      const row = rows.get(nameOf(key))
      if (row === undefined || row.item.revision !== revision) return
      if (row.isDeleted) rows.delete(nameOf(key))
      else row.isPending = false
    },
    async purgeExpired() {
      check()
      const gone = [...rows].filter(([, row]) => !row.isDeleted && !isVisible(row))
      for (const [name] of gone) rows.delete(name)
      return gone.length
    },
    async close() {},
  }
}
