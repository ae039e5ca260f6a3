import { expect, it } from 'vitest'
import { signOperatorToken } from '../../identity/operator-token.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { createApiBench } from '../../../test/doubles/benches/api-bench.ts'
import { startTenancy } from '../../../test/doubles/benches/tenancy-bench.ts'

const path = '/api/throughline/v1/mirror'
const letter = { letterId: 'l1', table: 'rooms', key: 'pseudonym', revision: 5, reason: 'column-name', atMs: 7 }

async function start() {
  let letters = [letter]
  const find = (letterId: string) => {
    const found = letters.find((each) => each.letterId === letterId)
    if (found === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such row.')
    return found
  }
  const mirror = {
    status: () => ({
      sink: 'duckdb' as const,
      isReachable: true,
      waiting: 3,
      oldestWaitingSinceMs: 1,
      lastLoadedAtMs: 2,
      deadLetters: letters.length,
      trouble: null,
    }),
    deadLetters: () => letters,
    retry: async (letterId: string) => (find(letterId), 'refused' as const),
    async drop(letterId: string) {
      const found = find(letterId)
      letters = []
      return found
    },
  }
  return createApiBench({ api: { mirror } })
}

it('[MI27] the operator sees how far the mirror is and what it refused, tries again and drops, each audited', async () => {
  const { call, keysFolder, clock, audited } = await start()
  const authorization = `Bearer ${await signOperatorToken(keysFolder, clock)}`
  const json = { authorization, 'content-type': 'application/json' }
  const seen = await call('GET', path, { headers: { authorization } })
  expect([seen.status, seen.json]).toEqual([
    200,
    { sink: 'duckdb', isReachable: true, waiting: 3, oldestWaitingSinceMs: 1, lastLoadedAtMs: 2, trouble: null, deadLetters: [letter] },
  ])
  const retried = await call('POST', `${path}/dead-letters/l1/retry`, { headers: json, body: {} })
  expect([retried.status, retried.json]).toEqual([200, { outcome: 'refused' }])
  expect((await call('DELETE', `${path}/dead-letters/l1`, { headers: json })).status).toBe(204)
  expect((await call('DELETE', `${path}/dead-letters/l1`, { headers: json })).status).toBe(404)
  expect(audited.filter(({ subject }) => subject?.kind === 'dead-letter')).toMatchObject([
    { action: 'dead-letter-retried', subject: { id: 'l1' }, details: { outcome: 'refused' } },
    { action: 'dead-letter-dropped', subject: { id: 'l1' }, details: { table: 'rooms' } },
  ])
})

it('[MI27] the owner of the installation sees it, too; nobody else does, whatever their role', async () => {
  const bench = await startTenancy()
  const { call, ownerCookie } = bench
  expect(await call('GET', path, { cookie: ownerCookie })).toMatchObject({ status: 200, json: { sink: 'off', deadLetters: [] } })
  const { cookie } = await bench.member('admin@example.com', 'admin')
  expect((await call('GET', path, { cookie })).status).toBe(403)
  expect((await call('POST', `${path}/dead-letters/l1/retry`, { cookie, body: {} })).status).toBe(403)
  expect((await call('DELETE', `${path}/dead-letters/l1`, { cookie, body: {} })).status).toBe(403)
  expect((await call('POST', `${path}/dead-letters/l1/retry`, { cookie: ownerCookie, body: {} })).status).toBe(404)
  expect((await call('GET', path)).status).toBe(401)
})
