import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { simplePattern } from '../../../src/domain/simple-pattern.ts'
import { isObject, listOf, objectOf } from '../../../src/support/json.ts'
import type { RoomNode } from '../ports.ts'
import { textOf } from './data-part.ts'
import { weightsQuestion } from './data-targets.ts'
import { readDataWish } from './data-wish.ts'
import { gather } from './gather.ts'
import {
  askerOf,
  agentsTimeMs,
  firstNodeId,
  groupByAgent,
  nodesInScope,
  readingBits,
  type CallDeps,
  type RestAnswer,
  type RoomCall,
} from './rest-call.ts'
import { restLimits } from './rest-limits.ts'

type Fields = Readonly<Record<string, unknown>>

const methods = ['volume', 'ks2', 'anomaly-rate', 'value'] as const

/** Which dictionary each column of a row points to (agent-api §13.1). */
const pointers = ['nodes', 'contexts', 'instances', 'dimensions'] as const

/**
 * Which metrics of a room moved in a window (cloud-api §9.3). One agent's answer is passed on; of several, the natural weights are
 * joined and ranked as an agent ranks its own: spread over 0…1, the smallest is the strongest.
 */
export async function answerWeights(deps: CallDeps, call: RoomCall): Promise<RestAnswer> {
  const { nodes: all, reader, signal, budget, version } = call
  const wish = readDataWish(call.json)
  if (!(methods as readonly string[]).includes(wish.method))
    throw new ThroughlineError('BODY_MALFORMED', `method is of ${methods.join(', ')}.`)
  const isSelected = simplePattern(wish.selectedNodes)
  const selected = nodesInScope(all, wish.scopeNodes)
    .slice(0, restLimits.nodes)
    .filter(({ hostname, nodeId, machineGuid }) => isSelected(hostname, nodeId, machineGuid))
  const { groups, away } = groupByAgent(deps.bus, wish.isNothing ? [] : selected)
  const timeoutMs = agentsTimeMs(wish.timeoutMs, restLimits.longTimeoutMs)
  const isMerged = groups.length > 1
  const use = { isMerged, timeoutMs, points: Math.min(wish.points, restLimits.mergedPoints) }
  const errands = groups.map(({ nodes }) => ({
    about: nodes,
    nodeId: firstNodeId(nodes),
    question: weightsQuestion(
      wish,
      nodes.map(({ nodeId }) => nodeId),
      use,
    ),
  }))
  const outcomes = await gather(deps, errands, { asker: askerOf(reader, readingBits), timeoutMs, signal }, (answer) => budget.open(answer))
  const good = outcomes.flatMap((outcome) => (outcome.error === undefined ? [outcome.value] : []))
  if (selected.length > 0 && !wish.isNothing && good.length === 0)
    throw new ThroughlineError('ALL_NODES_FAILED', 'None of the nodes answered.')
  const [only] = good
  if (!isMerged && only !== undefined && away.length === 0) {
    const { errorMessage: _message, errorMsgKey: _key, error: _error, ...given } = only
    return { status: 200, json: { ...given, api: version } }
  }
  const failed = [...away, ...outcomes.flatMap(({ about, error }) => (error === undefined ? [] : about))]
  return { status: 200, json: { ...joinedWeights(good, wish.method, isMerged), api: version, failed: failed.map(shownNode) } }
}

function shownNode({ nodeId, machineGuid, hostname }: RoomNode): object {
  return { nd: nodeId, mg: machineGuid, nm: hostname }
}

/** Rows of several answers over joined dictionaries. */
function joinedWeights(answers: readonly Fields[], method: string, isNatural: boolean): object {
  const dictionaries = { nodes: [] as unknown[], contexts: [] as unknown[], instances: [] as unknown[], dimensions: [] as unknown[] }
  const places = new Map<string, number>()
  const rows: unknown[][] = []
  for (const [answerPlace, answer] of answers.entries()) {
    const own = objectOf(answer['dictionaries'])
    const moved = pointers.map((name) =>
      listOf(own[name]).map((entry) => {
        const id = isObject(entry) ? textOf(entry['id']) || textOf(entry['mg']) : textOf(entry)
        // Contexts and dimensions of one name are one; instances belong to their agent.
        const key = `${name} ${name === 'instances' ? `${answerPlace} ` : ''}${id}`
        const known = places.get(key)
        if (known !== undefined) return known
        const place = dictionaries[name].length
        places.set(key, place)
        dictionaries[name].push(entry)
        return place
      }),
    )
    for (const row of listOf(answer['result'])) {
      if (!Array.isArray(row)) continue
      const [kind, ...rest] = row as unknown[]
      const pointed = pointers.map((_, index) => {
        const place = rest[index]
        return typeof place === 'number' ? (moved[index]?.[place] ?? null) : null
      })
      rows.push([kind, ...pointed, ...rest.slice(pointers.length)])
      if (rows.length > restLimits.cells / 10) throw new ThroughlineError('ANSWERS_TOO_LARGE', 'There are too many metrics; ask for fewer.')
    }
  }
  if (isNatural && method !== 'value') rank(rows)
  const [first = {}] = answers
  return {
    ...('schema' in first ? { schema: first['schema'] } : {}),
    method,
    result: rows,
    dictionaries,
    total_dimensions_count: rows.filter(([kind]) => kind === 0).length,
  }
}

const weightAt = 1 + pointers.length

/** Natural weights, the largest strongest, become even ranks, the smallest strongest; equal ones stay equal. Kinds of rows apart. */
function rank(rows: unknown[][]): void {
  for (const kind of new Set(rows.map(([each]) => each))) {
    const own = rows.filter(([each]) => each === kind)
    const weightOf = (row: unknown[]) => (typeof row[weightAt] === 'number' ? row[weightAt] : 0)
    const distinct = [...new Set(own.map(weightOf))].sort((a, b) => b - a)
    const places = new Map(distinct.map((weight, place) => [weight, distinct.length === 1 ? 0 : place / (distinct.length - 1)]))
    for (const row of own) row[weightAt] = places.get(weightOf(row)) ?? 1
  }
}
