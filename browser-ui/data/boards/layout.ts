import { boardLimits, type TilePlace } from '../../../src/domain/board.ts'

/** A tile as far as its place goes. */
export interface Placed extends TilePlace {
  readonly id: string
}

export type Direction = 'left' | 'right' | 'up' | 'down'

const { columns, tileRows } = boardLimits
/** Smaller tiles show nothing that can be read. */
export const leastSize = { w: 2, h: 2 } as const

const byPlace = (a: TilePlace, b: TilePlace) => a.y - b.y || a.x - b.x
const between = (value: number, low: number, high: number) => Math.min(high, Math.max(low, Math.round(value)))
const shareColumns = (a: TilePlace, b: TilePlace) => a.x < b.x + b.w && b.x < a.x + a.w

/** The order in which tiles are read: by row, then by column. Phones show them in this order, one below the other. */
export function readingOrder<T extends Placed>(tiles: readonly T[]): readonly T[] {
  return [...tiles].sort(byPlace)
}

/** The rows that the tiles take up. */
export function rowsOf(tiles: readonly TilePlace[]): number {
  return tiles.reduce((rows, { y, h }) => Math.max(rows, y + h), 0)
}

/**
 * Every tile as high up as it goes without passing one before it. Nothing overlaps, nothing hangs in the air, and each tile keeps
 * its columns; doing it again changes nothing.
 */
export function settled<T extends Placed>(tiles: readonly T[]): readonly T[] {
  return stacked(readingOrder(tiles.map(withinColumns)))
}

/** The layout with one tile taken to a place; whatever is in its way goes below, or above once it was passed by half. */
export function moved<T extends Placed>(tiles: readonly T[], id: string, x: number, y: number): readonly T[] {
  const before = tiles.find((tile) => tile.id === id)
  if (before === undefined) return settled(tiles)
  const tile = withinColumns({ ...before, x: between(x, 0, columns - before.w), y: Math.max(0, Math.round(y)) })
  const others = readingOrder(tiles.filter((other) => other.id !== id).map(withinColumns))
  const isDown = tile.y > before.y
  const isBefore = (other: T) => other.y + other.h / 2 < (isDown ? tile.y + tile.h : tile.y)
  const at = others.findLastIndex((other) => shareColumns(other, tile) && isBefore(other)) + 1
  return stacked(others.toSpliced(at, 0, tile))
}

/** The layout with one tile of another size; what it would cover goes below. */
export function resized<T extends Placed>(tiles: readonly T[], id: string, w: number, h: number): readonly T[] {
  return settled(
    tiles.map((tile) =>
      tile.id === id ? { ...tile, w: between(w, leastSize.w, columns - tile.x), h: between(h, leastSize.h, tileRows) } : tile,
    ),
  )
}

/** The tiles in the places of a layout of them; a tile that it does not know, since it was put there meanwhile, goes where it finds room. */
export function arranged<T extends Placed>(tiles: readonly T[], layout: readonly Placed[]): readonly T[] {
  const places = new Map(layout.map((tile) => [tile.id, tile]))
  return settled(tiles.map((tile) => placed(tile, places.get(tile.id) ?? tile)))
}

/** The layout after an arrow key: one column aside, or past the next tile above or below. The same layout when there is no way. */
export function stepped<T extends Placed>(tiles: readonly T[], id: string, direction: Direction): readonly T[] {
  const tile = tiles.find((other) => other.id === id)
  if (tile === undefined) return tiles
  if (direction === 'left' || direction === 'right') return moved(tiles, id, tile.x + (direction === 'left' ? -1 : 1), tile.y)
  const way = direction === 'up' ? -1 : 1
  for (let y = tile.y + way; y >= 0 && y <= rowsOf(tiles); y += way) {
    const next = moved(tiles, id, tile.x, y)
    const after = next.find((other) => other.id === id)
    if (after !== undefined && Math.sign(after.y - tile.y) === way) return next
  }
  return tiles
}

/** The layout with one tile earlier (-1) or later (1) in the order of reading; the same at either end. */
export function reordered<T extends Placed>(tiles: readonly T[], id: string, by: -1 | 1): readonly T[] {
  const order = readingOrder(settled(tiles))
  const at = order.findIndex((tile) => tile.id === id)
  const first = order[by === -1 ? at - 1 : at]
  const second = order[by === -1 ? at : at + 1]
  if (at === -1 || first === undefined || second === undefined) return tiles
  const rest = order.filter((tile) => tile !== first && tile !== second)
  const swapped =
    first.y === second.y
      ? [
          { ...second, x: first.x },
          { ...first, x: first.x + second.w },
        ]
      : [
          { ...second, x: first.x, y: first.y },
          { ...first, x: second.x, y: second.y },
        ]
  const placeIn = (layout: readonly T[]) => readingOrder(layout).findIndex((tile) => tile.id === id)
  // A wide tile may rest on a high one and end up where it was: then it goes to the very top, or right below the other one.
  const sure = by === -1 ? [{ ...second, x: 0 }, ...rest, first] : [...rest, second, { ...first, x: second.x }]
  const inOwnColumns = order.with(order.indexOf(first), second).with(order.indexOf(second), first)
  const ways = [...(first.y === second.y ? [] : [stacked(inOwnColumns)]), settled([...rest, ...swapped]), stacked(sure.map(withinColumns))]
  return ways.find((layout) => Math.sign(placeIn(layout) - at) === by) ?? tiles
}

/** The first place, row by row, where a tile of this size covers nothing. */
export function freePlace(tiles: readonly TilePlace[], { w, h }: { readonly w: number; readonly h: number }): { x: number; y: number } {
  const rows = rowsOf(tiles)
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x + w <= columns; x++) if (!tiles.some((tile) => overlap(tile, { x, y, w, h }))) return { x, y }
  }
  return { x: 0, y: rows }
}

/** Whether two places have a cell in common. */
export function overlap(a: TilePlace, b: TilePlace): boolean {
  return shareColumns(a, b) && a.y < b.y + b.h && b.y < a.y + a.h
}

function withinColumns<T extends TilePlace>(tile: T): T {
  const w = between(tile.w, 1, columns)
  return placed(tile, { w, h: between(tile.h, 1, tileRows), x: between(tile.x, 0, columns - w), y: Math.max(0, Math.round(tile.y)) })
}

/** The tile in this place; the same one when it stands there already, so that nobody draws it anew. */
function placed<T extends TilePlace>(tile: T, { x, y, w, h }: TilePlace): T {
  return tile.x === x && tile.y === y && tile.w === w && tile.h === h ? tile : { ...tile, x, y, w, h }
}

/** Puts tiles down one after the other, each on top of what stands in its columns; the answer is in the order of reading. */
function stacked<T extends Placed>(order: readonly T[]): readonly T[] {
  const ends = Array.from({ length: columns }, () => 0)
  const down = order.map((tile) => {
    const y = Math.max(...ends.slice(tile.x, tile.x + tile.w))
    ends.fill(y + tile.h, tile.x, tile.x + tile.w)
    return placed(tile, { ...tile, y })
  })
  return readingOrder(down)
}
