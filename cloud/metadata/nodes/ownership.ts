import type { NodeId } from '../../../src/domain/ids.ts'
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
}

/** Pairs that are known without asking the store; an instance ends only with its claim, whose link is cut then. */
const rememberedMax = 10_000

export function createOwnership(store: MetadataStore): Ownership {
  const remembered = new Set<string>()
  const pair = (agent: ClaimedAgent, nodeId: NodeId) => `${agent.claimId}/${nodeId}`
  const remember = (agent: ClaimedAgent, nodeId: NodeId) => {
    if (remembered.size >= rememberedMax) remembered.clear()
    remembered.add(pair(agent, nodeId))
  }
  return {
    remember,
    async check(agent, nodeId) {
      if (nodeId === agent.nodeId || remembered.has(pair(agent, nodeId))) return
      const item = await store.read(keys.node(agent.spaceId, nodeId))
      const isAnnounced = item !== undefined && nodeRecordOf(item).instances.some(([claimId]) => claimId === agent.claimId)
      if (!isAnnounced) throw new ThroughlineError('NOT_FOUND', 'There is no such node.')
      remember(agent, nodeId)
    },
  }
}
