import type { NodeId } from '../../../src/domain/ids.ts'
import { ThroughlineError, asThroughlineError, type ErrorCode } from '../../../src/errors/throughline-error.ts'
import { agentStatusMeaning } from '../../../src/live/agent-status.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { AgentAnswer } from '../../bus/port.ts'
import type { Asker } from '../ask-question.ts'
import type { Asks } from '../asks.ts'
import { restLimits } from './rest-limits.ts'
import type { AskedQuestion } from './rest-question.ts'

export interface GatherDeps {
  readonly asks: Asks
  readonly clock: Clock
}

/** One question on its way to one agent. */
export interface Errand<About> {
  readonly about: About
  readonly nodeId: NodeId
  readonly question: AskedQuestion
}

export type Outcome<About, Value> = { readonly about: About; readonly ms: number } & (
  { readonly value: Value; readonly error?: undefined } | { readonly error: ThroughlineError }
)

/** Who asks, until when, and what ends the waiting early. */
export interface GatherWish {
  readonly asker: Asker
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/**
 * Asks several agents, so many at a time, and reads each answer as it comes; what has not come in time is AGENT_TIMEOUT and cancelled
 * at its agent. Never rejects but for a client that left (CANCELLED, RESTARTING).
 */
export async function gather<About, Value>(
  { asks, clock }: GatherDeps,
  errands: readonly Errand<About>[],
  { asker, timeoutMs, signal }: GatherWish,
  read: (answer: AgentAnswer, about: About) => Value,
): Promise<readonly Outcome<About, Value>[]> {
  const startMs = clock.monotonicMs()
  const endsAtMs = startMs + timeoutMs
  const outcomes: Outcome<About, Value>[] = []
  let next = 0
  const worker = async () => {
    for (let index = next++; index < errands.length; index = next++) {
      const errand = errands[index]
      if (errand === undefined) return
      const { about, nodeId, question } = errand
      try {
        const answer = await askOne({ asks, clock }, nodeId, question, asker, endsAtMs - clock.monotonicMs(), signal)
        requireGood(answer)
        outcomes[index] = { about, value: read(answer, about), ms: clock.monotonicMs() - startMs }
      } catch (thrown) {
        if (signal.aborted) throw signal.reason
        outcomes[index] = { about, error: asThroughlineError(thrown), ms: clock.monotonicMs() - startMs }
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(restLimits.asksAtOnce, errands.length) }, worker))
  return outcomes
}

/** One answer, as it is; rejects with a code of the error table. */
export function askOne(
  { asks, clock }: GatherDeps,
  nodeId: NodeId,
  question: AskedQuestion,
  asker: Asker,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<AgentAnswer> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(asThroughlineError(signal.reason))
    if (timeoutMs <= 0) return reject(late())
    let cancel = () => {}
    const stopDeadline = clock.after(timeoutMs, () => giveUp(late()))
    const onAbort = () => giveUp(asThroughlineError(signal.reason))
    const settle = () => {
      stopDeadline()
      signal.removeEventListener('abort', onAbort)
    }
    const giveUp = (error: ThroughlineError) => {
      settle()
      cancel()
      reject(error)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      cancel = asks.ask(nodeId, question, asker, {
        onAnswer(answer) {
          settle()
          resolve(answer)
        },
        onError(error) {
          settle()
          reject(error)
        },
      })
    } catch (thrown) {
      settle()
      reject(asThroughlineError(thrown))
    }
  })
}

/** What an agent refused becomes a refusal of ours: its own words may be anything, so they stay out. */
export function requireGood({ httpStatus }: Pick<AgentAnswer, 'httpStatus'>): void {
  if (httpStatus === 200) return
  throw new ThroughlineError(
    codes[httpStatus] ?? 'AGENT_PROTOCOL',
    agentStatusMeaning(httpStatus)?.title ?? `The agent answered with status ${httpStatus}.`,
  )
}

const codes: Readonly<Record<number, ErrorCode>> = {
  400: 'BODY_MALFORMED',
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

function late(): ThroughlineError {
  return new ThroughlineError('AGENT_TIMEOUT', 'The agent did not answer in time.')
}
