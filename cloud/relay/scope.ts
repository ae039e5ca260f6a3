import type { NodeId } from '../../src/domain/ids.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { AggregatedQuestion, LiveQuestion } from '../../src/live/questions.ts'
import type { Bus, NodeRoute } from '../bus/port.ts'

/** The nodes a question is about, each once and in order: those it names, else the addressed one. */
export function scopeOf(nodeId: NodeId, question: LiveQuestion): readonly NodeId[] {
  if (question.kind !== 'data-v2' || question.nodeIds === undefined) return [nodeId]
  return [...new Set(question.nodeIds.map((id) => id.toLowerCase() as NodeId))].sort()
}

/** The same question for whoever asks it in other words: nodes in lower case, each once, in order. */
export function withScope<T extends LiveQuestion>(question: T, scope: readonly NodeId[]): T {
  return question.kind === 'data-v2' && question.nodeIds !== undefined ? { ...question, nodeIds: scope } : question
}

/**
 * The way to the one agent that answers for all nodes of a scope. Throws AGENT_UNREACHABLE when a node has none now, CONFLICT when
 * different agents answer: one of them would leave the others' nodes out without a word.
 */
export function routeOfScope(bus: Bus, scope: readonly NodeId[]): NodeRoute {
  let common: NodeRoute | undefined
  for (const nodeId of scope) {
    const route = bus.route(nodeId, 'data')
    if (route === undefined) throw new ThroughlineError('AGENT_UNREACHABLE', 'No agent that can answer for this node is connected.')
    common ??= route
    if (route.claimId !== common.claimId) {
      throw new ThroughlineError('CONFLICT', 'These nodes are answered for by different agents; ask for them apart.')
    }
  }
  if (common === undefined) throw new ThroughlineError('AGENT_UNREACHABLE', 'No agent that can answer for this node is connected.')
  return common
}

/** A question that stands, with the nodes it spans said. */
export function watchedIn(question: AggregatedQuestion, scope: readonly NodeId[]): AggregatedQuestion {
  return { ...question, nodeIds: scope }
}
