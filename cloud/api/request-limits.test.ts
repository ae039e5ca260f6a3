import { once } from 'node:events'
import { Agent, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { expect, it, onTestFinished } from 'vitest'
import { createApiBench } from '../../test/doubles/benches/api-bench.ts'
import { createHandClock } from '../../test/doubles/hand-clock.ts'
import { newUuid } from '../../test/doubles/agents/metadata-agents.ts'
import type { PersonId } from '../../src/domain/ids.ts'
import type { PersonCaller } from '../identity/ports.ts'
import { silentLog } from '../../src/support/log.ts'
import { createErrorAnswer } from './error-answer.ts'
import { apiLimits } from './limits.ts'
import { addressGuard, ComeAgain, createRequestLimits } from './request-limits.ts'

const { perAddress, publicPerAddress, perAccount, perToken, inFlightPerAccount } = apiLimits.requests
const signIn = { access: 'public', method: 'POST' } as const

function setUp() {
  const clock = createHandClock()
  const limits = createRequestLimits({ clock, fleets: ['10.0.0.0/8'] })
  const caller = (via: PersonCaller['via'], personId = newUuid<PersonId>()): PersonCaller => ({
    personId,
    via,
    signInId: undefined,
    scope: undefined,
    homeSpaceId: undefined,
    expiresAtMs: 0,
  })
  /** How many of so many tries pass. */
  const passing = (tries: number, work: () => unknown) => {
    let passed = 0
    for (let n = 0; n < tries; n++) {
      try {
        work()
        passed++
      } catch (thrown) {
        expect(thrown).toMatchObject({ code: 'RATE_LIMITED', retryAfterS: 1 })
      }
    }
    return passed
  }
  return { clock, limits, caller, passing }
}

it('[BN6] an address may make so many requests at once and then so many a second, and nobody else is slowed by it', () => {
  const { limits, clock, passing } = setUp()
  const tries = perAddress.burst + 500
  expect(passing(tries, () => limits.checkAddress('192.0.2.1'))).toBe(perAddress.burst)
  expect(passing(10, () => limits.checkAddress('192.0.2.2'))).toBe(10)
  clock.advance(1_000)
  expect(passing(tries, () => limits.checkAddress('192.0.2.1'))).toBe(perAddress.perSecond)
})

it('[BN6] hosts of one IPv6 network count together, fleets not at all, and strangers may change less', () => {
  const { limits, passing } = setUp()
  let host = 0
  const fromNetwork = () => limits.checkAddress(`2001:db8::${(host++ % 9_000) + 1}`)
  expect(passing(perAddress.burst + 10, fromNetwork)).toBe(perAddress.burst)
  expect(passing(perAddress.burst + 10, () => limits.checkAddress('10.1.2.3'))).toBe(perAddress.burst + 10)
  expect(passing(perAddress.burst, () => limits.checkStranger('192.0.2.3', signIn))).toBe(publicPerAddress.burst)
})

it('[BN6] an account and its tokens have limits of their own, wherever they come from; the operator has none', () => {
  const { limits, caller, passing } = setUp()
  const [ann, bob] = [caller('cookie'), caller('cookie')]
  const through = (who: PersonCaller) => () => limits.enter(who)()
  expect(passing(perAccount.burst + 10, through(ann))).toBe(perAccount.burst)
  expect(passing(perToken.burst + 10, through({ ...ann, via: 'api-token' }))).toBe(perToken.burst)
  expect(passing(10, through(bob))).toBe(10)
  expect(passing(perAccount.burst + 10, through(caller('operator')))).toBe(perAccount.burst + 10)
})

it('[BN6] an account has so many requests under way, and gets in again when one is over', () => {
  const { limits, caller, passing } = setUp()
  const ann = caller('cookie')
  const leave = Array.from({ length: inFlightPerAccount }, () => limits.enter(ann))
  expect(passing(1, () => limits.enter(ann))).toBe(0)
  leave[0]?.()
  expect(passing(2, () => limits.enter(ann))).toBe(1)
})

it('[BN6] over the API, who is over is answered 429 with the time to come again, and then is let in', async () => {
  const { call, clock } = await createApiBench({ api: { fleets: [] } })
  const statuses = new Map<number, number>()
  let retryAfter: unknown
  for (let n = 0; n < publicPerAddress.burst + 3; n++) {
    const { status, headers } = await call('POST', '/api/throughline/v1/sign-out')
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
    retryAfter = headers['retry-after']
  }
  expect([[...statuses], retryAfter]).toEqual([
    [
      [204, publicPerAddress.burst],
      [429, 3],
    ],
    '1',
  ])
  clock.advance(1_000)
  expect((await call('POST', '/api/throughline/v1/sign-out')).status).toBe(204)
})

it('[BN6] an address that is over its limit loses its connection with the answer, so that asking on costs it more than us', async () => {
  let isOver = false
  const app = express()
  const checkAddress = () => {
    if (isOver) throw new ComeAgain(7)
  }
  app.use(addressGuard({ checkAddress }))
  app.get('/', (_request, response) => void response.end('here'))
  app.use(createErrorAnswer(silentLog))
  const server = app.listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const agent = new Agent({ keepAlive: true })
  onTestFinished(() => agent.destroy())
  const ask = () =>
    new Promise<unknown[]>((resolve, reject) => {
      const { port } = server.address() as AddressInfo
      const asked = get({ host: '127.0.0.1', port, agent }, ({ statusCode, headers: { connection, 'retry-after': retryAfter } }) =>
        resolve([statusCode, connection, retryAfter]),
      )
      asked.on('error', reject)
    })
  expect(await ask()).toEqual([200, 'keep-alive', undefined])
  isOver = true
  expect(await ask()).toEqual([429, 'close', '7'])
})

it('[BN13] what is handed out begins with the configured address, whatever Host and forwarded host a request names', async () => {
  const { call, signedIn } = await createApiBench()
  const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' }
  const made = await call('POST', '/api/throughline/v1/claim-tokens', { cookie: await signedIn(), headers, body: {} })
  expect([made.status, (made.json as { url: string }).url, made.text.includes('evil.example')]).toEqual([
    201,
    'https://localhost:8443',
    false,
  ])
})
