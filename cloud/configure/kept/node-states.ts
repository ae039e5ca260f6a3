import type { NodeId, PersonId, SpaceId } from '../../../src/domain/ids.ts'
import type { AlertDocument } from '../../../src/health/alert-document.ts'
import type { Clock } from '../../../src/support/clock.ts'
import { listAll, type ChangeItem } from '../../metadata/change-item.ts'
import { spacePartition } from '../../metadata/keys.ts'
import type { MetadataStore, StoredItem } from '../../store/port.ts'
import { nodeStateKey, nodeStatePrefix } from '../keys.ts'
import { pack, unpack } from './packed.ts'

/**
 * applied: the agent runs what is kept. waiting: it is to, and could not be asked yet. failed: it would not, or it is not known what
 * became of it. drifted: it runs something else. restored: what ran before our first change runs again.
 */
export type NodeStateName = 'applied' | 'waiting' | 'failed' | 'drifted' | 'restored'

/** What is kept of one document on one node, that of the agent that evaluates it. */
export interface NodeState {
  readonly documentId: string
  readonly nodeId: NodeId
  /** The version that is to run; null: what ran before our first change. */
  readonly wanted: number | null
  /** The version that the agent took last; null: none. */
  readonly applied: number | null
  readonly state: NodeStateName
  /** One sentence of ours. */
  readonly problem: string | null
  readonly atMs: number
  /** Whose wish it is. */
  readonly by: PersonId
  /** The run it came with, and since when it is wished. */
  readonly runId: string
  readonly wishedAtMs: number
  /** How the agent answered last. */
  readonly status: number | null
  /**
   * A change of ours may be in force, and what ran before is kept: `was` says whether there was anything. From before the first change
   * is sent until it is taken back.
   */
  readonly original: 'none' | 'was' | 'was-not'
}

/** The texts beside a state. */
export interface NodeTexts {
  readonly original?: AlertDocument
  /** What the agent took last. */
  readonly applied?: AlertDocument
  /** What is to run; read by whoever makes up for it later. */
  readonly wanted?: AlertDocument
}

export type NodeEntry = NodeState & { readonly texts: NodeTexts }

/** Decides what becomes of an entry; undefined leaves it as it is. */
export type ChangeEntry = (current: NodeEntry | undefined) => Omit<NodeEntry, 'documentId' | 'nodeId' | 'atMs'> | undefined

/** The states of documents on nodes: an item each, so that a thousand nodes at work do not wait for one another. */
export interface NodeStates {
  /** Of one document, or of all of the space, without their texts. */
  list(spaceId: SpaceId, documentId?: string): Promise<readonly NodeState[]>
  get(spaceId: SpaceId, documentId: string, nodeId: NodeId): Promise<NodeEntry | undefined>
  /** Answers what stands now. */
  change(spaceId: SpaceId, documentId: string, nodeId: NodeId, decide: ChangeEntry): Promise<NodeEntry | undefined>
  remove(spaceId: SpaceId, documentId: string, nodeId: NodeId): Promise<void>
  /** Whether anything is known of this document on this node; one list of the store a space, then no more. */
  has(spaceId: SpaceId, documentId: string, nodeId: NodeId): Promise<boolean>
}

type NodeRecord = Omit<NodeState, 'documentId' | 'nodeId'>

export interface NodeStatesDeps {
  readonly store: MetadataStore
  readonly changeItem: ChangeItem
  readonly clock: Clock
}

/** Spaces of which it is remembered what is where; more are listed anew. */
const spacesMax = 1_000

export function createNodeStates({ store, changeItem, clock }: NodeStatesDeps): NodeStates {
  const known = new Map<SpaceId, Promise<Set<string>>>()
  const pairOf = (documentId: string, nodeId: NodeId) => `${documentId}/${nodeId}`

  const pairsOf = (spaceId: SpaceId): Promise<Set<string>> => {
    const pairs = known.get(spaceId)
    if (pairs !== undefined) return pairs
    const [oldest] = known.size >= spacesMax ? known.keys() : []
    if (oldest !== undefined) known.delete(oldest)
    const listed = listAll(store, spacePartition(spaceId), nodeStatePrefix).then(
      (items) => new Set(items.map(({ sort }) => sort.slice(nodeStatePrefix.length))),
    )
    known.set(spaceId, listed)
    listed.catch(() => known.delete(spaceId))
    return listed
  }

  return {
    async list(spaceId, documentId) {
      const prefix = documentId === undefined ? nodeStatePrefix : `${nodeStatePrefix}${documentId}/`
      return (await listAll(store, spacePartition(spaceId), prefix)).map(stateOf)
    },

    async get(spaceId, documentId, nodeId) {
      const item = await store.read(nodeStateKey(spaceId, documentId, nodeId))
      return item && entryOf(item)
    },

    async change(spaceId, documentId, nodeId, decide) {
      let after: NodeEntry | undefined
      await changeItem(nodeStateKey(spaceId, documentId, nodeId), async (current) => {
        const before = current && (await entryOf(current))
        after = before
        const next = decide(before)
        if (next === undefined) return undefined
        // Field by field: what was read has its ids beside it, and those are the item's key already.
        const { texts, wanted, applied, state, problem, by, runId, wishedAtMs, status, original } = next
        const record: NodeRecord = { wanted, applied, state, problem, atMs: clock.nowMs(), by, runId, wishedAtMs, status, original }
        after = { ...record, texts, documentId, nodeId }
        return { kind: 'alert-document', data: record, blob: await pack(texts) }
      })
      if (after !== undefined) await known.get(spaceId)?.then((pairs) => pairs.add(pairOf(documentId, nodeId)))
      return after
    },

    async remove(spaceId, documentId, nodeId) {
      const key = nodeStateKey(spaceId, documentId, nodeId)
      for (;;) {
        const item = await store.read(key)
        if (item === undefined || (await store.remove(item, item.revision))) break
      }
      await known.get(spaceId)?.then((pairs) => pairs.delete(pairOf(documentId, nodeId)))
    },

    async has(spaceId, documentId, nodeId) {
      return (await pairsOf(spaceId)).has(pairOf(documentId, nodeId))
    },
  }
}

function stateOf(item: StoredItem): NodeState {
  const [documentId = '', nodeId = ''] = item.sort.slice(nodeStatePrefix.length).split('/')
  return { ...(item.data as NodeRecord), documentId, nodeId: nodeId as NodeId }
}

async function entryOf(item: StoredItem): Promise<NodeEntry> {
  return { ...stateOf(item), texts: await unpack<NodeTexts>(item.blob, {}) }
}
