import type { Clock } from '../../../src/support/clock.ts'
import type { SpaceContexts } from '../../link/api.ts'
import type { LinkState, LiveClient } from '../../link/live-client.ts'
import type { Timeline } from '../time/timeline.ts'
import type { AggregateFeed } from './aggregate-feed.ts'
import { callOfAgent, callOfNode, spanOf } from './chart-calls.ts'
import { unionOf, type ContextUnion } from './context-union.ts'
import { facetsOf } from './facets.ts'
import { mergeFrame, takesDimension, type FrameParts } from './merge-frame.ts'
import type { ChartChoice, FeedNode, MetricsFeed, MetricsFrame, MetricsNode, MetricsStatus } from './metrics-feed.ts'
import { reasonFor } from './no-data.ts'
import { planSources, type SourcePlan } from './plan-sources.ts'
import { createSourcePool, type Shown } from './source-pool.ts'

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
/** Nodes whose lists are asked for when the cloud has none stored. */
const listedMax = 16
/** With more aggregated questions than these, too, something arrives all the time. */
const crowdedQuestions = 48
/** What a crowd's answers mean is told this often. */
const crowdTellMs = 400
const noContexts: ReadonlySet<string> = new Set()
/** Choices whose plans and frames are kept; a page shows fewer. */
const keptMax = 500

/** The feed of a set of nodes. It lives until it is closed; the timeline outlives it. */
export function createMetricsFeed({ client, clock, random, timeline, ...deps }: MetricsFeedDeps): MetricsFeed {
  let { nodes, stored } = deps
  let byId = new Map(nodes.map((node) => [node.nodeId, node]))
  let link: LinkState = client.state
  let union: ContextUnion | undefined
  let status: MetricsStatus | undefined
  let stopGather: (() => void) | undefined
  let isClosed = false
  let storedIds: ReadonlySet<string> = new Set(stored?.nodeIds)
  const untold = new Set<string>()
  let isStatusUntold = false
  let stopTell: (() => void) | undefined
  /** Grow with every change after which plans, or frames, may be others. */
  let planVersion = 0
  let dataVersion = 0
  const shown = new Set<Shown>()
  const plans = new Map<string, { version: number; plan: SourcePlan }>()
  const frames = new Map<string, { version: number; fromS: number; toS: number; frame: MetricsFrame | undefined }>()
  const statusListeners = new Set<() => void>()
  const dataListeners = new Set<(contextIds: ReadonlySet<string>) => void>()
  /** States that were told since the list of nodes came. */
  const states = new Map<string, MetricsNode['state']>()

  const tellNow = (contextIds: ReadonlySet<string>) => {
    dataVersion++
    for (const listener of dataListeners) listener(contextIds)
  }
  /** Of a crowd something arrives all the time: what it means is told together, so that a chart is drawn a few times a second. */
  const isCrowd = () => pool.nodeCadenceS > 1 || pool.aggregates().length > crowdedQuestions
  const tell = (contextIds: ReadonlySet<string>) => {
    if (!isCrowd()) return tellNow(contextIds)
    for (const contextId of contextIds) untold.add(contextId)
    stopTell ??= clock.after(crowdTellMs, () => {
      stopTell = undefined
      const told = new Set(untold)
      untold.clear()
      if (isStatusUntold) noteStatusNow()
      if (told.size > 0) tellNow(told)
    })
  }
  const pool = createSourcePool({
    client,
    clock,
    random,
    timeline,
    onData: tell,
    onStatus(isList) {
      // A node that the cloud has nothing stored of is known by its list alone.
      if (isList && !(isStoredEnough() && nodes.every(({ nodeId }) => storedIds.has(nodeId)))) {
        union = undefined
        replan()
      } else if (isList) tell(new Set([...shown].map(({ choice }) => choice.contextId)))
      noteStatus()
    },
    onLearned: () => replan(),
  })

  // ---- what is known ----

  const stateOf = (node: MetricsNode) => states.get(node.nodeId) ?? pool.knownNode(node.nodeId)?.status.nodeState ?? node.state
  const catalogueOf = (nodeId: string) => pool.knownNode(nodeId)?.status.catalogue
  const instancesOf = (nodeId: string, contextId: string) => catalogueOf(nodeId)?.instances.get(contextId) ?? []
  const hostnameOf = (nodeId: string) => byId.get(nodeId)?.hostname ?? nodeId
  /** What the cloud has stored says enough of a crowd; to go through the lists of hundreds of nodes at each that comes would not end. */
  const isStoredEnough = () => stored !== undefined && nodes.length > listedMax
  const known = (): ContextUnion =>
    (union ??= unionOf(
      [...byId.keys()],
      isStoredEnough() ? (nodeId) => (storedIds.has(nodeId) ? undefined : catalogueOf(nodeId)) : catalogueOf,
      stored,
      isStoredEnough(),
    ))

  const planOf = (choice: ChartChoice): SourcePlan => {
    const key = JSON.stringify(choice)
    const before = plans.get(key)
    if (before?.version === planVersion) return before.plan
    const strangers = new Set(known().strangers(choice.contextId))
    const plan = planSources(
      choice,
      nodes.filter(({ nodeId }) => !strangers.has(nodeId)).map((node) => ({ ...node, state: stateOf(node) })),
      {
        hasContext: (nodeId, contextId) => known().has(nodeId, contextId),
        losesSigns: pool.losesSigns,
        isApart: pool.isApart,
        metricsPerNode: pool.metricsPerNode,
      },
    )
    if (plans.size > keptMax) plans.clear()
    plans.set(key, { version: planVersion, plan })
    return plan
  }

  const feedNodes = (): readonly FeedNode[] => {
    const troubled = pool.aggregates().filter(({ trouble }) => trouble !== undefined)
    return nodes.map((node) => ({
      nodeId: node.nodeId,
      hostname: node.hostname,
      state: stateOf(node),
      trouble: pool.knownNode(node.nodeId)?.status.trouble ?? troubled.find(({ wish }) => wish.nodeIds.includes(node.nodeId))?.trouble,
    }))
  }

  const statusNow = (): MetricsStatus => (status ??= { link, nodes: feedNodes(), contexts: known().contexts })
  const noteStatus = () => {
    if (!isCrowd()) return noteStatusNow()
    isStatusUntold = true
    tell(noContexts)
  }
  const noteStatusNow = () => {
    isStatusUntold = false
    const next: MetricsStatus = { link, nodes: feedNodes(), contexts: known().contexts }
    if (status !== undefined && isSameStatus(status, next)) return
    status = next
    for (const listener of statusListeners) listener()
  }

  const replan = () => {
    planVersion++
    dataVersion++
    stopGather ??= clock.after(gatherMs, () => {
      stopGather = undefined
      if (isClosed) return
      for (const entry of shown) pool.hold(entry, planOf(entry.choice))
      pool.pace()
      noteStatus()
      const contextIds = new Set([...shown].map(({ choice }) => choice.contextId))
      if (contextIds.size > 0) tell(contextIds)
    })
  }

  // ---- frames ----

  const partsOf = (choice: ChartChoice, plan: SourcePlan): FrameParts | undefined => {
    const needsLists = choice.labels.length > 0 || choice.groupBy.some((part) => part.startsWith('label:'))
    const parts = plan.singles.flatMap((nodeId) => {
      const table = pool.knownNode(nodeId)?.table(choice.contextId)
      if (table === undefined || (needsLists && catalogueOf(nodeId) === undefined)) return []
      const part = { nodeId, hostname: hostnameOf(nodeId), cadenceS: pool.nodeCadenceS }
      return [{ ...part, table, instances: instancesOf(nodeId, choice.contextId) }]
    })
    const agents = pool.aggregatesOf(choice, plan).flatMap((feed) => {
      const table = feed.table()
      return table === undefined ? [] : [{ table, cadenceS: feed.cadenceS, nodeOf: lookup(feed) }]
    })
    return parts.length + agents.length === 0 ? undefined : { nodes: parts, agents }
  }

  /** Agents name nodes by machine guid; their answers say which of our ids that is. */
  const lookup = (feed: AggregateFeed) => {
    const guids = new Map(feed.said()?.nodes.map(({ id, nodeId }) => [id, nodeId]))
    return (agentsId: string) => byId.get(guids.get(agentsId) ?? agentsId)
  }

  const frame = (choice: ChartChoice): MetricsFrame | undefined => {
    const key = JSON.stringify(choice)
    const [fromS, toS] = timeline.span()
    const before = frames.get(key)
    if (before?.version === dataVersion && before.fromS === fromS && before.toS === toS) return before.frame
    const parts = partsOf(choice, planOf(choice))
    const made = parts && mergeFrame(choice, parts, fromS, toS)
    if (frames.size > keptMax) frames.clear()
    frames.set(key, { version: dataVersion, fromS, toS, frame: made })
    return made
  }

  const paceS = (contextId: string): number => {
    let slowestS = 1
    for (const feed of pool.nodes())
      if (feed.status.catalogue?.contexts.has(contextId)) slowestS = Math.max(slowestS, feed.paceS(contextId))
    for (const feed of pool.aggregates()) if (feed.wish.contextId === contextId) slowestS = Math.max(slowestS, feed.table()?.paceS ?? 1)
    return slowestS
  }

  /** Lists come from the nodes themselves where the cloud has none, and where there is but one node. */
  const listNodes = () => {
    if (nodes.length === 1 || stored === undefined) for (const { nodeId } of nodes.slice(0, listedMax)) pool.node(nodeId)
  }
  listNodes()

  const stops = [
    client.onState((next) => {
      link = next
      noteStatus()
    }),
    client.onNode((nodeId, state) => {
      const node = byId.get(nodeId)
      if (node === undefined || stateOf(node) === state) return
      states.set(nodeId, state)
      replan()
    }),
    timeline.onChange(() => {
      dataVersion++
      pool.pace()
    }),
  ]

  return {
    timeline,
    get status() {
      return statusNow()
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
      const isOtherList = nextStored !== stored || !isSame(nodes, next, (node) => node.nodeId)
      const isOther = isOtherList || !isSame(nodes, next, (node) => `${node.hostname} ${node.state} ${JSON.stringify(node.agent)}`)
      if (!isOther) return
      nodes = next
      stored = nextStored
      storedIds = new Set(stored?.nodeIds)
      byId = new Map(nodes.map((node) => [node.nodeId, node]))
      if (isOtherList) union = undefined
      planVersion++
      states.clear()
      for (const entry of shown) pool.hold(entry, planOf(entry.choice))
      pool.keepNodes(new Set(byId.keys()))
      listNodes()
      replan()
    },
    show(choice, widthPx) {
      const entry: Shown = { choice, widthPx, ends: new Map() }
      shown.add(entry)
      pool.hold(entry, planOf(choice))
      pool.pace()
      return () => {
        if (!shown.delete(entry)) return
        pool.release(entry)
        if (!isClosed) pool.pace()
      }
    },
    frame,
    isLoading(choice) {
      const plan = planOf(choice)
      // Without a link nobody was asked, and the page says so.
      if (link === 'waiting' || link === 'signed-out') return false
      // Who is away was asked, and answers when it is back: nothing is on its way until then.
      if (plan.chosen.every((nodeId) => plan.away.includes(nodeId) || plan.without.includes(nodeId))) return false
      return (
        plan.singles.some((nodeId) => pool.knownNode(nodeId)?.isLoading(choice.contextId) === true) ||
        pool.aggregatesOf(choice, plan).some((feed) => feed.isLoading())
      )
    },
    async frameOf(choice, fromS, toS, points, signal) {
      const plan = planOf(choice)
      const span = { afterS: Math.floor(fromS), beforeS: Math.ceil(toS), points }
      const asked: Promise<FrameParts>[] = [
        ...plan.singles.map(async (nodeId) => {
          const table = (await pool.node(nodeId).ask({ contexts: [choice.contextId], ...span }, signal)).get(choice.contextId)
          const part = { nodeId, hostname: hostnameOf(nodeId), cadenceS: 1, instances: instancesOf(nodeId, choice.contextId) }
          return { nodes: table ? [{ ...part, table }] : [], agents: [] }
        }),
        ...pool.aggregatesOf(choice, plan).map(async (feed) => ({
          nodes: [],
          agents: [{ table: await feed.ask(span.afterS, span.beforeS, points, signal), cadenceS: 1, nodeOf: lookup(feed) }],
        })),
      ]
      const settled = await Promise.allSettled(asked)
      const parts = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
      const failed = settled.find((result) => result.status === 'rejected')
      // What some of the nodes answer is worth showing; what none does is an error.
      if (failed && (parts.length === 0 || signal?.aborted)) throw failed.reason
      const all = { nodes: parts.flatMap((part) => part.nodes), agents: parts.flatMap((part) => part.agents) }
      return mergeFrame(choice, all, fromS, toS)
    },
    reason(choice) {
      const plan = planOf(choice)
      const made = frame(choice)
      const singles = plan.singles.flatMap((nodeId) => pool.knownNode(nodeId) ?? [])
      const own = pool.aggregatesOf(choice, plan)
      const isFiltered = choice.instances !== undefined || choice.dimensions !== undefined || choice.labels.length > 0
      const hasMore =
        singles.some((feed) => (feed.table(choice.contextId)?.columns.length ?? 0) > 0) ||
        own.some((feed) => (feed.said()?.instances.length ?? 0) > 0)
      return reasonFor({
        choice,
        link,
        nodes: statusNow().nodes,
        plan,
        hasRows: made?.series.some(({ values }) => values.some((value) => value !== null)) ?? false,
        isFilteredOut: isFiltered && hasMore && (made?.series.length ?? 0) === 0,
        isLoading: singles.some((feed) => feed.isLoading(choice.contextId)) || own.some((feed) => feed.isLoading()),
        isPast: timeline.view.mode === 'past',
        troubles: [...own.map(({ trouble }) => trouble), ...singles.map((feed) => feed.status.trouble)].filter((one) => one !== undefined),
        silentNodeIds: [
          ...singles
            .filter((feed) => !feed.isLoading(choice.contextId) && (feed.table(choice.contextId)?.length ?? 0) === 0)
            .map(({ nodeId }) => nodeId),
          ...own.flatMap(silentOf),
        ],
        strangerNodeIds: known().strangers(choice.contextId),
        isListed: known().contexts !== undefined,
      })
    },
    facets(contextId) {
      const feeds = pool.aggregates().filter(({ wish }) => wish.contextId === contextId)
      const lists = nodes.flatMap(({ nodeId, hostname }) => {
        const instances = catalogueOf(nodeId)?.instances.get(contextId)
        return instances === undefined ? [] : [{ nodeId, name: hostname, instances }]
      })
      return facetsOf(
        lists,
        feeds.flatMap((feed) => {
          const answer = feed.said()
          return answer === undefined ? [] : [{ answer, wish: feed.wish, nodeOf: lookup(feed) }]
        }),
      )
    },
    heard(contextId) {
      let count = 0
      for (const feed of pool.aggregates()) if (feed.wish.contextId === contextId && feed.said() !== undefined) count++
      for (const feed of pool.nodes()) if (feed.status.catalogue?.instances.has(contextId)) count++
      return count
    },
    paceS,
    latest(contextId, dimensionId) {
      const [only] = nodes.length === 1 ? nodes : []
      const feed = only && pool.knownNode(only.nodeId)
      const column = feed?.table(contextId)?.columns.find((candidate) => takesDimension([dimensionId], candidate))
      return feed?.latest(contextId, column?.dimensionId ?? dimensionId)
    },
    calls(choice, widthPx) {
      const plan = planOf(choice)
      const chart = { choice, span: spanOf(timeline), widthPx }
      return [
        ...plan.singles.map((nodeId) =>
          callOfNode(chart, nodeId, instancesOf(nodeId, choice.contextId), pool.knownNode(nodeId)?.paceS(choice.contextId) ?? 1),
        ),
        ...plan.agents.map((agent) => callOfAgent(chart, agent, paceS(choice.contextId))),
      ]
    },
    close() {
      isClosed = true
      stopGather?.()
      stopTell?.()
      for (const stop of stops) stop()
      for (const entry of shown) pool.release(entry)
      shown.clear()
      pool.close()
    },
  }
}

/** Nodes of an aggregate in which its agent found no metric. */
function silentOf(feed: AggregateFeed): readonly string[] {
  const answer = feed.said()
  if (answer === undefined) return []
  const found = new Set(answer.nodes.filter(({ count }) => count > 0).flatMap(({ nodeId, id }) => [nodeId, id]))
  return feed.wish.nodeIds.filter((nodeId) => !found.has(nodeId))
}

function isSame<T>(one: readonly T[], other: readonly T[], say: (entry: T) => string): boolean {
  return one.length === other.length && one.every((entry, index) => say(entry) === say(other[index] as T))
}

function isSameStatus(one: MetricsStatus, other: MetricsStatus): boolean {
  return (
    one.link === other.link &&
    one.contexts === other.contexts &&
    isSame(one.nodes, other.nodes, ({ nodeId, hostname, state, trouble }) => `${nodeId} ${state} ${trouble} ${hostname}`)
  )
}
