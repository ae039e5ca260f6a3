import type { AuditAction, AuditSubject } from '../../../src/domain/audit.ts'

export const feedKinds = ['topology', 'alert', 'audit'] as const
export type FeedKind = (typeof feedKinds)[number]

/** Something that happened in the space, as the cloud tells it; no value is in it. Names are hostile text. */
export interface FeedRow {
  readonly eventId: string
  readonly atMs: number
  readonly kind: FeedKind
  readonly action: string
  readonly nodeId: string | null
  readonly hostname: string | null
  readonly roomIds: readonly string[]
  readonly alert: {
    readonly chart: string
    readonly name: string
    readonly context: string
    readonly status: string
    readonly oldStatus: string
    readonly configHash: string | null
  } | null
  /** Why nobody was told of a raised alert. */
  readonly unheard?: 'silenced' | 'nobody' | null
  readonly by: { readonly personId: string; readonly email: string | null; readonly name: string | null } | null
  readonly subject: { readonly kind: AuditSubject['kind']; readonly id: string; readonly name: string | null } | null
}

export interface FeedPage {
  readonly events: readonly FeedRow[]
  /** Where older events begin, as the cloud takes it back; null when there are none. */
  readonly next: string | number | null
}

/** What the feed is narrowed to, as it stands in the address; times as fields of date and time in the page's zone. */
export interface FeedFilter {
  readonly kinds: readonly FeedKind[]
  readonly action: string
  readonly nodeId: string
  readonly alert: string
  readonly status: string
  readonly words: string
  readonly from: string
  readonly to: string
}

export const feedStatuses = ['critical', 'warning', 'clear', 'removed'] as const
const textMax = 200

/** Reads a filter from an address; what no filter can be is none. */
export function readFeedFilter(params: URLSearchParams): FeedFilter {
  const text = (name: string) => (params.get(name) ?? '').slice(0, textMax)
  const status = text('status')
  return {
    kinds: feedKinds.filter((kind) => params.getAll('kind').includes(kind)),
    action: text('action'),
    nodeId: text('node'),
    alert: text('alert'),
    status: (feedStatuses as readonly string[]).includes(status) ? status : '',
    words: text('q'),
    from: text('from'),
    to: text('to'),
  }
}

/** Whether anything is left out. */
export const isNarrowed = ({ kinds, ...texts }: FeedFilter): boolean => kinds.length > 0 || Object.values(texts).some((text) => text !== '')

/** The query of one part of the feed. `parse` reads a field of date and time, epoch seconds; the minute of the end belongs to it. */
export function feedQuery(
  filter: FeedFilter,
  parse: (text: string) => number | undefined,
  part: { readonly roomId: string | undefined; readonly before: FeedPage['next']; readonly limit: number },
): string {
  const [fromS, toS] = [parse(filter.from), parse(filter.to)]
  const query = new URLSearchParams({
    ...(filter.kinds.length === 0 ? {} : { kinds: filter.kinds.join(',') }),
    ...(filter.action === '' ? {} : { actions: filter.action }),
    ...(filter.nodeId === '' ? {} : { nodeId: filter.nodeId }),
    ...(part.roomId === undefined ? {} : { roomId: part.roomId }),
    ...(filter.alert === '' ? {} : { alert: filter.alert }),
    ...(filter.status === '' ? {} : { status: filter.status }),
    ...(filter.words.trim() === '' ? {} : { q: filter.words.trim() }),
    ...(fromS === undefined ? {} : { fromMs: String(fromS * 1_000) }),
    ...(toS === undefined ? {} : { toMs: String(toS * 1_000 + (filter.to.length <= 16 ? 59_999 : 999)) }),
    ...(part.before === null ? {} : { before: String(part.before) }),
    limit: String(part.limit),
  })
  return query.toString()
}

/** Events of two answers, newest first, each once. */
export function joinedEvents(some: readonly FeedRow[], others: readonly FeedRow[]): readonly FeedRow[] {
  const known = new Set(some.map(({ eventId }) => eventId))
  const more = others.filter(({ eventId }) => !known.has(eventId))
  return more.length === 0 ? some : [...some, ...more].toSorted((a, b) => b.atMs - a.atMs)
}

/** One line of the feed: an event, or many of one sort that came within a short time. */
export type FeedEntry =
  { readonly kind: 'event'; readonly event: FeedRow } | { readonly kind: 'burst'; readonly id: string; readonly events: readonly FeedRow[] }

/** Events of one sort become a burst when this many come, each within so long after the one before. */
const burstLeast = 4
const burstGapMs = 60_000

/** Of what people do, this comes once a node: whoever opens a large room watches all of it. */
const viewActions: readonly string[] = ['view-started', 'view-stopped'] satisfies readonly AuditAction[]

/**
 * What may be told together: the same thing happening to nodes, one alert taking one status, or one person beginning or ending to
 * watch. All else that people did stays apart.
 */
function sortOf({ kind, action, alert, nodeId, by }: FeedRow): string | undefined {
  if (kind === 'audit') return viewActions.includes(action) && nodeId !== null ? JSON.stringify([action, by?.personId]) : undefined
  if (alert === null) return nodeId === null ? undefined : action
  return JSON.stringify([action, alert.name, alert.status])
}

/** Newest first; a burst stands where its newest event does. Events come newest first. */
export function feedEntries(events: readonly FeedRow[]): readonly FeedEntry[] {
  const open = new Map<string, FeedRow[]>()
  const runs: FeedRow[][] = []
  for (const event of events) {
    const sort = sortOf(event)
    const run = sort === undefined ? undefined : open.get(sort)
    const last = run?.at(-1)
    if (run !== undefined && last !== undefined && last.atMs - event.atMs <= burstGapMs) {
      run.push(event)
      continue
    }
    const made = [event]
    runs.push(made)
    if (sort !== undefined) open.set(sort, made)
  }
  const entries = runs.flatMap((run): readonly FeedEntry[] => {
    const [newest] = run
    if (newest === undefined || run.length < burstLeast) return run.map((event) => ({ kind: 'event', event }))
    // The oldest one stays the same while newer ones join, so an opened burst stays open.
    return [{ kind: 'burst', id: `burst ${run.at(-1)?.eventId ?? ''}`, events: run }]
  })
  return entries.toSorted((a, b) => timeOf(b) - timeOf(a))
}

/** When an entry happened: a burst when its newest event did. */
export const timeOf = (entry: FeedEntry): number => (entry.kind === 'event' ? entry.event.atMs : (entry.events[0]?.atMs ?? 0))
