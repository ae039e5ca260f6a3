import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { decodeQuestion } from '../../src/aclk/query/request.ts'
import type { ReceivedQuestion } from '../../src/aclk/query/request.ts'
import { encodeAnswer } from '../../src/aclk/query/response.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { Log } from '../../src/support/log.ts'
import { readPermissions } from '../functions/access.ts'
import type { GatedFunctions, GatedSource, OutgoingAnswer } from '../egress/gate.ts'
import { noGatedFunctions, ownAnswer } from '../egress/gate.ts'
import { routeQuestion } from './allowed-paths.ts'

/** Questions answered at the same time, as the busiest stock agents (aclk §7.6). */
export const questionsAtOnce = 6
/** And waiting beyond those; more are refused at once. */
export const questionsQueued = 64
/** Bodies from this size on are compressed when the asker accepts it. */
const gzipFromBytes = 1_024

const compress = promisify(gzip)
const encoder = new TextEncoder()

/** Where answers go. */
export interface ReplyLink {
  readonly sessionIdUs: bigint
  readonly maximumPacketBytes: number | undefined
  reply(callbackTopic: string, payload: Uint8Array): Promise<void>
}

interface Pending {
  readonly question: ReceivedQuestion
  readonly link: ReplyLink
  readonly receivedMs: number
  readonly abort: AbortController
  isCancelled: boolean
}

export interface QueriesDeps {
  readonly source: Pick<GatedSource, 'answer' | 'configure'>
  /** What this host offers; undefined when functions are switched off. */
  readonly functions?: GatedFunctions | undefined
  /** Names this node answers to in `/node/<name>/…`. */
  readonly names: () => readonly string[]
  readonly clock: Clock
  readonly log: Log
}

/** Answers the cloud's questions about this node (aclk §7): allow-listed reads only, a few at a time, each one exactly once. */
export function createQueries({ source, functions = noGatedFunctions, names, clock, log }: QueriesDeps) {
  const waiting: Pending[] = []
  const running = new Set<Pending>()

  function next(): void {
    while (running.size < questionsAtOnce) {
      const pending = waiting.shift()
      if (pending === undefined) return
      running.add(pending)
      void work(pending).finally(() => {
        running.delete(pending)
        next()
      })
    }
  }

  async function work(pending: Pending): Promise<void> {
    const { question, link, receivedMs, abort } = pending
    const startedMs = clock.monotonicMs()
    // Checked once, before execution, as stock agents do (aclk §7.6).
    if (question.timeoutMs > 0 && startedMs - receivedMs > question.timeoutMs)
      return sendError(pending, 6, 503, 'waited too long in the queue')
    const leftMs = question.timeoutMs > 0 ? question.timeoutMs - (startedMs - receivedMs) : undefined
    let isLate = false
    const cancelTimer =
      leftMs === undefined
        ? () => {}
        : clock.after(leftMs, () => {
            isLate = true
            abort.abort()
          })
    let answer: OutgoingAnswer
    try {
      answer = await ask(question, abort.signal)
    } catch {
      // The thrown text could quote the answer; only the kind of failure leaves.
      answer = ownAnswer(500, 'The source failed.')
    } finally {
      cancelTimer()
    }
    if (pending.isCancelled) answer = ownAnswer(499, 'Cancelled.')
    else if (isLate) answer = ownAnswer(504, 'The source did not answer in time.')
    await send(link, question, answer, clock.monotonicMs() - startedMs)
  }

  async function ask(question: ReceivedQuestion, signal: AbortSignal): Promise<OutgoingAnswer> {
    const route = routeQuestion(question.method, question.target, names())
    if (route.kind === 'refused') return route.answer
    if (route.kind === 'functions') {
      const permissions = readPermissions(question.headers.get('x-netdata-permissions'))
      return functions.answer({ command: route.command, query: route.query, permissions }, signal)
    }
    if (route.kind === 'configuration') return configure(question, route.query)
    return source.answer({ command: route.command, query: route.query, acceptsGzip: question.acceptsGzip }, signal)
  }

  /** Who asks is told by the cloud alone, and by every question anew (aclk §7.3). */
  function configure({ headers, bodyText }: ReceivedQuestion, query: string): Promise<OutgoingAnswer> {
    const header = (name: string) => headers.get(`x-netdata-${name}`) ?? ''
    if (source.configure === undefined) return Promise.resolve(ownAnswer(404, 'Unsupported v1 API command.'))
    return source.configure({
      query,
      bodyText,
      permissions: readPermissions(headers.get('x-netdata-permissions')),
      role: header('role') || 'member',
      userName: header('user-name'),
      accountId: header('account-id'),
    })
  }

  async function send(link: ReplyLink, question: ReceivedQuestion, answer: OutgoingAnswer, executionMs: number): Promise<void> {
    const isLarge = question.acceptsGzip && !answer.isGzip && answer.body.byteLength >= gzipFromBytes
    const body = isLarge ? await compress(answer.body, { level: 4 }) : answer.body
    const payload = encodeAnswer({
      messageId: question.messageId,
      httpStatus: answer.status,
      contentType: answer.contentType,
      isGzip: answer.isGzip || isLarge,
      body,
      sessionIdUs: link.sessionIdUs,
      nowUs: BigInt(Math.trunc(clock.nowMs() * 1000)),
      executionUs: Math.round(executionMs * 1000),
    })
    const limit = link.maximumPacketBytes
    if (limit !== undefined && payload.byteLength + question.callbackTopic.length > limit - 64) {
      return reply(link, question, encodeLinkError(link, question, 4, 413, 'the answer is larger than the cloud accepts', clock.nowMs()))
    }
    await reply(link, question, payload)
  }

  async function sendError({ question, link }: Pending, code: number, status: number, text: string): Promise<void> {
    await reply(link, question, encodeLinkError(link, question, code, status, text, clock.nowMs()))
  }

  async function reply(link: ReplyLink, question: ReceivedQuestion, payload: Uint8Array): Promise<void> {
    try {
      await link.reply(question.callbackTopic, payload)
    } catch {
      // The link ended: the answer is lost, and the cloud has failed the request already (aclk §7.6).
      log.debug('query_unanswered', { messageId: question.messageId })
    }
  }

  return {
    /** Takes a payload from the inbox. One that breaks the frame's rules is never answered (aclk §7.1). */
    receive(payload: Uint8Array, link: ReplyLink): void {
      const question = decodeQuestion(payload)
      if (question === undefined) return log.warn('query_malformed', { bytes: payload.byteLength })
      const pending: Pending = { question, link, receivedMs: clock.monotonicMs(), abort: new AbortController(), isCancelled: false }
      if (waiting.length >= questionsQueued) return void sendError(pending, 6, 503, 'too many questions are waiting')
      waiting.push(pending)
      next()
    },
    /** CancelPendingRequest (aclk §6.8): still answered, with 499. Unknown ids are nothing. */
    cancel(messageId: string): void {
      const index = waiting.findIndex(({ question }) => question.messageId === messageId)
      const [queued] = index < 0 ? [] : waiting.splice(index, 1)
      if (queued) return void send(queued.link, queued.question, ownAnswer(499, 'Cancelled.'), 0)
      for (const pending of running) {
        if (pending.question.messageId !== messageId) continue
        pending.isCancelled = true
        pending.abort.abort()
      }
    },
    /** The link ended: nobody waits for the answers any more. */
    dropAll(): void {
      waiting.length = 0
      for (const { abort } of running) abort.abort()
    },
  }
}

/** A refusal of the link layer (aclk §7.5): a header without an HTTP half. */
function encodeLinkError(
  link: ReplyLink,
  question: ReceivedQuestion,
  code: number,
  httpStatus: number,
  description: string,
  nowMs: number,
): Uint8Array {
  const second = 1_000_000n
  return encoder.encode(
    JSON.stringify({
      type: 'http',
      'msg-id': question.messageId,
      timestamp: Math.trunc(nowMs / 1000),
      'timestamp-offset-usec': Math.trunc(nowMs % 1000) * 1000,
      connect: Number(link.sessionIdUs / second),
      'connect-offset-usec': Number(link.sessionIdUs % second),
      version: 2,
      'http-code': httpStatus,
      'error-code': code,
      'error-description': description,
    }),
  )
}
