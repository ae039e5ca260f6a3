import { open, stat } from 'node:fs/promises'
import { readLine, type LogEntry } from './log-line.ts'
import { comparePositions, listSegments, logStart, readGone, readPosition, segmentPath, type LogPosition } from './segments.ts'

export interface LogPage {
  /** In the order they were noted; one change may come more than once. */
  readonly entries: readonly LogEntry[]
  /** Where to read on. */
  readonly next: LogPosition
  /** Nothing more was there when it was read. */
  readonly isEnd: boolean
  /** What followed the position was deleted for its age, or the log is another one: changes were missed. */
  readonly isGap: boolean
  /** Lines in between that were torn or damaged. */
  readonly damaged: number
}

/** Reads the log of changes, also from another process than the one that writes it. */
export interface LogReader {
  /** What was noted behind a position, about `bytes` of it. The start is {@link logStart}. */
  readFrom(position: LogPosition, options?: { readonly bytes?: number }): Promise<LogPage>
  /** The position behind everything that is noted. */
  end(): Promise<LogPosition>
}

const bytesDefault = 2 * 1024 ** 2
/** An item of 350 KB takes less as a line; more without an end is damage. */
const lineBytesMax = 4 * 1024 ** 2

/** A reader of the log that lies in a folder; a folder that is not there is an empty log. */
export function createLogReader(folder: string): LogReader {
  /** The bytes of a segment from a place on; at least one whole line where there is one. */
  const readBytes = async (segment: string, byte: number, bytes: number): Promise<Buffer> => {
    const file = await open(segmentPath(folder, segment), 'r')
    try {
      const { size } = await file.stat()
      const wanted = (most: number) => Buffer.alloc(Math.max(0, Math.min(most, size - byte)))
      let chunk = wanted(bytes)
      const fill = async () => chunk.subarray(0, (await file.read(chunk, 0, chunk.length, byte)).bytesRead)
      let read = await fill()
      if (!read.includes(10) && size - byte > read.length) {
        chunk = wanted(lineBytesMax)
        read = await fill()
      }
      return read
    } finally {
      await file.close()
    }
  }

  return {
    async readFrom(position, { bytes = bytesDefault } = {}) {
      const segments = await listSegments(folder)
      let { segment, byte } = readPosition(position)
      let isGap = false
      if (!segments.includes(segment)) {
        const gone = await readGone(folder)
        isGap = gone === undefined ? position !== logStart : comparePositions(position, gone) < 0
        const later = segments.find((name) => name > segment) ?? (isGap ? segments[0] : undefined)
        if (later === undefined) return { entries: [], next: isGap ? logStart : position, isEnd: true, isGap, damaged: 0 }
        segment = isGap ? (segments[0] ?? later) : later
        byte = 0
      }
      const entries: LogEntry[] = []
      let damaged = 0
      for (let taken = 0; ;) {
        // Looked up before reading: a segment that another follows is never written again.
        const later = (await listSegments(folder)).find((name) => name > segment)
        let chunk: Buffer
        try {
          chunk = await readBytes(segment, byte, bytes)
        } catch (cause) {
          // Deleted for its age while we read: the next call sees the gap.
          if ((cause as NodeJS.ErrnoException).code === 'ENOENT')
            return { entries, next: `${segment}:${byte}`, isEnd: false, isGap, damaged }
          throw cause
        }
        let from = 0
        for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
          const entry = readLine(chunk.subarray(from, end))
          if (entry === undefined) damaged++
          else entries.push(entry)
          from = end + 1
        }
        byte += from
        taken += from
        if (taken >= bytes) return { entries, next: `${segment}:${byte}`, isEnd: false, isGap, damaged }
        if (from > 0) continue
        if (later === undefined) return { entries, next: `${segment}:${byte}`, isEnd: true, isGap, damaged }
        // What such a segment ends with is a torn line, or one too long to be ours.
        if (chunk.length > 0) damaged++
        segment = later
        byte = 0
      }
    },

    async end() {
      const last = (await listSegments(folder)).at(-1)
      if (last === undefined) return (await readGone(folder)) ?? logStart
      // Up to the last whole line: what is behind it is being written now, or torn.
      const { size } = await stat(segmentPath(folder, last))
      const start = Math.max(0, size - lineBytesMax)
      const tail = await readBytes(last, start, lineBytesMax)
      return `${last}:${start + tail.lastIndexOf(10) + 1}`
    },
  }
}
