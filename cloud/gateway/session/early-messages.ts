import type { NodeId } from '../../../src/domain/ids.ts'
import type { AgentPublish } from '../link/link-session.ts'

const heldCount = 32
const heldMs = 15_000

/**
 * Messages about nodes the agent has not announced in this connection yet: after a reconnect they can come first (aclk §8.7).
 * Bounded in number and time; not acknowledged while they wait.
 */
export class EarlyMessages {
  #held: { nodeId: NodeId; publish: AgentPublish; untilMs: number }[] = []

  /** False when there is no room. */
  hold(nodeId: NodeId, publish: AgentPublish, nowMs: number): boolean {
    if (this.#held.length >= heldCount) return false
    this.#held.push({ nodeId, publish, untilMs: nowMs + heldMs })
    return true
  }

  /** The messages of a node that has been announced now, in their order. */
  takeFor(nodeId: NodeId): AgentPublish[] {
    return this.#take((entry) => entry.nodeId === nodeId)
  }

  takeExpired(nowMs: number): AgentPublish[] {
    return this.#take((entry) => entry.untilMs <= nowMs)
  }

  #take(isTaken: (entry: { nodeId: NodeId; untilMs: number }) => boolean): AgentPublish[] {
    const taken = this.#held.filter(isTaken)
    if (taken.length > 0) this.#held = this.#held.filter((entry) => !isTaken(entry))
    return taken.map(({ publish }) => publish)
  }
}
