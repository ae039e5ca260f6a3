import { sealed } from '../../../cloud/seals/sealed-store.ts'
import type { KeyRing } from '../../../cloud/seals/subject-keys.ts'
import { silentLog } from '../../../src/support/log.ts'
import { asStoredItem, checkItem, checkKey, isLogged, storeUnavailable } from '../../../cloud/store/item-rules.ts'
import type { AnyItem, ItemKey, MetadataStore, PendingChange, StoredItem } from '../../../cloud/store/port.ts'
import type { Clock } from '../../../src/support/clock.ts'

interface Row {
  readonly item: StoredItem
  readonly isDeleted: boolean
  isPending: boolean
}

/** A store in memory whose failures a test decides. */
export interface MemoryStore extends MetadataStore {
  /** Every later call fails with this, until it is called with undefined. */
  fail(error: Error | undefined): void
  /** Puts an item there past every check, as a bad disk or a foreign hand would; its revision counts on. */
  damage(item: AnyItem): void
  /** Another connection to the same rows. */
  open(): MemoryStore
}

/** The same over sealed data, as services have it: `raw` is what lies there. */
export interface SealedMemoryStore extends MemoryStore {
  readonly raw: MemoryStore
}

export function createSealedMemoryStore(clock: Clock, ring: KeyRing, raw = createMemoryStore(clock)): SealedMemoryStore {
  return {
    ...sealed(raw, { ring, clock, log: silentLog }),
    raw,
    fail: (error) => raw.fail(error),
    damage: (item) => raw.damage(item),
    open: () => createSealedMemoryStore(clock, ring, raw.open()),
  }
}

const nameOf = (key: ItemKey) => JSON.stringify([key.partition, key.sort])
const inByteOrder = (a: StoredItem, b: StoredItem) => Buffer.compare(Buffer.from(a.sort), Buffer.from(b.sort))

/** A MetadataStore in memory that passes the suite of the real ones. */
export function createMemoryStore(clock: Clock, rows = new Map<string, Row>()): MemoryStore {
  let failure: Error | undefined

  const check = (key?: ItemKey) => {
    if (failure !== undefined) throw failure
    if (key !== undefined) checkKey(key)
  }
  const isVisible = (row: Row | undefined): row is Row =>
    row !== undefined && !row.isDeleted && (row.item.expiresAtMs === undefined || row.item.expiresAtMs > clock.nowMs())
  const erase = ({ item }: Row) => {
    const { partition, sort, kind, revision } = item
    if (!isLogged(kind)) rows.delete(nameOf(item))
    else rows.set(nameOf(item), { item: { partition, sort, kind, data: null, revision: revision + 1 }, isDeleted: true, isPending: true })
  }

  return {
    fail(error) {
      failure = error
    },
    damage(item) {
      const revision = (rows.get(nameOf(item))?.item.revision ?? 0) + 1
      rows.set(nameOf(item), { item: structuredClone(asStoredItem({ ...item, revision })), isDeleted: false, isPending: false })
    },
    open: () => createMemoryStore(clock, rows),
    async read(key) {
      check(key)
      const row = rows.get(nameOf(key))
      return isVisible(row) ? structuredClone(row.item) : undefined
    },
    async write(item, condition) {
      check(item)
      checkItem(item)
      const row = rows.get(nameOf(item))
      if (condition === 'absent' ? isVisible(row) : !isVisible(row) || row.item.revision !== condition) return undefined
      const revision = (row?.item.revision ?? 0) + 1
      rows.set(nameOf(item), {
        item: structuredClone(asStoredItem({ ...item, revision })),
        isDeleted: false,
        isPending: isLogged(item.kind),
      })
      return revision
    },
    async remove(key, revision) {
      check(key)
      const row = rows.get(nameOf(key))
      if (!isVisible(row) || row.item.revision !== revision) return false
      erase(row)
      return true
    },
    async list(partition, { prefix = '', limit = Number.POSITIVE_INFINITY, after = '' } = {}) {
      check()
      const isWanted = ({ item }: Row) =>
        item.partition === partition && item.sort.startsWith(prefix) && Buffer.compare(Buffer.from(item.sort), Buffer.from(after)) > 0
      const found = [...rows.values()]
        .filter((row) => isVisible(row) && isWanted(row))
        .map(({ item }) => item)
        .sort(inByteOrder)
      const items = structuredClone(found.slice(0, limit))
      return { items, next: found.length > items.length ? items.at(-1)?.sort : undefined }
    },
    async pending(limit) {
      check()
      const changes: PendingChange[] = []
      for (const { item, isDeleted, isPending } of rows.values()) if (isPending) changes.push({ ...structuredClone(item), isDeleted })
      return changes.slice(0, limit)
    },
    async settle(key, revision) {
      check(key)
      const row = rows.get(nameOf(key))
      if (row === undefined || row.item.revision !== revision) return
      if (row.isDeleted) rows.delete(nameOf(key))
      else row.isPending = false
    },
    async everything({ limit = 1000, after } = {}) {
      check()
      const place = (key: ItemKey) => Buffer.from(`${key.partition}\0${key.sort}`)
      const all = [...rows.values()]
        .map(({ item, isDeleted }) => ({ ...structuredClone(item), isDeleted }))
        .filter((item) => after === undefined || Buffer.compare(place(item), place(after)) > 0)
        .sort((a, b) => Buffer.compare(place(a), place(b)))
      const items = all.slice(0, limit)
      const last = items.at(-1)
      return { items, next: all.length > limit && last ? { partition: last.partition, sort: last.sort } : undefined }
    },
    async purgeExpired() {
      check()
      const gone = [...rows.values()].filter((row) => !row.isDeleted && !isVisible(row))
      for (const row of gone) erase(row)
      return gone.length
    },
    async close() {
      failure = storeUnavailable()
    },
  }
}
