import type { NodeId } from '../../src/domain/ids.ts'
import { ThroughlineError, asThroughlineError } from '../../src/errors/throughline-error.ts'
import { liveLimits } from '../../src/live/limits.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { AgentAnswer, Bus, NodeRoute } from '../bus/port.ts'
import type { QuestionKind } from '../bus/question-kind.ts'
import { askAgent } from './ask-agent.ts'
import type { Asker } from './ask-question.ts'
import { askQuestion, deadlineMsOf } from './ask-question.ts'
import { isChange } from './operations.ts'
import type { AskedQuestion, Budget } from './rest/rest-question.ts'
import { routeOfScope, scopeOf } from './scope.ts'

/** Someone who waits for an answer; exactly one of the two is called, unless it is cancelled first. */
export interface Waiter {
  onAnswer(answer: AgentAnswer): void
  onError(error: ThroughlineError): void
}

/**
 * Questions asked once. Identical ones under way of people with the same permissions are shared, but never one that changes
 * something; nothing is remembered after delivery.
 */
export interface Asks {
  /**
   * Answers a function that cancels. Throws URL_TOO_LONG, AGENT_TOO_OLD or AGENT_UNREACHABLE when the node's agent cannot be asked
   * this, CONFLICT when several agents would have to be, RATE_LIMITED when too much waits for the node already.
   */
  ask(nodeId: NodeId, question: AskedQuestion, asker: Asker, waiter: Waiter): () => void
  inFlight(): number
}

interface Job {
  readonly key: string
  readonly nodeId: NodeId
  readonly lane: Lane
  readonly question: AskedQuestion
  readonly asker: Asker
  readonly budget: Budget
  readonly deadlineAtMs: number
  readonly waiters: Set<Waiter>
  readonly abort: AbortController
}

/** What is asked of one agent: so many at a time for all its nodes, which take turns. */
interface Lane {
  readonly agent: string
  readonly asking: Set<Job>
  /** What waits, by node; the node at the front is the one that was served longest ago. */
  readonly queues: Map<NodeId, Job[]>
}

/** What each kind asks for on the way, and of the agent. */
const kinds = {
  data: { route: 'data', budget: 'data' },
  'data-v2': { route: 'data', budget: 'data' },
  contexts: { route: 'data', budget: 'other' },
  info: { route: 'other', budget: 'other' },
  alerts: { route: 'other', budget: 'other' },
  'alert-transitions': { route: 'other', budget: 'other' },
  'alert-log': { route: 'other', budget: 'other' },
  functions: { route: 'function', budget: 'other' },
  function: { route: 'function', budget: 'operation' },
  config: { route: 'config', budget: 'operation' },
} as const satisfies Record<Exclude<AskedQuestion['kind'], 'rest'>, { route: QuestionKind; budget: Budget }>

const wayOf = (question: AskedQuestion): { readonly route: QuestionKind; readonly budget: Budget } =>
  question.kind === 'rest' ? question : kinds[question.kind]

const atATime: Readonly<Record<Budget, number>> = {
  data: liveLimits.dataAsksPerAgent,
  operation: liveLimits.operationsPerAgent,
  // What is left of the agent's share, so that slow lists keep nobody else out.
  other: liveLimits.asksPerAgent - liveLimits.dataAsksPerAgent - liveLimits.operationsPerAgent,
}

/** Asks over the bus with the limits of security requirements §1, kept for each agent and not only for each node. */
export function createAsks({ bus, clock }: { readonly bus: Bus; readonly clock: Clock }): Asks {
  const jobs = new Map<string, Job>()
  const lanes = new Map<string, Lane>()
  let changes = 0

  function mayStart({ asking }: Lane, { budget }: Job): boolean {
    let same = 0
    for (const other of asking) if (other.budget === budget) same++
    return same < atATime[budget]
  }

  /** The next question that may start; its node goes to the end of the line. */
  function takeNext(lane: Lane): Job | undefined {
    for (const [nodeId, queue] of lane.queues) {
      const at = queue.findIndex((job) => mayStart(lane, job))
      const [job] = at < 0 ? [] : queue.splice(at, 1)
      if (job === undefined) continue
      lane.queues.delete(nodeId)
      if (queue.length > 0) lane.queues.set(nodeId, queue)
      return job
    }
    return undefined
  }

  function pump(lane: Lane): void {
    for (let next = takeNext(lane); next; next = takeNext(lane)) {
      lane.asking.add(next)
      void run(next)
    }
    if (lane.asking.size === 0 && lane.queues.size === 0) lanes.delete(lane.agent)
  }

  async function run(job: Job): Promise<void> {
    try {
      // The way may have changed while the question waited; it is built for the agent that gets it.
      const question = askQuestion(job.question, routeOf(job.nodeId, job.question), job.asker)
      const answer = await askAgent({ bus, clock }, job.nodeId, question, job.abort, job.deadlineAtMs - clock.monotonicMs())
      settle(job)
      for (const waiter of job.waiters) waiter.onAnswer(answer)
    } catch (thrown) {
      settle(job)
      for (const waiter of job.waiters) waiter.onError(asThroughlineError(thrown))
    }
    pump(job.lane)
  }

  function routeOf(nodeId: NodeId, question: AskedQuestion): NodeRoute {
    if (question.kind === 'data-v2') return routeOfScope(bus, scopeOf(nodeId, question))
    if (question.kind === 'rest' && question.route === 'data') return routeOfScope(bus, question.nodeIds)
    const route = bus.route(nodeId, wayOf(question).route)
    if (!route) throw new ThroughlineError('AGENT_UNREACHABLE', 'No agent that can answer for this node is connected.')
    return route
  }

  /** From here on an identical question is a new one. */
  function settle(job: Job): void {
    job.lane.asking.delete(job)
    if (jobs.get(job.key) === job) jobs.delete(job.key)
  }

  function cancel(job: Job, waiter: Waiter): void {
    if (!job.waiters.delete(waiter) || job.waiters.size > 0) return
    if (jobs.get(job.key) === job) jobs.delete(job.key)
    const queue = job.lane.queues.get(job.nodeId)
    const at = queue?.indexOf(job) ?? -1
    if (at >= 0) queue?.splice(at, 1)
    if (queue?.length === 0) job.lane.queues.delete(job.nodeId)
    job.abort.abort()
    if (at >= 0) pump(job.lane)
  }

  return {
    ask(nodeId, question, asker, waiter) {
      const route = routeOf(nodeId, question)
      // What can be refused at once is not put in line.
      askQuestion(question, route, asker)
      const shared = `${nodeId} ${asker.permissions} ${asker.acceptsGzip === false ? 'plain' : 'gzip'} ${JSON.stringify(question)}`
      const key = isChange(question) ? `${shared} ${(changes += 1)}` : shared
      let job = jobs.get(key)
      if (!job) {
        const lane = lanes.get(route.claimId) ?? { agent: route.claimId, asking: new Set(), queues: new Map<NodeId, Job[]>() }
        const queue = lane.queues.get(nodeId) ?? []
        if (queue.length >= liveLimits.asksQueuedPerNode) {
          throw new ThroughlineError('RATE_LIMITED', 'Too many questions wait for this node; try again in a moment.')
        }
        lanes.set(lane.agent, lane)
        job = {
          key,
          nodeId,
          lane,
          question,
          asker,
          budget: wayOf(question).budget,
          // The time in the queue counts, too.
          deadlineAtMs: clock.monotonicMs() + deadlineMsOf(question),
          waiters: new Set([waiter]),
          abort: new AbortController(),
        }
        jobs.set(key, job)
        queue.push(job)
        lane.queues.set(nodeId, queue)
        pump(lane)
      } else job.waiters.add(waiter)
      const asked = job
      return () => cancel(asked, waiter)
    },
    inFlight: () => jobs.size,
  }
}
