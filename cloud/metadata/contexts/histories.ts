import type { ClaimId, NodeId } from '../../../src/domain/ids.ts'

/** More are read from the store again. */
const rememberedMax = 50_000

/** Since when agents have data of nodes, as read or written last, so that asking costs no reading. */
export interface Histories {
  get(claimId: ClaimId, nodeId: NodeId): { readonly fromS: number | undefined } | undefined
  set(claimId: ClaimId, nodeId: NodeId, fromS: number | undefined): void
}

export function createHistories(): Histories {
  const known = new Map<string, { fromS: number | undefined }>()
  return {
    get: (claimId, nodeId) => known.get(`${claimId} ${nodeId}`),
    set(claimId, nodeId, fromS) {
      const key = `${claimId} ${nodeId}`
      const entry = known.get(key)
      if (entry !== undefined) {
        entry.fromS = fromS
        return
      }
      const [oldest] = known.size >= rememberedMax ? known.keys() : []
      if (oldest !== undefined) known.delete(oldest)
      known.set(key, { fromS })
    },
  }
}
