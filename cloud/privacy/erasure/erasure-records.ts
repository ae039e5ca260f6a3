import type { Clock } from '../../../src/support/clock.ts'
import type { ItemKey, MetadataStore, StoredItem } from '../../store/port.ts'
import { erasureShownMs, parseErasure, type ErasureRecord, type ErasureStepName } from './erasure-record.ts'

const erasurePartition = 'erasures'
const keyOf = (erasureId: string): ItemKey => ({ partition: erasurePartition, sort: erasureId })

/** A record as it lies there, with the item that holds it. */
export interface FoundErasure {
  readonly item: StoredItem
  readonly record: ErasureRecord
}

/** What is written down of erasures, one item each. Every write is one conditional write. */
export interface ErasureRecords {
  readonly read: (erasureId: string) => Promise<FoundErasure | undefined>
  /** Undefined when there is one already. */
  readonly add: (erasureId: string, record: ErasureRecord) => Promise<number | undefined>
  /** Reads, decides, writes if nobody else did, else once more. Undefined decided leaves it; undefined answered: there is none. */
  readonly change: (erasureId: string, decide: (record: ErasureRecord) => ErasureRecord | undefined) => Promise<ErasureRecord | undefined>
  /** Writes down that steps are done, and what came of them; nothing changes where all of them were done before. */
  readonly stepped: (
    erasureId: string,
    names: readonly ErasureStepName[],
    more?: Partial<ErasureRecord>,
  ) => Promise<ErasureRecord | undefined>
  readonly remove: (erasureId: string) => Promise<void>
}

/** `raw` is the store as it lies at rest. */
export function createErasureRecords({ raw, clock }: { readonly raw: MetadataStore; readonly clock: Clock }): ErasureRecords {
  const kind = 'erasure-certificate' as const
  const read = async (erasureId: string) => {
    const item = await raw.read(keyOf(erasureId))
    return item && { item, record: parseErasure(item.data) }
  }
  const change: ErasureRecords['change'] = async (erasureId, decide) => {
    for (;;) {
      const found = await read(erasureId)
      if (found === undefined) return undefined
      const next = decide(found.record)
      if (next === undefined) return found.record
      const isOver = next.certificate !== undefined
      const item = {
        ...keyOf(erasureId),
        kind,
        data: next,
        ...(isOver ? { expiresAtMs: (next.steps.certificate ?? clock.nowMs()) + erasureShownMs } : {}),
      }
      if ((await raw.write(item, found.item.revision)) !== undefined) return next
    }
  }
  return {
    read,
    add: (erasureId, record) => raw.write({ ...keyOf(erasureId), kind, data: record }, 'absent'),
    change,
    stepped: (erasureId, names, more = {}) =>
      change(erasureId, (record) => {
        const isNew = names.some((name) => record.steps[name] === undefined)
        const times = Object.fromEntries(names.map((name) => [name, record.steps[name] ?? clock.nowMs()]))
        return isNew ? { ...record, ...more, steps: { ...record.steps, ...times } } : undefined
      }),
    async remove(erasureId) {
      for (let found = await read(erasureId); found !== undefined; found = await read(erasureId))
        if (await raw.remove(found.item, found.item.revision)) break
    },
  }
}
