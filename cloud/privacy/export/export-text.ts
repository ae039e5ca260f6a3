import { csvLines, csvText } from '../../../src/support/csv.ts'
import type { ReceiptRow } from '../../../src/domain/receipt.ts'

export const exportFormats = ['json', 'csv'] as const
export type ExportFormat = (typeof exportFormats)[number]

/** What a file says before its rows. */
export interface ExportHead {
  readonly madeAtMs: number
  /** A sentence about whom and what it is. */
  readonly about: string
}

const columns = [
  'where',
  'class',
  'kind',
  'what',
  'name',
  'space',
  'row',
  'rows',
  'field',
  'value',
  'note',
  'purpose',
  'since',
  'expires',
  'ends',
] as const

/**
 * Spreadsheets take a file without this mark for one of their country's encoding and spoil every name that is not ASCII. Programs that
 * mind it read the JSON form.
 */
const byteOrderMark = '\u{feff}'

/** The rows as CSV (RFC 4180), one line a field, written so that no cell is a formula (security U1). */
export async function* csvChunks(_head: ExportHead, rows: AsyncIterable<ReceiptRow>): AsyncGenerator<string> {
  yield `${byteOrderMark}${csvLines([columns])}`
  for await (const row of rows) {
    const { where, kind, what, name, spaceId, item, count, sinceMs, expires, expiresAtMs } = row
    const before = [where, row.class, kind, what, name ?? '', spaceId ?? '', item ?? '', count === null ? '' : String(count)]
    const after = [isoOf(sinceMs), expires, isoOf(expiresAtMs)]
    const fields = row.fields.length > 0 ? row.fields : [{ field: '', value: null, note: null, purpose: '', count: 0 }]
    yield csvText(fields.map(({ field, value, note, purpose }) => [...before, field, value ?? '', note ?? '', purpose, ...after]))
  }
}

/** The rows as one JSON object, a row a line. */
export async function* jsonChunks(head: ExportHead, rows: AsyncIterable<ReceiptRow>): AsyncGenerator<string> {
  yield `{"madeAtMs":${head.madeAtMs},"about":${JSON.stringify(head.about)},"rows":[\n`
  let isFirst = true
  for await (const row of rows) {
    yield `${isFirst ? '' : ',\n'}${JSON.stringify(row)}`
    isFirst = false
  }
  yield '\n]}\n'
}

const isoOf = (ms: number | null): string => (ms === null ? '' : new Date(ms).toISOString())
