import type { MirrorCell, MirrorRow, MirrorTable } from '../ports.ts'

/** Rows as lines of JSON, and at which byte each begins. */
export interface Lines {
  readonly rows: readonly MirrorRow[]
  readonly text: string
  readonly starts: readonly number[]
}

const written = (cell: MirrorCell, isTime: boolean): MirrorCell =>
  isTime && typeof cell === 'number' ? new Date(cell).toISOString() : cell

function lineOf(row: MirrorRow, times: ReadonlySet<string>): string {
  const cells = row.isDeleted ? [] : Object.entries(row.cells).filter(([, cell]) => cell !== null)
  return JSON.stringify({
    ...Object.fromEntries(cells.map(([name, cell]) => [name, written(cell, times.has(name))])),
    key: row.key,
    revision: row.revision,
    changed_at: new Date(row.changedAtMs).toISOString(),
    is_deleted: row.isDeleted,
  })
}

/** Rows of one table as BigQuery loads them: empty cells left out, times as timestamps. */
export function linesOf(rows: readonly MirrorRow[], { columns }: MirrorTable): Lines {
  const times = new Set(columns.filter(({ type }) => type === 'time').map(({ name }) => name))
  const starts: number[] = []
  let at = 0
  const lines = rows.map((row) => {
    const line = `${lineOf(row, times)}\n`
    starts.push(at)
    at += Buffer.byteLength(line)
    return line
  })
  return { rows, text: lines.join(''), starts }
}

/** Which rows the errors of a load job speak of. BigQuery names the byte at which the line of a bad row begins, or one inside it. */
export function rowsNamedIn({ rows, starts, text }: Lines, messages: readonly string[]): readonly MirrorRow[] {
  const end = Buffer.byteLength(text)
  const named = new Set<MirrorRow>()
  for (const [, digits = ''] of messages.flatMap((message) => [...message.matchAll(/position:? (\d{1,15})/gi)])) {
    const position = Number(digits)
    const next = starts.findIndex((start) => start > position)
    const row = position < end ? rows[next === -1 ? rows.length - 1 : next - 1] : undefined
    if (row !== undefined) named.add(row)
  }
  return [...named]
}
