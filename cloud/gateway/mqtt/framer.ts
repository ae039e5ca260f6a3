import { linkLimits } from '../../../src/aclk/limits.ts'
import { readFixedHeader } from './fixed-header.ts'
import { LinkRefusal, reasons } from './reason.ts'

/** Above this many held pieces they are joined; grows with the packet, so that joining stays cheap. */
const piecesHeld = 64

/**
 * Cuts the bytes of a link into whole MQTT packets. WebSocket frames and packets have no common borders (aclk §4.2; agents send
 * each PUBLISH in two frames). A packet is refused by its declared size before any of it is kept (security requirement M1).
 */
export class PacketFramer {
  /** The largest packet let in, with its header; raised after CONNACK. */
  limitBytes: number = linkLimits.packetBytesBeforeConnack
  #pieces: Buffer[] | undefined
  #heldBytes = 0
  #packetBytes = 0

  get heldBytes(): number {
    return this.#heldBytes
  }

  /** Takes the bytes of one frame; they are held, not copied. */
  push(bytes: Buffer): void {
    if (bytes.length === 0) return
    this.#pieces ??= []
    this.#pieces.push(bytes)
    this.#heldBytes += bytes.length
    // One-byte frames would otherwise cost a hundred bytes of bookkeeping each.
    if (this.#pieces.length > Math.max(piecesHeld, this.#heldBytes >> 8)) this.#pieces = [Buffer.concat(this.#pieces)]
  }

  /** The next whole packet, or undefined while more bytes are needed. Throws {@link LinkRefusal}. */
  next(): Buffer | undefined {
    const pieces = this.#pieces
    if (pieces === undefined) return undefined
    if (this.#packetBytes === 0) {
      const header = readFixedHeader((index) => byteAt(pieces, index))
      if (header === undefined) return undefined
      if (header.packetBytes > this.limitBytes) throw new LinkRefusal(reasons.tooLarge, 'The packet is larger than announced.')
      this.#packetBytes = header.packetBytes
    }
    if (this.#heldBytes < this.#packetBytes) return undefined
    const packet = this.#take(pieces, this.#packetBytes)
    this.#packetBytes = 0
    return packet
  }

  /** Lets go of everything held. */
  clear(): void {
    this.#pieces = undefined
    this.#heldBytes = 0
    this.#packetBytes = 0
  }

  #take(pieces: Buffer[], size: number): Buffer {
    const [first] = pieces
    // The common case keeps the received memory as it is: no copy.
    const whole = first !== undefined && pieces.length === 1 ? first : Buffer.concat(pieces, this.#heldBytes)
    this.#heldBytes -= size
    this.#pieces = whole.length > size ? [whole.subarray(size)] : undefined
    return whole.length > size ? whole.subarray(0, size) : whole
  }
}

function byteAt(pieces: readonly Buffer[], index: number): number | undefined {
  let left = index
  for (const piece of pieces) {
    if (left < piece.length) return piece[left]
    left -= piece.length
  }
  return undefined
}
