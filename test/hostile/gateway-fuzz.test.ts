import { expect, it } from 'vitest'
import { decodeAlarmConfiguration, decodeAlarmLogEntry, decodeAlarmSnapshot } from '../../cloud/gateway/decode/alerts.ts'
import { decodeContextsSnapshot, decodeContextsUpdated } from '../../cloud/gateway/decode/contexts.ts'
import { decodeCollectors, decodeNodeInfo } from '../../cloud/gateway/decode/node-info.ts'
import { decodeAgentConnection, decodeCreateNodeInstance, decodeNodeConnection } from '../../cloud/gateway/decode/presence.ts'
import { decodePacket } from '../../cloud/gateway/mqtt/decode-packet.ts'
import { PacketFramer } from '../../cloud/gateway/mqtt/framer.ts'
import { LinkRefusal } from '../../cloud/gateway/mqtt/reason.ts'
import { decodeAnswer } from '../../src/aclk/query/response.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import { openGatewayDoor } from '../doubles/agents/gateway-door.ts'
import { linkAgent, willOf } from '../doubles/agents/linked-agent.ts'
import { createMemoryMetadata } from '../doubles/stores/memory-metadata.ts'
import { listRecordings, readRecording } from '../doubles/agents/recording.ts'
import { createSeeded, seedsOf } from '../doubles/seeded.ts'
import { bytesOf, connectPacket } from '../doubles/agents/stand-in-agent.ts'

const [seed = 0] = seedsOf(1)
const createRandom = (start: number) => {
  const seeded = createSeeded(start)
  return (below: number) => seeded.below(below)
}

/** The bytes with a few of them changed, cut off, doubled or taken from elsewhere. */
function damage(bytes: Buffer, random: (below: number) => number): Buffer {
  const changed = Buffer.from(bytes)
  for (let i = random(4); i >= 0 && changed.length > 0; i--) changed[random(changed.length)] = random(256)
  const kind = random(4)
  if (kind === 0) return changed.subarray(0, random(changed.length + 1))
  if (kind === 1) return Buffer.concat([changed, changed.subarray(random(changed.length + 1))])
  return changed
}

const claimId = '0844e0a0-1b8d-48fb-94ec-51ca9120991f'
const goodPackets = [
  connectPacket({ clientId: claimId, username: 'u', password: 'p' }, willOf(claimId, 5n)),
  bytesOf({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: `/agent/${claimId}/inbound/v1/cmd`, qos: 1 }] }),
  bytesOf({
    cmd: 'publish',
    topic: `/agent/${claimId}/outbound/v1/meta`,
    payload: 'abc',
    qos: 1,
    dup: false,
    retain: false,
    messageId: 3,
    properties: { topicAlias: 3, userProperties: { a: 'b' } },
  }),
  Buffer.from('40020001c000e000', 'hex'),
]

it(`[MQ35] damaged packets, cut anywhere, are decoded or refused with a reason, and nothing else (FUZZ_SEED=${seed})`, () => {
  const random = createRandom(seed)
  for (let round = 0; round < 20_000; round++) {
    const stream = damage(goodPackets[random(goodPackets.length)] ?? Buffer.alloc(0), random)
    const framer = new PacketFramer()
    const cutAt = random(stream.length + 1)
    try {
      for (const piece of [stream.subarray(0, cutAt), stream.subarray(cutAt)]) {
        framer.push(piece)
        for (let packet = framer.next(); packet !== undefined; packet = framer.next()) decodePacket(packet)
      }
    } catch (error) {
      if (!(error instanceof LinkRefusal)) throw new Error(`seed ${seed}, round ${round}, ${stream.toString('hex')}`, { cause: error })
    }
  }
  expect(decodePacket(goodPackets[2] ?? Buffer.alloc(0)).cmd).toBe('publish')
})

const decoders = [
  decodeAgentConnection,
  decodeCreateNodeInstance,
  decodeNodeConnection,
  decodeNodeInfo,
  decodeCollectors,
  decodeContextsSnapshot,
  decodeContextsUpdated,
  decodeAlarmLogEntry,
  decodeAlarmSnapshot,
  decodeAlarmConfiguration,
  decodeAnswer,
]

/** Recorded payloads where there are recordings, else a handful of our own. */
function payloads(): Buffer[] {
  const recording = listRecordings().find(({ scenario }) => scenario === 'parent-child')
  const recorded =
    recording === undefined
      ? []
      : readRecording(recording.version, recording.scenario).lines.flatMap(({ payload }) =>
          payload === undefined ? [] : [Buffer.from(payload, 'base64')],
        )
  return [...recorded, Buffer.from(`0a24${Buffer.from(claimId).toString('hex')}10011805`, 'hex')]
}

it(`[GW72] damaged messages are decoded or refused as AGENT_PROTOCOL, and nothing else (FUZZ_SEED=${seed})`, () => {
  const random = createRandom(seed)
  const good = payloads()
  for (let round = 0; round < 5_000; round++) {
    const payload = damage(good[random(good.length)] ?? Buffer.alloc(0), random)
    const decode = decoders[random(decoders.length)]
    try {
      decode?.(payload)
    } catch (error) {
      if (!(error instanceof ThroughlineError) || error.code !== 'AGENT_PROTOCOL')
        throw new Error(`seed ${seed}, round ${round}, ${payload.toString('hex')}`, { cause: error })
    }
  }
})

it(`[GW73] a linked agent that sends damaged messages on every topic keeps its link and harms nobody (FUZZ_SEED=${seed})`, async () => {
  const random = createRandom(seed)
  const metadata = createMemoryMetadata()
  const door = await openGatewayDoor(metadata.ports)
  const agent = await linkAgent(door, metadata)
  await agent.sayReachable()
  const good = payloads()
  const names = [
    'agent-connection',
    'create-node-instance',
    'node-instance-connection',
    'node-instance-info',
    'node-instance-collectors',
    'contexts-snapshot',
    'contexts-updated',
    'alarm-log',
    'alarm-snapshot-v2',
    'alarm-config',
    'alarm-health',
    'alarm-checkpoint',
    'meta',
  ]
  for (let i = 0; i < 400; i++) {
    const topic = `/agent/${agent.claimId}/outbound/v1/${names[random(names.length)]}`
    await agent.acknowledged(agent.send(topic, damage(good[random(good.length)] ?? Buffer.alloc(0), random)))
  }
  expect(door.gateway.links()).toBe(1)
  expect([...metadata.nodes.values()].every(({ machineGuid }) => machineGuid === agent.machineGuid || machineGuid.length === 36)).toBe(true)
})
