import { open, type FileHandle } from 'node:fs/promises'
import { promisify } from 'node:util'
import { inflateRaw } from 'node:zlib'
import type { BackupKeys } from './backup-keys.ts'
import { chunkHeadBytes, headBytesMax, readChunkHead, readHead, sealOfFile, type ChunkType, type FileHeader } from './sealed-file.ts'
import { backupUnusable } from './unusable.ts'

const inflate = promisify(inflateRaw)
/** Far above what one chunk is made of: a bound against a chunk that would fill the memory. */
const plainBytesMax = 32 * 1024 * 1024

/** One opened chunk; `endsAt` is where the next one begins. */
export interface OpenedChunk {
  readonly type: ChunkType
  readonly number: number
  readonly text: string
  readonly endsAt: number
}

/** A sealed file that is being read. */
export interface ChunkReader {
  readonly header: FileHeader
  readonly bytes: number
  /**
   * All chunks in order, up to the end chunk or the end of the file. Throws BACKUP_UNUSABLE at the first that does not open; with
   * `isGrowing` a last chunk that is not complete ends the walk instead: whoever writes it was stopped, or is at it.
   */
  chunks(options?: { isGrowing?: boolean }): AsyncGenerator<OpenedChunk>
  /** The end chunk, found from behind. Throws BACKUP_UNUSABLE when the file does not end with one. */
  end(): Promise<OpenedChunk>
  close(): Promise<void>
}

/** Opens a sealed file. Throws BACKUP_UNUSABLE; a missing file throws what the file system says. */
export async function openChunkReader(path: string, name: string, keys: BackupKeys): Promise<ChunkReader> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const { header, length } = readHead(name, await readUpTo(file, 0, Math.min(size, headBytesMax)))
    const seal = await sealOfFile(name, header, keys)
    const openChunk = async (type: ChunkType, number: number, sealed: Buffer) => {
      const packed = seal.open(type, number, sealed)
      return (await inflate(packed, { maxOutputLength: plainBytesMax })).toString('utf8')
    }
    const cut = () => backupUnusable(name, 'it ends too early')
    return {
      header,
      bytes: size,
      async *chunks({ isGrowing = false } = {}) {
        let at = length
        for (let number = 0; at < size; number++) {
          const head = await readUpTo(file, at, chunkHeadBytes)
          if (head.length < chunkHeadBytes) {
            if (isGrowing) return
            throw cut()
          }
          const found = readChunkHead(head)
          if (found === undefined) throw backupUnusable(name, `part ${number + 1} of it is not as it was written`)
          const sealed = await readUpTo(file, at + chunkHeadBytes, found.length)
          if (sealed.length < found.length) {
            if (isGrowing) return
            throw cut()
          }
          const text = await openChunk(found.type, found.type === 'end' ? 0 : number, sealed)
          at += chunkHeadBytes + found.length
          yield { type: found.type, number, text, endsAt: at }
          if (found.type === 'end') return
        }
      },
      async end() {
        const tail = await readUpTo(file, Math.max(length, size - 4), 4)
        const frameBytes = tail.length === 4 ? tail.readUInt32BE() : 0
        const at = size - 4 - frameBytes
        if (frameBytes <= chunkHeadBytes || at < length) throw cut()
        const frame = await readUpTo(file, at, frameBytes)
        const found = readChunkHead(frame)
        if (found?.type !== 'end' || found.length !== frameBytes - chunkHeadBytes) throw cut()
        return { type: 'end', number: 0, text: await openChunk('end', 0, frame.subarray(chunkHeadBytes)), endsAt: at + frameBytes }
      },
      close: () => file.close(),
    }
  } catch (cause) {
    await file.close()
    throw cause
  }
}

async function readUpTo(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, at + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}
