/**
 * A binary WebSocket message as bytes for the wire (RFC 6455 §5.2: one frame, unmasked), made once however many sockets it
 * goes to: a server's frames are the same for all. In one piece, or in pieces to be written together.
 */
export interface SocketFrame {
  readonly pieces: readonly Uint8Array[]
  readonly byteLength: number
}

const finalBinary = 0x82

/** The frame of a message that is `head`, then `body`. `isShared` joins the pieces, which pays when more than a few sockets take it. */
export function binaryFrame(head: Uint8Array, body: Uint8Array, isShared: boolean): SocketFrame {
  const start = frameStart(head, body.byteLength)
  const byteLength = start.byteLength + body.byteLength
  // The joining copy of a single reader's frame would be garbage at once; TLS joins the pieces anyway.
  return { pieces: isShared ? [Buffer.concat([start, body], byteLength)] : [start, body], byteLength }
}

/** Frame header and the message's own head, which are small, in one piece. */
function frameStart(head: Uint8Array, bodyBytes: number): Uint8Array {
  const payloadBytes = head.byteLength + bodyBytes
  const headerBytes = payloadBytes < 126 ? 2 : payloadBytes < 0x1_0000 ? 4 : 10
  const start = Buffer.allocUnsafe(headerBytes + head.byteLength)
  start[0] = finalBinary
  if (headerBytes === 2) start[1] = payloadBytes
  else if (headerBytes === 4) {
    start[1] = 126
    start.writeUInt16BE(payloadBytes, 2)
  } else {
    start[1] = 127
    start.writeBigUInt64BE(BigInt(payloadBytes), 2)
  }
  start.set(head, headerBytes)
  return start
}
