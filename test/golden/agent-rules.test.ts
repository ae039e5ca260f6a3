import type { DescMessage, MessageInitShape } from '@bufbuild/protobuf'
import { create, toBinary } from '@bufbuild/protobuf'
import { createHash } from 'node:crypto'
import type { Packet } from 'mqtt-packet'
import mqttPacket from 'mqtt-packet'
import { describe, expect, it } from 'vitest'
import {
  CancelPendingRequestSchema,
  ContextsCheckpointSchema,
  CreateNodeInstanceResultSchema,
  SendAlarmCheckpointSchema,
  SendAlarmLogHealthSchema,
  SendAlarmSnapshotSchema,
  StartAlarmStreamingSchema,
  UpdateAgentConnectionSchema,
} from '../../src/aclk/messages/index.ts'
import { envAnswer, errorAnswer, passwordAnswer } from '../../src/aclk/otp/answers.ts'
import { encodeQuestion } from '../../src/aclk/query/request.ts'
import { createAgentRules } from '../doubles/agents/agent-rules.ts'

const id = '11111111-2222-4333-8444-555555555555'
const key = 'AAAAAAAAAAAAAAAAAAAAAA=='
const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')

/** What the checker says of one HTTP answer. */
function faultsOf(request: string, answer: string): string[] {
  const rules = createAgentRules(() => 0)
  const watch = rules.watch()
  watch.fromAgent(Buffer.from(`${request} HTTP/1.1\r\nHost: x\r\n\r\n`))
  watch.fromCloud(Buffer.from(answer))
  expect(rules.seen.httpAnswers).toBe(1)
  return rules.faults
}

const answer = (status: string, body: string, more = '') =>
  `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\n${more}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
const env = envAnswer({ host: 'a', port: 443 })
const challenge = JSON.stringify({ challenge: Buffer.alloc(256, 1).toString('base64') })
const password = passwordAnswer({ clientId: id, username: 'u', password: 'p' })
const error = errorAnswer({ code: 'c', key: 'k', message: 'm' })
const auth = `/api/v1/auth/node/${id}`
const claim = `PUT /api/v1/spaces/nodes/${id}`

it.each([
  ['GET /api/v1/env', answer('200 OK', env)],
  [`GET ${auth}/challenge`, answer('200 OK', challenge)],
  [`POST ${auth}/password`, answer('201 Created', password)],
  [`GET ${auth}/challenge`, answer('404 Not Found', error)],
  [claim, 'HTTP/1.1 204 No Content\r\nDate: x\r\n\r\n'],
])('[SIM1] the checker takes what agents take of %s', (request, bytes) => {
  expect(faultsOf(request, bytes)).toEqual([])
})

it.each([
  ['200 for a password', `POST ${auth}/password`, answer('200 OK', password)],
  ['200 for a claim', claim, answer('200 OK', '')],
  ['a status line without its space', 'GET /api/v1/env', answer('200', env)],
  ['HTTP/1.0', 'GET /api/v1/env', answer('200 OK', env).replace('1.1', '1.0')],
  ['chunks', 'GET /api/v1/env', answer('200 OK', env, 'Transfer-Encoding: chunked\r\n')],
  ['gzip', 'GET /api/v1/env', answer('200 OK', env, 'Content-Encoding: gzip\r\n')],
  ['a header without a space', 'GET /api/v1/env', answer('200 OK', env, 'X:y\r\n')],
  ['a header of 256 bytes', 'GET /api/v1/env', answer('200 OK', env, `X: ${'y'.repeat(256)}\r\n`)],
  ['a redirect', 'GET /api/v1/env', answer('302 Found', '{}')],
  ['no length', `GET ${auth}/challenge`, 'HTTP/1.1 200 OK\r\nX: y\r\n\r\n'],
  ['17 KB', `POST ${auth}/password`, answer('201 Created', password.replace('"u"', `"${'u'.repeat(17_000)}"`))],
  ['a short challenge', `GET ${auth}/challenge`, answer('200 OK', '{"challenge":"AAAA"}')],
  ['a key env does not know', 'GET /api/v1/env', answer('200 OK', env.replace('{', '{"a":1,'))],
  ['an endpoint without port', 'GET /api/v1/env', answer('200 OK', env.replace('wss://a:443', 'wss://a'))],
  ['a back-off out of range', 'GET /api/v1/env', answer('200 OK', env.replace(/"maxSeconds":\d+/, '"maxSeconds":60'))],
  ['a missing topic', `POST ${auth}/password`, answer('201 Created', password.replace('"chart"', '"chert"'))],
  [
    'the manifest',
    `POST ${auth}/password`,
    answer('201 Created', password.replace('"topics":[', '"topics":[{"name":"node-instance-manifest","topic":"/#{claim_id}"},')),
  ],
  ['an error without its keys', 'GET /api/v1/env', answer('503 Busy', '{}')],
  ['a pretty error', claim, answer('403 No', JSON.stringify(JSON.parse(error), null, 1))],
  ['HTTP in a claim answer', claim, answer('403 No', errorAnswer({ code: 'c', key: 'k', message: 'HTTP' }))],
])('[SIM2] the checker refuses %s', (_, request, bytes) => {
  expect(faultsOf(request, bytes)).not.toEqual([])
})

/** A frame of the cloud: final, binary and unmasked unless told otherwise. */
function frame(payload: Uint8Array, first = 0x82, second = 0): Buffer {
  const length =
    payload.length < 126
      ? [second | payload.length]
      : payload.length < 65_536
        ? [second | 126, payload.length >> 8, payload.length & 255]
        : [second | 127, 0, 0, 0, 0, ...lengthOf(payload.length)]
  return Buffer.concat([Buffer.from([first, ...length]), second === 0x80 ? Buffer.alloc(4) : Buffer.of(), payload])
}
const lengthOf = (bytes: number) => [bytes >> 24, (bytes >> 16) & 255, (bytes >> 8) & 255, bytes & 255]
const packet = (fields: Packet) => mqttPacket.generate(fields, { protocolVersion: 5 })
const hex = (text: string) => Buffer.from(text, 'hex')

/** A link up to its first publish, id 3, by an agent of this health version; then `bytes` of the cloud. */
function linked(bytes: readonly Buffer[], health = 2) {
  let nowMs = 0
  const rules = createAgentRules(() => nowMs)
  const watch = rules.watch()
  const says = (payload: Uint8Array) => watch.fromAgent(frame(payload, 0x82, 0x80))
  watch.fromAgent(Buffer.from(`GET /mqtt HTTP/1.1\r\nSec-WebSocket-Key: ${key}\r\n\r\n`))
  watch.fromCloud(Buffer.from(`HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`))
  says(packet({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 5, clean: true, keepalive: 60, clientId: id }))
  watch.fromCloud(frame(hex('2003000000')))
  says(packet({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: '/a/cmd', qos: 1 }] }))
  watch.fromCloud(frame(hex('900400010001')))
  const capabilities = [{ name: 'health', version: health, enabled: true }]
  const payload = Buffer.from(toBinary(UpdateAgentConnectionSchema, create(UpdateAgentConnectionSchema, { claimId: id, capabilities })))
  says(packet({ cmd: 'publish', topic: '/a/agent-connection', payload, qos: 1, dup: false, retain: false, messageId: 3 }))
  expect(rules.faults).toEqual([])
  nowMs = 1_000
  for (const each of bytes) watch.fromCloud(each)
  return { rules, watch, late: (ms: number) => (nowMs += ms) }
}

const command = <Desc extends DescMessage>(name: string, schema: Desc, fields: MessageInitShape<Desc>) =>
  frame(
    packet({
      cmd: 'publish',
      topic: `/a/cmd/${name}`,
      payload: Buffer.from(toBinary(schema, create(schema, fields))),
      qos: 1,
      dup: false,
      retain: false,
      messageId: 9,
    }),
  )
const publish = (topic: string, payload: Uint8Array, changes: object = {}) =>
  frame(packet({ cmd: 'publish', topic, payload: Buffer.from(payload), qos: 1, dup: false, retain: false, messageId: 9, ...changes }))
const question = (target = '/api/v1/info') => encodeQuestion(id, `/cloud/reply/${id}`, { method: 'GET', target, timeoutMs: 1 })

it('[SIM1] the checker takes a link as agents take it, at every cut of its bytes', () => {
  const all = [
    frame(hex('40020003')),
    command('CreateNodeInstanceResult', CreateNodeInstanceResultSchema, { nodeId: id, machineGuid: id }),
    command('ContextsCheckpoint', ContextsCheckpointSchema, { claimId: id, nodeId: id, versionHash: 1n }),
    command('StartAlarmStreaming', StartAlarmStreamingSchema, { nodeId: id, batchId: 1n }),
    publish('/a/cmd', question()),
    frame(hex('e000')),
    frame(hex('03e8'), 0x88),
  ]
  const bytes = Buffer.concat(all)
  for (let at = 0; at <= bytes.length; at += 7) expect(linked([bytes.subarray(0, at), bytes.subarray(at)]).rules.faults).toEqual([])
})

describe('of a link the checker refuses', () => {
  it.each([
    ['a masked frame', [frame(hex('d000'), 0x82, 0x80)]],
    ['a text frame', [frame(Buffer.from('x'), 0x81)]],
    ['a fragment', [frame(hex('4002'), 0x02)]],
    ['an RSV bit', [frame(hex('40020003'), 0xc2)]],
    ['a frame after the close', [frame(hex('03e8'), 0x88), frame(hex('40020003'))]],
    ['a second CONNACK', [frame(hex('2003000000'))]],
    ['a PUBACK for an unknown id', [frame(hex('40020004'))]],
    ['a second PUBACK', [frame(hex('40020003')), frame(hex('40020003'))]],
    ['a SUBACK for nothing', [frame(hex('900400020001'))]],
    ['a PINGRESP for nothing', [frame(hex('d000'))]],
    ['PUBREC', [frame(hex('50020003'))]],
    ['UNSUBACK', [frame(hex('b0020003'))]],
    ['a packet after DISCONNECT', [frame(hex('e000')), frame(hex('40020003'))]],
    ['a topic nobody knows', [publish('/a/cmd/Nonsense', hex(''))]],
    ['QoS 2', [publish('/a/cmd', question(), { qos: 2 })]],
    ['a topic alias', [publish('/a/cmd', question(), { properties: { topicAlias: 1 } })]],
    ['a query without JSON', [publish('/a/cmd', Buffer.from('GET / HTTP/1.1\r\n\r\n'))]],
    ['a query with NUL', [publish('/a/cmd', Buffer.concat([question(), Buffer.of(0)]))]],
    ['a callback without slash', [publish('/a/cmd', Buffer.from(Buffer.from(question()).toString().replace('"/cloud', '"cloud')))]],
    ['HEAD', [publish('/a/cmd', Buffer.from(Buffer.from(question()).toString().replace('GET', 'HEAD')))]],
    ['129 KiB', [publish('/a/cmd', Buffer.alloc(129 * 1024, 'x'))]],
    ['protobuf that does not parse', [publish('/a/cmd/SendAlarmSnapshot', hex('00'))]],
    ['a field nobody knows', [publish('/a/cmd/SendNodeInstances', hex('f80101'))]],
    ['a node id that is none', [command('ContextsCheckpoint', ContextsCheckpointSchema, { claimId: id, nodeId: 'x' })]],
    ['batch 0', [command('StartAlarmStreaming', StartAlarmStreamingSchema, { nodeId: id })]],
    ['a cancel an agent cannot know', [command('CancelPendingRequest', CancelPendingRequestSchema, { requestId: id })]],
    ['a snapshot asked of C', [command('SendAlarmSnapshot', SendAlarmSnapshotSchema, { nodeId: id, claimId: id, snapshotUuid: id })]],
    ['log health asked of C', [command('SendAlarmLogHealth', SendAlarmLogHealthSchema, { nodeId: id })]],
  ])('[SIM2] %s', (_, bytes) => {
    expect(linked(bytes).rules.faults).not.toEqual([])
  })

  it('[SIM2] what only other generations know', () => {
    expect(linked([command('SendAlarmCheckpoint', SendAlarmCheckpointSchema, { nodeId: id, claimId: id })], 0).rules.faults).not.toEqual([])
    expect(linked([command('SendAlarmCheckpoint', SendAlarmCheckpointSchema, { nodeId: id, claimId: id })], 1).rules.faults).toEqual([])
    const snapshot = command('SendAlarmSnapshot', SendAlarmSnapshotSchema, { nodeId: id, claimId: id, snapshotUuid: id })
    expect(linked([snapshot], 1).rules.faults).toEqual([])
  })

  it('[SIM2] a PUBACK after a minute, and a DISCONNECT that leaves the socket open', () => {
    const slow = linked([])
    slow.late(60_000)
    slow.watch.fromCloud(frame(hex('40020003')))
    expect(slow.rules.faults).toEqual(['PUBACK after 60 seconds'])
    const zombie = linked([frame(hex('e000'))])
    zombie.watch.end('agent')
    expect(zombie.rules.faults).toEqual(['DISCONNECT, and the socket stayed open'])
  })
})
