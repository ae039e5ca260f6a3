import type { NodeState, Role } from '../../../src/domain/model.ts'
import type { NodeInstance, NodeSummary } from '../../link/api.ts'

const stateOrder: Readonly<Record<NodeState, number>> = { live: 0, stale: 1, offline: 2, unseen: 3 }

/** Nodes in the order people look: reachable ones first, then by name. */
export function sortNodes(nodes: readonly NodeSummary[]): readonly NodeSummary[] {
  return nodes.toSorted(
    (a, b) => stateOrder[a.state] - stateOrder[b.state] || a.hostname.localeCompare(b.hostname) || a.nodeId.localeCompare(b.nodeId),
  )
}

/** Nodes that have every word of the search somewhere in what the list shows, and the chosen state if one is. */
export function filterNodes(nodes: readonly NodeSummary[], search: string, state: NodeState | undefined): readonly NodeSummary[] {
  const words = search
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== '')
  return nodes.filter((node) => {
    if (state !== undefined && node.state !== state) return false
    const text = [node.hostname, node.os, node.osVersion, node.architecture, node.agentVersion, node.virtualization].join(' ').toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

/** How many nodes are in each state; states without nodes are left out. */
export function countStates(nodes: readonly NodeSummary[]): readonly { readonly state: NodeState; readonly count: number }[] {
  const states: NodeState[] = ['live', 'stale', 'offline', 'unseen']
  return states.map((state) => ({ state, count: nodes.filter((node) => node.state === state).length })).filter(({ count }) => count > 0)
}

/** When a node was last seen, in words; its state says the rest. */
export function lastSeenText(node: Pick<NodeSummary, 'state' | 'lastSeenAtMs'>, nowMs: number): string {
  if (node.state === 'live') return 'now'
  if (node.lastSeenAtMs === undefined || node.lastSeenAtMs === null) return node.state === 'unseen' ? 'never' : '–'
  return agoText(nowMs - node.lastSeenAtMs)
}

/** The ways to a node that work now, in words: its own link, or the parents it goes through. */
export function reachedThrough(instances: readonly NodeInstance[]): string {
  return instances
    .filter(({ isQueryable }) => isQueryable)
    .map(({ hops, isLive, via }) => {
      const way = hops === 0 ? 'its own link' : `${via ?? 'a parent'} (${hops} ${hops === 1 ? 'hop' : 'hops'})`
      return isLive ? way : `${way}, past only`
    })
    .join('; ')
}

function agoText(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 1) return 'just now'
  if (minutes < 60) return `${minutes} min ago`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return `${hours} h ago`
  return `${Math.floor(hours / 24)} days ago`
}

/** Whether a role may take nodes out of the space; the cloud decides, this only hides what would be refused. */
export function mayRemoveNodes(role: Role): boolean {
  return role === 'admin' || role === 'manager'
}
