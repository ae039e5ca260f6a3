import { expect, it } from 'vitest'
import { createApiBench, roomId } from '../../../test/doubles/benches/api-bench.ts'
import { spaceId } from '../../../test/doubles/benches/identity-bench.ts'
import { startReceiver } from '../../../test/doubles/servers/receiver.ts'
import { newUuid } from '../../../test/doubles/agents/metadata-agents.ts'

const base = '/api/throughline/v1'
const discord = {
  name: 'Night shift',
  slug: 'discord',
  options: ['CRITICAL', 'UNREACHABLE'],
  fields: { url: 'https://discord.com/api/webhooks/1/secretA', 'channelParams.selection': 'forum', 'channelParams.threadName': 'Nights' },
}

async function bench(receiverCaPem?: string) {
  const made = await createApiBench(receiverCaPem === undefined ? {} : { receiverCaPem })
  const cookie = await made.signedIn()
  const page = (method: string, path: string, body?: unknown) => made.call(method, `${base}${path}`, { cookie, body })
  const idOf = ({ json }: { json: unknown }) => (json as { channelId: string }).channelId
  return { ...made, page, idOf }
}

it('[TK22] (N2) a channel goes in with its secrets and comes out without them', async () => {
  const { page, idOf, clock } = await bench()
  const made = await page('POST', `/spaces/${spaceId}/channels`, discord)
  const row = {
    channelId: idOf(made),
    name: 'Night shift',
    slug: 'discord',
    integrationId: '93229605-aa40-4bf2-b9f4-3492dd044264',
    isEnabled: true,
    roomIds: null,
    options: ['CRITICAL', 'UNREACHABLE'],
    repeatMin: 0,
    includesValue: false,
    createdAtMs: clock.nowMs(),
    changedAtMs: clock.nowMs(),
  }
  const whole = { ...row, fields: { 'channelParams.selection': 'forum', 'channelParams.threadName': 'Nights' }, secretsSet: ['url'] }
  expect({ status: made.status, json: made.json }).toEqual({ status: 201, json: whole })
  expect((await page('GET', '/channels')).json).toEqual({ channels: [row] })
  const read = await page('GET', `/channels/${row.channelId}`)
  expect(read.json).toEqual(whole)
  expect(read.text + made.text).not.toContain('secretA')
})

it('[TK22] a change keeps what it does not name, and null takes a field away', async () => {
  const { page, idOf, call, signedIn, clock } = await bench()
  const channelId = idOf(await page('POST', '/channels', { ...discord, roomIds: [roomId], repeatMin: 30 }))
  const secrets = async () =>
    ((await call('GET', `/api/v2/spaces/${spaceId}/channel/${channelId}`, { cookie: await signedIn() })).json as { secrets: unknown })
      .secrets
  clock.advance(5_000)
  const renamed = await page('PATCH', `/channels/${channelId}`, { name: 'Nights', isEnabled: false })
  expect(renamed.json).toMatchObject({ name: 'Nights', isEnabled: false, roomIds: [roomId], repeatMin: 30, changedAtMs: clock.nowMs() })
  expect(await secrets()).toEqual({ url: discord.fields.url, channelParams: { selection: 'forum', threadName: 'Nights' } })
  const fields = { 'channelParams.selection': 'text', 'channelParams.threadName': null }
  expect((await page('PATCH', `/channels/${channelId}`, { fields })).json).toMatchObject({ fields: { 'channelParams.selection': 'text' } })
  expect(await secrets()).toEqual({ url: discord.fields.url, channelParams: { selection: 'text' } })
  await page('PATCH', `/channels/${channelId}`, { fields: { url: 'https://discord.com/api/webhooks/1/secretB' }, roomIds: null })
  expect(await secrets()).toMatchObject({ url: 'https://discord.com/api/webhooks/1/secretB' })
  for (const fields of [{ url: null }, { url: 'http://x' }, { other: 'x' }, { 'channelParams.selection': 'voice' }, { __proto__x: 'y' }])
    expect((await page('PATCH', `/channels/${channelId}`, { fields })).status).toBe(422)
  for (const body of [{ slug: 'slack' }, { options: ['ALL'] }, { repeatMin: 5 }, { roomIds: [newUuid<string>()] }, { name: '' }])
    expect((await page('PATCH', `/channels/${channelId}`, body)).status).toBe(422)
  expect(await secrets()).toMatchObject({ url: 'https://discord.com/api/webhooks/1/secretB' })
})

it('[TK17] [TK22] our own routes tell when a channel is not there', async () => {
  const { page, idOf, audited } = await bench()
  const channelId = idOf(await page('POST', '/channels', discord))
  expect((await page('DELETE', `/channels/${channelId}`)).status).toBe(204)
  for (const id of [channelId, newUuid<string>(), 'x']) {
    expect((await page('GET', `/channels/${id}`)).status).toBe(404)
    expect((await page('PATCH', `/channels/${id}`, { isEnabled: true })).status).toBe(404)
    expect((await page('DELETE', `/channels/${id}`)).status).toBe(404)
  }
  expect(audited.map(({ action }) => action)).toEqual(['channel-created', 'channel-deleted'])
})

it('[TK21] another spelling of a slug makes the same kind of channel', async () => {
  const { page } = await bench()
  const fields = { webhookUrl: 'https://example.webhook.office.com/x' }
  for (const slug of ['msteams', 'MicrosoftTeams'])
    expect((await page('POST', '/channels', { name: 'Teams', slug, options: [], fields })).json).toMatchObject({ slug: 'microsoftteams' })
  expect((await page('POST', '/channels', { name: 'x', slug: 'pigeon', options: [], fields: {} })).status).toBe(422)
})

it('[NC11] a test goes to the channel at once, also to one that is switched off, and the answer says how it went', async () => {
  const receiver = await startReceiver()
  const { page, idOf, audited } = await bench(receiver.caPem)
  const wish = {
    name: 'Hook',
    slug: 'webhook',
    options: ['CRITICAL'],
    isEnabled: false,
    fields: { url: `${receiver.url}/in`, signingSecret: 's' },
  }
  const channelId = idOf(await page('POST', '/channels', wish))
  const test = (kind: string) => page('POST', `/channels/${channelId}/test`, { kind })
  const { status, json } = await test('alert')
  expect([status, json]).toEqual([200, { isDelivered: true, problem: null, tookMs: expect.any(Number) }])
  receiver.script({ does: 'answer', status: 404, body: 'words of theirs' })
  expect((await test('clear')).json).toMatchObject({
    isDelivered: false,
    problem: 'There is nobody at the address of this channel any more (status 404).',
  })
  await test('reach')
  expect(receiver.requests.map((request) => request.json())).toMatchObject([
    { kind: 'test', message: 'Test: Warning: test_alert on test-node', severity: 'warning', space: 'My space' },
    { kind: 'test', severity: 'clear' },
    { kind: 'test', status: { reachable: false } },
  ])
  expect(audited.filter(({ action }) => action === 'channel-tested')).toHaveLength(3)
  expect(JSON.stringify(audited)).not.toContain('words of theirs')
  for (const kind of ['value', undefined]) expect((await page('POST', `/channels/${channelId}/test`, { kind })).status).toBe(422)
  expect((await page('POST', `/channels/${newUuid<string>()}/test`, { kind: 'alert' })).status).toBe(404)
})

it('[NC11] a space tests its channels six times a minute', async () => {
  const { page, idOf, clock } = await bench()
  const channelId = idOf(
    await page('POST', '/channels', { name: 'Mail', slug: 'email', options: [], fields: { address: 'ann@example.com' } }),
  )
  const test = async () => (await page('POST', `/channels/${channelId}/test`, { kind: 'alert' })).status
  for (let n = 0; n < 6; n++) expect(await test()).toBe(200)
  expect(await test()).toBe(429)
  clock.advance(10_000)
  expect([await test(), await test()]).toEqual([200, 429])
})

it('[NC10] whether a channel says values is off until somebody chooses it, and a change of it is kept', async () => {
  const { page, idOf } = await bench()
  const channelId = idOf(await page('POST', '/channels', discord))
  expect((await page('GET', `/channels/${channelId}`)).json).toMatchObject({ includesValue: false })
  expect((await page('PATCH', `/channels/${channelId}`, { includesValue: true })).json).toMatchObject({ includesValue: true })
  await page('PATCH', `/channels/${channelId}`, { name: 'Renamed' })
  expect((await page('GET', '/channels')).json).toMatchObject({ channels: [{ includesValue: true, name: 'Renamed' }] })
})
