/** Where a tile stands on a grid of twelve columns; rows count from the top and have no end. */
export interface TilePlace {
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
}

interface TileBase extends TilePlace {
  /** Unique within its board. */
  readonly id: string
}

/** A chart: which context of which nodes, and how it is drawn. Never a value. */
export interface ChartTile extends TileBase {
  readonly kind: 'chart'
  readonly contextId: string
  /** Shown instead of the context's own title. */
  readonly title?: string | undefined
  /** Every node of the room, or these. */
  readonly nodes: 'room' | readonly string[]
  /** Chart ids as agents name instances; undefined means all. */
  readonly instances?: readonly string[] | undefined
  readonly dimensions?: readonly string[] | undefined
  /** Labels of instances: any value of one key, every key named. */
  readonly labels?: readonly { readonly key: string; readonly value: string }[] | undefined
  /** In this order, at least one; undefined, like all that follows: as charts of this context come. */
  readonly groupBy?: readonly BoardGroupBy[] | undefined
  readonly aggregation?: BoardAggregation | undefined
  readonly chartType?: BoardChartType | undefined
}

/** Words with a little markup, see `parseMarkup`; never HTML. */
export interface TextTile extends TileBase {
  readonly kind: 'text'
  readonly text: string
}

export type BoardTile = ChartTile | TextTile
export type BoardGroupBy = 'dimension' | 'node' | 'instance' | `label:${string}`
export type BoardAggregation = 'average' | 'sum' | 'min' | 'max'
export type BoardChartType = 'line' | 'area' | 'stacked' | 'heatmap'

/** A board as it is stored, exported and imported. */
export interface BoardDocument {
  /** Changes when an older reader could not make sense of it. */
  readonly format: 1
  readonly name: string
  readonly tiles: readonly BoardTile[]
}

/** How much a board may hold. Characters are UTF-16 units, as browsers count them. */
export const boardLimits = {
  format: 1,
  columns: 12,
  /** Most rows of one tile. */
  tileRows: 40,
  rows: 10_000,
  tiles: 200,
  nameChars: 200,
  titleChars: 200,
  textChars: 20_000,
  idChars: 64,
  contextIdChars: 1_024,
  nodes: 1_000,
  instances: 1_000,
  dimensions: 500,
  labels: 50,
  labelChars: 800,
  groupBy: 8,
  /** Most bytes of a board as JSON on its way in (security requirements §1). */
  bodyBytes: 1024 * 1024,
} as const
