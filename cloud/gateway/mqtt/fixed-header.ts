import { LinkRefusal, reasons } from './reason.ts'

/** Packet types by number (MQTT 5 §2.1.2). */
export const packetTypes = { connect: 1, publish: 3, puback: 4, subscribe: 8, unsubscribe: 10, pingreq: 12, disconnect: 14 } as const

/** Flags each type an agent may send must carry (MQTT 5 §2.1.3); PUBLISH has its own rules. */
const requiredFlags = new Map<number, number>([
  [packetTypes.connect, 0],
  [packetTypes.puback, 0],
  [packetTypes.subscribe, 2],
  [packetTypes.unsubscribe, 2],
  [packetTypes.pingreq, 0],
  [packetTypes.disconnect, 0],
])

/** Packets only a server sends; and the QoS 2 and AUTH flows, which were never offered. */
const foreignTypes: ReadonlySet<number> = new Set([2, 5, 6, 7, 9, 11, 13, 15])

/** Refuses a first byte that no agent may send; nothing behind it is read then. */
function checkFirstByte(byte: number): void {
  const type = byte >> 4
  if (foreignTypes.has(type)) throw new LinkRefusal(reasons.protocolError, 'This packet type is not for clients of this server.')
  const flags = byte & 0x0f
  if (type === packetTypes.publish) {
    if ((flags & 0x06) === 0x06) throw new LinkRefusal(reasons.malformed, 'A QoS of 3 does not exist.')
    if ((flags & 0x06) === 0x04) throw new LinkRefusal(reasons.qosUnsupported, 'QoS 2 is not offered.')
    if ((flags & 0x01) !== 0) throw new LinkRefusal(reasons.retainUnsupported, 'Retained messages are not offered.')
    if ((flags & 0x0e) === 0x08) throw new LinkRefusal(reasons.malformed, 'A duplicate without QoS does not exist.')
    return
  }
  if (requiredFlags.get(type) !== flags) throw new LinkRefusal(reasons.malformed, 'The fixed header has a reserved type or flags.')
}

/** The fixed header: where the rest starts, and how long the whole packet is. */
export interface FixedHeader {
  readonly bodyStart: number
  readonly packetBytes: number
}

/**
 * Reads the remaining length (MQTT 5 §1.5.5, §2.1.4) with `byteAt` giving the bytes held so far; undefined when more are
 * needed. Refuses longer spellings of a number, and a fifth byte.
 */
export function readFixedHeader(byteAt: (index: number) => number | undefined): FixedHeader | undefined {
  const first = byteAt(0)
  if (first === undefined) return undefined
  checkFirstByte(first)
  let length = 0
  for (let i = 0; i < 4; i++) {
    const byte = byteAt(1 + i)
    if (byte === undefined) return undefined
    length += (byte & 0x7f) * 128 ** i
    if (byte >= 0x80) continue
    if (i > 0 && byte === 0) break
    return { bodyStart: i + 2, packetBytes: i + 2 + length }
  }
  throw new LinkRefusal(reasons.malformed, 'The remaining length is not a minimal number of at most four bytes.')
}
