import type { AgentQuestion } from '../../src/aclk/query/request.ts'
import type { NodeId, PersonId } from '../../src/domain/ids.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import { liveLimits } from '../../src/live/limits.ts'
import { aggregatedTarget, dataTarget, dataTimeoutMs } from '../../src/live/data-targets.ts'
import type { ConfigQuestion, FunctionQuestion } from '../../src/live/questions.ts'
import type { NodeRoute } from '../bus/port.ts'
import { generationOf, type Generation } from '../../src/domain/agent-generation.ts'
import { requireConfig } from './require-config.ts'
import { isChange } from './operations.ts'
import type { AgentRights } from './ports.ts'
import { restAgentQuestion, type AskedQuestion } from './rest/rest-question.ts'

/** Who asks: what agents let them do, and the id they are audited by when they change something. */
export interface Asker extends AgentRights {
  readonly personId: PersonId
  /** False for who can read nothing compressed; the agent is asked for plain text then. */
  readonly acceptsGzip?: false | undefined
}

/** The agent may work on data so long, then wait in line, then we give up: 25 s, 28 s, 30 s. */
const queueTimeoutMs = liveLimits.askTimeoutMs - 2_000

/**
 * The question behind a browser's ask, built for the agent that will answer it. Throws URL_TOO_LONG when its parts do not fit one
 * target, AGENT_TOO_OLD when this agent has no such endpoint: it would answer another question, or nothing at all.
 */
export function askQuestion(
  question: AskedQuestion,
  { nodeId, capabilities }: Pick<NodeRoute, 'nodeId' | 'capabilities'>,
  asker: Asker,
): AgentQuestion {
  const generation = generationOf(capabilities)
  if (question.kind === 'rest') return restAgentQuestion(question, capabilities, asker.acceptsGzip, askerOf(question, asker))
  if (question.kind === 'config') requireConfig(capabilities)
  const target = targetOf(question, nodeId, generation)
  if (target.length > (generation === 'A' ? liveLimits.targetBytes : liveLimits.wideTargetBytes)) {
    throw new ThroughlineError('URL_TOO_LONG', 'This question names too much; ask for it in several parts.')
  }
  const isOperation = question.kind === 'function' || question.kind === 'config'
  const timeoutMs = isOperation ? question.timeoutS * 1_000 : queueTimeoutMs
  const body = question.kind === 'config' && 'body' in question ? { contentType: 'application/json', text: question.body } : undefined
  const built: AgentQuestion = {
    method: body ? 'POST' : 'GET',
    target,
    timeoutMs,
    // Stock agents of generation A read no headers but one; ours checks the rights of whoever calls a function or configures it.
    ...(generation === 'A' && !isOperation ? {} : { asker: askerOf(question, asker) }),
    ...(asker.acceptsGzip === false ? { acceptsGzip: false } : {}),
    ...(body ? { body } : {}),
  }
  return built
}

/** How long the relay waits for an answer in all: longer than the agent may work and longer than the question may wait there. */
export function deadlineMsOf(question: AskedQuestion): number {
  if (question.kind === 'rest') return question.timeoutMs + (question.budget === 'operation' ? liveLimits.operationGraceMs : 0)
  const isOperation = question.kind === 'function' || question.kind === 'config'
  return isOperation ? question.timeoutS * 1_000 + liveLimits.operationGraceMs : liveLimits.askTimeoutMs
}

/** Agents write the account of a change on their disk; of a mere look they need to know no more than what is allowed. */
function askerOf(question: AskedQuestion, { role, permissions, personId }: Asker): NonNullable<AgentQuestion['asker']> {
  return isChange(question) ? { role, permissions, accountId: personId, userName: `Throughline ${role}` } : { role, permissions }
}

function targetOf(question: Exclude<AskedQuestion, { kind: 'rest' }>, nodeId: NodeId, generation: Generation): string {
  switch (question.kind) {
    case 'data':
      return dataTarget(question)
    case 'data-v2':
      if (generation === 'A') {
        throw new ThroughlineError('AGENT_TOO_OLD', 'The agent of this node cannot aggregate; agents from 1.39 on can.')
      }
      return aggregatedTarget(question, question.nodeIds ?? [nodeId], generation)
    case 'contexts':
      return '/api/v1/contexts?options=charts,dimensions,labels'
    case 'info':
      return '/api/v1/info'
    case 'alerts':
      return '/api/v1/alarms?all'
    case 'alert-transitions':
      return transitionsTarget(question, nodeId, generation)
    case 'alert-log':
      return `/api/v1/alarm_log?chart=${encodeURIComponent(question.chart)}`
    case 'functions':
      // The one of v2 and v3 lists the functions of every node of the agent.
      return '/api/v1/functions'
    case 'function':
      return functionTarget(question, generation)
    case 'config':
      return configTarget(question)
  }
}

/** How far back agents look for changes of alerts; they keep less than that by themselves. */
const transitionsBackS = 30 * 86_400

/** Like aggregated data, it ignores the node in the path: the scope names it (agent-api §9.3). */
function transitionsTarget(
  { name, last, anchor }: Extract<AskedQuestion, { kind: 'alert-transitions' }>,
  nodeId: NodeId,
  generation: Generation,
): string {
  if (generation === 'A') {
    throw new ThroughlineError('AGENT_TOO_OLD', 'The agent of this node keeps the history of its alerts in an older form.')
  }
  const paging = anchor === undefined ? '' : `&anchor_gi=${anchor}`
  const scope = `scope_nodes=${nodeId}&alert=${encodeURIComponent(name)}&after=-${transitionsBackS}`
  return `/api/${generation === 'C' ? 'v3' : 'v2'}/alert_transitions?${scope}&last=${last}${paging}&options=minify&timeout=${dataTimeoutMs}`
}

/** Name and arguments are one value, separated by spaces (agent-api §12.2); the timeout is in seconds. */
export function functionTarget(
  { name, args, timeoutS }: Pick<FunctionQuestion, 'name' | 'args' | 'timeoutS'>,
  generation: Generation,
): string {
  const words = args.map(({ key, value }) => {
    if (value === undefined) return key
    return `${key}:${typeof value === 'object' ? value.join(',') : String(value)}`
  })
  const call = encodeURIComponent([name, ...words].join(' '))
  return `/api/${generation === 'C' ? 'v3' : 'v1'}/function?function=${call}&timeout=${timeoutS}`
}

/** v1 is where every agent that has configuration keeps it (agent-api §11). */
function configTarget(question: ConfigQuestion): string {
  const parts = [`action=${question.action}`]
  if (question.action === 'tree') parts.push(`path=${encodeURIComponent(question.path)}`)
  else parts.push(`id=${encodeURIComponent(question.id)}`)
  if ('name' in question && question.name !== undefined) parts.push(`name=${encodeURIComponent(question.name)}`)
  return `/api/v1/config?${parts.join('&')}&timeout=${question.timeoutS}`
}
