import { expect, it } from 'vitest'
import { allNodesRoomId, createApiBench, roomId } from '../../../test/doubles/benches/api-bench.ts'
import { memberIdOf, spaceId } from '../../../test/doubles/benches/identity-bench.ts'
import { newUuid } from '../../../test/doubles/agents/metadata-agents.ts'
import type { LogFields } from '../../../src/domain/storable.ts'
import { silentLog } from '../../../src/support/log.ts'

const base = `/api/v2/spaces/${spaceId}`
interface Row {
  readonly id: string
  readonly slug: string
}

/** A client as the Terraform provider is one: a bearer, no Content-Type, bodies as Go writes them. */
async function bench(overrides: Parameters<typeof createApiBench>[0] = {}) {
  const made = await createApiBench(overrides)
  const { token } = await made.identity.apiTokens.create({ spaceId, personId: made.owner.personId, scope: 'scope:all' })
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json', 'content-type': '', origin: '' }
  const call = (method: string, path: string, body?: unknown) => made.call(method, `${base}${path}`, { headers, body })
  const integration = async (slug: string) => {
    const { integrations } = (await call('GET', '/integrations')).json as { integrations: Row[] }
    return integrations.find((each) => each.slug.toLowerCase() === slug)?.id ?? ''
  }
  return { ...made, client: call, integration }
}

const kinds = {
  slack: [{ url: 'https://hooks.slack.com/services/T1/B1/secretA' }, { url: 'https://hooks.slack.com/services/T1/B1/secretB' }],
  discord: [
    { url: 'https://discord.com/api/webhooks/1/secretA', channelParams: { selection: 'text', threadName: '' } },
    { url: 'https://discord.com/api/webhooks/1/secretB', channelParams: { selection: 'forum', threadName: 'thread' } },
  ],
  pagerduty: [
    { alertEventsURL: 'https://events.pagerduty.com/v2/enqueue', integrationKey: 'secretAXXXXXXXXXXXXXXXXXXXXXXXXX' },
    { alertEventsURL: 'https://events.pagerduty.com/v2/enqueue', integrationKey: 'secretBYYYYYYYYYYYYYYYYYYYYYYYYY' },
  ],
  telegram: [
    { token: '0000000000:secretA', chatID: '-1000000000000', topicID: 10 },
    { token: '1111111111:secretB', chatID: '-1000000000001', topicID: 0 },
  ],
  microsoftteams: [
    { webhookUrl: 'https://example.webhook.office.com/secretA' },
    { webhookUrl: 'https://example.webhook.office.com/secretB' },
  ],
} as const

it.each(Object.entries(kinds))(
  '[TK15] [TK16] a %s channel lives through every step of an acceptance test',
  async (slug, [first, second]) => {
    const { client, integration } = await bench()
    const integrationID = await integration(slug)
    const body = { name: slug, integrationID, notification_options: ['CRITICAL', 'WARNING', 'CLEAR'], rooms: [roomId], secrets: first }
    const made = await client('POST', '/channel', { ...body, repeat_notification_min: 30 })
    const { id } = made.json as Row
    const kind = { id: integrationID, slug }
    const row = { id, name: slug, integration: kind, notification_options: body.notification_options, rooms: [roomId] }
    expect(made).toMatchObject({ status: 200, json: { ...row, repeat_notification_min: 30 } })
    expect((await client('PATCH', `/channel/${id}`, { enabled: true })).status).toBe(200)
    expect((await client('GET', '/channel')).json).toMatchObject([{ ...row, enabled: true, repeat_notification_min: 30 }])
    expect((await client('GET', `/channel/${id}`)).json).toMatchObject({ ...row, enabled: true, secrets: first })

    await client('PATCH', `/channel/${id}`, { enabled: true })
    const update = { name: slug, integrationID: '', notification_options: ['CLEAR', 'CRITICAL'], rooms: [roomId], secrets: first }
    const put = await client('PUT', `/channel/${id}`, { ...update, repeat_notification_min: 60 })
    const after = { ...row, enabled: true, notification_options: ['CLEAR', 'CRITICAL'], repeat_notification_min: 60 }
    expect(put).toMatchObject({ status: 200, json: after })
    expect((await client('GET', `/channel/${id}`)).json).toEqual({ ...(put.json as object), secrets: first })

    await client('PATCH', `/channel/${id}`, { enabled: false })
    const last = await client('PUT', `/channel/${id}`, { ...body, integrationID: '', rooms: null, secrets: second })
    const end = { ...row, enabled: false, rooms: null, repeat_notification_min: 0 }
    expect(last).toMatchObject({ status: 200, json: end })
    expect((await client('GET', '/channel')).json).toMatchObject([end])
    const read = await client('GET', `/channel/${id}`)
    expect(read.json).toMatchObject(end)
    expect((read.json as { secrets: unknown }).secrets).toEqual(second)

    expect((await client('DELETE', `/channel/${id}`)).status).toBe(200)
    expect((await client('GET', '/channel')).json).toEqual([])
    expect((await client('GET', `/channel/${id}`)).status).toBe(404)
  },
)

it('[TK16] a replacement that leaves out rooms or secrets keeps them, and never changes the kind', async () => {
  const { client, integration } = await bench()
  const [slack, pagerduty] = [await integration('slack'), await integration('pagerduty')]
  const secrets = kinds.slack[0]
  const { id } = (
    await client('POST', '/channel', { name: 'a', integrationID: slack, notification_options: null, rooms: [roomId], secrets })
  ).json as Row
  const put = await client('PUT', `/channel/${id}`, { name: 'b', notification_options: ['CLEAR'] })
  expect(put.json).toMatchObject({ name: 'b', rooms: [roomId], notification_options: ['CLEAR'] })
  expect((await client('GET', `/channel/${id}`)).json).toMatchObject({ secrets })
  expect((await client('PUT', `/channel/${id}`, { name: 'b', integrationID: pagerduty, secrets: kinds.pagerduty[0] })).status).toBe(422)
  expect((await client('PUT', `/channel/${id}`, { name: 'c', integrationID: slack.toUpperCase(), secrets })).status).toBe(200)
})

it('[TK17] deletes at once, twice, and of what never was are all well; other calls on it are not found', async () => {
  const { client, integration, audited } = await bench()
  const { id } = (
    await client('POST', '/channel', { name: 'a', integrationID: await integration('slack'), rooms: null, secrets: kinds.slack[0] })
  ).json as Row
  const deletes = await Promise.all(Array.from({ length: 10 }, () => client('DELETE', `/channel/${id}`)))
  expect(deletes.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200))
  for (const other of [newUuid<string>(), 'x']) expect((await client('DELETE', `/channel/${other}`)).status).toBe(200)
  expect(audited.filter(({ action }) => action === 'channel-deleted')).toHaveLength(1)
  const gone = await client('GET', `/channel/${id}`)
  expect(gone).toMatchObject({ status: 404, json: { errorMsgKey: 'ErrNotFound' } })
  for (const other of [newUuid<string>(), 'x']) {
    expect((await client('GET', `/channel/${other}`)).text).toBe(gone.text)
    expect((await client('PATCH', `/channel/${other}`, { enabled: true })).text).toBe(gone.text)
    expect((await client('PUT', `/channel/${other}`, { name: 'a', secrets: {} })).text).toBe(gone.text)
  }
})

it('[TK18] a deleted room leaves the lists of channels, and a list of none is not every room', async () => {
  const { client, integration, roomService, clock } = await bench()
  const other = await roomService.create(spaceId, { name: 'Other', description: '', memberId: undefined })
  const integrationID = await integration('slack')
  const make = async (rooms: readonly string[] | null) => {
    clock.advance(1)
    return ((await client('POST', '/channel', { name: 'a', integrationID, rooms, secrets: kinds.slack[0] })).json as Row).id
  }
  const ids = [await make([other.roomId]), await make([roomId, other.roomId, allNodesRoomId]), await make(null), await make([])]
  const roomsOf = async () => ((await client('GET', '/channel')).json as { rooms: unknown }[]).map(({ rooms }) => rooms)
  expect(await roomsOf()).toEqual([[other.roomId], [roomId, other.roomId, allNodesRoomId], null, []])
  await roomService.remove(spaceId, other.roomId)
  expect(await roomsOf()).toEqual([[], [roomId, allNodesRoomId], null, []])
  expect((await client('PATCH', `/channel/${ids[0]}`, { enabled: false })).json).toMatchObject({ rooms: [] })
  expect((await client('PUT', `/channel/${ids[0]}`, { name: 'b', rooms: [] })).json).toMatchObject({ rooms: [], name: 'b' })
  expect(await client('PUT', `/channel/${ids[0]}`, { name: 'b', rooms: [other.roomId] })).toMatchObject({ status: 422 })
  for (const room of [newUuid<string>(), 'x', '', allNodesRoomId.slice(1)])
    expect((await client('POST', '/channel', { name: 'a', integrationID, rooms: [room], secrets: kinds.slack[0] })).json).toMatchObject({
      errorMsgKey: 'ErrInvalidRoomID',
    })
})

it('[TK18] [TK19] who may only look sees no secrets, and no rooms but their own', async () => {
  const { client, integration, call, signedIn, roles, owner, clock, roomService, audited } = await bench()
  const integrationID = await integration('slack')
  const rooms = [roomId, allNodesRoomId]
  const { id } = (await client('POST', '/channel', { name: 'a', integrationID, rooms, secrets: kinds.slack[0] })).json as Row
  await roomService.addMembers(spaceId, roomId, [memberIdOf(owner.personId)])
  audited.splice(0)
  for (const role of ['manager', 'troubleshooter', 'observer'] as const) {
    roles.set(owner.personId, role)
    clock.advance(6_000)
    const cookie = await signedIn()
    const seen = await call('GET', `${base}/channel/${id}`, { cookie })
    expect({ status: seen.status, json: seen.json }).toMatchObject({
      status: 200,
      json: { secrets: {}, rooms: role === 'manager' ? rooms : [roomId] },
    })
    for (const path of ['/channels', `/channels/${id}`])
      expect((await call('GET', `/api/throughline/v1${path}`, { cookie })).text).not.toContain('secretA')
    for (const [method, body] of [
      ['PATCH', { enabled: false }],
      ['PUT', { name: 'x', secrets: {} }],
      ['DELETE', undefined],
    ] as const)
      expect((await call(method, `${base}/channel/${id}`, { cookie, body })).status).toBe(403)
  }
  for (const role of ['billing', 'member'] as const) {
    roles.set(owner.personId, role)
    clock.advance(6_000)
    expect((await call('GET', `${base}/channel/${id}`, { cookie: await signedIn() })).status).toBe(403)
  }
  expect(audited.map(({ action }) => action).filter((action) => action !== 'access-denied')).toEqual([])
})

it('[TK19] a token that only reads gets no secrets of an admin either', async () => {
  const { client, integration, call, identity, owner } = await bench()
  const body = { name: 'a', integrationID: await integration('slack'), rooms: null, secrets: kinds.slack[0] }
  const { id } = (await client('POST', '/channel', body)).json as Row
  const { token } = await identity.apiTokens.create({ spaceId, personId: owner.personId, scope: 'scope:read-only' })
  const headers = { authorization: `Bearer ${token}` }
  expect((await call('GET', `${base}/channel/${id}`, { headers })).json).toMatchObject({ id, secrets: {} })
})

it('[TK19] (N2) secrets stand in no store, list, refusal, log or audit, and each read of them is audited', async () => {
  const logged: LogFields[] = []
  const keep = (_event: string, fields: LogFields = {}) => void logged.push(fields)
  const log = { ...silentLog, info: keep, warn: keep, error: keep }
  const { client, integration, store, audited } = await bench({ api: { log } })
  const answers: string[] = []
  const ids: string[] = []
  for (const [slug, [first, second]] of Object.entries(kinds)) {
    const body = { name: slug, integrationID: await integration(slug), rooms: null, notification_options: [], secrets: first }
    const made = await client('POST', '/channel', body)
    const { id } = made.json as Row
    ids.push(id)
    answers.push(made.text, (await client('PUT', `/channel/${id}`, { ...body, integrationID: '', secrets: second })).text)
    answers.push((await client('PUT', `/channel/${id}`, { ...body, secrets: { url: 'ftp://secretC', extra: { deep: 'secretD' } } })).text)
  }
  answers.push((await client('GET', '/channel')).text, (await client('GET', '/integrations')).text)
  audited.splice(0)
  for (const id of ids) expect((await client('GET', `/channel/${id}`)).text).toContain('secretB')
  expect(audited.map(({ action, subject }) => ({ action, subject }))).toEqual(
    ids.map((id) => ({ action: 'channel-secrets-read', subject: { kind: 'channel', id } })),
  )
  const stored = await store.list(`space/${spaceId}`)
  const everything = JSON.stringify([answers, stored, audited, logged])
  for (const secret of ['secretA', 'secretB', 'secretC', 'secretD', 'hooks.slack', '1111111111:']) expect(everything).not.toContain(secret)
})

it('[TK20] what does not fit is refused, and nothing is made', async () => {
  const { client, integration } = await bench()
  const slack = await integration('slack')
  const good = { name: 'a', integrationID: slack, notification_options: ['CLEAR'], rooms: null, secrets: kinds.slack[0] }
  const wrong = [
    { ...good, name: '' },
    { ...good, name: ' ' },
    { ...good, name: 'a\nb' },
    { ...good, name: 'n'.repeat(300) },
    { ...good, name: 1 },
    { ...good, integrationID: newUuid<string>() },
    { ...good, integrationID: '' },
    { ...good, integrationID: 'constructor' },
    { ...good, notification_options: ['ALL'] },
    { ...good, notification_options: 'CLEAR' },
    { ...good, notification_options: Array.from({ length: 17 }, () => 'CLEAR') },
    { ...good, rooms: 'all' },
    ...[-1, 1, 29, 1_441, 30.5, '30'].map((repeat_notification_min) => ({ ...good, repeat_notification_min })),
    ...[undefined, null, 'x', [], {}, { url: 1 }, { url: '' }].map((secrets) => ({ ...good, secrets })),
    ...[
      'http://hooks.slack.com/x',
      'ftp://x.example',
      'https://',
      'https://user:pass@x.example',
      'https://x.example/a b',
      'https://x.example/\u0000',
      'javascript:alert(1)',
      `https://x.example/${'x'.repeat(3_000)}`,
    ].map((url) => ({ ...good, secrets: { url } })),
  ]
  for (const body of wrong) {
    const { status, text } = await client('POST', '/channel', body)
    expect({ status, body }).toEqual({ status: 422, body })
    expect(text).not.toContain('x.example')
  }
  expect((await client('GET', '/channel')).json).toEqual([])
  expect((await client('POST', '/channel', { ...good, unknown: 1, repeat_notification_min: null })).status).toBe(200)
  expect((await client('POST', '/channel', '{"__proto__":{"name":"x"}}')).status).toBe(422)
  expect((await client('POST', '/channel', '{')).status).toBe(400)
})

it('[TK20] (N2) headers of a webhook are those one may set, twenty at most, and plain', async () => {
  const { client, integration } = await bench()
  const integrationID = await integration('webhook')
  const status = async (headers: string) => {
    const secrets = { url: 'https://hooks.example.com/x', headers }
    return (await client('POST', '/channel', { name: 'a', integrationID, rooms: null, secrets })).status
  }
  expect(await status('X-Token: abc\r\nX-Other:  def ghi\n')).toBe(200)
  for (const name of [
    'Host',
    'connection',
    'Content-Length',
    'COOKIE',
    'Transfer-Encoding',
    'Proxy-Authorization',
    'X-Forwarded-For',
    'te',
  ])
    expect(await status(`${name}: x`)).toBe(422)
  for (const text of ['no colon', ': x', 'a b: c', 'X: \u0001', 'X: é', Array.from({ length: 21 }, (_, n) => `X-${n}: 1`).join('\n')])
    expect(await status(text)).toBe(422)
})

it('[TK21] integrations have fixed ids and slugs', async () => {
  const { client, call, signedIn } = await bench()
  const { integrations } = (await client('GET', '/integrations')).json as { integrations: Row[] }
  const known = [
    'slack',
    'discord',
    'pagerduty',
    'telegram',
    'microsoftteams',
    'webhook',
    'opsgenie',
    'mattermost',
    'rocketchat',
    'email',
    'ntfy',
  ]
  expect(integrations.map(({ slug }) => slug)).toEqual(known)
  expect(integrations[0]).toEqual({ id: '8bd38566-b128-42f2-86fd-c5402f370e66', slug: 'slack', name: 'Slack' })
  expect(new Set(integrations.map(({ id }) => id)).size).toBe(integrations.length)
  const own = await call('GET', '/api/throughline/v1/integrations', { cookie: await signedIn() })
  const rows = (own.json as { integrations: { slug: string; integrationId: string; fields: { name: string }[] }[] }).integrations
  expect(rows.map(({ slug, integrationId }) => ({ slug, id: integrationId }))).toEqual(integrations.map(({ slug, id }) => ({ slug, id })))
  expect(rows[1]?.fields).toEqual([
    { name: 'url', label: 'Webhook address', kind: 'url', isSecret: true, isRequired: true },
    {
      name: 'channelParams.selection',
      label: 'Kind of channel',
      kind: 'choice',
      isSecret: false,
      isRequired: true,
      choices: ['text', 'forum'],
    },
    { name: 'channelParams.threadName', label: 'Name of the thread in a forum', kind: 'text', isSecret: false, isRequired: false },
  ])
})
