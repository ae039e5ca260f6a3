import type { Packet } from 'mqtt-packet'
import mqttPacket from 'mqtt-packet'
import { describe, expect, it } from 'vitest'
import { checkPacket } from './check-packet.ts'
import { decodePacket } from './decode-packet.ts'
import type { LinkRefusal, Reason } from './reason.ts'
import { reasons } from './reason.ts'

const bytesOf = (packet: Packet) => mqttPacket.generate(packet, { protocolVersion: 5 })

/** A packet of this first byte around these hexadecimal fields. */
function packet(first: string, ...fields: readonly string[]): Buffer {
  const body = Buffer.from(fields.join(''), 'hex')
  const length: number[] = []
  for (let left = body.length; ; left = Math.floor(left / 128)) {
    length.push(left >= 128 ? (left % 128) | 0x80 : left)
    if (left < 128) break
  }
  return Buffer.concat([Buffer.from(first, 'hex'), Buffer.from(length), body])
}

/** A text field. */
function text(value: string | Buffer): string {
  const bytes = Buffer.from(value)
  return bytes.length.toString(16).padStart(4, '0') + bytes.toString('hex')
}

function reasonOf(bytes: Buffer): Reason | undefined {
  try {
    checkPacket(bytes)
    return undefined
  } catch (error) {
    return (error as LinkRefusal).reason
  }
}

const mqtt5 = text('MQTT') + '05'
const stockConnect = packet('10', mqtt5, 'd6', '003c', '03', '22ffff', text('id'), '00', text('/t'), text('gone'), text('user'), text('pw'))
const publish = (topic: string, properties = '00', id = '0001') => packet('32', text(topic), id, properties, '61')
const subscribe = (filters: string, properties = '00', id = '0001') => packet('82', id, properties, filters)

describe('what stock agents send', () => {
  it.each([
    [
      'CONNECT of 1.37, no properties',
      packet('10', mqtt5, 'd6', '003c', '00', text('id'), '00', text('/t'), text('gone'), text('user'), text('pw')),
    ],
    ['CONNECT of 2.x, alias maximum 65535', stockConnect],
    ['first PUBLISH to a topic', publish('/agent/x/outbound/v1/meta', '03230003')],
    ['next PUBLISH, by alias', publish('', '03230003')],
    ['SUBSCRIBE with options 09', subscribe(text('/a/cmd/+') + '09')],
    ['PUBACK', packet('40', '0001')],
    ['PUBACK with reason', packet('40', '0001', '00')],
    ['PINGREQ', packet('c0')],
    ['DISCONNECT', packet('e0')],
    ['DISCONNECT with will', packet('e0', '04', '00')],
  ])('[MQ7] %s passes the walk and the decoder', (_name, bytes) => {
    expect(reasonOf(bytes)).toBeUndefined()
    expect(decodePacket(bytes).cmd).toBeTypeOf('string')
  })
})

describe('malformed packets', () => {
  it.each([
    ['CONNECT of another protocol', packet('10', text('MQIsdp'), '05', 'c2', '003c', '00', text('id')), reasons.unsupportedVersion],
    ['CONNECT of 3.1.1', packet('10', text('MQTT'), '04', 'c2', '003c', text('id')), reasons.unsupportedVersion],
    ['CONNECT with the reserved flag', packet('10', mqtt5, '03', '003c', '00', text('id')), reasons.malformed],
    ['CONNECT with will QoS 3', packet('10', mqtt5, '1e', '003c', '00', text('id'), '00', text('/t'), text('x')), reasons.malformed],
    ['CONNECT with will flags and no will', packet('10', mqtt5, '22', '003c', '00', text('id')), reasons.malformed],
    ['CONNECT with bytes behind', packet('10', mqtt5, '02', '003c', '00', text('id'), '00'), reasons.malformed],
    ['CONNECT cut short', packet('10', mqtt5, '82', '003c', '00', text('id')), reasons.malformed],
    [
      'CONNECT with a wild will topic',
      packet('10', mqtt5, '06', '003c', '00', text('id'), '00', text('/#'), text('x')),
      reasons.topicInvalid,
    ],
    ['CONNECT with alias maximum twice', packet('10', mqtt5, '02', '003c', '06', '220001', '220001', text('id')), reasons.protocolError],
    ['CONNECT with receive maximum 0', packet('10', mqtt5, '02', '003c', '03', '210000', text('id')), reasons.protocolError],
    ['CONNECT with a server property', packet('10', mqtt5, '02', '003c', '03', '130000', text('id')), reasons.malformed],
    ['CONNECT with a flag of 2', packet('10', mqtt5, '02', '003c', '02', '1702', text('id')), reasons.protocolError],
    ['PUBLISH with packet id 0', publish('/t', '00', '0000'), reasons.malformed],
    ['PUBLISH to a wild topic', publish('/t/+'), reasons.topicInvalid],
    ['PUBLISH to a topic of 513 bytes', publish('/'.repeat(2) + 'a'.repeat(511)), reasons.topicInvalid],
    ['PUBLISH to a topic of 11 levels', publish('/a'.repeat(11)), reasons.topicInvalid],
    ['PUBLISH with alias 0', publish('/t', '03230000'), reasons.aliasInvalid],
    ['PUBLISH with two aliases', publish('/t', '06230001230001'), reasons.protocolError],
    ['PUBLISH with a subscription identifier', publish('/t', '020b01'), reasons.malformed],
    ['PUBLISH with properties past its end', publish('/t', '7f'), reasons.malformed],
    ['PUBLISH with a topic past its end', packet('32', '00ff', '61'), reasons.malformed],
    ['PUBLISH with bad UTF-8', packet('32', text(Buffer.from('2fff', 'hex')), '0001', '00'), reasons.malformed],
    ['PUBLISH with a half surrogate', packet('32', text(Buffer.from('2feda080', 'hex')), '0001', '00'), reasons.malformed],
    ['PUBLISH with a NUL', packet('32', text(Buffer.from('2f00', 'hex')), '0001', '00'), reasons.malformed],
    ['PUBLISH with 5 KiB of properties', publish('/t', '832826' + text('k') + text('v'.repeat(5115))), reasons.tooLarge],
    ['PUBLISH with 17 user properties', publish('/t', '77' + ('26' + text('a') + text('')).repeat(17)), reasons.malformed],
    ['SUBSCRIBE without filters', packet('82', '0001', '00'), reasons.malformed],
    ['SUBSCRIBE with packet id 0', subscribe(text('/a') + '01', '00', '0000'), reasons.malformed],
    ['SUBSCRIBE with an empty filter', subscribe(text('') + '01'), reasons.malformed],
    ['SUBSCRIBE without options', subscribe(text('/a')), reasons.malformed],
    ['SUBSCRIBE with QoS 3', subscribe(text('/a') + '03'), reasons.malformed],
    ['SUBSCRIBE with reserved options', subscribe(text('/a') + '41'), reasons.malformed],
    ['SUBSCRIBE with retain handling 3', subscribe(text('/a') + '31'), reasons.malformed],
    ['SUBSCRIBE with 9 filters', subscribe((text('/a') + '01').repeat(9)), reasons.quotaExceeded],
    ['SUBSCRIBE with an identifier', subscribe(text('/a') + '01', '020b01'), reasons.subscriptionIdsUnsupported],
    ['UNSUBSCRIBE without filters', packet('a2', '0001', '00'), reasons.malformed],
    ['UNSUBSCRIBE with 9 filters', packet('a2', '0001', '00', text('/a').repeat(9)), reasons.quotaExceeded],
    ['PUBACK with packet id 0', packet('40', '0000'), reasons.malformed],
    ['PUBACK with bytes behind', packet('40', '0001', '00', '00', '00'), reasons.malformed],
    ['PINGREQ with a body', packet('c0', '00'), reasons.malformed],
    ['DISCONNECT with a reason of servers', packet('e0', '8e'), reasons.protocolError],
    ['DISCONNECT with bytes behind', packet('e0', '00', '00', '00'), reasons.malformed],
  ])('[MQ8] %s is refused', (_name, bytes, reason) => {
    expect(reasonOf(bytes)).toBe(reason)
  })

  it('[MQ8] more than 16 user properties are refused', () => {
    const pair = '26' + text('a') + text('')
    expect(reasonOf(publish('/t', (16 * 6).toString(16) + pair.repeat(16)))).toBeUndefined()
    expect(reasonOf(publish('/t', (17 * 6).toString(16) + pair.repeat(17)))).toBe(reasons.quotaExceeded)
  })
})

it('[MQ9] the decoder keeps nothing of a CONNECT, and takes the next packets whatever came before', () => {
  expect(decodePacket(stockConnect)).toMatchObject({
    cmd: 'connect',
    clientId: 'id',
    username: 'user',
    keepalive: 60,
    will: { topic: '/t', qos: 2, retain: false },
  })
  expect(
    decodePacket(
      bytesOf({
        cmd: 'publish',
        qos: 1,
        dup: false,
        retain: false,
        topic: '/t',
        payload: 'x',
        messageId: 9,
        properties: { topicAlias: 4 },
      }),
    ),
  ).toMatchObject({
    cmd: 'publish',
    messageId: 9,
    properties: { topicAlias: 4 },
  })
  expect(() => decodePacket(packet('e0', '00', '00', '00'))).toThrow()
  expect(decodePacket(packet('c0')).cmd).toBe('pingreq')
})

it('[MQ9] the payload of a decoded publish is a view of the packet, not a copy', () => {
  const bytes = bytesOf({ cmd: 'publish', qos: 1, dup: false, retain: false, topic: '/t', payload: Buffer.alloc(100_000, 7), messageId: 1 })
  const decoded = decodePacket(bytes)
  expect(decoded.cmd === 'publish' && (decoded.payload as Buffer).buffer === bytes.buffer).toBe(true)
})
