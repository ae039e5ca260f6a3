import { createHash } from 'node:crypto'
import { itemLine, readItemLine } from './item-line.ts'
import type { PendingChange } from '../store/port.ts'
import type { BackupKeys } from './backup-keys.ts'
import { openChunkReader, type OpenedChunk } from './chunk-reader.ts'
import { createChunkWriter } from './chunk-writer.ts'
import type { FileHeader, NewFile } from './sealed-file.ts'
import { backupUnusable } from './unusable.ts'

/** What the end of a backup says of it. A walk takes a while: it is whole together with the changes since `startedAtMs`. */
export interface BackupEnd {
  readonly startedAtMs: number
  readonly finishedAtMs: number
  readonly items: number
  readonly kinds: Readonly<Record<string, number>>
  readonly chunks: number
  /** SHA-256 over all lines. */
  readonly digest: string
}

/** A chunk is sealed when it has this many bytes of lines; an item more may be in it. */
const chunkBytes = 256 * 1024

/** Writes items into a new file; one at a time, never more than a chunk in memory. */
export interface ItemsWriter {
  readonly bytes: number
  add(item: PendingChange): Promise<void>
  /** Writes the end and answers it; on the disk when it resolves. */
  finish(nowMs: number): Promise<BackupEnd>
  close(): Promise<void>
}

export async function createItemsWriter(path: string, name: string, file: NewFile): Promise<ItemsWriter> {
  const writer = await createChunkWriter(path, name, file)
  const digest = createHash('sha256')
  const kinds: Record<string, number> = {}
  let lines: string[] = []
  let waitingBytes = 0
  let items = 0
  const flush = async () => {
    if (lines.length === 0) return
    const text = lines.join('\n')
    lines = []
    waitingBytes = 0
    digest.update(text).update('\n')
    await writer.append('lines', text)
  }
  return {
    get bytes() {
      return writer.bytes
    },
    async add(item) {
      const line = itemLine(item)
      lines.push(line)
      waitingBytes += line.length
      items++
      kinds[item.kind] = (kinds[item.kind] ?? 0) + 1
      if (waitingBytes >= chunkBytes) await flush()
    },
    async finish(nowMs) {
      await flush()
      const end: BackupEnd = {
        startedAtMs: file.header.takenAtMs,
        finishedAtMs: nowMs,
        items,
        kinds,
        chunks: writer.chunks,
        digest: digest.digest('hex'),
      }
      await writer.append('end', JSON.stringify(end))
      await writer.sealEnd()
      await writer.sync()
      return end
    },
    close: () => writer.close(),
  }
}

/** A backup that is read. */
export interface ItemsReader {
  readonly header: FileHeader
  readonly bytes: number
  /** What its end says, without reading all of it. Throws BACKUP_UNUSABLE. */
  end(): Promise<BackupEnd>
  /** Every item; after the last one everything was checked: each part, their order, counts, digest and that nothing follows. */
  items(): AsyncGenerator<PendingChange, BackupEnd>
  close(): Promise<void>
}

/** Opens a backup. Throws BACKUP_UNUSABLE in words for one that is damaged, foreign, or whose key is missing. */
export async function openItems(path: string, name: string, keys: BackupKeys): Promise<ItemsReader> {
  const reader = await openChunkReader(path, name, keys)
  if (reader.header.holds !== 'items') {
    await reader.close()
    throw backupUnusable(name, 'it is a copy of changes and no backup')
  }
  return {
    header: reader.header,
    bytes: reader.bytes,
    end: async () => readEnd(name, await reader.end()),
    async *items() {
      const digest = createHash('sha256')
      let items = 0
      let end: { facts: BackupEnd; endsAt: number } | undefined
      for await (const chunk of reader.chunks()) {
        if (chunk.type === 'end') {
          end = { facts: readEnd(name, chunk), endsAt: chunk.endsAt }
          if (end.facts.chunks !== chunk.number) throw backupUnusable(name, 'parts of it are missing')
          continue
        }
        digest.update(chunk.text).update('\n')
        for (const line of chunk.text.split('\n')) {
          yield readLine(name, line)
          items++
        }
      }
      // The end is also found from behind, so the two ways must lead to the same place.
      if (end === undefined || end.endsAt + 4 !== reader.bytes) throw backupUnusable(name, 'it does not end where its end is')
      await reader.end()
      if (end.facts.items !== items || end.facts.digest !== digest.digest('hex'))
        throw backupUnusable(name, 'its items are not those that were counted when it was taken')
      return end.facts
    },
    close: () => reader.close(),
  }
}

function readLine(name: string, line: string): PendingChange {
  try {
    return readItemLine(line)
  } catch (cause) {
    throw backupUnusable(name, cause instanceof TypeError ? cause.message : 'it holds something that is no item', cause)
  }
}

function readEnd(name: string, { text }: OpenedChunk): BackupEnd {
  try {
    const end = JSON.parse(text) as BackupEnd
    if (typeof end.items === 'number' && typeof end.digest === 'string' && typeof end.chunks === 'number') return end
  } catch {
    // Told below.
  }
  throw backupUnusable(name, 'its end cannot be read')
}
