import { fieldIds, messageField } from './fields.ts'

/** One entry of the journal. */
export interface JournalEntry {
  readonly timestampUs: number
  /** The fields shown, as texts. */
  readonly fields: ReadonlyMap<string, string>
  readonly message: string
}

/** Reads one line of `journalctl --output=json`; undefined when it is no entry. */
export function parseEntry(line: string): JournalEntry | undefined {
  let parsed: unknown
  try {
    parsed = JSON.parse(line)
  } catch {
    return undefined
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined
  const document = parsed as Record<string, unknown>
  const timestampUs = Number(textOf(document['__REALTIME_TIMESTAMP']))
  if (!Number.isSafeInteger(timestampUs) || timestampUs <= 0) return undefined
  const fields = new Map<string, string>()
  for (const id of fieldIds) {
    const text = textOf(document[id])
    if (text !== undefined) fields.set(id, text)
  }
  // journalctl writes null for what is longer than it prints.
  const message = document[messageField] === null ? 'This message is longer than 4 KiB.' : (textOf(document[messageField]) ?? '')
  return { timestampUs, fields, message }
}

/** A value is text, bytes as numbers when it is not plain text, or a list when the field stands there several times: then the last. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (!Array.isArray(value) || value.length === 0) return undefined
  if (value.every((item) => typeof item === 'number')) return Buffer.from(value).toString('utf8')
  return textOf(value.at(-1))
}
