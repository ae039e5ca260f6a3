import type { AggregatedQuestion } from '../../../src/live/questions.ts'
import type { ChartChoice } from './metrics-feed.ts'
import type { AgentPlan } from './plan-sources.ts'

/** What an agent is asked to aggregate, without a span of time. */
export interface AggregateWish extends AgentPlan {
  readonly contextId: string
  readonly groupBy: readonly ('dimension' | 'node' | 'instance' | 'label')[]
  readonly groupByLabels: readonly string[]
  /** Sums serve means as well: agents say how many metrics are in them. */
  readonly aggregation: 'sum' | 'min' | 'max'
  readonly instances: readonly string[] | undefined
  readonly dimensions: readonly string[] | undefined
  readonly labels: ChartChoice['labels']
}

/**
 * The question behind a choice. Dimensions are always told apart, since agents take the signs of values away that they join across
 * dimensions (agent-api §8.1); the page joins those.
 */
export function wishOf(choice: ChartChoice, agent: AgentPlan): AggregateWish {
  const keys = choice.groupBy.flatMap((part) => (part.startsWith('label:') ? [part.slice('label:'.length)] : []))
  return {
    ...agent,
    contextId: choice.contextId,
    groupBy: [
      'dimension',
      ...(choice.groupBy.includes('instance') ? (['instance'] as const) : []),
      ...(keys.length > 0 ? (['label'] as const) : []),
      ...(choice.groupBy.includes('node') ? (['node'] as const) : []),
    ],
    groupByLabels: [...new Set(keys)],
    aggregation: choice.aggregation === 'average' ? 'sum' : choice.aggregation,
    instances: choice.instances && [...choice.instances].sort(),
    dimensions: choice.dimensions && [...choice.dimensions].sort(),
    labels: choice.labels.toSorted((a, b) => (a.key < b.key || (a.key === b.key && a.value < b.value) ? -1 : 1)),
  }
}

/** Equal wishes have equal keys. */
export function wishKey(wish: AggregateWish): string {
  return JSON.stringify(wish)
}

/** The question for a span; seconds as in agents' own, relative when not positive. */
export function questionOf(wish: AggregateWish, afterS: number, beforeS: number, points: number): AggregatedQuestion {
  return {
    kind: 'data-v2',
    contexts: [wish.contextId],
    afterS,
    beforeS,
    points,
    groupBy: [...wish.groupBy],
    groupByLabels: [...wish.groupByLabels],
    aggregation: wish.aggregation,
    timeGroup: 'average',
    nodeIds: [...wish.nodeIds],
    raw: true,
    ...(wish.instances === undefined ? {} : { instances: [...wish.instances] }),
    ...(wish.dimensions === undefined ? {} : { dimensions: [...wish.dimensions] }),
    ...(wish.labels.length === 0 ? {} : { labels: [...wish.labels] }),
  }
}
