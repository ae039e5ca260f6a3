import { gunzipSync, gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { encodeQuestion } from '../../src/aclk/query/request.ts'
import { decodeAnswer } from '../../src/aclk/query/response.ts'
import { silentLog } from '../../src/support/log.ts'
import { createFakeSource } from '../../test/doubles/hosts/fake-source.ts'
import { createHandClock } from '../../test/doubles/hand-clock.ts'
import { jsonAnswer } from '../sources/source.ts'
import type { SourceAnswer, SourceRequest } from '../sources/source.ts'
import type { FunctionsRequest, HostFunctions } from '../functions/host-functions.ts'
import { createQueries, questionsAtOnce, questionsQueued } from './queries.ts'
import { testGate } from '../../test/doubles/hosts/test-gate.ts'

const gate = testGate()

interface Asked {
  readonly request: SourceRequest
  readonly signal: AbortSignal
  readonly answer: (answer: SourceAnswer) => void
  readonly fail: (error: Error) => void
}

function scene(maximumPacketBytes?: number, functions?: HostFunctions) {
  const clock = createHandClock()
  const asked: Asked[] = []
  const replies: { topic: string; payload: Uint8Array }[] = []
  const waiting: { count: number; resolve: () => void }[] = []
  const source = {
    answer: (request: SourceRequest, signal: AbortSignal) =>
      new Promise<SourceAnswer>((resolve, reject) => {
        asked.push({ request, signal, answer: resolve, fail: reject })
        signal.addEventListener('abort', () => reject(new Error('aborted')))
      }),
  }
  const link = {
    sessionIdUs: 1_700_000_000_123_456n,
    maximumPacketBytes,
    reply(topic: string, payload: Uint8Array) {
      replies.push({ topic, payload })
      for (const wait of waiting) if (replies.length >= wait.count) wait.resolve()
      return Promise.resolve()
    },
  }
  const queries = createQueries({
    source: gate.source({ ...createFakeSource(), ...source }),
    functions: functions && gate.functions(functions),
    names: () => ['node-1'],
    clock,
    log: silentLog,
  })
  const ask = (id: string, target = '/api/v1/data', timeoutMs = 0) =>
    queries.receive(encodeQuestion(id, `/cloud/reply/${id}`, { method: 'GET', target, timeoutMs }), link)
  const replied = (count: number) =>
    replies.length >= count ? Promise.resolve() : new Promise<void>((resolve) => waiting.push({ count, resolve }))
  return { clock, asked, replies, queries, link, ask, replied }
}

it('[AL22] answers on the topic it was told, with the id, the status and the session', async () => {
  const { ask, asked, replies, replied } = scene()
  ask('m1', '/node/node-1/api/v1/data?after=-3')
  asked[0]?.answer(jsonAnswer(404, 'nothing'))
  await replied(1)
  expect(asked[0]?.request).toEqual({ command: 'data', query: 'after=-3', acceptsGzip: true })
  expect(replies[0]?.topic).toBe('/cloud/reply/m1')
  const answer = decodeAnswer(replies[0]?.payload ?? new Uint8Array())
  expect({ ...answer, body: new TextDecoder().decode(answer.body) }).toEqual({
    messageId: 'm1',
    httpStatus: 404,
    isGzip: false,
    body: 'nothing',
    linkErrorCode: undefined,
  })
  expect(JSON.parse(new TextDecoder().decode(replies[0]?.payload).split('\r\n\r\n')[0] ?? '')).toMatchObject({
    connect: 1_700_000_000,
    'connect-offset-usec': 123_456,
    version: 2,
  })
})

it('[AL22] compresses bodies of a kilobyte and more, and passes on what is compressed already', async () => {
  const { ask, asked, replies, replied } = scene()
  const text = 'x'.repeat(5_000)
  ask('m1')
  ask('m2')
  asked[0]?.answer(jsonAnswer(200, text))
  const zipped = gzipSync(text)
  asked[1]?.answer({ status: 200, contentType: 'application/json', isGzip: true, body: zipped })
  await replied(2)
  const [one, two] = ['m1', 'm2'].map((id) => decodeAnswer(replies.find(({ topic }) => topic.endsWith(id))?.payload ?? new Uint8Array()))
  expect(one).toMatchObject({ isGzip: true, httpStatus: 200 })
  expect(gunzipSync(one?.body ?? '').toString()).toBe(text)
  expect(Buffer.from(two?.body ?? []).equals(zipped)).toBe(true)
})

it('[AL23] works on six questions at once, keeps 64 waiting and refuses more at once', async () => {
  const { ask, asked, replies, replied } = scene()
  for (let index = 0; index < questionsAtOnce + questionsQueued + 1; index++) ask(`m${index}`)
  await replied(1)
  expect(asked.length).toBe(questionsAtOnce)
  expect(decodeAnswer(replies[0]?.payload ?? new Uint8Array())).toMatchObject({ messageId: 'm70', httpStatus: 503, linkErrorCode: 6 })
  asked[3]?.answer(jsonAnswer(200, 'done'))
  await replied(2)
  await new Promise(setImmediate)
  expect(asked.length).toBe(questionsAtOnce + 1)
})

it('[AL24] cancels a running and a waiting question; both are answered with 499, unknown ids are nothing', async () => {
  const { ask, asked, replies, queries, replied } = scene()
  for (let index = 0; index < questionsAtOnce + 1; index++) ask(`m${index}`)
  queries.cancel('m0')
  queries.cancel(`m${questionsAtOnce}`)
  queries.cancel('unknown')
  await replied(2)
  const answers = replies.map(({ payload }) => decodeAnswer(payload)).map(({ messageId, httpStatus }) => [messageId, httpStatus] as const)
  expect(new Map(answers)).toEqual(
    new Map([
      ['m0', 499],
      [`m${questionsAtOnce}`, 499],
    ]),
  )
  expect(asked.length).toBe(questionsAtOnce)
  expect(asked[0]?.signal.aborted).toBe(true)
})

it('[AL25] a question that waited longer than its timeout is refused by the link layer, one that runs longer gets 504', async () => {
  const { ask, asked, replies, clock, replied } = scene()
  for (let index = 0; index < questionsAtOnce; index++) ask(`m${index}`, '/api/v1/data', index === 0 ? 5_000 : 0)
  ask('late', '/api/v1/data', 1_000)
  clock.advance(1_500)
  asked[1]?.answer(jsonAnswer(200, '1'))
  await replied(2)
  expect(decodeAnswer(replies[1]?.payload ?? new Uint8Array())).toMatchObject({ messageId: 'late', httpStatus: 503, linkErrorCode: 6 })
  clock.advance(3_500)
  await replied(3)
  expect(decodeAnswer(replies[2]?.payload ?? new Uint8Array())).toMatchObject({
    messageId: 'm0',
    httpStatus: 504,
    linkErrorCode: undefined,
  })
})

it("[AL26] an answer above the cloud's packet size becomes a 413 of the link layer", async () => {
  const { ask, asked, replies, replied } = scene(1_000)
  ask('m1')
  asked[0]?.answer({ status: 200, contentType: 'text/plain', isGzip: true, body: new Uint8Array(1_000) })
  await replied(1)
  expect(decodeAnswer(replies[0]?.payload ?? new Uint8Array())).toMatchObject({ messageId: 'm1', httpStatus: 413, linkErrorCode: 4 })
})

it('[AL27] a malformed question is never answered, a failing source is told without its words', async () => {
  const { ask, asked, replies, queries, link, replied } = scene()
  queries.receive(new TextEncoder().encode('no frame'), link)
  queries.receive(new Uint8Array([0xff, 0xfe]), link)
  ask('m1')
  asked[0]?.fail(new Error('words of the source'))
  await replied(1)
  const answer = decodeAnswer(replies[0]?.payload ?? new Uint8Array())
  expect(answer).toMatchObject({ messageId: 'm1', httpStatus: 500 })
  expect(new TextDecoder().decode(answer.body)).not.toContain('words of the source')
  expect(replies.length).toBe(1)
})

it('[AL27] when the link ends, running work is aborted and nothing waits any more', async () => {
  const { ask, asked, queries } = scene()
  for (let index = 0; index < questionsAtOnce + 5; index++) ask(`m${index}`)
  queries.dropAll()
  await new Promise(setImmediate)
  expect(asked.every(({ signal }) => signal.aborted)).toBe(true)
  expect(asked.length).toBe(questionsAtOnce)
})

/** Functions that tell what they were asked and never end. */
function endlessFunctions() {
  const asked: { readonly request: FunctionsRequest; readonly signal: AbortSignal }[] = []
  const functions: HostFunctions = {
    list: () => ({}),
    answer: (request, signal) => new Promise(() => void asked.push({ request, signal })),
  }
  return { asked, functions }
}

it('[HF1] [HF2] hands questions about functions to the functions with the mask of who asks, and none to the source', () => {
  const { asked: called, functions } = endlessFunctions()
  const { queries, link, asked } = scene(undefined, functions)
  const question = {
    method: 'GET',
    target: '/node/node-1/api/v1/function?function=processes%20pid%3A1&timeout=5',
    timeoutMs: 5_000,
  } as const
  queries.receive(encodeQuestion('m1', '/r/m1', { ...question, asker: { role: 'manager', permissions: 0x67f } }), link)
  queries.receive(encodeQuestion('m2', '/r/m2', question), link)
  queries.receive(encodeQuestion('m3', '/r/m3', { ...question, target: '/api/v1/functions' }), link)
  expect(called.map(({ request }) => request)).toEqual([
    { command: 'function', query: 'function=processes%20pid%3A1&timeout=5', permissions: 0x67f },
    { command: 'function', query: 'function=processes%20pid%3A1&timeout=5', permissions: 0x1b },
    { command: 'functions', query: '', permissions: 0x1b },
  ])
  expect(asked).toEqual([])
})

it('[HF5] a cancelled question, and the end of the link, break off what a function does', async () => {
  const { asked: called, functions } = endlessFunctions()
  const { ask, queries } = scene(undefined, functions)
  ask('m1', '/api/v1/function?function=processes')
  ask('m2', '/api/v1/function?function=processes')
  queries.cancel('m1')
  await new Promise(setImmediate)
  expect(called.map(({ signal }) => signal.aborted)).toEqual([true, false])
  queries.dropAll()
  expect(called.map(({ signal }) => signal.aborted)).toEqual([true, true])
})

it('[AL112] configuration goes to the source with its document and who asks, on v1 and v3; a source without any is not asked', async () => {
  const replies: Uint8Array[] = []
  const link = {
    sessionIdUs: 1n,
    maximumPacketBytes: undefined,
    reply: (_topic: string, payload: Uint8Array) => Promise.resolve(void replies.push(payload)),
  }
  const deps = { names: () => ['node-1'], clock: createHandClock(), log: silentLog }
  const configurable = createQueries({ ...deps, source: gate.source(createFakeSource({ isConfigurable: true })) })
  const other = createQueries({ ...deps, source: gate.source(createFakeSource()) })
  const asker = { permissions: 0x7f, role: 'admin', userName: 'ada', accountId: '5e0c' }
  const body = { contentType: 'application/json', text: '{"rules":[]}' }
  const post = encodeQuestion('m1', '/r', {
    method: 'POST',
    target: '/node/node-1/api/v1/config?action=add&id=x',
    timeoutMs: 0,
    asker,
    body,
  })
  configurable.receive(post, link)
  configurable.receive(encodeQuestion('m2', '/r', { method: 'GET', target: '/api/v3/config', timeoutMs: 0 }), link)
  other.receive(post, link)
  await new Promise(setImmediate)
  const answers = replies.map(decodeAnswer).map(({ httpStatus, body: bytes }) => [httpStatus, new TextDecoder().decode(bytes)] as const)
  expect(answers[0]).toEqual([
    200,
    JSON.stringify({ query: 'action=add&id=x', bodyText: body.text, permissions: 0x7f, role: 'admin', userName: 'ada', accountId: '5e0c' }),
  ])
  expect(JSON.parse(answers[1]?.[1] ?? '')).toMatchObject({ query: '', bodyText: '', permissions: 0x1b, role: 'member' })
  expect(answers[2]?.[0]).toBe(404)
})
