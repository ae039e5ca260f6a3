import type { AlertConfigHash, SpaceId } from '../../../src/domain/ids.ts'
import type { Clock } from '../../../src/support/clock.ts'

const rememberedMs = 10 * 60_000
const rememberedCount = 50_000

/**
 * Which alert configurations of a space were looked up or asked for lately, for all links together: a thousand hosts share nearly
 * all of them, and each is asked for once.
 */
export interface AskedConfigs {
  /** Those of `hashes` nobody looked up lately; they count as looked up from now. */
  take(spaceId: SpaceId, hashes: readonly AlertConfigHash[]): AlertConfigHash[]
  /** A question for it got no answer: the next who sees it asks again. */
  forget(spaceId: SpaceId, hash: AlertConfigHash): void
}

export function createAskedConfigs({ clock }: { clock: Clock }): AskedConfigs {
  const takenMs = new Map<string, number>()
  return {
    take(spaceId, hashes) {
      const nowMs = clock.monotonicMs()
      const fresh = [...new Set(hashes)].filter((hash) => nowMs - (takenMs.get(spaceId + hash) ?? -rememberedMs) >= rememberedMs)
      for (const hash of fresh) {
        takenMs.delete(spaceId + hash)
        takenMs.set(spaceId + hash, nowMs)
      }
      for (const oldest of takenMs.keys()) {
        if (takenMs.size <= rememberedCount) break
        takenMs.delete(oldest)
      }
      return fresh
    },
    forget(spaceId, hash) {
      takenMs.delete(spaceId + hash)
    },
  }
}
