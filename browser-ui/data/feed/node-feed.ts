import type { NodeState } from '../../../src/domain/model.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { agentStatusMeaning } from '../../../src/live/agent-status.ts'
import { liveLimits } from '../../../src/live/limits.ts'
import type { Clock } from '../../../src/support/clock.ts'
import { backoffMs } from '../../link/backoff.ts'
import type { LinkState, LiveClient, LiveSubscription } from '../../link/live-client.ts'
import { parseDataAnswer, type DataAnswer } from './agent-answer.ts'
import { cadenceOf, parseCatalogue, type Catalogue } from './catalogue.ts'
import { troubleOfStatus } from './feed-words.ts'
import { createSeriesTable, splitByContext, type SeriesTable } from './series-table.ts'
import { askBatches, planCadences } from './subscription-plan.ts'

/** What the page says about a node's feed in words; changes rarely, never with a tick. */
export interface FeedStatus {
  readonly link: LinkState
  readonly nodeState: NodeState | undefined
  /** Why no ticks come: a code of the error table or a status of the agent (`troubleOfStatus`); undefined while they do. */
  readonly trouble: string | undefined
  readonly isPaused: boolean
  readonly windowS: number
  readonly catalogue: Catalogue | undefined
}

/** The live values of one node: what is shown is subscribed, its past is fetched, and everything lands in one table per context. */
export interface NodeFeed {
  readonly status: FeedStatus
  readonly onStatus: (listener: () => void) => () => void
  /** Called with the contexts that got new values, at most once for each arriving answer. */
  onData(listener: (contextIds: ReadonlySet<string>) => void): () => void
  /** Wants a context, drawn this wide; the answer ends the wish. */
  show(contextId: string, widthPx: number): () => void
  table(contextId: string): SeriesTable | undefined
  /** The newest stored value of a dimension, even when no row holds it. */
  latest(contextId: string, dimensionId: string): number | undefined
  /** Seconds between two samples of a context. */
  paceS(contextId: string): number
  /** The newest time of any row, epoch seconds on the agent's clock; 0 before the first. While paused it stands still. */
  edgeS(): number
  setWindow(windowS: number): void
  pause(): void
  resume(): void
  close(): void
}

export interface NodeFeedDeps {
  readonly client: LiveClient
  readonly clock: Clock
  readonly nodeId: string
  readonly windowS: number
  readonly random: () => number
}

/** Changes of what is on screen within this time become one message. */
const gatherMs = 60
/** Kept beyond the window, so that a chart's left edge never shows a hole. */
const keepFactor = 1.1
const catalogueRestMs = 15_000
const waitingAnswersMax = 64

interface Wanted {
  count: number
  widthPx: number
  isFilling: boolean
  gapFromS: number | undefined
}

export function createNodeFeed({ client, clock, nodeId, windowS, random }: NodeFeedDeps): NodeFeed {
  const wanted = new Map<string, Wanted>()
  const tables = new Map<string, SeriesTable>()
  /** The contexts whose past was fetched for the present window; what was missed since shows as a gap. */
  const filled = new Set<string>()
  const latestValues = new Map<string, number>()
  const subscriptions = new Map<number, { contexts: string; handle: ReturnType<LiveClient['subscribe']> }>()
  const statusListeners = new Set<() => void>()
  const dataListeners = new Set<(contextIds: ReadonlySet<string>) => void>()
  const waitingAnswers: { answer: DataAnswer; asked: readonly string[] }[] = []
  const ends: (() => void)[] = []
  let abort = new AbortController()
  let status: FeedStatus = { link: client.state, nodeState: undefined, trouble: undefined, isPaused: false, windowS, catalogue: undefined }
  let edge = 0
  let frozenEdge: number | undefined
  let stopGather: (() => void) | undefined
  let fillAttempt = 0
  let catalogueAttempt = 0
  let catalogueAskedMs = Number.NEGATIVE_INFINITY
  let isClosed = false

  const update = (change: Partial<FeedStatus>) => {
    const entries = Object.entries(change) as [keyof FeedStatus, unknown][]
    if (entries.every(([key, value]) => status[key] === value)) return
    status = { ...status, ...change }
    for (const listener of statusListeners) listener()
  }
  const pace = (contextId: string) => (cadenceOf(status.catalogue, contextId) ?? 1000) / 1000

  // ---- what is asked, standing and once ----

  const gather = () => {
    stopGather ??= clock.after(gatherMs, () => {
      stopGather = undefined
      if (isClosed) return
      reconcileSubscriptions()
      fill()
    })
  }

  const reconcileSubscriptions = () => {
    const plan = status.isPaused ? [] : planCadences(wanted.keys(), (id) => cadenceOf(status.catalogue, id))
    const planned = new Map(plan.map((entry) => [entry.cadenceMs, entry.contexts]))
    for (const [cadenceMs, { handle }] of subscriptions) {
      if (planned.has(cadenceMs)) continue
      handle.close()
      subscriptions.delete(cadenceMs)
    }
    for (const [cadenceMs, contexts] of planned) {
      const key = contexts.join(' ')
      const existing = subscriptions.get(cadenceMs)
      if (existing?.contexts === key) continue
      if (existing) {
        existing.handle.change(contexts)
        existing.contexts = key
      } else subscriptions.set(cadenceMs, { contexts: key, handle: client.subscribe(subscriptionOf(cadenceMs, contexts)) })
    }
  }

  const subscriptionOf = (cadenceMs: number, contexts: readonly string[]): LiveSubscription => ({
    nodeId,
    cadenceMs,
    contexts,
    onTick(text, httpStatus) {
      if (isClosed || status.isPaused) return
      // 404: the agent has none of these contexts right now; there is nothing to draw and nothing wrong with the link.
      if (httpStatus === 404) return update({ trouble: undefined })
      if (httpStatus !== 200) return update({ trouble: troubleOfStatus(httpStatus) })
      const answer = readAnswer(text)
      if (answer === undefined) return
      update({ trouble: undefined })
      accept(answer, subscribedContexts(cadenceMs), true)
    },
    onPaused: (reason) => update({ trouble: reason }),
    onRefused(code, mayRetry) {
      update({ trouble: code })
      subscriptions.get(cadenceMs)?.handle.close()
      subscriptions.delete(cadenceMs)
      if (mayRetry) clock.after(backoffMs(fillAttempt++, random), gather)
    },
  })

  const subscribedContexts = (cadenceMs: number) => subscriptions.get(cadenceMs)?.contexts.split(' ') ?? []

  /** Asks for the past of whatever is on screen and lacks it: whole windows first, gaps by their own length. */
  const fill = () => {
    const groups = new Map<string, { cadenceS: number; afterS: number; ids: string[]; widthPx: number }>()
    for (const [id, wish] of wanted) {
      if (wish.isFilling) continue
      const isWhole = !filled.has(id)
      if (!isWhole && wish.gapFromS === undefined) continue
      const cadenceS = pace(id)
      const afterS = isWhole ? -status.windowS : Math.max((wish.gapFromS ?? 0) - cadenceS, edge - status.windowS)
      const key = isWhole ? `${cadenceS} whole` : `${cadenceS} gap`
      const group = groups.get(key) ?? { cadenceS, afterS, ids: [], widthPx: 0 }
      group.afterS = Math.min(group.afterS, afterS)
      group.ids.push(id)
      group.widthPx = Math.max(group.widthPx, wish.widthPx)
      groups.set(key, group)
      wish.isFilling = true
      wish.gapFromS = undefined
    }
    for (const group of groups.values()) {
      for (const ids of askBatches(group.ids)) void askPast({ ...group, ids })
    }
  }

  const askPast = async ({
    cadenceS,
    afterS,
    ids,
    widthPx,
  }: {
    cadenceS: number
    afterS: number
    ids: readonly string[]
    widthPx: number
  }) => {
    const isFrozen = frozenEdge !== undefined && frozenEdge > 0
    const fromS = isFrozen && afterS < 0 ? (frozenEdge ?? 0) + afterS : afterS
    const spanS = afterS < 0 ? -afterS : Math.max(cadenceS, edge - afterS + 5)
    const points = Math.max(1, Math.min(liveLimits.maxPoints, Math.ceil(spanS / cadenceS), Math.max(300, Math.ceil(widthPx * 1.5))))
    const { signal } = abort
    const release = (isFilled: boolean) => {
      for (const id of ids) {
        const wish = wanted.get(id)
        if (wish) wish.isFilling = false
        if (isFilled) filled.add(id)
      }
    }
    try {
      const reply = await client.ask(
        nodeId,
        { kind: 'data', contexts: [...ids], afterS: Math.floor(fromS), beforeS: isFrozen ? Math.floor(frozenEdge ?? 0) : 0, points },
        signal,
      )
      if (isClosed) return
      if (agentStatusMeaning(reply.httpStatus)?.retry) throw new ThroughlineError('AGENT_TIMEOUT', 'The agent cannot answer this now.')
      fillAttempt = 0
      release(true)
      // What the agent has no past for is filled as well: with nothing.
      const answer = reply.httpStatus === 200 ? readAnswer(reply.text) : undefined
      if (answer) accept(answer, ids, false)
      gather()
    } catch (thrown) {
      if (isClosed || signal.aborted) return
      release(false)
      if (thrown instanceof ThroughlineError && thrown.code === 'AGENT_ANSWER_TOO_LARGE') return
      clock.after(backoffMs(fillAttempt++, random), gather)
    }
  }

  const askCatalogue = async () => {
    catalogueAskedMs = clock.monotonicMs()
    try {
      const reply = await client.ask(nodeId, { kind: 'contexts' })
      if (isClosed) return
      if (reply.httpStatus !== 200) {
        update({ trouble: troubleOfStatus(reply.httpStatus) })
        throw new ThroughlineError('AGENT_PROTOCOL', 'The agent did not list its contexts.')
      }
      catalogueAttempt = 0
      update({ catalogue: parseCatalogue(reply.text) })
      for (const waiting of waitingAnswers.splice(0)) accept(waiting.answer, waiting.asked, false)
      gather()
    } catch {
      if (!isClosed) clock.after(backoffMs(2 + catalogueAttempt++, random), () => !isClosed && void askCatalogue())
    }
  }

  // ---- what arrives ----

  const readAnswer = (text: string): DataAnswer | undefined => {
    try {
      return parseDataAnswer(text)
    } catch {
      update({ trouble: 'AGENT_PROTOCOL' })
      return undefined
    }
  }

  const accept = (answer: DataAnswer, asked: readonly string[], isTick: boolean) => {
    // An answer to our own question about one context holds nothing else; a tick may hold what other pages watch.
    const only = asked.length === 1 ? asked[0] : undefined
    const contextOf = (chartId: string | undefined) => {
      if (chartId === undefined || (only !== undefined && !isTick)) return only
      return status.catalogue?.contextOfChart.get(chartId) ?? (asked.includes(chartId) ? chartId : undefined)
    }
    let hasUnknown = false
    const changed = new Set<string>()
    for (const column of answer.columns) {
      const contextId = contextOf(column.chartId)
      if (contextId !== undefined && !Number.isNaN(column.latest)) latestValues.set(`${contextId} ${column.dimensionId}`, column.latest)
    }
    for (const [contextId, block] of splitByContext(answer, contextOf, () => (hasUnknown = true))) {
      if (isTick && !wanted.has(contextId)) continue
      const table = tableOf(contextId)
      const before = table.timesS().at(-1)
      if (table.merge(block)) changed.add(contextId)
      const newest = table.timesS().at(-1) ?? 0
      edge = Math.max(edge, newest)
      const wish = wanted.get(contextId)
      // Silence between what we had and the first row of this tick: fetch what was missed, once.
      if (isTick && wish && before !== undefined && (answer.timesS[0] ?? 0) - before > 1.5 * Math.max(answer.stepS, pace(contextId))) {
        wish.gapFromS = before
        gather()
      }
      if (frozenEdge === undefined) table.trimBefore(edge - status.windowS * keepFactor)
    }
    if (hasUnknown) onUnknownChart(answer, asked)
    if (changed.size > 0) for (const listener of dataListeners) listener(changed)
  }

  /** A chart the catalogue does not know: it is still on its way, or something new appeared on the node. */
  const onUnknownChart = (answer: DataAnswer, asked: readonly string[]) => {
    if (status.catalogue === undefined) {
      waitingAnswers.push({ answer, asked })
      if (waitingAnswers.length > waitingAnswersMax) waitingAnswers.shift()
    } else if (clock.monotonicMs() - catalogueAskedMs > catalogueRestMs) void askCatalogue()
  }

  const tableOf = (contextId: string): SeriesTable => {
    let table = tables.get(contextId)
    if (table === undefined) tables.set(contextId, (table = createSeriesTable(liveLimits.maxPoints + 512)))
    return table
  }

  ends.push(
    client.onState((link) => {
      update({ link })
      // A refused wish is repeated by nobody else.
      if (link === 'open') gather()
    }),
    client.onNode((id, nodeState) => {
      if (id !== nodeId) return
      update(nodeState === 'live' ? { nodeState, trouble: undefined } : { nodeState })
      if (nodeState === 'live') gather()
    }),
  )
  void askCatalogue()

  return {
    get status() {
      return status
    },
    onStatus(listener) {
      statusListeners.add(listener)
      return () => void statusListeners.delete(listener)
    },
    onData(listener) {
      dataListeners.add(listener)
      return () => void dataListeners.delete(listener)
    },
    show(contextId, widthPx) {
      const wish = wanted.get(contextId) ?? { count: 0, widthPx: 0, isFilling: false, gapFromS: undefined }
      wish.count += 1
      wish.widthPx = Math.max(wish.widthPx, widthPx)
      // Out of sight nothing is asked. Live, the first tick shows what was missed; a frozen page gets no tick, so fetch it whole.
      if (frozenEdge !== undefined && (tables.get(contextId)?.timesS().at(-1) ?? 0) < frozenEdge) filled.delete(contextId)
      wanted.set(contextId, wish)
      gather()
      let isEnded = false
      return () => {
        if (isEnded) return
        isEnded = true
        wish.count -= 1
        if (wish.count > 0) return
        wanted.delete(contextId)
        gather()
      }
    },
    table: (contextId) => tables.get(contextId),
    latest: (contextId, dimensionId) => latestValues.get(`${contextId} ${dimensionId}`),
    paceS: pace,
    edgeS: () => frozenEdge ?? edge,
    setWindow(next) {
      abort.abort()
      abort = new AbortController()
      filled.clear()
      for (const wish of wanted.values()) wish.isFilling = false
      update({ windowS: next })
      gather()
    },
    pause() {
      if (status.isPaused) return
      frozenEdge = edge
      update({ isPaused: true })
      gather()
    },
    resume() {
      if (!status.isPaused) return
      frozenEdge = undefined
      update({ isPaused: false })
      gather()
    },
    close() {
      isClosed = true
      abort.abort()
      stopGather?.()
      for (const end of ends) end()
      for (const { handle } of subscriptions.values()) handle.close()
      subscriptions.clear()
    },
  }
}
