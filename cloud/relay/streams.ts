import type { NodeId } from '../../src/domain/ids.ts'
import type { ErrorCode } from '../../src/errors/throughline-error.ts'
import type { AggregatedQuestion } from '../../src/live/questions.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { Log } from '../../src/support/log.ts'
import type { Bus } from '../bus/port.ts'
import { createAgentTurns } from './agent-turns.ts'
import type { Outlet } from './outlet.ts'
import { createNodeStreams } from './node-streams.ts'
import type { NodeStreams } from './node-streams.ts'

/** A viewer's part in a stream. */
export interface Membership {
  /** Number of the stream, as its frames carry it. */
  readonly stream: number
  /** Why the stream stands still now, if it does. */
  condition(): ErrorCode | undefined
  /** Whether the viewer looks; a stream nobody looks at asks nothing. */
  setWatching(isWatching: boolean): void
  leave(): void
}

/** What a viewer wants to see of a node: contexts, or the answers to a question that stands. */
export interface Wish {
  readonly outlet: Outlet
  readonly nodeId: NodeId
  readonly cadenceMs: number
  readonly contexts: readonly string[]
  /** Equal questions in equal words share one stream; `contexts` are not asked beside it. */
  readonly question?: AggregatedQuestion
  readonly isWatching: boolean
}

export interface StreamCounts {
  readonly streams: number
  readonly questionsInFlight: number
  readonly questionsAsked: number
  readonly ticksSkipped: number
}

/** All live streams of this relay: one per node and cadence, and one per standing question, whoever watches (architecture decision 3). */
export interface Streams {
  /** Undefined when the contexts are more than a viewer or a stream may have. */
  join(wish: Wish): Membership | undefined
  counts(): StreamCounts
  close(): void
}

export interface StreamsDeps {
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Log
  /** From 0 up to, not including, 1: the phase of a node within the tick, so that a thousand agents do not answer at once. */
  readonly random: () => number
}

/** Streams, kept per node while somebody takes part. */
export function createStreams({ bus, clock, log, random }: StreamsDeps): Streams {
  const nodes = new Map<NodeId, NodeStreams>()
  const totals = { questionsAsked: 0, ticksSkipped: 0 }
  const turns = createAgentTurns()
  let lastStream = 0

  function nodeStreams(nodeId: NodeId): NodeStreams {
    const known = nodes.get(nodeId)
    if (known) return known
    const phase = random()
    const made = createNodeStreams({
      nodeId,
      bus,
      turns,
      clock,
      log,
      phaseMs: (cadenceMs) => phase * cadenceMs,
      nextStream: () => (lastStream = (lastStream % 0xffff_ffff) + 1),
      onAsked: () => void totals.questionsAsked++,
      onSkipped: () => void totals.ticksSkipped++,
      onEmpty: () => void nodes.delete(nodeId),
    })
    nodes.set(nodeId, made)
    return made
  }

  return {
    join(wish) {
      const node = nodeStreams(wish.nodeId)
      const membership = node.join(wish)
      if (!membership && node.streamCount() === 0) nodes.delete(wish.nodeId)
      return membership
    },
    counts() {
      let streams = 0
      let questionsInFlight = 0
      for (const node of nodes.values()) {
        streams += node.streamCount()
        if (node.isAsking()) questionsInFlight++
      }
      return { streams, questionsInFlight, ...totals }
    },
    close() {
      for (const node of nodes.values()) node.close()
      nodes.clear()
    },
  }
}
