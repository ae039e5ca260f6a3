import { z } from 'zod'
import { canonicalUuid, type NodeId, type RoomId, type SpaceId } from '../../../src/domain/ids.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { isPermitted } from '../../identity/permissions.ts'
import type { Caller, PersonCaller } from '../../identity/ports.ts'
import { createFeedReader, type FeedProgress, type FeedReaderDeps, type FeedWish, type ShownEvent } from '../feed-reader.ts'
import type { ApiIdentity, ApiNodes, ApiRooms } from '../ports.ts'
import { personRoute, type Route } from '../route.ts'
import { createSight } from '../sight.ts'

export interface CompatibleFeedDeps extends Omit<FeedReaderDeps, 'people'> {
  readonly identity: Pick<ApiIdentity, 'people' | 'enter'>
  readonly rooms: Pick<ApiRooms, 'list'>
  readonly nodes: Pick<ApiNodes, 'list'>
}

/** Events one search looks through: it counts all of them, since pages are offsets. */
const scanMax = 5_000
const bucketsMax = 200

const texts = z
  .array(z.string().max(1_024))
  .max(1_000)
  .nullish()
  .transform((list) => list ?? [])
const milliseconds = z.number().int().min(0).max(8_640_000_000_000_000).nullish()
const searchBody = z.object({
  space_id: z.string().max(64),
  room_ids: texts,
  node_ids: texts,
  actions: texts,
  alert_names: texts,
  alert_statuses: texts,
  chart_names: texts,
  chart_ids: texts,
  from: milliseconds,
  to: milliseconds,
  query: z.string().max(200).nullish(),
  page_size: z.number().int().min(1).max(1_000).nullish(),
  from_offset: z.number().int().min(0).max(scanMax).nullish(),
})

const anything = z.looseObject({})
const audits = { none: 'It only reads.' } as const
const style = 'compatible' as const

/**
 * The feed in the form existing clients read (cloud-api §10.3): the space stands in the body, pages are offsets, times are RFC 3339 in
 * an event and milliseconds in a request.
 */
export function compatibleFeedRoutes(deps: CompatibleFeedDeps): readonly Route[] {
  const { feed, audit, identity } = deps
  const sight = createSight(deps)
  const read = createFeedReader({ feed, audit, people: { get: (personId) => identity.people.get(personId) } })

  const enter = async (person: PersonCaller, spaceId: string): Promise<Caller> => {
    const caller = await identity.enter(person, (canonicalUuid(spaceId) ?? absentSpace) as SpaceId)
    if (!isPermitted('events.view', caller)) throw new ThroughlineError('FORBIDDEN', 'Your role does not allow this.')
    return caller
  }

  const search = async (person: PersonCaller, body: z.output<typeof searchBody>, show: (event: ShownEvent) => object) => {
    const caller = await enter(person, body.space_id)
    const wish: FeedWish = {
      kinds: [],
      actions: body.actions,
      nodeIds: body.node_ids.map((id) => id.toLowerCase() as NodeId),
      roomIds: body.room_ids.map((id) => id.toLowerCase() as RoomId),
      alerts: body.alert_names,
      charts: [...body.chart_names, ...body.chart_ids],
      statuses: body.alert_statuses.map((status) => status.toLowerCase()),
      text: body.query ?? '',
      fromMs: body.from ?? undefined,
      toMs: body.to ?? undefined,
    }
    const pageSize = body.page_size ?? 50
    const first = body.from_offset ?? 0
    const progress: FeedProgress = { left: scanMax, at: undefined }
    const hits: object[] = []
    const buckets = { actions: new Map<string, number>(), nodes: new Map<string, number>(), alerts: new Map<string, number>() }
    let total = 0
    for await (const event of read(caller, await sight(caller), wish, undefined, progress)) {
      if (total >= first && hits.length < pageSize)
        hits.push({ _index: 'events', _id: event.eventId, _score: null, _source: { ...show(event), '@timestamp': iso(event.atMs) } })
      total++
      add(buckets.actions, event.action)
      if (event.hostname !== null) add(buckets.nodes, event.hostname)
      if (event.alert !== null) add(buckets.alerts, event.alert.name)
    }
    const aggregations = {
      actions: bucketsOf(buckets.actions),
      nodes: bucketsOf(buckets.nodes),
      alert_names: bucketsOf(buckets.alerts),
    }
    const json = {
      page_size: pageSize,
      results: { hits: { total: { value: total, relation: progress.left < 0 ? 'gte' : 'eq' }, hits }, aggregations },
    }
    return { status: 200, json }
  }

  return [
    personRoute(
      'POST',
      '/api/v1/feed/search',
      'self.spaces',
      searchBody,
      ({ caller, body }) => search(caller, body, (event) => wholeSource(body.space_id, event)),
      { style, audits, docs: { summary: 'Searches the feed of a space; pages are offsets.', answer: anything } },
    ),
    personRoute('POST', '/api/v1/feed/search/lean', 'self.spaces', searchBody, ({ caller, body }) => search(caller, body, leanSource), {
      style,
      audits,
      docs: { summary: 'Searches the feed of a space and answers little of each event.', answer: anything },
    }),
    personRoute('GET', '/api/v1/feed/static/facets', 'self.spaces', undefined, () => ({ status: 200, json: staticFacets }), {
      style,
      docs: { summary: 'What the feed can be filtered by, whatever is in it.', answer: anything },
    }),
  ]
}

const absentSpace = '00000000-0000-0000-0000-000000000000'
const iso = (atMs: number) => new Date(atMs).toISOString()

function leanSource({ action, kind, hostname, alert, by }: ShownEvent): object {
  return {
    event: { action, kind },
    host: hostname === null ? null : { name: hostname },
    Netdata: {
      alert: alert === null ? null : { name: alert.name, current: { status: alert.status }, previous: { status: alert.oldStatus } },
      user: by === null ? null : { email: by.email },
    },
  }
}

function wholeSource(spaceId: string, event: ShownEvent): object {
  const { eventId, atMs, action, kind, nodeId, hostname, roomIds, alert, by, subject } = event
  return {
    event: { id: eventId, action, kind, created: iso(atMs) },
    host: nodeId === null ? null : { id: nodeId, name: hostname },
    user: by === null ? null : { id: by.personId, email: by.email, name: by.name },
    Netdata: {
      space: { id: spaceId },
      room: roomIds.map((id) => ({ id })),
      node: nodeId === null ? null : { id: nodeId, name: hostname },
      subject,
      alert:
        alert === null
          ? null
          : {
              name: alert.name,
              config_hash: alert.configHash,
              transition_id: alert.transitionId,
              timestamp: iso(alert.whenS * 1_000),
              current: { status: alert.status },
              previous: { status: alert.oldStatus },
            },
      chart: alert === null ? null : { id: alert.chart, context: alert.context },
    },
  }
}

const staticFacets = {
  alert_statuses: ['CLEAR', 'WARNING', 'CRITICAL', 'REMOVED'],
  domains: ['topology', 'alert', 'audit'],
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

function bucketsOf(counts: ReadonlyMap<string, number>): object {
  const sorted = [...counts].sort(([, a], [, b]) => b - a)
  return { buckets: sorted.slice(0, bucketsMax).map(([key, doc_count]) => ({ key, doc_count })) }
}
