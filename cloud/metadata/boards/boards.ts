import type { BoardDocument } from '../../../src/domain/board.ts'
import type { BoardId, PersonId, RoomId, SpaceId } from '../../../src/domain/ids.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { MetadataStore, StoredItem } from '../../store/port.ts'
import type { ChangeItem } from '../change-item.ts'
import { keys, spacePartition } from '../keys.ts'
import type { Retention } from '../deleted/retention.ts'
import { metadataLimits } from '../limits.ts'
import {
  boardContent,
  boardOf,
  cleanDocument,
  headOf,
  newBoardId,
  recordOf,
  roomPrefix,
  type Board,
  type BoardHead,
  type BoardRecord,
} from './board-record.ts'

/** What became of a save: it stands, or somebody was faster and theirs stands. */
export type SaveOutcome = { readonly isSaved: boolean; readonly board: Board }

/**
 * Boards of rooms. A board is one item and every change one conditional write of it, so a crash leaves either the old board or
 * the new one. Foreign and absent rooms and boards are undefined alike.
 */
export interface Boards {
  /** Every board of a room by name, deleted ones (newest deletion first) apart. */
  list(spaceId: SpaceId, roomId: RoomId): Promise<{ readonly boards: BoardHead[]; readonly deleted: BoardHead[] } | undefined>
  /** Deleted ones as well. */
  head(spaceId: SpaceId, boardId: BoardId): Promise<BoardHead | undefined>
  /** Undefined for a deleted one too. */
  get(spaceId: SpaceId, boardId: BoardId): Promise<Board | undefined>
  /** Throws CONFLICT when the room is full; a few more than its limit can come of creations in the same instant. */
  create(spaceId: SpaceId, roomId: RoomId, wish: { document: BoardDocument; by: PersonId }): Promise<Board | undefined>
  /** Only over the revision it was made from; what already stands like that counts as saved and is not written again. */
  save(
    spaceId: SpaceId,
    boardId: BoardId,
    wish: { revision: number; document: BoardDocument; by: PersonId },
  ): Promise<SaveOutcome | undefined>
  /** Hides the board until it is restored or purged; undefined when it is not there, or no more. */
  remove(spaceId: SpaceId, boardId: BoardId, by: PersonId): Promise<BoardHead | undefined>
  /** Brings a deleted board back as it was; one that is there stays as it is. Throws CONFLICT when the room is full. */
  restore(spaceId: SpaceId, boardId: BoardId, by: PersonId): Promise<Board | undefined>
}

export interface BoardsDeps {
  readonly store: MetadataStore
  readonly changeItem: ChangeItem
  readonly clock: Clock
  /** How long a deleted board can be restored. */
  readonly retention: Pick<Retention, 'of'>
}

/** Items read at once for a list; each may be as large as an item can be. */
const listPage = 25

export function createBoards({ store, changeItem, retention, clock }: BoardsDeps): Boards {
  const hasRoom = async (spaceId: SpaceId, roomId: RoomId) => (await store.read(keys.room(spaceId, roomId))) !== undefined
  const isDeleted = (item: StoredItem) => recordOf(item).deletedAtMs !== undefined

  const keptMsOf = async (spaceId: SpaceId) => (await retention.of(spaceId)).contexts * 86_400_000
  /** What nobody can restore any more is as good as gone. */
  const isThere = ({ deleted }: BoardHead) => deleted === undefined || deleted.goneAtMs > clock.nowMs()

  const headsOf = async (spaceId: SpaceId, roomId: RoomId): Promise<BoardHead[]> => {
    const heads: BoardHead[] = []
    const keptMs = await keptMsOf(spaceId)
    let after: string | undefined
    do {
      const prefix = roomPrefix(roomId)
      const page = await store.list(spacePartition(spaceId), { prefix, limit: listPage, ...(after === undefined ? {} : { after }) })
      heads.push(...page.items.map((item) => headOf(item, keptMs)).filter((head) => head.roomId === roomId && isThere(head)))
      after = page.next
    } while (after !== undefined)
    return heads
  }

  const refuseFullRoom = async (spaceId: SpaceId, roomId: RoomId): Promise<void> => {
    const heads = await headsOf(spaceId, roomId)
    const living = heads.filter((head) => head.deleted === undefined).length
    if (living >= metadataLimits.boardsPerRoom)
      throw new ThroughlineError('CONFLICT', `A room holds at most ${metadataLimits.boardsPerRoom} boards; delete one first.`)
    if (heads.length - living >= metadataLimits.deletedBoardsPerRoom)
      throw new ThroughlineError('CONFLICT', 'Too many deleted boards of this room wait for their end; restore some or try later.')
  }

  const readLiving = async (spaceId: SpaceId, boardId: BoardId) => {
    const item = await store.read(keys.board(spaceId, boardId))
    return item === undefined || isDeleted(item) ? undefined : item
  }

  return {
    async list(spaceId, roomId) {
      if (!(await hasRoom(spaceId, roomId))) return undefined
      const heads = await headsOf(spaceId, roomId)
      return {
        boards: heads.filter(({ deleted }) => deleted === undefined).sort((a, b) => a.name.localeCompare(b.name, 'en')),
        deleted: heads.filter(({ deleted }) => deleted !== undefined).sort((a, b) => (b.deleted?.atMs ?? 0) - (a.deleted?.atMs ?? 0)),
      }
    },

    async head(spaceId, boardId) {
      const item = await store.read(keys.board(spaceId, boardId))
      const head = item && headOf(item, await keptMsOf(spaceId))
      return head !== undefined && isThere(head) ? head : undefined
    },

    async get(spaceId, boardId) {
      const item = await readLiving(spaceId, boardId)
      return item && boardOf(item)
    },

    async create(spaceId, roomId, { document, by }) {
      if (!(await hasRoom(spaceId, roomId))) return undefined
      await refuseFullRoom(spaceId, roomId)
      const boardId = newBoardId(roomId)
      const kept = cleanDocument(document)
      const atMs = clock.nowMs()
      const record = { roomId, ...shapeOf(kept), createdBy: by, createdAtMs: atMs, changedBy: by, changedAtMs: atMs }
      const content = await boardContent(record, kept)
      const revision = await store.write({ ...content, ...keys.board(spaceId, boardId) }, 'absent')
      if (revision === undefined) throw new ThroughlineError('CONFLICT', 'The board could not be made; try again.')
      return { boardId, ...record, revision, deleted: undefined, document: kept }
    },

    async save(spaceId, boardId, { revision, document, by }) {
      const item = await readLiving(spaceId, boardId)
      if (item === undefined) return undefined
      const current = await boardOf(item)
      const kept = cleanDocument(document)
      // An answer that got lost leads to the same save again: it is no conflict with oneself.
      if (JSON.stringify(current.document) === JSON.stringify(kept)) return { isSaved: true, board: current }
      if (item.revision !== revision) return { isSaved: false, board: current }
      const record: BoardRecord = { ...recordOf(item), ...shapeOf(kept), changedBy: by, changedAtMs: clock.nowMs() }
      const written = await store.write({ ...(await boardContent(record, kept)), ...keys.board(spaceId, boardId) }, revision)
      if (written === undefined) {
        const theirs = await readLiving(spaceId, boardId)
        return theirs && { isSaved: false, board: await boardOf(theirs) }
      }
      return { isSaved: true, board: { boardId, ...record, revision: written, deleted: undefined, document: kept } }
    },

    async remove(spaceId, boardId, by) {
      let removed: BoardHead | undefined
      const keptMs = await keptMsOf(spaceId)
      await changeItem(keys.board(spaceId, boardId), (current) => {
        removed = undefined
        if (current === undefined || isDeleted(current)) return undefined
        const atMs = clock.nowMs()
        removed = { ...headOf(current, keptMs), deleted: { by, atMs, goneAtMs: atMs + keptMs } }
        const record: BoardRecord = { ...recordOf(current), deletedBy: by, deletedAtMs: atMs }
        return contentOf(current, record)
      })
      return removed
    },

    async restore(spaceId, boardId, by) {
      const key = keys.board(spaceId, boardId)
      const found = await store.read(key)
      if (found === undefined || !isThere(headOf(found, await keptMsOf(spaceId)))) return undefined
      if (isDeleted(found)) await refuseFullRoom(spaceId, recordOf(found).roomId)
      await changeItem(key, (current) => {
        if (current === undefined || !isDeleted(current)) return undefined
        const { deletedBy: _by, deletedAtMs: _at, ...record } = recordOf(current)
        return contentOf(current, { ...record, changedBy: by, changedAtMs: clock.nowMs() })
      })
      return this.get(spaceId, boardId)
    },
  }
}

function shapeOf({ name, tiles }: BoardDocument) {
  return { name, tiles: tiles.length }
}

function contentOf(item: StoredItem, record: BoardRecord) {
  return { kind: 'board' as const, data: record, ...(item.blob === undefined ? {} : { blob: item.blob }) }
}
