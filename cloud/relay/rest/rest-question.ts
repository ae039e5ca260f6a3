import type { AgentQuestion } from '../../../src/aclk/query/request.ts'
import { generationOf, type Generation } from '../../../src/domain/agent-generation.ts'
import type { NodeId } from '../../../src/domain/ids.ts'
import type { Capability } from '../../../src/domain/model.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { liveLimits } from '../../../src/live/limits.ts'
import type { LiveQuestion } from '../../../src/live/questions.ts'
import type { QuestionKind } from '../../bus/question-kind.ts'

/** Which budget of an agent a question draws on. */
export type Budget = 'data' | 'operation' | 'other'

/**
 * What the REST door asks an agent beside what pages ask: built here from parts that were checked, never from a client's text. One
 * agent must answer for all of its nodes.
 */
export interface RestQuestion {
  readonly kind: 'rest'
  readonly route: QuestionKind
  readonly budget: Budget
  /** Path and query below the node, by generation; a generation without one has no such endpoint. */
  readonly targets: Readonly<Partial<Record<Generation, string>>>
  readonly nodeIds: readonly NodeId[]
  /** JSON for agents that read bodies; others get the target alone. */
  readonly body?: string | undefined
  /** Never shared, and the agent is told who asks. */
  readonly isChange: boolean
  /** How long the agent may take, and we wait. */
  readonly timeoutMs: number
}

/** Everything that can be asked. */
export type AskedQuestion = LiveQuestion | RestQuestion

/** From this `dyncfg` on, agents read methods beside GET, headers and bodies (agent-api §1, §2.2). */
const bodiesFrom = 2

/** Whether the agent behind these capabilities reads bodies. */
export function readsBodies(capabilities: readonly Capability[]): boolean {
  return capabilities.some(({ name, version }) => name === 'dyncfg' && version >= bodiesFrom)
}

/** The question for the agent that answers now. Throws AGENT_TOO_OLD, or URL_TOO_LONG when it does not fit one target. */
export function restAgentQuestion(
  { targets, route, body, timeoutMs }: RestQuestion,
  capabilities: readonly Capability[],
  acceptsGzip: false | undefined,
  asker: NonNullable<AgentQuestion['asker']>,
): AgentQuestion {
  const generation = generationOf(capabilities)
  const target = targets[generation]
  if (target === undefined) throw new ThroughlineError('AGENT_TOO_OLD', 'The agent of this node is too old for this.')
  if (target.length > (generation === 'A' ? liveLimits.targetBytes : liveLimits.wideTargetBytes)) {
    throw new ThroughlineError('URL_TOO_LONG', 'This question names too much; ask for it in several parts.')
  }
  const isPost = body !== undefined && readsBodies(capabilities)
  return {
    method: isPost ? 'POST' : 'GET',
    target,
    timeoutMs,
    // Stock agents of generation A read no headers but one; ours checks the rights of whoever calls a function or configures it.
    ...(generation === 'A' && route !== 'function' && route !== 'config' ? {} : { asker }),
    ...(acceptsGzip === false ? { acceptsGzip: false } : {}),
    ...(isPost ? { body: { contentType: 'application/json', text: body } } : {}),
  }
}
