/** Tiles of one group that stand together under a heading. */
export interface TileGroup {
  readonly key: string
  readonly count: number
}

export interface PlacedGroup {
  readonly key: string
  readonly x: number
  readonly y: number
  readonly widthPx: number
  readonly heightPx: number
}

/** Where everything of a map stands; tiles in the order of the groups. Places are the middles of tiles, in pixels. */
export interface MapLayout {
  /** Width of a tile; a hexagon that stands on its point is 2/√3 as high. */
  readonly tilePx: number
  readonly heightPx: number
  /** How much of the height is headings and what stands between lines of groups. */
  readonly headingsPx: number
  readonly groups: readonly PlacedGroup[]
  readonly tiles: readonly { readonly x: number; readonly y: number }[]
}

const largestPx = 92
/** Smaller ones are hard to hit. */
const smallestPx = 24
/** Under headings a few large tiles take no more room than small ones: headings do. */
const smallestGroupedPx = 38
const fewTilesMax = 200
const gapPx = 22
const headingPx = 26
const highPerWide = 2 / Math.sqrt(3)

/**
 * The largest tiles with which all groups fit the space; when even the smallest do not, the map grows downwards. Headings come on
 * top of the space: many small groups must not make tiles too small to read.
 */
export function layoutMap(groups: readonly TileGroup[], space: { readonly widthPx: number; readonly heightPx: number }): MapLayout {
  const filled = groups.filter(({ count }) => count > 0)
  const isFew = filled.length > 1 && filled.reduce((sum, { count }) => sum + count, 0) <= fewTilesMax
  let low = isFew ? smallestGroupedPx : smallestPx
  let layout = place(filled, space.widthPx, low)
  let high = Math.max(low, Math.min(largestPx, Math.floor(space.widthPx / 1.5)))
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    const candidate = place(filled, space.widthPx, middle)
    if (candidate.heightPx - candidate.headingsPx <= space.heightPx) {
      layout = candidate
      low = middle
    } else high = middle - 1
  }
  return layout
}

function place(groups: readonly TileGroup[], widthPx: number, tilePx: number): MapLayout {
  const isTitled = groups.length > 1 || groups[0]?.key !== ''
  const top = isTitled ? headingPx : 0
  const rowPx = tilePx * highPerWide * 0.75
  // Every second row is moved by half a tile.
  const columnsMax = Math.max(1, Math.floor((widthPx - tilePx / 2) / tilePx))
  const placed: PlacedGroup[] = []
  const tiles: { x: number; y: number }[] = []
  let x = 0
  let y = 0
  let lineHeight = 0
  let lines = 1
  for (const { key, count } of groups) {
    const columns = Math.min(columnsMax, count, groups.length === 1 ? columnsMax : Math.max(2, Math.ceil(Math.sqrt(count * 1.5))))
    const rows = Math.ceil(count / columns)
    const ownWidth = Math.max(columns * tilePx + (rows > 1 ? tilePx / 2 : 0), isTitled ? Math.min(widthPx, 110) : 0)
    const ownHeight = top + (rows - 1) * rowPx + tilePx * highPerWide
    if (x > 0 && x + ownWidth > widthPx) {
      x = 0
      y += lineHeight + gapPx
      lineHeight = 0
      lines += 1
    }
    placed.push({ key, x, y, widthPx: ownWidth, heightPx: ownHeight })
    for (let index = 0; index < count; index++) {
      const row = Math.floor(index / columns)
      tiles.push({
        x: x + (index % columns) * tilePx + tilePx / 2 + (row % 2 === 1 ? tilePx / 2 : 0),
        y: y + top + row * rowPx + (tilePx * highPerWide) / 2,
      })
    }
    x += ownWidth + gapPx
    lineHeight = Math.max(lineHeight, ownHeight)
  }
  return { tilePx, heightPx: Math.ceil(y + lineHeight), headingsPx: lines * top + (lines - 1) * gapPx, groups: placed, tiles }
}

/** The outline of a tile around the origin, a little smaller than its place, as the points of a polygon. */
export function hexagonPoints(tilePx: number): string {
  const half = (tilePx - Math.max(2, tilePx * 0.06)) / 2
  const tall = half * highPerWide
  const corners = [
    [0, -tall],
    [half, -tall / 2],
    [half, tall / 2],
    [0, tall],
    [-half, tall / 2],
    [-half, -tall / 2],
  ]
  return corners.map((corner) => corner.map((part) => Math.round(part * 10) / 10).join(',')).join(' ')
}

export type MapKey = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown' | 'Home' | 'End'

const directions: Partial<Record<MapKey, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

/** The tile an arrow key leads to from this one: the nearest in that direction; the same one at the rim. */
export function neighbourTile(layout: MapLayout, from: number, key: MapKey): number {
  if (key === 'Home') return 0
  if (key === 'End') return layout.tiles.length - 1
  const here = layout.tiles[from]
  const [dx, dy] = directions[key] ?? [0, 0]
  if (here === undefined) return from
  let best = from
  let bestDistance = Infinity
  for (const [index, tile] of layout.tiles.entries()) {
    const along = (tile.x - here.x) * dx + (tile.y - here.y) * dy
    if (along < layout.tilePx * 0.4) continue
    const aside = Math.abs((tile.x - here.x) * dy) + Math.abs((tile.y - here.y) * dx)
    // Straight ahead counts more than near by: a row is walked to its end before the next begins.
    const distance = along + aside * 3
    if (distance < bestDistance - 1e-6) {
      best = index
      bestDistance = distance
    }
  }
  return best
}

/** Whether a key moves over the map. */
export function isMapKey(key: string): key is MapKey {
  return key in directions || key === 'Home' || key === 'End'
}
