import type { AgentQuestion } from '../../src/aclk/query/request.ts'
import type { NodeId } from '../../src/domain/ids.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { AgentAnswer, Bus } from '../bus/port.ts'
import { cannotConfigure } from './config-place.ts'
import { configureLimits } from './limits.ts'
import { openDocument, openTree, prototypeId, prototypePath } from './open-config-answer.ts'
import type { AgentConfiguration, AgentReply, AgentTree, ConfigAsker } from './ports.ts'

/** Statuses of a change that say what became of it (agent-api §11.3); anything else is trouble. */
const replies = new Set([200, 202, 298, 299, 400, 403, 404, 412, 451, 501])

/**
 * Asks agents over the bus; see {@link AgentConfiguration}. Every question goes to the agent's own node, where alone alerts are
 * configured (agent-api §11.4), and never to a parent that happens to know it too.
 */
export function createAgentConfiguration({ bus, clock }: { readonly bus: Bus; readonly clock: Clock }): AgentConfiguration {
  const ask = async (
    nodeId: NodeId,
    parameters: Readonly<Record<string, string>>,
    asker: ConfigAsker,
    signal: AbortSignal,
    body?: string,
  ): Promise<AgentAnswer> => {
    const route = bus.route(nodeId, 'config')
    if (route === undefined || route.hops !== 0) throw unreachable()
    const why = cannotConfigure(route)
    if (why === 'not-live') throw unreachable()
    if (why !== undefined)
      throw new ThroughlineError('AGENT_TOO_OLD', 'The agent of this node cannot be configured from afar; agents from 1.45 on can.')
    const words = Object.entries({ ...parameters, timeout: String(configureLimits.askTimeoutMs / 1_000) })
    const { role, permissions, personId } = asker
    const question: AgentQuestion = {
      method: body === undefined ? 'GET' : 'POST',
      target: `/api/v1/config?${words.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&')}`,
      timeoutMs: configureLimits.askTimeoutMs,
      asker: personId === undefined ? { role, permissions } : { role, permissions, accountId: personId, userName: `Throughline ${role}` },
      ...(body === undefined ? {} : { body: { contentType: 'application/json', text: body } }),
    }
    return withDeadline(clock, signal, (inner) => bus.ask(nodeId, question, inner))
  }

  const change = async (
    nodeId: NodeId,
    parameters: Readonly<Record<string, string>>,
    asker: ConfigAsker,
    signal: AbortSignal,
    body?: string,
  ): Promise<AgentReply> => {
    const { httpStatus } = await ask(nodeId, parameters, asker, signal, body)
    if (!replies.has(httpStatus)) throw troubleOf(httpStatus)
    return { status: httpStatus }
  }

  const list: AgentConfiguration['list'] = async (nodeId, asker, signal) => {
    const answer = await ask(nodeId, { action: 'tree', path: prototypePath }, asker, signal)
    // An agent whose health engine is off has no such part of the tree.
    if (answer.httpStatus === 404) return { mayAdd: false, alerts: new Map() }
    if (answer.httpStatus !== 200) throw troubleOf(answer.httpStatus)
    return openTree(answer)
  }
  const offered = async (nodeId: NodeId, asker: ConfigAsker, signal: AbortSignal, tree: AgentTree | undefined) =>
    tree ?? (await list(nodeId, asker, signal))

  return {
    list,

    async get(nodeId, name, asker, signal) {
      const answer = await ask(nodeId, { action: 'get', id: `${prototypeId}:${name}` }, asker, signal)
      // An id that an agent does not know is 400 at recent ones.
      if (answer.httpStatus === 400 || answer.httpStatus === 404) return undefined
      if (answer.httpStatus !== 200) throw troubleOf(answer.httpStatus)
      return openDocument(answer, name)
    },

    async put(nodeId, document, asker, signal, tree) {
      const { alerts, mayAdd } = await offered(nodeId, asker, signal, tree)
      const known = alerts.get(document.name)
      const body = JSON.stringify(document)
      if (known === undefined)
        return mayAdd ? change(nodeId, { action: 'add', id: prototypeId, name: document.name }, asker, signal, body) : { status: 501 }
      if (!known.commands.includes('update')) return { status: 501 }
      return change(nodeId, { action: 'update', id: `${prototypeId}:${document.name}` }, asker, signal, body)
    },

    async remove(nodeId, name, asker, signal, tree) {
      const known = (await offered(nodeId, asker, signal, tree)).alerts.get(name)
      if (known === undefined) return { status: 404 }
      if (!known.commands.includes('remove')) return { status: 501 }
      return change(nodeId, { action: 'remove', id: `${prototypeId}:${name}` }, asker, signal)
    },
  }
}

/** Asks, and gives up a little after the agent should have. */
async function withDeadline<T>(clock: Clock, signal: AbortSignal, ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController()
  if (signal.aborted) throw cancelled()
  return new Promise<T>((resolve, reject) => {
    const stop = clock.after(configureLimits.askTimeoutMs + configureLimits.askGraceMs, () => {
      reject(new ThroughlineError('AGENT_TIMEOUT', 'The agent did not answer in time.'))
      abort.abort()
    })
    const onAbort = () => {
      reject(cancelled())
      abort.abort()
    }
    signal.addEventListener('abort', onAbort, { once: true })
    void ask(abort.signal)
      .then(resolve, reject)
      .finally(() => {
        stop()
        signal.removeEventListener('abort', onAbort)
      })
  })
}

function troubleOf(httpStatus: number): ThroughlineError {
  if (httpStatus === 403 || httpStatus === 412) return new ThroughlineError('FORBIDDEN', 'The agent does not allow this.')
  if (httpStatus === 451) return new ThroughlineError('FORBIDDEN', 'The owner of this agent lets nobody configure it from afar.')
  if (httpStatus === 504 || httpStatus === 503) return new ThroughlineError('AGENT_TIMEOUT', 'The agent did not answer in time.')
  return new ThroughlineError('AGENT_PROTOCOL', `The agent answered with status ${httpStatus}.`)
}

const unreachable = () => new ThroughlineError('AGENT_UNREACHABLE', 'The agent of this node is not connected now.')
const cancelled = () => new ThroughlineError('CANCELLED', 'Nobody waits for this answer any more.')
