import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { agentStatusMeaning } from '../../../src/live/agent-status.ts'
import { liveLimits } from '../../../src/live/limits.ts'
import type { AggregatedQuestion } from '../../../src/live/questions.ts'
import type { Clock } from '../../../src/support/clock.ts'
import { backoffMs } from '../../link/backoff.ts'
import type { LiveClient } from '../../link/live-client.ts'
import { troubleOfStatus } from '../feed/feed-words.ts'
import { pointsFor } from '../feed/past-ask.ts'
import type { Timeline } from '../time/timeline.ts'
import { parseAggregateAnswer, type AggregateAnswer } from './aggregate-answer.ts'
import { questionOf, type AggregateWish } from './aggregate-question.ts'
import { spanOf } from './chart-calls.ts'
import { createAggregateTable, type AggregateTable } from './aggregate-table.ts'

/** One question to one agent about several of its nodes, for the span that a timeline shows: its past, and while it moves its ticks. */
export interface AggregateFeed {
  readonly wish: AggregateWish
  /** Why nothing new comes: a code of the error table or a status of the agent; undefined while it does. */
  readonly trouble: string | undefined
  /** The rows that fit the span best; while they are on their way, the rows there were before. */
  table(): AggregateTable | undefined
  isLoading(): boolean
  /** What the newest answer said of nodes, instances, dimensions and labels. */
  said(): AggregateAnswer | undefined
  /** Drawn this wide; a wider chart gets more points. */
  setWidth(widthPx: number): void
  /** How often it is asked, and whether the relay may hold the question. */
  setPace(cadenceMs: number, isStanding: boolean): void
  /** Seconds between two of its answers while the span moves. */
  readonly cadenceS: number
  /** Any span, asked once beside the timeline. Rejects with the relay's code, or CANCELLED. */
  ask(afterS: number, beforeS: number, points: number, signal?: AbortSignal): Promise<AggregateTable>
  close(): void
}

export interface AggregateFeedDeps {
  readonly client: LiveClient
  readonly clock: Clock
  readonly random: () => number
  readonly timeline: Timeline
  readonly wish: AggregateWish
  /** Ask first whether this agent keeps signs when it is asked so. */
  readonly isUnsure: boolean
  onData(): void
  /** The agent took signs away, or kept them. */
  onSigns(areKept: boolean): void
  /** These nodes cannot be asked together any more. */
  onApart(): void
}

/** Changes of the span within this time become one question. */
const restMs = 150
/** Kept beyond the window, so that a chart's left edge never shows a hole. */
const keepFactor = 1.1
/** Rows beyond two ticks that a tick repeats: what came late to the agent is mended by the next. */
const overlapS = 4
/** When ticks made a long window's table this long, it is fetched anew. */
const longRows = 3_000
/** Refusals that say nodes and agents are not as the page thought. */
const apart = new Set(['CONFLICT', 'AGENT_TOO_OLD', 'URL_TOO_LONG', 'LINK_PROTOCOL'])

/** Starts at once, and goes on until it is closed. */
export function createAggregateFeed(deps: AggregateFeedDeps): AggregateFeed {
  const { client, clock, random, timeline, wish } = deps
  const shape = { groupBy: wish.groupBy, groupByLabels: wish.groupByLabels }
  let address = wish.nodeIds[0] ?? ''
  let table: AggregateTable | undefined
  let said: AggregateAnswer | undefined
  let trouble: string | undefined
  let widthPx = 300
  let cadenceMs: number = liveLimits.minWatchMs
  let isStanding = true
  let isFilled = false
  let isUnsure = deps.isUnsure
  let filledPoints = 0
  let abort = new AbortController()
  let stopTicks: (() => void) | undefined
  let stopLater: (() => void) | undefined
  let attempt = 0
  let isClosed = false
  let view = timeline.view

  const isMoving = () => view.mode === 'live' || view.mode === 'held'
  const paceS = () => table?.paceS ?? 1
  const spanQuestion = () => {
    const { afterS, beforeS, spanS } = spanOf(timeline)
    return questionOf(wish, afterS, beforeS, pointsFor(spanS, paceS(), widthPx))
  }
  const say = (next: string | undefined) => {
    if (trouble === next) return
    trouble = next
    deps.onData()
  }

  const read = (text: string, httpStatus: number): AggregateAnswer => {
    if (agentStatusMeaning(httpStatus)?.retry) throw new ThroughlineError('AGENT_TIMEOUT', 'The agent cannot answer this now.')
    if (httpStatus !== 200) throw new StatusTrouble(httpStatus)
    return parseAggregateAnswer(text, shape)
  }
  const askOnce = async (question: AggregatedQuestion, signal: AbortSignal | undefined) => {
    const reply = await client.ask(address, question, signal)
    return read(reply.text, reply.httpStatus)
  }

  // ---- the past ----

  const fill = async () => {
    const { signal } = abort
    const question = spanQuestion()
    try {
      const [answer, areSignsKept] = await Promise.all([askOnce(question, signal), isUnsure ? checkSigns(question, signal) : undefined])
      if (signal.aborted) return
      isUnsure = false
      attempt = 0
      if (areSignsKept !== undefined && !(areSignsKept(answer) ?? true)) return deps.onSigns(false)
      if (hasNegative(answer) && wish.groupBy.length > 1) deps.onSigns(true)
      accept(answer, true)
      filledPoints = question.points
      isFilled = true
      trouble = undefined
      deps.onData()
      tickOn()
    } catch (thrown) {
      if (signal.aborted) return
      if (!refused(thrown)) later(backoffMs(1 + attempt++, random))
    }
  }

  /** Whether values below zero are still there when they are told apart by more than dimension. */
  const checkSigns = async (question: AggregatedQuestion, signal: AbortSignal) => {
    const plain = await client.ask(address, { ...question, groupBy: ['dimension'], groupByLabels: [], points: 1 }, signal)
    const isSigned = hasNegative(parseAggregateAnswer(plain.text, { groupBy: ['dimension'], groupByLabels: [] }))
    return (answer: AggregateAnswer) => (isSigned ? hasNegative(answer) : undefined)
  }

  /** Keeps what happened as trouble; answers whether asking again makes no sense. */
  const refused = (thrown: unknown): boolean => {
    const code =
      thrown instanceof StatusTrouble ? troubleOfStatus(thrown.httpStatus) : thrown instanceof ThroughlineError ? thrown.code : 'INTERNAL'
    if (apart.has(code)) {
      deps.onApart()
      return true
    }
    say(code)
    // A node was taken away from us: another of the scope may carry the question.
    if (code === 'AGENT_UNREACHABLE') address = wish.nodeIds[attempt % wish.nodeIds.length] ?? address
    return false
  }

  const later = (delayMs: number) => {
    stopLater?.()
    stopLater = clock.after(delayMs, () => {
      stopLater = undefined
      if (!isClosed) void fill()
    })
  }

  const accept = (answer: AggregateAnswer, isWhole: boolean) => {
    said = answer
    const fresh = isWhole || table === undefined ? createAggregateTable(liveLimits.maxPoints + 512, wish.groupByLabels) : table
    const changed = fresh.merge(answer)
    table = fresh
    const edgeS = table.timesS().at(-1) ?? 0
    if (isMoving()) {
      if (edgeS > 0) timeline.noteEdge(edgeS)
      table.trimBefore(Math.min(view.endS ?? Infinity, edgeS) - view.windowS * keepFactor)
    }
    return changed
  }

  // ---- ticks ----

  const tickQuestion = () => {
    const rowsS = Math.ceil((2 * cadenceMs) / 1000) + overlapS + Math.ceil(paceS())
    return questionOf(wish, -rowsS, 0, Math.max(1, Math.round(rowsS / paceS())))
  }

  const onTick = (text: string, httpStatus: number) => {
    if (isClosed || !isMoving() || !isFilled) return
    let answer: AggregateAnswer
    try {
      answer = read(text, httpStatus)
    } catch (thrown) {
      refused(thrown)
      return
    }
    trouble = undefined
    const before = table?.timesS().at(-1)
    const first = answer.timesS[0]
    const isGap = before !== undefined && first !== undefined && first - before > 1.5 * Math.max(answer.stepS, paceS())
    if (isGap || (table?.length ?? 0) > longRows) later(0)
    accept(answer, false)
    deps.onData()
  }

  const tickOn = () => {
    if (stopTicks !== undefined || !isMoving() || !isFilled || isClosed) return
    if (isStanding) {
      stopTicks = client.watch({
        nodeId: address,
        question: tickQuestion(),
        cadenceMs,
        onTick,
        onPaused(reason) {
          if (apart.has(reason)) deps.onApart()
          else say(reason)
        },
        onRefused(code, mayRetry) {
          stopTicks = undefined
          if (apart.has(code)) return deps.onApart()
          // The page holds as many standing questions as it may: this one is asked by itself.
          if (code === 'RATE_LIMITED') isStanding = false
          else say(code)
          if (mayRetry) clock.after(backoffMs(attempt++, random), tickOn)
        },
      })
      return
    }
    let isAsking = false
    stopTicks = clock.every(cadenceMs, () => {
      if (isAsking) return
      isAsking = true
      client
        .ask(address, tickQuestion(), abort.signal)
        .then(({ text, httpStatus }) => onTick(text, httpStatus), refused)
        .finally(() => (isAsking = false))
    })
  }
  const tickOff = () => {
    stopTicks?.()
    stopTicks = undefined
  }

  const restart = (isWhole: boolean, delayMs: number) => {
    abort.abort()
    abort = new AbortController()
    tickOff()
    stopLater?.()
    stopLater = undefined
    if (isWhole) isFilled = false
    later(delayMs)
  }

  const stops = [
    timeline.onChange(() => {
      const before = view
      view = timeline.view
      if (before.mode === view.mode && before.windowS === view.windowS && before.endS === view.endS) return
      const isOther = view.mode === 'past' || before.mode === 'past' || before.windowS !== view.windowS
      if (isOther) restart(true, restMs)
      else if (!isMoving()) tickOff()
      // What was missed while it stood still is fetched.
      else if (before.mode === 'locked') restart(false, 0)
    }),
    client.onState((link) => {
      if (link === 'open' && isFilled && isMoving()) later(0)
    }),
  ]
  later(0)

  return {
    wish,
    get trouble() {
      return trouble
    },
    get cadenceS() {
      return cadenceMs / 1000
    },
    table: () => table,
    isLoading: () => !isFilled,
    said: () => said,
    setWidth(next) {
      widthPx = Math.max(widthPx, next)
      if (isFilled && pointsFor(spanOf(timeline).spanS, paceS(), widthPx) > 1.5 * filledPoints) restart(true, 0)
    },
    setPace(nextMs, nextStanding) {
      if (cadenceMs === nextMs && isStanding === nextStanding) return
      cadenceMs = nextMs
      isStanding = nextStanding
      tickOff()
      tickOn()
    },
    async ask(afterS, beforeS, points, signal) {
      const fresh = createAggregateTable(points + 16, wish.groupByLabels)
      fresh.merge(await askOnce(questionOf(wish, afterS, beforeS, points), signal))
      return fresh
    },
    close() {
      isClosed = true
      abort.abort()
      tickOff()
      stopLater?.()
      for (const stop of stops) stop()
    },
  }
}

/** The agent answered with a status that says no. */
class StatusTrouble extends Error {
  readonly httpStatus: number
  constructor(httpStatus: number) {
    super('The agent refused the question.')
    this.httpStatus = httpStatus
  }
}

function hasNegative({ series }: AggregateAnswer): boolean {
  return series.some(({ values }) => values.some((value) => value < 0))
}
