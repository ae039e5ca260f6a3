import { linkLimits } from '../../../src/aclk/limits.ts'
import { packetTypes } from './fixed-header.ts'
import { checkProperties } from './properties.ts'
import { FieldReader, malformed } from './reader.ts'
import { LinkRefusal, reasons } from './reason.ts'

/**
 * Walks one whole packet field by field, before the library sees it: the library accepts much that MQTT 5 calls malformed
 * (security requirement M2). Answers nothing; throws {@link LinkRefusal}.
 */
export function checkPacket(packet: Buffer): void {
  const type = packet.readUInt8(0) >> 4
  const fields = new FieldReader(packet, 1)
  fields.variable()
  if (type === packetTypes.publish) checkPublish(packet, fields)
  else if (type === packetTypes.puback) checkPuback(fields)
  else if (type === packetTypes.connect) checkConnect(fields)
  else if (type === packetTypes.subscribe) checkSubscribe(fields)
  else if (type === packetTypes.unsubscribe) checkUnsubscribe(fields)
  else if (type === packetTypes.disconnect) checkDisconnect(fields)
  else fields.done()
}

function checkConnect(fields: FieldReader): void {
  if (!fields.binary().equals(protocolName)) throw new LinkRefusal(reasons.unsupportedVersion, 'The protocol is not MQTT.')
  if (fields.byte() !== 5) throw new LinkRefusal(reasons.unsupportedVersion, 'The protocol version is not 5.')
  const flags = fields.byte()
  const hasWill = (flags & 0x04) !== 0
  if ((flags & 0x01) !== 0) throw malformed('the reserved connect flag is set')
  if ((flags & 0x18) === 0x18) throw malformed('a will QoS of 3 does not exist')
  if (!hasWill && (flags & 0x38) !== 0) throw malformed('will flags without a will')
  fields.word()
  checkProperties(fields, 'connect')
  fields.text()
  if (hasWill) {
    checkProperties(fields, 'will')
    checkTopicName(fields.text())
    fields.binary()
  }
  if ((flags & 0x80) !== 0) fields.text()
  if ((flags & 0x40) !== 0) fields.binary()
  fields.done()
}

function checkPublish(packet: Buffer, fields: FieldReader): void {
  const topic = fields.text()
  // An empty topic is how an alias is used; whether it is known is the link's question.
  if (topic.length > 0) checkTopicName(topic)
  if ((packet.readUInt8(0) & 0x06) !== 0) checkPacketId(fields)
  checkProperties(fields, 'publish')
}

function checkPuback(fields: FieldReader): void {
  checkPacketId(fields)
  if (fields.left > 0) fields.byte()
  if (fields.left > 0) checkProperties(fields, 'puback')
  fields.done()
}

function checkSubscribe(fields: FieldReader): void {
  checkPacketId(fields)
  checkProperties(fields, 'subscribe')
  let filters = 0
  do {
    checkFilter(fields.text())
    const options = fields.byte()
    if ((options & 0xc0) !== 0 || (options & 0x03) === 0x03 || (options & 0x30) === 0x30)
      throw malformed('subscription options that do not exist')
    filters += 1
  } while (fields.left > 0)
  if (filters > linkLimits.filtersPerSubscribe)
    throw new LinkRefusal(reasons.quotaExceeded, 'There are more filters in one packet than the limit.')
}

function checkUnsubscribe(fields: FieldReader): void {
  checkPacketId(fields)
  checkProperties(fields, 'unsubscribe')
  let filters = 0
  do {
    checkFilter(fields.text())
    filters += 1
  } while (fields.left > 0)
  if (filters > linkLimits.filtersPerSubscribe)
    throw new LinkRefusal(reasons.quotaExceeded, 'There are more filters in one packet than the limit.')
}

/** Reasons a client may give (MQTT 5 §3.14.2.1); the others are a server's. */
const clientDisconnectReasons: ReadonlySet<number> = new Set([
  0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99,
])

function checkDisconnect(fields: FieldReader): void {
  if (fields.left > 0 && !clientDisconnectReasons.has(fields.byte()))
    throw new LinkRefusal(reasons.protocolError, 'This reason is not a client’s.')
  if (fields.left > 0) checkProperties(fields, 'disconnect')
  fields.done()
}

const protocolName = Buffer.from('MQTT')

function checkPacketId(fields: FieldReader): void {
  if (fields.word() === 0) throw malformed('packet id 0 does not exist')
}

function checkTopicName(topic: Buffer): void {
  const isWild = topic.includes(0x23) || topic.includes(0x2b)
  if (topic.length === 0 || isWild || topic.length > linkLimits.topicBytes || levelsOf(topic) > linkLimits.topicLevels) {
    throw new LinkRefusal(reasons.topicInvalid, 'The topic name is empty, wild, or over the limits.')
  }
}

function checkFilter(filter: Buffer): void {
  if (filter.length === 0 || filter.length > linkLimits.topicBytes || levelsOf(filter) > linkLimits.topicLevels) {
    throw new LinkRefusal(filter.length === 0 ? reasons.malformed : reasons.filterInvalid, 'The topic filter is empty or over the limits.')
  }
}

/** A leading slash opens an empty level that nobody counts. */
function levelsOf(topic: Buffer): number {
  let levels = topic[0] === 0x2f ? 0 : 1
  for (const byte of topic) if (byte === 0x2f) levels += 1
  return levels
}
