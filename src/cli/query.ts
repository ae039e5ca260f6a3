import { queryMirror, type QueryAnswer } from '../compose.ts'
import { ThroughlineError } from '../errors/throughline-error.ts'
import type { Command } from './command.ts'

export const query: Command = {
  summary: 'asks the mirror of metadata in SQL, reading only: query "select * from nodes_by_os"; "show tables" lists what there is',
  operands: '"select …"',
  options: {
    csv: { type: 'boolean', doc: 'as CSV' },
    json: { type: 'boolean', doc: 'as JSON, a list of rows' },
  },
  async run(context, values, operands) {
    const [statement, ...rest] = operands
    if (statement === undefined || rest.length > 0)
      throw new ThroughlineError('USAGE', 'Say one question in quotes: npx throughline query "select * from nodes_by_os".')
    if (values['csv'] === true && values['json'] === true) throw new ThroughlineError('USAGE', 'Choose --csv or --json.')
    const answer = await queryMirror(context.config(), statement, context.clock)
    if (values['json'] === true) context.print(JSON.stringify(asObjects(answer), null, 2))
    else for (const line of values['csv'] === true ? asCsv(answer) : asTable(answer)) context.print(line)
  },
}

const asObjects = ({ columns, rows }: QueryAnswer) => rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at]])))

const asText = (cell: unknown): string => {
  if (cell === null || cell === undefined) return ''
  if (Array.isArray(cell)) return cell.map(asText).join(', ')
  return typeof cell === 'string' ? cell : JSON.stringify(cell)
}

/** A cell of CSV; what a spreadsheet would run as a formula is marked as a text. */
function csvCell(cell: unknown): string {
  const text = asText(cell)
  const safe = typeof cell === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

const asCsv = ({ columns, rows }: QueryAnswer): string[] => [columns, ...rows].map((row) => row.map(csvCell).join(','))

const cellWidthMax = 60

/** Columns side by side, numbers to the right; what could move a cursor is shown as a mark. */
function asTable({ columns, rows }: QueryAnswer): string[] {
  const plain = (cell: unknown) => {
    const text = asText(cell).replaceAll(/[\p{Cc}\p{Cf}]/gu, '�')
    return text.length > cellWidthMax ? `${text.slice(0, cellWidthMax - 1)}…` : text
  }
  const lines = rows.map((row) => row.map(plain))
  const names = columns.map(plain)
  const isNumber = columns.map(
    (_name, at) => rows.some((row) => row[at] !== null) && lines.every((line) => /^-?[\d.]*$/.test(line[at] ?? '')),
  )
  const widths = names.map((name, at) => Math.max(name.length, ...lines.map((line) => line[at]?.length ?? 0)))
  const write = (line: readonly string[]) =>
    line
      .map((cell, at) => (isNumber[at] === true ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd()
  return [
    write(names),
    write(widths.map((width) => '-'.repeat(width))),
    ...lines.map(write),
    rows.length === 1 ? '1 row' : `${rows.length} rows`,
  ]
}
