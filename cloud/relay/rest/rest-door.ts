import type { IncomingMessage, ServerResponse } from 'node:http'
import { gzip } from 'node:zlib'
import { promisify } from 'node:util'
import type { NodeId } from '../../../src/domain/ids.ts'
import { proofHeader } from '../../../src/domain/proof-header.ts'
import { ThroughlineError, asThroughlineError, errorKinds } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { Log } from '../../../src/support/log.ts'
import type { Bus } from '../../bus/port.ts'
import type { Asks } from '../asks.ts'
import { takesGzip } from '../data-door.ts'
import { deliverOverHttp } from '../delivery.ts'
import { doorHeaders } from '../door-headers.ts'
import type { DeniedReader, Reader, ReaderNotes, ReaderProof, ReadNeed, RoomNodes, ViewerRights } from '../ports.ts'
import { createReaderLimits } from '../reader-limits.ts'
import { answerAlerts, answerTransitions } from './alerts-call.ts'
import { answerData } from './data-call.ts'
import { answerEvaluation } from './evaluate-call.ts'
import { answerFunctions } from './functions-call.ts'
import { answerBearer, answerConfig, answerFunction, type NodeCall } from './node-call.ts'
import { createOpener } from './open-answer.ts'
import { readBody } from './read-body.ts'
import { parseRestAddress, type RestAddress, type RoomThing } from './rest-address.ts'
import type { CallDeps, RestAnswer, RoomCall } from './rest-call.ts'
import { restLimits } from './rest-limits.ts'
import { answerWeights } from './weights-call.ts'

const compress = promisify(gzip)

/** Whether a request is for this door: what existing clients ask that only agents know (cloud-api §9, §10). */
export function isRestAddress(url: string | undefined): boolean {
  return parseRestAddress(url) !== undefined
}

export interface RestDoorDeps {
  readonly rights: Pick<ViewerRights, 'admitReader' | 'admitNodeReader'>
  readonly rooms: RoomNodes
  readonly notes: ReaderNotes
  readonly bus: Bus
  readonly asks: Asks
  /** Hears that somebody reads live values of a node. */
  readonly onRead: (reader: Reader, nodeId: NodeId) => void
  /** The only origin whose pages may send anything with a cookie. */
  readonly origin: string
  readonly clock: Clock
  readonly log: Log
}

const needs = {
  data: 'data.read',
  weights: 'data.read',
  functions: 'functions.read',
  alerts: 'alerts.view',
  alert_transitions: 'alerts.view',
  'alert_config/evaluate': 'alerts.view',
} as const satisfies Record<RoomThing, ReadNeed>

const answers: Readonly<Record<RoomThing, (deps: CallDeps, call: RoomCall) => Promise<RestAnswer>>> = {
  data: answerData,
  weights: answerWeights,
  functions: answerFunctions,
  alerts: answerAlerts,
  alert_transitions: answerTransitions,
  'alert_config/evaluate': answerEvaluation,
}

/**
 * The REST of existing clients as far as it needs agents: asked with the same rights and limits as pages ask, over the same bus, and
 * answered straight to the client. Several agents' answers are opened and joined in memory, one call at a time, and kept nowhere.
 */
export function createRestDoor(deps: RestDoorDeps) {
  const { rights, rooms, notes, origin, clock, log } = deps
  const limits = createReaderLimits({ clock, limits: restLimits.reads })
  const openBudget = createOpener()
  const closing = new AbortController()

  const proofOf = (request: IncomingMessage): ReaderProof => {
    const { cookie } = request.headers
    const proof = proofHeader(request.headers)
    const site = request.headers['sec-fetch-site']
    // A cookie is sent along with what another site asks; a bearer token never is.
    const isForeign =
      request.method === 'GET' ? site !== undefined && site !== 'same-origin' && site !== 'none' : request.headers.origin !== origin
    if (proof === undefined && isForeign)
      throw new ThroughlineError('ORIGIN_REFUSED', 'Live values are only given to pages of this cloud, and to API tokens.')
    return { authorization: proof, cookie }
  }

  const denied = (need: ReadNeed) => (reader: DeniedReader) => notes.onDenied({ reader, need })

  async function answer(address: RestAddress, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (closing.signal.aborted) throw closing.signal.reason
    if (!address.methods.includes(request.method ?? ''))
      throw new ThroughlineError('METHOD_NOT_ALLOWED', 'This address does not take that method.')
    const proof = proofOf(request)
    const leaving = new AbortController()
    const gone = () => leaving.abort(new ThroughlineError('CANCELLED', 'The client left.'))
    response.once('close', gone)
    const budget = openBudget()
    try {
      const signal = AbortSignal.any([leaving.signal, closing.signal])
      const given =
        address.kind === 'room'
          ? await answerRoom(address, proof, request, { signal, budget })
          : await answerNode(address, proof, request, signal)
      await send(given, request, response)
    } finally {
      budget.release()
      response.off('close', gone)
    }
  }

  async function answerRoom(
    { thing, version, spaceId, roomId }: Extract<RestAddress, { kind: 'room' }>,
    proof: ReaderProof,
    request: IncomingMessage,
    around: Pick<RoomCall, 'signal' | 'budget'>,
  ): Promise<RestAnswer> {
    const reader = await rights.admitReader(proof, spaceId ?? absentSpace, needs[thing], denied(needs[thing]))
    const leave = limits.enter(reader.personId)
    try {
      const { json } = await readBody(request)
      const nodes = roomId === undefined ? undefined : await rooms.nodesOfRoom(reader, roomId)
      if (nodes === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such room.')
      return await answers[thing](deps, { ...around, version, reader, nodes, json })
    } finally {
      leave()
    }
  }

  async function answerNode(
    address: Exclude<RestAddress, { kind: 'room' }>,
    proof: ReaderProof,
    request: IncomingMessage,
    signal: AbortSignal,
  ): Promise<RestAnswer> {
    const url = request.url ?? ''
    const mark = url.indexOf('?')
    let leave = () => {}
    const admit: NodeCall['admit'] = async (nodeId, need) => {
      // Whoever proves nothing is told so before they are told that there is no such node.
      const reader =
        nodeId === undefined
          ? await rights.admitReader(proof, undefined, need, denied(need))
          : await rights.admitNodeReader(proof, nodeId, need, denied(need))
      if (nodeId === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such node.')
      leave = limits.enter(reader.personId)
      return reader
    }
    const around = {
      query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)),
      takesGzip: takesGzip(request.headers['accept-encoding']),
      signal,
      mayChange: request.method !== 'GET' || proof.authorization !== undefined,
    }
    try {
      if (address.kind === 'bearer') return await answerBearer(deps, { ...around, json: {}, text: '', admit })
      // A stranger cannot make us read: the head alone is looked at first.
      if (request.method !== 'GET') await rights.admitReader(proof, undefined, 'functions.read').catch(refuseStrangers)
      const { json, text } = request.method === 'GET' ? { json: {}, text: '' } : await readBody(request)
      const answerIt = address.thing === 'function' ? answerFunction : answerConfig
      return await answerIt(deps, { ...around, json, text, admit }, address.nodeId)
    } finally {
      leave()
    }
  }

  return {
    handle(request: IncomingMessage, response: ServerResponse): void {
      const address = parseRestAddress(request.url)
      if (address === undefined) return refuse(request, response, new ThroughlineError('NOT_FOUND', 'There is nothing here.'), log)
      void answer(address, request, response).catch((thrown: unknown) => refuse(request, response, thrown, log, address.methods))
    },
    /** Everything under way is answered with RESTARTING, and what comes from now on, too. */
    close(): void {
      closing.abort(new ThroughlineError('RESTARTING', 'The cloud is about to restart.'))
    },
  }
}

/** Who may do what in the space of the node is looked at there; here only that somebody is who they say. */
function refuseStrangers(thrown: unknown): void {
  const { code } = asThroughlineError(thrown)
  if (code !== 'FORBIDDEN' && code !== 'NOT_FOUND') throw thrown
}

/** What is no id names the space that nobody has. */
const absentSpace = '00000000-0000-0000-0000-000000000000' as Parameters<ViewerRights['admitReader']>[1]

/** Short answers are not worth compressing. */
const compressFrom = 1_024

async function send(given: RestAnswer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if ('raw' in given) {
    const { raw } = given
    response.writeHead(raw.httpStatus, {
      ...doorHeaders,
      ...(raw.isGzip ? { 'Content-Encoding': 'gzip' } : {}),
      'Content-Length': raw.body.byteLength,
    })
    return deliverOverHttp(raw, response)
  }
  const text = JSON.stringify(given.json)
  const isGzip = text.length >= compressFrom && takesGzip(request.headers['accept-encoding'])
  const bytes = isGzip ? await compress(text) : Buffer.from(text)
  response.writeHead(given.status, {
    ...doorHeaders,
    ...(isGzip ? { 'Content-Encoding': 'gzip' } : {}),
    'Content-Length': bytes.byteLength,
  })
  response.end(bytes)
}

function refuse(request: IncomingMessage, response: ServerResponse, thrown: unknown, log: Log, methods: readonly string[] = []): void {
  const { code, message } = asThroughlineError(thrown)
  // Without the error's own words: they could quote what was asked or answered.
  if (code === 'INTERNAL') log.error('rest_door_failed', { name: thrown instanceof Error ? thrown.name : 'unknown' })
  if (response.headersSent || response.destroyed) return void response.destroy()
  const { http, key } = errorKinds[code]
  const body = JSON.stringify({ errorCode: code, errorMsgKey: key, errorMessage: message })
  request.resume()
  response.writeHead(http, {
    ...doorHeaders,
    ...(http === 405 ? { Allow: methods.join(', ') } : {}),
    ...(http === 429 ? { 'Retry-After': '1' } : {}),
    ...(http === 503 ? { 'Retry-After': '5' } : {}),
    // What is left of a body nobody reads must not stand before the next request.
    ...(request.complete ? {} : { Connection: 'close' }),
    'Content-Length': Buffer.byteLength(body),
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}
