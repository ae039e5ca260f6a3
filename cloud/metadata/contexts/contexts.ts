import type { NodeId, SpaceId } from '../../../src/domain/ids.ts'
import type { Context, ContextChange } from '../../../src/domain/model.ts'
import { contextsVersionHash } from '../../../src/domain/version-hash.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { Log } from '../../../src/support/log.ts'
import type { MetadataStore, StoredItem } from '../../store/port.ts'
import { listAll, type ChangeItem } from '../change-item.ts'
import type { ClaimedAgent } from '../claimed-agent.ts'
import { keys, spacePartition } from '../keys.ts'
import { metadataLimits } from '../limits.ts'
import type { Ownership } from '../nodes/ownership.ts'
import { chooseSheets, covers } from './choose-sheets.ts'
import { contextId, keepContext, segmentOf, type NodeContext } from './definition.ts'
import { createHistories } from './histories.ts'
import { packNodeContexts, unpackNodeContexts } from './node-contexts-codec.ts'
import type { SheetShelf } from './sheet-shelf.ts'
import { definitionText, type Sheet } from './sheet.ts'
import { createSpaceContexts, type SpaceContexts } from './space-contexts.ts'

/** A context of a node as people see it. Times are epoch seconds; `lastEntryS` is 0 while it is collected. */
export interface ListedContext {
  readonly id: string
  readonly title: string
  readonly units: string
  readonly family: string
  readonly priority: number
  readonly chartType: string
  readonly isCollected: boolean
  readonly firstEntryS: number
  readonly lastEntryS: number
}

/**
 * The contexts of nodes, content-addressed: definitions lie in sheets that a space shares, a node holds one packed set of
 * references for each claim it is seen through. Each change answers the version hash of what is stored then (aclk §6.6).
 */
export interface Contexts {
  /** Undefined when nothing is stored, or what is stored can no longer be read in full: then only a snapshot helps. */
  versionHash(agent: ClaimedAgent, nodeId: NodeId): Promise<bigint | undefined>
  /** Since when the agent has data of the node, as its stored contexts tell; epoch seconds. Undefined when they do not. */
  historyFromS(agent: ClaimedAgent, nodeId: NodeId): Promise<number | undefined>
  /** Replaces the stored set. Throws BODY_TOO_LARGE above 20,000 contexts. */
  snapshot(agent: ClaimedAgent, nodeId: NodeId, contexts: readonly Context[]): Promise<bigint>
  /** Applies changes and deletions. Throws BODY_TOO_LARGE when more than 20,000 contexts would be stored. */
  updated(agent: ClaimedAgent, nodeId: NodeId, changes: readonly ContextChange[]): Promise<bigint>
  /** The contexts of a node through all its claims, by id. */
  list(spaceId: SpaceId, nodeId: NodeId): Promise<ListedContext[]>
  /** Every context that any node of the space collects, and which nodes do; at most a second old. */
  ofSpace(spaceId: SpaceId): Promise<SpaceContexts>
}

export interface ContextsDeps {
  readonly store: MetadataStore
  readonly changeItem: ChangeItem
  readonly ownership: Ownership
  readonly shelf: SheetShelf
  readonly clock: Clock
  readonly log: Log
}

type NodeContextsRecord = { contexts: number; versionHash: string; sheets: number[] }

/** A node's set as it was read, with the sheets it uses. */
interface StoredSet {
  readonly byId: Map<string, NodeContext>
  readonly sheets: readonly Sheet[]
}

const nothing: StoredSet = { byId: new Map(), sheets: [] }

export function createContexts({ store, changeItem, ownership, shelf, clock, log }: ContextsDeps): Contexts {
  const histories = createHistories()
  const recordOf = (item: StoredItem) => item.data as NodeContextsRecord

  /** Undefined when a sheet is gone: the set is repaired by the snapshot that an unknown hash brings. */
  const unpack = async (spaceId: SpaceId, item: StoredItem): Promise<StoredSet | undefined> => {
    const packed = unpackNodeContexts(item.blob ?? new Uint8Array(), recordOf(item).sheets)
    const sheets = await shelf.fetch(spaceId, packed.sheetIds)
    const contexts = packed.resolve(sheets)
    if (contexts === undefined) {
      log.error('contexts_sheet_missing', { sheets: packed.sheetIds.length - sheets.size })
      return undefined
    }
    return { byId: new Map(contexts.map((context) => [context.definition[0], context])), sheets: [...sheets.values()] }
  }

  /** The sheets for these contexts; those that are new are in the store when this resolves. */
  const sheetsFor = async (spaceId: SpaceId, contexts: Iterable<NodeContext>, current: readonly Sheet[]): Promise<Sheet[]> => {
    const bySegment = new Map<string, string[]>()
    for (const { definition } of contexts) {
      const segment = segmentOf(definition[0])
      const texts = bySegment.get(segment)
      if (texts === undefined) bySegment.set(segment, [definitionText(definition)])
      else texts.push(definitionText(definition))
    }
    const used: Sheet[] = []
    for (const [segment, texts] of bySegment) {
      let candidates = [...current, ...shelf.remembered(spaceId, segment)]
      if (!covers(candidates, texts)) candidates = [...candidates, ...(await shelf.look(spaceId, segment))]
      const choice = chooseSheets(segment, texts, candidates)
      for (const sheet of choice.made) await shelf.put(spaceId, sheet)
      used.push(...choice.used)
    }
    return used
  }

  const remember = ({ claimId }: ClaimedAgent, nodeId: NodeId, contexts: Iterable<NodeContext>): number | undefined => {
    let fromS: bigint | undefined
    for (const { firstEntryS } of contexts) if (firstEntryS > 0n && (fromS === undefined || firstEntryS < fromS)) fromS = firstEntryS
    histories.set(claimId, nodeId, fromS === undefined ? undefined : Number(fromS))
    return histories.get(claimId, nodeId)?.fromS
  }

  const change = async (
    agent: ClaimedAgent,
    nodeId: NodeId,
    apply: (stored: Map<string, NodeContext>) => Map<string, NodeContext>,
  ): Promise<bigint> => {
    await ownership.check(agent, nodeId)
    const { spaceId, claimId } = agent
    let versionHash = 0n
    await changeItem(keys.contexts(spaceId, nodeId, claimId), async (item) => {
      const stored = (item && (await unpack(spaceId, item))) ?? nothing
      const next = apply(stored.byId)
      if (next.size > metadataLimits.contexts) {
        throw new ThroughlineError('BODY_TOO_LARGE', `A node can have ${metadataLimits.contexts} contexts at most.`)
      }
      versionHash = contextsVersionHash(next.values())
      remember(agent, nodeId, next.values())
      const sheets = await sheetsFor(spaceId, next.values(), stored.sheets)
      const sizes = [...sheets].sort((a, b) => (a.sheetId < b.sheetId ? -1 : 1)).map(({ definitions }) => definitions.length)
      const record: NodeContextsRecord = { contexts: next.size, versionHash: String(versionHash), sheets: sizes }
      return { kind: 'node-contexts', data: record, blob: packNodeContexts(next.values(), sheets) }
    })
    return versionHash
  }

  return {
    async versionHash(agent, nodeId) {
      await ownership.check(agent, nodeId)
      const item = await store.read(keys.contexts(agent.spaceId, nodeId, agent.claimId))
      const stored = item && (await unpack(agent.spaceId, item))
      if (item === undefined || stored === undefined) return undefined
      remember(agent, nodeId, stored.byId.values())
      return BigInt(recordOf(item).versionHash)
    },

    async historyFromS(agent, nodeId) {
      const known = histories.get(agent.claimId, nodeId)
      if (known !== undefined) return known.fromS
      await ownership.check(agent, nodeId)
      const item = await store.read(keys.contexts(agent.spaceId, nodeId, agent.claimId))
      return remember(agent, nodeId, (item && (await unpack(agent.spaceId, item)))?.byId.values() ?? [])
    },

    snapshot: (agent, nodeId, contexts) =>
      change(agent, nodeId, () => new Map(contexts.map(keepContext).map((context) => [context.definition[0], context]))),

    updated: (agent, nodeId, changes) =>
      change(agent, nodeId, (stored) => {
        const next = new Map(stored)
        for (const each of changes) {
          if (each.deleted) next.delete(contextId(each.id))
          else next.set(each.id, keepContext(each))
        }
        return next
      }),

    async list(spaceId, nodeId) {
      const items = await listAll(store, spacePartition(spaceId), `contexts/${nodeId}/`)
      const byId = new Map<string, NodeContext>()
      for (const item of items) {
        for (const [id, context] of (await unpack(spaceId, item))?.byId ?? []) {
          const other = byId.get(id)
          byId.set(id, other === undefined ? context : merged(other, context))
        }
      }
      return [...byId.values()].map(listed).sort((a, b) => (a.id < b.id ? -1 : 1))
    },

    ofSpace: createSpaceContexts({ store, clock, unpack: async (spaceId, item) => (await unpack(spaceId, item))?.byId.values() }),
  }
}

/** One context seen through two claims: collected if either says so, since the earlier of the two beginnings. */
function merged(a: NodeContext, b: NodeContext): NodeContext {
  const newer = a.lastEntryS === 0n || (b.lastEntryS !== 0n && a.lastEntryS >= b.lastEntryS) ? a : b
  return { ...newer, firstEntryS: a.firstEntryS < b.firstEntryS ? a.firstEntryS : b.firstEntryS }
}

function listed({ definition, firstEntryS, lastEntryS }: NodeContext): ListedContext {
  const [id, title, units, family, priority, chartType] = definition
  const isCollected = lastEntryS === 0n
  return { id, title, units, family, priority, chartType, isCollected, firstEntryS: Number(firstEntryS), lastEntryS: Number(lastEntryS) }
}
