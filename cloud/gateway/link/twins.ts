import type { ClaimId } from '../../../src/domain/ids.ts'
import type { ClaimedAgent } from '../ports.ts'

/** Machines that are linked under more than one claim at once: copies of each other, since one agent has one link. */
export interface Twins {
  up(agent: ClaimedAgent): void
  down(agent: ClaimedAgent): void
  /** Whether another claim of the same machine is linked. */
  hasOther(agent: ClaimedAgent): boolean
  /** Whether such a claim is newer: that one speaks for the node. */
  isDouble(agent: ClaimedAgent): boolean
  /** The agents that have another of their machine. */
  all(): Iterable<ClaimedAgent>
}

export function createTwins(): Twins {
  const byMachine = new Map<string, Map<ClaimId, ClaimedAgent>>()
  /** Kept apart, so that looking for them costs nothing while there are none. */
  const crowded = new Set<Map<ClaimId, ClaimedAgent>>()
  const keyOf = ({ spaceId, machineGuid }: ClaimedAgent) => `${spaceId} ${machineGuid}`
  const isNewer = (other: ClaimedAgent, than: ClaimedAgent) =>
    (other.claimedAtMs ?? 0) - (than.claimedAtMs ?? 0) > 0 ||
    ((other.claimedAtMs ?? 0) === (than.claimedAtMs ?? 0) && other.claimId > than.claimId)

  return {
    up(agent) {
      const agents = byMachine.get(keyOf(agent)) ?? new Map<ClaimId, ClaimedAgent>()
      byMachine.set(keyOf(agent), agents)
      agents.set(agent.claimId, agent)
      if (agents.size > 1) crowded.add(agents)
    },
    down(agent) {
      const agents = byMachine.get(keyOf(agent))
      agents?.delete(agent.claimId)
      if (agents === undefined || agents.size > 1) return
      crowded.delete(agents)
      if (agents.size === 0) byMachine.delete(keyOf(agent))
    },
    hasOther(agent) {
      const agents = byMachine.get(keyOf(agent))
      return agents !== undefined && agents.size > (agents.has(agent.claimId) ? 1 : 0)
    },
    isDouble(agent) {
      if (crowded.size === 0) return false
      for (const other of byMachine.get(keyOf(agent))?.values() ?? []) {
        if (other.claimId !== agent.claimId && isNewer(other, agent)) return true
      }
      return false
    },
    *all() {
      for (const agents of crowded) yield* agents.values()
    },
  }
}
