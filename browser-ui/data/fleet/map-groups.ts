import type { NodeState } from '../../../src/domain/model.ts'
import type { NodeSummary } from '../../link/api.ts'
import { labelOf } from '../labels.ts'

/** How a map is divided: not at all, by state, by the agent nodes come through, or by a label. */
export type MapGrouping = 'none' | 'state' | 'agent' | `label:${string}`

export interface NodeGroup {
  /** Stable; empty for the one group of everything. */
  readonly key: string
  readonly title: string
  readonly nodes: readonly NodeSummary[]
}

const stateTitles: readonly (readonly [NodeState, string])[] = [
  ['live', 'Live'],
  ['stale', 'Stale'],
  ['offline', 'Offline'],
  ['unseen', 'Not seen yet'],
]
/** More groups than this say nothing any more; the smallest go together. */
const groupsMax = 60

/** Reads a grouping from the address; anything else is none. */
export function parseGrouping(text: string | null): MapGrouping {
  if (text === 'state' || text === 'agent') return text
  return text?.startsWith('label:') === true && text.length > 'label:'.length ? (text as `label:${string}`) : 'none'
}

/** The groups of a map, the largest first (states in their own order), what has no value last; nodes by name inside. */
export function groupNodes(nodes: readonly NodeSummary[], grouping: MapGrouping): readonly NodeGroup[] {
  const sorted = nodes.toSorted((a, b) => a.hostname.localeCompare(b.hostname) || (a.nodeId < b.nodeId ? -1 : 1))
  if (grouping === 'none') return sorted.length === 0 ? [] : [{ key: '', title: 'All nodes', nodes: sorted }]
  if (grouping === 'state') {
    return stateTitles
      .map(([state, title]): NodeGroup => ({ key: state, title, nodes: sorted.filter((node) => node.state === state) }))
      .filter((group) => group.nodes.length > 0)
  }
  const nameOf = grouping === 'agent' ? agentNames(nodes) : (node: NodeSummary) => labelOf(node.labels, grouping.slice('label:'.length))
  const byName = new Map<string, NodeSummary[]>()
  const without: NodeSummary[] = []
  for (const node of sorted) {
    const name = nameOf(node)
    const members = name === undefined || name === '' ? without : (byName.get(name) ?? [])
    members.push(node)
    if (members !== without && name !== undefined) byName.set(name, members)
  }
  const groups = [...byName]
    .map(([name, members]): NodeGroup => ({ key: `= ${name}`, title: name, nodes: members }))
    .sort((a, b) => b.nodes.length - a.nodes.length || (a.title < b.title ? -1 : 1))
  const kept = groups.slice(0, groupsMax)
  const rest = groups.slice(groupsMax).flatMap((group) => group.nodes)
  if (rest.length > 0) kept.push({ key: 'rest', title: `${groups.length - groupsMax} more`, nodes: rest })
  if (without.length > 0)
    kept.push({ key: 'without', title: grouping === 'agent' ? 'No agent answers' : 'Without this label', nodes: without })
  return kept
}

/** Nodes go under the host whose agent answers for them, which is a node itself: the one that agent reaches without a hop. */
function agentNames(nodes: readonly NodeSummary[]): (node: NodeSummary) => string | undefined {
  const hostOfClaim = new Map<string, string>()
  for (const { agent, hostname } of nodes) if (agent && agent.hops === 0) hostOfClaim.set(agent.claimId, hostname)
  return ({ agent }) => (agent ? (hostOfClaim.get(agent.claimId) ?? 'An agent of another room') : undefined)
}
