import { expect, it } from 'vitest'
import { feedEntries, feedQuery, isNarrowed, joinedEvents, readFeedFilter, timeOf, type FeedRow } from './feed-events.ts'
import { changedFeed, emptyFeed } from './feed-state.ts'
import { actionTitle, auditText, burstText, feedMark, topologyText } from './feed-words.ts'

const event = (eventId: string, atMs: number, rest: Partial<FeedRow> = {}): FeedRow => ({
  eventId,
  atMs,
  kind: 'topology',
  action: 'node-state-offline',
  nodeId: `node-${eventId}`,
  hostname: `web-${eventId}`,
  roomIds: [],
  alert: null,
  by: null,
  subject: null,
  ...rest,
})
const alert = (name: string, status: string) => ({
  kind: 'alert' as const,
  action: 'alert-node-transition',
  alert: { chart: 'c', name, context: 'x', status, oldStatus: 'clear', configHash: null },
})

it('[AP10] a filter stands in the address, and becomes a question of the cloud', () => {
  const search =
    'kind=alert&kind=topology&kind=nonsense&action=a&node=n&alert=x*&status=critical&q=+web+&from=2026-01-01T00:00&to=2026-01-01T00:10'
  const filter = readFeedFilter(new URLSearchParams(search))
  expect(filter.kinds).toEqual(['topology', 'alert'])
  const parse = (text: string) => (text === '' ? undefined : Date.parse(`${text}Z`) / 1_000)
  const query = new URLSearchParams(feedQuery(filter, parse, { roomId: 'r', before: '77-x', limit: 50 }))
  expect(Object.fromEntries(query)).toEqual({
    kinds: 'topology,alert',
    actions: 'a',
    nodeId: 'n',
    roomId: 'r',
    alert: 'x*',
    status: 'critical',
    q: 'web',
    fromMs: String(Date.UTC(2026, 0, 1)),
    toMs: String(Date.UTC(2026, 0, 1, 0, 10, 59, 999)),
    before: '77-x',
    limit: '50',
  })
  const none = readFeedFilter(new URLSearchParams('status=purple'))
  expect(feedQuery(none, parse, { roomId: undefined, before: null, limit: 50 })).toBe('limit=50')
  expect([isNarrowed(none), isNarrowed(filter)]).toEqual([false, true])
})

it('[AP10] each event is there once, the newest first, whatever order answers come in', () => {
  const known = [event('c', 3), event('a', 1)]
  expect(joinedEvents(known, [event('b', 2), event('c', 3)]).map(({ eventId }) => eventId)).toEqual(['c', 'b', 'a'])
  expect(joinedEvents(known, known)).toBe(known)
})

it('[AP11] what happens to many nodes at once is one entry, also when other things happen in between; few stay apart', () => {
  const times = Array.from({ length: 40 }, (_, n) => [
    event(`o${n}`, 200_000 - n * 1_000),
    event(`d${n}`, 199_500 - n * 1_000, { action: 'agent-disconnected' }),
  ]).flat()
  const events = [
    event('new', 300_000),
    ...times,
    event('p', 150_000, { kind: 'audit', action: 'silence-created', nodeId: null }),
  ].toSorted((a, b) => b.atMs - a.atMs)
  const entries = feedEntries(events)
  expect(entries.map((entry) => (entry.kind === 'burst' ? burstText(entry.events) : entry.event.eventId))).toEqual([
    'new',
    '40 nodes went offline',
    '40 nodes lost their agents’ connections',
    'p',
  ])
  expect(entries.map(timeOf)).toEqual([300_000, 200_000, 199_500, 150_000])
  const three = feedEntries([event('a', 3), event('b', 2), event('c', 1)])
  expect(three.map(({ kind }) => kind)).toEqual(['event', 'event', 'event'])
  // A minute without one ends it.
  expect(feedEntries([event('a', 200_000), event('b', 199_000), event('c', 100_000), event('d', 99_000)])).toHaveLength(4)
})

it('[AP11] alerts are told together by name and status, and by how many nodes', () => {
  const raised = Array.from({ length: 5 }, (_, n) => event(`r${n}`, 100 - n, { nodeId: `n${n % 3}`, ...alert('cpu_high', 'critical') }))
  const [entry, other] = feedEntries([...raised, event('x', 1, alert('cpu_high', 'clear'))])
  expect(entry?.kind === 'burst' ? burstText(entry.events) : '').toBe('cpu high became critical on 3 nodes, 5 times')
  expect(other?.kind).toBe('event')
  const flapping = Array.from({ length: 4 }, (_, n) => event(`f${n}`, 100 - n, { nodeId: 'n', hostname: 'db', action: 'agent-connected' }))
  expect(burstText(flapping)).toBe('db connected its agent, 4 times')
  expect(burstText([])).toBe('')
})

it('[AP11] who begins or ends to watch many nodes is told in one entry each, apart from others who do, and from all else people did', () => {
  const [ana, ben] = ['ana', 'ben'].map((personId) => ({ personId, email: `${personId}@example.org`, name: null }))
  const audit = (action: string, by = ana) => ({ kind: 'audit' as const, action, by: by ?? null })
  const watched = Array.from({ length: 40 }, (_, n) => [
    event(`s${n}`, 200_000 - n * 10, audit('view-started')),
    event(`t${n}`, 199_999 - n * 10, audit('view-stopped')),
    event(`b${n}`, 199_998 - n * 10, audit('view-started', ben)),
    event(`c${n}`, 199_997 - n * 10, audit('room-node-added')),
  ]).flat()
  const [first, second, third, ...others] = feedEntries(watched)
  const told = [first, second, third].map((entry) => (entry?.kind === 'burst' ? burstText(entry.events) : ''))
  expect(told).toEqual([
    'ana@example.org began to watch 40 nodes',
    'ana@example.org stopped watching 40 nodes',
    'ben@example.org began to watch 40 nodes',
  ])
  expect(others.map(({ kind }) => kind)).toEqual(Array.from({ length: 40 }, () => 'event'))
  const again = Array.from({ length: 4 }, (_, n) => event(`a${n}`, n, { ...audit('view-started'), nodeId: 'n', hostname: 'db' }))
  expect(burstText(again)).toBe('ana@example.org began to watch db, 4 times')
})

it('[AP10] every event has words and a mark, also one that this page does not know yet', () => {
  expect([topologyText('node-created'), topologyText('node-upgraded')]).toEqual(['joined', 'node upgraded'])
  expect(
    auditText(event('a', 1, { kind: 'audit', action: 'silence-created', subject: { kind: 'silence', id: 's', name: 'night' } })),
  ).toEqual({
    who: 'The cloud',
    what: 'Made a silence',
    about: 'night',
  })
  const ana = { kind: 'audit', by: { personId: 'p', email: 'ana@example.org', name: null } } as const
  expect(auditText(event('a', 1, ana)).who).toBe('ana@example.org')
  const signIn = { kind: 'sign-in', id: '1b1383f0-0000-4000-8000-000000000000', name: null } as const
  expect(auditText(event('a', 1, { ...ana, action: 'sign-in', subject: signIn })).about).toBe('')
  const herself = { kind: 'person', id: 'p', name: 'ana@example.org' } as const
  expect(auditText(event('a', 1, { ...ana, action: 'member-joined', subject: herself })).about).toBe('')
  expect(['alert-node-transition', 'node-state-stale', 'room-created', 'constructor'].map(actionTitle)).toEqual([
    'An alert changed',
    'A node is stale',
    'Made a room',
    'Constructor',
  ])
  expect([
    feedMark(event('a', 1)),
    feedMark(event('a', 1, alert('n', 'warning'))),
    feedMark(event('a', 1, { action: 'node-created' })),
    feedMark(event('a', 1, { kind: 'audit' })),
  ]).toEqual(['offline', 'warning', 'live', undefined])
})

it('[AP12] new events wait while somebody reads, each once, and are there when they are wanted', () => {
  const ids = (events: readonly FeedRow[] | undefined) => events?.map(({ eventId }) => eventId)
  const begun = changedFeed(emptyFeed, { is: 'begun', page: { events: [event('b', 2), event('a', 1)], next: 'a' } })
  const reading = changedFeed(begun, { is: 'newer', events: [event('c', 3), event('b', 2)], mayShow: false })
  const still = changedFeed(reading, { is: 'newer', events: [event('d', 4), event('c', 3)], mayShow: false })
  expect([ids(still.events), ids(still.waiting)]).toEqual([
    ['b', 'a'],
    ['d', 'c'],
  ])
  const shown = changedFeed(still, { is: 'show' })
  expect([ids(shown.events), ids(shown.waiting), shown.next]).toEqual([['d', 'c', 'b', 'a'], [], 'a'])
  // At the top they come at once, with what had waited.
  expect(ids(changedFeed(still, { is: 'newer', events: [event('e', 5)], mayShow: true }).events)).toEqual(['e', 'd', 'c', 'b', 'a'])
  const older = changedFeed(shown, { is: 'older', page: { events: [event('z', 0)], next: null } })
  expect([ids(older.events)?.at(-1), older.next]).toEqual(['z', null])
  const failed = changedFeed(older, { is: 'failed', error: new Error('away') })
  expect([failed.error?.message, ids(failed.events)]).toEqual(['away', ids(older.events)])
})
