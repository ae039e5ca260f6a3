import { randomBytes } from 'node:crypto'
import { open, readFile, rename, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../../src/support/clock.ts'
import type { Log } from '../../../src/support/log.ts'
import type { PendingChange } from '../../store/port.ts'
import { diskFiles, type LogFiles, type SegmentFile } from './log-files.ts'
import { readLine, writeLine } from './log-line.ts'
import { createLogReader, type LogReader } from './log-reader.ts'
import { listSegments, noteGone, segmentName, segmentPath } from './segments.ts'

/** Days that a change stays in the log (security D6). */
const logKeptMs = 7 * 86_400_000
const segmentMs = 3_600_000
const segmentBytes = 16 * 1024 ** 2
const writeBytes = 1024 ** 2
const tailBytes = 8 * 1024 ** 2

/** The log of changes: appended by one process, read by any. */
export interface ChangeLog extends LogReader {
  /** Durable when it resolves. What fails may be there in part; appending it again is harmless. */
  append(changes: readonly PendingChange[]): Promise<void>
  /** Tells this log from every other one. */
  readonly id: string
  /** A place in the order of changes of which nothing else has: what was noted before has a lesser one, what is noted later a greater. */
  takeOrder(): number
  /** Deletes what is older than seven days, a segment at a time (an hour at most). */
  prune(): Promise<void>
  close(): Promise<void>
}

export interface ChangeLogDeps {
  readonly folder: string
  readonly clock: Clock
  readonly log: Log
  /** Where the bytes go; the disk where it is not said. */
  readonly files?: LogFiles
}

/** Opens the log in its folder, mends a tail that a crash tore, and begins a segment of its own with the first append. */
export async function openChangeLog({ folder, clock, log, files = diskFiles }: ChangeLogDeps): Promise<ChangeLog> {
  await files.makeFolder(folder)
  const id = await logId(folder)
  let last = await mendTail(folder, log)
  let current: { file: SegmentFile; beganMs: number; bytes: number } | undefined
  let lane: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = lane.then(work, work)
    lane = mine.catch(() => undefined)
    return mine
  }

  const leave = async () => {
    const left = current
    current = undefined
    await left?.file.close().catch(() => undefined)
  }

  const segment = async () => {
    const nowMs = clock.nowMs()
    if (current !== undefined && (nowMs - current.beganMs >= segmentMs || nowMs < current.beganMs || current.bytes >= segmentBytes))
      await leave()
    if (current !== undefined) return current
    // A name after all there are, also when the clock was set back.
    const newest = Number((await listSegments(folder)).at(-1) ?? 0)
    for (let name = Math.max(nowMs, newest + 1); ; name++) {
      const file = await files.create(segmentPath(folder, segmentName(name)))
      if (file === undefined) continue
      current = { file, beganMs: nowMs, bytes: 0 }
      await files.syncFolder(folder)
      return current
    }
  }

  const write = async (bytes: Buffer) => {
    try {
      const to = await segment()
      to.bytes += bytes.length
      await to.file.append(bytes)
      await to.file.sync()
    } catch (cause) {
      // What this segment ends with is not known any more (a part of a line, pages the disk did not take): the next one is clean.
      await leave()
      throw cause
    }
  }

  return {
    ...createLogReader(folder),
    append: (changes) =>
      inTurn(async () => {
        let waiting: Buffer[] = []
        let bytes = 0
        const flush = async () => {
          if (bytes > 0) await write(Buffer.concat(waiting))
          waiting = []
          bytes = 0
        }
        for (const change of changes) {
          const atMs = clock.nowMs()
          last = Math.max(last + 1, atMs * 1000)
          const line = writeLine({ change, order: last, atMs })
          waiting.push(line)
          bytes += line.length
          if (bytes >= writeBytes) await flush()
        }
        await flush()
      }),
    id,
    takeOrder: () => (last = Math.max(last + 1, clock.nowMs() * 1000)),
    prune: () =>
      inTurn(async () => {
        const beforeMs = clock.nowMs() - logKeptMs
        if (current !== undefined && current.beganMs + segmentMs <= beforeMs) await leave()
        const open = current
        for (const name of await listSegments(folder)) {
          const isOld = Number(name) + segmentMs <= beforeMs
          if (!isOld || (open !== undefined && Number(name) >= open.beganMs)) return
          await noteGone(folder, `${name}:${(await stat(segmentPath(folder, name))).size}`)
          await files.remove(segmentPath(folder, name))
        }
      }),
    close: () => inTurn(leave),
  }
}

/** The name a log got when it was begun. */
async function logId(folder: string): Promise<string> {
  const path = join(folder, 'id')
  const known = await readFile(path, 'utf8').catch(() => '')
  if (/^[\w-]{16}$/.test(known)) return known
  const made = randomBytes(12).toString('base64url')
  await writeFile(`${path}.new`, made, { mode: 0o600 })
  await rename(`${path}.new`, path)
  return made
}

/** Cuts a torn line off the newest segment and answers the greatest place in the order that it finds. */
async function mendTail(folder: string, log: Log): Promise<number> {
  for (const name of (await listSegments(folder)).reverse()) {
    const path = segmentPath(folder, name)
    const { size } = await stat(path)
    const start = Math.max(0, size - tailBytes)
    const tail = Buffer.alloc(size - start)
    const file = await open(path, 'r')
    try {
      await file.read(tail, 0, tail.length, start)
    } finally {
      await file.close()
    }
    const whole = tail.lastIndexOf(10) + 1
    if (whole < tail.length) {
      await truncate(path, start + whole)
      log.warn('outbox_tail_mended', { bytes: tail.length - whole })
    }
    for (let end = whole - 1; end >= 0;) {
      const begin = end === 0 ? 0 : tail.lastIndexOf(10, end - 1) + 1
      const entry = readLine(tail.subarray(begin, end))
      if (entry !== undefined) return entry.order
      end = begin - 1
    }
  }
  return 0
}
