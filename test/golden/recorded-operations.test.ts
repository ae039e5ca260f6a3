import { describe, expect, it } from 'vitest'
import { decodePacket } from '../../cloud/gateway/mqtt/decode-packet.ts'
import { askQuestion } from '../../cloud/relay/ask-question.ts'
import type { ReceivedQuestion } from '../../src/aclk/query/request.ts'
import { decodeQuestion, encodeQuestion } from '../../src/aclk/query/request.ts'
import { decodeAnswer } from '../../src/aclk/query/response.ts'
import type { NodeId, PersonId } from '../../src/domain/ids.ts'
import { parseFromBrowser } from '../../src/live/messages.ts'
import type { LiveQuestion } from '../../src/live/messages.ts'
import { capabilitiesOf } from '../doubles/agents/fake-agent.ts'
import { hasRecordings, listRecordings, readRecording, recordingsFolder } from '../doubles/agents/recording.ts'

// What our relay builds has to be what recorded agents accepted: the same method, path, parameters, document and permissions.

it('[GW1] the recorded sessions of stock agents are there to be read', () => {
  expect(hasRecordings, `no recordings at ${recordingsFolder}: the golden suite cannot run`).toBe(true)
})

interface Recorded {
  readonly question: ReceivedQuestion
  readonly nodeId: NodeId
  readonly parameters: ReadonlyMap<string, string>
  readonly httpStatus: number | undefined
}

/** Path without the node, and parameters, as an agent reads them: decoded first, then split (agent-api §2.4). */
function partsOf(target: string) {
  const [path = '', query = ''] = decodeURIComponent(target).split('?')
  const [, nodeId = '', rest = path] = /^\/node\/([^/]+)(\/.*)$/.exec(path) ?? []
  const parameters = new Map(
    query
      .split('&')
      .filter((part) => part !== '')
      .map((part) => [part.split('=')[0] ?? '', part.slice(part.indexOf('=') + 1)]),
  )
  return { nodeId: nodeId as NodeId, path: rest, parameters }
}

/** Questions about functions and configuration of a node, with the status their agent answered. */
function operationsOf(version: string, scenario: string): Recorded[] {
  const { lines } = readRecording(version, scenario)
  const statuses = new Map<string, number>()
  const payloads = lines.flatMap(({ query, response, raw }) => {
    if (raw === undefined || (query === undefined && response === undefined)) return []
    const packet = decodePacket(Buffer.from(raw, 'base64'))
    return packet.cmd === 'publish' ? [{ isAnswer: response !== undefined, payload: packet.payload as Buffer }] : []
  })
  for (const { isAnswer, payload } of payloads) {
    if (!isAnswer) continue
    const { messageId, httpStatus } = decodeAnswer(payload)
    statuses.set(messageId, httpStatus)
  }
  return payloads.flatMap(({ isAnswer, payload }) => {
    const question = isAnswer ? undefined : decodeQuestion(payload)
    if (question === undefined) return []
    const { nodeId, path, parameters } = partsOf(question.target)
    if (nodeId === '' || !/^\/api\/v\d\/(config|functions?)$/.test(path)) return []
    return [{ question, nodeId, parameters, httpStatus: statuses.get(question.messageId) }]
  })
}

/** What a page would have asked; through the checked protocol, so that a recorded operation nobody may ask fails here. */
function asBrowser({ question, nodeId, parameters }: Recorded): LiveQuestion | undefined {
  const { path } = partsOf(question.target)
  const timeoutS = Math.min(Number(parameters.get('timeout') ?? 30), 30)
  const [name, ...words] = (parameters.get('function') ?? '').split(' ')
  const asked = path.endsWith('/config')
    ? {
        kind: 'config',
        action: parameters.get('action'),
        path: parameters.get('path'),
        id: parameters.get('id'),
        name: parameters.get('name'),
        body: question.bodyText === '' ? undefined : question.bodyText,
        timeoutS,
      }
    : path.endsWith('/functions')
      ? { kind: 'functions' }
      : { kind: 'function', name, args: words.map((key) => ({ key })), timeoutS }
  const message = parseFromBrowser(JSON.stringify({ type: 'ask', id: 1, nodeId, question: asked }))
  return message?.type === 'ask' ? message.question : undefined
}

/** The question without what may differ: a recording may leave the timeout out or ask for longer than we do. */
function comparable(received: ReceivedQuestion | undefined) {
  const { nodeId, path, parameters } = partsOf(received?.target ?? '')
  const { timeout, ...others } = Object.fromEntries(parameters)
  return {
    method: received?.method,
    nodeId,
    // Agents of generation C serve functions under both.
    path: path.replace(/^\/api\/v3\/function$/, '/api/v1/function'),
    parameters: others,
    hasTimeout: timeout === undefined || Number(timeout) > 0,
    body: received?.bodyText,
    contentType: received?.headers.get('content-type'),
    contentLength: received?.headers.get('content-length'),
  }
}

const scenarios = listRecordings().filter(
  ({ scenario }) => scenario === 'dyncfg' || scenario === 'first-connect' || scenario === 'parent-child',
)

describe.each(scenarios)('$version $scenario', ({ version, scenario }) => {
  const operations = operationsOf(version, scenario)
  const generation = version.startsWith('1.37') ? 'A' : 'C'

  it('[RL114] every recorded operation is one our relay asks in the same words', () => {
    expect(operations.length).toBeGreaterThan(0)
    for (const recorded of operations) {
      const question = asBrowser(recorded)
      if (question === undefined) throw new Error(`no question of ours: ${recorded.question.target}`)
      const permissions = Number(recorded.question.headers.get('x-netdata-permissions') ?? 0x1b)
      const asker = { role: 'admin', permissions, personId: 'person' as PersonId } as const
      const built = askQuestion(question, { nodeId: recorded.nodeId, capabilities: capabilitiesOf[generation] }, asker)
      const sent = encodeQuestion('m', '/cloud/reply/m', { ...built, target: `/node/${recorded.nodeId}${built.target}` })
      const ours = decodeQuestion(sent)
      expect(comparable(ours)).toEqual(comparable(recorded.question))
      if (generation === 'C') expect(Number(ours?.headers.get('x-netdata-permissions'))).toBe(permissions)
    }
  })
})

it('[RL114] the recordings show every action but the test, and answers of many kinds', () => {
  const all = scenarios.flatMap(({ version, scenario }) => operationsOf(version, scenario))
  const actions = new Set(all.flatMap(({ parameters }) => parameters.get('action') ?? []))
  expect([...actions].sort()).toEqual(['add', 'disable', 'enable', 'get', 'remove', 'schema', 'tree', 'update', 'userconfig'])
  expect(new Set(all.map(({ httpStatus }) => httpStatus))).toEqual(new Set([200, 202, 400, 403, 404, 499, 503, 504]))
})
