import type { NodeState } from '../../../src/domain/model.ts'
import { filterText, isPassedOn, labelKeyText } from '../../../src/live/filter-text.ts'
import { liveLimits } from '../../../src/live/limits.ts'
import type { NodeAgent } from '../../link/api.ts'
import type { ChartChoice } from './metrics-feed.ts'

/** A node as far as the choice of sources cares. `agent` is undefined while nobody has said which one answers. */
export interface PlanNode {
  readonly nodeId: string
  readonly state: NodeState
  readonly agent?: NodeAgent | null | undefined
}

/** Nodes of one agent that aggregates them itself. */
export interface AgentPlan {
  readonly claimId: string
  readonly generation: 'B' | 'C'
  /** In order, each once. */
  readonly nodeIds: readonly string[]
}

/** Who is asked for a chart, and who is not, and why. */
export interface SourcePlan {
  /** Asked one by one for every metric; the page merges. */
  readonly singles: readonly string[]
  readonly agents: readonly AgentPlan[]
  readonly chosen: readonly string[]
  /** Known not to have the context. */
  readonly without: readonly string[]
  /** Of the others: no agent answers for them now. */
  readonly away: readonly string[]
  /** More than the page asks one by one. */
  readonly leftOut: readonly string[]
  /** Agents could have aggregated, but not without an error: signs would be lost, or a filter cannot be written. */
  readonly isForcedApart: boolean
}

export interface PlanKnowledge {
  /** Undefined: nobody knows yet. */
  hasContext(nodeId: string, contextId: string): boolean | undefined
  /** The agent would take signs away from this context when asked for these groups (agent-api §8.1). */
  losesSigns(claimId: string, contextId: string): boolean
  /** The cloud refused to ask this agent about several nodes just now. */
  isApart(claimId: string): boolean
  /** How many metrics a node has of the context, the widest that was seen; undefined before any was. */
  metricsPerNode?(contextId: string): number | undefined
}

/** So many nodes that the page merges itself are asked every second; of more each is asked less often. */
export const eachSecondMax = 16
/** Nodes that one page merges itself at most. */
export const pageNodesMax = 500
/** Metrics of one chart that the page merges itself, beyond the first sixteen nodes: each is a line of values in memory. */
const pageMetricsMax = 40_000
/** Agents that are asked for one chart. */
export const agentsMax = 100

/**
 * The sources of a chart: one node alone is asked for every metric; nodes of an agent that can aggregate are asked together; the rest
 * one by one, live ones first, as many as a page can merge; of what exceeds that, agents that can add up their own metrics. A node
 * asked alone costs one question for all charts on screen, one that is added up a question for each of them.
 */
export function planSources(choice: ChartChoice, nodes: readonly PlanNode[], knowledge: PlanKnowledge): SourcePlan {
  const wanted = choice.nodeIds === undefined ? undefined : new Set(choice.nodeIds)
  const chosen = wanted === undefined ? nodes : nodes.filter(({ nodeId }) => wanted.has(nodeId))
  const ids = (list: readonly PlanNode[]) => list.map(({ nodeId }) => nodeId)
  // The relay would refuse the question, and with it what else the page asks in the same message.
  if (!isPassedOn(choice.contextId)) return { ...nobody, chosen: ids(chosen) }
  const having = chosen.filter(({ nodeId }) => knowledge.hasContext(nodeId, choice.contextId) !== false)
  const away = having.filter(isAway)
  const here = having.filter((node) => !isAway(node))
  const groups = new Map<string, PlanNode[]>()
  const alone: PlanNode[] = []
  for (const node of here) {
    const { agent } = node
    if (agent === null || agent === undefined || agent.generation === 'A') alone.push(node)
    else groups.set(agent.claimId, [...(groups.get(agent.claimId) ?? []), node])
  }
  let isForcedApart = false
  const agents: AgentPlan[] = []
  const single: AgentPlan[] = []
  const apart: PlanNode[] = []
  for (const [claimId, members] of groups) {
    const plan = planOf(claimId, members)
    const canAggregate =
      canBeWritten(choice, plan.generation) &&
      !knowledge.isApart(claimId) &&
      (isByDimension(choice) || !knowledge.losesSigns(claimId, choice.contextId))
    if (members.length === 1 && canAggregate) single.push(plan)
    else if (members.length > 1 && canAggregate) agents.push(plan)
    else {
      if (members.length > 1) isForcedApart = true
      apart.push(...members)
    }
  }
  // What cannot be asked any other way is asked one by one first; a node that is away may come back, and is asked if there is room.
  const live = (list: readonly PlanNode[]) => list.toSorted((a, b) => Number(b.state === 'live') - Number(a.state === 'live'))
  const forced = live([...alone, ...apart])
  const mergedMax = mergedNodes(knowledge.metricsPerNode?.(choice.contextId))
  const singles = forced.slice(0, mergedMax).map(({ nodeId }) => nodeId)
  const leftOut = forced.slice(mergedMax).map(({ nodeId }) => nodeId)
  const room = mergedMax - singles.length
  singles.push(...single.slice(0, room).map(({ nodeIds }) => nodeIds[0] ?? ''))
  agents.push(...single.slice(room))
  leftOut.push(...agents.splice(agentsMax).flatMap(({ nodeIds }) => nodeIds))
  singles.push(...away.slice(0, Math.max(0, Math.min(mergedMax - singles.length, 4))).map(({ nodeId }) => nodeId))
  return {
    singles,
    agents: agents.map(({ nodeIds, ...plan }) => ({ ...plan, nodeIds: nodeIds.slice(0, liveLimits.scopeNodes) })),
    chosen: ids(chosen),
    without: ids(chosen.filter((node) => !having.includes(node))),
    away: ids(away),
    leftOut: [...leftOut, ...agents.flatMap(({ nodeIds }) => nodeIds.slice(liveLimits.scopeNodes))],
    isForcedApart,
  }
}

/** How many nodes with so many metrics of a context the page merges. */
function mergedNodes(metricsPerNode = 1): number {
  return Math.max(eachSecondMax, Math.min(pageNodesMax, Math.floor(pageMetricsMax / metricsPerNode)))
}

const nobody: SourcePlan = { singles: [], agents: [], chosen: [], without: [], away: [], leftOut: [], isForcedApart: false }

/** Whether the agent's groups are exactly the dimensions, which every agent aggregates with their signs. */
function isByDimension({ groupBy }: Pick<ChartChoice, 'groupBy'>): boolean {
  return groupBy.length === 1 && groupBy[0] === 'dimension'
}

function isAway({ state, agent }: PlanNode): boolean {
  return agent === null || (agent === undefined && (state === 'offline' || state === 'unseen'))
}

function planOf(claimId: string, members: readonly PlanNode[]): AgentPlan {
  const generation = members[0]?.agent?.generation === 'B' ? 'B' : 'C'
  return { claimId, generation, nodeIds: members.map(({ nodeId }) => nodeId).sort() }
}

/** Whether every name of the choice fits the language of agents; what does not is filtered by the page. */
function canBeWritten({ instances = [], dimensions = [], labels, groupBy }: ChartChoice, generation: 'B' | 'C'): boolean {
  const keys = groupBy.flatMap((part) => (part.startsWith('label:') ? [part.slice('label:'.length)] : []))
  const filterKeys = new Set(labels.map(({ key }) => key))
  return (
    [instances, dimensions, labels].every(({ length }) => length <= liveLimits.filterItems) &&
    [...instances, ...dimensions, ...labels.map(({ value }) => value)].every((text) => filterText.test(text)) &&
    keys.length <= groupKeysMax &&
    [...keys, ...filterKeys].every((key) => labelKeyText.test(key)) &&
    // Agents of generation C want every key they are given (seen on 2.9); what older ones do is not known.
    (generation === 'C' || filterKeys.size <= 1)
  )
}

const groupKeysMax = 8
