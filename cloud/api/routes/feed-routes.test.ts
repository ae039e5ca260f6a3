import { expect, it } from 'vitest'
import type { RoomId } from '../../../src/domain/ids.ts'
import { silentLog } from '../../../src/support/log.ts'
import { claimAgent, newUuid } from '../../../test/doubles/agents/metadata-agents.ts'
import { ownApi, startTenancy } from '../../../test/doubles/benches/tenancy-bench.ts'
import { createAudit } from '../../audit/audit.ts'
import type { ShownEvent } from '../feed-reader.ts'

/** A space with two nodes, one of them in a room, and a way to make things happen to them. */
async function start() {
  const bench = await startTenancy()
  const { metadata, spaceId, store, clock, ownerCookie } = bench
  const audit = createAudit({ store, clock, log: silentLog })
  const web = await claimAgent(metadata, spaceId, { hostname: 'web-1' })
  const db = await claimAgent(metadata, spaceId, { hostname: 'db-1' })
  const room = await metadata.rooms.create(spaceId, { name: 'Web', description: '', memberId: undefined })
  await metadata.nodes.place(spaceId, room.roomId, { add: [web.nodeId], remove: [] })
  const live = async ({ nodeId }: typeof web, hostname: string) =>
    metadata.feed.add(spaceId, {
      kind: 'topology',
      eventId: newUuid(),
      atMs: clock.nowMs(),
      action: 'node-state-live',
      nodeId,
      hostname,
      claimId: undefined,
    })
  const raise = async ({ nodeId }: typeof web, name: string, status: 'warning' | 'critical' | 'clear' = 'warning') =>
    metadata.feed.take({
      kind: 'alert',
      newsId: newUuid<string>().replaceAll('-', ''),
      spaceId,
      nodeId,
      chart: 'system.cpu',
      name,
      context: 'system.cpu',
      status,
      oldStatus: 'clear',
      whenS: 100,
      toldAtMs: clock.nowMs(),
      configHash: undefined,
      transitionId: undefined,
    })
  const made = async () =>
    audit.record({
      action: 'room-created',
      spaceId,
      personId: bench.owner.personId,
      via: 'cookie',
      subject: { kind: 'room', id: room.roomId },
      roomIds: [room.roomId],
    })
  const feed = async (query = '', cookie = ownerCookie) => {
    const { status, json } = await bench.call('GET', `${ownApi}/feed${query}`, { cookie })
    return { status, ...(json as { events: ShownEvent[]; next: string | null }) }
  }
  const shown = async (query = '', cookie = ownerCookie) =>
    (await feed(query, cookie)).events.map(({ kind, action, hostname, alert }) => [kind, alert?.name ?? action, hostname].join(' '))
  return { ...bench, audit, web, db, room, live, raise, made, feed, shown }
}

it('[FE11] the feed joins what became of nodes and alerts with what people did, newest first, with the names of now', async () => {
  const { clock, web, room, live, raise, made, feed, owner } = await start()
  await live(web, 'old-name')
  clock.advance(1_000)
  await made()
  clock.advance(1_000)
  await raise(web, 'cpu', 'critical')
  const { events, next } = await feed()
  expect(next).toBeNull()
  expect(events).toEqual([
    {
      eventId: events[0]?.eventId,
      atMs: clock.nowMs(),
      kind: 'alert',
      action: 'alert-node-transition',
      nodeId: web.nodeId,
      hostname: 'web-1',
      roomIds: [room.roomId],
      alert: {
        chart: 'system.cpu',
        name: 'cpu',
        context: 'system.cpu',
        status: 'critical',
        oldStatus: 'clear',
        whenS: 100,
        configHash: null,
        transitionId: null,
      },
      by: null,
      unheard: null,
      subject: null,
    },
    {
      eventId: events[1]?.eventId,
      atMs: clock.nowMs() - 1_000,
      kind: 'audit',
      action: 'room-created',
      nodeId: null,
      hostname: null,
      roomIds: [room.roomId],
      alert: null,
      by: { personId: owner.personId, email: 'owner@example.com', name: null },
      unheard: null,
      subject: { kind: 'room', id: room.roomId, name: 'Web' },
    },
    {
      eventId: events[2]?.eventId,
      atMs: clock.nowMs() - 2_000,
      kind: 'topology',
      action: 'node-state-live',
      nodeId: web.nodeId,
      hostname: 'web-1',
      roomIds: [room.roomId],
      alert: null,
      by: null,
      unheard: null,
      subject: null,
    },
  ])
})

it('[FE12] everybody reads of the nodes they see alone, and of what people did only with the right to the audit', async () => {
  const bench = await start()
  const { metadata, spaceId, web, db, room, live, raise, made, shown, feed, call } = bench
  await live(web, 'web-1')
  await live(db, 'db-1')
  await raise(db, 'disk')
  await made()
  const gone = await claimAgent(metadata, spaceId, { hostname: 'gone-1' })
  await live(gone, 'gone-1')
  await metadata.nodes.remove(spaceId, gone.nodeId)
  expect((await shown()).toSorted()).toEqual([
    'alert disk db-1',
    'audit room-created ',
    'topology node-state-live db-1',
    'topology node-state-live gone-1',
    'topology node-state-live web-1',
  ])
  const ann = await bench.member('ann@example.com', 'observer')
  expect(await shown('', ann.cookie)).toEqual([])
  await metadata.rooms.addMembers(spaceId, room.roomId, [ann.memberId])
  expect((await shown('', ann.cookie)).toSorted()).toEqual(['audit room-created ', 'topology node-state-live web-1'])
  expect((await feed(`?roomId=${newUuid<RoomId>()}`, ann.cookie)).status).toBe(404)
  const bob = await bench.member('bob@example.com', 'member')
  expect((await feed('', bob.cookie)).status).toBe(403)
  const { token } = await bench.identity.apiTokens.create({ spaceId: undefined, personId: bench.owner.personId, scope: 'scope:mcp' })
  const { json } = await call('GET', `${ownApi}/feed`, { bearer: token })
  expect((json as { events: ShownEvent[] }).events.some(({ kind }) => kind === 'audit')).toBe(false)
})

it('[FE13] it is filtered by kind, action, node, room, alert, status, text and time', async () => {
  const { clock, web, db, room, live, raise, made, shown } = await start()
  await live(web, 'web-1')
  const firstMs = clock.nowMs()
  clock.advance(1_000)
  await raise(web, 'cpu', 'critical')
  await raise(db, 'disk', 'warning')
  clock.advance(1_000)
  await made()
  expect(await shown('?kinds=audit,topology')).toEqual(['audit room-created ', 'topology node-state-live web-1'])
  expect(await shown('?actions=node-state-live,room-created')).toEqual(['audit room-created ', 'topology node-state-live web-1'])
  expect(await shown(`?nodeId=${db.nodeId}`)).toEqual(['alert disk db-1'])
  expect(await shown(`?roomId=${room.roomId}`)).toEqual(['audit room-created ', 'alert cpu web-1', 'topology node-state-live web-1'])
  expect(await shown('?alert=disk')).toEqual(['alert disk db-1'])
  expect(await shown('?status=critical')).toEqual(['alert cpu web-1'])
  expect(await shown('?q=WEB-1')).toEqual(['alert cpu web-1', 'topology node-state-live web-1'])
  expect(await shown(`?toMs=${firstMs}`)).toEqual(['topology node-state-live web-1'])
  expect(await shown(`?fromMs=${firstMs + 2_000}`)).toEqual(['audit room-created '])
  expect(await shown('?kinds=other').catch(() => 'refused')).toBe('refused')
})

it('[FE14] page after page has every event once, also those of one moment', async () => {
  const { clock, web, raise, live, made, feed } = await start()
  for (let n = 0; n < 40; n++) {
    await raise(web, `alert-${n}`)
    if (n % 3 === 0) await made()
    if (n % 10 === 9) clock.advance(1_000)
  }
  await live(web, 'web-1')
  const whole = (await feed('?limit=200')).events
  expect(whole.length).toBe(55)
  const paged: ShownEvent[] = []
  let next: string | null = ''
  while (next !== null) {
    const page: { events: ShownEvent[]; next: string | null } = await feed(`?limit=7${next === '' ? '' : `&before=${next}`}`)
    paged.push(...page.events)
    next = page.next
  }
  expect(paged).toEqual(whole)
})

it('[FE15] facets count what the last day had, by action, node and alert', async () => {
  const { clock, web, db, live, raise, call, cookieOf, owner } = await start()
  await live(db, 'db-1')
  clock.advance(86_400_001)
  await live(web, 'web-1')
  await raise(web, 'cpu')
  await raise(web, 'cpu', 'clear')
  expect((await call('GET', `${ownApi}/feed/facets`, { cookie: await cookieOf(owner.personId) })).json).toEqual({
    actions: [
      { action: 'alert-node-transition', kind: 'alert', count: 2 },
      { action: 'node-state-live', kind: 'topology', count: 1 },
    ],
    nodes: [{ nodeId: web.nodeId, hostname: 'web-1', count: 3 }],
    alerts: [{ name: 'cpu', count: 2 }],
    isWhole: true,
  })
})

it('[FE16] existing clients search it with the space in the body, by offset, with what was found counted', async () => {
  const bench = await start()
  const { clock, web, db, live, raise, call, owner, spaceId, bearerOf } = bench
  await live(web, 'web-1')
  clock.advance(1_000)
  await raise(db, 'disk', 'critical')
  const bearer = await bearerOf(owner.personId)
  const search = async (body: object, lean = '') => {
    const { status, json } = await call('POST', `/api/v1/feed/search${lean}`, { bearer, body: { space_id: spaceId, ...body } })
    return { status, json: json as { results: { hits: { total: { value: number }; hits: { _source: object }[] }; aggregations: object } } }
  }
  const { json } = await search({ page_size: 1 })
  expect(json).toMatchObject({
    page_size: 1,
    results: {
      hits: {
        total: { value: 2 },
        hits: [
          {
            _index: 'events',
            _source: {
              '@timestamp': new Date(clock.nowMs()).toISOString(),
              event: { action: 'alert-node-transition' },
              host: { id: db.nodeId, name: 'db-1' },
              Netdata: { space: { id: spaceId }, alert: { name: 'disk', current: { status: 'critical' }, previous: { status: 'clear' } } },
            },
          },
        ],
      },
      aggregations: {
        actions: {
          buckets: [
            { key: 'alert-node-transition', doc_count: 1 },
            { key: 'node-state-live', doc_count: 1 },
          ],
        },
      },
    },
  })
  expect((await search({ page_size: 1, from_offset: 1 })).json.results.hits.hits).toMatchObject([
    { _source: { event: { action: 'node-state-live' }, host: { name: 'web-1' } } },
  ])
  expect((await search({ node_ids: [web.nodeId], from: 0, to: clock.nowMs() })).json.results.hits.total.value).toBe(1)
  expect((await search({ query: 'nothing like it' })).json.results.hits.total.value).toBe(0)
  expect((await search({}, '/lean')).json.results.hits.hits[0]?._source).not.toHaveProperty('Netdata.space')
  const facets = await call('GET', '/api/v1/feed/static/facets', { bearer })
  expect(facets).toMatchObject({ status: 200, json: { alert_statuses: ['CLEAR', 'WARNING', 'CRITICAL', 'REMOVED'] } })
  expect((await search({ space_id: newUuid() })).status).toBe(404)
  const bob = await bench.member('bob@example.com', 'member')
  const refused = await call('POST', '/api/v1/feed/search', { cookie: bob.cookie, body: { space_id: spaceId } })
  expect(refused).toMatchObject({ status: 403, json: { errorMsgKey: 'ErrForbidden' } })
  expect(bench.audited.at(-1)).toMatchObject({ action: 'access-denied', personId: bob.personId })
})
