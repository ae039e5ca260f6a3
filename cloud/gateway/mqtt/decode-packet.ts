import type {
  IConnectPacket,
  IDisconnectPacket,
  IPubackPacket,
  IPublishPacket,
  IPingreqPacket,
  ISubscribePacket,
  IUnsubscribePacket,
  Packet,
} from 'mqtt-packet'
import mqttPacket from 'mqtt-packet'
import { checkPacket } from './check-packet.ts'
import { malformed } from './reader.ts'

/** What an agent may send, decoded. */
export type AgentPacket =
  IConnectPacket | IPublishPacket | IPubackPacket | ISubscribePacket | IUnsubscribePacket | IPingreqPacket | IDisconnectPacket

type Parse = (packet: Buffer) => AgentPacket

function createParse(): Parse {
  const parser = mqttPacket.parser({ protocolVersion: 5 })
  let decoded: Packet | undefined
  let failure: Error | undefined
  parser.on('packet', (packet) => (decoded = packet))
  parser.on('error', (error) => (failure = error))
  return (packet) => {
    decoded = undefined
    failure = undefined
    const left = parser.parse(packet)
    const result = decoded as AgentPacket | undefined
    decoded = undefined
    if (failure !== undefined || left !== 0 || result === undefined) throw malformed('the decoder refused it')
    return result
  }
}

let shared: Parse | undefined
const acknowledgement: IPubackPacket = { cmd: 'puback' }

/**
 * Decodes exactly one whole packet: our own strict walk first, then mqtt-packet. Throws LinkRefusal. Payloads are views of
 * `packet`, not copies. One parser serves all links, since it is empty between whole packets.
 */
export function decodePacket(packet: Buffer): AgentPacket {
  checkPacket(packet)
  // Nothing in an acknowledgement is read: what we send is never sent twice.
  if (packet.readUInt8(0) === 0x40) return acknowledgement
  // The library keeps the last CONNECT, with its password, as its settings: that parser is used once and dropped.
  if (packet.readUInt8(0) >> 4 === 1) return createParse()(packet)
  try {
    shared ??= createParse()
    return shared(packet)
  } catch (error) {
    shared = undefined
    throw error
  }
}
