import { crc32 } from 'node:zlib'
import type { Storable } from '../../../src/domain/storable.ts'
import type { ItemKind } from '../../store/kinds.ts'
import type { PendingChange } from '../../store/port.ts'

/** One entry of the log of changes: an item as it lay at rest, when it was noted, and its place in the order of all changes. */
export interface LogEntry {
  readonly change: PendingChange
  /**
   * Grows with every entry, also over restarts and when the log was lost: microseconds since the epoch or one more than the last.
   * Of two entries with one key the greater is the later state, also where the item was removed and made anew in between.
   */
  readonly order: number
  /** When it was noted: at most seconds after the write. Milliseconds since the epoch. */
  readonly atMs: number
}

interface Line {
  readonly n: number
  readonly t: number
  readonly p: string
  readonly s: string
  readonly k: ItemKind
  readonly r: number
  readonly d: Storable
  readonly b?: string
  readonly e?: number
  readonly x?: 1
}

/** An entry as a line of the log, with its end: a checksum in eight hexadecimal digits, a space, JSON. */
export function writeLine({ change, order, atMs }: LogEntry): Buffer {
  const { partition, sort, kind, revision, data, blob, expiresAtMs, isDeleted } = change
  const line: Line = {
    n: order,
    t: atMs,
    p: partition,
    s: sort,
    k: kind,
    r: revision,
    d: data,
    ...(blob === undefined ? {} : { b: Buffer.from(blob).toString('base64') }),
    ...(expiresAtMs === undefined ? {} : { e: expiresAtMs }),
    ...(isDeleted ? { x: 1 } : {}),
  }
  const json = Buffer.from(JSON.stringify(line))
  return Buffer.concat([Buffer.from(`${crc32(json).toString(16).padStart(8, '0')} `), json, newline])
}

const newline = Buffer.from('\n')

/** The entry of a line without its end; undefined when it is torn or damaged. */
export function readLine(bytes: Buffer): LogEntry | undefined {
  const json = bytes.subarray(9)
  if (bytes.length < 11 || bytes.toString('latin1', 0, 9) !== `${crc32(json).toString(16).padStart(8, '0')} `) return undefined
  // The checksum says that we wrote it, so its form is known.
  const { n, t, p, s, k, r, d, b, e, x } = JSON.parse(json.toString()) as Line
  const change: PendingChange = {
    partition: p,
    sort: s,
    kind: k,
    revision: r,
    data: d,
    ...(b === undefined ? {} : { blob: new Uint8Array(Buffer.from(b, 'base64')) }),
    ...(e === undefined ? {} : { expiresAtMs: e }),
    isDeleted: x === 1,
  }
  return { change, order: n, atMs: t }
}
