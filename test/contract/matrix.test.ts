import { describe, expect, it } from 'vitest'
import { addressesOf, type Route } from '../../cloud/api/route.ts'
import { apiTokenScopes, isPermitted, isPermittedToPerson, type Proof } from '../../cloud/identity/permissions.ts'
import { roles, type Role } from '../../src/domain/model.ts'
import { newUuid } from '../doubles/agents/metadata-agents.ts'
import type { Answer } from '../doubles/people/read-answer.ts'
import { startTenancy, type TenancyBench, type TenancyCall } from '../doubles/benches/tenancy-bench.ts'

/** Rows after which the caller, or the space, is no more: each is looked at in an installation of its own. */
const endings = [
  'POST /api/throughline/v1/sign-out',
  'DELETE /api/throughline/v1/sign-ins',
  'DELETE /api/throughline/v1/me',
  'POST /api/throughline/v1/space/leave',
  'DELETE /api/throughline/v1/space',
  'DELETE /api/v1/spaces/:spaceId',
]
const nameOf = ({ method, path }: Pick<Route, 'method' | 'path'>) => `${method} ${path}`

/** An address of a row: the space is the one of the bench, every other id names nothing. */
const filled = (path: string, spaceId: string) =>
  path
    .replaceAll(':spaceId', spaceId)
    .replaceAll(/(?<=\/):\w+/g, () => newUuid())
    .replaceAll('\\:', ':')

/** What came of a call, as far as the gate had a say. */
function outcome({ status, json }: Answer): 'refused' | 'stranger' | 'passed' {
  const { errorCode, errorMessage } = (json ?? {}) as { errorCode?: string; errorMessage?: string }
  if (status === 403 && errorCode === 'FORBIDDEN' && errorMessage === 'Your role does not allow this.') return 'refused'
  if (status === 401) return 'stranger'
  // Passed: what the handler then says of an empty body or an id that names nothing is its own affair, but never a failure of ours.
  return status < 500 ? 'passed' : 'refused'
}

const mayPass = (row: Route, proof: Proof & { readonly role: Role }) =>
  row.access === 'public' || (row.isPersonal ? isPermittedToPerson(row.access, proof) : isPermitted(row.access, proof))

async function cell(bench: TenancyBench, row: Route, address: string, proof: Pick<TenancyCall, 'cookie' | 'bearer'>) {
  // As much time as the rate limits want between two requests.
  bench.clock.advance(20)
  const isOwn = row.style === 'own'
  const headers = proof.bearer !== undefined && isOwn ? { 'content-type': 'application/json' } : {}
  const body = row.method === 'GET' ? {} : { body: {} }
  return outcome(await bench.call(row.method, filled(address, bench.spaceId), { ...proof, headers, ...body }))
}

describe.each(roles)('[CT10] the matrix, cell by cell: %s', (role) => {
  const signIn = async (bench: TenancyBench) =>
    role === 'admin' ? { cookie: bench.ownerCookie } : { cookie: (await bench.member(`${role}@example.com`, role)).cookie }

  it('passes the gate of exactly the routes that the table of permissions grants', async () => {
    const bench = await startTenancy()
    const proof = await signIn(bench)
    const rows = bench.routeRows.filter((row) => row.access !== 'public' && !endings.includes(nameOf(row)))
    const wrong: string[] = []
    let cells = 0
    for (const row of rows) {
      const expected = mayPass(row, { role, via: 'cookie' }) ? 'passed' : 'refused'
      for (const address of addressesOf(row)) {
        const was = await cell(bench, row, address, proof)
        cells += 1
        if (was !== expected) wrong.push(`${row.method} ${address}: ${was}, not ${expected}`)
      }
    }
    expect(wrong).toEqual([])
    expect(cells).toBeGreaterThan(150)
  })

  it('the same for routes after which the caller or the space is gone', async () => {
    for (const name of endings) {
      const bench = await startTenancy()
      const proof = await signIn(bench)
      const row = bench.routeRows.find((each) => nameOf(each) === name)
      if (row === undefined) throw new Error(`${name} is no route any more`)
      const expected = mayPass(row, { role, via: 'cookie' }) ? 'passed' : 'refused'
      expect([name, await cell(bench, row, row.path, proof)]).toEqual([name, expected])
    }
  })
})

describe.each(apiTokenScopes)('[CT11] an API token with %s', (scope) => {
  it('passes the gate of exactly the routes that its scope includes, and never more than the role', async () => {
    const bench = await startTenancy()
    const observer = await bench.member('observer@example.com', 'observer')
    const wrong: string[] = []
    for (const [role, personId] of [
      ['admin', bench.owner.personId],
      ['observer', observer.personId],
    ] as const) {
      const { token: bearer } = await bench.identity.apiTokens.create({ spaceId: undefined, personId, scope })
      for (const row of bench.routeRows.filter((each) => each.access !== 'public' && !endings.includes(nameOf(each)))) {
        const expected = mayPass(row, { role, via: 'api-token', scope }) ? 'passed' : 'refused'
        const was = await cell(bench, row, row.path, { bearer })
        if (was !== expected) wrong.push(`${role} ${nameOf(row)}: ${was}, not ${expected}`)
      }
    }
    expect(wrong).toEqual([])
  })
})

it('[CT12] a stranger is told 401 by every route that is not for anyone, and a member of another space 404 by every route of this one', async () => {
  const bench = await startTenancy()
  const stranger = await bench.identity.people.ensure('stranger@example.com')
  await bench.metadata.spaces.create({ name: 'Theirs', description: '', adminPersonId: stranger.personId })
  const cookie = await bench.cookieOf(stranger.personId)
  const wrong: string[] = []
  for (const row of bench.routeRows.filter(({ access }) => access !== 'public')) {
    const body = row.method === 'GET' ? {} : { body: {} }
    for (const address of addressesOf(row)) {
      bench.clock.advance(20)
      const path = filled(address, bench.spaceId)
      const bare = await bench.call(row.method, path, body)
      if (bare.status !== 401) wrong.push(`${row.method} ${address} without proof: ${bare.status}`)
      if (row.access === 'public' || row.isPersonal || !address.includes(':spaceId')) continue
      const foreign = await bench.call(row.method, path, { cookie, ...body })
      const absent = await bench.call(row.method, filled(address, newUuid()), { cookie, ...body })
      const expected = row.style === 'compatible' && row.method === 'DELETE' ? 204 : 404
      if (foreign.status !== expected || foreign.text !== absent.text || absent.status !== expected)
        wrong.push(`${row.method} ${address} from elsewhere: ${foreign.status}, absent ${absent.status}`)
    }
  }
  expect(wrong).toEqual([])
})
