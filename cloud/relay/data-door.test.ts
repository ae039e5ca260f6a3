import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { LogFields } from '../../src/domain/storable.ts'
import type { PersonId } from '../../src/domain/ids.ts'
import type { Log } from '../../src/support/log.ts'
import { readData } from '../../test/doubles/people/data-reader.ts'
import { serveFakeAgent } from '../../test/doubles/agents/fake-agent.ts'
import type { FakeAgent } from '../../test/doubles/agents/fake-agent.ts'
import { foreignNode, nodeA, nodeB, startLiveRelay } from '../../test/doubles/people/live-relay.ts'
import type { LiveRelayDouble } from '../../test/doubles/people/live-relay.ts'
import { waitUntil } from '../../test/doubles/wait-until.ts'
import { isDataAddress, takesGzip } from './data-door.ts'

let live: LiveRelayDouble
let agent: FakeAgent
let lines: string[]

beforeEach(async () => {
  lines = []
  const write = (event: string, fields?: LogFields) => void lines.push(`${event} ${JSON.stringify(fields)}`)
  const log: Log = { error: write, warn: write, info: write, debug: write }
  live = await startLiveRelay(log)
  agent = serveFakeAgent(live.bus, nodeA, undefined, 'C')
})
afterEach(() => live.stop())

const at = (query: string, nodeId: string = nodeA) => `/api/throughline/v1/nodes/${nodeId}/data?${query}`
const read = (query: string, options?: Parameters<typeof readData>[2], nodeId?: string) => readData(live.port, at(query, nodeId), options)

it('[LD1] answers with what the agent answers, byte for byte, in headers that let nothing be kept or taken for something else', async () => {
  const reading = read('context=system.cpu&after=-60')
  const asked = await agent.question(0)
  expect(asked.question).toMatchObject({ method: 'GET', asker: { role: 'admin', permissions: 0x7ff } })
  expect(asked.question.target).toBe(
    '/api/v1/data?context=system.cpu&after=-60&before=0&points=60&group=average&format=json&options=jsonwrap,minify,unaligned&timeout=25000',
  )
  const body = Buffer.from('{"hostile":"</script>\u202e", not even JSON \u0000')
  asked.answer(body)
  const { status, headers, body: got } = await reading.answer
  expect([status, got.equals(body)]).toEqual([200, true])
  expect(headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cross-origin-resource-policy': 'same-origin',
    'content-length': String(body.byteLength),
  })
  expect(headers['content-encoding']).toBeUndefined()
})

it.each([
  ['/api/throughline/v1/nodes/11111111-1111-4111-8111-111111111111/data', true],
  ['/api/throughline/v1/nodes/11111111-1111-4111-8111-111111111111/data?context=a', true],
  ['/api/throughline/v1/nodes/11111111-1111-4111-8111-111111111111/data/', false],
  ['/api/throughline/v1/nodes/11111111-1111-4111-8111-111111111111/data%3Fcontext=a', false],
  ['/api/throughline/v1/nodes/11111111-1111-4111-8111-111111111111%2Fdata', false],
  ['/api/throughline/v1/nodes/..%2F..%2Fx/data', false],
  ['/api/throughline/v1/nodes/all/data', false],
  ['//api/throughline/v1/nodes/11111111-1111-4111-8111-111111111111/data', false],
  ['/api/throughline/v1/nodes/11111111-1111-4111-8111-111111111111/datax', false],
])('[LD1] %s is the door: %s', (url, isDoor) => {
  expect(isDataAddress(url)).toBe(isDoor)
})

it('[LD2] aggregated data goes to the newest path of the agent with the scope said', async () => {
  const reading = read('context=system.cpu&group_by=node&aggregation=max', {}, nodeA.toUpperCase())
  const asked = await agent.question(0)
  expect(asked.question.target).toContain(`/api/v3/data?scope_nodes=${nodeA}&scope_contexts=system.cpu&contexts=system.cpu&`)
  asked.answer('{}')
  expect((await reading.answer).status).toBe(200)
})

it.each([
  'context=a%26after%3D1',
  'context=a&x-netdata-permissions=0x7ff',
  'context=a%0d%0aX-Netdata-Role:%20admin',
  'context=a&scope_nodes=*',
  'path=/api/v1/config',
])('[LD3] %s is refused and asks nothing', async (query) => {
  const { status, error } = await read(query).answer
  expect([status, error.errorCode, agent.asked.length]).toEqual([422, 'BODY_UNPROCESSABLE', 0])
})

it('[LD5] a foreign node and an absent one are the same 404, and no agent is asked', async () => {
  const foreign = serveFakeAgent(live.bus, foreignNode)
  const answers = [
    await read('context=a', {}, foreignNode).answer,
    await read('context=a', {}, '44444444-4444-4444-8444-444444444444').answer,
    await read(`context=a&scope_nodes=${nodeA}|${foreignNode}`).answer,
  ]
  expect(answers.map(({ status, error }) => [status, error])).toEqual(
    Array.from({ length: 3 }, () => [404, { errorCode: 'NOT_FOUND', errorMsgKey: 'ErrNotFound', errorMessage: 'There is no such node.' }]),
  )
  expect([agent.asked.length, foreign.asked.length]).toEqual([0, 0])
})

it.each([
  ['UNAUTHENTICATED', 401],
  ['SESSION_EXPIRED', 401],
  ['FORBIDDEN', 403],
  ['STORE_UNAVAILABLE', 503],
] as const)('[LD6] what the rights refuse with %s is answered with %i, before the query is read', async (code, status) => {
  live.rights.refusal = code
  const answer = await read('nonsense=1').answer
  expect([answer.status, answer.error.errorCode, live.rights.asked]).toEqual([status, code, []])
  expect(answer.headers['retry-after']).toBe(status === 503 ? '5' : undefined)
})

it('[LD6] a session is not taken from a page of another site; a token is not a browser', async () => {
  agent.answerAlways('{}')
  const withCookie = (site?: string) => {
    const headers: Record<string, string> = { authorization: '', cookie: 'a=b', ...(site === undefined ? {} : { 'sec-fetch-site': site }) }
    delete headers['authorization']
    return fetch(`http://127.0.0.1:${live.port}${at('context=a')}`, { headers }).then(({ status }) => status)
  }
  expect([await withCookie(), await withCookie('same-origin'), await withCookie('none')]).toEqual([200, 200, 200])
  expect([await withCookie('cross-site'), await withCookie('same-site')]).toEqual([403, 403])
  expect((await read('context=a', { headers: { 'sec-fetch-site': 'cross-site' } }).answer).status).toBe(200)
})

it('[LD7] who accepts gzip gets what the agent compressed; others are asked for and get plain text', async () => {
  const zipped = gzipSync('{"a":1}')
  const one = read('context=a', { headers: { 'accept-encoding': 'br, gzip;q=0.5' } })
  const first = await agent.question(0)
  const two = read('context=a')
  // The same words are another question to the agent: it is asked after the first.
  await waitUntil(() => (live.relay.stats().asksInFlight === 2 ? true : undefined))
  expect(first.question.acceptsGzip).toBeUndefined()
  first.answer(zipped, { isGzip: true })
  const got = await one.answer
  expect([got.headers['content-encoding'], got.body.equals(zipped)]).toEqual(['gzip', true])
  const second = await agent.question(1)
  expect(second.question.acceptsGzip).toBe(false)
  second.answer('{"a":1}')
  const plain = await two.answer
  expect([plain.headers['content-encoding'], plain.body.toString()]).toEqual([undefined, '{"a":1}'])
  const three = read('context=b')
  ;(await agent.question(2)).answer(zipped, { isGzip: true })
  expect(await three.answer).toMatchObject({ status: 502, error: { errorCode: 'AGENT_PROTOCOL' } })
})

it('[LD7] reads Accept-Encoding', () => {
  expect([undefined, '', 'identity', 'gzip;q=0', '*;q=0', 'x-gzip', 'deflate'].map(takesGzip)).toEqual(
    Array.from({ length: 7 }, () => false),
  )
  expect(['gzip', 'GZIP', 'deflate, gzip;q=0.1', '*', 'br, *;q=0.5', ['gzip']].map(takesGzip)).toEqual(
    Array.from({ length: 6 }, () => true),
  )
})

it.each([
  [400, 422, 'BODY_UNPROCESSABLE'],
  [403, 403, 'FORBIDDEN'],
  [404, 404, 'NOT_FOUND'],
  [412, 403, 'FORBIDDEN'],
  [413, 413, 'AGENT_ANSWER_TOO_LARGE'],
  [451, 403, 'FORBIDDEN'],
  [499, 504, 'AGENT_TIMEOUT'],
  [503, 503, 'AGENT_UNREACHABLE'],
  [504, 504, 'AGENT_TIMEOUT'],
  [301, 502, 'AGENT_PROTOCOL'],
  [204, 502, 'AGENT_PROTOCOL'],
  [418, 502, 'AGENT_PROTOCOL'],
  [500, 502, 'AGENT_PROTOCOL'],
])('[LD8] an agent that answers %i is answered for with %i and none of its words', async (httpStatus, status, errorCode) => {
  agent.answerAlways('<h1>secret words of the agent</h1>', { httpStatus })
  const answer = await read('context=a').answer
  expect([answer.status, answer.error.errorCode]).toEqual([status, errorCode])
  expect(answer.body.toString()).not.toMatch(/secret words|of the agent/)
})

it('[LD8] a node without an agent is 503, an agent that does not answer 504', async () => {
  expect(await read('context=a', {}, nodeB).answer).toMatchObject({ status: 503, error: { errorCode: 'AGENT_UNREACHABLE' } })
  const slow = read('context=a')
  await agent.question(0)
  live.clock.advance(30_000)
  expect(await slow.answer).toMatchObject({ status: 504, error: { errorCode: 'AGENT_TIMEOUT' } })
})

it('[LD9] one person reads so often and no more, whatever the number of connections', async () => {
  agent.answerAlways('{}')
  const statuses: number[] = []
  for (let index = 0; index < 42; index++) statuses.push((await read('context=a').answer).status)
  expect([statuses.filter((status) => status === 200).length, statuses.at(-1)]).toEqual([40, 429])
  live.rights.personId = 'another' as PersonId
  expect((await read('context=a').answer).status).toBe(200)
  live.rights.personId = 'person' as PersonId
  live.clock.advance(1_000)
  expect((await read('context=a').answer).status).toBe(200)
})

it('[LD9] waits for eight answers at a time', async () => {
  const readings = Array.from({ length: 8 }, (_, index) => read(`context=a${index}`))
  await waitUntil(() => (live.relay.stats().asksInFlight === 8 ? true : undefined))
  const refused = await read('context=b').answer
  expect([refused.status, refused.headers['retry-after']]).toEqual([429, '1'])
  agent.answerAlways('{}')
  agent.asked[0]?.answer('{}')
  expect((await Promise.all(readings.map(({ answer }) => answer))).map(({ status }) => status)).toEqual(
    Array.from({ length: 8 }, () => 200),
  )
  expect((await read('context=b').answer).status).toBe(200)
})

it('[LD10] identical questions are one, and an agent works on one about the past at a time', async () => {
  const readings = [read('context=a'), read('contexts=a'), read('context=b')]
  await waitUntil(() => (live.relay.stats().asksInFlight === 2 ? true : undefined))
  expect(agent.asked.length).toBe(1)
  ;(await agent.question(0)).answer('{"n":1}')
  ;(await agent.question(1)).answer('{"n":2}')
  const bodies = (await Promise.all(readings.map(({ answer }) => answer))).map(({ body }) => body.toString())
  expect(bodies.sort()).toEqual(['{"n":1}', '{"n":1}', '{"n":2}'])
})

it('[LD11] who leaves cancels the question at the agent', async () => {
  const reading = read('context=a')
  const { signal } = await agent.question(0)
  reading.leave()
  await waitUntil(() => (signal.aborted ? true : undefined))
  expect(live.relay.stats().asksInFlight).toBe(0)
})

it('[LD11] an answer that was given is not cancelled afterwards', async () => {
  const reading = read('context=a')
  const asked = await agent.question(0)
  asked.answer('{}')
  await reading.answer
  reading.leave()
  await new Promise(setImmediate)
  expect(asked.signal.aborted).toBe(false)
})

it('[LD11] a closing relay answers everybody who waits with 503', async () => {
  const reading = read('context=a')
  await agent.question(0)
  await live.relay.close()
  expect(await reading.answer).toMatchObject({ status: 503, error: { errorCode: 'RESTARTING' } })
  expect((await read('context=a').answer).status).toBe(503)
})

it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD'])('[LD12] %s is 405', async (method) => {
  const { status, headers } = await read('context=a', { method }).answer
  expect([status, headers.allow, agent.asked.length]).toEqual([405, 'GET', 0])
})

it('[LD13] no log line holds a context, a value or a part of the query', async () => {
  agent.answerAlways('{"value":8675309}')
  await read('context=needle.context').answer
  await read('needle=1').answer
  agent.answerAlways('{"value":8675309}', { httpStatus: 500 })
  const failed = await read('context=needle.context').answer
  expect(failed.body.toString()).not.toContain('needle')
  expect(lines.join('\n')).not.toMatch(/needle|8675309/)
})
