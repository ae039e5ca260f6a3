import type { Node, NodeState } from '../../src/domain/model.ts'

/** Presence remembers only this process' life: a node the store knows more of was seen before, so it is offline. */
export function shownState(state: NodeState, node: Pick<Node, 'info' | 'instances' | 'lastSeenAtMs'>): NodeState {
  if (state !== 'unseen') return state
  const wasSeen = node.info !== undefined || node.lastSeenAtMs !== undefined || Object.keys(node.instances).length > 0
  return wasSeen ? 'offline' : 'unseen'
}
