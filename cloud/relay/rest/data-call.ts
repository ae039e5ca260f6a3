import { simplePattern } from '../../../src/domain/simple-pattern.ts'
import { ThroughlineError, errorKinds } from '../../../src/errors/throughline-error.ts'
import type { Aggregation } from '../../../src/live/merge-rows.ts'
import type { RoomNode } from '../ports.ts'
import { mergedAnswer, passedAnswer, type AnswerFrame, type AnsweredNode } from './data-answer.ts'
import { partOfJson2, type DataPart } from './data-part.ts'
import { dataQuestion, plainContextsQuestion, plainDataQuestion } from './data-targets.ts'
import { readDataWish, type DataWish } from './data-wish.ts'
import { gather, type Errand } from './gather.ts'
import { mergeParts } from './merge-parts.ts'
import { partOfPlain } from './plain-part.ts'
import {
  agentsTimeMs,
  askerOf,
  firstNodeId,
  groupByAgent,
  nodesInScope,
  readingBits,
  type CallDeps,
  type RestAnswer,
  type RoomCall,
} from './rest-call.ts'
import { restLimits } from './rest-limits.ts'

type Opened = Readonly<Record<string, unknown>>

/** One question of the call: to an agent that aggregates, or one of the two for a node whose agent does not. */
interface About {
  readonly nodes: readonly RoomNode[]
  readonly kind: 'aggregated' | 'plain' | 'contexts'
}

const joinable: ReadonlySet<string> = new Set<Aggregation>(['average', 'sum', 'min', 'max'])

/** Live data of the nodes of a room, whichever agents answer for them (cloud-api §9.2). */
export async function answerData(deps: CallDeps, call: RoomCall): Promise<RestAnswer> {
  const { bus, clock } = deps
  const { nodes: all, version, reader, signal, budget } = call
  const startMs = clock.monotonicMs()
  const wish = readDataWish(call.json)
  const inScope = nodesInScope(all, wish.scopeNodes).slice(0, restLimits.nodes)
  const isSelected = simplePattern(wish.selectedNodes)
  const selected = inScope.filter(({ hostname, nodeId, machineGuid }) => isSelected(hostname, nodeId, machineGuid))
  const { groups, away } = groupByAgent(bus, wish.isNothing ? [] : selected)
  for (const { nodes } of groups) for (const { nodeId } of nodes) deps.onRead(reader, nodeId)
  const chunks = groups.flatMap(({ generation, nodes }) =>
    chunksOf(nodes, generation === 'A' ? 1 : restLimits.nodesPerQuestion).map((some) => ({ generation, nodes: some })),
  )
  const [only] = chunks
  const isAlone = chunks.length === 1 && only !== undefined && only.generation !== 'A'
  const aggregation = wish.passes.at(-1)?.aggregation ?? 'average'
  const isMerged = !isAlone || (wish.limit !== undefined && isJoinable(wish))
  if (isMerged && chunks.length > 0) requireJoinable(wish)
  const timeoutMs = agentsTimeMs(wish.timeoutMs)
  const use = { isMerged, timeoutMs, points: isAlone ? wish.points : Math.min(wish.points, restLimits.mergedPoints) }
  const errands = chunks.flatMap(({ generation, nodes }): Errand<About>[] => {
    const nodeId = firstNodeId(nodes)
    if (generation !== 'A')
      return [
        {
          about: { nodes, kind: 'aggregated' },
          nodeId,
          question: dataQuestion(
            wish,
            nodes.map((node) => node.nodeId),
            use,
          ),
        },
      ]
    return [
      { about: { nodes, kind: 'plain' }, nodeId, question: plainDataQuestion(wish, nodeId, use) },
      { about: { nodes, kind: 'contexts' }, nodeId, question: plainContextsQuestion(wish, nodeId, use) },
    ]
  })
  // What a room may read at an agent follows from the gate before; the role's own bits may be fewer.
  const asker = askerOf(reader, readingBits)
  const outcomes = await gather(deps, errands, { asker, timeoutMs, signal }, (answer, { kind }): Opened | DataPart => {
    const opened = budget.open(answer)
    return kind === 'aggregated' && isMerged ? partOfJson2(opened) : opened
  })

  const failures = new Map<RoomNode, { readonly error: ThroughlineError; readonly ms: number }>()
  const times = new Map<RoomNode, number>()
  const contexts = new Map<RoomNode, Opened>()
  const parts: DataPart[] = []
  for (const { about, ms, ...outcome } of outcomes) {
    for (const node of about.nodes) times.set(node, Math.max(ms, times.get(node) ?? 0))
    if (about.kind === 'contexts') {
      const [node] = about.nodes
      // Without its charts a node still has numbers; only their labels and units are missing.
      if (node !== undefined && 'value' in outcome) contexts.set(node, outcome.value as Opened)
    } else if (outcome.error !== undefined && !isNoMatch(about, outcome.error)) {
      for (const node of about.nodes) failures.set(node, { error: outcome.error, ms })
    }
  }
  for (const outcome of outcomes) {
    if (outcome.error !== undefined) continue
    const [node] = outcome.about.nodes
    if (outcome.about.kind === 'aggregated' && isMerged) parts.push(outcome.value as DataPart)
    if (outcome.about.kind !== 'plain' || node === undefined) continue
    try {
      parts.push(partOfPlain(node, outcome.value as Opened, contexts.get(node) ?? {}, wish))
    } catch (thrown) {
      if (!(thrown instanceof ThroughlineError)) throw thrown
      failures.set(node, { error: thrown, ms: outcome.ms })
    }
  }
  requireSomeone(selected, away, failures)

  const [isChosen, isAway] = [new Set(selected), new Set(away)]
  const agentOf = new Map(groups.flatMap(({ nodes }, agent) => nodes.map((node) => [node, agent] as const)))
  const nodes = inScope.map((node): AnsweredNode => {
    const failure = failures.get(node)
    const ms = Math.round(times.get(node) ?? 0)
    const isHere = isChosen.has(node)
    if (isAway.has(node))
      return {
        node,
        isSelected: isHere,
        status: { agent: undefined, code: 503, msg: 'No agent that answers for this node is connected.', ms },
      }
    if (failure !== undefined)
      return {
        node,
        isSelected: isHere,
        status: { agent: agentOf.get(node), code: errorKinds[failure.error.code].http, msg: failure.error.message, ms },
      }
    return { node, isSelected: isHere, status: { agent: agentOf.get(node), code: 200, msg: '', ms } }
  })
  const frame: AnswerFrame = {
    version,
    wish,
    nodes,
    agents: groups.flatMap(({ nodes: [first] }) => (first === undefined ? [] : [first])),
    ms: Math.round(clock.monotonicMs() - startMs),
  }
  const [single] = outcomes
  if (!isMerged && single !== undefined && single.error === undefined)
    return { status: 200, json: passedAnswer(frame, single.value as Opened) }
  const table = mergeParts(parts, joinable.has(aggregation) ? (aggregation as Aggregation) : 'average', wish.limit)
  return { status: 200, json: mergedAnswer(frame, parts, table) }
}

/** Agents of v1 say 404 where newer ones answer an empty table (agent-api §16). */
function isNoMatch({ kind }: About, { code }: ThroughlineError): boolean {
  return kind === 'plain' && code === 'NOT_FOUND'
}

/** Whether answers of several agents can become one without an error. */
function isJoinable({ passes }: DataWish): boolean {
  const [first] = passes
  const last = passes.at(-1)
  if (first === undefined || last === undefined || !joinable.has(last.aggregation)) return false
  if (passes.some(({ groupBy }) => groupBy.includes('percentage-of-instance'))) return false
  // What the first pass joins has to lie within one agent.
  return passes.length === 1 || first.groupBy.includes('node') || first.groupBy.includes('instance')
}

function requireJoinable(wish: DataWish): void {
  if (isJoinable(wish)) return
  throw new ThroughlineError(
    'BODY_MALFORMED',
    'Several agents answer for these nodes, and what they would answer cannot be joined without an error; ask for one of them, or for sum, min, max or avg.',
  )
}

/** Only when nobody answered is it a failure (cloud-api §1.3). */
function requireSomeone(
  selected: readonly RoomNode[],
  away: readonly RoomNode[],
  failures: ReadonlyMap<RoomNode, { readonly error: ThroughlineError }>,
): void {
  if (selected.length === 0 || away.length + failures.size < selected.length) return
  const codes = [...failures.values()].map(({ error }) => error.code)
  if (codes.length > 0 && codes.every((code) => code === 'AGENT_ANSWER_TOO_LARGE'))
    throw new ThroughlineError('ANSWERS_TOO_LARGE', 'The answers are too large; ask for fewer nodes, metrics or points.')
  if (codes.length > 0 && codes.every((code) => code === 'RATE_LIMITED'))
    throw new ThroughlineError('RATE_LIMITED', 'The agents are busy; try again in a moment.')
  throw new ThroughlineError('ALL_NODES_FAILED', 'None of the nodes answered.')
}

function chunksOf<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, chunk) => items.slice(chunk * size, (chunk + 1) * size))
}
