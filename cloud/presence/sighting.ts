import type { NodeState } from '../../src/domain/model.ts'

/** The states a link can tell of a node. */
export type ReachedState = Exclude<NodeState, 'unseen'>

export const stateRank = { offline: 0, stale: 1, live: 2 } as const

/**
 * What one link says of one node: until when it counts as live, and as queryable. Infinity: the link says so now. A time: it said
 * so, and the grace runs; a report that says so again ends the grace, one that does not leaves it alone, so no flapping stretches it.
 */
export class Sighting {
  hops = 0
  #liveUntilMs = -Infinity
  #queryableUntilMs = -Infinity

  get isLive(): boolean {
    return this.#liveUntilMs === Infinity
  }

  get isQueryable(): boolean {
    return this.#queryableUntilMs === Infinity
  }

  /** Answers when a grace that began with this report ends. */
  report(says: { isLive: boolean; isQueryable: boolean }, nowMs: number, staleGraceMs: number): number | undefined {
    if (says.isLive) {
      this.#liveUntilMs = Infinity
      this.#queryableUntilMs = Infinity
      return undefined
    }
    if (!says.isQueryable) {
      // The agent forgot the node for good (aclk §6.4): no grace for what it said before.
      this.#liveUntilMs = -Infinity
      this.#queryableUntilMs = -Infinity
      return undefined
    }
    this.#queryableUntilMs = Infinity
    if (this.#liveUntilMs !== Infinity) return undefined
    this.#liveUntilMs = nowMs + staleGraceMs
    return this.#liveUntilMs
  }

  /** The link is lost: what it says now counts until then. Answers whether anything of it was said now. */
  lose(untilMs: number): boolean {
    const wasSaid = this.isQueryable
    this.#liveUntilMs = Math.min(this.#liveUntilMs, untilMs)
    this.#queryableUntilMs = Math.min(this.#queryableUntilMs, untilMs)
    return wasSaid
  }

  stateAt(nowMs: number): ReachedState {
    if (this.#liveUntilMs > nowMs) return 'live'
    return this.#queryableUntilMs > nowMs ? 'stale' : 'offline'
  }
}
