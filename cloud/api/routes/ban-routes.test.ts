import { expect, it } from 'vitest'
import { signOperatorToken } from '../../identity/operator-token.ts'
import { createApiBench } from '../../../test/doubles/benches/api-bench.ts'

const path = '/api/throughline/v1/bans'

it('[BN5] the operator lists, adds and ends bans over the API, each audited; nobody else may', async () => {
  const { call, signedIn, keysFolder, clock, audited } = await createApiBench()
  const authorization = `Bearer ${await signOperatorToken(keysFolder, clock)}`
  const json = { authorization, 'content-type': 'application/json' }
  const made = await call('POST', path, { headers: json, body: { kind: 'cidr', value: '203.0.113.0/24', reason: 'floods', forMs: 60_000 } })
  expect([made.status, made.json]).toEqual([
    201,
    {
      banId: expect.any(String) as string,
      kind: 'cidr',
      value: '203.0.113.0/24',
      reason: 'floods',
      by: 'operator',
      atMs: clock.nowMs(),
      untilMs: clock.nowMs() + 60_000,
    },
  ])
  const { banId } = made.json as { banId: string }
  expect((await call('GET', path, { headers: { authorization } })).json).toEqual({ bans: [made.json] })
  expect((await call('DELETE', `${path}/${banId}`, { headers: json })).status).toBe(204)
  expect((await call('DELETE', `${path}/${banId}`, { headers: json })).status).toBe(404)
  expect(audited.filter(({ subject }) => subject?.kind === 'ban')).toMatchObject([
    { action: 'ban-added', via: 'operator', details: { kind: 'cidr' } },
    { action: 'ban-removed', via: 'operator' },
  ])
  const cookie = await signedIn()
  for (const [method, body] of [
    ['GET', undefined],
    ['POST', { kind: 'ip', value: '192.0.2.1' }],
  ] as const)
    expect((await call(method, path, { cookie, body })).status).toBe(403)
  for (const bad of [
    {},
    { kind: 'ip' },
    { kind: 'x', value: 'y' },
    { kind: 'ip', value: 'y' },
    { kind: 'ip', value: '192.0.2.1', forMs: 0 },
  ])
    expect((await call('POST', path, { headers: json, body: bad })).status).toBe(422)
})
