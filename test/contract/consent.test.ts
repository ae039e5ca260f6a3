import { expect, it } from 'vitest'
import { createConsents } from '../../cloud/privacy/consent/consents.ts'
import { readConfig } from '../../src/config/read-config.ts'
import { contractStore, contractStoreNames } from '../doubles/stores/contract-stores.ts'
import { createHandClock } from '../doubles/hand-clock.ts'
import type { Answer } from '../doubles/people/read-answer.ts'
import { ownApi, startTenancy } from '../doubles/benches/tenancy-bench.ts'

const analytics = { scriptUrl: 'https://stats.example/s.js', name: 'Stats', purpose: 'count which pages are used' }
const setCookie = (headers: Answer['headers']) => [headers['set-cookie'] ?? []].flat().join('\n')
const scriptsOf = (headers: Answer['headers']) => /script-src ([^;]*)/.exec(String(headers['content-security-policy']))?.[1]

it.each(contractStoreNames)('[PV1] (U2) on %s a choice is kept per person and provider, and another provider asks again', async (name) => {
  const clock = createHandClock()
  const store = (await contractStore(name, clock))()
  const consents = createConsents({ store, provider: analytics, clock })
  const personId = '77777777-7777-4777-8777-777777777777'
  expect(await consents.choiceOf(personId)).toBeUndefined()
  await Promise.all([consents.choose(personId, 'granted'), consents.choose(personId, 'granted')])
  expect(await consents.choiceOf(personId)).toMatchObject({ choice: 'granted', atMs: clock.nowMs() })
  await consents.choose(personId, 'withdrawn')
  expect(await consents.choiceOf(personId)).toMatchObject({ choice: 'withdrawn' })
  const other = createConsents({ store, provider: { ...analytics, purpose: 'sell you shoes' }, clock })
  expect(await other.choiceOf(personId)).toBeUndefined()
})

it('[PV2] (U2) the policy names the provider for no browser before it consented, and for none after it withdrew', async () => {
  const bench = await startTenancy({ analytics })
  const { ownerCookie: cookie, call } = bench
  const pageOf = async (sent: string, mode = 'navigate', dest = 'document') =>
    scriptsOf((await call('GET', '/anything', { cookie: sent, headers: { 'sec-fetch-mode': mode, 'sec-fetch-dest': dest } })).headers)
  expect(await pageOf(cookie)).toBe("'self'")
  const before = await call('GET', `${ownApi}/consent`, { cookie })
  expect(before.json).toEqual({
    provider: { name: 'Stats', purpose: 'count which pages are used', domains: ['stats.example'] },
    choice: null,
    chosenAtMs: null,
    isAllowedHere: false,
    scriptUrl: null,
  })
  const granted = await call('PUT', `${ownApi}/consent`, { cookie, body: { choice: 'granted' } })
  const allowed = `${cookie}; ${setCookie(granted.headers).split(';')[0]}`
  expect(setCookie(granted.headers)).toMatch(
    /^__Host-throughline-analytics=[0-9a-f]{32}; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=31536000/,
  )
  expect(await pageOf(allowed)).toBe("'self' https://stats.example")
  // A page that is opened through the service worker is a page; what that worker keeps for later must not name it.
  expect(await pageOf(allowed, 'navigate', 'empty')).toBe("'self' https://stats.example")
  expect(await pageOf(allowed, 'cors', 'empty')).toBe("'self'")
  // A forged cookie names nothing.
  expect(await pageOf(`${cookie}; __Host-throughline-analytics=1`)).toBe("'self'")
  expect((await call('GET', `${ownApi}/consent`, { cookie: allowed })).json).toMatchObject({
    choice: 'granted',
    isAllowedHere: true,
    scriptUrl: analytics.scriptUrl,
  })
  const withdrawn = await call('PUT', `${ownApi}/consent`, { cookie: allowed, body: { choice: 'withdrawn' } })
  expect(setCookie(withdrawn.headers)).toMatch(/^__Host-throughline-analytics=; .*Max-Age=0/)
  expect(withdrawn.json).toMatchObject({ choice: 'withdrawn', isAllowedHere: false, scriptUrl: null })
  // Another browser of theirs is told when it asks.
  const other = await call('GET', `${ownApi}/consent`, { cookie: allowed })
  expect(setCookie(other.headers)).toMatch(/Max-Age=0/)
})

it('[PV3] a choice is audited, API tokens choose nothing, and without a provider there is nothing to choose', async () => {
  const bench = await startTenancy({ analytics })
  const { ownerCookie: cookie, call } = bench
  for (const choice of ['granted', 'withdrawn']) await call('PUT', `${ownApi}/consent`, { cookie, body: { choice } })
  expect(bench.audited.filter(({ action }) => action === 'consent-changed').map(({ details }) => details)).toEqual([
    { choice: 'granted' },
    { choice: 'withdrawn' },
  ])
  const bearer = await bench.bearerOf(bench.owner.personId)
  const headers = { 'content-type': 'application/json' }
  expect((await call('PUT', `${ownApi}/consent`, { bearer, headers, body: { choice: 'granted' } })).status).toBe(403)
  expect((await call('GET', `${ownApi}/consent`, { bearer })).json).toMatchObject({ provider: null, scriptUrl: null })
  expect((await call('PUT', `${ownApi}/consent`, { cookie, body: { choice: 'yes' } })).status).toBe(422)
  const plain = await startTenancy()
  expect((await plain.call('PUT', `${ownApi}/consent`, { cookie: plain.ownerCookie, body: { choice: 'granted' } })).status).toBe(404)
  expect((await plain.call('GET', `${ownApi}/consent`, { cookie: plain.ownerCookie })).json).toMatchObject({ provider: null })
})

it('[PV4] the settings of a provider stand together, and its script comes by https', () => {
  const all = {
    THROUGHLINE_ANALYTICS_SCRIPT_URL: analytics.scriptUrl,
    THROUGHLINE_ANALYTICS_NAME: analytics.name,
    THROUGHLINE_ANALYTICS_PURPOSE: analytics.purpose,
  }
  expect(readConfig(all)).toMatchObject({ analyticsName: 'Stats' })
  expect(() => readConfig({ ...all, THROUGHLINE_ANALYTICS_PURPOSE: '' })).toThrow('THROUGHLINE_ANALYTICS_PURPOSE')
  expect(() => readConfig({ ...all, THROUGHLINE_ANALYTICS_SCRIPT_URL: 'http://stats.example/s.js' })).toThrow(
    'THROUGHLINE_ANALYTICS_SCRIPT_URL',
  )
})
