import { randomUUID } from 'node:crypto'
import type { SpaceId } from '../../../src/domain/ids.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { ItemKey, MetadataStore, StoredItem } from '../../store/port.ts'
import { listAll } from '../change-item.ts'
import { spacePartition } from '../keys.ts'
import { deletedAtOf, restorable, restorableKinds, type RestorableKind } from './restorable.ts'
import type { Retention } from './retention.ts'

/** A purge that would take very much of one class, and waits for a word. */
export interface PurgeOrder {
  readonly orderId: string
  readonly spaceId: SpaceId
  readonly kind: RestorableKind
  /** How many it would take, of how many there are, deleted ones included. */
  readonly due: number
  readonly of: number
  readonly askedAtMs: number
  /** What was deleted until then is meant. */
  readonly untilMs: number
  readonly approvedAtMs: number | undefined
}

/** What a purge did, for the audit. */
export type PurgeOutcome =
  | { readonly what: 'purged'; readonly spaceId: SpaceId; readonly kind: RestorableKind; readonly items: number }
  | { readonly what: 'asked'; readonly spaceId: SpaceId; readonly order: PurgeOrder }

/** Takes away for good what can no longer be restored, by a clock of its own. */
export interface Purge {
  /** Looks through these spaces. What would be too much is asked about, once. May be repeated, and killed at any point. */
  run(spaceIds: readonly SpaceId[]): Promise<readonly PurgeOutcome[]>
  orders(): Promise<readonly PurgeOrder[]>
  /** The next run takes what the order names. Throws NOT_FOUND. */
  approve(orderId: string): Promise<PurgeOrder>
}

/** Above one of these a purge stops and asks (D5). */
const purgeShareMax = 0.05
export const purgeItemsMax = 1_000
/**
 * Fewer items than this are never much: one alone is more than 5 % of any fewer than twenty, so that without this exception nothing
 * would ever be gone after its days in a small space unless somebody said so.
 */
const askFrom = 2

const dayMs = 86_400_000
const partition = 'purge-orders'
type OrderData = { spaceId: string; kind: string; due: number; of: number; askedAtMs: number; untilMs: number; approvedAtMs?: number }

export function createPurge(deps: {
  /** The store that shows what was deleted. */
  readonly store: MetadataStore
  readonly retention: Retention
  readonly clock: Clock
}): Purge {
  const { store, retention, clock } = deps

  const keyOf = (orderId: string): ItemKey => ({ partition, sort: `order/${orderId}` })
  const orderOf = ({ sort, data }: StoredItem): PurgeOrder => {
    const { spaceId, kind, due, of, askedAtMs, untilMs, approvedAtMs } = data as OrderData
    const orderId = sort.slice('order/'.length)
    return { orderId, spaceId: spaceId as SpaceId, kind: kind as RestorableKind, due, of, askedAtMs, untilMs, approvedAtMs }
  }
  const orders = async () => (await listAll(store, partition, 'order/')).map(orderOf)

  /** Only what is still deleted, at the revision that was looked at: a restore in the same moment wins. */
  const take = async (item: StoredItem, untilMs: number): Promise<boolean> => {
    const atMs = deletedAtOf(item)
    return atMs !== undefined && atMs <= untilMs && (await store.remove(item, item.revision))
  }

  const ask = async (spaceId: SpaceId, kind: RestorableKind, due: number, of: number, untilMs: number): Promise<PurgeOrder> => {
    const orderId = randomUUID()
    const data: OrderData = { spaceId, kind, due, of, askedAtMs: clock.nowMs(), untilMs }
    await store.write({ ...keyOf(orderId), kind: 'purge-order', data }, 'absent')
    return { orderId, spaceId, kind, due, of, askedAtMs: data.askedAtMs, untilMs, approvedAtMs: undefined }
  }

  const strike = async (orderId: string): Promise<void> => {
    const item = await store.read(keyOf(orderId))
    if (item !== undefined) await store.remove(item, item.revision)
  }

  const runKind = async (spaceId: SpaceId, kind: RestorableKind, days: number, open: readonly PurgeOrder[]): Promise<PurgeOutcome[]> => {
    const items = (await listAll(store, spacePartition(spaceId), restorable[kind].prefix)).filter((item) => item.kind === kind)
    const untilMs = clock.nowMs() - days * dayMs
    const due = items.filter((item) => (deletedAtOf(item) ?? Infinity) <= untilMs)
    const mine = open.filter((order) => order.spaceId === spaceId && order.kind === kind)
    const approved = mine.find(({ approvedAtMs }) => approvedAtMs !== undefined)
    const isMuch = due.length > purgeItemsMax || (due.length >= askFrom && due.length > items.length * purgeShareMax)
    if (isMuch && approved === undefined) {
      if (mine.length > 0) return []
      return [{ what: 'asked', spaceId, order: await ask(spaceId, kind, due.length, items.length, untilMs) }]
    }
    let taken = 0
    for (const item of due) if (await take(item, approved === undefined ? untilMs : approved.untilMs)) taken++
    // Struck out after the last of it: a run that was killed goes on under the same word. What is no longer much asks no more.
    for (const { orderId } of mine) await strike(orderId)
    return taken === 0 ? [] : [{ what: 'purged', spaceId, kind, items: taken }]
  }

  return {
    async run(spaceIds) {
      const outcomes: PurgeOutcome[] = []
      const all = await orders()
      // A space that is gone took everything with it.
      for (const order of all.filter(({ spaceId }) => !spaceIds.includes(spaceId))) await strike(order.orderId)
      const open = all.filter(({ spaceId }) => spaceIds.includes(spaceId))
      for (const spaceId of spaceIds) {
        const days = await retention.of(spaceId)
        for (const kind of restorableKinds) outcomes.push(...(await runKind(spaceId, kind, days[restorable[kind].class], open)))
      }
      return outcomes
    },
    orders,
    async approve(orderId) {
      for (;;) {
        const item = await store.read(keyOf(orderId))
        if (item === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such purge to approve.')
        const order = orderOf(item)
        if (order.approvedAtMs !== undefined) return order
        const approvedAtMs = clock.nowMs()
        const data = { ...(item.data as OrderData), approvedAtMs }
        if ((await store.write({ ...keyOf(orderId), kind: 'purge-order', data }, item.revision)) !== undefined)
          return { ...order, approvedAtMs }
      }
    },
  }
}
