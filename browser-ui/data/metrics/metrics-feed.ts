import type { Aggregation } from '../../../src/live/merge-rows.ts'
import type { NodeState } from '../../../src/domain/model.ts'
import type { NodeSummary, SpaceContexts } from '../../link/api.ts'
import type { LinkState } from '../../link/live-client.ts'
import type { ChartFrame } from '../chart-frame.ts'
import type { ContextSummary } from '../feed/catalogue.ts'
import type { Timeline } from '../time/timeline.ts'

/** How metrics of several instances and nodes become the series of one chart. */
export type GroupBy = 'dimension' | 'node' | 'instance' | `label:${string}`
export type { Aggregation }

/** What one chart shows of a context. Undefined lists mean all. */
export interface ChartChoice {
  readonly contextId: string
  readonly nodeIds: readonly string[] | undefined
  /** Chart ids, as agents name instances. */
  readonly instances: readonly string[] | undefined
  /** Their names, which is what agents group by. */
  readonly dimensions: readonly string[] | undefined
  /** Instance labels: any value of one key, every key named. */
  readonly labels: readonly { readonly key: string; readonly value: string }[]
  /** In this order; at least one. */
  readonly groupBy: readonly GroupBy[]
  readonly aggregation: Aggregation
}

/** What a chart draws of its choice, and how much stands behind it. */
export interface MetricsFrame extends ChartFrame {
  /** For each series: how many metrics (instance × dimension) are in it. */
  readonly volumes: readonly number[]
  /** For each row: a source that usually contributes did not. */
  readonly isPartial: readonly boolean[]
  /** The rows before this time lack sources whose past was asked a moment later than that of the others. */
  readonly wholeFromS: number
  /** Who aggregated: the page, agents, or both. */
  readonly mergedBy: 'page' | 'agents' | 'both'
}

/** Why a chart has nothing to draw, or not everything: one sentence, and what can be done. Never a blank. */
export interface NoDataReason {
  readonly title: string
  readonly text: string
}

/** What can be chosen for a context, with how many metrics each choice has. */
export interface ChartFacets {
  readonly nodes: readonly { readonly id: string; readonly name: string; readonly count: number }[]
  readonly instances: readonly { readonly id: string; readonly name: string; readonly count: number }[]
  readonly dimensions: readonly { readonly id: string; readonly name: string; readonly count: number }[]
  readonly labels: readonly { readonly key: string; readonly values: readonly { readonly value: string; readonly count: number }[] }[]
}

/** What a feed has to be told of a node. */
export type MetricsNode = Pick<NodeSummary, 'nodeId' | 'hostname' | 'state' | 'agent'>

/** One node of a feed. */
export interface FeedNode {
  readonly nodeId: string
  readonly hostname: string
  readonly state: NodeState
  /** Why its ticks do not come, as `bannerFor` reads it. */
  readonly trouble: string | undefined
}

/** What the page says of the whole in words; changes rarely, never with a tick. */
export interface MetricsStatus {
  readonly link: LinkState
  readonly nodes: readonly FeedNode[]
  /** The contexts of all nodes: stored ones at first, then as the agents list them. Undefined until anything is known. */
  readonly contexts: ReadonlyMap<string, ContextSummary> | undefined
}

/** A question as a person can repeat it: what an agent was asked for a chart. */
export interface AskedCall {
  readonly nodeId: string
  /** Path and query below the agent, such as `/api/v1/data?context=…`. */
  readonly target: string
}

/**
 * The live values and the past of the chosen nodes. Only what is shown is asked for; nodes of one agent that can aggregate are
 * asked together, the rest one by one and merged here.
 */
export interface MetricsFeed {
  readonly timeline: Timeline
  readonly status: MetricsStatus
  readonly onStatus: (listener: () => void) => () => void
  /** Called with the contexts that got new values, at most once for each arriving answer. */
  onData(listener: (contextIds: ReadonlySet<string>) => void): () => void
  /** The nodes changed: their states, their agents, who is in the room; and what the cloud has stored of contexts. */
  setNodes(nodes: readonly MetricsNode[], stored?: SpaceContexts): void
  /** Wants a chart, drawn this wide; the answer ends the wish. */
  show(choice: ChartChoice, widthPx: number): () => void
  /** What there is to draw in the timeline's span; undefined before anything arrived. */
  frame(choice: ChartChoice): MetricsFrame | undefined
  /** Whether a source of a wanted chart still owes the present span. */
  isLoading(choice: ChartChoice): boolean
  /** The span of the same length right before (or any other span), asked once. */
  frameOf(choice: ChartChoice, fromS: number, toS: number, points: number, signal?: AbortSignal): Promise<MetricsFrame>
  reason(choice: ChartChoice): NoDataReason | undefined
  facets(contextId: string): ChartFacets
  /** How many agents and nodes have said what they have of a context, with an answer or their list: facets change when this does. */
  heard(contextId: string): number
  /** Seconds between two samples of a context. */
  paceS(contextId: string): number
  /** The newest stored value of a dimension over the chosen nodes' only instance, even when no row holds it. */
  latest(contextId: string, dimensionId: string): number | undefined
  /** The exact calls behind a chart's span. */
  calls(choice: ChartChoice, widthPx: number): readonly AskedCall[]
  close(): void
}

/** What a chart shows before anybody chose: every dimension, instances added up (shares of a whole: their mean). */
export function defaultChoice(context: Pick<ContextSummary, 'id'>, isShare: boolean): ChartChoice {
  return {
    contextId: context.id,
    nodeIds: undefined,
    instances: undefined,
    dimensions: undefined,
    labels: [],
    groupBy: ['dimension'],
    aggregation: isShare ? 'average' : 'sum',
  }
}
