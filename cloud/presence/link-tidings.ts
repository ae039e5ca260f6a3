import type { ClaimId, NodeId, SpaceId } from '../../src/domain/ids.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { LinkChange } from './port.ts'

interface Known {
  readonly spaceId: SpaceId
  readonly nodeId: NodeId
  /** When it counts as down; undefined while it is up. */
  downAtMs: number | undefined
}

/** Which agents are connected, told without the short losses: what returns within its grace was never away. */
export interface LinkTidings {
  up(link: { readonly claimId: ClaimId; readonly spaceId: SpaceId; readonly nodeId: NodeId }): void
  down(claimId: ClaimId, forMs: number): void
  isUp(claimId: ClaimId): boolean
  /** Tells of those whose grace is over. */
  sweep(): void
}

export function createLinkTidings(clock: Clock, tell: (change: LinkChange) => void): LinkTidings {
  const links = new Map<ClaimId, Known>()
  const settle = (claimId: ClaimId, { spaceId, nodeId, downAtMs }: Known) => {
    if (downAtMs === undefined || downAtMs > clock.monotonicMs()) return
    links.delete(claimId)
    tell({ claimId, spaceId, nodeId, isUp: false, atMs: clock.nowMs() })
  }
  return {
    up({ claimId, spaceId, nodeId }) {
      const known = links.get(claimId)
      links.set(claimId, { spaceId, nodeId, downAtMs: undefined })
      if (known === undefined) tell({ claimId, spaceId, nodeId, isUp: true, atMs: clock.nowMs() })
    },
    down(claimId, forMs) {
      const known = links.get(claimId)
      if (known === undefined) return
      known.downAtMs = clock.monotonicMs() + forMs
      settle(claimId, known)
    },
    isUp: (claimId) => links.has(claimId),
    sweep() {
      for (const [claimId, known] of links) settle(claimId, known)
    },
  }
}
