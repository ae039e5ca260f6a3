import type { NodeId, PersonId, SpaceId } from '../../src/domain/ids.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { MetadataStore, StoredItem } from '../store/port.ts'
import { nodesById } from './concern.ts'
import { notifyLimits } from './limits.ts'
import { keptSort, notifyKeys } from './message-id.ts'
import { keptOf, messageItem, messageOf, type KeptMessage, type KeptState } from './message-record.ts'
import type { NotifyPlaces } from './places.ts'
import type { Target, Targets } from './ports.ts'
import { changesOf, dayOf, type Group, type Tray } from './tray.ts'
import type { Trays } from './trays.ts'

/** open: changes may still be added; waiting: sealed, and tried until it is sent or failed. */
export type MessageState = 'open' | KeptState

/** One alert or one node of a message in the log. */
export interface LogItem {
  readonly newsId: string
  readonly nodeId: NodeId
  readonly hostname: string
  /** Undefined for reachability. */
  readonly chart?: string
  readonly name?: string
  readonly status: string
}

/** A message as the log tells of it. Nothing of a value is in it. */
export interface LogMessage {
  readonly messageId: string
  readonly targetId: string
  readonly targetName: string
  readonly slug: string
  readonly kind: 'alert' | 'reach' | 'test'
  readonly state: MessageState
  readonly items: readonly LogItem[]
  readonly changes: number
  readonly attempts: number
  readonly problem: string | null
  readonly createdAtMs: number
  readonly nextAttemptAtMs: number | null
  readonly sentAtMs: number | null
}

export interface LogQuestion {
  readonly targetId?: string | undefined
  readonly state?: MessageState | undefined
  /** The id of the last message that was read. */
  readonly before?: string | undefined
  readonly limit: number
  /** Who asks: the browsers of others are not listed. */
  readonly personId: PersonId
  /** Which nodes they see; others are not named. */
  readonly sees: (nodeId: NodeId) => boolean
}

export interface LogPage {
  readonly messages: readonly LogMessage[]
  readonly next: string | undefined
  readonly counts: { readonly waiting: number; readonly failed: number }
  readonly silencedToday: number
}

/** What is on its way to targets, and what became of it. Foreign and absent messages are NOT_FOUND alike. */
export interface MessageLog {
  /** Newest first; what is still open comes first of all, on the first page. */
  page(spaceId: SpaceId, question: LogQuestion): Promise<LogPage>
  /** Tries a failed message once more, or one that waits at once. Throws NOT_FOUND, CONFLICT for one that is over or not sealed. */
  retry(spaceId: SpaceId, messageId: string, personId: PersonId): Promise<void>
  /** Gives a failed or waiting message up for good. Throws like `retry`. */
  drop(spaceId: SpaceId, messageId: string, personId: PersonId): Promise<void>
}

export interface MessageLogDeps {
  readonly store: MetadataStore
  readonly trays: Trays
  readonly targets: Pick<Targets, 'list'>
  readonly places: Pick<NotifyPlaces, 'node' | 'nodes'>
  readonly onPending: (spaceId: SpaceId, targetId: string) => void
  readonly onChanged: (spaceId: SpaceId) => void
  readonly clock: Clock
}

/** Nodes of one message that the log names. */
const namedMost = 20

export function createMessageLog(deps: MessageLogDeps): MessageLog {
  const { store, trays, targets, places, onPending, onChanged, clock } = deps

  const openRows = async (spaceId: SpaceId, listed: readonly { targetId: string; tray: Tray }[], known: ReadonlyMap<string, Target>) => {
    const groups = listed.flatMap(({ targetId, tray }) => {
      // What is sealed is shown by its own item, which follows in a moment.
      const target = known.get(targetId)
      return target === undefined ? [] : tray.groups.map((group) => ({ target, group }))
    })
    const nodeIds = groups.flatMap(({ group }) => namedOf(group).map(({ nodeId }) => nodeId))
    const nodes = await nodesById(places, spaceId, nodeIds)
    return groups
      .map(({ target, group }): LogMessage => {
        const items = namedOf(group).map((item) => ({ ...item, hostname: nodes.get(item.nodeId)?.hostname ?? item.nodeId }))
        return {
          messageId: group.messageId,
          targetId: target.targetId,
          targetName: target.name,
          slug: target.slug,
          kind: group.kind,
          state: 'open',
          items,
          changes: changesOf(group),
          attempts: 0,
          problem: null,
          createdAtMs: group.openedAtMs,
          nextAttemptAtMs: null,
          sentAtMs: null,
        }
      })
      .sort((a, b) => b.createdAtMs - a.createdAtMs)
  }

  const find = async (spaceId: SpaceId, messageId: string, personId: PersonId): Promise<StoredItem> => {
    const item = await store.read(notifyKeys.kept(spaceId, messageId))
    const owner = item === undefined ? undefined : keptOf(item).personId
    if (item !== undefined && (owner === null || owner === personId)) return item
    const isOpen = (await trays.list(spaceId)).some(({ tray }) => tray.groups.some((group) => group.messageId === messageId))
    throw isOpen && item === undefined ? over('This message is still being gathered.') : noMessage()
  }

  /** Changes what is kept of a message as long as it is as `change` wants it. */
  const changeKept = async (
    spaceId: SpaceId,
    messageId: string,
    personId: PersonId,
    change: (kept: KeptMessage) => { readonly kept: KeptMessage; readonly untilMs: number | undefined },
  ): Promise<KeptMessage> => {
    for (;;) {
      const item = await find(spaceId, messageId, personId)
      const { kept, untilMs } = change(keptOf(item))
      if ((await store.write(messageItem(spaceId, kept, messageOf(item), untilMs), item.revision)) !== undefined) return kept
    }
  }

  return {
    async page(spaceId, { targetId, state, before, limit, personId, sees }) {
      const listedTargets = (await targets.list(spaceId)).filter((each) => each.personId === undefined || each.personId === personId)
      const known = new Map(listedTargets.map((target) => [target.targetId, target]))
      const listed = (await trays.list(spaceId)).filter((each) => known.has(each.targetId))
      const again = new Set(listed.flatMap(({ tray }) => tray.again))
      const shownState = ({ messageId, state: kept }: KeptMessage): KeptState => (again.has(messageId) ? 'waiting' : kept)
      const fits = (row: Pick<LogMessage, 'targetId' | 'state'>) =>
        (targetId === undefined || row.targetId === targetId) && (state === undefined || row.state === state)
      const rows = before === undefined ? (await openRows(spaceId, listed, known)).filter(fits) : []

      let after = before === undefined ? undefined : keptSort(before)
      let scanned = 0
      let next: string | undefined
      const kept: StoredItem[] = []
      while (kept.length < limit && scanned < notifyLimits.logScan) {
        const page = await store.list(notifyKeys.partition(spaceId), {
          prefix: notifyKeys.keptPrefix,
          limit: Math.max(limit, 100),
          ...(after === undefined ? {} : { after }),
        })
        for (const item of page.items) {
          if (kept.length === limit) break
          scanned++
          after = item.sort
          const row = { ...keptOf(item), state: shownState(keptOf(item)) }
          if ((row.personId === null || row.personId === personId) && fits(row)) kept.push(item)
        }
        const isWhole = page.next === undefined && after === page.items.at(-1)?.sort
        next = isWhole || page.items.length === 0 ? undefined : after?.slice(-36)
        if (isWhole || page.items.length === 0) break
      }
      const nowMs = clock.nowMs()
      return {
        messages: [...rows, ...kept.map((item) => ({ ...keptRow(item), state: shownState(keptOf(item)) }))].map((row) => ({
          ...row,
          items: row.items.filter((item) => sees(item.nodeId)).slice(0, namedMost),
        })),
        next,
        counts: {
          waiting: sum(listed, ({ tray }) => tray.groups.length + (tray.sealing === undefined ? 0 : 1) + tray.again.length),
          failed: sum(listed, ({ tray }) => [...tray.failed.values()].filter((untilMs) => untilMs > nowMs).length),
        },
        silencedToday: sum(listed, ({ tray: { silenced } }) => (silenced.day === dayOf(nowMs) ? silenced.count : 0)),
      }
    },

    async retry(spaceId, messageId, personId) {
      const { state, targetId } = keptOf(await find(spaceId, messageId, personId))
      if (state === 'sent' || state === 'dropped') throw over('This message is over; it cannot be tried again.')
      if (!(await targets.list(spaceId)).some((each) => each.targetId === targetId)) throw over('The channel of this message was deleted.')
      if (state === 'waiting')
        await changeKept(spaceId, messageId, personId, (kept) => {
          if (kept.state !== 'waiting') throw over('This message is over; it cannot be tried again.')
          return { kept: { ...kept, nextAttemptAtMs: clock.nowMs() }, untilMs: undefined }
        })
      // The wish stands in the tray, so that it outlives this process; the message itself changes when it was tried.
      else
        await trays.change(spaceId, targetId, (tray) => {
          if (tray.again.includes(messageId)) return false
          tray.again.push(messageId)
          tray.failed.delete(messageId)
          return true
        })
      onPending(spaceId, targetId)
      onChanged(spaceId)
    },

    async drop(spaceId, messageId, personId) {
      const { targetId } = await changeKept(spaceId, messageId, personId, (kept) => {
        if (kept.state !== 'failed' && kept.state !== 'waiting') throw over('This message is over; there is nothing to drop.')
        return { kept: { ...kept, state: 'dropped', nextAttemptAtMs: null }, untilMs: clock.nowMs() + notifyLimits.keptMs }
      })
      await trays.change(spaceId, targetId, (tray) => {
        const isKnown = tray.sealing?.messageId === messageId || tray.again.includes(messageId)
        if (tray.sealing?.messageId === messageId) tray.sealing = undefined
        tray.again = tray.again.filter((id) => id !== messageId)
        return tray.failed.delete(messageId) || isKnown
      })
      onPending(spaceId, targetId)
      onChanged(spaceId)
    },
  }
}

const noMessage = () => new ThroughlineError('NOT_FOUND', 'There is no such message.')
const over = (why: string) => new ThroughlineError('CONFLICT', why)

function sum<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((total, one) => total + of(one), 0)
}

/** What a group names, a node a row. */
function namedOf({ alerts, reach }: Group): readonly Omit<LogItem, 'hostname'>[] {
  return [
    ...alerts.map(({ newsId, nodeId, chart, name, status }) => ({ newsId, nodeId, chart, name, status })),
    ...reach.flatMap(({ newsId, nodeIds, state }) => nodeIds.map((nodeId) => ({ newsId, nodeId, status: state }))),
  ].slice(0, namedMost)
}

function keptRow(item: StoredItem): LogMessage {
  const { personId: _personId, ...kept } = keptOf(item)
  const items = messageOf(item).items.flatMap((each): LogItem[] => {
    if (each.kind === 'reach') {
      const { newsId, nodeIds, hostnames, state } = each
      return nodeIds.map((nodeId, n) => ({ newsId, nodeId, hostname: hostnames[n] ?? nodeId, status: state }))
    }
    const { newsId, nodeId, hostname, chart, name, status } = each
    return [{ newsId, nodeId, hostname, chart, name, status }]
  })
  return { ...kept, items }
}
