import { expect, it } from 'vitest'
import { linkLimits } from '../../../src/aclk/limits.ts'
import { PacketFramer } from './framer.ts'
import type { LinkRefusal } from './reason.ts'
import { reasons } from './reason.ts'

const golden = {
  pingreq: Buffer.from('c000', 'hex'),
  disconnect: Buffer.from('e000', 'hex'),
  puback: Buffer.from('40020007', 'hex'),
  // aclk §9: the next publish to a topic, by alias 5, with a payload of 200 bytes.
  publish: Buffer.concat([Buffer.from('32d0010000000303230005', 'hex'), Buffer.alloc(200, 0x61)]),
}
const stream = Buffer.concat(Object.values(golden))

function packetsOf(framer: PacketFramer, ...pieces: readonly Buffer[]): string[] {
  const found: string[] = []
  for (const piece of pieces) {
    framer.push(piece)
    for (let packet = framer.next(); packet !== undefined; packet = framer.next()) found.push(packet.toString('hex'))
  }
  return found
}

function refusalOf(action: () => unknown): LinkRefusal {
  try {
    action()
  } catch (error) {
    return error as LinkRefusal
  }
  throw new Error('nothing was refused')
}

it('[MQ1] finds the same packets wherever the stream is cut in two', () => {
  for (let cut = 0; cut <= stream.length; cut++) {
    expect(packetsOf(new PacketFramer(), stream.subarray(0, cut), stream.subarray(cut))).toEqual(
      Object.values(golden).map((bytes) => bytes.toString('hex')),
    )
  }
})

it('[MQ1] finds the same packets byte by byte', () => {
  const bytes = [...stream].map((byte) => Buffer.from([byte]))
  expect(packetsOf(new PacketFramer(), ...bytes)).toHaveLength(4)
})

it('[MQ2] hands on the received memory, without a copy, when a packet came in one piece', () => {
  const framer = new PacketFramer()
  framer.push(stream)
  expect(framer.next()?.buffer).toBe(stream.buffer)
})

it('[MQ3] refuses a declared size over the limit as soon as the header is there, before and after CONNACK', () => {
  const framer = new PacketFramer()
  framer.push(Buffer.from('10808001', 'hex'))
  expect(refusalOf(() => framer.next())).toMatchObject({ reason: reasons.tooLarge, code: 'LINK_TOO_LARGE' })

  const later = new PacketFramer()
  later.limitBytes = linkLimits.packetBytes
  later.push(Buffer.from('32ffffff7f', 'hex'))
  expect(refusalOf(() => later.next()).reason).toBe(reasons.tooLarge)
  expect(later.heldBytes).toBe(5)
})

it('[MQ3] lets in a packet of exactly the limit', () => {
  const framer = new PacketFramer()
  framer.limitBytes = 300
  const packet = Buffer.concat([Buffer.from([0x32, 0xa9, 0x02]), Buffer.alloc(297)])
  expect(packetsOf(framer, packet)).toHaveLength(1)
  framer.limitBytes = 299
  framer.push(packet)
  expect(refusalOf(() => framer.next()).reason).toBe(reasons.tooLarge)
})

it.each([
  ['00', 'reserved type', reasons.malformed],
  ['20', 'CONNACK', reasons.protocolError],
  ['50', 'PUBREC', reasons.protocolError],
  ['62', 'PUBREL', reasons.protocolError],
  ['70', 'PUBCOMP', reasons.protocolError],
  ['90', 'SUBACK', reasons.protocolError],
  ['b0', 'UNSUBACK', reasons.protocolError],
  ['d0', 'PINGRESP', reasons.protocolError],
  ['f0', 'AUTH', reasons.protocolError],
  ['11', 'CONNECT with flags', reasons.malformed],
  ['80', 'SUBSCRIBE without its flags', reasons.malformed],
  ['c1', 'PINGREQ with flags', reasons.malformed],
  ['36', 'PUBLISH with QoS 3', reasons.malformed],
  ['34', 'PUBLISH with QoS 2', reasons.qosUnsupported],
  ['33', 'PUBLISH retained', reasons.retainUnsupported],
  ['38', 'PUBLISH again without QoS', reasons.malformed],
])('[MQ4] refuses the first byte %s (%s) before anything behind it', (hex, _name, reason) => {
  const framer = new PacketFramer()
  framer.push(Buffer.from(hex, 'hex'))
  expect(refusalOf(() => framer.next()).reason).toBe(reason)
})

it.each(['c08000', '32808000', '3280808000', '32ffffffff', '3280808080'])(
  '[MQ5] refuses the remaining length of %s: not minimal, or over four bytes',
  (hex) => {
    const framer = new PacketFramer()
    framer.limitBytes = linkLimits.packetBytes
    framer.push(Buffer.from(hex, 'hex'))
    expect(refusalOf(() => framer.next()).reason).toBe(reasons.malformed)
  },
)

it('[MQ6] joins many tiny pieces, so that their bookkeeping stays small', () => {
  const framer = new PacketFramer()
  framer.limitBytes = linkLimits.packetBytes
  const packet = Buffer.concat([Buffer.from([0x32, 0x80, 0x80, 0x04]), Buffer.alloc(65_536, 1)])
  const found = packetsOf(framer, ...[...packet].map((byte) => Buffer.from([byte])))
  expect(found).toEqual([packet.toString('hex')])
  expect(framer.heldBytes).toBe(0)
})
