import type { Duplex } from 'node:stream'

/** No WebSocket frame of an agent is larger (aclk §4.2). */
export const frameBytes = 128 * 1024

interface BufferedChunk {
  readonly chunk: Buffer
}

/**
 * Makes the MQTT library's WebSocket stream write like an agent: what is written in one go (all parts of a packet) leaves as one
 * frame, and no frame is larger than {@link frameBytes}. Left alone, the library sends a frame for each field of a packet, and a
 * big payload as one frame that clouds refuse.
 */
export function writeAgentFrames(stream: Duplex): void {
  const writeFrame = stream._write.bind(stream)
  const writeAll = (bytes: Buffer, done: (error?: Error | null) => void): void => {
    const next = (from: number) => {
      const end = Math.min(from + frameBytes, bytes.byteLength)
      writeFrame(bytes.subarray(from, end), 'buffer' as BufferEncoding, (error) =>
        error || end >= bytes.byteLength ? done(error) : next(end),
      )
    }
    next(0)
  }
  stream._write = (chunk: Buffer, _encoding, done) => writeAll(chunk, done)
  stream._writev = (chunks: BufferedChunk[], done) => writeAll(Buffer.concat(chunks.map(({ chunk }) => chunk)), done)
}
