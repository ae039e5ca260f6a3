import type { BoardDocument, ChartTile, TextTile } from '../../../src/domain/board.ts'

/** A chart tile of a test; what matters there is given. */
export function chartTile(id: string, more: Partial<ChartTile> = {}): ChartTile {
  return {
    id,
    kind: 'chart',
    x: 0,
    y: 0,
    w: 6,
    h: 5,
    contextId: 'system.cpu',
    nodes: 'room',
    ...more,
  }
}

/** A text tile of a test. */
export function textTile(id: string, more: Partial<TextTile> = {}): TextTile {
  return { id, kind: 'text', x: 0, y: 0, w: 6, h: 2, text: 'Words', ...more }
}

/** A board of a test. */
export function boardWith(tiles: BoardDocument['tiles'] = [], name = 'Web'): BoardDocument {
  return { format: 1, name, tiles }
}
