import { boardLimits, type TilePlace } from '../../../src/domain/board.ts'

/** Height of a row and the gap between tiles, pixels. */
export const grid = { rowPx: 56, gapPx: 12 } as const

/** A box in the grid, pixels from its upper left corner. */
export interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** Width of a column of a grid this wide. */
export function columnPx(gridPx: number): number {
  return (gridPx - grid.gapPx * (boardLimits.columns - 1)) / boardLimits.columns
}

export function heightPx(rows: number): number {
  return rows === 0 ? 0 : rows * (grid.rowPx + grid.gapPx) - grid.gapPx
}

/** Where a tile is drawn. */
export function boxOf({ x, y, w, h }: TilePlace, gridPx: number): Box {
  const column = columnPx(gridPx)
  return {
    left: x * (column + grid.gapPx),
    top: y * (grid.rowPx + grid.gapPx),
    width: w * (column + grid.gapPx) - grid.gapPx,
    height: heightPx(h),
  }
}

/** The cell whose corner is nearest to a point of the grid. */
export function nearestCell(leftPx: number, topPx: number, gridPx: number): { x: number; y: number } {
  // Plus zero: there is no cell -0.
  return { x: Math.round(leftPx / (columnPx(gridPx) + grid.gapPx)) + 0, y: Math.max(0, Math.round(topPx / (grid.rowPx + grid.gapPx))) }
}

/** The size in cells that is nearest to one in pixels; at least one cell. */
export function nearestSize(widthPx: number, heightOfPx: number, gridPx: number): { w: number; h: number } {
  return {
    w: Math.max(1, Math.round((widthPx + grid.gapPx) / (columnPx(gridPx) + grid.gapPx))),
    h: Math.max(1, Math.round((heightOfPx + grid.gapPx) / (grid.rowPx + grid.gapPx))),
  }
}

/** How fast the page scrolls while something is dragged near its edge, pixels a frame; 0 elsewhere. */
export function scrollSpeed(pointerPx: number, windowPx: number): number {
  const zonePx = 70
  const mostPx = 14
  if (pointerPx < zonePx) return -Math.ceil((mostPx * Math.min(zonePx, zonePx - pointerPx)) / zonePx)
  if (pointerPx > windowPx - zonePx) return Math.ceil((mostPx * Math.min(zonePx, pointerPx - windowPx + zonePx)) / zonePx)
  return 0
}
