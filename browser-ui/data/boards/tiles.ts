import { boardLimits, type BoardDocument, type BoardTile, type ChartTile } from '../../../src/domain/board.ts'
import type { CardSettings } from '../charts/card-settings.ts'
import { freePlace, moved, settled } from './layout.ts'

/** Sizes that new tiles have. */
const firstSize = { chart: { w: 6, h: 5 }, text: { w: 4, h: 3 } } as const

/** The text a new text tile begins with; it shows what can be written. */
export const firstText = '## Notes\nWrite **words**, lists and [links](https://example.org) here.'

/** A board nobody has put anything on. */
export function emptyBoard(name: string): BoardDocument {
  return { format: boardLimits.format, name, tiles: [] }
}

/** An id that no other tile has; random, so that two people who add a tile at once do not pick the same. */
export function newTileId(): string {
  return crypto.randomUUID().slice(0, 13)
}

/** Whether the board takes no more tiles. */
export const isFull = ({ tiles }: BoardDocument): boolean => tiles.length >= boardLimits.tiles

/** The board with a chart of a context in the first free place. */
export function withChart(board: BoardDocument, id: string, contextId: string, settings: CardSettings, title?: string): BoardDocument {
  const place = { ...freePlace(board.tiles, firstSize.chart), ...firstSize.chart }
  return withTile(board, chartWith({ id, ...place, kind: 'chart', contextId, title, nodes: 'room' }, settings))
}

/** The board with a text in the first free place. */
export function withText(board: BoardDocument, id: string, text: string): BoardDocument {
  return withTile(board, { id, ...freePlace(board.tiles, firstSize.text), ...firstSize.text, kind: 'text', text })
}

/** The board with a tile more, where it says (what is there goes below), or one in place of the tile with its id. */
export function withTile(board: BoardDocument, tile: BoardTile): BoardDocument {
  const isThere = board.tiles.some(({ id }) => id === tile.id)
  const tiles = isThere
    ? settled(board.tiles.map((other) => (other.id === tile.id ? tile : other)))
    : moved([...board.tiles, tile], tile.id, tile.x, tile.y)
  return { ...board, tiles }
}

/** The board with a copy of a tile in the first free place; the same board when there is no such tile. */
export function withCopy(board: BoardDocument, id: string, copyId: string): BoardDocument {
  const tile = board.tiles.find((other) => other.id === id)
  return tile === undefined ? board : withTile(board, { ...tile, id: copyId, ...freePlace(board.tiles, tile) })
}

/** The board without a tile. */
export function withoutTile(board: BoardDocument, id: string): BoardDocument {
  return { ...board, tiles: settled(board.tiles.filter((tile) => tile.id !== id)) }
}

/** How a chart of a board is set, as chart cards understand it. */
export function settingsOf({ nodes, instances, dimensions, labels, groupBy, aggregation, chartType }: ChartTile): CardSettings {
  return {
    ...(nodes === 'room' ? {} : { nodeIds: nodes }),
    ...(instances === undefined ? {} : { instances }),
    ...(dimensions === undefined ? {} : { dimensions }),
    ...(labels === undefined || labels.length === 0 ? {} : { labels }),
    ...(groupBy === undefined ? {} : { groupBy }),
    ...(aggregation === undefined ? {} : { aggregation }),
    ...(chartType === undefined ? {} : { kind: chartType }),
  }
}

/** The chart with other settings. Series that are switched off in the legend are for the moment only and not kept. */
export function chartWith({ id, x, y, w, h, kind, contextId, title }: ChartTile, settings: CardSettings): ChartTile {
  const { nodeIds, instances, dimensions, labels, groupBy, aggregation, kind: chartType } = settings
  const { nodes: nodesMax, instances: instancesMax, dimensions: dimensionsMax, labels: labelsMax, groupBy: groupsMax } = boardLimits
  return {
    id,
    x,
    y,
    w,
    h,
    kind,
    contextId,
    ...(title === undefined ? {} : { title }),
    nodes: nodeIds === undefined || nodeIds.length === 0 ? 'room' : nodeIds.slice(0, nodesMax),
    ...(instances === undefined ? {} : { instances: instances.slice(0, instancesMax) }),
    ...(dimensions === undefined ? {} : { dimensions: dimensions.slice(0, dimensionsMax) }),
    ...(labels === undefined || labels.length === 0 ? {} : { labels: labels.slice(0, labelsMax) }),
    ...(groupBy === undefined ? {} : { groupBy: groupBy.slice(0, groupsMax) }),
    ...(aggregation === undefined ? {} : { aggregation }),
    ...(chartType === undefined ? {} : { chartType }),
  }
}

/** A name for the copy of a board that is not longer than names may be. */
export function copyName(name: string): string {
  return `Copy of ${name}`.slice(0, boardLimits.nameChars)
}
