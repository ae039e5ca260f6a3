import { aggregatedTarget, dataTarget } from '../../../src/live/data-targets.ts'
import { liveLimits } from '../../../src/live/limits.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { SpaceContexts } from '../../link/api.ts'
import type { LinkState, LiveClient } from '../../link/live-client.ts'
import { createNodeFeed, type NodeFeed } from '../feed/node-feed.ts'
import { pointsFor } from '../feed/past-ask.ts'
import type { Timeline } from '../time/timeline.ts'
import { createAggregateFeed, type AggregateFeed } from './aggregate-feed.ts'
import { questionOf, wishKey, wishOf } from './aggregate-question.ts'
import { unionOf, type ContextUnion } from './context-union.ts'
import { buildFacets } from './facets.ts'
import { mergeFrame, takesDimension, takesLabels, type FrameParts } from './merge-frame.ts'
import type { AskedCall, ChartChoice, FeedNode, MetricsFeed, MetricsFrame, MetricsNode, MetricsStatus } from './metrics-feed.ts'
import { reasonFor } from './no-data.ts'
import { planSources, type SourcePlan } from './plan-sources.ts'

export interface MetricsFeedDeps {
  readonly client: LiveClient
  readonly clock: Clock
  /** From 0 up to 1. */
  readonly random: () => number
  readonly timeline: Timeline
  readonly nodes: readonly MetricsNode[]
  /** What the cloud has stored of contexts; without it each node is asked for its list. */
  readonly stored?: SpaceContexts | undefined
}

/** Changes of nodes and of what is on screen within this time become one plan. */
const gatherMs = 60
/** How long nodes that could not be asked together are asked apart. */
const apartMs = 60_000
/** Aggregated answers a second that a page wants at most; with more questions each is asked less often. */
const answersPerSecond = 12
const pacesMs = [2_000, 3_000, 5_000, 10_000, 15_000, 30_000, 60_000] as const
/** Standing questions are kept free for the next charts that scroll into sight. */
const watchesKept = 16
/** Nodes whose lists are asked for when the cloud has none stored. */
const listedMax = 16

interface Shown {
  readonly choice: ChartChoice
  readonly widthPx: number
  readonly ends: Map<string, () => void>
}

interface Aggregate {
  readonly feed: AggregateFeed
  count: number
}

/** The feed of a set of nodes. It lives until it is closed; the timeline outlives it. */
export function createMetricsFeed(deps: MetricsFeedDeps): MetricsFeed {
  const { client, clock, random, timeline } = deps
  let nodes = deps.nodes
  let { stored } = deps
  let link: LinkState = client.state
  let union: ContextUnion | undefined
  let status: MetricsStatus | undefined
  let stopGather: (() => void) | undefined
  let isClosed = false
  /** Grows with every change after which a plan may be another one. */
  let planVersion = 0
  let dataVersion = 0
  const nodeFeeds = new Map<string, NodeFeed>()
  const aggregates = new Map<string, Aggregate>()
  const shown = new Set<Shown>()
  const plans = new Map<string, { version: number; plan: SourcePlan }>()
  const frames = new Map<string, { version: number; fromS: number; toS: number; frame: MetricsFrame | undefined }>()
  const statusListeners = new Set<() => void>()
  const dataListeners = new Set<(contextIds: ReadonlySet<string>) => void>()
  const states = new Map<string, MetricsNode['state']>()
  /** Whether an agent keeps signs in every grouping, once seen; and the contexts that it takes them from. */
  const keepsSigns = new Set<string>()
  const losesSigns = new Set<string>()
  const apartUntilMs = new Map<string, number>()

  const stateOf = (node: MetricsNode) => states.get(node.nodeId) ?? nodeFeeds.get(node.nodeId)?.status.nodeState ?? node.state
  const planNodes = () => nodes.map((node) => ({ ...node, state: stateOf(node) }))
  const nodeById = () => new Map(nodes.map((node) => [node.nodeId, node]))

  // ---- what is known ----

  const unionNow = (): ContextUnion =>
    (union ??= unionOf(
      nodes.map(({ nodeId }) => nodeId),
      (nodeId) => nodeFeeds.get(nodeId)?.status.catalogue,
      stored,
    ))

  const knowledge = {
    hasContext: (nodeId: string, contextId: string) => unionNow().has(nodeId, contextId),
    losesSigns: (claimId: string, contextId: string) => losesSigns.has(`${claimId} ${contextId}`),
    isApart: (claimId: string) => (apartUntilMs.get(claimId) ?? 0) > clock.monotonicMs(),
  }

  const planOf = (choice: ChartChoice): SourcePlan => {
    const key = JSON.stringify(choice)
    const known = plans.get(key)
    if (known?.version === planVersion) return known.plan
    const strangers = new Set(unionNow().strangers(choice.contextId))
    const plan = planSources(
      choice,
      planNodes().filter(({ nodeId }) => !strangers.has(nodeId)),
      knowledge,
    )
    if (plans.size > 500) plans.clear()
    plans.set(key, { version: planVersion, plan })
    return plan
  }

  const feedNodes = (): readonly FeedNode[] =>
    nodes.map((node) => ({
      nodeId: node.nodeId,
      hostname: node.hostname,
      state: stateOf(node),
      trouble: nodeFeeds.get(node.nodeId)?.status.trouble ?? troubleOfAggregates(node.nodeId),
    }))
  const troubleOfAggregates = (nodeId: string) => {
    for (const { feed } of aggregates.values()) if (feed.trouble !== undefined && feed.wish.nodeIds.includes(nodeId)) return feed.trouble
    return undefined
  }

  const noteStatus = () => {
    const before = status
    const next: MetricsStatus = { link, nodes: feedNodes(), contexts: unionNow().contexts }
    const isSame =
      before !== undefined &&
      before.link === next.link &&
      before.contexts === next.contexts &&
      before.nodes.length === next.nodes.length &&
      before.nodes.every((node, index) => {
        const other = next.nodes[index]
        return (
          node.nodeId === other?.nodeId && node.state === other.state && node.trouble === other.trouble && node.hostname === other.hostname
        )
      })
    if (isSame) return
    status = next
    for (const listener of statusListeners) listener()
  }

  const tell = (contextIds: ReadonlySet<string>) => {
    dataVersion++
    for (const listener of dataListeners) listener(contextIds)
  }

  const replan = () => {
    planVersion++
    dataVersion++
    stopGather ??= clock.after(gatherMs, () => {
      stopGather = undefined
      if (isClosed) return
      for (const entry of shown) apply(entry)
      pace()
      noteStatus()
      const contextIds = new Set([...shown].map(({ choice }) => choice.contextId))
      if (contextIds.size > 0) tell(contextIds)
    })
  }

  // ---- sources ----

  const nodeFeed = (nodeId: string): NodeFeed => {
    const known = nodeFeeds.get(nodeId)
    if (known) return known
    const feed = createNodeFeed({ client, clock, nodeId, timeline, random })
    nodeFeeds.set(nodeId, feed)
    let { catalogue } = feed.status
    feed.onStatus(() => {
      if (feed.status.catalogue !== catalogue) {
        ;({ catalogue } = feed.status)
        union = undefined
        replan()
      }
      noteStatus()
    })
    feed.onData(tell)
    return feed
  }

  const aggregate = (key: string, wish: AggregateFeed['wish'], widthPx: number): (() => void) => {
    let entry = aggregates.get(key)
    if (entry === undefined) {
      const { claimId, contextId } = wish
      const mark = `${claimId} ${contextId}`
      const feed = createAggregateFeed({
        client,
        clock,
        random,
        timeline,
        wish,
        isUnsure: wish.groupBy.length > 1 && !keepsSigns.has(claimId),
        onData: () => {
          tell(new Set([contextId]))
          noteStatus()
        },
        onSigns(areKept) {
          if (areKept) keepsSigns.add(claimId)
          else if (!losesSigns.has(mark)) {
            losesSigns.add(mark)
            replan()
          }
        },
        onApart() {
          apartUntilMs.set(claimId, clock.monotonicMs() + apartMs)
          clock.after(apartMs, () => isClosed || replan())
          replan()
        },
      })
      entry = { feed, count: 0 }
      aggregates.set(key, entry)
    }
    const held = entry
    held.count += 1
    held.feed.setWidth(widthPx)
    return () => {
      held.count -= 1
      if (held.count > 0) return
      held.feed.close()
      if (aggregates.get(key) === held) aggregates.delete(key)
    }
  }

  /** The more questions stand, the less often each is asked: an agent has other things to do (agent-api §15.1 rule 7). */
  const pace = () => {
    const neededMs = Math.max((aggregates.size / answersPerSecond) * 1000, coarseMs())
    const cadenceMs = pacesMs.find((candidate) => candidate >= neededMs) ?? liveLimits.maxCadenceMs
    let free = liveLimits.watches - (aggregates.size > liveLimits.watches ? watchesKept : 0)
    for (const { feed } of aggregates.values()) feed.setPace(cadenceMs, free-- > 0)
  }
  /** A window of a month gains nothing by a point every two seconds. */
  const coarseMs = () => (timeline.view.windowS / 1_000) * 1000

  const apply = (entry: Shown) => {
    const { choice, widthPx, ends } = entry
    const plan = planOf(choice)
    const wanted = new Map<string, () => () => void>()
    for (const nodeId of plan.singles) wanted.set(`node ${nodeId}`, () => nodeFeed(nodeId).show(choice.contextId, widthPx))
    for (const agent of plan.agents) {
      const wish = wishOf(choice, agent)
      const key = wishKey(wish)
      wanted.set(key, () => aggregate(key, wish, widthPx))
    }
    // New sources first: a question that goes on is not stopped in between.
    for (const [key, start] of wanted) if (!ends.has(key)) ends.set(key, start())
    for (const [key, end] of ends) {
      if (wanted.has(key)) continue
      ends.delete(key)
      end()
    }
  }

  const aggregatesOf = (choice: ChartChoice, plan: SourcePlan): readonly AggregateFeed[] =>
    plan.agents.flatMap((agent) => aggregates.get(wishKey(wishOf(choice, agent)))?.feed ?? [])

  // ---- frames ----

  const partsOf = (choice: ChartChoice, plan: SourcePlan): FrameParts | undefined => {
    const needsLists = choice.labels.length > 0 || choice.groupBy.some((part) => part.startsWith('label:'))
    const byId = nodeById()
    const parts = plan.singles.flatMap((nodeId) => {
      const feed = nodeFeeds.get(nodeId)
      const table = feed?.table(choice.contextId)
      const { catalogue } = feed?.status ?? {}
      if (table === undefined || (needsLists && catalogue === undefined)) return []
      return [
        { nodeId, hostname: byId.get(nodeId)?.hostname ?? nodeId, table, instances: catalogue?.instances.get(choice.contextId) ?? [] },
      ]
    })
    const agents = aggregatesOf(choice, plan).flatMap((feed) => {
      const table = feed.table()
      return table === undefined ? [] : [{ table, nodeOf: nodeLookup(feed) }]
    })
    return parts.length + agents.length === 0 ? undefined : { nodes: parts, agents }
  }

  /** Agents name nodes by machine guid; their answers say which of our ids that is. */
  const nodeLookup = (feed: AggregateFeed) => {
    const byId = nodeById()
    const guids = new Map(feed.said()?.nodes.map(({ id, nodeId }) => [id, nodeId]))
    return (agentsId: string) => byId.get(guids.get(agentsId) ?? agentsId)
  }

  const frame = (choice: ChartChoice): MetricsFrame | undefined => {
    const key = JSON.stringify(choice)
    const [fromS, toS] = timeline.span()
    const known = frames.get(key)
    if (known?.version === dataVersion && known.fromS === fromS && known.toS === toS) return known.frame
    const parts = partsOf(choice, planOf(choice))
    const made = parts && mergeFrame(choice, parts, fromS, toS)
    if (frames.size > 500) frames.clear()
    frames.set(key, { version: dataVersion, fromS, toS, frame: made })
    return made
  }

  const spanQuestion = (): { afterS: number; beforeS: number; spanS: number } => {
    const { mode, windowS } = timeline.view
    if (mode === 'live' || mode === 'held') return { afterS: -Math.ceil(windowS), beforeS: 0, spanS: windowS }
    const [fromS, toS] = timeline.span()
    return { afterS: Math.floor(fromS), beforeS: Math.ceil(toS), spanS: toS - fromS }
  }

  const paceS = (contextId: string): number => {
    let slowestS = 1
    for (const feed of nodeFeeds.values())
      if (feed.status.catalogue?.contexts.has(contextId)) slowestS = Math.max(slowestS, feed.paceS(contextId))
    for (const { feed } of aggregates.values())
      if (feed.wish.contextId === contextId) slowestS = Math.max(slowestS, feed.table()?.paceS ?? 1)
    return slowestS
  }

  /** The filter as the instances of one node; v1 knows no labels but by a parameter that old agents lack. */
  const callOfNode = (choice: ChartChoice, nodeId: string, widthPx: number): AskedCall => {
    const { afterS, beforeS, spanS } = spanQuestion()
    const known = nodeFeeds.get(nodeId)?.status.catalogue?.instances.get(choice.contextId) ?? []
    const picked = known.filter(
      ({ chartId, labels }) => (choice.instances?.includes(chartId) ?? true) && takesLabels(choice.labels, labels),
    )
    const instances = choice.labels.length > 0 ? picked.map(({ chartId }) => chartId) : choice.instances
    const points = pointsFor(spanS, nodeFeeds.get(nodeId)?.paceS(choice.contextId) ?? 1, widthPx)
    const target = dataTarget({
      kind: 'data',
      contexts: [choice.contextId],
      afterS,
      beforeS,
      points,
      ...(instances === undefined ? {} : { instances: [...instances] }),
      ...(choice.dimensions === undefined ? {} : { dimensions: [...choice.dimensions] }),
    })
    return { nodeId, target }
  }

  const isRow = (made: MetricsFrame | undefined) =>
    made !== undefined && made.series.some(({ values }) => values.some((value) => value !== null))

  const stops = [
    client.onState((next) => {
      link = next
      noteStatus()
    }),
    client.onNode((nodeId, state) => {
      const node = nodes.find((candidate) => candidate.nodeId === nodeId)
      if (node === undefined || stateOf(node) === state) return
      states.set(nodeId, state)
      replan()
    }),
    timeline.onChange(() => {
      dataVersion++
      pace()
    }),
  ]

  /** Lists come from the nodes themselves where the cloud has none, and where there is but one node. */
  const listNodes = () => {
    if (nodes.length > 1 && stored !== undefined) return
    for (const { nodeId } of nodes.slice(0, listedMax)) nodeFeed(nodeId)
  }
  listNodes()

  return {
    timeline,
    get status() {
      return (status ??= { link, nodes: feedNodes(), contexts: unionNow().contexts })
    },
    onStatus(listener) {
      statusListeners.add(listener)
      return () => void statusListeners.delete(listener)
    },
    onData(listener) {
      dataListeners.add(listener)
      return () => void dataListeners.delete(listener)
    },
    setNodes(next, nextStored = stored) {
      nodes = next
      stored = nextStored
      union = undefined
      states.clear()
      const ids = new Set(nodes.map(({ nodeId }) => nodeId))
      for (const entry of shown) apply(entry)
      for (const [nodeId, feed] of nodeFeeds) {
        if (ids.has(nodeId)) continue
        feed.close()
        nodeFeeds.delete(nodeId)
      }
      listNodes()
      replan()
    },
    show(choice, widthPx) {
      const entry: Shown = { choice, widthPx, ends: new Map() }
      shown.add(entry)
      apply(entry)
      pace()
      return () => {
        if (!shown.delete(entry)) return
        for (const end of entry.ends.values()) end()
        entry.ends.clear()
        if (!isClosed) pace()
      }
    },
    frame,
    isLoading(choice) {
      const plan = planOf(choice)
      return (
        plan.singles.some((nodeId) => nodeFeeds.get(nodeId)?.isLoading(choice.contextId) === true) ||
        aggregatesOf(choice, plan).some((feed) => feed.isLoading())
      )
    },
    async frameOf(choice, fromS, toS, points, signal) {
      const plan = planOf(choice)
      const [afterS, beforeS] = [Math.floor(fromS), Math.ceil(toS)]
      const byId = nodeById()
      const own = aggregatesOf(choice, plan)
      const asked: Promise<FrameParts>[] = [
        ...plan.singles.map(async (nodeId) => {
          const feed = nodeFeed(nodeId)
          const table = (await feed.ask({ contexts: [choice.contextId], afterS, beforeS, points }, signal)).get(choice.contextId)
          const instances = feed.status.catalogue?.instances.get(choice.contextId) ?? []
          return { nodes: table ? [{ nodeId, hostname: byId.get(nodeId)?.hostname ?? nodeId, table, instances }] : [], agents: [] }
        }),
        ...own.map(async (feed) => ({
          nodes: [],
          agents: [{ table: await feed.ask(afterS, beforeS, points, signal), nodeOf: nodeLookup(feed) }],
        })),
      ]
      const settled = await Promise.allSettled(asked)
      const parts = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
      const failed = settled.find((result) => result.status === 'rejected')
      if (failed && parts.length === 0) throw failed.reason
      const all = { nodes: parts.flatMap((part) => part.nodes), agents: parts.flatMap((part) => part.agents) }
      return mergeFrame(choice, all, fromS, toS)
    },
    reason(choice) {
      const plan = planOf(choice)
      const made = frame(choice)
      const singles = plan.singles.flatMap((nodeId) => nodeFeeds.get(nodeId) ?? [])
      const own = aggregatesOf(choice, plan)
      const silent = singles
        .filter((feed) => !feed.isLoading(choice.contextId) && (feed.table(choice.contextId)?.length ?? 0) === 0)
        .map(({ nodeId }) => nodeId)
      for (const feed of own) {
        const answered = feed.said()?.nodes
        if (answered === undefined) continue
        const ids = new Set(answered.filter(({ count }) => count > 0).map(({ nodeId, id }) => nodeId || id))
        silent.push(...feed.wish.nodeIds.filter((nodeId) => !ids.has(nodeId)))
      }
      const columns = singles.some((feed) => (feed.table(choice.contextId)?.columns.length ?? 0) > 0)
      const known = own.some((feed) => (feed.said()?.instances.length ?? 0) > 0)
      const hasFilter = choice.instances !== undefined || choice.dimensions !== undefined || choice.labels.length > 0
      return reasonFor({
        choice,
        link,
        nodes: feedNodes(),
        plan,
        hasRows: isRow(made),
        isFilteredOut: hasFilter && (columns || known) && (made?.series.length ?? 0) === 0,
        isLoading: singles.some((feed) => feed.isLoading(choice.contextId)) || own.some((feed) => feed.isLoading()),
        isPast: timeline.view.mode === 'past',
        troubles: [...own.map(({ trouble }) => trouble), ...singles.map((feed) => feed.status.trouble)].filter(
          (trouble) => trouble !== undefined,
        ),
        silentNodeIds: silent,
        strangerNodeIds: unionNow().strangers(choice.contextId),
        isListed: unionNow().contexts !== undefined,
      })
    },
    facets(contextId) {
      const named = new Map<string, { nodeId: string; hostname: string }>()
      const answers = [...aggregates.values()].flatMap(({ feed }) => {
        if (feed.wish.contextId !== contextId) return []
        const said = feed.said()
        const lookup = nodeLookup(feed)
        for (const { id } of said?.nodes ?? []) {
          const node = lookup(id)
          if (node) named.set(id, node)
        }
        return said ? [{ feed, said }] : []
      })
      // Several charts may ask the same nodes: the answer with the fewest filters says most.
      const best = new Map<string, (typeof answers)[number]>()
      for (const answer of answers) {
        const key = answer.feed.wish.nodeIds.join(' ')
        const before = best.get(key)
        if (before === undefined || filtersOf(answer.feed) < filtersOf(before.feed)) best.set(key, answer)
      }
      const covered = new Set([...best.values()].flatMap(({ feed }) => feed.wish.nodeIds))
      const lists = nodes.flatMap(({ nodeId, hostname }) => {
        const instances = nodeFeeds.get(nodeId)?.status.catalogue?.instances.get(contextId)
        return instances === undefined || covered.has(nodeId) ? [] : [{ nodeId, name: hostname, instances }]
      })
      return buildFacets(
        lists,
        [...best.values()].map(({ said }) => said),
        (id) => named.get(id),
      )
    },
    paceS,
    latest(contextId, dimensionId) {
      const [nodeId, ...others] = nodes.map((node) => node.nodeId)
      const feed = nodeId === undefined || others.length > 0 ? undefined : nodeFeeds.get(nodeId)
      const column = feed?.table(contextId)?.columns.find((candidate) => takesDimension([dimensionId], candidate))
      return feed?.latest(contextId, column?.dimensionId ?? dimensionId)
    },
    calls(choice, widthPx) {
      const plan = planOf(choice)
      const { afterS, beforeS, spanS } = spanQuestion()
      const own = plan.agents.map((agent): AskedCall => {
        const wish = wishOf(choice, agent)
        const feed = aggregates.get(wishKey(wish))?.feed
        const question = feed?.question() ?? questionOf(wish, afterS, beforeS, pointsFor(spanS, paceS(choice.contextId), widthPx))
        return { nodeId: agent.nodeIds[0] ?? '', target: aggregatedTarget(question, agent.nodeIds, agent.generation) }
      })
      return [...plan.singles.map((nodeId) => callOfNode(choice, nodeId, widthPx)), ...own]
    },
    close() {
      isClosed = true
      stopGather?.()
      for (const stop of stops) stop()
      for (const entry of shown) for (const end of entry.ends.values()) end()
      shown.clear()
      for (const { feed } of aggregates.values()) feed.close()
      aggregates.clear()
      for (const feed of nodeFeeds.values()) feed.close()
      nodeFeeds.clear()
    },
  }
}

function filtersOf({ wish }: AggregateFeed): number {
  return (wish.instances === undefined ? 0 : 1) + (wish.dimensions === undefined ? 0 : 1) + wish.labels.length
}
