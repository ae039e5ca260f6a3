import { createHash } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { ClaimId, NodeId, SpaceId } from '../../../src/domain/ids.ts'
import type { AlertStatus } from '../../../src/domain/model.ts'
import type { StoredItem } from '../../store/port.ts'
import type { ItemContent } from '../change-item.ts'
import { isRaised, isRaisedAgain } from './alert-changes.ts'
import type { WaitingChange } from './alert-outbox.ts'
import { alertKey } from './alert-set.ts'

/** The state of an alert that was told last, and through which claim it came. */
export interface ToldAlert {
  readonly chart: string
  readonly name: string
  readonly context: string
  readonly status: AlertStatus
  readonly whenS: number
  readonly newsId: string
  readonly claimId: ClaimId
}

/** What was told of a node's alerts, by chart and name, through all its claims together. */
export interface ToldAlerts {
  readonly alerts: Map<string, ToldAlert>
  /** The number of the last change of each claim's item that was told or passed over. */
  readonly done: Map<ClaimId, number>
}

type ToldTuple = [chart: string, name: string, context: string, status: AlertStatus, whenS: number, newsId: string, claim: number]
type ToldRecord = { done: [ClaimId, number][] }

/** Raised ones, newest first, and of the others enough to know an old state from a second agent. */
const toldMax = { raised: 2_000, others: 200 }
const unpackedBytesMax = 16 * 1024 * 1024

export function unpackTold(item: StoredItem | undefined): ToldAlerts {
  if (item?.blob === undefined) return { alerts: new Map(), done: new Map() }
  const [claims, tuples] = JSON.parse(inflateRawSync(item.blob, { maxOutputLength: unpackedBytesMax }).toString()) as [
    ClaimId[],
    ToldTuple[],
  ]
  const alerts = tuples.map(([chart, name, context, status, whenS, newsId, claim]): [string, ToldAlert] => [
    alertKey({ chart, name }),
    { chart, name, context, status, whenS, newsId, claimId: claims[claim] as ClaimId },
  ])
  return { alerts: new Map(alerts), done: new Map((item.data as ToldRecord).done) }
}

/** `claims` are those that the node is still told of through; numbers of others are forgotten. */
export function packTold({ alerts, done }: ToldAlerts, claims: ReadonlySet<ClaimId>): ItemContent {
  const newest = [...alerts.values()].sort((a, b) => b.whenS - a.whenS)
  const kept = [
    ...newest.filter(({ status }) => isRaised(status)).slice(0, toldMax.raised),
    ...newest.filter(({ status }) => !isRaised(status)).slice(0, toldMax.others),
  ].sort((a, b) => (alertKey(a) < alertKey(b) ? -1 : 1))
  const claimIds = [...new Set(kept.map(({ claimId }) => claimId))]
  const tuples = kept.map(({ chart, name, context, status, whenS, newsId, claimId }): ToldTuple => [
    chart,
    name,
    context,
    status,
    whenS,
    newsId,
    claimIds.indexOf(claimId),
  ])
  const record: ToldRecord = { done: [...done].filter(([claimId]) => claims.has(claimId)).sort(([a], [b]) => (a < b ? -1 : 1)) }
  return { kind: 'told-alerts', data: record, blob: deflateRawSync(JSON.stringify([claimIds, tuples]), { level: 9 }) }
}

/** What a change means after what was told before: the status it came from and the id of the news; undefined when it is none. */
export interface Judged {
  readonly newsId: string
  readonly oldStatus: AlertStatus
}

/**
 * Whether a change is news. Through the agent that told last, every other status is; a second agent that evaluates the same alert is
 * heard only with what is newer, and clear is no news after removed. The id follows from what was told before, so that it is the same
 * through whichever agent and after whichever crash.
 */
export function judgeChange(
  place: { readonly spaceId: SpaceId; readonly nodeId: NodeId },
  told: ToldAlert | undefined,
  change: Omit<WaitingChange, 'seq' | 'notedAtMs'>,
  claimId: ClaimId,
): Judged | undefined {
  const { chart, name, status, whenS } = change
  const idOf = (...after: (string | number)[]) =>
    createHash('sha256')
      .update(JSON.stringify([place.spaceId, place.nodeId, chart, name, status, ...after]))
      .digest('hex')
      .slice(0, 32)
  if (told === undefined) return isRaised(status) ? { newsId: idOf('first', whenS), oldStatus: change.oldStatus } : undefined
  const isSameAgent = told.claimId === claimId
  if (told.status === status) {
    return isSameAgent && isRaisedAgain(change, told) ? { newsId: idOf(told.newsId, whenS), oldStatus: change.oldStatus } : undefined
  }
  if (!isRaised(told.status) && !isRaised(status)) return undefined
  if (!isSameAgent && whenS <= told.whenS) return undefined
  return { newsId: idOf(told.newsId), oldStatus: isRaised(told.status) ? told.status : change.oldStatus }
}
