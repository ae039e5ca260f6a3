import { randomBytes, randomUUID } from 'node:crypto'
import type { IPublishPacket, Packet } from 'mqtt-packet'
import { expect, it } from 'vitest'
import { closeWithHandClock, openGatewayDoor } from '../../test/doubles/agents/gateway-door.ts'
import type { LinkedAgent } from '../../test/doubles/agents/linked-agent.ts'
import { linkAgent } from '../../test/doubles/agents/linked-agent.ts'
import { createMemoryMetadata } from '../../test/doubles/stores/memory-metadata.ts'
import { bytesOf, call, claimBody, standInKey } from '../../test/doubles/agents/stand-in-agent.ts'
import { waitUntil } from '../../test/doubles/wait-until.ts'
import { ContextsUpdatedSchema, DisconnectReqSchema } from '../../src/aclk/messages/index.ts'
import { linkLimits } from '../../src/aclk/limits.ts'
import { decodeQuestion } from '../../src/aclk/query/request.ts'
import { encodeAnswer } from '../../src/aclk/query/response.ts'
import { topicOf } from '../../src/aclk/topics/topics.ts'
import { create, toBinary } from '@bufbuild/protobuf'

const info = { method: 'GET', target: '/api/v1/info', timeoutMs: 10_000 } as const
const never = () => new AbortController().signal

async function setup() {
  const metadata = createMemoryMetadata()
  const door = await openGatewayDoor(metadata.ports)
  const agent = await linkAgent(door, metadata)
  await agent.sayReachable()
  await agent.announce()
  await waitUntil(() => door.bus.route(agent.nodeId))
  return { metadata, door, agent }
}

/** The question the agent was sent last. */
async function questionOf(agent: LinkedAgent) {
  const packet = (await agent.raw.packet((sent) => sent.cmd === 'publish' && sent.topic.endsWith('/cmd'))) as IPublishPacket
  const question = decodeQuestion(packet.payload as Buffer)
  if (question === undefined) throw new Error('not a question')
  return question
}

/** Sends an answer in one packet, in frames as large as agents make them. */
function answer(agent: LinkedAgent, question: { messageId: string; callbackTopic: string }, body: Uint8Array): void {
  const payload = encodeAnswer({
    messageId: question.messageId,
    httpStatus: 200,
    contentType: 'x',
    isGzip: true,
    body,
    sessionIdUs: 1n,
    nowUs: 1n,
    executionUs: 1,
  })
  const packet = bytesOf({
    cmd: 'publish',
    topic: question.callbackTopic,
    payload: Buffer.from(payload),
    qos: 1,
    dup: false,
    retain: false,
    messageId: 4_000,
  })
  agent.raw.send(
    packet,
    Array.from({ length: Math.ceil(packet.length / 131_072) }, (_, i) => Math.min(131_072, packet.length - i * 131_072)),
  )
}

it('[GW61] an answer of nearly 16 MiB comes through whole, and is acknowledged', async () => {
  const { door, agent } = await setup()
  const body = randomBytes(16 * 1024 * 1024 - 2_000)
  const pending = door.bus.ask(agent.nodeId, info, never())
  answer(agent, await questionOf(agent), body)
  const got = await pending
  let isSame = false
  got.body.releaseTo((bytes) => (isSame = body.equals(bytes)))
  expect([isSame, got.isGzip]).toEqual([true, true])
  await agent.acknowledged(4_000)
})

it('[MQ37] answers that were asked for do not count as the rate of their agent', async () => {
  const { door, agent } = await setup()
  const answered = new Set<unknown>()
  for (let i = 0; i < linkLimits.publishBurst + 100; i++) {
    const pending = door.bus.ask(agent.nodeId, info, never())
    const isNew = (packet: Packet) => packet.cmd === 'publish' && packet.topic.endsWith('/cmd') && !answered.has(packet)
    const asked = (await agent.raw.packet(isNew)) as IPublishPacket
    answered.add(asked)
    const question = decodeQuestion(asked.payload as Buffer)
    if (question) answer(agent, question, Buffer.from('x'))
    await pending
    agent.raw.packets.length = 0
  }
  expect(door.gateway.counts().answers).toBe(linkLimits.publishBurst + 100)
})

it('[MQ38] the acknowledgement of an answer rides with the next packet, or goes out with the sweep', async () => {
  const { door, agent } = await setup()
  const acknowledgements = () => agent.raw.packets.filter((packet) => packet.cmd === 'puback' && packet.messageId === 4_000).length
  for (const next of ['a packet', 'the sweep']) {
    agent.raw.packets.length = 0
    const pending = door.bus.ask(agent.nodeId, info, never())
    answer(agent, await questionOf(agent), Buffer.from('small'))
    await pending
    expect(acknowledgements()).toBe(0)
    if (next === 'the sweep') door.clock.advance(1000)
    else agent.raw.send(bytesOf({ cmd: 'pingreq' }))
    await agent.acknowledged(4_000)
    expect(acknowledgements()).toBe(1)
  }
})

it('[GW62] an answer does not wait behind metadata that is being stored', async () => {
  const { door, agent, metadata } = await setup()
  let open = () => {}
  metadata.gate = new Promise((resolve) => (open = resolve))
  const pending = door.bus.ask(agent.nodeId, info, never())
  const question = await questionOf(agent)
  const stuck = agent.send(
    topicOf('contexts-updated', agent.claimId),
    toBinary(ContextsUpdatedSchema, create(ContextsUpdatedSchema, { claimId: agent.claimId, nodeId: agent.nodeId })),
  )
  answer(agent, question, Buffer.from('now'))
  expect((await pending).httpStatus).toBe(200)
  expect(agent.raw.packets.some((packet) => packet.cmd === 'puback' && packet.messageId === stuck)).toBe(false)
  open()
  await agent.acknowledged(stuck)
})

it('[GW63] a lost link fails its questions at once, and its node is offline after the grace, with the time it was last seen', async () => {
  const { door, agent, metadata } = await setup()
  const pending = door.bus.ask(agent.nodeId, info, never())
  const rejection = expect(pending).rejects.toMatchObject({ code: 'AGENT_UNREACHABLE' })
  agent.raw.socket.terminate()
  await rejection
  expect(door.presence.stateOf(agent.nodeId)).toBe('live')
  door.clock.advance(61_000)
  expect(door.presence.stateOf(agent.nodeId)).toBe('offline')
  await waitUntil(() => metadata.nodes.get(agent.nodeId)?.lastSeenAtMs)
})

it('[GW64] a claim that is gone is banned and cut within two seconds, without a route from the first moment', async () => {
  const { door, agent, metadata } = await setup()
  metadata.claims.delete(agent.claimId)
  door.gateway.cut(agent.claimId)
  expect(door.bus.route(agent.nodeId)).toBeUndefined()
  expect(await agent.command('DisconnectReq', DisconnectReqSchema)).toMatchObject({ permaban: true })
  door.clock.advance(2_000)
  expect(await agent.raw.packet(({ cmd }) => cmd === 'disconnect')).toMatchObject({ reasonCode: 0x98 })
  await agent.raw.closed
  await expect(linkAgent(door, metadata, { as: agent })).rejects.toThrow()
})

it('[GW75] a machine that is claimed under another id goes on under that, and the link of the former claim ends', async () => {
  const { door, agent, metadata } = await setup()
  const claimId = randomUUID()
  const body = claimBody({ claimId, machineGuid: agent.machineGuid, publicKeyPem: standInKey().publicKeyPem, token: metadata.token })
  expect((await call(door.port, 'PUT', `/api/v1/spaces/nodes/${claimId}`, body)).status).toBe(204)
  expect(await agent.raw.packet(({ cmd }) => cmd === 'disconnect')).toMatchObject({ reasonCode: 0x98 })
  const next = await linkAgent(door, metadata, { as: { claimId, machineGuid: agent.machineGuid } })
  expect([next.nodeId, door.gateway.links()]).toEqual([agent.nodeId, 1])
})

it('[GW65] closing sends every agent away for a few seconds, lets it say goodbye, and closes what is left', async () => {
  const { door, agent } = await setup()
  const closing = closeWithHandClock(door.gateway, door.clock)
  const order = await agent.command('DisconnectReq', DisconnectReqSchema)
  expect(order.permaban).toBe(false)
  expect(Number(order.reconnectAfterSeconds)).toBeGreaterThanOrEqual(1)
  expect(Number(order.reconnectAfterSeconds)).toBeLessThanOrEqual(5)
  await closing
  expect(await agent.raw.packet(({ cmd }) => cmd === 'disconnect')).toMatchObject({ reasonCode: 0x8b })
  expect(await agent.raw.closed).toBe(1012)
  expect(door.gateway.links()).toBe(0)
})

it('[GW66] what an agent answers, what it is called and what it proves itself with stands in no log line', async () => {
  const { door, agent } = await setup()
  const pending = door.bus.ask(agent.nodeId, info, never())
  const question = await questionOf(agent)
  answer(agent, question, Buffer.from('secret-value-of-the-agent'))
  await pending
  await agent.acknowledged(agent.send(topicOf('alarm-log-v2', agent.claimId), Buffer.from('secret-value-of-the-agent')))
  const log = JSON.stringify(door.lines)
  expect(door.gateway.counts().undecodable).toBe(1)
  expect(log).toContain('agent_message_undecodable')
  expect(log).not.toContain('value-of-the-agent')
  expect(log).not.toContain('127.0.0.1')
})
