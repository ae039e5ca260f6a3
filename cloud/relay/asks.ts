import type { AgentQuestion } from '../../src/aclk/query/request.ts'
import type { NodeId } from '../../src/domain/ids.ts'
import { ThroughlineError, asThroughlineError } from '../../src/errors/throughline-error.ts'
import { liveLimits } from '../../src/live/limits.ts'
import type { LiveQuestion } from '../../src/live/messages.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { AgentAnswer, Bus } from '../bus/port.ts'
import { askAgent } from './ask-agent.ts'
import { askQuestion } from './question.ts'

/** Someone who waits for an answer; exactly one of the two is called, unless it is cancelled first. */
export interface Waiter {
  onAnswer(answer: AgentAnswer): void
  onError(error: ThroughlineError): void
}

/** Questions asked once. Identical ones under way are shared; nothing is remembered after delivery. */
export interface Asks {
  /** Answers a function that cancels. Throws URL_TOO_LONG, or RATE_LIMITED when too much waits for the node already. */
  ask(nodeId: NodeId, question: LiveQuestion, waiter: Waiter): () => void
  inFlight(): number
}

interface Job {
  readonly key: string
  readonly lane: Lane
  readonly question: AgentQuestion
  readonly isData: boolean
  readonly deadlineAtMs: number
  readonly waiters: Set<Waiter>
  readonly abort: AbortController
}

/** What is asked of one node: so many at a time, so many waiting. */
interface Lane {
  readonly nodeId: NodeId
  readonly asking: Set<Job>
  readonly queue: Job[]
}

/** Asks over the bus with the limits of security requirements §1. */
export function createAsks({ bus, clock }: { readonly bus: Bus; readonly clock: Clock }): Asks {
  const jobs = new Map<string, Job>()
  const lanes = new Map<NodeId, Lane>()

  function mayStart({ asking }: Lane, job: Job): boolean {
    if (asking.size >= liveLimits.asksPerNode) return false
    return !job.isData || [...asking].filter(({ isData }) => isData).length < liveLimits.dataAsksPerNode
  }

  function pump(lane: Lane): void {
    for (let next = lane.queue.find((job) => mayStart(lane, job)); next; next = lane.queue.find((job) => mayStart(lane, job))) {
      lane.queue.splice(lane.queue.indexOf(next), 1)
      lane.asking.add(next)
      void run(next)
    }
    if (lane.asking.size === 0 && lane.queue.length === 0) lanes.delete(lane.nodeId)
  }

  async function run(job: Job): Promise<void> {
    try {
      const answer = await askAgent({ bus, clock }, job.lane.nodeId, job.question, job.abort, job.deadlineAtMs - clock.monotonicMs())
      settle(job)
      for (const waiter of job.waiters) waiter.onAnswer(answer)
    } catch (thrown) {
      settle(job)
      for (const waiter of job.waiters) waiter.onError(asThroughlineError(thrown))
    }
    pump(job.lane)
  }

  /** From here on an identical question is a new one. */
  function settle(job: Job): void {
    job.lane.asking.delete(job)
    if (jobs.get(job.key) === job) jobs.delete(job.key)
  }

  function cancel(job: Job, waiter: Waiter): void {
    if (!job.waiters.delete(waiter) || job.waiters.size > 0) return
    if (jobs.get(job.key) === job) jobs.delete(job.key)
    const at = job.lane.queue.indexOf(job)
    if (at >= 0) job.lane.queue.splice(at, 1)
    job.abort.abort()
  }

  return {
    ask(nodeId, liveQuestion, waiter) {
      const question = askQuestion(liveQuestion)
      const key = `${nodeId} ${question.target}`
      let job = jobs.get(key)
      if (!job) {
        const lane = lanes.get(nodeId) ?? { nodeId, asking: new Set(), queue: [] }
        if (lane.queue.length >= liveLimits.asksQueuedPerNode) {
          throw new ThroughlineError('RATE_LIMITED', 'Too many questions wait for this node; try again in a moment.')
        }
        lanes.set(nodeId, lane)
        job = {
          key,
          lane,
          question,
          isData: liveQuestion.kind === 'data',
          // The time in the queue counts, too.
          deadlineAtMs: clock.monotonicMs() + liveLimits.askTimeoutMs,
          waiters: new Set([waiter]),
          abort: new AbortController(),
        }
        jobs.set(key, job)
        lane.queue.push(job)
        pump(lane)
      } else job.waiters.add(waiter)
      const asked = job
      return () => cancel(asked, waiter)
    },
    inFlight: () => jobs.size,
  }
}
