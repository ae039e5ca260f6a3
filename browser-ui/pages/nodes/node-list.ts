import type { NodeState, Role } from '../../../src/domain/model.ts'
import { agoWords } from '../../data/time/ago-words.ts'
import type { NodeInstance, NodeSummary } from '../../link/api.ts'

/** How many nodes are in each state; states without nodes are left out. */
export function countStates(nodes: readonly NodeSummary[]): readonly { readonly state: NodeState; readonly count: number }[] {
  const states: NodeState[] = ['live', 'stale', 'offline', 'unseen']
  return states.map((state) => ({ state, count: nodes.filter((node) => node.state === state).length })).filter(({ count }) => count > 0)
}

/** When a node was last seen, in words; its state says the rest. */
export function lastSeenText(node: Pick<NodeSummary, 'state' | 'lastSeenAtMs'>, nowMs: number): string {
  if (node.state === 'live') return 'now'
  if (node.lastSeenAtMs === undefined || node.lastSeenAtMs === null) return node.state === 'unseen' ? 'never' : '–'
  return agoWords(nowMs - node.lastSeenAtMs)
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

/** Whether a role may take nodes out of the space; the cloud decides, this only hides what would be refused. */
export function mayRemoveNodes(role: Role): boolean {
  return role === 'admin'
}

/** These nodes in an order that is kept while nobody should lose their place: known ones as they were, new ones at the end. */
export function keepOrder(ids: readonly string[], nodes: readonly NodeSummary[]): readonly NodeSummary[] {
  const byId = new Map(nodes.map((node) => [node.nodeId, node]))
  const kept = ids.flatMap((id) => {
    const node = byId.get(id)
    byId.delete(id)
    return node === undefined ? [] : [node]
  })
  return [...kept, ...byId.values()]
}
