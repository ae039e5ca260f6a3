import { expect, it } from 'vitest'
import { createApiBench, roomId } from '../../../test/doubles/benches/api-bench.ts'
import { spaceId } from '../../../test/doubles/benches/identity-bench.ts'
import { newUuid } from '../../../test/doubles/agents/metadata-agents.ts'
import type { ApiTokenScope } from '../../identity/permissions.ts'

const base = '/api/throughline/v1'
const rotate = `/api/v1/spaces/${spaceId}/token/rotate`
type Made = { token: string; tokenId: string; name: string }

async function bench() {
  const made = await createApiBench()
  const bearer = async (scope: ApiTokenScope) =>
    `Bearer ${(await made.identity.apiTokens.create({ spaceId, personId: made.owner.personId, scope })).token}`
  return { ...made, bearer }
}

it('[TK3] claim tokens are made, listed and revoked by their ids, in the space of the address too', async () => {
  const { call, signedIn, owner, clock } = await bench()
  const cookie = await signedIn()
  const body = { name: 'Rack 4', roomIds: [roomId.toUpperCase()], uses: 3, validForMs: 600_000 }
  const made = await call('POST', `${base}/spaces/${spaceId}/claim-tokens`, { cookie, body })
  expect(made.status).toBe(201)
  const { token, tokenId } = made.json as Made
  const listed = await call('GET', `${base}/claim-tokens`, { cookie })
  expect(listed.json).toEqual({
    tokens: [
      {
        tokenId,
        name: 'Rack 4',
        createdAtMs: clock.nowMs(),
        createdBy: { personId: owner.personId, email: 'owner@example.com' },
        expiresAtMs: clock.nowMs() + 600_000,
        uses: 3,
        usesLeft: 3,
        roomIds: [roomId],
        origin: 'hand',
        state: 'active',
      },
    ],
  })
  expect(listed.text).not.toContain(token)
  expect((await call('DELETE', `${base}/claim-tokens/${tokenId}`, { cookie })).status).toBe(204)
  for (const id of [tokenId, newUuid<string>(), 'x'])
    expect((await call('DELETE', `${base}/claim-tokens/${id}`, { cookie })).status).toBe(404)
  expect((await call('GET', `${base}/claim-tokens`, { cookie })).json).toEqual({ tokens: [] })
})

it('[TK3] foreign, absent and malformed rooms of a claim token are refused alike, and nothing is made', async () => {
  const { call, signedIn } = await bench()
  const cookie = await signedIn()
  const answers = []
  for (const room of [newUuid<string>(), 'room', '../x', '']) {
    const { status, text } = await call('POST', `${base}/claim-tokens`, { cookie, body: { roomIds: [roomId, room] } })
    answers.push({ status, text })
  }
  expect(answers[0]).toMatchObject({ status: 422, text: expect.stringContaining('ErrInvalidRoomID') as unknown })
  expect(new Set(answers.map((each) => JSON.stringify(each))).size).toBe(1)
  expect((await call('GET', `${base}/claim-tokens`, { cookie })).json).toEqual({ tokens: [] })
})

it('[TK6] rotating answers a program with nothing but a token, whatever it says of its empty body', async () => {
  const { call, bearer } = await bench()
  const authorization = await bearer('scope:all')
  const tokens = new Set<string>()
  for (const type of ['', 'text/plain;charset=UTF-8', 'application/json', 'application/x-www-form-urlencoded']) {
    const headers = { authorization, origin: '', 'content-length': '0', 'content-type': type }
    const answer = await call('POST', rotate, { headers })
    expect({ status: answer.status, json: answer.json }).toEqual({ status: 200, json: { token: expect.stringMatching(/^\S{135}$/) } })
    tokens.add((answer.json as Made).token)
  }
  expect(tokens.size).toBe(4)
  const foreign = `/api/v1/spaces/${newUuid<string>()}/token/rotate`
  expect(await call('POST', foreign, { headers: { authorization } })).toMatchObject({ status: 404, json: { errorMsgKey: 'ErrNotFound' } })
  expect((await call('POST', `/${rotate}`, { headers: { authorization } })).status).toBe(200)
})

it('[TK6] only an admin rotates', async () => {
  const { call, bearer, roles, owner, clock, claimTokens } = await bench()
  const authorization = await bearer('scope:all')
  for (const role of ['manager', 'troubleshooter', 'observer', 'billing', 'member'] as const) {
    roles.set(owner.personId, role)
    clock.advance(6_000)
    expect(await call('POST', rotate, { headers: { authorization } })).toMatchObject({ status: 403, json: { errorMsgKey: 'ErrForbidden' } })
  }
  expect(await claimTokens.list(spaceId)).toEqual([])
})

it('[TK9] API tokens are made, listed and ended by their ids', async () => {
  const { call, signedIn, clock } = await bench()
  const cookie = await signedIn()
  const made = await call('POST', `${base}/api-tokens`, { cookie, body: { name: 'Terraform', scope: 'scope:all', validForMs: 86_400_000 } })
  const row = {
    tokenId: (made.json as Made).tokenId,
    name: 'Terraform',
    scope: 'scope:all',
    spaceId,
    createdAtMs: clock.nowMs(),
    expiresAtMs: clock.nowMs() + 86_400_000,
    lastUsedAtMs: null,
  }
  expect({ status: made.status, json: made.json }).toEqual({ status: 201, json: { token: (made.json as Made).token, ...row } })
  const authorization = `Bearer ${(made.json as Made).token}`
  expect((await call('GET', `${base}/nodes`, { headers: { authorization } })).status).toBe(200)
  const listed = await call('GET', `${base}/api-tokens`, { cookie })
  expect(listed.json).toEqual({ tokens: [{ ...row, lastUsedAtMs: clock.nowMs() }] })
  expect((await call('DELETE', `${base}/api-tokens/${row.tokenId}`, { cookie })).status).toBe(204)
  expect((await call('GET', `${base}/nodes`, { headers: { authorization } })).status).toBe(401)
  for (const id of [row.tokenId, 'x']) expect((await call('DELETE', `${base}/api-tokens/${id}`, { cookie })).status).toBe(404)
  for (const body of [{}, { scope: 'scope:root' }, { scope: 'scope:all', name: 'n'.repeat(101) }, { scope: 'scope:all', validForMs: 1 }])
    expect((await call('POST', `${base}/api-tokens`, { cookie, body })).status).toBe(422)
})

it('[TK9] no API token makes, lists or ends API tokens', async () => {
  const { call, bearer } = await bench()
  const headers = { authorization: await bearer('scope:all') }
  expect((await call('GET', `${base}/api-tokens`, { headers })).status).toBe(403)
  expect((await call('POST', `${base}/api-tokens`, { headers, body: { scope: 'scope:all' } })).status).toBe(403)
  expect((await call('DELETE', `${base}/api-tokens/${newUuid<string>()}`, { headers })).status).toBe(403)
})

it('[TK11] existing clients spell the scheme as they like, and may send it as X-Netdata-Auth', async () => {
  const { call, bearer } = await bench()
  const token = (await bearer('scope:all')).slice('Bearer '.length)
  for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
    expect((await call('POST', rotate, { headers: { authorization: `${scheme} ${token}` } })).status).toBe(200)
    expect(
      (await call('POST', rotate, { headers: { 'x-netdata-auth': `${scheme} ${token}`, origin: 'https://charts.example' } })).status,
    ).toBe(200)
  }
  expect((await call('POST', rotate, { headers: { 'x-netdata-auth': 'Bearer x' } })).status).toBe(401)
  expect((await call('POST', rotate, { headers: { authorization: 'Bearer x', 'x-netdata-auth': `Bearer ${token}` } })).status).toBe(401)
  expect((await call('GET', `${base}/nodes`, { headers: { 'x-netdata-auth': `Bearer ${token}` } })).status).toBe(401)
})

it('[TK12] a scope opens what it names, and everything else is forbidden, whatever the role', async () => {
  const { call, bearer, node } = await bench()
  const statuses = async (scope: ApiTokenScope) => {
    const headers = { authorization: await bearer(scope) }
    const get = async (path: string) => (await call('GET', path, { headers })).status
    return {
      me: await get('/api/v2/accounts/me'),
      nodes: await get(`${base}/nodes`),
      alerts: await get(`${base}/nodes/${node.nodeId}/alerts`),
      clientAlerts: await get(`/api/v2/spaces/${spaceId}/alarms`),
      channels: await get(`/api/v2/spaces/${spaceId}/channel`),
      boards: await get(`${base}/rooms/${roomId}/boards`),
      claimTokens: await get(`${base}/claim-tokens`),
      rotate: (await call('POST', rotate, { headers })).status,
      made: (await call('POST', `${base}/rooms/${roomId}/boards`, { headers, body: {} })).status,
    }
  }
  const looks = {
    me: 200,
    nodes: 200,
    alerts: 200,
    clientAlerts: 200,
    channels: 200,
    boards: 200,
    claimTokens: 403,
    rotate: 403,
    made: 403,
  }
  const closed = { alerts: 403, clientAlerts: 403, channels: 403, boards: 403 }
  expect(await statuses('scope:all')).toEqual({ ...looks, claimTokens: 200, rotate: 200, made: 422 })
  expect(await statuses('scope:read-only')).toEqual(looks)
  expect(await statuses('scope:mcp')).toEqual(looks)
  expect(await statuses('scope:grafana-plugin')).toEqual({ ...looks, ...closed })
  expect(await statuses('scope:agent-ui')).toEqual({ ...looks, ...closed, nodes: 403 })
})

it('[TK13] the audit names every token that was made, rotated or revoked, and holds no secret', async () => {
  const { call, signedIn, audited, owner } = await bench()
  const cookie = await signedIn()
  const claim = (await call('POST', `${base}/claim-tokens`, { cookie, body: { uses: 2 } })).json as Made
  await call('DELETE', `${base}/claim-tokens/${claim.tokenId}`, { cookie })
  const api = (await call('POST', `${base}/api-tokens`, { cookie, body: { scope: 'scope:mcp' } })).json as Made
  await call('DELETE', `${base}/api-tokens/${api.tokenId}`, { cookie })
  const rotated = (await call('POST', rotate, { cookie })).json as Made
  expect(audited.map(({ action, subject, personId, via }) => ({ action, subject, personId, via }))).toEqual(
    (
      [
        ['claim-token-created', { kind: 'claim-token', id: claim.tokenId }],
        ['claim-token-revoked', { kind: 'claim-token', id: claim.tokenId }],
        ['api-token-created', { kind: 'api-token', id: api.tokenId }],
        ['api-token-revoked', { kind: 'api-token', id: api.tokenId }],
        ['claim-token-rotated', { kind: 'claim-token', id: expect.any(String) as unknown }],
      ] as const
    ).map(([action, subject]) => ({ action, subject, personId: owner.personId, via: 'cookie' })),
  )
  const text = JSON.stringify(audited)
  for (const { token } of [claim, api, rotated]) expect(text).not.toContain(token)
})
