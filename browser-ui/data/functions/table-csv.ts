import { csvField, csvLines } from '../../../src/support/csv.ts'
import { cellNumber, isMissing, isNumeric, plainText, timeText } from './cell-format.ts'
import type { FunctionColumn, FunctionRow } from './function-table.ts'

/** Rows as CSV with a head of column names: raw numbers, times as text. */
export function tableCsv(columns: readonly FunctionColumn[], rows: readonly FunctionRow[], timeZone?: string): string {
  const head = columns.map(({ name, units }) => csvField(units === '' ? name : `${name} [${units}]`))
  const body = rows.map((row) => columns.map((column) => cellField(column, row.cells[column.index], timeZone)))
  return csvLines([head, ...body])
}

/** One row as text to paste: a line for each column. */
export function rowText(columns: readonly FunctionColumn[], row: FunctionRow, timeZone?: string): string {
  return columns
    .map((column) => {
      const value = row.cells[column.index]
      const time = timeOf(column, value, timeZone)
      return `${column.name}: ${time ?? (isMissing(value) ? '' : plainText(value, 100_000))}${column.units === '' || isMissing(value) ? '' : ` ${column.units}`}`
    })
    .join('\n')
}

function cellField(column: FunctionColumn, value: unknown, timeZone: string | undefined): string {
  if (isMissing(value)) return ''
  const time = timeOf(column, value, timeZone)
  if (time !== undefined) return csvField(time)
  if (typeof value === 'number') return String(value)
  const number = isNumeric(column) ? cellNumber(value) : undefined
  return number === undefined ? csvField(plainText(value, 32_000)) : String(number)
}

function timeOf(column: FunctionColumn, value: unknown, timeZone: string | undefined): string | undefined {
  const number = cellNumber(value)
  const isTime = column.transform === 'datetime' || column.transform === 'datetime_usec'
  if (number === undefined || !isTime) return undefined
  if (number === 0) return ''
  if (column.transform === 'datetime') return timeText(number, timeZone)
  return timeText(number / 1_000, timeZone)
}
