import type { ClaimId, NodeId } from '../../../src/domain/ids.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { MetadataStore } from '../../store/port.ts'
import type { ClaimedAgent } from '../claimed-agent.ts'
import { keys } from '../keys.ts'
import { nodeRecordOf } from './node-record.ts'

/** Which nodes an agent may speak for: its own, and those it announced (security requirement P1). */
export interface Ownership {
  /** Throws NOT_FOUND when the agent may not speak for the node, whether it exists or not. */
  check(agent: ClaimedAgent, nodeId: NodeId): Promise<void>
  /** The agent announced the node just now. */
  remember(agent: ClaimedAgent, nodeId: NodeId): void
  /** The node was removed: nobody in this process may speak for it any more. */
  forget(nodeId: NodeId): void
  /** How many nodes besides its own the agent is known to speak for in this process. */
  count(agent: ClaimedAgent): number
}

/** Claims whose nodes are known without asking the store; an instance ends only with its claim, whose link is cut then. */
const rememberedClaimsMax = 20_000
/** Node ids are never used again, so these only have to outlive what was on its way when the node was removed. */
const removedNodesMax = 20_000

export function createOwnership(store: MetadataStore): Ownership {
  const remembered = new Map<ClaimId, Set<NodeId>>()
  const removed = new Set<NodeId>()
  const remember = ({ claimId, nodeId: own }: ClaimedAgent, nodeId: NodeId) => {
    if (nodeId === own) return
    const nodes = remembered.get(claimId)
    if (nodes !== undefined) {
      nodes.add(nodeId)
      return
    }
    const [oldest] = remembered.size >= rememberedClaimsMax ? remembered.keys() : []
    if (oldest !== undefined) remembered.delete(oldest)
    remembered.set(claimId, new Set([nodeId]))
  }
  return {
    remember,
    forget(nodeId) {
      for (const nodes of remembered.values()) nodes.delete(nodeId)
      const [oldest] = removed.size >= removedNodesMax ? removed : []
      if (oldest !== undefined) removed.delete(oldest)
      removed.add(nodeId)
    },
    count: ({ claimId }) => remembered.get(claimId)?.size ?? 0,
    async check(agent, nodeId) {
      if (removed.has(nodeId)) throw new ThroughlineError('NOT_FOUND', 'There is no such node.')
      if (nodeId === agent.nodeId || remembered.get(agent.claimId)?.has(nodeId) === true) return
      const item = await store.read(keys.node(agent.spaceId, nodeId))
      const isAnnounced = item !== undefined && nodeRecordOf(item).instances.some(([claimId]) => claimId === agent.claimId)
      if (!isAnnounced) throw new ThroughlineError('NOT_FOUND', 'There is no such node.')
      remember(agent, nodeId)
    },
  }
}
