import { canonicalUuid, type NodeId } from '../../../src/domain/ids.ts'
import { isSensitiveFunction } from '../../../src/domain/function-rights.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { liveLimits } from '../../../src/live/limits.ts'
import { questionSchema, type ConfigQuestion, type FunctionQuestion } from '../../../src/live/questions.ts'
import { isObject } from '../../../src/support/json.ts'
import type { AgentAnswer } from '../../bus/port.ts'
import type { QuestionKind } from '../../bus/question-kind.ts'
import { functionTarget } from '../ask-question.ts'
import { requireOperation } from '../operations.ts'
import type { Reader, ReaderNotes, ReadNeed } from '../ports.ts'
import { askOne, requireGood } from './gather.ts'
import { askerOf, type CallDeps, type RestAnswer } from './rest-call.ts'
import { restLimits } from './rest-limits.ts'
import { readsBodies, type AskedQuestion, type RestQuestion } from './rest-question.ts'

/** A call on one node. */
export interface NodeCall {
  readonly query: URLSearchParams
  readonly json: unknown
  readonly text: string
  /** Whether the agent may compress: the answer goes on as it is. */
  readonly takesGzip: boolean
  readonly signal: AbortSignal
  /** False for a GET with a cookie: following a link changes nothing (S5). */
  readonly mayChange: boolean
  /** The reader in the space of the node, if they may do this there. Throws what admitting throws. */
  admit(nodeId: NodeId | undefined, need: ReadNeed): Promise<Reader>
}

export interface NodeCallDeps extends CallDeps {
  readonly notes: ReaderNotes
}

type FunctionArgs = FunctionQuestion['args']

/** Runs a function of a node (cloud-api §10.2): the body goes on to the agent, what rights the caller has goes with it. */
export async function answerFunction(deps: NodeCallDeps, call: NodeCall, nodeId: NodeId | undefined): Promise<RestAnswer> {
  const [name = '', ...words] = (call.query.get('function') ?? '').split(/\s+/).filter((word) => word !== '')
  const reader = await call.admit(nodeId, isSensitiveFunction(name) ? 'functions.sensitive' : 'functions.read')
  const asked = await askable(deps, nodeId, 'function')
  const body = call.text === '' ? {} : call.json
  if (!isObject(body)) throw new ThroughlineError('BODY_MALFORMED', 'The body is an object.')
  const { args, isWhole } = argsOf(body, words)
  const parsed = questionSchema.safeParse({ kind: 'function', name, args, timeoutS: liveLimits.operationMaxS })
  if (!parsed.success || parsed.data.kind !== 'function')
    throw new ThroughlineError('BODY_MALFORMED', 'There is no such function, or its arguments cannot be read.')
  if (!isWhole && !asked.readsBodies) throw new ThroughlineError('BODY_MALFORMED', 'The agent of this node takes plain arguments only.')
  const timeoutMs = timeoutOf(body['timeout'] ?? call.query.get('timeout'))
  const timeoutS = Math.ceil(timeoutMs / 1_000)
  const targetOf = (generation: 'A' | 'C') =>
    functionTarget({ name, args: parsed.data.kind === 'function' ? parsed.data.args : [], timeoutS }, generation)
  const question: RestQuestion = {
    kind: 'rest',
    route: 'function',
    budget: 'operation',
    targets: { A: targetOf('A'), B: targetOf('A'), C: targetOf('C') },
    nodeIds: [asked.nodeId],
    body: Object.keys(body).length === 0 ? undefined : JSON.stringify(body),
    isChange: false,
    timeoutMs,
  }
  await deps.notes.onFunctionRun({ reader, nodeId: asked.nodeId, name, isChange: false })
  const raw = await askNode(deps, call, asked.nodeId, question, reader, timeoutMs)
  // Nothing new since the last look is an answer of functions that show logs.
  if (raw.httpStatus === 304) return { raw }
  if (raw.httpStatus === 404 || raw.httpStatus === 400)
    throw new ThroughlineError('BODY_MALFORMED', 'There is no such function on this node, or it does not take these arguments.')
  requireGood(raw)
  return { raw }
}

/** Statuses of dynamic configuration whose body tells more than any word of ours (agent-api §11). */
const configStatuses = new Set([200, 202, 298, 299, 400])

/** Reads or changes the configuration of a node (cloud-api §10.2). */
export async function answerConfig(deps: NodeCallDeps, call: NodeCall, nodeId: NodeId | undefined): Promise<RestAnswer> {
  const said = (name: string) => call.query.get(name) ?? undefined
  const action = said('action') ?? 'tree'
  const isRead = ['tree', 'schema', 'get', 'userconfig'].includes(action)
  if (!isRead && !call.mayChange) throw new ThroughlineError('ORIGIN_REFUSED', 'A page changes configuration with POST.')
  const reader = await call.admit(nodeId, isRead ? 'alerts.view-config' : 'alerts.change-config')
  const asked = await askable(deps, nodeId, 'config')
  const timeoutS = Math.min(
    liveLimits.operationMaxS,
    Math.max(10, Math.floor(Number(said('timeout') ?? liveLimits.operationMaxS)) || liveLimits.operationMaxS),
  )
  const parsed = questionSchema.safeParse({
    kind: 'config',
    action,
    timeoutS,
    ...(action === 'tree' ? { path: said('path') ?? '/' } : { id: said('id') }),
    ...(['add', 'userconfig', 'test'].includes(action) && said('name') !== undefined ? { name: said('name') } : {}),
    ...(['add', 'update', 'userconfig', 'test'].includes(action) ? { body: call.text } : {}),
  })
  if (!parsed.success || parsed.data.kind !== 'config')
    throw new ThroughlineError('BODY_MALFORMED', 'This is no action on configuration as agents take it.')
  const question: ConfigQuestion = parsed.data
  requireOperation(question, reader)
  if (!isRead) await deps.notes.onFunctionRun({ reader, nodeId: asked.nodeId, name: `config:${action}`, isChange: true })
  const raw = await askNode(deps, call, asked.nodeId, question, reader, timeoutS * 1_000 + liveLimits.operationGraceMs)
  if (!configStatuses.has(raw.httpStatus)) requireGood(raw)
  return { raw }
}

/** A token for the agent's own dashboard (cloud-api §10.4); the agent checks the three ids against itself. */
export async function answerBearer(deps: NodeCallDeps, call: NodeCall): Promise<RestAnswer> {
  const idOf = (name: string) => canonicalUuid(call.query.get(name) ?? undefined)
  const [nodeId, machineGuid, claimId] = [idOf('node_id') as NodeId | undefined, idOf('machine_guid'), idOf('claim_id')]
  const reader = await call.admit(nodeId, 'agents.token')
  if (machineGuid === undefined || claimId === undefined)
    throw new ThroughlineError('BODY_MALFORMED', 'Name node_id, machine_guid and claim_id.')
  const asked = await askable(deps, nodeId, 'other')
  const target = `bearer_get_token?node_id=${asked.nodeId}&machine_guid=${machineGuid}&claim_id=${claimId}`
  const timeoutMs = restLimits.defaultTimeoutMs * restLimits.timeoutShare
  const question: RestQuestion = {
    kind: 'rest',
    route: 'other',
    budget: 'other',
    targets: { B: `/api/v2/${target}`, C: `/api/v2/${target}` },
    nodeIds: [asked.nodeId],
    isChange: true,
    timeoutMs,
  }
  await deps.notes.onTokenMinted({ reader, nodeId: asked.nodeId })
  const raw = await askNode(deps, call, asked.nodeId, question, reader, timeoutMs)
  if (raw.httpStatus === 400 || raw.httpStatus === 404) throw new ThroughlineError('BODY_MALFORMED', 'The agent does not go by these ids.')
  requireGood(raw)
  return { raw }
}

/** The node, if its agent can be asked now. Throws INSTANCE_UNREACHABLE for one that is away or stale. */
async function askable(
  { bus }: CallDeps,
  nodeId: NodeId | undefined,
  kind: QuestionKind,
): Promise<{ readonly nodeId: NodeId; readonly readsBodies: boolean }> {
  const route = nodeId === undefined ? undefined : bus.route(nodeId, kind)
  if (nodeId === undefined || route === undefined || route.isLive === false) throw unreachable()
  return { nodeId, readsBodies: readsBodies(route.capabilities) }
}

async function askNode(
  deps: CallDeps,
  call: NodeCall,
  nodeId: NodeId,
  question: AskedQuestion,
  reader: Reader,
  timeoutMs: number,
): Promise<AgentAnswer> {
  try {
    const asker = { ...askerOf(reader), acceptsGzip: call.takesGzip ? undefined : (false as const) }
    const answer = await askOne(deps, nodeId, question, asker, timeoutMs, call.signal)
    if (answer.isGzip && !call.takesGzip)
      throw new ThroughlineError('AGENT_PROTOCOL', 'The agent compresses its answers; accept gzip (curl --compressed).')
    return answer
  } catch (thrown) {
    if (thrown instanceof ThroughlineError && thrown.code === 'AGENT_UNREACHABLE') throw unreachable()
    throw thrown
  }
}

function unreachable(): ThroughlineError {
  return new ThroughlineError('INSTANCE_UNREACHABLE', 'The node is not connected now, so nothing can be asked of it.')
}

/** Milliseconds a client says, within what anybody waits. */
function timeoutOf(said: unknown): number {
  const wanted = Math.floor(Number(said ?? restLimits.longTimeoutMs))
  return wanted > 0 ? Math.min(Math.max(1_000, wanted), restLimits.longTimeoutMs) : restLimits.longTimeoutMs
}

/**
 * The members of a body as the arguments agents take in text; `isWhole` when nothing of it is lost that way. Selections are
 * arguments like others, a list each.
 */
function argsOf(
  body: Readonly<Record<string, unknown>>,
  words: readonly string[],
): { readonly args: FunctionArgs; readonly isWhole: boolean } {
  const args: { key: string; value?: string | number | boolean | string[] }[] = words.map((word) => {
    const colon = word.indexOf(':')
    return colon < 0 ? { key: word } : { key: word.slice(0, colon), value: word.slice(colon + 1) }
  })
  let isWhole = true
  const add = (key: string, value: unknown) => {
    if (value === null || value === undefined) return
    if (key === 'info' && typeof value === 'boolean') {
      if (value && !args.some((arg) => arg.key === 'info')) args.push({ key: 'info' })
    } else if (isPlain(value) && isKey.test(key)) args.push({ key, value: typeof value === 'number' ? Math.trunc(value) : value })
    else if (
      Array.isArray(value) &&
      isKey.test(key) &&
      value.length > 0 &&
      value.every((item) => isPlain(item) && !String(item).includes(','))
    )
      args.push({ key, value: value.map(String) })
    else if (!Array.isArray(value) || value.length > 0) isWhole = false
  }
  for (const [key, value] of Object.entries(body)) {
    if (key === 'timeout') continue
    if (key === 'selections' && isObject(value)) for (const [facet, chosen] of Object.entries(value)) add(facet, chosen)
    else add(key, value)
  }
  return { args: args.slice(0, liveLimits.functionArguments), isWhole: isWhole && args.length <= liveLimits.functionArguments }
}

const isKey = /^[A-Za-z_][\w.-]{0,63}$/
const argumentText = /^[^\s&"'\\\p{Cc}\p{Cs}]{1,500}$/u

function isPlain(value: unknown): value is string | number | boolean {
  return (
    typeof value === 'boolean' ||
    (typeof value === 'number' && Number.isFinite(value)) ||
    (typeof value === 'string' && argumentText.test(value))
  )
}
