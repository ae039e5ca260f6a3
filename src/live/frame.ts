import { ThroughlineError } from '../errors/throughline-error.ts'

/**
 * The binary frame that carries live bytes to a browser: a short header, then the agent's body untouched.
 *
 * | offset | size | meaning |
 * |---|---|---|
 * | 0 | 1 | version, 1 |
 * | 1 | 1 | flags: 1 gzip, 2 sealed (reserved for a later end-to-end sealed stream) |
 * | 2 | 2 | header length in bytes, big-endian; the body follows |
 * | 4 | 1 | kind: 1 tick of a stream, 2 answer to an ask |
 * | 5 | 1 | part: number of this question among those one tick needed, from 0 |
 * | 6 | 2 | the agent's HTTP status |
 * | 8 | 4 | stream (kind 1) or ask id (kind 2) |
 * | 12 | 4 | tick number of the stream, wrapping |
 * | 16 | 1 | length of the key id, 0 unless sealed |
 * | 17 | 1 | number of recipients, 0 unless sealed |
 * | 18 | … | key id, then recipients; absent unless sealed |
 */
export interface FrameHead {
  readonly kind: 'tick' | 'answer'
  readonly isGzip: boolean
  readonly part: number
  readonly httpStatus: number
  readonly id: number
  readonly tick: number
}

const version = 1
const flagGzip = 1
const fixedBytes = 18

/** The header bytes; what is sent is this, then the body. */
export function encodeFrameHead(head: FrameHead): Uint8Array {
  const bytes = new Uint8Array(fixedBytes)
  const view = new DataView(bytes.buffer)
  bytes[0] = version
  bytes[1] = head.isGzip ? flagGzip : 0
  view.setUint16(2, fixedBytes)
  bytes[4] = head.kind === 'tick' ? 1 : 2
  bytes[5] = head.part
  view.setUint16(6, head.httpStatus)
  view.setUint32(8, head.id)
  view.setUint32(12, head.tick)
  return bytes
}

/** Header and body of a received frame; the body is a view. Throws LIVE_MESSAGE_INVALID for what this version cannot read: a sealed body above all. */
export function decodeFrame(bytes: Uint8Array): { head: FrameHead; body: Uint8Array } {
  if (bytes.byteLength < fixedBytes) throw new ThroughlineError('LIVE_MESSAGE_INVALID', 'A live frame was cut short.')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const flags = view.getUint8(1)
  const headerBytes = view.getUint16(2)
  const kind = view.getUint8(4)
  if (
    view.getUint8(0) !== version ||
    (flags & ~flagGzip) !== 0 ||
    headerBytes < fixedBytes ||
    headerBytes > bytes.byteLength ||
    (kind !== 1 && kind !== 2)
  ) {
    throw new ThroughlineError('LIVE_MESSAGE_INVALID', 'A live frame has a form this page does not know.')
  }
  return {
    head: {
      kind: kind === 1 ? 'tick' : 'answer',
      isGzip: (flags & flagGzip) !== 0,
      part: view.getUint8(5),
      httpStatus: view.getUint16(6),
      id: view.getUint32(8),
      tick: view.getUint32(12),
    },
    body: bytes.subarray(headerBytes),
  }
}
