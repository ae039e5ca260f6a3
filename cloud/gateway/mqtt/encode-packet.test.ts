import type { Packet } from 'mqtt-packet'
import mqttPacket from 'mqtt-packet'
import { expect, it } from 'vitest'
import {
  encodeConnack,
  encodeConnackRefusal,
  encodeDisconnect,
  encodePuback,
  encodePublish,
  encodeSuback,
  encodeUnsuback,
  pingresp,
} from './encode-packet.ts'
import { reasons } from './reason.ts'

function parsed(bytes: Buffer): Packet {
  const parser = mqttPacket.parser({ protocolVersion: 5 })
  const found: Packet[] = []
  parser.on('packet', (packet) => found.push(packet))
  parser.on('error', (error) => {
    throw error
  })
  expect(parser.parse(bytes)).toBe(0)
  const [packet] = found
  if (packet === undefined || found.length > 1) throw new Error('not exactly one packet')
  return packet
}

it.each([
  [encodePuback(0x0102), '40020102'],
  [encodeSuback(1, [1]), '900400010001'],
  [encodeUnsuback(1, [0x11]), 'b00400010011'],
  [pingresp, 'd000'],
  [encodeDisconnect(reasons.takenOver), 'e0028e00'],
  [encodeConnackRefusal(reasons.badCredentials), '2003008600'],
  [encodeConnack(), '2018000015210040220040270100000024012500280029002a00'],
])('[MQ10] %o has the minimal form every generation reads', (bytes, hex) => {
  expect(bytes.toString('hex')).toBe(hex)
})

it('[MQ11] CONNACK announces the limits, and what is not available', () => {
  expect(parsed(encodeConnack(60))).toMatchObject({
    cmd: 'connack',
    reasonCode: 0,
    sessionPresent: false,
    properties: {
      receiveMaximum: 64,
      maximumPacketSize: 16 * 1024 * 1024,
      topicAliasMaximum: 64,
      maximumQoS: 1,
      retainAvailable: false,
      wildcardSubscriptionAvailable: false,
      subscriptionIdentifiersAvailable: false,
      sharedSubscriptionAvailable: false,
      serverKeepAlive: 60,
    },
  })
})

it.each([0, 100, 128, 16_384, 130_000, 2_100_000])('[MQ12] a publish of %i bytes is QoS 1 without properties', (size) => {
  const bytes = encodePublish('/agent/é/inbound/v1/cmd', 0xfffe, Buffer.alloc(size, 0x31))
  const packet = parsed(bytes)
  expect(packet).toMatchObject({ cmd: 'publish', qos: 1, dup: false, retain: false, topic: '/agent/é/inbound/v1/cmd', messageId: 0xfffe })
  expect('properties' in packet && packet.properties).toBe(false)
  expect(packet.cmd === 'publish' && packet.payload.length).toBe(size)
})

it('[MQ12] a question is QoS 0: no packet id, the same topic, payload and absence of properties', () => {
  const packet = parsed(encodePublish('/agent/x/inbound/v1/cmd', undefined, Buffer.from('ask')))
  expect(packet).toMatchObject({
    cmd: 'publish',
    qos: 0,
    dup: false,
    retain: false,
    topic: '/agent/x/inbound/v1/cmd',
    payload: Buffer.from('ask'),
  })
  expect('messageId' in packet && packet.messageId).toBeFalsy()
})
