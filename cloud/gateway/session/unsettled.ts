import type { ClaimId } from '../../../src/domain/ids.ts'

/**
 * What ended links were still storing. The next link of the same claim begins after it: an event of the older one that lands behind
 * the newer one's would undo it.
 */
export interface Unsettled {
  /** The link is over while this runs. */
  leave(claimId: ClaimId, running: Promise<unknown>): void
  /** Resolves when nothing of older links of the claim runs any more; undefined when nothing does. */
  of(claimId: ClaimId): Promise<void> | undefined
}

export function createUnsettled(): Unsettled {
  const byClaim = new Map<ClaimId, Promise<void>>()
  return {
    leave(claimId, running) {
      const all = Promise.allSettled([byClaim.get(claimId), running]).then(() => {
        if (byClaim.get(claimId) === all) byClaim.delete(claimId)
      })
      byClaim.set(claimId, all)
    },
    of: (claimId) => byClaim.get(claimId),
  }
}
