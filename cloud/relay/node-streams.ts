import type { AgentQuestion } from '../../src/aclk/query/request.ts'
import { generationOf } from '../../src/domain/agent-generation.ts'
import type { NodeId } from '../../src/domain/ids.ts'
import { asThroughlineError } from '../../src/errors/throughline-error.ts'
import type { ErrorCode } from '../../src/errors/throughline-error.ts'
import { liveLimits } from '../../src/live/limits.ts'
import type { AggregatedQuestion } from '../../src/live/questions.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { Log } from '../../src/support/log.ts'
import type { Bus } from '../bus/port.ts'
import { askAgent } from './ask-agent.ts'
import type { AgentTurns, Release } from './agent-turns.ts'
import { createAudience } from './audience.ts'
import type { Audience } from './audience.ts'
import { deliverTick } from './delivery.ts'
import { tickQuestion, watchQuestion } from './question.ts'
import { routeOfScope } from './scope.ts'
import type { Membership, Wish } from './streams.ts'

/**
 * The streams of one node: one per cadence, and one per standing question. At most one of them has a question under way, and of all
 * nodes of its agent one.
 */
export interface NodeStreams {
  join(wish: Omit<Wish, 'nodeId'>): Membership | undefined
  streamCount(): number
  isAsking(): boolean
  close(): void
}

export interface NodeStreamsDeps {
  readonly nodeId: NodeId
  readonly bus: Bus
  readonly turns: AgentTurns
  readonly clock: Clock
  readonly log: Log
  phaseMs(cadenceMs: number): number
  nextStream(): number
  onAsked(): void
  onSkipped(): void
  /** The last member of the last stream left. */
  onEmpty(): void
}

interface Stream {
  readonly id: number
  readonly key: string
  readonly cadenceMs: number
  /** What is asked at each tick instead of the audience's contexts. */
  readonly question: AggregatedQuestion | undefined
  readonly audience: Audience
  /** ticking: somebody looks; leaving: nobody does any more, the agent is not told yet; still: nothing runs. */
  state: { readonly is: 'ticking' | 'leaving'; stop: () => void } | { readonly is: 'still' }
  condition: ErrorCode | undefined
  tick: number
  /** Every how manyth tick is asked: 1, 2, 4 or 8. */
  slowdown: number
  ticksSeen: number
  skipsInARow: number
  answersInARow: number
  askedAtMs: number
  answeredAtMs: number
}

/** A slow link may take this long beyond what the agent may compute: a late answer is still good. */
const underWayMs = 10_000
const skipsUntilSlower = 3
const answersUntilFaster = 10
const slowestSlowdown = 8
/** A gap of at most this many seconds is repaired by asking for more rows. */
const repairS = 60

/** The streams of one node; made when somebody first looks at it. */
export function createNodeStreams(deps: NodeStreamsDeps): NodeStreams {
  const { nodeId, bus, turns, clock, log } = deps
  const streams = new Map<string, Stream>()
  /** Streams whose tick has come and that wait for another stream's answer; each at most once. */
  const due = new Set<Stream>()
  let asking: { readonly stream: Stream; readonly abort: AbortController } | undefined

  function tell(stream: Stream, condition: ErrorCode | undefined): void {
    if (stream.condition === condition) return
    stream.condition = condition
    if (condition === undefined) return
    for (const outlet of stream.audience.watching()) outlet.text({ type: 'paused', stream: stream.id, reason: condition })
  }

  function onTick(stream: Stream): void {
    stream.ticksSeen++
    if (stream.ticksSeen % stream.slowdown !== 0) return
    if (asking?.stream !== stream && !due.has(stream)) {
      due.add(stream)
      pump()
      return
    }
    // Skipped, not queued: an agent that is behind gets fewer questions, never more.
    deps.onSkipped()
    stream.answersInARow = 0
    stream.skipsInARow++
    if (stream.skipsInARow % skipsUntilSlower !== 0) return
    stream.slowdown = Math.min(stream.slowdown * 2, slowestSlowdown)
    tell(stream, 'AGENT_TIMEOUT')
  }

  function pump(): void {
    if (asking) return
    const [next] = due
    if (!next) return
    due.delete(next)
    const abort = new AbortController()
    asking = { stream: next, abort }
    void askAll(next, abort).then(() => {
      asking = undefined
      pump()
    })
  }

  /** The agent's turn for one question; free at once where nobody answers, since nothing is asked then. */
  function takeTurn(signal: AbortSignal): Release | Promise<Release> {
    const route = bus.route(nodeId, 'data')
    return route === undefined ? () => {} : turns.take(route.claimId, signal)
  }

  async function askAll(stream: Stream, abort: AbortController): Promise<void> {
    const { id } = stream
    let release: Release | undefined
    try {
      // The first turn is waited for before anything is decided: the picture is made of who looks and what is missing then.
      const first = takeTurn(abort.signal)
      release = typeof first === 'function' ? first : await first
      const questions = questionsOf(stream)
      stream.askedAtMs = clock.monotonicMs()
      stream.tick = (stream.tick + 1) % 0x1_0000_0000
      const { tick } = stream
      for (const [part, question] of questions.entries()) {
        release ??= await takeTurn(abort.signal)
        deps.onAsked()
        const answer = await askAgent({ bus, clock }, nodeId, question, abort, question.timeoutMs + underWayMs)
        // Between two parts the other nodes of the agent have their turn.
        release()
        release = undefined
        deliverTick({ id, part, tick }, answer, [...stream.audience.watching()])
        const refusal = refusalOf(answer.httpStatus)
        if (refusal) {
          failed(stream, refusal)
          return
        }
      }
      stream.answeredAtMs = stream.askedAtMs
      stream.skipsInARow = 0
      tell(stream, undefined)
      recover(stream)
    } catch (thrown) {
      const { code } = asThroughlineError(thrown)
      if (code === 'INTERNAL') log.error('tick_failed', { nodeId, code })
      if (code !== 'CANCELLED') failed(stream, code)
    } finally {
      release?.()
    }
  }

  function failed(stream: Stream, code: ErrorCode): void {
    stream.answersInARow = 0
    tell(stream, code)
  }

  /** Back to the full rate in steps, so that an agent at its limit is not pushed over it again. */
  function recover(stream: Stream): void {
    stream.answersInARow++
    if (stream.slowdown === 1 || stream.answersInARow < answersUntilFaster) return
    stream.slowdown /= 2
    stream.answersInARow = 0
  }

  /** What one tick asks: the union in parts, or the question that stands, built for the agent that answers now. */
  function questionsOf({ question, audience, cadenceMs, ...stream }: Stream): readonly AgentQuestion[] {
    if (question === undefined) {
      const rowsS = rowsOf(cadenceMs, stream.answeredAtMs)
      return audience.parts().map((contexts) => tickQuestion(contexts, rowsS, cadenceMs))
    }
    const route = routeOfScope(bus, (question.nodeIds ?? [nodeId]) as readonly NodeId[])
    return [watchQuestion(question, generationOf(route.capabilities), cadenceMs)]
  }

  /** Three rows at the cadence, overlapping the ones before (agent-api §15.1 rule 4), and what was missed since the last answer. */
  function rowsOf(cadenceMs: number, answeredAtMs: number): number {
    const cadenceS = Math.ceil(cadenceMs / 1_000)
    const sinceS = Math.round((clock.monotonicMs() - answeredAtMs) / 1_000)
    return 2 * cadenceS + Math.min(Math.max(sinceS, cadenceS), cadenceS + repairS)
  }

  function start(stream: Stream): void {
    if (stream.state.is === 'ticking') return
    if (stream.state.is === 'leaving') stream.state.stop()
    let stopTicks = () => {}
    const { cadenceMs } = stream
    const sinceLastMs = (clock.monotonicMs() - deps.phaseMs(cadenceMs)) % cadenceMs
    const stopFirst = clock.after(cadenceMs - ((sinceLastMs + cadenceMs) % cadenceMs), () => {
      stopTicks = clock.every(cadenceMs, () => onTick(stream))
      onTick(stream)
    })
    stream.state = {
      is: 'ticking',
      stop: () => {
        stopFirst()
        stopTicks()
      },
    }
    askNow(stream)
  }

  /** A new picture does not wait for the tick, but nobody can make an agent answer more than once a second. */
  function askNow(stream: Stream): void {
    if (clock.monotonicMs() - stream.askedAtMs < liveLimits.minCadenceMs || asking?.stream === stream) return
    due.add(stream)
    pump()
  }

  function rest(stream: Stream): void {
    if (stream.state.is !== 'ticking') return
    stream.state.stop()
    due.delete(stream)
    const stop = clock.after(liveLimits.leaveGraceMs, () => end(stream))
    stream.state = { is: 'leaving', stop }
  }

  function end(stream: Stream): void {
    if (stream.state.is !== 'still') stream.state.stop()
    stream.state = { is: 'still' }
    due.delete(stream)
    if (asking?.stream === stream) asking.abort.abort()
    if (!stream.audience.isEmpty()) return
    streams.delete(stream.key)
    if (streams.size === 0) deps.onEmpty()
  }

  function makeStream(key: string, { cadenceMs, question }: Pick<Wish, 'cadenceMs' | 'question'>): Stream {
    return {
      id: deps.nextStream(),
      key,
      cadenceMs,
      question,
      audience: createAudience(),
      state: { is: 'still' },
      condition: undefined,
      tick: 0,
      slowdown: 1,
      ticksSeen: 0,
      skipsInARow: 0,
      answersInARow: 0,
      askedAtMs: -Infinity,
      answeredAtMs: clock.monotonicMs(),
    }
  }

  return {
    join({ outlet, cadenceMs, contexts, question, isWatching }) {
      const key = question === undefined ? String(cadenceMs) : `${cadenceMs} ${JSON.stringify(question)}`
      const stream = streams.get(key) ?? makeStream(key, question === undefined ? { cadenceMs } : { cadenceMs, question })
      const { audience } = stream
      const partsBefore = audience.parts()
      const member = audience.add(outlet, contexts)
      if (!member) return undefined
      streams.set(key, stream)
      const setWatching = (isWatching: boolean) => {
        if (!audience.setWatching(member, isWatching)) return
        if (audience.isWatched()) start(stream)
        else rest(stream)
      }
      setWatching(isWatching)
      if (isWatching && audience.parts() !== partsBefore) askNow(stream)
      return {
        stream: stream.id,
        condition: () => stream.condition,
        setWatching,
        leave() {
          audience.remove(member)
          if (audience.isWatched()) return
          if (stream.state.is === 'ticking') rest(stream)
          else if (stream.state.is === 'still' && audience.isEmpty()) end(stream)
        },
      }
    },
    streamCount: () => streams.size,
    isAsking: () => asking !== undefined,
    close() {
      for (const stream of streams.values()) end(stream)
    },
  }
}

/** The body stays opaque, but its status tells that the agent gave up: 499, 503, 504 for want of time (agent-api §2.6). */
function refusalOf(httpStatus: number): ErrorCode | undefined {
  if (httpStatus === 499 || httpStatus === 503 || httpStatus === 504) return 'AGENT_TIMEOUT'
  return httpStatus >= 500 ? 'AGENT_PROTOCOL' : undefined
}
