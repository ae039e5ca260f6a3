import type { AuditAction } from '../../src/domain/audit.ts'
import type { FeedEvent, Unheard } from '../../src/domain/feed.ts'
import type { NodeId, PersonId, RoomId, SpaceId } from '../../src/domain/ids.ts'
import type { Node, ToldTransition } from '../../src/domain/model.ts'
import { isInRoom, roomsOfNode } from '../../src/domain/room-nodes.ts'
import type { ChainEntry } from '../audit/chain-entry.ts'
import { auditSeenBy } from './audit-seen.ts'
import { isPermitted } from '../identity/permissions.ts'
import type { Caller } from '../identity/ports.ts'
import type { ApiAudit, ApiFeed, ApiIdentity } from './ports.ts'
import type { Seen } from './sight.ts'

export const feedKinds = ['topology', 'alert', 'audit'] as const
export type FeedKind = (typeof feedKinds)[number]

/** What somebody wants to read of the feed. Lists that are empty, and what is undefined, mean everything. */
export interface FeedWish {
  readonly kinds: readonly FeedKind[]
  readonly actions: readonly string[]
  readonly nodeIds: readonly NodeId[]
  readonly roomIds: readonly RoomId[]
  /** Names of alerts. */
  readonly alerts: readonly string[]
  readonly charts: readonly string[]
  readonly statuses: readonly string[]
  /** Looked for in everything that is shown, without regard to case. */
  readonly text: string
  readonly fromMs: number | undefined
  readonly toMs: number | undefined
}

/** A place in the feed: events that come after it are older, or of the same moment with a greater id. */
export interface FeedPlace {
  readonly atMs: number
  readonly eventId: string
}

/** One event as it is shown to somebody. */
export interface ShownEvent {
  readonly eventId: string
  readonly atMs: number
  readonly kind: FeedKind
  readonly action: string
  readonly nodeId: NodeId | null
  readonly hostname: string | null
  readonly roomIds: readonly RoomId[]
  readonly alert: (Omit<ToldTransition, 'configHash' | 'transitionId'> & { configHash: string | null; transitionId: string | null }) | null
  /** Why nobody was told of a raised alert; null when somebody was, and for everything else. */
  readonly unheard: Unheard | null
  readonly by: { readonly personId: PersonId; readonly email: string | null; readonly name: string | null } | null
  readonly subject: { readonly kind: string; readonly id: string; readonly name: string | null } | null
}

export interface FeedReaderDeps {
  readonly feed: ApiFeed
  readonly audit: Pick<ApiAudit, 'page'>
  readonly people: Pick<ApiIdentity['people'], 'get'>
}

/** Told by the feed itself in a form that everybody may see. */
const toldAsTopology: ReadonlySet<AuditAction> = new Set(['node-claimed', 'node-removed'])
const auditPageEntries = 200
/** Pages of the audit that are looked through for a caller who sees little of it. */
const auditPagesMax = 20

/** How far a reading came. It is ended where it looked at too many events that nobody wanted; what is behind is found from there. */
export interface FeedProgress {
  left: number
  at: FeedPlace | undefined
}

/**
 * The feed of a space as a caller sees it, newest first: what became of nodes and alerts, joined with what people did, which lies in
 * the audit. Names of people and rooms are those of now.
 */
export function createFeedReader({ feed, audit, people }: FeedReaderDeps) {
  return async function* read(
    caller: Caller,
    seen: Seen,
    wish: FeedWish,
    after: FeedPlace | undefined,
    progress: FeedProgress,
  ): AsyncGenerator<ShownEvent> {
    const nodes = new Map(seen.nodes.map((node) => [node.nodeId, node]))
    const wanted = (kind: FeedKind) => wish.kinds.length === 0 || wish.kinds.includes(kind)
    const atMost = Math.min(after?.atMs ?? Infinity, wish.toMs ?? Infinity)
    const span = { atMost: Number.isFinite(atMost) ? atMost : undefined, atLeast: wish.fromMs }
    const showNode = nodeShower(seen, nodes)
    const sources: AsyncIterable<ShownEvent>[] = []
    if (wanted('topology') || wanted('alert')) sources.push(ownEvents(feed, caller.spaceId, span, seen, nodes, showNode))
    if (wanted('audit') && isPermitted('audit.view', caller)) sources.push(auditEvents({ audit, people }, caller, span, seen, showNode))
    const fits = fitter(wish, seen, nodes)
    for await (const event of newestFirst(sources.map(byMoment))) {
      if (progress.left-- === 0) return
      progress.at = event
      const isBehind = after === undefined || event.atMs < after.atMs || (event.atMs === after.atMs && event.eventId > after.eventId)
      if (isBehind && wanted(event.kind) && fits(event)) yield event
    }
  }
}

type Span = { readonly atMost: number | undefined; readonly atLeast: number | undefined }
type ShowNode = (nodeId: NodeId | undefined, then: string | undefined) => Pick<ShownEvent, 'nodeId' | 'hostname' | 'roomIds'>

function nodeShower(seen: Seen, nodes: ReadonlyMap<NodeId, Node>): ShowNode {
  const rooms = seen.rooms.filter(({ isAllNodes }) => !isAllNodes)
  return (nodeId, then) => {
    const node = nodeId === undefined ? undefined : nodes.get(nodeId)
    return {
      nodeId: nodeId ?? null,
      hostname: node?.hostname ?? then ?? null,
      roomIds: node === undefined ? [] : roomsOfNode(rooms, node).map(({ roomId }) => roomId),
    }
  }
}

async function* ownEvents(
  feed: ApiFeed,
  spaceId: SpaceId,
  span: Span,
  seen: Seen,
  nodes: ReadonlyMap<NodeId, Node>,
  showNode: ShowNode,
): AsyncGenerator<ShownEvent> {
  for await (const event of feed.read(spaceId, span)) {
    // Of a node that is gone nobody knows the rooms any more: it is shown to those who see every node.
    if (!seen.isWhole && !nodes.has(event.nodeId)) continue
    yield { ...showOwn(event), ...showNode(event.nodeId, event.hostname) }
  }
}

function showOwn(event: FeedEvent): Omit<ShownEvent, 'nodeId' | 'hostname' | 'roomIds'> {
  const { eventId, atMs, kind, action } = event
  const base = { eventId, atMs, kind, action, unheard: null, by: null, subject: null }
  if (event.kind === 'topology') return { ...base, alert: null }
  const { configHash = null, transitionId = null, ...alert } = event.alert
  return { ...base, alert: { ...alert, configHash, transitionId }, unheard: event.unheard ?? null }
}

async function* auditEvents(
  { audit, people }: Pick<FeedReaderDeps, 'audit' | 'people'>,
  caller: Caller,
  { atMost, atLeast }: Span,
  seen: Seen,
  showNode: ShowNode,
): AsyncGenerator<ShownEvent> {
  const known = new Map<PersonId, Promise<{ email: string; name: string | undefined } | undefined>>()
  const personOf = (personId: PersonId) => {
    const asked = known.get(personId) ?? people.get(personId)
    known.set(personId, asked)
    return asked
  }
  const rooms = new Map(seen.rooms.map(({ roomId, name }) => [roomId as string, name]))
  const show = async (entry: ChainEntry): Promise<ShownEvent> => {
    const { subject, personId } = entry
    const nodeId = entry.nodeId ?? (subject?.kind === 'node' ? (subject.id as NodeId) : undefined)
    const by = personId === undefined ? undefined : await personOf(personId)
    const node = showNode(nodeId, undefined)
    const nameOf = async (): Promise<string | null> => {
      if (subject?.kind === 'node') return node.hostname
      if (subject?.kind === 'room') return rooms.get(subject.id) ?? null
      return subject?.kind === 'person' ? ((await personOf(subject.id as PersonId))?.email ?? null) : null
    }
    return {
      eventId: entry.id,
      atMs: entry.atMs,
      kind: 'audit',
      action: entry.action,
      ...node,
      roomIds: [...new Set([...node.roomIds, ...(entry.roomIds ?? []).filter((roomId) => rooms.has(roomId))])],
      alert: null,
      unheard: null,
      by: personId === undefined ? null : { personId, email: by?.email ?? null, name: by?.name ?? null },
      subject: subject === undefined ? null : { kind: subject.kind, id: subject.id, name: await nameOf() },
    }
  }
  const isSeen = auditSeenBy(caller, seen)
  const filter = {
    fromMs: atLeast,
    toMs: atMost,
    isSeen: (entry: ChainEntry) => !toldAsTopology.has(entry.action) && isSeen(entry),
  }
  let before: number | undefined
  let pages = 0
  do {
    const page = await audit.page(caller.spaceId, filter, { before, limit: auditPageEntries })
    for (const entry of page.entries) yield await show(entry)
    before = page.next
  } while (before !== undefined && ++pages < auditPagesMax)
}

/** Events of one moment in the order of their ids, so that a place in the feed means the same each time. */
async function* byMoment(source: AsyncIterable<ShownEvent>): AsyncGenerator<ShownEvent> {
  let moment: ShownEvent[] = []
  const inOrder = () => moment.sort((a, b) => (a.eventId < b.eventId ? -1 : 1))
  for await (const event of source) {
    if (moment[0] !== undefined && moment[0].atMs !== event.atMs) {
      yield* inOrder()
      moment = []
    }
    moment.push(event)
  }
  yield* inOrder()
}

/** Several sources, each newest first, as one. */
async function* newestFirst(sources: readonly AsyncGenerator<ShownEvent>[]): AsyncGenerator<ShownEvent> {
  const heads = await Promise.all(sources.map((source) => source.next()))
  try {
    for (;;) {
      let first: number | undefined
      for (const [at, head] of heads.entries()) {
        if (head.done === true) continue
        const best = first === undefined ? undefined : heads[first]
        if (best === undefined || best.done === true || isBefore(head.value, best.value)) first = at
      }
      const source = first === undefined ? undefined : sources[first]
      const head = first === undefined ? undefined : heads[first]
      if (first === undefined || source === undefined || head === undefined || head.done === true) return
      yield head.value
      heads[first] = await source.next()
    }
  } finally {
    await Promise.all(sources.map((source) => source.return(undefined)))
  }
}

function isBefore(a: FeedPlace, b: FeedPlace): boolean {
  return a.atMs > b.atMs || (a.atMs === b.atMs && a.eventId < b.eventId)
}

function fitter(wish: FeedWish, seen: Seen, nodes: ReadonlyMap<NodeId, Node>): (event: ShownEvent) => boolean {
  const any = <T>(list: readonly T[], value: T | null | undefined) =>
    list.length === 0 || (value !== null && value !== undefined && list.includes(value))
  const rooms = seen.rooms.filter(({ roomId }) => wish.roomIds.includes(roomId))
  const isInRooms = ({ nodeId, roomIds }: ShownEvent) => {
    if (wish.roomIds.length === 0) return true
    const node = nodeId === null ? undefined : nodes.get(nodeId)
    return rooms.some((room) => roomIds.includes(room.roomId) || (node !== undefined && isInRoom(room, node)))
  }
  const text = wish.text.toLowerCase()
  const hasText = ({ action, hostname, alert, by, subject }: ShownEvent) =>
    text === '' ||
    [action, hostname, alert?.name, alert?.chart, alert?.context, alert?.status, by?.email, by?.name, subject?.name].some(
      (shown) => typeof shown === 'string' && shown.toLowerCase().includes(text),
    )
  return (event) =>
    any(wish.actions, event.action) &&
    any(wish.nodeIds, event.nodeId) &&
    any(wish.alerts, event.alert?.name) &&
    any(wish.charts, event.alert?.chart) &&
    any(wish.statuses, event.alert?.status) &&
    isInRooms(event) &&
    hasText(event)
}
