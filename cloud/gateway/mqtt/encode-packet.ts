import { linkLimits } from '../../../src/aclk/limits.ts'
import type { Reason } from './reason.ts'

/**
 * Packets to agents, in the minimal forms every generation reads (aclk §4.4 to §4.8). Each is one buffer, so that it leaves in one
 * piece: 1.37 skips CONNACK properties without waiting for them.
 */

/** Maximum QoS 1; retain, wildcards, subscription identifiers and shared subscriptions not available. */
const flagProperties = [
  [0x24, 1],
  [0x25, 0],
  [0x28, 0],
  [0x29, 0],
  [0x2a, 0],
] as const

/** CONNACK that accepts; `serverKeepAliveS` only where the agent's own was replaced. Standard property ids only (aclk §4.4). */
export function encodeConnack(serverKeepAliveS?: number): Buffer {
  const announced = Buffer.alloc(serverKeepAliveS === undefined ? 21 : 24)
  let at = announced.writeUInt8(0x21, 0)
  at = announced.writeUInt16BE(linkLimits.receiveMaximum, at)
  at = announced.writeUInt8(0x22, at)
  at = announced.writeUInt16BE(linkLimits.topicAliasMaximum, at)
  at = announced.writeUInt8(0x27, at)
  at = announced.writeUInt32BE(linkLimits.packetBytes, at)
  for (const [id, value] of flagProperties) at = announced.writeUInt8(value, announced.writeUInt8(id, at))
  if (serverKeepAliveS !== undefined) announced.writeUInt16BE(serverKeepAliveS, announced.writeUInt8(0x13, at))
  return Buffer.from([0x20, 3 + announced.length, 0, 0, announced.length, ...announced])
}

/** CONNACK that refuses, and its 3.1.1 form for clients that cannot read the other. */
export function encodeConnackRefusal(reason: Reason): Buffer {
  return Buffer.from([0x20, 3, 0, reason, 0])
}

export function encodePuback(packetId: number): Buffer {
  return Buffer.from([0x40, 2, packetId >> 8, packetId & 0xff])
}

export function encodeSuback(packetId: number, codes: readonly number[]): Buffer {
  return Buffer.from([0x90, 3 + codes.length, packetId >> 8, packetId & 0xff, 0, ...codes])
}

export function encodeUnsuback(packetId: number, codes: readonly number[]): Buffer {
  return Buffer.from([0xb0, 3 + codes.length, packetId >> 8, packetId & 0xff, 0, ...codes])
}

export const pingresp: Buffer = Buffer.from([0xd0, 0])

export function encodeDisconnect(reason: Reason): Buffer {
  return Buffer.from([0xe0, 2, reason, 0])
}

/** PUBLISH without properties, QoS 1 with its packet id, or QoS 0 without one; agents take both (aclk §4.7). */
export function encodePublish(topic: string, packetId: number | undefined, payload: Uint8Array): Buffer {
  const topicBytes = Buffer.byteLength(topic)
  const length = 2 + topicBytes + (packetId === undefined ? 0 : 2) + 1 + payload.byteLength
  const lengthBytes = length < 0x80 ? 1 : length < 0x4000 ? 2 : length < 0x20_0000 ? 3 : 4
  const packet = Buffer.allocUnsafe(1 + lengthBytes + length)
  let at = packet.writeUInt8(packetId === undefined ? 0x30 : 0x32, 0)
  for (let left = length; ; left = Math.floor(left / 128)) {
    at = packet.writeUInt8(left >= 128 ? (left % 128) | 0x80 : left, at)
    if (left < 128) break
  }
  at = packet.writeUInt16BE(topicBytes, at)
  at += packet.write(topic, at)
  if (packetId !== undefined) at = packet.writeUInt16BE(packetId, at)
  at = packet.writeUInt8(0, at)
  packet.set(payload, at)
  return packet
}
