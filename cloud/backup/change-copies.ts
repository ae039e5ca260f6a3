import type { Clock } from '../../src/support/clock.ts'
import type { Log } from '../../src/support/log.ts'
import type { BackupFolder } from './backup-folder.ts'
import type { BackupKeys } from './backup-keys.ts'
import { createChunkWriter, type ChunkWriter } from './chunk-writer.ts'
import { copyText } from './copy-text.ts'
import type { ChangeSource, LoggedChange } from './ports.ts'
import { lastCopied } from './read-copies.ts'
import { newFile } from './sealed-file.ts'

/** Another file after so long or so many bytes, so that old ones can be deleted. */
const fileMs = 24 * 3_600_000
const fileBytes = 64 * 1024 * 1024

/** Copies the log of changes, sealed, to where backups lie: what is lost with the data disk are only the changes since the last copy. */
export interface ChangeCopies {
  /** Copies everything that was noted; on the disk when it resolves. Answers how many changes. Calls wait for one another. */
  copy(): Promise<number>
  close(): Promise<void>
}

export interface ChangeCopiesDeps {
  readonly source: ChangeSource
  readonly folder: BackupFolder
  readonly keys: BackupKeys
  readonly version: string
  readonly clock: Clock
  readonly log: Log
}

/** Goes on where the last process stopped: each copy says which place of the log it reaches, and in the same chunk what is there. */
export function createChangeCopies({ source, folder, keys, version, clock, log }: ChangeCopiesDeps): ChangeCopies {
  /** Up to where the copies reach, and from where on the log is read: nothing lies between the two. */
  let reached: string | null = null
  let place: string | undefined
  let isPlaceKnown = false
  let file: { writer: ChunkWriter; beganMs: number } | undefined
  let lane: Promise<unknown> = Promise.resolve()

  const leave = async () => {
    const left = file
    file = undefined
    await left?.writer.close()
  }

  const currentFile = async (): Promise<ChunkWriter> => {
    const nowMs = clock.nowMs()
    if (file !== undefined && (nowMs - file.beganMs >= fileMs || nowMs < file.beganMs || file.writer.bytes >= fileBytes)) await leave()
    if (file === undefined) {
      // Never before the last one, also when the clock was set back: files are read in the order of their names.
      const newest = (await folder.copies()).at(-1)?.atMs ?? 0
      const beganMs = Math.max(nowMs, newest + 1000)
      const name = folder.nameFor('changes', beganMs)
      const made = await newFile(keys, { holds: 'changes', takenAtMs: beganMs, version })
      file = { writer: await createChunkWriter(folder.pathOf(name), name, made), beganMs: nowMs }
      await folder.sync()
    }
    return file.writer
  }

  const put = async (changes: readonly LoggedChange[], next: string, isGap: boolean) => {
    try {
      const writer = await currentFile()
      await writer.append('lines', copyText({ after: reached, place: next, isGap, copiedAtMs: clock.nowMs() }, changes))
      await writer.sync()
    } catch (cause) {
      // What this file ends with is not known any more; the next one is clean.
      await leave().catch(() => undefined)
      throw cause
    }
  }

  const copyAll = async (): Promise<number> => {
    if (!isPlaceKnown) {
      place = await lastCopied(folder, keys)
      reached = place ?? null
      isPlaceKnown = true
    }
    let copied = 0
    for (;;) {
      const { changes, next, isEnd, isGap } = await source.readFrom(place)
      if (isGap) log.warn('backup_changes_missed')
      if (changes.length > 0 || isGap) {
        await put(changes, next, isGap)
        reached = next
      }
      place = next
      copied += changes.length
      if (isEnd) return copied
    }
  }

  return {
    copy() {
      const mine = lane.then(copyAll, copyAll)
      lane = mine.catch(() => undefined)
      return mine
    },
    async close() {
      await lane
      await leave()
    },
  }
}
