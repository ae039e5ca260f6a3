import { open, rm, type FileHandle } from 'node:fs/promises'
import { promisify } from 'node:util'
import { deflateRaw } from 'node:zlib'
import { chunkFrame, chunkSeal, headBytes, type ChunkType, type NewFile } from './sealed-file.ts'

const deflate = promisify(deflateRaw)
/** Fast: what is in items is short text and ciphertext, and a backup runs beside a cloud that serves. */
const level = 3

/** A sealed file that is being written, chunk by chunk. Not for two callers at once. */
export interface ChunkWriter {
  /** Chunks of lines so far. */
  readonly chunks: number
  readonly bytes: number
  /** Seals lines as the next chunk; written, and on the disk only after `sync`. */
  append(type: ChunkType, plain: string): Promise<void>
  /** After the last chunk: how long the end is, so that it is found from behind. */
  sealEnd(): Promise<void>
  sync(): Promise<void>
  close(): Promise<void>
}

/** Begins a file that must not be there yet, mode 0600; where that fails, as on a full disk, none is left. */
export async function createChunkWriter(path: string, name: string, { header, key }: NewFile): Promise<ChunkWriter> {
  const file = await open(path, 'wx', 0o600)
  const head = headBytes(header)
  const seal = chunkSeal(name, header, key)
  let bytes = 0
  let chunks = 0
  let lastFrameBytes = 0
  const put = async (part: Buffer) => {
    await writeAll(file, part)
    bytes += part.length
  }
  try {
    await put(head)
  } catch (cause) {
    await file.close().catch(() => undefined)
    await rm(path, { force: true }).catch(() => undefined)
    throw cause
  }
  return {
    get chunks() {
      return chunks
    },
    get bytes() {
      return bytes
    },
    async append(type, plain) {
      const frame = chunkFrame(type, seal.seal(type, type === 'end' ? 0 : chunks, await deflate(plain, { level })))
      await put(frame)
      lastFrameBytes = frame.length
      if (type === 'lines') chunks++
    },
    async sealEnd() {
      const tail = Buffer.alloc(4)
      tail.writeUInt32BE(lastFrameBytes)
      await put(tail)
    },
    sync: () => file.sync(),
    close: () => file.close(),
  }
}

async function writeAll(file: FileHandle, part: Buffer): Promise<void> {
  for (let at = 0; at < part.length;) at += (await file.write(part, at, part.length - at)).bytesWritten
}
