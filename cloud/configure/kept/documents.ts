import type { PersonId, SpaceId } from '../../../src/domain/ids.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { AlertDocument } from '../../../src/health/alert-document.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { ChangeItem, ItemContent } from '../../metadata/change-item.ts'
import { spacePartition } from '../../metadata/keys.ts'
import type { MetadataStore, StoredItem } from '../../store/port.ts'
import { documentIdOf, documentKey, documentPrefix } from '../keys.ts'
import { configureLimits } from '../limits.ts'
import { bury } from '../../metadata/deleted/bury.ts'
import { pack, unpack } from './packed.ts'

/** Who made a version of a document, and when. */
export interface DocumentVersion {
  /** Counted from 1. */
  readonly version: number
  readonly atMs: number
  readonly by: PersonId
  readonly note: string
  /** Whether its text is still kept. */
  readonly isKept: boolean
}

/** A kept document without its text. */
export interface DocumentHead {
  readonly documentId: string
  readonly name: string
  readonly version: number
  readonly changedAtMs: number
  readonly changedBy: PersonId
  /** The newest first. */
  readonly versions: readonly DocumentVersion[]
  /** Runs over it that have not ended. */
  readonly runIds: readonly string[]
}

export interface KeptDocument extends DocumentHead {
  readonly document: AlertDocument
}

/** What became of a save: it stands, or somebody was faster and theirs stands. */
export interface SaveOutcome {
  readonly isSaved: boolean
  readonly kept: KeptDocument
}

/** A wish to keep a text. */
export interface DocumentWish {
  readonly document: AlertDocument
  readonly by: PersonId
  readonly note: string
}

/**
 * The alert documents a space keeps, one a name, with their versions. A document is one item and every change one conditional write of
 * it. Absent and foreign ones are undefined alike.
 */
export interface Documents {
  /** By name. */
  list(spaceId: SpaceId): Promise<readonly DocumentHead[]>
  get(spaceId: SpaceId, documentId: string): Promise<KeptDocument | undefined>
  /** The text of one version; undefined when it is not kept (any more). */
  version(spaceId: SpaceId, documentId: string, version: number): Promise<AlertDocument | undefined>
  /** Throws CONFLICT when there is one of this name, LIMIT_REACHED when the space has as many as it may. */
  create(spaceId: SpaceId, wish: DocumentWish): Promise<KeptDocument>
  /** Only over the version it was made from; what already stands like that counts as saved. Throws BODY_UNPROCESSABLE for another name. */
  save(spaceId: SpaceId, documentId: string, wish: DocumentWish & { readonly version: number }): Promise<SaveOutcome | undefined>
  /**
   * Forgets a document if `mayGo` says so, and nobody changed it or began a run meanwhile. Undefined when it is not there. Throws
   * CONFLICT.
   */
  remove(spaceId: SpaceId, documentId: string, mayGo: () => Promise<boolean>): Promise<DocumentHead | undefined>
  /** A run begins: the document stays until it ends. Answers the newest text. Throws CONFLICT when too many run. */
  beginRun(spaceId: SpaceId, documentId: string, runId: string): Promise<KeptDocument | undefined>
  endRun(spaceId: SpaceId, documentId: string, runId: string): Promise<void>
}

type DocumentRecord = {
  name: string
  versions: { version: number; atMs: number; by: PersonId; note: string }[]
  runIds: string[]
}
/** Texts by version. */
type Texts = Readonly<Record<string, AlertDocument>>

export interface DocumentsDeps {
  readonly store: MetadataStore
  readonly changeItem: ChangeItem
  readonly clock: Clock
}

/** Items read at once for a list. */
const listPage = 50

export function createDocuments({ store, changeItem, clock }: DocumentsDeps): Documents {
  const read = (spaceId: SpaceId, documentId: string) => store.read(documentKey(spaceId, documentId))

  /** Every head, some items at a time: each may be as large as an item can be. */
  const headsOf = async (spaceId: SpaceId): Promise<DocumentHead[]> => {
    const heads: DocumentHead[] = []
    let after: string | undefined
    do {
      const page = await store.list(spacePartition(spaceId), {
        prefix: documentPrefix,
        limit: listPage,
        ...(after === undefined ? {} : { after }),
      })
      heads.push(...page.items.map((item) => headOf(item, undefined)))
      after = page.next
    } while (after !== undefined)
    return heads
  }

  const changeRuns = async (spaceId: SpaceId, documentId: string, change: (runIds: readonly string[]) => string[]) => {
    let found: StoredItem | undefined
    await changeItem(documentKey(spaceId, documentId), (current) => {
      found = current
      if (current === undefined) return undefined
      const record = recordOf(current)
      return contentOf({ ...record, runIds: change(record.runIds) }, current.blob)
    })
    return found
  }

  return {
    async list(spaceId) {
      return (await headsOf(spaceId)).sort((a, b) => (a.name < b.name ? -1 : 1))
    },

    async get(spaceId, documentId) {
      const item = await read(spaceId, documentId)
      return item && keptOf(item)
    },

    async version(spaceId, documentId, version) {
      const item = await read(spaceId, documentId)
      return item && (await textsOf(item))[String(version)]
    },

    async create(spaceId, { document, by, note }) {
      const documentId = documentIdOf(document.name)
      if ((await headsOf(spaceId)).length >= configureLimits.documentsPerSpace)
        throw new ThroughlineError('LIMIT_REACHED', `A space keeps at most ${configureLimits.documentsPerSpace} alert documents.`)
      const record: DocumentRecord = { name: document.name, versions: [{ version: 1, atMs: clock.nowMs(), by, note }], runIds: [] }
      const blob = await pack({ 1: document } satisfies Texts)
      const revision = await store.write({ ...documentKey(spaceId, documentId), ...contentOf(record, blob) }, 'absent')
      if (revision === undefined)
        throw new ThroughlineError('CONFLICT', 'This space keeps a document of this name already; change that one.')
      return { ...headFrom(documentId, record, new Set(['1'])), document }
    },

    async save(spaceId, documentId, { document, by, note, version }) {
      let outcome: SaveOutcome | undefined
      await changeItem(documentKey(spaceId, documentId), async (current) => {
        outcome = undefined
        if (current === undefined) return undefined
        const record = recordOf(current)
        if (record.name !== document.name)
          throw new ThroughlineError('BODY_UNPROCESSABLE', 'A document keeps its name; make another one for another name.')
        const kept = await keptOf(current)
        // An answer that got lost leads to the same save again: it is no conflict with oneself.
        if (JSON.stringify(kept.document) === JSON.stringify(document)) {
          outcome = { isSaved: true, kept }
          return undefined
        }
        if (kept.version !== version) {
          outcome = { isSaved: false, kept }
          return undefined
        }
        const next = kept.version + 1
        const versions = [...record.versions, { version: next, atMs: clock.nowMs(), by, note }].slice(-configureLimits.versionsTold)
        const { blob, texts } = await packTexts({ ...(await textsOf(current)), [next]: document })
        const changed = { ...record, versions }
        outcome = { isSaved: true, kept: { ...headFrom(documentId, changed, new Set(Object.keys(texts))), document } }
        return contentOf(changed, blob)
      })
      return outcome
    },

    async remove(spaceId, documentId, mayGo) {
      const item = await read(spaceId, documentId)
      if (item === undefined) return undefined
      const isIdle = recordOf(item).runIds.length === 0 && (await mayGo())
      if (!isIdle) throw new ThroughlineError('CONFLICT', 'This document runs on nodes, or is to; restore those first.')
      if (!(await bury(store, item, clock.nowMs())))
        throw new ThroughlineError('CONFLICT', 'Somebody changed this document meanwhile; look at it again.')
      return headOf(item, undefined)
    },

    async beginRun(spaceId, documentId, runId) {
      const item = await changeRuns(spaceId, documentId, (runIds) => {
        if (runIds.includes(runId)) return [...runIds]
        if (runIds.length >= configureLimits.runsPerDocument)
          throw new ThroughlineError('CONFLICT', 'Too many changes of this document are under way; wait for one to end.')
        return [...runIds, runId]
      })
      return item && keptOf(item)
    },

    async endRun(spaceId, documentId, runId) {
      await changeRuns(spaceId, documentId, (runIds) => runIds.filter((other) => other !== runId))
    },
  }
}

const recordOf = (item: StoredItem) => item.data as DocumentRecord
const textsOf = (item: StoredItem) => unpack<Texts>(item.blob, {})

function contentOf(record: DocumentRecord, blob: Uint8Array | undefined): ItemContent {
  return { kind: 'alert-document', data: record, ...(blob === undefined ? {} : { blob }) }
}

function headOf(item: StoredItem, kept: ReadonlySet<string> | undefined): DocumentHead {
  return headFrom(item.sort.slice(documentPrefix.length), recordOf(item), kept)
}

function headFrom(documentId: string, { name, versions, runIds }: DocumentRecord, kept: ReadonlySet<string> | undefined): DocumentHead {
  const newest = versions.at(-1)
  if (newest === undefined) throw new ThroughlineError('INTERNAL', 'A kept document has no version.')
  return {
    documentId,
    name,
    version: newest.version,
    changedAtMs: newest.atMs,
    changedBy: newest.by,
    versions: versions.map((version) => ({ ...version, isKept: kept?.has(String(version.version)) ?? false })).reverse(),
    runIds,
  }
}

async function keptOf(item: StoredItem): Promise<KeptDocument> {
  const texts = await textsOf(item)
  const head = headOf(item, new Set(Object.keys(texts)))
  const document = texts[String(head.version)]
  if (document === undefined) throw new ThroughlineError('INTERNAL', 'The text of a kept document is gone.')
  return { ...head, document }
}

/** The newest texts as bytes; the oldest go first when they are many or large. */
async function packTexts(texts: Texts): Promise<{ readonly texts: Texts; readonly blob: Uint8Array }> {
  const newestFirst = Object.entries(texts).sort(([a], [b]) => Number(b) - Number(a))
  for (let count = Math.min(newestFirst.length, configureLimits.versionsKept); ; count = Math.max(1, Math.floor(count * 0.8))) {
    const kept = Object.fromEntries(newestFirst.slice(0, count))
    const blob = await pack(kept)
    if (blob.byteLength <= configureLimits.versionBytes || count === 1) return { texts: kept, blob }
  }
}
