import { z } from 'zod'
import { simplePattern } from '../../../src/domain/simple-pattern.ts'
import { ThroughlineError, errorKinds } from '../../../src/errors/throughline-error.ts'
import { listOf, objectOf } from '../../../src/support/json.ts'
import type { RoomNode } from '../ports.ts'
import { textOf } from './data-part.ts'
import { gather, type Outcome } from './gather.ts'
import { agentsTimeMs, askerOf, nodesInScope, type CallDeps, type RestAnswer, type RoomCall } from './rest-call.ts'
import { restLimits } from './rest-limits.ts'

const texts = z
  .array(z.string().max(500))
  .max(restLimits.listItems)
  .nullish()
  .transform((list) => list ?? [])
const filters = z
  .object({ nodes: texts })
  .nullish()
  .transform((value) => value ?? { nodes: [] })

/** What any call on a room may say of nodes. */
export const nodesBody = z.object({ scope: filters, selectors: filters, timeout: z.number().min(0).max(1e9).nullish() })

/** The nodes a call is about. Throws BODY_MALFORMED for a star among ids, as clients expect (cloud-api §9.2). */
export function nodesOfBody(
  nodes: readonly RoomNode[],
  { scope, selectors }: Pick<z.output<typeof nodesBody>, 'scope' | 'selectors'>,
): readonly RoomNode[] {
  if (scope.nodes.includes('*')) throw new ThroughlineError('BODY_MALFORMED', 'Name nodes by their ids, or none for all of them.')
  const isSelected = simplePattern(selectors.nodes)
  return nodesInScope(nodes, scope.nodes)
    .slice(0, restLimits.nodes)
    .filter(({ hostname, nodeId, machineGuid }) => isSelected(hostname, nodeId, machineGuid))
}

/** A body that was read, or BODY_MALFORMED with the member that is wrong. */
export function readAs<T extends z.ZodType>(schema: T, json: unknown): z.output<T> {
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  throw new ThroughlineError(
    'BODY_MALFORMED',
    `This cannot be asked: ${parsed.error.issues[0]?.path.map(String).join('.') || 'it'} is not as it should be.`,
  )
}

/** Nodes as answers list them, each with how asking it went (cloud-api §9.2). */
export function nodeRows(outcomes: readonly Outcome<RoomNode, unknown>[]): readonly object[] {
  return outcomes.map(({ about: { machineGuid, nodeId, hostname }, ms, error }, ni) => ({
    ni,
    mg: machineGuid,
    nd: nodeId,
    nm: hostname,
    st: { ai: ni, code: error === undefined ? 200 : errorKinds[error.code].http, msg: error?.message ?? '', ms: Math.round(ms) },
  }))
}

/** Throws ALL_NODES_FAILED when there were nodes and none answered. */
export function requireAny(outcomes: readonly Outcome<RoomNode, unknown>[]): void {
  if (outcomes.length > 0 && outcomes.every(({ error }) => error !== undefined))
    throw new ThroughlineError('ALL_NODES_FAILED', 'None of the nodes answered.')
}

interface ListedFunction {
  readonly name: string
  readonly version: number
  readonly help: string
  readonly tags: string
  readonly access: readonly string[]
  readonly priority: number
  readonly ni: number[]
}

/** What can be called on the nodes of a room (cloud-api §10.2); the same name in another version is another row. */
export async function answerFunctions(deps: CallDeps, call: RoomCall): Promise<RestAnswer> {
  const { reader, signal, budget, version, json } = call
  const body = readAs(nodesBody, json)
  const nodes = nodesOfBody(call.nodes, body)
  const wish = { asker: askerOf(reader), timeoutMs: agentsTimeMs(body.timeout || restLimits.defaultTimeoutMs), signal }
  const errands = nodes.map((node) => ({ about: node, nodeId: node.nodeId, question: { kind: 'functions' as const } }))
  const outcomes = await gather(deps, errands, wish, (answer) => objectOf(budget.open(answer)['functions']))
  requireAny(outcomes)
  const functions = new Map<string, ListedFunction>()
  for (const [ni, outcome] of outcomes.entries()) {
    if (outcome.error !== undefined) continue
    for (const [name, described] of Object.entries(outcome.value).slice(0, restLimits.listItems)) {
      const fields = objectOf(described)
      const numberOf = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : 0)
      const itsVersion = numberOf(fields['version'])
      const key = `${itsVersion} ${name}`
      const known = functions.get(key)
      if (known !== undefined) {
        known.ni.push(ni)
        continue
      }
      functions.set(key, {
        name: textOf(name),
        version: itsVersion,
        help: textOf(fields['help']),
        tags: textOf(fields['tags']),
        access: listOf(fields['access']).map(textOf),
        priority: numberOf(fields['priority']),
        ni: [ni],
      })
    }
  }
  const rows = [...functions.values()].sort((a, b) => a.priority - b.priority || (a.name < b.name ? -1 : 1))
  return { status: 200, json: { api: version, functions: rows, nodes: nodeRows(outcomes), agents: [], versions: {} } }
}
