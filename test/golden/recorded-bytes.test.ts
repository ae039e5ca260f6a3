import type { DescMessage } from '@bufbuild/protobuf'
import { fromBinary, toBinary } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import { decodePacket } from '../../cloud/gateway/mqtt/decode-packet.ts'
import { PacketFramer } from '../../cloud/gateway/mqtt/framer.ts'
import { linkLimits } from '../../src/aclk/limits.ts'
import * as messages from '../../src/aclk/messages/index.ts'
import { decodeQuestion } from '../../src/aclk/query/request.ts'
import { decodeAnswer } from '../../src/aclk/query/response.ts'
import { hasRecordings, listRecordings, readRecording, recordingsFolder } from '../doubles/agents/recording.ts'

/** The recorded type, such as `alarms.v1.AlarmLogEntry`, to our schema of that name. */
function schemaOf(type: string): DescMessage | undefined {
  return (messages as Record<string, unknown>)[`${type.split('.').at(-1)}Schema`] as DescMessage | undefined
}

it('[GW1] the recorded sessions of stock agents are there to be read', () => {
  expect(hasRecordings, `no recordings at ${recordingsFolder}: the golden suite cannot run`).toBe(true)
})

describe.each(listRecordings())('$version $scenario', ({ version, scenario }) => {
  const { lines } = readRecording(version, scenario)

  it('[AK23] every recorded message is known and has the same bytes when encoded again', () => {
    const wrong: string[] = []
    for (const { type, payload } of lines) {
      if (typeof type !== 'string' || payload === undefined) continue
      const schema = schemaOf(type)
      const bytes = Buffer.from(payload, 'base64')
      const again = schema && toBinary(schema, fromBinary(schema, bytes, { readUnknownFields: false }))
      if (again === undefined || !bytes.equals(again)) wrong.push(`${type} ${bytes.toString('hex')}`)
    }
    expect(wrong).toEqual([])
  })

  it('[AK24] every recorded answer comes apart as it was recorded, and every question that was not broken on purpose is one', () => {
    for (const { response, payloadOf } of lines.map((line) => ({ response: line.response, payloadOf: line.raw }))) {
      if (response === undefined || payloadOf === undefined) continue
      const packet = decodePacket(Buffer.from(payloadOf, 'base64'))
      if (packet.cmd !== 'publish') throw new Error('an answer that is no publish')
      const answer = decodeAnswer(packet.payload as Buffer)
      expect(answer.messageId).toBe(response.header['msg-id'])
      expect(answer.httpStatus).toBe(response.header['http-code'])
      const recorded = Buffer.from(response.bodyBase64 ?? '', 'base64')
      expect(recorded.subarray(0, answer.body.byteLength).equals(answer.body)).toBe(true)
    }
    for (const { query, raw } of lines) {
      if (query === undefined || raw === undefined) continue
      const packet = decodePacket(Buffer.from(raw, 'base64'))
      expect(packet.cmd === 'publish' && decodeQuestion(packet.payload as Buffer)?.messageId).toBe(query.header['msg-id'])
    }
  })

  it('[MQ36] every packet an agent sent passes in its recorded WebSocket frames', () => {
    const connections = new Map<number, PacketFramer>()
    let packets = 0
    for (const { conn, dir, kind, raw, wsFrames = [] } of lines) {
      if (dir !== 'agent' || kind !== 'mqtt' || raw === undefined) continue
      const framer = connections.get(conn ?? 0) ?? new PacketFramer()
      connections.set(conn ?? 0, framer)
      framer.limitBytes = linkLimits.packetBytes
      const bytes = Buffer.from(raw, 'base64')
      expect(wsFrames.reduce((sum, size) => sum + size, 0)).toBe(bytes.length)
      let at = 0
      for (const size of wsFrames) {
        framer.push(bytes.subarray(at, at + size))
        at += size
        for (let packet = framer.next(); packet !== undefined; packet = framer.next()) {
          expect(packet.equals(bytes)).toBe(true)
          decodePacket(packet)
          packets += 1
        }
      }
    }
    expect(packets).toBeGreaterThan(10)
  })
})
