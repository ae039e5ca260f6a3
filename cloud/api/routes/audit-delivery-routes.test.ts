import { expect, it } from 'vitest'
import { createApiBench } from '../../../test/doubles/benches/api-bench.ts'

const path = '/api/throughline/v1/audit/delivery'

it('[AU35] (N2) an admin sets where the audit goes, sees the secret once, and how far it came; a token and other roles may not', async () => {
  const { call, signedIn, audited, roles, owner, identity, clock } = await createApiBench()
  const cookie = await signedIn()
  const body = { webhookUrl: 'https://siem.example/in', syslog: { host: 'siem.example' } }
  const set = await call('PUT', path, { cookie, body })
  const state = { deliveredAtMs: null, problem: null, problemAtMs: null }
  const shown = {
    webhookUrl: 'https://siem.example/in',
    syslog: { host: 'siem.example', port: 6514 },
    webhookState: { seq: expect.any(Number) as number, ...state },
    syslogState: { seq: expect.any(Number) as number, ...state },
    lastSeq: expect.any(Number) as number,
  }
  expect([set.status, set.json]).toEqual([200, { ...shown, secret: expect.stringMatching(/^[\w-]{43}$/) as string }])
  expect((await call('GET', path, { cookie })).json).toEqual(shown)
  expect(audited.at(-1)).toMatchObject({ action: 'audit-delivery-changed', details: { webhook: true, syslog: true } })
  for (const bad of [{}, { ...body, webhookUrl: 'http://siem.example/' }, { ...body, syslog: { host: 'a b' } }, { ...body, x: 1 }])
    expect((await call('PUT', path, { cookie, body: bad })).status).toBe(422)
  const { token } = await identity.apiTokens.create({ personId: owner.personId, spaceId: undefined, scope: 'scope:all', name: 'x' })
  expect((await call('GET', path, { headers: { authorization: `Bearer ${token}` } })).status).toBe(403)
  roles.set(owner.personId, 'manager')
  clock.advance(6_000)
  expect((await call('GET', path, { cookie })).status).toBe(403)
})
