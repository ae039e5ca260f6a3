import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { agentStatusMeaning } from '../../../src/live/agent-status.ts'
import { liveLimits } from '../../../src/live/limits.ts'
import type { LiveClient } from '../../link/live-client.ts'
import type { DataAnswer } from './agent-answer.ts'
import { askBatches } from './subscription-plan.ts'

/** A span of the past of some contexts of one node. Times are epoch seconds, or seconds relative to now when negative or zero. */
export interface PastQuestion {
  readonly contexts: readonly string[]
  readonly afterS: number
  readonly beforeS: number
  readonly points: number
}

/** What came for some of the asked contexts; no answer means that the agent has none of it. */
export interface PastPart {
  readonly contexts: readonly string[]
  readonly answer: DataAnswer | undefined
}

export interface PastAskDeps {
  readonly client: LiveClient
  readonly nodeId: string
  /** Undefined for a text that cannot be read. */
  readonly readAnswer: (text: string) => DataAnswer | undefined
}

/**
 * Asks one question about the past; one whose answer is too large is asked again in halves, and a single context that is too large
 * has none. Rejects as `LiveClient.ask` does, and with AGENT_TIMEOUT when the agent is busy.
 */
export async function askPast(deps: PastAskDeps, question: PastQuestion, signal: AbortSignal | undefined): Promise<readonly PastPart[]> {
  const { contexts, afterS, beforeS, points } = question
  try {
    const reply = await deps.client.ask(deps.nodeId, { kind: 'data', contexts: [...contexts], afterS, beforeS, points }, signal)
    if (agentStatusMeaning(reply.httpStatus)?.retry) throw new ThroughlineError('AGENT_TIMEOUT', 'The agent cannot answer this now.')
    return [{ contexts, answer: reply.httpStatus === 200 ? deps.readAnswer(reply.text) : undefined }]
  } catch (thrown) {
    if (!(thrown instanceof ThroughlineError) || thrown.code !== 'AGENT_ANSWER_TOO_LARGE') throw thrown
    if (contexts.length === 1) return [{ contexts, answer: undefined }]
    const middle = Math.ceil(contexts.length / 2)
    const first = await askPast(deps, { ...question, contexts: contexts.slice(0, middle) }, signal)
    return [...first, ...(await askPast(deps, { ...question, contexts: contexts.slice(middle) }, signal))]
  }
}

/** More points than pixels, so that a line keeps its corners, and no fewer than a small chart shows. */
const pointsPerPixel = 1.5
const fewestPoints = 300

/**
 * How many points a chart of this width can show of a span: no more than were collected, about as many as it has pixels. Up to twice
 * as many are taken as they were collected: then what came with ticks and what did not look the same.
 */
export function pointsFor(spanS: number, paceS: number, widthPx: number): number {
  const byWidth = Math.max(fewestPoints, Math.ceil(widthPx * pointsPerPixel))
  const collected = Math.ceil(spanS / paceS)
  return Math.max(1, Math.min(liveLimits.maxPoints, collected <= 2 * byWidth ? collected : byWidth))
}

/** A context that lacks a span of the past. */
export interface PastNeed {
  readonly contextId: string
  readonly points: number
  /** Contexts of one group are asked together: their earliest begin, their most points. */
  readonly group: string
  readonly afterS: number
}

/** As few questions as the needs allow. */
export function gatherQuestions(needs: readonly PastNeed[], beforeS: number): readonly PastQuestion[] {
  const groups = new Map<string, { ids: string[]; afterS: number; points: number }>()
  for (const { contextId, points, group, afterS } of needs) {
    const found = groups.get(group)
    if (found === undefined) groups.set(group, { ids: [contextId], afterS, points })
    else {
      found.ids.push(contextId)
      found.afterS = Math.min(found.afterS, afterS)
      found.points = Math.max(found.points, points)
    }
  }
  return [...groups.values()].flatMap(({ ids, afterS, points }) =>
    askBatches(ids).map((contexts) => ({ contexts, afterS: Math.floor(afterS), beforeS, points })),
  )
}
