import { aggregatedTarget, dataTarget } from '../../../src/live/data-targets.ts'
import type { ContextInstance } from '../feed/catalogue.ts'
import { pointsFor } from '../feed/past-ask.ts'
import type { Timeline } from '../time/timeline.ts'
import { questionOf, wishOf } from './aggregate-question.ts'
import { takesLabels } from './merge-frame.ts'
import type { AskedCall, ChartChoice } from './metrics-feed.ts'
import type { AgentPlan } from './plan-sources.ts'

/** The span on screen as agents are asked for it. */
export interface AskedSpan {
  readonly afterS: number
  readonly beforeS: number
  readonly spanS: number
}

/** A window that moves is relative to now, all others are fixed. */
export function spanOf(timeline: Timeline): AskedSpan {
  const { mode, windowS } = timeline.view
  if (mode === 'live' || mode === 'held') return { afterS: -Math.ceil(windowS), beforeS: 0, spanS: windowS }
  const [fromS, toS] = timeline.span()
  return { afterS: Math.floor(fromS), beforeS: Math.ceil(toS), spanS: toS - fromS }
}

export interface CallsOfChart {
  readonly choice: ChartChoice
  readonly span: AskedSpan
  readonly widthPx: number
}

/** The call for one node. Labels become the instances that carry them: old agents know no labels in this place. */
export function callOfNode(
  { choice, span, widthPx }: CallsOfChart,
  nodeId: string,
  instances: readonly ContextInstance[],
  paceS: number,
): AskedCall {
  const { contextId, labels, dimensions } = choice
  const chosen = choice.instances
  const named = labels.length === 0 ? chosen : instances.filter((one) => takesLabels(labels, one.labels)).map(({ chartId }) => chartId)
  const picked = chosen === undefined ? named : named?.filter((chartId) => chosen.includes(chartId))
  const target = dataTarget({
    kind: 'data',
    contexts: [contextId],
    afterS: span.afterS,
    beforeS: span.beforeS,
    points: pointsFor(span.spanS, paceS, widthPx),
    ...(picked === undefined ? {} : { instances: [...picked] }),
    ...(dimensions === undefined ? {} : { dimensions: [...dimensions] }),
  })
  return { nodeId, target }
}

/** The call for nodes of one agent. */
export function callOfAgent({ choice, span, widthPx }: CallsOfChart, agent: AgentPlan, paceS: number): AskedCall {
  const question = questionOf(wishOf(choice, agent), span.afterS, span.beforeS, pointsFor(span.spanS, paceS, widthPx))
  return { nodeId: agent.nodeIds[0] ?? '', target: aggregatedTarget(question, agent.nodeIds, agent.generation) }
}
