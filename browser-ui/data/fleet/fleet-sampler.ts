import { isPassedOn } from '../../../src/live/filter-text.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { NodeAgent } from '../../link/api.ts'
import type { LiveClient } from '../../link/live-client.ts'
import { parseDataAnswer } from '../feed/agent-answer.ts'
import { bulkQuestion, bulkRows } from './bulk-ask.ts'
import { metricRows, type FleetMetric } from './fleet-metric.ts'
import { createSampleBook, type Samples } from './sample-book.ts'

/** Which nodes are looked at, and by what. Only nodes that can answer belong here. */
export interface FleetWish {
  /** On screen: each gets a live subscription, the first forty of them; the rest takes turns with `far`. */
  readonly near: readonly string[]
  /** Not on screen, but wanted, for sorting by a live value. */
  readonly far: readonly string[]
  readonly metrics: readonly FleetMetric[]
  /** What `far` nodes are asked for; undefined: all metrics. */
  readonly farMetrics?: readonly FleetMetric[]
  /** The agent a node is reached through, as far as known: nodes of one that aggregates are asked together. */
  readonly agentOf?: (nodeId: string) => NodeAgent | null | undefined
  /** Whether the last minute is wanted, too, for a line. */
  readonly wantsPast: boolean
}

/** Live values of very many nodes within what a page may ask of the relay. */
export interface FleetSampler {
  want(wish: FleetWish): void
  samples(nodeId: string, metricId: string): Samples | undefined
  /** How old the value is, seconds; undefined when there is none. */
  ageS(nodeId: string, metricId: string): number | undefined
  /** Whether its values come each second by themselves. */
  isLive(nodeId: string): boolean
  /** Forgets the values of every node but these. */
  keep(nodeIds: ReadonlySet<string>): void
  /** A hidden page asks nothing; the relay holds back its subscriptions itself. */
  setVisible(isVisible: boolean): void
  /** Called with the nodes that got values. */
  onData(listener: (nodeIds: readonly string[]) => void): () => void
  close(): void
}

/** Bounds of the sampler; the relay's own are in `liveLimits`, and other parts of the page need their share. */
export const fleetLimits = {
  subscriptions: 40,
  inFlight: 8,
  /** Questions begun in one beat: twenty a second at most, however many nodes there are. */
  asksPerBeat: 5,
  beatMs: 250,
  /** The same node is asked again after this long at the earliest, on screen and elsewhere. */
  nearEveryMs: 2_000,
  farEveryMs: 10_000,
  /** After a failure a node is left alone, twice as long each time. */
  restMs: 10_000,
  restMaxMs: 160_000,
  /** After RATE_LIMITED nobody is asked for a while. */
  pauseMs: 5_000,
  rows: 90,
  /** Nodes in one question to an agent that aggregates; fewer than `bulkMin` are asked one by one. */
  bulkNodes: 200,
  bulkMin: 4,
  /** An agent that could not answer for many at once is asked one by one for so long. */
  apartMs: 120_000,
  /** Each node more makes everybody's turn so much longer. */
  perNodeMs: 10,
} as const

interface Asked {
  askedAtMs: number
  failures: number
  notBeforeMs: number
  hasPast: boolean
  running: AbortController | undefined
}

interface Subscribed {
  readonly contexts: string
  change(contexts: readonly string[]): void
  close(): void
}

const nothing: FleetWish = { near: [], far: [], metrics: [], wantsPast: false }

/**
 * Nodes on screen are subscribed each second up to a bound; all others are asked once in turns, the one asked longest ago first,
 * few at a time, so each turn takes longer the more there are.
 */
export function createFleetSampler({
  live,
  clock,
}: {
  readonly live: Pick<LiveClient, 'subscribe' | 'ask'>
  readonly clock: Clock
}): FleetSampler {
  const book = createSampleBook(fleetLimits.rows)
  const asked = new Map<string, Asked>()
  const subscribed = new Map<string, Subscribed>()
  const listeners = new Set<(nodeIds: readonly string[]) => void>()
  let wish = nothing
  let near = new Set<string>()
  /** Agents that are being asked for many nodes now, and those that could not answer that. */
  const bulks = new Map<string, AbortController>()
  const apartUntilMs = new Map<string, number>()
  let isVisible = true
  let pausedUntilMs = 0
  let subscriptionsMax: number = fleetLimits.subscriptions
  let stopBeat: (() => void) | undefined

  const streamed = () => wish.metrics.filter(({ isSingleChart }) => isSingleChart)
  const alone = () => wish.metrics.filter(({ isSingleChart }) => !isSingleChart)
  const stateOf = (nodeId: string): Asked => {
    const known = asked.get(nodeId) ?? { askedAtMs: -Infinity, failures: 0, notBeforeMs: 0, hasPast: false, running: undefined }
    asked.set(nodeId, known)
    return known
  }

  const note = (nodeId: string, text: string, metrics: readonly FleetMetric[], isAlone: boolean) => {
    const answer = parseDataAnswer(text)
    for (const metric of metrics) book.note(nodeId, metric.id, metricRows(metric, answer, isAlone), clock.monotonicMs())
    for (const listener of listeners) listener([nodeId])
  }

  const rest = (nodeId: string) => {
    const state = stateOf(nodeId)
    state.notBeforeMs = clock.monotonicMs() + Math.min(fleetLimits.restMaxMs, fleetLimits.restMs * 2 ** state.failures)
    state.failures += 1
  }

  const subscribe = (nodeId: string, contexts: readonly string[]) => {
    const drop = () => {
      subscribed.get(nodeId)?.close()
      subscribed.delete(nodeId)
    }
    const handle = live.subscribe({
      nodeId,
      cadenceMs: 1_000,
      contexts,
      onTick(tick, httpStatus) {
        if (httpStatus !== 200 || !subscribed.has(nodeId)) return
        try {
          note(nodeId, tick, streamed(), false)
        } catch {
          // An answer nobody can read shows as a value that grows old.
        }
      },
      onPaused: () => undefined,
      onRefused(code) {
        drop()
        if (code === 'RATE_LIMITED') subscriptionsMax = Math.max(8, subscriptionsMax - 8)
        else rest(nodeId)
      },
    })
    subscribed.set(nodeId, { contexts: contexts.join(' '), change: (next) => handle.change(next), close: () => handle.close() })
  }

  const reconcile = () => {
    const contexts = [...new Set(streamed().map(({ contextId }) => contextId))]
    const nowMs = clock.monotonicMs()
    const wanted = contexts.length === 0 ? [] : wish.near.filter((nodeId) => stateOf(nodeId).notBeforeMs <= nowMs)
    // Who has a subscription keeps it, so that a list that moves a little does not begin all of them anew.
    const kept = wanted.filter((nodeId) => subscribed.has(nodeId)).slice(0, subscriptionsMax)
    const chosen = new Set([...kept, ...wanted.filter((nodeId) => !subscribed.has(nodeId)).slice(0, subscriptionsMax - kept.length)])
    for (const [nodeId, handle] of subscribed) {
      if (chosen.has(nodeId)) continue
      handle.close()
      subscribed.delete(nodeId)
    }
    for (const nodeId of chosen) {
      const handle = subscribed.get(nodeId)
      if (handle === undefined) subscribe(nodeId, contexts)
      else if (handle.contexts !== contexts.join(' ')) {
        handle.change(contexts)
        subscribed.set(nodeId, { ...handle, contexts: contexts.join(' ') })
      }
    }
  }

  /** What to ask a node now: all metrics that share an answer in one question, each other one in its own. */
  const questionsFor = (nodeId: string): (readonly FleetMetric[])[] => {
    if (!near.has(nodeId) && wish.farMetrics !== undefined) {
      const shared = wish.farMetrics.filter(({ isSingleChart }) => isSingleChart)
      return [
        ...(shared.length > 0 ? [shared] : []),
        ...wish.farMetrics.filter(({ isSingleChart }) => !isSingleChart).map((metric) => [metric]),
      ]
    }
    const shared = streamed()
    const wantsShared = shared.length > 0 && (!subscribed.has(nodeId) || (wish.wantsPast && !stateOf(nodeId).hasPast))
    return [...(wantsShared ? [shared] : []), ...alone().map((metric) => [metric])]
  }

  const dueAtMs = (nodeId: string): number => {
    const state = stateOf(nodeId)
    if (state.running !== undefined || questionsFor(nodeId).length === 0) return Infinity
    const many = (wish.near.length + wish.far.length - subscribed.size) * fleetLimits.perNodeMs
    const everyMs = Math.max(many, near.has(nodeId) ? fleetLimits.nearEveryMs : fleetLimits.farEveryMs)
    return Math.max(state.notBeforeMs, state.askedAtMs + everyMs)
  }

  const askNode = async (nodeId: string) => {
    const state = stateOf(nodeId)
    const abort = new AbortController()
    state.running = abort
    state.askedAtMs = clock.monotonicMs()
    const wantsPast = wish.wantsPast && !state.hasPast && near.has(nodeId)
    const rows = wantsPast ? 60 : 15
    try {
      for (const metrics of questionsFor(nodeId)) {
        const contexts = [...new Set(metrics.map(({ contextId }) => contextId))]
        const { text, httpStatus } = await live.ask(
          nodeId,
          { kind: 'data', contexts, afterS: -rows, beforeS: 0, points: rows },
          abort.signal,
        )
        // 404: the node has none of these contexts, which is an answer.
        if (httpStatus === 200) note(nodeId, text, metrics, contexts.length === 1 && metrics.length === 1)
        else if (httpStatus !== 404) throw new ThroughlineError('AGENT_PROTOCOL', 'The agent refused.')
      }
      state.failures = 0
      if (wantsPast) state.hasPast = true
    } catch (thrown) {
      const code = thrown instanceof ThroughlineError ? thrown.code : 'INTERNAL'
      if (code === 'RATE_LIMITED') pausedUntilMs = clock.monotonicMs() + fleetLimits.pauseMs
      else if (code !== 'CANCELLED') rest(nodeId)
    } finally {
      state.running = undefined
    }
  }

  /** The agent of a node, if it can be asked for many of its nodes at once now. */
  const aggregating = (nodeId: string): string | undefined => {
    const agent = wish.agentOf?.(nodeId)
    if (!agent || agent.generation === 'A' || subscribed.has(nodeId)) return undefined
    return (apartUntilMs.get(agent.claimId) ?? 0) > clock.monotonicMs() ? undefined : agent.claimId
  }

  const askMany = async (claimId: string, nodeIds: readonly string[]) => {
    const abort = new AbortController()
    bulks.set(claimId, abort)
    for (const nodeId of nodeIds) stateOf(nodeId).askedAtMs = clock.monotonicMs()
    const isNear = nodeIds.some((nodeId) => near.has(nodeId))
    try {
      for (const metric of isNear ? wish.metrics : (wish.farMetrics ?? wish.metrics)) {
        const { text, httpStatus } = await live.ask(nodeIds[0] ?? '', bulkQuestion(metric, nodeIds), abort.signal)
        if (httpStatus !== 200) throw new ThroughlineError('AGENT_PROTOCOL', 'The agent refused.')
        const found = bulkRows(metric, text)
        for (const [nodeId, rows] of found) book.note(nodeId, metric.id, rows, clock.monotonicMs())
        for (const listener of listeners) listener([...found.keys()])
      }
    } catch (thrown) {
      const code = thrown instanceof ThroughlineError ? thrown.code : 'INTERNAL'
      if (code === 'RATE_LIMITED') pausedUntilMs = clock.monotonicMs() + fleetLimits.pauseMs
      else if (code !== 'CANCELLED') {
        apartUntilMs.set(claimId, clock.monotonicMs() + fleetLimits.apartMs)
        for (const nodeId of nodeIds) stateOf(nodeId).askedAtMs = -Infinity
      }
    } finally {
      bulks.delete(claimId)
    }
  }

  const beat = () => {
    const nowMs = clock.monotonicMs()
    if (!isVisible) return
    reconcile()
    if (nowMs < pausedUntilMs) return
    const running = [...asked.values()].filter((state) => state.running !== undefined).length + bulks.size
    let room = Math.min(fleetLimits.asksPerBeat, fleetLimits.inFlight - running)
    if (room <= 0) return
    const due = [...wish.near, ...wish.far]
      .map((nodeId) => ({ nodeId, atMs: dueAtMs(nodeId) }))
      .filter(({ atMs }) => atMs <= nowMs)
      .sort((a, b) => a.atMs - b.atMs)
    const together = new Map<string, string[]>()
    for (const { nodeId } of due) {
      const claimId = aggregating(nodeId)
      if (claimId !== undefined) push(together, claimId, nodeId)
    }
    const inBulk = new Set<string>()
    for (const [claimId, nodeIds] of together) {
      if (nodeIds.length < fleetLimits.bulkMin && !bulks.has(claimId)) continue
      // Whoever does not fit into this question waits for the next one of its agent.
      for (const nodeId of nodeIds) inBulk.add(nodeId)
      if (room <= 0 || bulks.has(claimId)) continue
      room -= 1
      void askMany(claimId, nodeIds.slice(0, fleetLimits.bulkNodes))
    }
    for (const { nodeId } of due.filter((entry) => !inBulk.has(entry.nodeId)).slice(0, Math.max(0, room))) void askNode(nodeId)
  }

  const stopAsking = () => {
    for (const { running } of asked.values()) running?.abort()
    for (const abort of bulks.values()) abort.abort()
  }

  return {
    want(next) {
      wish = { ...next, metrics: askable(next.metrics), ...(next.farMetrics && { farMetrics: askable(next.farMetrics) }) }
      near = new Set(next.near)
      const all = new Set([...next.near, ...next.far])
      for (const [nodeId, state] of asked) {
        if (all.has(nodeId)) continue
        state.running?.abort()
        // A node that rests stays known, or walking away and back would ask it at once.
        if (state.notBeforeMs <= clock.monotonicMs()) asked.delete(nodeId)
      }
      reconcile()
      stopBeat ??= clock.every(fleetLimits.beatMs, beat)
      if (all.size === 0 || wish.metrics.length === 0) {
        stopBeat()
        stopBeat = undefined
      } else beat()
    },
    samples: (nodeId, metricId) => book.get(nodeId, metricId),
    ageS(nodeId, metricId) {
      const samples = book.get(nodeId, metricId)
      return samples === undefined ? undefined : Math.max(0, (clock.monotonicMs() - samples.atMs) / 1000)
    },
    isLive: (nodeId) => subscribed.has(nodeId),
    keep: (nodeIds) => book.keep(nodeIds),
    setVisible(visible) {
      isVisible = visible
      if (!visible) stopAsking()
    },
    onData(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    close() {
      stopBeat?.()
      stopBeat = undefined
      wish = nothing
      stopAsking()
      for (const handle of subscribed.values()) handle.close()
      subscribed.clear()
      listeners.clear()
    },
  }
}

/** A context whose name the relay refuses would take every other metric of the message with it. */
const askable = (metrics: readonly FleetMetric[]) => metrics.filter(({ contextId }) => isPassedOn(contextId))

function push(groups: Map<string, string[]>, key: string, member: string): void {
  const members = groups.get(key)
  if (members === undefined) groups.set(key, [member])
  else members.push(member)
}
