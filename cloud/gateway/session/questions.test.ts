import { expect, it } from 'vitest'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import { linkLimits } from '../../../src/aclk/limits.ts'
import { decodeQuestion } from '../../../src/aclk/query/request.ts'
import { encodeAnswer } from '../../../src/aclk/query/response.ts'
import type { NodeId } from '../../../src/domain/ids.ts'
import type { ErrorCode } from '../../../src/errors/throughline-error.ts'
import type { AgentAnswer } from '../../bus/port.ts'
import { createCounters } from '../counters.ts'
import { Questions } from './questions.ts'

const nodeId = '858d6080-3baa-42cc-8cf2-21bf363f6584' as NodeId
const info = { method: 'GET', target: '/api/v1/info?x=1', timeoutMs: 10_000 } as const
const never = () => new AbortController().signal

/** A node of the same agent. */
const sibling = '3a2bf91a-e8b5-41f1-958f-02fc00000001' as NodeId

function setup(isUp = true, httpApi = 7) {
  const clock = createHandClock()
  const counters = createCounters()
  const sent: string[] = []
  const cancelled: string[] = []
  const questions = new Questions({
    clock,
    counters,
    sendQuery(payload) {
      sent.push(new TextDecoder().decode(payload))
      return isUp
    },
    capabilitiesOf: (asked) =>
      asked === nodeId || asked === sibling ? [{ name: 'http_api_v2', version: httpApi, enabled: httpApi > 0 }] : undefined,
    sendCancel: (messageId) => void cancelled.push(messageId),
  })
  const idOf = (index: number) => decodeQuestion(new TextEncoder().encode(sent[index]))?.messageId ?? ''
  return { clock, counters, sent, cancelled, questions, idOf }
}

function answerTo(messageId: string, body = 'body', httpStatus = 200): Uint8Array {
  return encodeAnswer({
    messageId,
    httpStatus,
    contentType: 'x',
    isGzip: true,
    body: new TextEncoder().encode(body),
    sessionIdUs: 1n,
    nowUs: 1n,
    executionUs: 1,
  })
}

function bodyOf(answer: AgentAnswer): string {
  let text = ''
  answer.body.releaseTo((bytes) => (text = new TextDecoder().decode(bytes)))
  return text
}

const codeOf = (pending: Promise<unknown>): Promise<ErrorCode | 'answered'> =>
  pending.then(
    () => 'answered' as const,
    (error: { code: ErrorCode }) => error.code,
  )

it('[GW33] a question goes to its node by path, under an id of its own, and gets its answer', async () => {
  const { questions, sent, idOf, counters } = setup()
  const answer = questions.ask(nodeId, info, never())
  expect(sent[0]).toContain(`\r\n\r\nGET /node/${nodeId}/api/v1/info?x=1 HTTP/1.1\r\n`)
  expect(sent[0]).toContain(`"callback-topic":"/cloud/reply/${idOf(0)}"`)
  expect(idOf(0)).toMatch(/^[0-9a-f-]{36}$/)
  questions.answer(idOf(0), answerTo(idOf(0)))
  const got = await answer
  expect([got.httpStatus, got.isGzip, bodyOf(got), counters.answers]).toEqual([200, true, 'body', 1])
})

it('[GW34] an answer is taken once; late and unknown ones are counted and dropped', async () => {
  const { questions, idOf, counters } = setup()
  const answer = questions.ask(nodeId, info, never())
  questions.answer('ffffffff-3baa-42cc-8cf2-21bf363f6584', answerTo('x'))
  questions.answer(idOf(0), answerTo(idOf(0)))
  questions.answer(idOf(0), answerTo(idOf(0), 'again'))
  expect(bodyOf(await answer)).toBe('body')
  expect(counters.lateAnswers).toBe(2)
})

it('[GW35] sixteen questions are at the agent, sixty-four wait their turn, more are RATE_LIMITED', async () => {
  const { questions, sent, idOf } = setup()
  const asked = Array.from({ length: linkLimits.queriesPerNode + linkLimits.queriesQueued }, () => questions.ask(nodeId, info, never()))
  expect(sent).toHaveLength(linkLimits.queriesPerNode)
  expect(await codeOf(questions.ask(nodeId, info, never()))).toBe('RATE_LIMITED')
  questions.answer(idOf(3), answerTo(idOf(3)))
  await asked[3]
  expect(sent).toHaveLength(linkLimits.queriesPerNode + 1)
  questions.end()
  expect(new Set(await Promise.all(asked.map(codeOf)))).toEqual(new Set(['answered', 'AGENT_UNREACHABLE']))
})

it('[GW36] no answer within the timeout and two seconds is AGENT_TIMEOUT, and the agent is told to stop', async () => {
  const { questions, clock, cancelled, idOf } = setup()
  const code = codeOf(questions.ask(nodeId, info, never()))
  clock.advance(11_999)
  expect(cancelled).toEqual([])
  clock.advance(1)
  expect(await code).toBe('AGENT_TIMEOUT')
  expect(cancelled).toEqual([idOf(0)])
})

it('[GW37] when nobody waits any more the agent is told, the slot is free, and a question still waiting is never sent', async () => {
  const { questions, cancelled, sent, idOf } = setup()
  const viewer = new AbortController()
  const code = codeOf(questions.ask(nodeId, info, viewer.signal))
  for (let i = 1; i < linkLimits.queriesPerNode; i++) void codeOf(questions.ask(nodeId, info, never()))
  const queued = new AbortController()
  const queuedCode = codeOf(questions.ask(nodeId, info, queued.signal))
  queued.abort()
  expect(await queuedCode).toBe('CANCELLED')
  expect(cancelled).toEqual([])
  void codeOf(questions.ask(nodeId, info, never()))
  viewer.abort()
  expect(await code).toBe('CANCELLED')
  expect(cancelled).toEqual([idOf(0)])
  expect(sent).toHaveLength(linkLimits.queriesPerNode + 1)
  expect(await codeOf(questions.ask(nodeId, info, AbortSignal.abort()))).toBe('CANCELLED')
})

it.each<[string, (id: string) => Uint8Array, ErrorCode | 'answered']>([
  [
    'an answer larger than the link carries',
    (id) => new TextEncoder().encode(`{"msg-id":"${id}","http-code":413,"error-code":4}`),
    'AGENT_ANSWER_TOO_LARGE',
  ],
  [
    'a question that waited too long at the agent',
    (id) => new TextEncoder().encode(`{"msg-id":"${id}","http-code":503,"error-code":6}`),
    'AGENT_TIMEOUT',
  ],
  [
    'an answer the agent could not send',
    (id) => new TextEncoder().encode(`{"msg-id":"${id}","http-code":500,"error-code":5}`),
    'AGENT_PROTOCOL',
  ],
  ['an unknown node at 1.37', (id) => new TextEncoder().encode(`{"msg-id":"${id}","http-code":404,"error-code":2}`), 'answered'],
  ['nonsense', () => Buffer.from('ff00', 'hex'), 'AGENT_PROTOCOL'],
  ['the answer to another question', () => answerTo('5177d298-6ee4-4d13-b1c2-50eebe49a3f8'), 'AGENT_PROTOCOL'],
])('[GW38] %s ends as it should', async (_name, payload, code) => {
  const { questions, idOf } = setup()
  const got = codeOf(questions.ask(nodeId, info, never()))
  questions.answer(idOf(0), payload(idOf(0)))
  expect(await got).toBe(code)
})

it('[GW39] a link that is gone is AGENT_UNREACHABLE, a path beside the API LINK_PROTOCOL', async () => {
  const { questions } = setup(false)
  expect(await codeOf(questions.ask(nodeId, info, never()))).toBe('AGENT_UNREACHABLE')
  expect(await codeOf(questions.ask(nodeId, { ...info, target: '/../netdata.conf' }, never()))).toBe('LINK_PROTOCOL')
})

const other = '966fc303-c1f8-4ae2-8ac9-ae650d2a81c6' as NodeId

it('[GW120] what waits goes to the agent for the node it works for least, the oldest first', async () => {
  const { questions, sent, idOf } = setup()
  const pathsSent = () => sent.slice(linkLimits.queriesPerNode).map((text) => / (\/node\/\S+)/.exec(text)?.[1])
  for (let i = 0; i < linkLimits.queriesPerNode + 3; i++)
    void codeOf(questions.ask(nodeId, { ...info, target: `/api/v1/info?x=${i}` }, never()))
  for (let i = 0; i < 2; i++) void codeOf(questions.ask(other, { ...info, target: `/api/v1/info?y=${i}` }, never()))
  for (let i = 0; i < 3; i++) questions.answer(idOf(i), answerTo(idOf(i)))
  expect(pathsSent()).toEqual([`/node/${other}/api/v1/info?y=0`, `/node/${other}/api/v1/info?y=1`, `/node/${nodeId}/api/v1/info?x=16`])
})

it.each([
  { httpApi: 0, bytes: linkLimits.targetBytes },
  { httpApi: 3, bytes: linkLimits.wideTargetBytes },
])('[GW121] a target of more than $bytes bytes is URL_TOO_LONG, and the slot stays free', async ({ httpApi, bytes }) => {
  const { questions, sent } = setup(true, httpApi)
  const long = `/api/v1/data?context=${'x'.repeat(bytes)}`
  expect(await codeOf(questions.ask(nodeId, { ...info, target: long }, never()))).toBe('URL_TOO_LONG')
  expect(sent).toEqual([])
})

it.each([
  '/api/v3/data?contexts=system.cpu',
  '/api/v2/contexts',
  '/api/v3/functions',
  '/api/v3/nodes?x=1',
  `/api/v3/data?scope_nodes=*`,
  `/api/v3/data?scope_nodes=${nodeId}|*`,
  `/api/v3/data?scope_nodes=${other}`,
  `/api/v3/data?scope_nodes=${nodeId}%7C${other}`,
  `/api/v3/data?scope_nodes=${nodeId},${sibling}`,
  `/api/v3/data?scope_nodes=${nodeId}|${sibling}|`,
  `/api/v3/data?scope_nodes=`,
  `/api/v3/data?scope_nodes=${nodeId}&scope_nodes=*`,
  `/api/v3/data?scope_nodes=${nodeId}%26scope_nodes=*`,
  '/api/v3/functions?function=x',
  `/api/v3/data?scope_nodes=${nodeId}&contexts=%ff`,
])('[GW122] a question that would reach other nodes of the agent is never sent: %s', async (target) => {
  const { questions, sent } = setup()
  expect(await codeOf(questions.ask(nodeId, { ...info, target }, never()))).toBe('LINK_PROTOCOL')
  expect(sent).toEqual([])
})

it.each([
  `/api/v3/data?scope_nodes=${nodeId}&contexts=a`,
  `/api/v3/data?scope_nodes=${nodeId}%7C${sibling}&contexts=a`,
  `/api/v2/data?scope_nodes=${sibling}&contexts=a`,
  '/api/v3/function?function=x',
  `/api/v2/bearer_get_token?node_id=${nodeId}&machine_guid=x&claim_id=x`,
  '/api/v1/functions',
  '/api/v1/config?action=tree',
])('[GW122] a question that keeps to nodes of its link is sent: %s', (target) => {
  const { questions, sent } = setup()
  void codeOf(questions.ask(nodeId, { ...info, target }, never()))
  expect(sent[0]).toContain(`GET /node/${nodeId}${target} HTTP/1.1`)
})

it.each([202, 298, 299, 304, 400, 403, 404, 409, 412, 413, 451, 499, 501, 503, 504])(
  '[GW123] the agent’s own status %i passes',
  async (status) => {
    const { questions, idOf } = setup()
    const answer = questions.ask(nodeId, info, never())
    questions.answer(idOf(0), answerTo(idOf(0), 'its own words', status))
    const got = await answer
    expect([got.httpStatus, bodyOf(got)]).toEqual([status, 'its own words'])
  },
)

it('[GW124] a document goes to the agent with its type, its length in bytes and who asks', () => {
  const { questions, sent } = setup()
  void codeOf(
    questions.ask(
      nodeId,
      {
        method: 'POST',
        target: '/api/v1/config?action=update&id=x&timeout=30',
        timeoutMs: 30_000,
        asker: { role: 'admin', permissions: 0x7ff, accountId: 'person', userName: 'Throughline admin' },
        body: { contentType: 'application/json', text: '{"é":1}' },
      },
      never(),
    ),
  )
  const question = decodeQuestion(new TextEncoder().encode(sent[0]))
  expect(question).toMatchObject({ method: 'POST', timeoutMs: 30_000, bodyText: '{"é":1}' })
  expect(Object.fromEntries(question?.headers ?? [])).toEqual({
    'accept-encoding': 'gzip',
    'x-netdata-role': 'admin',
    'x-netdata-permissions': '0x7ff',
    'x-netdata-account-id': 'person',
    'x-netdata-user-name': 'Throughline admin',
    'content-type': 'application/json',
    'content-length': '8',
  })
})
