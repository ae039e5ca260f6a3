import { createHash, randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import { deflateRaw, inflateRaw } from 'node:zlib'
import type { BoardDocument, BoardTile } from '../../../src/domain/board.ts'
import type { BoardId, PersonId, RoomId } from '../../../src/domain/ids.ts'
import type { StoredItem } from '../../store/port.ts'
import type { ItemContent } from '../change-item.ts'
import { cleanLines, cleanText } from '../text-rules.ts'

/** What is known of a board without opening it. */
export interface BoardHead {
  readonly boardId: BoardId
  readonly roomId: RoomId
  readonly name: string
  readonly tiles: number
  readonly createdBy: PersonId
  readonly createdAtMs: number
  readonly changedBy: PersonId
  readonly changedAtMs: number
  /** Counts its changes; a save names the one it was read at. */
  readonly revision: number
  /** Who deleted it (nobody: it went with its room) and when, and when it can no longer be restored. */
  readonly deleted: { readonly by: PersonId | undefined; readonly atMs: number; readonly goneAtMs: number } | undefined
}

/** A board with all it shows. */
export interface Board extends BoardHead {
  readonly document: BoardDocument
}

/** The small part of the item, which a list reads. */
export type BoardRecord = {
  roomId: RoomId
  name: string
  tiles: number
  createdBy: PersonId
  createdAtMs: number
  changedBy: PersonId
  changedAtMs: number
  deletedBy?: PersonId
  deletedAtMs?: number
}

const deflate = promisify(deflateRaw)
const inflate = promisify(inflateRaw)
/** Far above what fits through the door; a damaged item must not fill the memory. */
const unpackedBytesMax = 8 * 1024 * 1024

/**
 * The first group of a board's id names its room by hash, so that one item serves both to find a board by its id alone and to
 * list the boards of a room. The other groups are random.
 */
export function newBoardId(roomId: RoomId): BoardId {
  return `${roomPart(roomId)}${randomUUID().slice(8)}` as BoardId
}

/** What the keys of all boards of a room begin with; boards of another room may share it, so `roomId` still has to be compared. */
export function roomPrefix(roomId: RoomId): string {
  return `board/${roomPart(roomId)}-`
}

function roomPart(roomId: RoomId): string {
  return createHash('sha256').update(roomId).digest('hex').slice(0, 8)
}

/** The item of a board: the head as plain data, the document compressed. */
export async function boardContent(record: BoardRecord, document: BoardDocument): Promise<ItemContent> {
  return { kind: 'board', data: record, blob: await deflate(JSON.stringify(document)) }
}

export function recordOf(item: StoredItem): BoardRecord {
  return item.data as BoardRecord
}

/** The head of an item; `deletedKeptMs` says how long a deleted board can be restored. */
export function headOf(item: StoredItem, deletedKeptMs: number): BoardHead {
  const { deletedBy, deletedAtMs, ...record } = recordOf(item)
  const deleted = deletedAtMs === undefined ? undefined : { by: deletedBy, atMs: deletedAtMs, goneAtMs: deletedAtMs + deletedKeptMs }
  return { boardId: item.sort.slice('board/'.length) as BoardId, ...record, revision: item.revision, deleted }
}

/** A board that is there. */
export async function boardOf(item: StoredItem): Promise<Board> {
  const json = await inflate(item.blob ?? new Uint8Array(), { maxOutputLength: unpackedBytesMax })
  return { ...headOf(item, 0), document: JSON.parse(json.toString('utf8')) as BoardDocument }
}

/** The document as it is kept: texts of plain characters, lists without repetition, nothing but known members. It reads back through the schema. */
export function cleanDocument(document: BoardDocument): BoardDocument {
  return { format: 1, name: cleanText(document.name, 800).trim() || 'Board', tiles: document.tiles.map(cleanTile) }
}

function cleanTile(tile: BoardTile): BoardTile {
  const { id, x, y, w, h } = tile
  if (tile.kind === 'text') return { id, x, y, w, h, kind: 'text', text: cleanLines(tile.text) }
  const { contextId, title, nodes, instances, dimensions, labels, groupBy, aggregation, chartType } = tile
  const line = (text: string) => cleanText(text, 4_096)
  const each = (list: readonly string[]) => [...new Set(list.map(line).filter((text) => text !== ''))]
  const shownTitle = line(title ?? '').trim()
  const keptLabels = (labels ?? []).map(({ key, value }) => ({ key: line(key), value: line(value) })).filter(({ key }) => key !== '')
  const grouped = [...new Set((groupBy ?? []).map((by) => line(by) as typeof by))].filter((by) => by !== 'label:')
  return {
    id,
    x,
    y,
    w,
    h,
    kind: 'chart',
    contextId: line(contextId) || 'unknown',
    ...(shownTitle === '' ? {} : { title: shownTitle }),
    nodes: nodes === 'room' ? nodes : [...new Set(nodes)],
    ...(instances === undefined ? {} : { instances: each(instances) }),
    ...(dimensions === undefined ? {} : { dimensions: each(dimensions) }),
    ...(keptLabels.length === 0 ? {} : { labels: keptLabels }),
    ...(grouped.length === 0 ? {} : { groupBy: grouped }),
    ...(aggregation === undefined ? {} : { aggregation }),
    ...(chartType === undefined ? {} : { chartType }),
  }
}
