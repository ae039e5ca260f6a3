import { createHash } from 'node:crypto'
import type { NodeId, SpaceId } from '../../../src/domain/ids.ts'
import type { Node } from '../../../src/domain/model.ts'
import type { ReachNews } from '../../../src/domain/news.ts'
import { reachLimits } from './reach-limits.ts'

/** A node that went, or came back, and is not told of yet. */
export interface Candidate {
  readonly nodeId: NodeId
  /** When; epoch milliseconds. */
  readonly atMs: number
  /** The same on the monotonic clock. */
  readonly monoMs: number
  readonly delayMs: number
}

/** Nodes that are told of together. */
export interface Group {
  readonly nodeIds: readonly NodeId[]
  readonly parentNodeId: NodeId | undefined
  readonly sinceMs: number
}

/**
 * What is told now of these candidates, and when to look again. Many within a moment are one group, which waits for the last of them
 * for that moment; otherwise nodes behind one parent are a group, and every other node is one of its own.
 */
export function groupCandidates(
  candidates: readonly Candidate[],
  quorum: number,
  parentOf: (nodeId: NodeId) => NodeId | undefined,
  nowMonoMs: number,
): { readonly groups: readonly Group[]; readonly againAtMs: number } {
  const dueAt = ({ monoMs, delayMs }: Candidate) => monoMs + delayMs
  const due = candidates.filter((each) => dueAt(each) <= nowMonoMs)
  const next = (some: readonly Candidate[]) => Math.min(Infinity, ...some.filter((each) => dueAt(each) > nowMonoMs).map(dueAt))
  const [first] = [...due].sort((a, b) => a.monoMs - b.monoMs)
  if (first === undefined) return { groups: [], againAtMs: next(candidates) }

  const cohort = candidates.filter(({ monoMs }) => Math.abs(monoMs - first.monoMs) <= reachLimits.withinMs)
  if (cohort.length >= quorum) {
    const deadlineMs = dueAt(first) + reachLimits.withinMs
    const isWhole = cohort.every((each) => dueAt(each) <= nowMonoMs)
    const isSettled = nowMonoMs >= first.monoMs + reachLimits.withinMs
    if (nowMonoMs < deadlineMs && !(isWhole && isSettled)) {
      const wakeMs = [next(cohort), isWhole ? first.monoMs + reachLimits.withinMs : Infinity, deadlineMs]
      return { groups: [], againAtMs: Math.min(...wakeMs.filter((ms) => ms > nowMonoMs)) }
    }
    const told = cohort.filter((each) => dueAt(each) <= nowMonoMs)
    const rest = candidates.filter((each) => !told.includes(each))
    return { groups: [groupOf(told, commonParent(told, parentOf))], againAtMs: rest.length === 0 ? Infinity : nowMonoMs }
  }

  const byParent = new Map<NodeId, Candidate[]>()
  for (const each of due) {
    const head = parentOf(each.nodeId) ?? each.nodeId
    const together = byParent.get(head)
    if (together === undefined) byParent.set(head, [each])
    else together.push(each)
  }
  const groups = [...byParent].map(([head, together]) => {
    const isBehind = together.some(({ nodeId }) => nodeId !== head)
    return groupOf(together, isBehind ? head : undefined)
  })
  return { groups, againAtMs: next(candidates) }
}

/** The one parent whose loss explains all the others; undefined when there is none. */
function commonParent(together: readonly Candidate[], parentOf: (nodeId: NodeId) => NodeId | undefined): NodeId | undefined {
  const parents = new Set(together.map(({ nodeId }) => parentOf(nodeId) ?? nodeId))
  const [only] = parents.size === 1 ? parents : []
  return only !== undefined && together.some(({ nodeId }) => nodeId !== only) ? only : undefined
}

function groupOf(together: readonly Candidate[], parentNodeId: NodeId | undefined): Group {
  const first = (nodeId: NodeId) => (nodeId === parentNodeId ? 0 : 1)
  const nodeIds = together.map(({ nodeId }) => nodeId).sort((a, b) => first(a) - first(b) || (a < b ? -1 : 1))
  return { nodeIds, parentNodeId, sinceMs: Math.min(...together.map(({ atMs }) => atMs)) }
}

/** The news of a group; the same group that went at the same time has the same id. */
export function newsOf(spaceId: SpaceId, state: ReachNews['state'], group: Group, toldAtMs: number): ReachNews {
  const text = [spaceId, state, group.sinceMs, ...[...group.nodeIds].sort()].join(' ')
  return {
    kind: 'reach',
    newsId: createHash('sha256').update(text).digest('hex').slice(0, 32),
    spaceId,
    nodeIds: group.nodeIds,
    state,
    parentNodeId: group.parentNodeId,
    sinceMs: group.sinceMs,
    toldAtMs,
  }
}

/**
 * The parent whose loss explains why a node is out of reach: the nearest agent that told of it, if that is away and the node has no
 * link of its own.
 */
export function parentsAmong(nodes: readonly Node[], isAway: (nodeId: NodeId) => boolean): (nodeId: NodeId) => NodeId | undefined {
  const speakers = new Map(
    nodes.flatMap(({ nodeId, instances }) =>
      Object.entries(instances).flatMap(([claimId, { hops }]) => (hops === 0 ? [[claimId, nodeId] as const] : [])),
    ),
  )
  const byId = new Map(nodes.map((node) => [node.nodeId, node]))
  return (nodeId) => {
    const instances = Object.entries(byId.get(nodeId)?.instances ?? {})
    if (instances.some(([, { hops }]) => hops === 0)) return undefined
    const parents = instances
      .map(([claimId, { hops }]) => ({ parent: speakers.get(claimId), hops }))
      .filter(({ parent }) => parent !== undefined && parent !== nodeId && isAway(parent))
    return parents.sort((a, b) => a.hops - b.hops)[0]?.parent
  }
}
