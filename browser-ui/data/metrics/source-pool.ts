import { liveLimits } from '../../../src/live/limits.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { LiveClient } from '../../link/live-client.ts'
import { createWidths } from './metric-widths.ts'
import { createNodeFeed, type NodeFeed } from '../feed/node-feed.ts'
import type { Timeline } from '../time/timeline.ts'
import { createAggregateFeed, type AggregateFeed } from './aggregate-feed.ts'
import { wishKey, wishOf, type AggregateWish } from './aggregate-question.ts'
import type { ChartChoice } from './metrics-feed.ts'
import { eachSecondMax, type PlanKnowledge, type SourcePlan } from './plan-sources.ts'

/** A chart that is on screen, and the sources it holds. */
export interface Shown {
  readonly choice: ChartChoice
  readonly widthPx: number
  readonly ends: Map<string, () => void>
}

/** The feeds behind the charts of a page, shared by those that want the same: one a node, and one a question to an agent. */
export interface SourcePool extends Required<Pick<PlanKnowledge, 'losesSigns' | 'isApart' | 'metricsPerNode'>> {
  /** The feed of a node; made when it is first asked for. */
  node(nodeId: string): NodeFeed
  knownNode(nodeId: string): NodeFeed | undefined
  nodes(): Iterable<NodeFeed>
  /** Seconds between two answers of a node that is asked alone, at the least. */
  readonly nodeCadenceS: number
  /** Closes the feeds of all other nodes. */
  keepNodes(nodeIds: ReadonlySet<string>): void
  /** The aggregates that serve a choice now. */
  aggregatesOf(choice: ChartChoice, plan: SourcePlan): readonly AggregateFeed[]
  aggregates(): readonly AggregateFeed[]
  /** Holds the sources of the plan, and lets go of those that are none any more. */
  hold(shown: Shown, plan: SourcePlan): void
  release(shown: Shown): void
  /** Tells every question how often it is asked. */
  pace(): void
  close(): void
}

export interface SourcePoolDeps {
  readonly client: LiveClient
  readonly clock: Clock
  readonly random: () => number
  readonly timeline: Timeline
  readonly onData: (contextIds: ReadonlySet<string>) => void
  /** What is said of a node changed; `isList` when it listed its contexts anew. */
  readonly onStatus: (isList: boolean) => void
  /** Something was learned after which a plan may be another one. */
  readonly onLearned: () => void
}

/** How long nodes that could not be asked together are asked apart. */
const apartMs = 60_000
/** Aggregated answers a second that a page wants at most; with more questions each is asked less often. */
const answersPerSecond = 12
const pacesMs = [2_000, 3_000, 5_000, 10_000, 15_000, 30_000, 60_000] as const
/** How often nodes are asked alone, each for all charts on screen: so that all of them together answer about as often as sixteen do each second. */
const nodePacesMs = [1_000, ...pacesMs] as const
const nodeAnswersPerSecond = eachSecondMax + 1
/** Beyond what may stand, so many places are left for the next charts that scroll into sight. */
const watchesKept = 16
/** A window gains nothing by more points than this. */
const pointsPerWindow = 1_000

export function createSourcePool(deps: SourcePoolDeps): SourcePool {
  const { client, clock, random, timeline } = deps
  const nodeFeeds = new Map<string, NodeFeed>()
  const aggregates = new Map<string, { readonly feed: AggregateFeed; count: number }>()
  /** Agents that keep signs in every grouping, once seen; and the contexts that an agent takes them from. */
  const keepsSigns = new Set<string>()
  const losesSigns = new Set<string>()
  const apartUntilMs = new Map<string, number>()
  const widths = createWidths(() => deps.onLearned())
  let nodeCadenceMs: number = liveLimits.minCadenceMs
  let isClosed = false

  const node = (nodeId: string): NodeFeed => {
    const known = nodeFeeds.get(nodeId)
    if (known) return known
    const feed = createNodeFeed({ client, clock, nodeId, timeline, random })
    nodeFeeds.set(nodeId, feed)
    let { catalogue } = feed.status
    feed.onStatus(() => {
      const isList = feed.status.catalogue !== catalogue
      ;({ catalogue } = feed.status)
      deps.onStatus(isList)
    })
    feed.onData((contextIds) => {
      for (const contextId of contextIds) widths.note(contextId, nodeId, feed.table(contextId)?.columns.length ?? 0)
      deps.onData(contextIds)
    })
    feed.setLeast(nodeCadenceMs)
    return feed
  }

  const makeAggregate = (wish: AggregateWish): AggregateFeed => {
    const { claimId, contextId } = wish
    return createAggregateFeed({
      client,
      clock,
      random,
      timeline,
      wish,
      isUnsure: wish.groupBy.length > 1 && !keepsSigns.has(claimId),
      onData: () => {
        deps.onData(new Set([contextId]))
        deps.onStatus(false)
      },
      onSigns(areKept) {
        const mark = `${claimId} ${contextId}`
        if (areKept) keepsSigns.add(claimId)
        else if (!losesSigns.has(mark)) {
          losesSigns.add(mark)
          deps.onLearned()
        }
      },
      onApart() {
        apartUntilMs.set(claimId, clock.monotonicMs() + apartMs)
        clock.after(apartMs, () => isClosed || deps.onLearned())
        deps.onLearned()
      },
    })
  }

  const holdAggregate = (key: string, wish: AggregateWish, widthPx: number): (() => void) => {
    const held = aggregates.get(key) ?? { feed: makeAggregate(wish), count: 0 }
    aggregates.set(key, held)
    held.count += 1
    held.feed.setWidth(widthPx)
    return () => {
      held.count -= 1
      if (held.count > 0) return
      held.feed.close()
      aggregates.delete(key)
    }
  }

  return {
    losesSigns: (claimId, contextId) => losesSigns.has(`${claimId} ${contextId}`),
    isApart: (claimId) => (apartUntilMs.get(claimId) ?? 0) > clock.monotonicMs(),
    node,
    knownNode: (nodeId) => nodeFeeds.get(nodeId),
    nodes: () => nodeFeeds.values(),
    metricsPerNode: (contextId) => widths.mean(contextId),
    get nodeCadenceS() {
      return nodeCadenceMs / 1000
    },
    keepNodes(nodeIds) {
      for (const [nodeId, feed] of nodeFeeds) {
        if (nodeIds.has(nodeId)) continue
        feed.close()
        nodeFeeds.delete(nodeId)
      }
    },
    aggregatesOf: (choice, plan) => plan.agents.flatMap((agent) => aggregates.get(wishKey(wishOf(choice, agent)))?.feed ?? []),
    aggregates: () => [...aggregates.values()].map(({ feed }) => feed),
    hold({ choice, widthPx, ends }, plan) {
      const wanted = new Map<string, () => () => void>()
      for (const nodeId of plan.singles) wanted.set(`node ${nodeId}`, () => node(nodeId).show(choice.contextId, widthPx))
      for (const agent of plan.agents) {
        const wish = wishOf(choice, agent)
        const key = wishKey(wish)
        wanted.set(key, () => holdAggregate(key, wish, widthPx))
      }
      // New sources first: a question that goes on is not stopped in between.
      for (const [key, start] of wanted) if (!ends.has(key)) ends.set(key, start())
      for (const [key, end] of ends) {
        if (wanted.has(key)) continue
        ends.delete(key)
        end()
      }
    },
    release({ ends }) {
      for (const end of ends.values()) end()
      ends.clear()
    },
    pace() {
      nodeCadenceMs = nodePacesMs.find((candidate) => candidate * nodeAnswersPerSecond >= nodeFeeds.size * 1000) ?? liveLimits.maxCadenceMs
      for (const feed of nodeFeeds.values()) feed.setLeast(nodeCadenceMs)
      // The more questions stand, the less often each is asked: an agent has other things to do (agent-api §15.1 rule 7).
      const neededMs = Math.max(aggregates.size / answersPerSecond, timeline.view.windowS / pointsPerWindow) * 1000
      const cadenceMs = pacesMs.find((candidate) => candidate >= neededMs) ?? liveLimits.maxCadenceMs
      let free = liveLimits.watches - (aggregates.size > liveLimits.watches ? watchesKept : 0)
      for (const { feed } of aggregates.values()) feed.setPace(cadenceMs, free-- > 0)
    },
    close() {
      isClosed = true
      for (const { feed } of aggregates.values()) feed.close()
      aggregates.clear()
      for (const feed of nodeFeeds.values()) feed.close()
      nodeFeeds.clear()
    },
  }
}
