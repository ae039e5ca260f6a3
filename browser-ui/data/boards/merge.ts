import type { BoardDocument, BoardTile, TilePlace } from '../../../src/domain/board.ts'
import { settled } from './layout.ts'

/** The same part, changed by both sides in different ways; undefined means that side removed it. */
export type MergeConflict =
  | { readonly part: 'tile'; readonly id: string; readonly mine: BoardTile | undefined; readonly theirs: BoardTile | undefined }
  | { readonly part: 'name'; readonly id: 'name'; readonly mine: string; readonly theirs: string }

export type Side = 'mine' | 'theirs'

export interface Merged {
  /** Both sides' changes in one board; what is in conflict as chosen, without a choice as in mine. */
  readonly document: BoardDocument
  readonly conflicts: readonly MergeConflict[]
}

/**
 * Brings two boards together that were made from the same one, tile by tile. Changes of different tiles, and of content and place
 * of one tile, need nobody; where both moved a tile it stands where I put it. Nothing that one side added or changed gets lost
 * without being named as a conflict.
 */
export function mergeBoards(
  base: BoardDocument,
  mine: BoardDocument,
  theirs: BoardDocument,
  choices: ReadonlyMap<string, Side> = new Map(),
): Merged {
  const conflicts: MergeConflict[] = []
  const chosen = <T>(conflict: MergeConflict, mineSide: T, theirSide: T): T => {
    conflicts.push(conflict)
    return choices.get(conflict.id) === 'theirs' ? theirSide : mineSide
  }
  const [was, ours, others] = [base, mine, theirs].map(({ tiles }) => new Map(tiles.map((tile) => [tile.id, tile])))
  // Theirs first: what I added comes after what stands already.
  const ids = new Set([...(others?.keys() ?? []), ...(ours?.keys() ?? [])])
  const tiles: BoardTile[] = []
  for (const id of ids) {
    const [before, my, their] = [was?.get(id), ours?.get(id), others?.get(id)]
    const tile = mergeTile(before, my, their, (mineSide, theirSide) =>
      chosen({ part: 'tile', id, mine: my, theirs: their }, mineSide, theirSide),
    )
    if (tile !== undefined) tiles.push(tile)
  }
  const isNameTaken = mine.name !== base.name && theirs.name !== base.name && mine.name !== theirs.name
  const name = isNameTaken
    ? chosen({ part: 'name', id: 'name', mine: mine.name, theirs: theirs.name }, mine.name, theirs.name)
    : mine.name === base.name
      ? theirs.name
      : mine.name
  return { document: { format: 1, name, tiles: settled(tiles) }, conflicts }
}

type Choose = (mine: BoardTile | undefined, theirs: BoardTile | undefined) => BoardTile | undefined

function mergeTile(
  base: BoardTile | undefined,
  mine: BoardTile | undefined,
  theirs: BoardTile | undefined,
  choose: Choose,
): BoardTile | undefined {
  if (mine === undefined) return base === undefined ? theirs : removedBy(base, theirs, () => choose(undefined, theirs))
  if (theirs === undefined) return base === undefined ? mine : removedBy(base, mine, () => choose(mine, undefined))
  const place = base !== undefined && isSamePlace(base, mine) ? theirs : mine
  const content = isSameContent(mine, theirs) || (base !== undefined && isSameContent(base, theirs)) ? mine : undefined
  if (content !== undefined) return placed(content, place)
  if (base !== undefined && isSameContent(base, mine)) return placed(theirs, place)
  const tile = choose(mine, theirs)
  return tile && placed(tile, place)
}

/** One side removed the tile: that holds unless the other side changed what it shows. */
function removedBy(base: BoardTile, other: BoardTile | undefined, choose: () => BoardTile | undefined): BoardTile | undefined {
  return other === undefined || isSameContent(base, other) ? undefined : choose()
}

function placed(tile: BoardTile, { x, y, w, h }: TilePlace): BoardTile {
  return { ...tile, x, y, w, h }
}

function isSamePlace(a: TilePlace, b: TilePlace): boolean {
  return a.x === b.x && a.y === b.y && a.w === b.w && a.h === b.h
}

/** Whether two tiles show the same, wherever they stand. */
export function isSameContent(a: BoardTile, b: BoardTile): boolean {
  return contentText(a) === contentText(b)
}

/** Members in one order, whoever wrote them. */
function contentText(tile: BoardTile): string {
  const { x: _x, y: _y, w: _w, h: _h, ...content } = tile
  return JSON.stringify(
    Object.entries(content)
      .filter(([, value]) => value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
}

/** Whether two boards are the same to whoever looks at them. */
export function isSameBoard(a: BoardDocument, b: BoardDocument): boolean {
  if (a === b) return true
  if (a.name !== b.name || a.tiles.length !== b.tiles.length) return false
  const others = new Map(b.tiles.map((tile) => [tile.id, tile]))
  return a.tiles.every((tile) => {
    const other = others.get(tile.id)
    return other !== undefined && isSamePlace(tile, other) && isSameContent(tile, other)
  })
}
