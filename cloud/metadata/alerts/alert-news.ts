import type { ClaimId, NodeId, SpaceId } from '../../../src/domain/ids.ts'
import type { NewsSink } from '../../../src/domain/news.ts'
import type { MetadataStore, StoredItem } from '../../store/port.ts'
import { listAll, type ChangeItem } from '../change-item.ts'
import { keys, spacePartition } from '../keys.ts'
import { changesBetween, isRaised } from './alert-changes.ts'
import { isWaiting, waitingChanges, withoutTold, type NodeAlertsRecord, type WaitingChange } from './alert-outbox.ts'
import { unpackAlerts } from './alert-set.ts'
import { judgeChange, packTold, unpackTold, type ToldAlerts } from './told-alerts.ts'

/** What happened to alerts and still has to be told, in the items of the nodes themselves. */
export interface AlertNewsBox {
  /** Hears of each node that got something to tell. */
  onNoted(listener: (spaceId: SpaceId, nodeId: NodeId) => void): () => void
  /**
   * Tells everything that waits at a node, in order, then strikes it out. Safe to break off and to repeat anywhere: what is told
   * again has the same news id. Throws what the sink or the store throws.
   */
  tell(spaceId: SpaceId, nodeId: NodeId, sink: NewsSink): Promise<void>
  /** The nodes of a space where something waits; read page by page. */
  waiting(spaceId: SpaceId): AsyncIterable<NodeId>
}

/** Items read at once while a space is looked through; each may have 350 KB. */
const pageItems = 20
/** News between two writes of what was told. */
const newsAtOnce = 200

/** A claim's item with something to tell. */
interface Sender {
  readonly claimId: ClaimId
  readonly item: StoredItem
  readonly record: NodeAlertsRecord
}

export function createAlertNewsBox({ store, changeItem }: { readonly store: MetadataStore; readonly changeItem: ChangeItem }) {
  const listeners = new Set<(spaceId: SpaceId, nodeId: NodeId) => void>()

  /** Every change that waits in the items of a node, in the order in which the cloud heard of it. */
  const changesOf = (senders: readonly Sender[], told: ToldAlerts) =>
    senders
      .flatMap(({ claimId, item, record }) => {
        const done = told.done.get(claimId) ?? 0
        const changes = record.wholeAtMs === undefined ? waitingChanges(record) : wholeOf(claimId, item, record, told)
        return changes.filter(({ seq }) => seq > done).map((change) => ({ claimId, change }))
      })
      .sort((a, b) => a.change.notedAtMs - b.change.notedAtMs)

  const tell = async (spaceId: SpaceId, nodeId: NodeId, sink: NewsSink): Promise<void> => {
    for (;;) {
      const items = await listAll(store, spacePartition(spaceId), `alerts/${nodeId}/`)
      const all = items.map((item): Sender => ({
        claimId: item.sort.split('/')[2] as ClaimId,
        item,
        record: item.data as NodeAlertsRecord,
      }))
      const senders = all.filter(({ record }) => isWaiting(record))
      if (senders.length === 0) {
        if (items.length === 0) await dropOfRemoved(spaceId, nodeId)
        return
      }
      const toldItem = await store.read(keys.toldAlerts(spaceId, nodeId))
      const told = unpackTold(toldItem)
      let news = 0
      let isWhole = true
      for (const { claimId, change } of changesOf(senders, told)) {
        if (news === newsAtOnce) {
          isWhole = false
          break
        }
        const key = JSON.stringify([change.chart, change.name])
        const judged = judgeChange({ spaceId, nodeId }, told.alerts.get(key), change, claimId)
        if (judged !== undefined) {
          const { chart, name, context, status, whenS, notedAtMs, configHash, transitionId } = change
          const { newsId, oldStatus } = judged
          await sink.take({
            kind: 'alert',
            newsId,
            spaceId,
            nodeId,
            chart,
            name,
            context,
            status,
            oldStatus,
            whenS,
            toldAtMs: notedAtMs,
            configHash,
            transitionId,
          })
          told.alerts.set(key, { chart, name, context, status, whenS, newsId, claimId })
          news++
        }
        // Of a whole comparison nothing is done before all of it is: it has one number.
        if (senders.find((sender) => sender.claimId === claimId)?.record.wholeAtMs === undefined) told.done.set(claimId, change.seq)
      }
      if (isWhole) for (const { claimId, record } of senders) told.done.set(claimId, record.lastSeq ?? 0)
      const content = packTold(told, new Set(all.map(({ claimId }) => claimId)))
      const written = await store.write({ ...keys.toldAlerts(spaceId, nodeId), ...content }, toldItem?.revision ?? 'absent')
      // Another process told meanwhile: its account counts, and what we told has the same ids.
      if (written === undefined) continue
      for (const { claimId } of senders) await strike(spaceId, nodeId, claimId, told.done.get(claimId) ?? 0)
    }
  }

  /** The node may have been removed while it was told of, and must leave nothing; a machine that is claimed anew keeps what was told. */
  const dropOfRemoved = async (spaceId: SpaceId, nodeId: NodeId): Promise<void> => {
    if ((await store.read(keys.node(spaceId, nodeId))) !== undefined) return
    const told = await store.read(keys.toldAlerts(spaceId, nodeId))
    if (told !== undefined) await store.remove(told, told.revision)
  }

  const strike = (spaceId: SpaceId, nodeId: NodeId, claimId: ClaimId, upToSeq: number) =>
    changeItem(keys.alerts(spaceId, nodeId, claimId), (current) => {
      if (current === undefined) return undefined
      const { outbox: _outbox, wholeAtMs: _wholeAtMs, lastSeq: _lastSeq, ...rest } = current.data as NodeAlertsRecord
      const data: NodeAlertsRecord = { ...rest, ...withoutTold(current.data as NodeAlertsRecord, upToSeq) }
      return { kind: 'node-alerts', data, ...(current.blob === undefined ? {} : { blob: current.blob }) }
    })

  return {
    onNoted(listener: (spaceId: SpaceId, nodeId: NodeId) => void) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    noted(spaceId: SpaceId, nodeId: NodeId): void {
      for (const listener of listeners) listener(spaceId, nodeId)
    },
    tell,
    async *waiting(spaceId: SpaceId) {
      let after: string | undefined
      do {
        const options = { prefix: 'alerts/', limit: pageItems, ...(after === undefined ? {} : { after }) }
        const page = await store.list(spacePartition(spaceId), options)
        for (const { sort, data } of page.items) if (isWaiting(data as NodeAlertsRecord)) yield sort.split('/')[1] as NodeId
        after = page.next
      } while (after !== undefined)
    },
  } satisfies AlertNewsBox & { noted: (spaceId: SpaceId, nodeId: NodeId) => void }
}

/** The difference between what one claim's item says and what was told. */
function wholeOf(claimId: ClaimId, item: StoredItem, { lastSeq = 0, wholeAtMs = 0 }: NodeAlertsRecord, told: ToldAlerts): WaitingChange[] {
  const isToldRaised = (key: string) => {
    const known = told.alerts.get(key)
    return known !== undefined && isRaised(known.status)
  }
  const own = new Map(
    [...told.alerts]
      .filter(([, alert]) => alert.claimId === claimId)
      .map(([key, { chart, name, context, status, whenS }]) => [
        key,
        {
          chart,
          name,
          context,
          status,
          oldStatus: status,
          whenS,
          configHash: undefined,
          transitionId: undefined,
          version: 0n,
          sequenceId: 0n,
        },
      ]),
  )
  const changes = changesBetween(own, unpackAlerts(item.blob), isToldRaised, Math.floor(wholeAtMs / 1_000))
  return changes.map((change) => ({ ...change, seq: lastSeq, notedAtMs: wholeAtMs }))
}
