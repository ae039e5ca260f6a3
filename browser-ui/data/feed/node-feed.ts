import type { NodeState } from '../../../src/domain/model.ts'
import { isPassedOn } from '../../../src/live/filter-text.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { liveLimits } from '../../../src/live/limits.ts'
import type { Clock } from '../../../src/support/clock.ts'
import { backoffMs } from '../../link/backoff.ts'
import type { LinkState, LiveClient } from '../../link/live-client.ts'
import type { Timeline } from '../time/timeline.ts'
import { parseDataAnswer, type DataAnswer } from './agent-answer.ts'
import { cadenceOf, type Catalogue } from './catalogue.ts'
import { createCatalogueSource } from './catalogue-source.ts'
import { troubleOfStatus } from './feed-words.ts'
import { createLiveTables } from './live-tables.ts'
import { askPast, gatherQuestions, type PastQuestion } from './past-ask.ts'
import { createPastTables } from './past-tables.ts'
import { createSeriesTable, splitByContext, type SeriesBlock, type SeriesTable } from './series-table.ts'
import { planCadences } from './subscription-plan.ts'
import { createTickStreams } from './tick-streams.ts'

/** What the page says about a node's feed in words; changes rarely, never with a tick. What time is shown is the timeline's to say. */
export interface FeedStatus {
  readonly link: LinkState
  readonly nodeState: NodeState | undefined
  /** Why no ticks come: a code of the error table or a status of the agent (`troubleOfStatus`); undefined while they do. */
  readonly trouble: string | undefined
  readonly catalogue: Catalogue | undefined
}

/**
 * The values of one node for the span that a timeline shows. While that is live or held, what is shown is subscribed and its window
 * fetched; while it is locked or past, nothing is subscribed and the span is fetched once, at the resolution of the pixels. Several
 * feeds may share one timeline; each tells it its newest sample and follows its changes.
 */
export interface NodeFeed {
  readonly nodeId: string
  readonly timeline: Timeline
  readonly status: FeedStatus
  readonly onStatus: (listener: () => void) => () => void
  /** Called with the contexts whose table or `isLoading` may answer anew, at most once for each arriving answer. */
  onData(listener: (contextIds: ReadonlySet<string>) => void): () => void
  /** Wants a context, drawn this wide; the answer ends the wish. A name that the relay refuses is never asked for. */
  show(contextId: string, widthPx: number): () => void
  /**
   * The rows that fit the timeline's span best: of the live window, or of the span of the past; while that is on its way, the rows
   * there were before. Cut it to `timeline.span()`. Ask for it at each drawing: it is another object after each change of the span.
   */
  table(contextId: string): SeriesTable | undefined
  /** A wanted context whose present span has been asked for and has not come. */
  isLoading(contextId: string): boolean
  /**
   * Any span, asked once beside the timeline, for instance to compare: a table for each context that has rows in it.
   * Rejects with the relay's code, AGENT_TIMEOUT when the agent is busy, CANCELLED when `signal` fires.
   */
  ask(question: PastQuestion, signal?: AbortSignal): Promise<ReadonlyMap<string, SeriesTable>>
  /** The newest stored value of a dimension, even when no row holds it. */
  latest(contextId: string, dimensionId: string): number | undefined
  /** Seconds between two samples of a context. */
  paceS(contextId: string): number
  /** Never asked more often than this; with a crowd of nodes each gives the others room. */
  setLeast(cadenceMs: number): void
  /** Ends everything; the timeline lives on. */
  close(): void
}

export interface NodeFeedDeps {
  readonly client: LiveClient
  readonly clock: Clock
  readonly nodeId: string
  readonly timeline: Timeline
  readonly random: () => number
}

/** Changes of what is on screen within this time become one message. */
const gatherMs = 60
/** While a person drags or turns a wheel, questions wait until the span rests this long. */
const restMs = 200
/** Kept beyond the window, so that a chart's left edge never shows a hole. */
const keepFactor = 1.1
const waitingAnswersMax = 64

export function createNodeFeed({ client, clock, nodeId, timeline, random }: NodeFeedDeps): NodeFeed {
  const wanted = new Map<string, { count: number; widthPx: number }>()
  const latestValues = new Map<string, number>()
  const statusListeners = new Set<() => void>()
  const dataListeners = new Set<(contextIds: ReadonlySet<string>) => void>()
  /** What came before the list of charts was known, and cannot be told apart yet. */
  const waitingAnswers: { answer: DataAnswer; asked: readonly string[] }[] = []
  let abort = new AbortController()
  let status: FeedStatus = { link: client.state, nodeState: undefined, trouble: undefined, catalogue: undefined }
  let view = timeline.view
  let stopGather: (() => void) | undefined
  let viewChangedMs = Number.NEGATIVE_INFINITY
  let attempt = 0
  let leastMs: number = liveLimits.minCadenceMs
  let isClosed = false

  const update = (change: Partial<FeedStatus>) => {
    const entries = Object.entries(change) as [keyof FeedStatus, unknown][]
    if (entries.every(([key, value]) => status[key] === value)) return
    status = { ...status, ...change }
    for (const listener of statusListeners) listener()
  }
  const tell = (contextIds: ReadonlySet<string>) => {
    if (contextIds.size > 0) for (const listener of dataListeners) listener(contextIds)
  }
  const isMoving = () => view.mode === 'live' || view.mode === 'held'
  const paceS = (contextId: string) => (cadenceOf(status.catalogue, contextId) ?? 1000) / 1000
  const live = createLiveTables(paceS)
  const past = createPastTables(paceS)
  if (view.mode === 'past') past.look(...timeline.span())

  // ---- what is asked, standing and once ----

  const gather = (waitMs = gatherMs) => {
    stopGather ??= clock.after(waitMs, () => {
      stopGather = undefined
      streams.want(isMoving() ? planCadences(wanted.keys(), (id) => Math.max(leastMs, cadenceOf(status.catalogue, id) ?? 0)) : [])
      if (view.mode !== 'past') for (const question of live.questions(wanted, view)) void fetchPast(question, live)
      // Without the list of charts an answer about several contexts could not be told apart.
      else if (status.catalogue !== undefined) for (const question of past.questions(wanted)) void fetchPast(question, past)
    })
  }
  const gatherLater = () => void (isClosed || clock.after(backoffMs(attempt++, random), () => isClosed || gather()))

  const fetchPast = async (question: PastQuestion, tables: typeof live | typeof past) => {
    const { signal } = abort
    try {
      const parts = await askPast({ client, nodeId, readAnswer }, question, signal)
      if (signal.aborted) return
      attempt = 0
      for (const { contexts, answer } of parts) {
        if (tables === past) past.place(contexts, answer ? blocksOf(answer, contexts, false).blocks : noBlocks)
        else if (answer) accept(answer, contexts, false)
      }
      tables.settle(question.contexts, true)
      if (!isMoving()) update({ trouble: undefined })
      tell(new Set(question.contexts))
      gather()
    } catch (thrown) {
      if (signal.aborted) return
      tables.settle(question.contexts, false)
      // While it moves, the ticks tell what is wrong.
      if (!isMoving() && thrown instanceof ThroughlineError) update({ trouble: thrown.code })
      gatherLater()
    }
  }

  const streams = createTickStreams({
    client,
    nodeId,
    onTick(text, httpStatus, contexts) {
      if (isClosed || !isMoving()) return
      // 404: the agent has none of these contexts right now; there is nothing to draw and nothing wrong with the link.
      if (httpStatus === 404) return update({ trouble: undefined })
      if (httpStatus !== 200) return update({ trouble: troubleOfStatus(httpStatus) })
      const answer = readAnswer(text)
      if (answer === undefined) return
      update({ trouble: undefined })
      accept(answer, contexts, true)
    },
    onPaused: (reason) => update({ trouble: reason }),
    onRefused(code, mayRetry) {
      update({ trouble: code })
      if (mayRetry) gatherLater()
    },
  })

  const source = createCatalogueSource({
    client,
    clock,
    nodeId,
    random,
    onCatalogue(catalogue) {
      update({ catalogue })
      for (const waiting of waitingAnswers.splice(0)) accept(waiting.answer, waiting.asked, false)
      gather()
    },
    onRefused: (httpStatus) => update({ trouble: troubleOfStatus(httpStatus) }),
  })

  // ---- what arrives ----

  const readAnswer = (text: string): DataAnswer | undefined => {
    try {
      return parseDataAnswer(text)
    } catch {
      update({ trouble: 'AGENT_PROTOCOL' })
      return undefined
    }
  }

  const blocksOf = (answer: DataAnswer, asked: readonly string[], isTick: boolean) => {
    // An answer to our own question about one context holds nothing else; a tick may hold what other pages watch.
    const only = asked.length === 1 ? asked[0] : undefined
    const contextOf = (chartId: string | undefined) => {
      if (chartId === undefined || (only !== undefined && !isTick)) return only
      return status.catalogue?.contextOfChart.get(chartId) ?? (asked.includes(chartId) ? chartId : undefined)
    }
    let hasUnknown = false
    const blocks = splitByContext(answer, contextOf, () => (hasUnknown = true))
    for (const column of answer.columns) {
      const contextId = contextOf(column.chartId)
      if (contextId !== undefined && !Number.isNaN(column.latest)) latestValues.set(`${contextId} ${column.dimensionId}`, column.latest)
    }
    if (hasUnknown) source.noteUnknown()
    return { blocks, hasUnknown }
  }

  const accept = (answer: DataAnswer, asked: readonly string[], isTick: boolean) => {
    const { blocks, hasUnknown } = blocksOf(answer, asked, isTick)
    if (hasUnknown && status.catalogue === undefined) {
      waitingAnswers.push({ answer, asked })
      if (waitingAnswers.length > waitingAnswersMax) waitingAnswers.shift()
    }
    if (isTick) for (const contextId of blocks.keys()) if (!wanted.has(contextId)) blocks.delete(contextId)
    const { changed, isGap } = live.merge(blocks, isTick)
    timeline.noteEdge(live.edgeS())
    live.trimBefore(blocks.keys(), Math.min(view.endS ?? Number.POSITIVE_INFINITY, live.edgeS()) - view.windowS * keepFactor)
    if (isGap) gather()
    tell(changed)
  }

  const onTime = () => {
    const before = view
    view = timeline.view
    if (before.mode === view.mode && before.windowS === view.windowS && before.endS === view.endS) return
    const isPast = view.mode === 'past'
    if (isPast) past.look(...timeline.span())
    const isResumed = !isPast && before.mode === 'past'
    if (isResumed) past.forget()
    if (isPast || isResumed || before.windowS !== view.windowS) {
      abort.abort()
      abort = new AbortController()
      live.restart(before.windowS === view.windowS)
      const isResting = isResumed || clock.monotonicMs() - viewChangedMs > 2 * restMs
      viewChangedMs = clock.monotonicMs()
      stopGather?.()
      stopGather = undefined
      gather(isResting ? gatherMs : restMs)
    } else gather()
  }

  const ends = [
    timeline.onChange(onTime),
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
  ]

  return {
    nodeId,
    timeline,
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
      if (!isPassedOn(contextId)) return () => undefined
      const wish = wanted.get(contextId) ?? { count: 0, widthPx: 0 }
      wish.count += 1
      wish.widthPx = Math.max(wish.widthPx, widthPx)
      // Out of sight nothing is asked. Live, the first tick shows what was missed; a locked page gets no tick, so fetch it whole.
      if (view.mode === 'locked') live.refetchBefore(contextId, view.endS ?? 0)
      wanted.set(contextId, wish)
      gather()
      let isEnded = false
      return () => {
        if (isEnded) return
        isEnded = true
        wish.count -= 1
        if (wish.count > 0 || isClosed) return
        wanted.delete(contextId)
        gather()
      }
    },
    table: (contextId) => (view.mode === 'past' ? (past.table(contextId) ?? live.table(contextId)) : live.table(contextId)),
    isLoading: (contextId) => wanted.has(contextId) && (view.mode === 'past' ? !past.isHere(contextId) : live.isFilling(contextId)),
    async ask(question, signal) {
      const tables = new Map<string, SeriesTable>()
      const needs = question.contexts.map((contextId) => ({ contextId, points: question.points, group: '', afterS: question.afterS }))
      for (const part of gatherQuestions(needs, question.beforeS)) {
        for (const { contexts, answer } of await askPast({ client, nodeId, readAnswer }, part, signal)) {
          if (answer === undefined) continue
          for (const [contextId, block] of blocksOf(answer, contexts, false).blocks) {
            const table = createSeriesTable(Math.max(1, block.timesS.length))
            table.merge(block)
            tables.set(contextId, table)
          }
        }
      }
      return tables
    },
    latest: (contextId, dimensionId) => latestValues.get(`${contextId} ${dimensionId}`),
    paceS,
    setLeast(cadenceMs) {
      if (leastMs === cadenceMs) return
      leastMs = cadenceMs
      gather()
    },
    close() {
      isClosed = true
      abort.abort()
      stopGather?.()
      for (const end of ends) end()
      source.close()
      streams.want([])
      wanted.clear()
    },
  }
}

const noBlocks: ReadonlyMap<string, SeriesBlock> = new Map()
