import type { ClaimId, NodeId, SpaceId } from '../../../src/domain/ids.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { MetadataStore, StoredItem } from '../../store/port.ts'
import { listAll, type ChangeItem } from '../change-item.ts'
import { keys, spacePartition } from '../keys.ts'

/** What an agent's owner allowed to leave its host, as the agent says it. */
export interface EgressSaid {
  readonly version: number
  readonly hash: string
  readonly fields: Readonly<Record<string, readonly string[]>>
  readonly confirmedAtMs: number
  readonly by: 'terminal' | 'flag' | 'this-host' | 'earlier-claim'
  readonly pending: readonly string[]
}

/** What is kept of it: by which claim it was said, and since when this list holds. */
export interface EgressManifest extends EgressSaid {
  readonly claimId: ClaimId
  readonly toldAtMs: number
}

type EgressRecord = {
  claimId: ClaimId
  version: number
  hash: string
  fields: Record<string, string[]>
  confirmedAtMs: number
  by: EgressSaid['by']
  pending: string[]
  toldAtMs: number
}

/** What may leave which host, one item a claim of a node (security D8). */
export interface EgressManifests {
  /** Keeps what a claim says; the same again changes nothing. Answers whether the list is another than before. */
  tell(
    agent: { readonly spaceId: SpaceId; readonly nodeId: NodeId; readonly claimId: ClaimId },
    said: EgressSaid,
  ): Promise<{ isNew: boolean }>
  /** Undefined for a claim that never said any: of a stock agent. */
  of(spaceId: SpaceId, nodeId: NodeId, claimId: ClaimId): Promise<EgressManifest | undefined>
  /** Of all claims of a node, the newest first. */
  ofNode(spaceId: SpaceId, nodeId: NodeId): Promise<readonly EgressManifest[]>
}

export function createEgressManifests({
  store,
  changeItem,
  clock,
}: {
  readonly store: MetadataStore
  readonly changeItem: ChangeItem
  readonly clock: Clock
}): EgressManifests {
  return {
    async tell({ spaceId, nodeId, claimId }, { version, hash, fields, confirmedAtMs, by, pending }) {
      let isNew = false
      await changeItem(keys.egressManifest(spaceId, nodeId, claimId), (current) => {
        const before = current && manifestOf(current)
        isNew = before?.hash !== hash
        const isSame = !isNew && before?.confirmedAtMs === confirmedAtMs && JSON.stringify(before.pending) === JSON.stringify(pending)
        if (isSame) return undefined
        const toldAtMs = isNew ? clock.nowMs() : (before?.toldAtMs ?? clock.nowMs())
        const lists = Object.fromEntries(Object.entries(fields).map(([message, paths]) => [message, [...paths]]))
        const data: EgressRecord = { claimId, version, hash, fields: lists, confirmedAtMs, by, pending: [...pending], toldAtMs }
        return { kind: 'egress-manifest', data }
      })
      return { isNew }
    },
    async of(spaceId, nodeId, claimId) {
      const item = await store.read(keys.egressManifest(spaceId, nodeId, claimId))
      return item === undefined ? undefined : manifestOf(item)
    },
    async ofNode(spaceId, nodeId) {
      const items = await listAll(store, spacePartition(spaceId), `egress/${nodeId}/`)
      return items.map(manifestOf).sort((a, b) => b.toldAtMs - a.toldAtMs)
    },
  }
}

const manifestOf = (item: StoredItem): EgressManifest => item.data as EgressRecord
