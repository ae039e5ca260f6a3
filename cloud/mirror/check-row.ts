import type { ColumnType, MirrorCell, MirrorRow, MirrorTable } from './ports.ts'

/** Most UTF-16 units of a text, and most texts of a cell; what items hold stays far below. */
export const cellBounds = { textLength: 4_096, texts: 50_000 } as const

const isText = (cell: unknown): boolean =>
  typeof cell === 'string' && cell.length <= cellBounds.textLength && !/[\p{Surrogate}\0]/u.test(cell)
/** 0001 to 9999, which every sink can write as a timestamp. */
const isTime = (cell: unknown): boolean =>
  Number.isSafeInteger(cell) && Number(cell) >= -62_135_596_800_000 && Number(cell) <= 253_402_300_799_999

const fits: Readonly<Record<ColumnType, (cell: MirrorCell) => boolean>> = {
  text: isText,
  whole: (cell) => Number.isSafeInteger(cell),
  flag: (cell) => typeof cell === 'boolean',
  time: isTime,
  texts: (cell) => Array.isArray(cell) && cell.length <= cellBounds.texts && cell.every(isText),
}

/** Why no sink will take a row of a table, in a word; undefined when it fits. The content is not in it. */
export function misfitOf(row: MirrorRow, table: MirrorTable | undefined): string | undefined {
  if (table === undefined) return 'no-such-table'
  if (!isText(row.key) || row.key === '') return 'key'
  if (!Number.isSafeInteger(row.revision) || row.revision < 0) return 'revision'
  if (!isTime(row.changedAtMs)) return 'changed_at'
  if (row.isDeleted) return undefined
  const types = new Map(table.columns.map(({ name, type }) => [name, type]))
  for (const [name, cell] of Object.entries(row.cells)) {
    const type = types.get(name)
    if (type === undefined) return 'no-such-column'
    if (cell !== null && !fits[type](cell)) return `column-${name}`
  }
  return undefined
}
