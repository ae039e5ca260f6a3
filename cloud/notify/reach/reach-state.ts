import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { NodeId, SpaceId } from '../../../src/domain/ids.ts'
import type { ReachNews } from '../../../src/domain/news.ts'
import type { ItemKey, MetadataStore } from '../../store/port.ts'

/** Nodes that went together. */
export interface Gone {
  /** Of the news that told of it; null: nobody was told, so nobody is told of their return. */
  readonly newsId: string | null
  readonly sinceMs: number
  readonly nodeIds: readonly NodeId[]
}

/** What has to be remembered of the reachability of a space over a restart. */
export interface ReachState {
  /** In reach when last looked at: they would be missed. */
  readonly known: readonly NodeId[]
  readonly gone: readonly Gone[]
  /** What still has to be told; it came here in the same write as what it tells of. */
  readonly outbox: readonly ReachNews[]
}

/** The same with the revision it was read at; undefined: there is no item yet. */
export interface KeptReach {
  readonly state: ReachState
  readonly revision: number | undefined
}

/** The item with what a space knows of reachability. */
export interface ReachItems {
  read(spaceId: SpaceId): Promise<KeptReach>
  /** Undefined: somebody else wrote since, and nothing was written. */
  write(spaceId: SpaceId, state: ReachState, revision: number | undefined): Promise<KeptReach | undefined>
}

const keyOf = (spaceId: SpaceId): ItemKey => ({ partition: `space/${spaceId}`, sort: 'reach/state' })
const unpackedBytesMax = 8 * 1024 * 1024
export const noReach: ReachState = { known: [], gone: [], outbox: [] }

export function createReachItems(store: MetadataStore): ReachItems {
  return {
    async read(spaceId) {
      const item = await store.read(keyOf(spaceId))
      if (item?.blob === undefined) return { state: noReach, revision: item?.revision }
      const text = inflateRawSync(item.blob, { maxOutputLength: unpackedBytesMax }).toString()
      return { state: JSON.parse(text) as ReachState, revision: item.revision }
    },
    async write(spaceId, state, revision) {
      const { known, gone, outbox } = state
      const data = { known: known.length, gone: gone.reduce((sum, { nodeIds }) => sum + nodeIds.length, 0), untold: outbox.length }
      const blob = deflateRawSync(JSON.stringify({ known, gone, outbox }))
      const written = await store.write({ ...keyOf(spaceId), kind: 'reach-state', data, blob }, revision ?? 'absent')
      return written === undefined ? undefined : { state, revision: written }
    },
  }
}
