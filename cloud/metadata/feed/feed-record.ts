import type { FeedEvent, Unheard } from '../../../src/domain/feed.ts'
import type { AlertConfigHash, ClaimId, NodeId, SpaceId } from '../../../src/domain/ids.ts'
import type { ItemKey, ItemWrite, StoredItem } from '../../store/port.ts'
import { spacePartition } from '../keys.ts'

/** The last millisecond a Date can say; times count down from it, so that the newest event is listed first. */
const lastMs = 8_640_000_000_000_000

/** Where the event prefix begins; everything after it sorts by time, newest first. */
export const eventPrefix = 'event/'

/** The sort key of the first event that is not newer than this. */
export function eventsNotAfter(atMs: number): string {
  return `${eventPrefix}${String(lastMs - atMs).padStart(16, '0')}`
}

function eventKey(spaceId: SpaceId, { atMs, eventId }: Pick<FeedEvent, 'atMs' | 'eventId'>): ItemKey {
  return { partition: spacePartition(spaceId), sort: `${eventsNotAfter(atMs)}-${eventId}` }
}

type Optional<T> = T | null

type EventRecord = {
  action: FeedEvent['action']
  nodeId: NodeId
  hostname: Optional<string>
  claimId?: Optional<ClaimId>
  alert?: {
    chart: string
    name: string
    context: string
    status: string
    oldStatus: string
    whenS: number
    configHash: Optional<AlertConfigHash>
    transitionId: Optional<string>
  }
  unheard?: Unheard
}

/** An event as an item; it goes by itself after `keptMs`. */
export function eventItem(spaceId: SpaceId, event: FeedEvent, keptMs: number): ItemWrite {
  const { action, nodeId, hostname } = event
  const data: EventRecord = { action, nodeId, hostname: hostname ?? null }
  if (event.kind === 'topology') data.claimId = event.claimId ?? null
  else {
    const { chart, name, context, status, oldStatus, whenS, configHash, transitionId } = event.alert
    if (event.unheard !== undefined) data.unheard = event.unheard
    data.alert = { chart, name, context, status, oldStatus, whenS, configHash: configHash ?? null, transitionId: transitionId ?? null }
  }
  return { ...eventKey(spaceId, event), kind: 'feed-event', data, expiresAtMs: event.atMs + keptMs }
}

/** Reads what {@link eventItem} wrote. */
export function eventOf({ sort, data }: StoredItem): FeedEvent {
  const [inverted = '', ...id] = sort.slice(eventPrefix.length).split('-')
  const { action, nodeId, hostname, claimId, alert, unheard } = data as EventRecord
  const base = { eventId: id.join('-'), atMs: lastMs - Number(inverted), nodeId, hostname: hostname ?? undefined }
  if (alert === undefined) return { ...base, kind: 'topology', action, claimId: claimId ?? undefined } as FeedEvent
  return {
    ...base,
    kind: 'alert',
    action,
    ...(unheard === undefined ? {} : { unheard }),
    alert: { ...alert, configHash: alert.configHash ?? undefined, transitionId: alert.transitionId ?? undefined },
  } as FeedEvent
}
