import { z } from 'zod'
import { boardLimits, type BoardDocument } from './board.ts'

const { columns, tileRows, rows } = boardLimits
const name = (chars: number) => z.string().min(1).max(chars)
const uuid = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/)

const place = {
  id: z.string().regex(new RegExp(`^[A-Za-z0-9_-]{1,${boardLimits.idChars}}$`, 'u')),
  x: z
    .int()
    .min(0)
    .max(columns - 1),
  y: z.int().min(0).max(rows),
  w: z.int().min(1).max(columns),
  h: z.int().min(1).max(tileRows),
}

const chartTile = z.strictObject({
  ...place,
  kind: z.literal('chart'),
  contextId: name(boardLimits.contextIdChars),
  title: name(boardLimits.titleChars).optional(),
  nodes: z.union([z.literal('room'), z.array(uuid).min(1).max(boardLimits.nodes)]),
  instances: z.array(name(boardLimits.contextIdChars)).max(boardLimits.instances).optional(),
  dimensions: z.array(name(boardLimits.contextIdChars)).max(boardLimits.dimensions).optional(),
  labels: z
    .array(z.strictObject({ key: name(boardLimits.labelChars), value: z.string().max(boardLimits.labelChars) }))
    .max(boardLimits.labels)
    .optional(),
  groupBy: z
    .array(z.union([z.enum(['dimension', 'node', 'instance']), z.templateLiteral(['label:', name(boardLimits.labelChars)])]))
    .min(1)
    .max(boardLimits.groupBy)
    .optional(),
  aggregation: z.enum(['average', 'sum', 'min', 'max']).optional(),
  chartType: z.enum(['line', 'area', 'stacked', 'heatmap']).optional(),
})

const textTile = z.strictObject({ ...place, kind: z.literal('text'), text: z.string().max(boardLimits.textChars) })

/**
 * What a board may be: nothing else can be stored, exported or imported, and no member of it has room for a metric's value.
 * Ids of tiles are unique, and every tile ends within the columns; that tiles do not overlap is the reader's to see to.
 */
export const boardDocument: z.ZodType<BoardDocument> = z
  .strictObject({
    format: z.literal(boardLimits.format),
    name: name(boardLimits.nameChars),
    tiles: z.array(z.discriminatedUnion('kind', [chartTile, textTile])).max(boardLimits.tiles),
  })
  .superRefine(({ tiles }, context) => {
    const ids = new Set<string>()
    for (const [index, tile] of tiles.entries()) {
      if (ids.has(tile.id)) context.addIssue({ code: 'custom', path: ['tiles', index, 'id'], message: 'twice' })
      ids.add(tile.id)
      if (tile.x + tile.w > columns) context.addIssue({ code: 'custom', path: ['tiles', index, 'w'], message: 'too wide' })
    }
  })
