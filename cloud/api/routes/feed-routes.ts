import { z } from 'zod'
import { unheardReasons } from '../../../src/domain/feed.ts'
import { canonicalUuid, type NodeId, type RoomId } from '../../../src/domain/ids.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { Caller } from '../../identity/ports.ts'
import {
  createFeedReader,
  feedKinds,
  type FeedPlace,
  type FeedProgress,
  type FeedReaderDeps,
  type FeedWish,
  type ShownEvent,
} from '../feed-reader.ts'
import type { ApiIdentity, ApiNodes, ApiRooms } from '../ports.ts'
import { apiBase, guardedRoute, type Route } from '../route.ts'
import { createSight } from '../sight.ts'

export interface FeedRoutesDeps extends Omit<FeedReaderDeps, 'people'> {
  readonly identity: Pick<ApiIdentity, 'people'>
  readonly rooms: Pick<ApiRooms, 'list'>
  readonly nodes: Pick<ApiNodes, 'list'>
  readonly clock: Clock
}

/** Events that one request looks through; what is behind them is found from its place. */
export const scanMax = 5_000
const facetMax = 200
const dayMs = 86_400_000

const words = (max: number) =>
  z
    .string()
    .max(4_000)
    .transform((text) => text.split(',').filter((word) => word !== ''))
    .pipe(z.array(z.string().max(1_024)).max(max))
const time = z.coerce.number().int().min(0).max(8_640_000_000_000_000)
const uuid = z.uuid().transform((text) => text.toLowerCase())
const place = z
  .string()
  .regex(/^\d{1,16}-[0-9a-f-]{1,64}$/)
  .transform((text): FeedPlace => ({ atMs: Number(text.slice(0, text.indexOf('-'))), eventId: text.slice(text.indexOf('-') + 1) }))

const feedQuery = z.strictObject({
  kinds: words(feedKinds.length)
    .pipe(z.array(z.enum(feedKinds)))
    .default([]),
  actions: words(100).default([]),
  nodeId: uuid.optional(),
  roomId: uuid.optional(),
  alert: z.string().max(1_024).optional(),
  status: words(10).default([]),
  q: z.string().max(200).default(''),
  fromMs: time.optional(),
  toMs: time.optional(),
  before: place.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})

const eventShape = z.object({
  eventId: z.string(),
  atMs: z.int(),
  kind: z.enum(feedKinds),
  action: z.string(),
  nodeId: z.string().nullable(),
  hostname: z.string().nullable(),
  roomIds: z.array(z.string()),
  alert: z
    .object({
      chart: z.string(),
      name: z.string(),
      context: z.string(),
      status: z.string(),
      oldStatus: z.string(),
      whenS: z.number(),
      configHash: z.string().nullable(),
      transitionId: z.string().nullable(),
    })
    .nullable(),
  unheard: z.enum(unheardReasons).nullable(),
  by: z.object({ personId: z.string(), email: z.string().nullable(), name: z.string().nullable() }).nullable(),
  subject: z.object({ kind: z.string(), id: z.string(), name: z.string().nullable() }).nullable(),
})
const facetsShape = z.object({
  actions: z.array(z.object({ action: z.string(), kind: z.enum(feedKinds), count: z.int() })),
  nodes: z.array(z.object({ nodeId: z.string(), hostname: z.string().nullable(), count: z.int() })),
  alerts: z.array(z.object({ name: z.string(), count: z.int() })),
  isWhole: z.boolean(),
})

/** A wish for everything. */
const wholeFeed: FeedWish = {
  kinds: [],
  actions: [],
  nodeIds: [],
  roomIds: [],
  alerts: [],
  charts: [],
  statuses: [],
  text: '',
  fromMs: undefined,
  toMs: undefined,
}

/** What happened in the space lately: nodes, agents, alerts, and what people did for those who may read the audit. */
export function feedRoutes(deps: FeedRoutesDeps): readonly Route[] {
  const { feed, audit, identity, clock } = deps
  const sight = createSight(deps)
  const read = createFeedReader({ feed, audit, people: { get: (personId) => identity.people.get(personId) } })

  return [
    guardedRoute(
      'GET',
      `${apiBase}/feed`,
      'events.view',
      undefined,
      async ({ caller, query }: { caller: Caller; query: z.output<typeof feedQuery> }) => {
        const seen = await sight(caller)
        const { nodeId, roomId, alert, status, q, before, limit } = query
        if (roomId !== undefined && !seen.rooms.some((room) => room.roomId === canonicalUuid(roomId)))
          throw new ThroughlineError('NOT_FOUND', 'There is no such room.')
        const wish: FeedWish = {
          kinds: query.kinds,
          actions: query.actions,
          nodeIds: nodeId === undefined ? [] : [nodeId as NodeId],
          roomIds: roomId === undefined ? [] : [roomId as RoomId],
          alerts: alert === undefined ? [] : [alert],
          charts: [],
          statuses: status,
          text: q,
          fromMs: query.fromMs,
          toMs: query.toMs,
        }
        const events: ShownEvent[] = []
        const progress: FeedProgress = { left: scanMax, at: undefined }
        let isMore = false
        for await (const event of read(caller, seen, wish, before, progress)) {
          isMore = events.length === limit
          if (isMore) break
          events.push(event)
        }
        const next = isMore ? events.at(-1) : progress.left < 0 ? progress.at : undefined
        return { status: 200, json: { events, next: next === undefined ? null : `${next.atMs}-${next.eventId}` } }
      },
      {
        query: feedQuery,
        docs: {
          summary: 'What happened to nodes, agents and alerts the caller sees, and what people did, newest first; without values.',
          answer: z.object({ events: z.array(eventShape), next: z.string().nullable() }),
        },
      },
    ),
    guardedRoute(
      'GET',
      `${apiBase}/feed/facets`,
      'events.view',
      undefined,
      async ({ caller }) => {
        const seen = await sight(caller)
        const actions = new Map<string, { action: string; kind: ShownEvent['kind']; count: number }>()
        const nodes = new Map<string, { nodeId: NodeId; hostname: string | null; count: number }>()
        const alerts = new Map<string, { name: string; count: number }>()
        const progress: FeedProgress = { left: scanMax, at: undefined }
        const wish = { ...wholeFeed, fromMs: clock.nowMs() - dayMs }
        for await (const { action, kind, nodeId, hostname, alert } of read(caller, seen, wish, undefined, progress)) {
          count(actions, `${kind} ${action}`, { action, kind })
          if (nodeId !== null) count(nodes, nodeId, { nodeId, hostname })
          if (alert !== null) count(alerts, alert.name, { name: alert.name })
        }
        const json = { actions: most(actions), nodes: most(nodes), alerts: most(alerts), isWhole: progress.left >= 0 }
        return { status: 200, json }
      },
      { docs: { summary: 'What the feed of the last day can be filtered by, with how often each is there.', answer: facetsShape } },
    ),
  ]
}

function count<T extends object>(counts: Map<string, T & { count: number }>, key: string, what: T): void {
  const known = counts.get(key)
  if (known === undefined) counts.set(key, { ...what, count: 1 })
  else known.count++
}

function most<T extends { count: number }>(counts: ReadonlyMap<string, T>): T[] {
  return [...counts.values()].sort((a, b) => b.count - a.count).slice(0, facetMax)
}
