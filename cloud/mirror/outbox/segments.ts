import { readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A place in the log: `<segment>:<byte>`. It means something only to the log it came from. */
export type LogPosition = string

/** Before everything that was ever noted. */
export const logStart: LogPosition = '000000000000000:0'

/** The file of a segment; its name is the time it was begun, in milliseconds, so that names sort as the log does. */
export const segmentPath = (folder: string, segment: string) => join(folder, `${segment}.log`)
export const segmentName = (beganMs: number) => String(beganMs).padStart(15, '0')

/** The segments there are, oldest first; none where there is no folder yet. */
export async function listSegments(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder))
      .filter((name) => /^\d{15}\.log$/.test(name))
      .map((name) => name.slice(0, 15))
      .sort()
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw cause
  }
}

/** Reads a position; one that we did not write counts as the start. */
export function readPosition(position: LogPosition): { segment: string; byte: number } {
  const [, segment = logStart.slice(0, 15), byte = '0'] = /^(\d{15}):(\d{1,15})$/.exec(position) ?? []
  return { segment, byte: Number(byte) }
}

/** Less than 0 where `a` comes before `b`. */
export function comparePositions(a: LogPosition, b: LogPosition): number {
  const [left, right] = [readPosition(a), readPosition(b)]
  return left.segment === right.segment ? left.byte - right.byte : left.segment < right.segment ? -1 : 1
}

const goneFile = (folder: string) => join(folder, 'gone')

/** The end of what was deleted for its age; undefined when nothing was. */
export async function readGone(folder: string): Promise<LogPosition | undefined> {
  try {
    return (await readFile(goneFile(folder), 'utf8')).trim()
  } catch {
    return undefined
  }
}

/** Notes up to where the log is about to be deleted, so that a reader knows whether it missed anything. */
export async function noteGone(folder: string, position: LogPosition): Promise<void> {
  await writeFile(`${goneFile(folder)}.new`, position, { mode: 0o600 })
  await rename(`${goneFile(folder)}.new`, goneFile(folder))
}
