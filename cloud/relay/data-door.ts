import type { IncomingMessage, ServerResponse } from 'node:http'
import type { NodeId, SpaceId } from '../../src/domain/ids.ts'
import { ThroughlineError, asThroughlineError, errorKinds } from '../../src/errors/throughline-error.ts'
import type { ErrorCode } from '../../src/errors/throughline-error.ts'
import { agentStatusMeaning } from '../../src/live/agent-status.ts'
import { parseDataCall } from '../../src/live/data-call.ts'
import type { DataQuestion } from '../../src/live/data-call.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { Log } from '../../src/support/log.ts'
import type { AgentAnswer } from '../bus/port.ts'
import type { Asker } from './ask-question.ts'
import type { Asks } from './asks.ts'
import { deliverOverHttp } from './delivery.ts'
import { doorHeaders } from './door-headers.ts'
import { requireOperation } from './operations.ts'
import type { ViewerRights, Visitor } from './ports.ts'
import { createReaderLimits } from './reader-limits.ts'
import { scopeOf, withScope } from './scope.ts'

const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
const address = new RegExp(`^/api/throughline/v1(?:/spaces/(${uuid}))?/nodes/(${uuid})/data(?:\\?|$)`, 'i')

/** Whether a request is for the door of data; spelt in any other way it is not, and nobody answers it. */
export function isDataAddress(url: string | undefined): boolean {
  return address.test(url ?? '')
}

export interface DataDoorDeps {
  readonly rights: Pick<ViewerRights, 'admitReader' | 'mayRead'>
  readonly asks: Asks
  /** Hears that somebody was given data of a node. */
  readonly onRead: (reader: Visitor, nodeId: NodeId) => void
  readonly clock: Clock
  readonly log: Log
}

/**
 * One answer of an agent about data over plain HTTP (`GET …/nodes/:nodeId/data?…`), for scripts: asked with the same rights, words and
 * limits as the page asks with, passed on as it comes, and kept nowhere.
 */
export function createDataDoor({ rights, asks, onRead, clock, log }: DataDoorDeps) {
  const limits = createReaderLimits({ clock })
  const waiting = new Set<(error: ThroughlineError) => void>()
  let isClosed = false

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (isClosed) throw new ThroughlineError('RESTARTING', 'The cloud is about to restart.')
    if (request.method !== 'GET') throw new ThroughlineError('METHOD_NOT_ALLOWED', 'This address does not take that method.')
    const { authorization, cookie } = request.headers
    // A cookie is sent along with what another site asks; a bearer token never is.
    const site = request.headers['sec-fetch-site']
    if (authorization === undefined && site !== undefined && site !== 'same-origin' && site !== 'none')
      throw new ThroughlineError('ORIGIN_REFUSED', 'Live values are only given to pages of this cloud, and to API tokens.')
    const [, rawSpaceId, rawNodeId = ''] = address.exec(request.url ?? '') ?? []
    const reader = await rights.admitReader({ authorization, cookie }, rawSpaceId?.toLowerCase() as SpaceId | undefined)
    const leave = limits.enter(reader.personId)
    try {
      const nodeId = rawNodeId.toLowerCase() as NodeId
      const mark = (request.url ?? '').indexOf('?')
      const asked = parseDataCall(mark < 0 ? '' : (request.url ?? '').slice(mark + 1))
      const scope = scopeOf(nodeId, asked)
      for (const each of new Set([nodeId, ...scope])) {
        if (!(await rights.mayRead(reader, each))) throw new ThroughlineError('NOT_FOUND', 'There is no such node.')
      }
      requireOperation(asked, reader)
      const acceptsGzip = takesGzip(request.headers['accept-encoding'])
      const [addressed = nodeId] = scope
      const asker = {
        role: reader.role,
        permissions: reader.permissions,
        personId: reader.personId,
        acceptsGzip: acceptsGzip ? undefined : (false as const),
      }
      const given = await ask(addressed, withScope(asked, scope), asker, response)
      requireGood(given, acceptsGzip)
      for (const each of new Set([nodeId, ...scope])) onRead({ personId: reader.personId, spaceId: reader.spaceId }, each)
      response.writeHead(200, {
        ...doorHeaders,
        ...(given.isGzip ? { 'Content-Encoding': 'gzip' } : {}),
        'Content-Length': given.body.byteLength,
      })
      deliverOverHttp(given, response)
    } finally {
      leave()
    }
  }

  /** Waits for the answer; whoever leaves meanwhile cancels it at the agent. */
  function ask(nodeId: NodeId, question: DataQuestion, asker: Asker, response: ServerResponse): Promise<AgentAnswer> {
    return new Promise((resolve, reject) => {
      const gone = () => giveUp(new ThroughlineError('CANCELLED', 'Nobody waits for this answer any more.'))
      const settle = () => {
        waiting.delete(giveUp)
        response.off('close', gone)
      }
      let cancel = () => {}
      const giveUp = (error: ThroughlineError) => {
        settle()
        cancel()
        reject(error)
      }
      if (response.destroyed) return gone()
      response.once('close', gone)
      waiting.add(giveUp)
      const onAnswer = (answered: AgentAnswer) => {
        settle()
        resolve(answered)
      }
      const onError = (error: ThroughlineError) => {
        settle()
        reject(error)
      }
      try {
        cancel = asks.ask(nodeId, question, asker, { onAnswer, onError })
      } catch (thrown) {
        onError(asThroughlineError(thrown))
      }
    })
  }

  function refuse(request: IncomingMessage, response: ServerResponse, thrown: unknown): void {
    const { code, message } = asThroughlineError(thrown)
    // Without the error's own words: they could quote what was asked or answered.
    if (code === 'INTERNAL') log.error('data_door_failed', { name: thrown instanceof Error ? thrown.name : 'unknown' })
    if (response.headersSent || response.destroyed) return void response.destroy()
    const { http, key } = errorKinds[code]
    const body = JSON.stringify({ errorCode: code, errorMsgKey: key, errorMessage: message })
    response.writeHead(http, {
      ...doorHeaders,
      ...(http === 405 ? { Allow: 'GET' } : {}),
      ...(http === 429 ? { 'Retry-After': '1' } : {}),
      ...(http === 503 ? { 'Retry-After': '5' } : {}),
      // What is left of a body nobody reads must not stand before the next request.
      ...(request.complete ? {} : { Connection: 'close' }),
      'Content-Length': Buffer.byteLength(body),
    })
    response.end(request.method === 'HEAD' ? undefined : body)
  }

  return {
    handle(request: IncomingMessage, response: ServerResponse): void {
      request.resume()
      void answer(request, response).catch((thrown: unknown) => refuse(request, response, thrown))
    },
    /** Everything under way is answered with RESTARTING, and what comes from now on, too. */
    close(): void {
      isClosed = true
      for (const giveUp of waiting) giveUp(new ThroughlineError('RESTARTING', 'The cloud is about to restart.'))
    },
  }
}

/** What an agent refused becomes a refusal of ours: its own words may be anything, so they stay out. */
function requireGood({ httpStatus, isGzip }: AgentAnswer, acceptsGzip: boolean): void {
  if (httpStatus !== 200) {
    const meaning = agentStatusMeaning(httpStatus)
    const words = meaning === undefined ? `The agent answered with status ${httpStatus}.` : `${meaning.title} ${meaning.text}`
    throw new ThroughlineError(codes[httpStatus] ?? 'AGENT_PROTOCOL', words)
  }
  if (isGzip && !acceptsGzip)
    throw new ThroughlineError('AGENT_PROTOCOL', 'The agent compresses its answers; accept gzip (curl --compressed).')
}

const codes: Readonly<Record<number, ErrorCode>> = {
  400: 'BODY_UNPROCESSABLE',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  412: 'FORBIDDEN',
  413: 'AGENT_ANSWER_TOO_LARGE',
  451: 'FORBIDDEN',
  499: 'AGENT_TIMEOUT',
  501: 'AGENT_TOO_OLD',
  503: 'AGENT_UNREACHABLE',
  504: 'AGENT_TIMEOUT',
}

/** Whether an `Accept-Encoding` takes gzip; without one nothing but plain text is sure to be read. */
export function takesGzip(header: string | string[] | undefined): boolean {
  const words = String(header ?? '')
    .split(',')
    .map((word) => word.trim().toLowerCase())
  const quality = (name: string) => {
    const word = words.find((one) => one === name || one.startsWith(`${name};`))
    if (word === undefined) return undefined
    const q = /;\s*q\s*=\s*([\d.]+)/.exec(word)?.[1]
    return q === undefined ? 1 : Number(q)
  }
  return (quality('gzip') ?? quality('*') ?? 0) > 0
}
