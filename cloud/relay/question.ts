import type { AgentQuestion } from '../../src/aclk/query/request.ts'
import { agentPermission } from '../../src/domain/agent-permission.ts'
import type { Generation } from '../../src/domain/agent-generation.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import { aggregatedTarget, bar } from '../../src/live/data-targets.ts'
import { liveLimits } from '../../src/live/limits.ts'
import type { AggregatedQuestion } from '../../src/live/questions.ts'

/** Bytes a context name takes in a target, its separator included. */
export function contextBytes(context: string): number {
  return encodeURIComponent(context).length + bar.length
}

/** The parts of one tick: each a list of contexts in encoded form that fits one target. */
export function tickParts(contexts: Iterable<string>): readonly string[] {
  const room = liveLimits.targetBytes - tickTarget('', 99_999, 99_999).length
  const parts: string[] = []
  let part = ''
  for (const context of contexts) {
    const encoded = encodeURIComponent(context)
    if (part !== '' && part.length + bar.length + encoded.length > room) {
      parts.push(part)
      part = ''
    }
    part = part === '' ? encoded : `${part}${bar}${encoded}`
  }
  if (part !== '') parts.push(part)
  return parts
}

/**
 * The cheapest question for the newest rows of many charts, on every agent since 1.37 (agent-api §15.1 rules 4 and 5).
 * `rowsS` counts seconds: a context collected every second answers as many rows, a slower one fewer, all at their stored times.
 */
function tickTarget(part: string, rowsS: number, timeoutMs: number): string {
  return `/api/v1/data?context=${part}&after=-${rowsS}&points=${rowsS}&group=average&format=json&options=jsonwrap,minify,unaligned&timeout=${timeoutMs}`
}

/** Ticks are shared by all viewers of a node, so they are asked with what every viewer may do. */
const everyViewer = {
  role: 'observer',
  permissions: agentPermission.signedIn | agentPermission.sameSpace | agentPermission.anonymousData,
} as const

/** The agent may take slightly less than the tick, at most ten seconds (agent-api §15.1 rule 11). */
const tickTimeoutMs = (cadenceMs: number) => Math.min(cadenceMs - 100, 10_000)

/** The question of one tick. */
export function tickQuestion(part: string, rowsS: number, cadenceMs: number): AgentQuestion {
  const timeoutMs = tickTimeoutMs(cadenceMs)
  return { method: 'GET', target: tickTarget(part, rowsS, timeoutMs), timeoutMs, asker: everyViewer }
}

/**
 * One tick of a standing question, for the agent that answers now. Throws AGENT_TOO_OLD when it cannot aggregate, URL_TOO_LONG when
 * the parts do not fit one target.
 */
export function watchQuestion(question: AggregatedQuestion, generation: Generation, cadenceMs: number): AgentQuestion {
  const timeoutMs = tickTimeoutMs(cadenceMs)
  if (generation === 'A') throw new ThroughlineError('AGENT_TOO_OLD', 'The agent of this node cannot aggregate; agents from 1.39 on can.')
  const target = aggregatedTarget(question, question.nodeIds ?? [], generation, timeoutMs)
  if (target.length > liveLimits.wideTargetBytes) {
    throw new ThroughlineError('URL_TOO_LONG', 'This question names too much; ask for it in several parts.')
  }
  return { method: 'GET', target, timeoutMs, asker: everyViewer }
}
