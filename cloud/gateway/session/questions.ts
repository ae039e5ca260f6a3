import { randomUUID } from 'node:crypto'
import { linkLimits } from '../../../src/aclk/limits.ts'
import type { AgentQuestion } from '../../../src/aclk/query/request.ts'
import { encodeQuestion } from '../../../src/aclk/query/request.ts'
import { decodeAnswer } from '../../../src/aclk/query/response.ts'
import { replyTopic } from '../../../src/aclk/topics/topics.ts'
import { Ephemeral } from '../../../src/domain/ephemeral.ts'
import { generationOf } from '../../../src/domain/agent-generation.ts'
import type { NodeId } from '../../../src/domain/ids.ts'
import type { Capability } from '../../../src/domain/model.ts'
import type { ErrorCode } from '../../../src/errors/throughline-error.ts'
import { asThroughlineError, ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { AgentAnswer } from '../../bus/port.ts'
import type { GatewayCounters } from '../counters.ts'

/** What questions need of their link. */
export interface QuestionsDeps {
  readonly clock: Clock
  readonly counters: GatewayCounters
  /** Publishes on the query inbox; false when the link is gone. */
  readonly sendQuery: (payload: Uint8Array) => boolean
  /** What the agent can do for a node that it answers for on this link; undefined for every other node. */
  readonly capabilitiesOf: (nodeId: NodeId) => readonly Capability[] | undefined
  /** Tells the agent to stop, where it understands that. */
  readonly sendCancel: (messageId: string) => void
}

interface Asked {
  readonly nodeId: NodeId
  readonly messageId: string
  readonly payload: Uint8Array
  readonly signal: AbortSignal
  readonly onAbort: () => void
  readonly stopTimer: () => void
  readonly resolve: (answer: AgentAnswer) => void
  readonly reject: (error: ThroughlineError) => void
}

/**
 * The questions of one link that wait for an answer: each under an id nobody can guess, one answer each, a bound on how many are
 * at the agent and how many wait (security requirements R1, R6; aclk §7.6). Nothing of an answer stays here.
 */
export class Questions {
  readonly #deps: QuestionsDeps
  readonly #atAgent = new Map<string, Asked>()
  readonly #waiting: Asked[] = []

  constructor(deps: QuestionsDeps) {
    this.#deps = deps
  }

  /** Rejects with AGENT_TIMEOUT, AGENT_UNREACHABLE, RATE_LIMITED, CANCELLED, AGENT_PROTOCOL or AGENT_ANSWER_TOO_LARGE. */
  async ask(nodeId: NodeId, question: AgentQuestion, signal: AbortSignal): Promise<AgentAnswer> {
    if (signal.aborted) throw new ThroughlineError('CANCELLED', 'Nobody waits for this answer any more.')
    if (!question.target.startsWith('/api/'))
      throw new ThroughlineError('LINK_PROTOCOL', 'An agent question needs a path of the agent’s API.')
    if (this.#atAgent.size >= linkLimits.queriesPerNode && this.#waiting.length >= linkLimits.queriesQueued) {
      throw new ThroughlineError('RATE_LIMITED', 'Too many questions wait for this agent.')
    }
    const { capabilitiesOf } = this.#deps
    if (!staysWithin((scoped) => scoped === nodeId || capabilitiesOf(scoped as NodeId) !== undefined, question.target))
      throw new ThroughlineError('LINK_PROTOCOL', 'An agent question has to keep to its node; this one would walk them all.')
    const target = `/node/${nodeId}${question.target}`
    const isOld = generationOf(capabilitiesOf(nodeId) ?? []) === 'A'
    if (target.length > (isOld ? linkLimits.targetBytes : linkLimits.wideTargetBytes))
      throw new ThroughlineError('URL_TOO_LONG', 'The question is longer than agents can read.')
    const messageId = randomUUID()
    const payload = encodeQuestion(messageId, replyTopic(messageId), { ...question, target })
    return new Promise<AgentAnswer>((resolve, reject) => {
      const asked: Asked = {
        nodeId,
        messageId,
        payload,
        signal,
        onAbort: () => this.#give(asked, 'CANCELLED', 'Nobody waits for this answer any more.'),
        stopTimer: this.#deps.clock.after(question.timeoutMs + linkLimits.queryGraceMs, () =>
          this.#give(asked, 'AGENT_TIMEOUT', 'The agent did not answer in time.'),
        ),
        resolve,
        reject,
      }
      signal.addEventListener('abort', asked.onAbort, { once: true })
      this.#waiting.push(asked)
      this.#fill()
    })
  }

  /** An answer arrived; what nobody waits for is counted and dropped. Whether somebody did. */
  answer(messageId: string, payload: Uint8Array): boolean {
    const asked = this.#atAgent.get(messageId)
    if (asked === undefined) {
      this.#deps.counters.lateAnswers += 1
      return false
    }
    this.#forget(asked)
    try {
      const answer = decodeAnswer(payload)
      if (answer.messageId !== messageId) throw new ThroughlineError('AGENT_PROTOCOL', 'The agent answered another question than it says.')
      if (answer.linkErrorCode !== undefined && answer.linkErrorCode > 2) throw linkError(answer.linkErrorCode)
      this.#deps.counters.answers += 1
      asked.resolve({ httpStatus: answer.httpStatus, isGzip: answer.isGzip, body: new Ephemeral(answer.body) })
    } catch (error) {
      asked.reject(asThroughlineError(error))
    }
    this.#fill()
    return true
  }

  /** The link is gone: every question fails now. */
  end(): void {
    for (const asked of [...this.#atAgent.values(), ...this.#waiting.splice(0)]) {
      this.#forget(asked)
      asked.reject(new ThroughlineError('AGENT_UNREACHABLE', 'The agent’s link ended before it answered.'))
    }
  }

  #fill(): void {
    while (this.#atAgent.size < linkLimits.queriesPerNode) {
      const next = this.#takeNext()
      if (next === undefined) return
      this.#atAgent.set(next.messageId, next)
      if (!this.#deps.sendQuery(next.payload) && this.#atAgent.has(next.messageId)) {
        this.#forget(next)
        next.reject(new ThroughlineError('AGENT_UNREACHABLE', 'The agent has no link now.'))
      }
    }
  }

  /** The oldest question of the node the agent works for least: a node that asks much does not keep its neighbours waiting. */
  #takeNext(): Asked | undefined {
    const working = new Map<NodeId, number>()
    for (const { nodeId } of this.#atAgent.values()) working.set(nodeId, (working.get(nodeId) ?? 0) + 1)
    const least = Math.min(...this.#waiting.map(({ nodeId }) => working.get(nodeId) ?? 0))
    const at = this.#waiting.findIndex(({ nodeId }) => (working.get(nodeId) ?? 0) === least)
    return at < 0 ? undefined : this.#waiting.splice(at, 1)[0]
  }

  #give(asked: Asked, code: ErrorCode, message: string): void {
    if (this.#forget(asked)) this.#deps.sendCancel(asked.messageId)
    asked.reject(new ThroughlineError(code, message))
    this.#fill()
  }

  /** Frees the slot; answers whether the question was at the agent. */
  #forget(asked: Asked): boolean {
    asked.stopTimer()
    asked.signal.removeEventListener('abort', asked.onAbort)
    const place = this.#waiting.indexOf(asked)
    if (place >= 0) this.#waiting.splice(place, 1)
    return this.#atAgent.delete(asked.messageId)
  }
}

/**
 * Endpoints of v2 and v3 that the node in the path is enough for, or that the agent answers only for ids that are its own; all others
 * walk every node of the agent (agent-api §2.3).
 */
const ofOneNode = /^\/api\/v[23]\/(function|config|bearer_get_token)\?/

/** Whether the answer can only be about nodes that belong: v2 and v3 ignore the node in the path, and walk what the scope names. */
function staysWithin(belongs: (nodeId: string) => boolean, target: string): boolean {
  if (!/^\/api\/v[23]\//.test(target) || ofOneNode.test(target)) return true
  let text: string
  try {
    // As agents read it: decoded first, then split (agent-api §2.4).
    text = decodeURIComponent(target)
  } catch {
    return false
  }
  const scopes = [...text.matchAll(/[?&]scope_nodes=([^&]*)/g)].map(([, scope]) => scope)
  return scopes.length === 1 && (scopes[0] ?? '').split('|').every(belongs)
}

/** Errors of the agent's link layer (aclk §7.5); 1 and 2 are ordinary 404s and passed on. */
function linkError(linkErrorCode: number): ThroughlineError {
  if (linkErrorCode === 4) return new ThroughlineError('AGENT_ANSWER_TOO_LARGE', 'The answer is larger than the link carries.')
  if (linkErrorCode === 6) return new ThroughlineError('AGENT_TIMEOUT', 'The question waited too long at the agent.')
  return new ThroughlineError('AGENT_PROTOCOL', 'The agent could not send its answer.')
}
