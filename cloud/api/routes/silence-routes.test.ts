import { expect, it } from 'vitest'
import { createApiBench, roomId } from '../../../test/doubles/benches/api-bench.ts'
import { nodeId, spaceId } from '../../../test/doubles/benches/identity-bench.ts'
import { newUuid } from '../../../test/doubles/agents/metadata-agents.ts'
import type { Role } from '../../../src/domain/model.ts'

const base = '/api/throughline/v1'
const rest = `/api/v2/spaces/${spaceId}/notifications/silencing`
type Row = { silenceId: string; state: string; isReadOnly: boolean; scope: string; name: string }

async function bench() {
  const made = await createApiBench()
  const ownerCookie = await made.signedIn()
  const caller = (cookie: string) => (method: string, path: string, body?: unknown) => made.call(method, path, { cookie, body })
  const ask = caller(ownerCookie)
  const page = (method: string, path: string, body?: unknown) => ask(method, `${base}${path}`, body)
  /** Somebody else in the space. */
  const member = async (role: Role) => {
    const { personId } = await made.identity.people.ensure(`${role}@example.com`)
    made.roles.set(personId, role)
    return { personId, ask: caller(made.cookieOf(await made.signIn(personId))) }
  }
  const nowMs = made.clock.nowMs()
  const hour = { name: 'Maintenance', startsAtMs: nowMs, endsAtMs: nowMs + 3_600_000 }
  const rows = async () => ((await page('GET', '/silences')).json as { silences: Row[] }).silences
  return { ...made, ask, page, member, nowMs, hour, rows }
}

it('[SN11] a silence is made, read, replaced and deleted, with who made it, how it stands and until when', async () => {
  const { page, hour, nowMs, owner, rows, audited, clock } = await bench()
  const made = await page('POST', `/spaces/${spaceId}/silences`, { ...hour, roomIds: [roomId], nodeIds: [nodeId], severities: ['WARNING'] })
  const silence = {
    silenceId: (made.json as Row).silenceId,
    name: 'Maintenance',
    scope: 'space',
    personId: null,
    roomIds: [roomId],
    nodeIds: [nodeId],
    hostLabels: {},
    alertNames: [],
    alertContexts: [],
    alertInstances: [],
    alertRoles: [],
    integrationIds: [],
    severities: ['WARNING'],
    startsAtMs: nowMs,
    endsAtMs: nowMs + 3_600_000,
    rrule: null,
    timeZone: null,
    deletesOnEnd: false,
    isDisabled: false,
    isReadOnly: false,
    state: 'ACTIVE',
    activeUntilMs: nowMs + 3_600_000,
    nextAtMs: null,
    createdAtMs: nowMs,
    createdBy: { personId: owner.personId, email: owner.email },
  }
  expect([made.status, made.json]).toEqual([201, silence])
  expect(await rows()).toEqual([silence])
  clock.advance(5_000)
  const later = { name: 'Nightly', startsAtMs: nowMs + 60_000, endsAtMs: nowMs + 120_000, rrule: 'FREQ=DAILY', timeZone: 'Europe/Berlin' }
  const changed = await page('PUT', `/silences/${silence.silenceId}`, later)
  expect([changed.status, changed.json]).toMatchObject([
    200,
    { ...later, state: 'SCHEDULED', nextAtMs: nowMs + 60_000, activeUntilMs: null, roomIds: [], createdAtMs: nowMs },
  ])
  for (const body of [
    { ...later, extra: 1 },
    { ...later, rrule: 'FREQ=SECONDLY' },
    { ...later, roomIds: [newUuid()] },
    { ...later, nodeIds: [newUuid()] },
  ])
    expect((await page('PUT', `/silences/${silence.silenceId}`, body)).status).toBe(422)
  expect((await page('DELETE', `/silences/${silence.silenceId}`)).status).toBe(204)
  for (const id of [silence.silenceId, newUuid<string>(), 'x']) {
    expect((await page('PUT', `/silences/${id}`, later)).status).toBe(404)
    expect((await page('DELETE', `/silences/${id}`)).status).toBe(404)
  }
  const subject = { kind: 'silence', id: silence.silenceId }
  expect(audited).toMatchObject(['silence-created', 'silence-changed', 'silence-deleted'].map((action) => ({ action, subject })))
})

it('[SN12] who has no right to silences of the space makes personal ones, sees those alone, and changes nobody else’s', async () => {
  const { page, member, hour, rows } = await bench()
  const { silenceId } = (await page('POST', '/silences', hour)).json as Row
  const observer = await member('observer')
  const troubleshooter = await member('troubleshooter')
  expect((await observer.ask('POST', `${base}/silences`, hour)).status).toBe(403)
  const own = await observer.ask('POST', `${base}/silences`, { ...hour, scope: 'own' })
  expect([own.status, own.json]).toMatchObject([201, { scope: 'own', personId: observer.personId, isReadOnly: false }])
  const listOf = async ({ ask }: typeof observer) => ((await ask('GET', `${base}/silences`)).json as { silences: Row[] }).silences
  expect((await listOf(observer)).map(({ scope }) => scope)).toEqual(['own'])
  expect(await listOf(troubleshooter)).toMatchObject([{ silenceId, scope: 'space', isReadOnly: true }])
  expect(await rows()).toMatchObject([{ silenceId }])
  expect((await troubleshooter.ask('DELETE', `${base}/silences/${silenceId}`)).status).toBe(403)
  expect((await troubleshooter.ask('PUT', `${base}/silences/${silenceId}`, hour)).status).toBe(403)
  expect((await observer.ask('DELETE', `${base}/silences/${silenceId}`)).status).toBe(404)
  const { silenceId: ownId } = own.json as Row
  expect((await page('DELETE', `/silences/${ownId}`)).status).toBe(404)
  expect((await page('PUT', `/silences/${ownId}`, hour)).status).toBe(404)
  // Somebody who sees no room names no node of it.
  expect((await observer.ask('POST', `${base}/silences`, { ...hour, scope: 'own', nodeIds: [nodeId] })).status).toBe(422)
  const billing = await member('billing')
  expect((await billing.ask('GET', `${base}/silences`)).status).toBe(403)
})

it('[SN13] a preview says what would be quiet of what is raised now, and the next times; what does not fit yet is said, not refused', async () => {
  const { page, hour, nowMs, audited } = await bench()
  const all = await page('POST', '/silences/preview', { ...hour, name: '' })
  expect([all.status, all.json]).toEqual([
    200,
    {
      mutes: [{ nodeId, hostname: 'web-1', chart: 'system.cpu', name: 'cpu_high', status: 'warning' }],
      total: 1,
      nodes: 1,
      occurrences: [{ fromMs: nowMs, toMs: nowMs + 3_600_000 }],
      hasMore: false,
      problem: null,
    },
  ])
  const totals = async (content: object) =>
    ((await page('POST', '/silences/preview', { ...hour, ...content })).json as { total: number }).total
  expect(await totals({ hostLabels: { role: 'w*' }, roomIds: [roomId], alertRoles: ['sysadmin'] })).toBe(1)
  expect(await totals({ severities: ['CRITICAL'] })).toBe(0)
  expect(await totals({ alertRoles: ['webmaster'] })).toBe(0)
  const daily = (await page('POST', '/silences/preview', { ...hour, rrule: 'FREQ=DAILY', limit: 3 })).json as { occurrences: unknown[] }
  expect(daily).toMatchObject({ hasMore: true, problem: null })
  expect(daily.occurrences).toHaveLength(3)
  const typing = await page('POST', '/silences/preview', { ...hour, rrule: 'FREQ=DAI' })
  expect([typing.status, typing.json]).toMatchObject([200, { total: 0, problem: expect.stringContaining('FREQ has to be') as string }])
  const wide = { fromMs: 0, toMs: nowMs }
  expect((await page('POST', '/silences/preview', { ...hour, window: wide })).status).toBe(413)
  expect(audited).toEqual([])
})

it('[SN5] who tries many rules at once is asked to wait', async () => {
  const { page, hour, clock } = await bench()
  const statuses: number[] = []
  for (let n = 0; n < 60; n++)
    statuses.push((await page('POST', '/silences/preview', { ...hour, rrule: `FREQ=DAILY;INTERVAL=${n + 1}` })).status)
  expect(statuses.slice(0, 40)).toEqual(Array.from({ length: 40 }, () => 200))
  expect(statuses.at(-1)).toBe(429)
  clock.advance(1_000)
  expect((await page('POST', '/silences/preview', { ...hour, rrule: 'FREQ=DAILY' })).status).toBe(200)
})

it('[SN10] an alert says whether it is silenced, and what silences it', async () => {
  const { page, hour, clock } = await bench()
  const isSilenced = async () => {
    clock.advance(1_001)
    return ((await page('GET', '/alerts')).json as { alerts: { isSilenced: boolean }[] }).alerts.map((alert) => alert.isSilenced)
  }
  const path = `/silences/for?nodeId=${nodeId}&chart=system.cpu&name=cpu_high`
  expect(await isSilenced()).toEqual([false])
  const { silenceId } = (await page('POST', '/silences', { ...hour, endsAtMs: null, alertNames: ['cpu_*'] })).json as Row
  expect(await isSilenced()).toEqual([true])
  expect((await page('GET', path)).json).toEqual({ silenceIds: [silenceId] })
  for (const other of [path.replace('cpu_high', 'x'), path.replace(nodeId, newUuid()), path.replace(nodeId, 'x')])
    expect((await page('GET', other)).json).toEqual({ silenceIds: [] })
})

it('[SN14] existing clients make, read, replace and delete rules as they know them', async () => {
  const { ask, nowMs, clock } = await bench()
  const time = (ms: number) => new Date(ms).toISOString().replace('.000Z', 'Z')
  const sent = {
    id: '00000000-0000-0000-0000-000000000000',
    name: 'TestAcc rule',
    room_ids: [roomId],
    host_labels: { role: 'web' },
    alert_names: ['disk_*'],
    notification_options: ['CRITICAL', 'UNREACHABLE'],
    starts_at: time(nowMs),
    lasts_until: time(nowMs + 3_600_000),
    rrule: 'FREQ=WEEKLY;BYDAY=SA,SU',
    timezone: 'Europe/Berlin',
    node_ids: null,
    disabled: false,
    unknown: 'passed over',
  }
  const made = await ask('POST', `${rest}/rule`, sent)
  const rule = made.json as { id: string; rrule: string }
  expect(made.status).toBe(200)
  const start = time(nowMs).replaceAll(/[-:]/g, '')
  const expected = {
    id: expect.stringMatching(/^(?!0{8})[0-9a-f-]{36}$/) as string,
    name: 'TestAcc rule',
    room_ids: [roomId],
    host_labels: { role: 'web' },
    alert_names: ['disk_*'],
    notification_options: ['CRITICAL', 'UNREACHABLE'],
    severities: ['CRITICAL'],
    starts_at: time(nowMs),
    lasts_until: time(nowMs + 3_600_000),
    rrule: `DTSTART:${start}\nFREQ=WEEKLY;BYDAY=SA,SU`,
    timezone: 'Europe/Berlin',
    delete_on_expiry: false,
    disabled: false,
    read_only: false,
    state: 'SCHEDULED',
  }
  expect(rule).toEqual(expected)
  expect((await ask('GET', `${rest}/rules`)).json).toEqual([expected])
  // What comes back may be sent back, with its DTSTART line and all.
  const again = await ask('PUT', `${rest}/rule/${rule.id}`, {
    ...rule,
    notification_options: undefined,
    severities: ['WARNING'],
    disabled: true,
  })
  expect(again.json).toEqual({ ...expected, notification_options: ['WARNING'], severities: ['WARNING'], disabled: true, state: 'INACTIVE' })
  const simple = await ask('PUT', `${rest}/rule/${rule.id}`, {
    name: 'Once',
    starts_at: time(nowMs),
    lasts_until: time(nowMs + 1_000),
    delete_on_expiry: true,
  })
  expect(simple.json).toEqual({
    id: rule.id,
    name: 'Once',
    starts_at: time(nowMs),
    lasts_until: time(nowMs + 1_000),
    delete_on_expiry: true,
    disabled: false,
    read_only: false,
    state: 'ACTIVE',
  })
  expect((await ask('PUT', `${rest}/rule/${newUuid<string>()}`, sent)).status).toBe(404)
  const bad = [
    { room_ids: ['x'] },
    { starts_at: 'yesterday' },
    { rrule: 'FREQ=SECONDLY' },
    { timezone: 'Mars' },
    { delete_on_expiry: true },
    { account_id: newUuid() },
  ]
  for (const change of bad) expect([change, (await ask('POST', `${rest}/rule`, { ...sent, ...change })).status]).toEqual([change, 422])
  clock.advance(1_001)
  expect((await ask('GET', `${rest}/rules`)).json).toEqual([])
  const two = await Promise.all(
    [1, 2].map(async (n) => ((await ask('POST', `${rest}/rule`, { ...sent, name: `R${n}` })).json as { id: string }).id),
  )
  for (const body of [[], [newUuid<string>(), 'x'], two, two]) expect((await ask('POST', `${rest}/rules/delete`, body)).status).toBe(200)
  expect((await ask('GET', `${rest}/rules`)).json).toEqual([])
})

it('[SN14] a rule that names an account is personal, and so is every rule of who can make no other', async () => {
  const { ask, owner, member, nowMs } = await bench()
  const sent = {
    name: 'Netdata-MobileApp-x',
    starts_at: new Date(nowMs).toISOString(),
    integration_ids: ['607bfd3c-02c1-4da2-b67a-0d01b518ce5d'],
  }
  expect((await ask('POST', `${rest}/rule`, { ...sent, account_id: owner.personId })).json).toMatchObject({
    account_id: owner.personId,
    state: 'ACTIVE',
  })
  const observer = await member('observer')
  expect((await observer.ask('POST', `${rest}/rule`, sent)).json).toMatchObject({ account_id: observer.personId, read_only: false })
  expect((await observer.ask('GET', `${rest}/rules`)).json).toHaveLength(1)
})

it('[SN15] a recurrence is worked out in a window, which is not too wide', async () => {
  const { ask } = await bench()
  const evaluate = (over: object) =>
    ask('POST', `${rest}/rrule/evaluate`, {
      rrule: 'DTSTART:20261024T010000Z\nFREQ=DAILY',
      starts_at: '2026-10-24T01:00:00Z',
      lasts_until: '2026-10-24T02:00:00Z',
      timezone: 'Europe/Berlin',
      window: { start: '2026-10-24T00:00:00Z', end: '2026-12-01T00:00:00Z' },
      limit: 2,
      ...over,
    })
  expect((await evaluate({})).json).toEqual({
    rrule: 'DTSTART:20261024T010000Z\nFREQ=DAILY',
    occurrences: [
      { start: '2026-10-24T01:00:00Z', end: '2026-10-24T02:00:00Z' },
      { start: '2026-10-25T02:00:00Z', end: '2026-10-25T03:00:00Z' },
    ],
    has_more: true,
  })
  expect((await evaluate({ lasts_until: null, limit: null })).json).toMatchObject({
    occurrences: { length: 10, 0: { start: '2026-10-24T01:00:00Z' } },
  })
  expect((await evaluate({ window: { start: '2026-10-24T00:00:00Z', end: '2036-12-01T00:00:00Z' } })).status).toBe(413)
  expect((await evaluate({ limit: 101 })).status).toBe(422)
  expect((await evaluate({ rrule: 'FREQ=NEVER' })).status).toBe(422)
})
