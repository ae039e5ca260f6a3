import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { addressesOf, type Route } from '../../cloud/api/route.ts'
import { errorKinds } from '../../src/errors/throughline-error.ts'
import { createSeeded, seedsOf, type Seeded } from '../doubles/seeded.ts'
import type { Answer } from '../doubles/people/read-answer.ts'
import { ownApi, startTenancy, type TenancyBench } from '../doubles/benches/tenancy-bench.ts'

const evil = 'evil.example'

/** Values that are valid JSON and meant for nobody. Text, since no object literal can hold them all. */
const values = [
  '{"__proto__":{"isAdmin":true}}',
  '{"constructor":{"prototype":{"isAdmin":true}}}',
  '{"toString":1,"hasOwnProperty":2,"then":3}',
  '[]',
  '[[[]]]',
  '{}',
  'null',
  'true',
  '-0',
  '1e308',
  '9007199254740993',
  '""',
  '" "',
  '"\\u0000"',
  '"\\ud800"',
  '"a\\u202eb\\u2066c"',
  '"<script>alert(1)</script>"',
  '"__proto__"',
  '"../../etc/passwd"',
  '"$ne"',
  '{"$gt":""}',
  `"${'x'.repeat(20_000)}"`,
  '"11111111-1111-4111-8111-111111111111"',
  '["11111111-1111-4111-8111-111111111111","x"]',
  '"admin"',
] as const

/** Ids as nobody of good will sends them. */
const segments = [
  '..',
  '%2e%2e%2f%2e%2e',
  '%2F',
  '%5c',
  '%00',
  '%ff',
  '%E0%A4%A',
  '__proto__',
  'constructor',
  '"',
  '%22%22',
  '%7B%7D',
  'a'.repeat(4_000),
  '11111111-1111-4111-8111-11111111111%31',
  '11111111-1111-4111-8111-111111111111%00',
  '😀',
  '-1',
  '*',
].map((segment) => (/[^ -~]/.test(segment) ? encodeURIComponent(segment) : segment.replaceAll('"', '%22')))

const queries = [
  '',
  '',
  '',
  '?',
  '?a=1&a=2',
  '?__proto__[x]=1',
  '?constructor=1',
  '?%ff=%ff',
  '?=',
  `?${'a=1&'.repeat(500)}`,
  '?member_ids=x&member_ids=y',
  '?member_ids[]=1',
  '?node_ids=%00',
  '?limit=-1',
  '?before=__proto__',
  '?limit=1e9',
]
const types = [
  'application/json',
  'application/json; charset=utf-8',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/json; charset=utf-7',
  '',
  'application/xml',
]

function bodyFor(row: Route, seeded: Seeded): string | undefined {
  if (row.method === 'GET') return undefined
  const names = row.body instanceof z.ZodObject ? Object.keys(row.body.shape) : []
  const kind = seeded.below(10)
  if (kind === 0) return '{"a":'
  if (kind === 1) return `${'['.repeat(1_000)}${']'.repeat(1_000)}`
  if (kind === 2) return `{"a":${'{"a":'.repeat(1_000)}1${'}'.repeat(1_000)}}`
  if (kind === 3) return seeded.pick(values)
  if (kind === 4) return undefined
  const some = names.filter(() => seeded.chance(0.9))
  const members = some.map((name) => `${JSON.stringify(name)}:${seeded.pick(values)}`)
  if (kind === 5) members.push('"__proto__":{"isAdmin":true}')
  if (kind === 6 && some[0] !== undefined) members.push(`${JSON.stringify(some[0])}:${seeded.pick(values)}`)
  return `{${members.join(',')}}`
}

const strange = (seeded: Seeded): Record<string, string> => ({
  ...(seeded.chance(0.2) ? { 'x-http-method-override': 'DELETE', 'x-method-override': 'DELETE', 'x-http-method': 'DELETE' } : {}),
  ...(seeded.chance(0.2)
    ? { 'x-forwarded-host': evil, 'x-forwarded-proto': 'http', forwarded: `host=${evil}`, 'x-original-url': '/admin' }
    : {}),
  ...(seeded.chance(0.2) ? { host: evil } : {}),
  ...(seeded.chance(0.2) ? { 'accept-language': 'x'.repeat(500), 'x-forwarded-for': '127.0.0.1' } : {}),
})

/** What every answer must be, whatever was asked. */
function troubleOf({ status, text, json, headers }: Answer): string | undefined {
  // What no agent can do is said with 501, by an error of the table.
  if (status >= 500 && status !== 501) return `answered ${status}: ${text.slice(0, 200)}`
  if (/\n\s+at |node_modules|\.ts:\d/.test(text)) return `tells where it failed: ${text.slice(0, 200)}`
  if (text.includes(evil) || JSON.stringify(headers).includes(evil)) return 'believes a header about its own name'
  if (status >= 300 && status < 400 && !/^\/(?!\/)/.test(String(headers['location'])))
    return `sends elsewhere: ${String(headers['location'])}`
  if (status < 400) return undefined
  const { errorCode = '', errorMsgKey, errorMessage } = (json ?? {}) as Record<string, string>
  const kind = (errorKinds as Record<string, { http: number; key: string } | undefined>)[errorCode]
  if (kind === undefined || kind.http !== status || kind.key !== errorMsgKey)
    return `refuses with no error of the table: ${status} ${text.slice(0, 200)}`
  return typeof errorMessage === 'string' && errorMessage.length < 300 ? undefined : 'has no short sentence'
}

/** Everything that is kept of the space: what a refused request must leave alone. */
async function kept({ metadata, spaceId, owner, identity }: TenancyBench): Promise<string> {
  const [space, members, rooms, tokens, person] = await Promise.all([
    metadata.spaces.get(spaceId),
    metadata.roster.list(spaceId),
    metadata.rooms.list(spaceId),
    metadata.claimTokens.list(spaceId),
    identity.people.get(owner.personId),
  ])
  return JSON.stringify([space, members, rooms, tokens, person])
}

const lasting = (row: Route) =>
  !['DELETE /api/v1/spaces/:spaceId', `POST ${ownApi}/space/leave`, `POST ${ownApi}/sign-out`, `DELETE ${ownApi}/sign-ins`].includes(
    `${row.method} ${row.path}`,
  )

describe.each(seedsOf(2))('seed %i', (seed) => {
  it(
    '[HX1] every route withstands hostile bodies, ids, queries, types and headers: an answer of the table, no stack, and a refusal changes nothing',
    { timeout: 120_000 },
    async () => {
      const bench = await startTenancy()
      const seeded = createSeeded(seed)
      const bearer = await bench.bearerOf(bench.owner.personId)
      const rooms = await bench.metadata.rooms.list(bench.spaceId)
      const real = { spaceId: bench.spaceId, roomId: rooms[0]?.roomId ?? '', memberId: bench.ownerMemberId } as Readonly<
        Record<string, string>
      >
      const troubles: string[] = []
      let before = await kept(bench)
      for (const row of bench.routeRows.filter(lasting)) {
        for (const address of addressesOf(row)) {
          for (let n = 0; n < 6; n++) {
            bench.clock.advance(50)
            const path = address
              .replaceAll(/(?<=\/):(\w+)/g, (_whole, name: string) =>
                real[name] !== undefined && seeded.chance(0.8) ? real[name] : seeded.pick(segments),
              )
              .replaceAll('\\:', ':')
            const body = bodyFor(row, seeded)
            const isToken = seeded.chance(0.5)
            const headers = {
              ...(n === 0 ? { 'content-type': 'application/json' } : { 'content-type': seeded.pick(types) }),
              ...strange(seeded),
            }
            const url = `${path}${seeded.pick(queries)}`
            const answer = await bench.call(row.method, url, {
              ...(isToken ? { bearer } : { cookie: bench.ownerCookie }),
              headers,
              ...(body === undefined ? {} : { body }),
            })
            const told = `${row.method} ${url.slice(0, 120)} ${(body ?? '').slice(0, 120)}`
            const trouble = troubleOf(answer)
            if (trouble !== undefined) troubles.push(`${told}: ${trouble}`)
            const after = await kept(bench)
            if (answer.status >= 400 && after !== before) troubles.push(`${told}: refused with ${answer.status}, and changed something`)
            before = after
          }
        }
      }
      expect(troubles, `FUZZ_SEED=${seed}`).toEqual([])
      expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined()
    },
  )
})

it('[HX2] ten megabytes are refused by their length, and before a stranger’s are read at all', async () => {
  const bench = await startTenancy()
  const body = JSON.stringify({ name: 'x'.repeat(10 * 1024 * 1024) })
  const statuses: number[] = []
  for (const path of [
    `${ownApi}/rooms`,
    `/api/v1/spaces/${bench.spaceId}/rooms`,
    '/api/v1/spaces',
    `/api/v2/spaces/${bench.spaceId}/channel`,
  ]) {
    const answer = await bench.call('POST', path, { cookie: bench.ownerCookie, body }).catch(() => ({ status: 413 }))
    const stranger = await bench.call('POST', path, { body }).catch(() => ({ status: 401 }))
    statuses.push(answer.status, stranger.status)
  }
  expect(statuses).toEqual([413, 401, 413, 401, 413, 401, 413, 401])
  expect(await bench.metadata.rooms.list(bench.spaceId)).toHaveLength(1)
})

it('[HX3] a name comes back as it was given, but for what no screen shows or what turns text around', async () => {
  const bench = await startTenancy()
  const bearer = await bench.bearerOf(bench.owner.personId)
  const rows = async () =>
    (await bench.call('GET', `/api/v2/spaces/${bench.spaceId}/rooms`, { bearer })).json as { id: string; name: string }[]
  const statusAndName = async (name: string) => {
    const { status, json } = await bench.call('POST', `/api/v1/spaces/${bench.spaceId}/rooms`, {
      bearer,
      body: { name, description: name },
    })
    return [status, (await rows()).find(({ id }) => id === (json as { id?: string }).id)?.name]
  }
  for (const name of ['👩‍👩‍👧‍👦 家族', '❤️', 'e\u0301', 'שלום', 'می‌خواهم', '<b>bold</b>', '__proto__'])
    expect(await statusAndName(name)).toEqual([201, name])
  const unseen = ['\u200b', '\u3164', '\u2800', '\u2060\u2060', '\u00ad', '\u0301', '\u200d', '\ufe0f']
  for (const name of ['   ', '\u0000', 'x'.repeat(10_000), ...unseen])
    expect([JSON.stringify(name).slice(0, 20), await statusAndName(name)]).toEqual([JSON.stringify(name).slice(0, 20), [422, undefined]])
  // What looks like another name is that name.
  for (const name of ['Pay\u200broll', 'Pay\u00adroll', '\ufeffPayroll\u2060']) expect(await statusAndName(name)).toEqual([201, 'Payroll'])
  for (const name of ['a\u0000b', 'a\u202eb', 'a\ud800b', 'a\r\nb', 'a\u001b[31mb']) {
    const [status, told] = await statusAndName(name)
    expect([name, status === 201 || status === 422]).toEqual([name, true])
    expect(told ?? '').not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u)
  }
})

it('[HX4] a header never makes another method, another host or another person', async () => {
  const bench = await startTenancy()
  const room = await bench.call('POST', `/api/v1/spaces/${bench.spaceId}/rooms`, { cookie: bench.ownerCookie, body: { name: 'Room' } })
  const { id } = room.json as { id: string }
  const path = `/api/v1/spaces/${bench.spaceId}/rooms/${id}`
  for (const header of ['x-http-method-override', 'x-http-method', 'x-method-override'])
    await bench.call('PATCH', path, { cookie: bench.ownerCookie, headers: { [header]: 'DELETE' }, body: { name: 'Room' } })
  await bench.call('PATCH', `${path}?_method=DELETE`, { cookie: bench.ownerCookie, body: { name: 'Room' } })
  expect(await bench.metadata.rooms.list(bench.spaceId)).toHaveLength(2)
  // Another origin's page, whatever it says of itself.
  for (const headers of [
    { origin: `https://${evil}` },
    { origin: 'null' },
    { origin: `https://${evil}`, host: evil, 'x-forwarded-host': evil },
  ]) {
    expect((await bench.call('DELETE', path, { cookie: bench.ownerCookie, headers })).json).toMatchObject({ errorCode: 'ORIGIN_REFUSED' })
  }
  for (const headers of [
    { 'x-user': 'owner@example.com' },
    { 'x-forwarded-user': 'owner@example.com' },
    { 'x-remote-user': 'owner@example.com' },
  ])
    expect((await bench.call('GET', `${ownApi}/me`, { headers })).status).toBe(401)
})
