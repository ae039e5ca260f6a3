import { formatDuration } from '../units.ts'
import type { FunctionColumn } from './function-table.ts'
import { numberOr } from './reading.ts'

/** What of a column decides how its cells read. */
export type CellFormat = Pick<FunctionColumn, 'type' | 'visualization' | 'transform' | 'units' | 'decimals' | 'placeholder'> &
  Partial<Pick<FunctionColumn, 'isKey' | 'summary'>>

/** Longest text of a cell in a table; the detail of a row shows more. */
export const cellTextLength = 400
export const detailTextLength = 100_000
const maxItems = 200

/** The number in a cell, or undefined: text, lists, nothing, and what is no finite number. */
export function cellNumber(value: unknown): number | undefined {
  return typeof value === 'boolean' ? Number(value) : numberOr(value, undefined)
}

/** Whether a column's cells are read as numbers: aligned, compared and added up as such. */
export function isNumeric({ type, visualization, transform }: Pick<CellFormat, 'type' | 'visualization' | 'transform'>): boolean {
  if (visualization === 'pill') return false
  return (
    type === 'integer' ||
    type === 'float' ||
    type === 'bar-with-integer' ||
    type === 'duration' ||
    type === 'timestamp' ||
    transform === 'number' ||
    transform === 'duration'
  )
}

/** Whether a cell is there at all. */
export function isMissing(value: unknown): boolean {
  return value === null || value === undefined || value === '' || (typeof value === 'number' && Number.isNaN(value))
}

/** A cell as text, with its unit. Missing values are the column's placeholder, or '–'. `timeZone` undefined is this browser's own. */
export function cellText(column: CellFormat, value: unknown, timeZone?: string, maxLength = cellTextLength): string {
  if (isMissing(value)) return column.placeholder === '' ? '–' : column.placeholder
  const number = cellNumber(value)
  switch (column.transform) {
    case 'datetime':
      return timeText(number, timeZone) ?? plainText(value, maxLength)
    case 'datetime_usec':
      return timeText(number === undefined ? undefined : number / 1_000, timeZone) ?? plainText(value, maxLength)
    case 'duration':
      return number === undefined ? plainText(value, maxLength) : durationText(number, column)
    case 'number':
      return number === undefined
        ? plainText(value, maxLength)
        : withUnits(decimalText(number, column.decimals, !isName(column)), column.units)
    case 'none':
    case 'xml':
      return typeof value === 'number' && isNumeric(column)
        ? withUnits(decimalText(value, column.decimals, !isName(column), true), column.units)
        : plainText(value, maxLength)
  }
}

/** Any value as plain text, never longer than `maxLength`: lists joined by commas, objects as JSON. */
export function plainText(value: unknown, maxLength = cellTextLength): string {
  if (typeof value === 'string') return cut(value, maxLength)
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) {
    const shown = value.slice(0, maxItems).map((item) => plainText(item, maxLength))
    return cut(`${shown.join(', ')}${value.length > maxItems ? ', …' : ''}`, maxLength)
  }
  return cut(JSON.stringify(value), maxLength)
}

/** The items a pill cell is drawn as. */
export function pillsOf(value: unknown): readonly string[] {
  const items = Array.isArray(value) ? value : [value]
  return items
    .filter((item) => !isMissing(item))
    .slice(0, 50)
    .map((item) => plainText(item, 80))
}

/** Cuts between characters, never inside of one. */
function cut(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text
  const end = text.slice(0, maxLength).replace(/[\uD800-\uDBFF]$/u, '')
  return `${end}…`
}

function withUnits(text: string, units: string): string {
  if (units === '') return text
  return units.startsWith('%') ? `${text}${units}` : `${text} ${units}`
}

/** Whether numbers of a column are names, such as process ids and ports: nobody measures with them. */
function isName({ type, units, isKey, summary }: CellFormat): boolean {
  return isKey === true || (type === 'integer' && units === '' && summary === 'count')
}

/** A number with so many decimals; `mayAdd` shows what a fraction has when the agent asked for none. */
function decimalText(value: number, decimals: number, isGrouped = true, mayAdd = false): string {
  if (Math.abs(value) >= 1e15 || (value !== 0 && Math.abs(value) < 1e-6)) return value.toPrecision(6)
  const most = mayAdd && !Number.isInteger(value) ? Math.max(decimals, 2) : decimals
  const text = numberFormat(decimals, most, isGrouped).format(value)
  return /^-0(\.0*)?$/u.test(text) ? text.slice(1) : text
}

const numberFormats = new Map<string, Intl.NumberFormat>()

function numberFormat(least: number, most: number, useGrouping: boolean): Intl.NumberFormat {
  const key = `${least}/${most}/${useGrouping}`
  let format = numberFormats.get(key)
  if (format === undefined) {
    format = new Intl.NumberFormat('en', { minimumFractionDigits: least, maximumFractionDigits: most, useGrouping })
    numberFormats.set(key, format)
  }
  return format
}

/** Durations are seconds unless their unit says otherwise. */
function durationText(value: number, { units, decimals }: CellFormat): string {
  if (units === 'ms' || units === 'milliseconds') {
    return value < 1_000 ? `${decimalText(value, decimals)} ms` : durationText(value / 1_000, { units: '', decimals } as CellFormat)
  }
  if (value < 0) return `-${durationText(-value, { units: '', decimals } as CellFormat)}`
  return value < 60 && !Number.isInteger(value) ? `${decimalText(value, Math.max(1, Math.min(decimals, 2)))} s` : formatDuration(value)
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** An instant as date and time to the second; undefined for what is none. Zero means "never" at agents. */
export function timeText(epochMs: number | undefined, timeZone?: string): string | undefined {
  if (epochMs === undefined || !Number.isFinite(epochMs) || Math.abs(epochMs) > 8.64e15) return undefined
  if (epochMs === 0) return '–'
  const name = timeZone ?? ''
  let format = formats.get(name)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', ...(timeZone === undefined ? {} : { timeZone }) })
    formats.set(name, format)
  }
  return format.format(epochMs)
}
