import type { Field } from './field.ts'

export type Row = Readonly<Record<string, unknown>>

export interface LinesRead {
  readonly rows: readonly Row[]
  /** The first bad line: where it begins, and what is wrong with it in BigQuery's words. */
  readonly bad: { readonly position: number; readonly message: string } | undefined
}

const timestamp = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,6})?(Z| UTC)?$/
const wholeText = /^-?\d{1,19}$/

const takes: Readonly<Record<string, (value: unknown) => boolean>> = {
  STRING: (value) => typeof value === 'string',
  INTEGER: (value) => (typeof value === 'number' && Number.isSafeInteger(value)) || (typeof value === 'string' && wholeText.test(value)),
  BOOLEAN: (value) => typeof value === 'boolean' || value === 'true' || value === 'false',
  FLOAT: (value) => typeof value === 'number',
  TIMESTAMP: (value) => typeof value === 'string' && timestamp.test(value) && !Number.isNaN(Date.parse(value.replace(' UTC', 'Z'))),
}

function complaintAbout(row: Row, fields: readonly Field[]): string | undefined {
  const stranger = Object.keys(row).find((name) => !fields.some((field) => field.name.toLowerCase() === name.toLowerCase()))
  if (stranger !== undefined) return `No such field: ${stranger}.`
  for (const { name, type, mode } of fields) {
    const value = row[name]
    if (value === undefined || value === null) {
      if (mode === 'REQUIRED') return `Missing required field: ${name}.`
      continue
    }
    const values: readonly unknown[] = mode === 'REPEATED' ? (Array.isArray(value) ? value : [Symbol('no array')]) : [value]
    if (Array.isArray(value) && mode !== 'REPEATED') return `Array specified for non-repeated field: ${name}.`
    if (values.some((one) => takes[type]?.(one) !== true)) return `Could not convert value to ${type.toLowerCase()}. Field: ${name}`
  }
  return undefined
}

/** Lines of JSON, held against a schema: unknown fields, wrong types, missing values. `isPoison` is a test's own say. */
export function readLines(text: string, fields: readonly Field[], isPoison: (row: Row) => boolean): LinesRead {
  const rows: Row[] = []
  let position = 0
  for (const line of text.split('\n')) {
    if (line.trim() !== '') {
      let row: Row
      try {
        row = JSON.parse(line) as Row
      } catch {
        return { rows: [], bad: { position, message: 'Parser terminated before end of string' } }
      }
      const complaint = complaintAbout(row, fields) ?? (isPoison(row) ? 'Could not convert value.' : undefined)
      if (complaint !== undefined) return { rows: [], bad: { position, message: complaint } }
      rows.push(row)
    }
    position += Buffer.byteLength(line) + 1
  }
  return { rows, bad: undefined }
}
