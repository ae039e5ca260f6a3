import type { DescMessage, MessageInitShape } from '@bufbuild/protobuf'
import { create, toBinary } from '@bufbuild/protobuf'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { IPublishPacket, Packet } from 'mqtt-packet'
import { expect, it, onTestFinished } from 'vitest'
import { createMetadata } from '../../cloud/metadata/metadata.ts'
import { createSqliteStore } from '../../cloud/store/sqlite/sqlite-store.ts'
import { linkLimits } from '../../src/aclk/limits.ts'
import {
  AlarmLogEntrySchema,
  AlarmSnapshotSchema,
  ContextsSnapshotSchema,
  ContextsUpdatedSchema,
  CreateNodeInstanceSchema,
  UpdateAgentConnectionSchema,
  UpdateNodeCollectorsSchema,
  UpdateNodeInfoSchema,
  UpdateNodeInstanceConnectionSchema,
} from '../../src/aclk/messages/index.ts'
import { decodeQuestion } from '../../src/aclk/query/request.ts'
import { encodeAnswer } from '../../src/aclk/query/response.ts'
import type { TopicName } from '../../src/aclk/topics/topics.ts'
import { replyTopic, topicOf } from '../../src/aclk/topics/topics.ts'
import type { ClaimId, MachineGuid, PersonId, SpaceId } from '../../src/domain/ids.ts'
import { silentLog } from '../../src/support/log.ts'
import { openGatewayDoor } from '../doubles/agents/gateway-door.ts'
import { createHandClock } from '../doubles/hand-clock.ts'
import type { LinkedAgent } from '../doubles/agents/linked-agent.ts'
import { linkAgent } from '../doubles/agents/linked-agent.ts'
import { createMemoryMetadata } from '../doubles/stores/memory-metadata.ts'
import { bytesOf, claimStandIn } from '../doubles/agents/stand-in-agent.ts'
import { waitUntil } from '../doubles/wait-until.ts'
import { testSeals } from '../doubles/stores/test-seals.ts'
import { temporaryFolder } from '../doubles/temporary-folder.ts'

const question = { method: 'GET', target: '/api/v1/info', timeoutMs: 30_000 } as const

/** A gateway on real metadata with an honest agent, whose viewer keeps asking, and a hostile one in the same space or in another. */
async function setup(where: 'same space' | 'other space' = 'same space') {
  const clock = createHandClock()
  const store = createSqliteStore({ path: join(temporaryFolder(), 'metadata.db'), clock, log: silentLog })
  onTestFinished(() => store.close())
  const metadata = createMetadata({ store, seals: testSeals, clock, log: silentLog })
  const { spaceId } = await metadata.spaces.ensureFirst({ name: 'space', adminPersonId: randomUUID() as string as PersonId })
  const stranger = randomUUID() as string as PersonId
  const { spaceId: otherSpaceId } = await metadata.spaces.create({ name: 'other', description: '', adminPersonId: stranger })
  const door = await openGatewayDoor(metadata, clock)
  const link = async (space: SpaceId) => {
    const { token } = await metadata.claimTokens.issue({ spaceId: space, roomIds: [], validForMs: 60_000, uses: 1 })
    const as = await claimStandIn(door.port, token)
    const agent = await metadata.claims.find(as.claimId as ClaimId)
    if (agent === undefined) throw new Error('not claimed')
    const linked = await linkAgent(door, { token, claims: new Map([[agent.claimId, agent]]) }, { as })
    await linked.sayReachable([{ name: 'health', version: 2, enabled: true }])
    await linked.announce()
    return linked
  }
  const honest = await link(spaceId)
  await honest.publish('contexts-snapshot', ContextsSnapshotSchema, {
    claimId: honest.claimId,
    nodeId: honest.nodeId,
    version: 4n,
    contexts: [{ id: 'system.cpu', version: 5n, firstEntry: 1n }],
  })
  await honest.publish('alarm-log-v2', AlarmLogEntrySchema, alert(honest, 'cpu'))
  answerQuestions(honest)
  const hostile = await link(where === 'same space' ? spaceId : otherSpaceId)

  /** What is kept of the honest agent's node, and how it is reached. */
  const kept = async () => ({
    node: await metadata.nodes.get(spaceId, honest.nodeId),
    contexts: await metadata.contexts.list(spaceId, honest.nodeId),
    alerts: await metadata.alerts.list(spaceId, honest.nodeId),
    state: door.presence.stateOf(honest.nodeId),
    claimId: door.bus.route(honest.nodeId)?.claimId,
  })
  const before = await kept()
  /** Asks the honest agent as its viewer does; its own answer or nothing. */
  const ask = async () => {
    let text = ''
    const answer = await door.bus.ask(honest.nodeId, question, new AbortController().signal)
    answer.body.releaseTo((body) => (text = Buffer.from(body).toString()))
    return text
  }
  /** Runs an attack while the viewer asks on; then nothing of the honest agent has changed and its link is the one it had. */
  const attack = async (run: () => Promise<unknown>) => {
    const state = { isOver: false }
    const running = run().finally(() => (state.isOver = true))
    const answers: string[] = []
    do answers.push(await ask())
    while (!state.isOver)
    await running
    answers.push(await ask())
    expect(new Set(answers)).toEqual(new Set(['honest']))
    expect(await kept()).toEqual(before)
    expect(honest.raw.packets.some(isDisconnect)).toBe(false)
  }
  return { door, clock, metadata, spaceId, otherSpaceId, honest, hostile, ask, attack }
}

const isDisconnect = (packet: Packet) => packet.cmd === 'disconnect'
const isQuestion = (packet: Packet): packet is IPublishPacket => packet.cmd === 'publish' && packet.topic.endsWith('/cmd')
const alert = ({ claimId, nodeId }: LinkedAgent, name: string) => ({
  claimId,
  nodeId,
  name,
  chart: 'c',
  status: 5,
  when: 1_700_000_000n,
  alertVersion: 7n,
})
const encoded = <Desc extends DescMessage>(schema: Desc, message: MessageInitShape<Desc>) => toBinary(schema, create(schema, message))

function answerOf(messageId: string, text: string): Uint8Array {
  const body = Buffer.from(text)
  return encodeAnswer({
    messageId,
    httpStatus: 200,
    contentType: 'text/plain',
    isGzip: false,
    body,
    sessionIdUs: 1n,
    nowUs: 2n,
    executionUs: 1,
  })
}

/** Answers what comes, as long as the link lives. */
function answerQuestions(agent: LinkedAgent): void {
  const answered = new Set<Packet>()
  agent.raw.socket.on('message', () => {
    for (const packet of agent.raw.packets) {
      if (!isQuestion(packet) || answered.has(packet)) continue
      answered.add(packet)
      const asked = decodeQuestion(packet.payload as Buffer)
      if (asked) agent.send(asked.callbackTopic, answerOf(asked.messageId, 'honest'), { messageId: 20_000 + answered.size })
    }
  })
}

/** One packet in frames as agents cut them. */
function sendFramed(agent: LinkedAgent, bytes: Buffer): void {
  const most = 128 * 1024
  agent.raw.send(
    bytes,
    Array.from({ length: Math.ceil(bytes.length / most) }, (_, n) => Math.min(most, bytes.length - n * most)),
  )
}

/** Everything an agent can say about a node, said about the other one's. */
function lies(hostile: LinkedAgent, { claimId, nodeId, machineGuid, sessionId }: LinkedAgent) {
  const about = (name: TopicName, payload: Uint8Array) => ({ name, payload })
  const said = (as: string) => [
    about('node-instance-connection', encoded(UpdateNodeInstanceConnectionSchema, { claimId: as, nodeId, sessionId, hops: 0 })),
    about('contexts-snapshot', encoded(ContextsSnapshotSchema, { claimId: as, nodeId, version: 1n, contexts: [{ id: 'lie.lie' }] })),
    about(
      'contexts-updated',
      encoded(ContextsUpdatedSchema, { claimId: as, nodeId, contextUpdates: [{ id: 'system.cpu', deleted: true }] }),
    ),
    about(
      'alarm-log-v2',
      encoded(AlarmLogEntrySchema, { ...alert({ ...hostile, nodeId }, 'cpu'), claimId: as, status: 2, when: 1_800_000_000n }),
    ),
    about('alarm-snapshot-v2', encoded(AlarmSnapshotSchema, { claimId: as, nodeId, chunks: 1, chunk: 1 })),
    about(
      'node-instance-collectors',
      encoded(UpdateNodeCollectorsSchema, { claimId: as, nodeId, collectors: [{ plugin: 'lie', module: 'lie' }] }),
    ),
    about('node-instance-info', encoded(UpdateNodeInfoSchema, { claimId: as, machineGuid, nodeId, data: { name: 'lie' } })),
  ]
  return [
    ...said(hostile.claimId),
    ...said(claimId),
    about('create-node-instance', encoded(CreateNodeInstanceSchema, { claimId, machineGuid, hostname: 'lie' })),
    about('agent-connection', encoded(UpdateAgentConnectionSchema, { claimId, sessionId: sessionId + 1n, reachable: true })),
  ]
}

it.each(['same space', 'other space'] as const)(
  '[GW190] claims to be another node, in the %s, change nothing, are counted and logged',
  async (where) => {
    const { door, clock, honest, hostile, attack } = await setup(where)
    await attack(async () => {
      const ids = lies(hostile, honest).map(({ name, payload }) => hostile.send(topicOf(name, hostile.claimId), payload))
      await hostile.acknowledged(ids.at(-1) ?? 0)
      clock.advance(16_000)
      for (const id of ids) await hostile.acknowledged(id)
    })
    // About its own claim's nodes an agent may be early, so those wait before they are given up.
    expect(door.gateway.counts()).toMatchObject({ mismatched: 10, unannounced: 5, undecodable: 0 })
    expect(door.lines).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        event: 'agent_message_refused',
        fields: expect.objectContaining({ claimId: hostile.claimId }) as object,
      }),
    )
  },
)

it('[GW190] the machine guid of a node in another space makes a node of its own there', async () => {
  const { metadata, honest, hostile, otherSpaceId, attack } = await setup('other space')
  const { claimId } = hostile
  await attack(async () => {
    await hostile.publish('create-node-instance', CreateNodeInstanceSchema, {
      claimId,
      machineGuid: honest.machineGuid,
      hostname: 'lie',
      hops: 1,
    })
    await hostile.publish('node-instance-info', UpdateNodeInfoSchema, {
      claimId,
      machineGuid: honest.machineGuid,
      child: true,
      data: { name: 'lie' },
    })
  })
  const theirs = await metadata.nodes.list(otherSpaceId)
  expect(theirs.find(({ machineGuid }) => machineGuid === (honest.machineGuid as MachineGuid))?.nodeId).not.toBe(honest.nodeId)
})

it('[GW191] a publish on another agent’s topic ends the link that sent it, and only that', async () => {
  const { door, honest, hostile, attack } = await setup()
  await attack(async () => {
    hostile.send(
      topicOf('agent-connection', honest.claimId),
      encoded(UpdateAgentConnectionSchema, { claimId: honest.claimId, sessionId: 9n }),
    )
    expect(await hostile.raw.packet(isDisconnect)).toMatchObject({ reasonCode: 0x87 })
    await hostile.raw.closed
  })
  expect(door.lines).toContainEqual(
    expect.objectContaining({ event: 'link_refused', fields: expect.objectContaining({ claimId: hostile.claimId }) as object }),
  )
})

it('[GW192] an answer to another agent’s question is nobody’s answer, even with the right id', async () => {
  const { door, honest, hostile, attack, ask } = await setup()
  await attack(async () => {
    for (let n = 0; n < 20; n++) {
      const known = honest.raw.packets.filter(isQuestion).length
      const asking = ask()
      const asked = await honest.raw.packet(
        (packet) => isQuestion(packet) && honest.raw.packets.filter(isQuestion).indexOf(packet) >= known,
      )
      const { messageId = '' } = decodeQuestion((asked as IPublishPacket).payload as Buffer) ?? {}
      await hostile.acknowledged(hostile.send(replyTopic(messageId), answerOf(messageId, 'hostile')))
      expect(await asking).toBe('honest')
    }
    await hostile.acknowledged(hostile.send(replyTopic(randomUUID()), answerOf(randomUUID(), 'hostile')))
  })
  expect(door.gateway.counts().lateAnswers).toBe(21)
})

it('[GW193] a flood of publishes waits at the rate of its own link and ends with 0x96', { timeout: 120_000 }, async () => {
  const { clock, hostile, attack } = await setup()
  const payload = encoded(UpdateNodeCollectorsSchema, {
    claimId: hostile.claimId,
    nodeId: hostile.nodeId,
    collectors: [{ plugin: 'p', module: 'm' }],
  })
  await attack(async () => {
    for (let n = 0; n < 20_000; n++) hostile.send(topicOf('node-instance-collectors', hostile.claimId), payload, { messageId: 10 + n })
    let seconds = 0
    for (; seconds < 70 && !hostile.raw.packets.some(isDisconnect); seconds++) {
      clock.advance(1_000)
      // What arrived in one piece may owe more than a second: then this second brings nothing, and the next one has to come.
      for (let turn = 0; turn < 300; turn++) await new Promise((resolve) => setImmediate(resolve))
    }
    expect(await hostile.raw.packet(isDisconnect)).toMatchObject({ reasonCode: 0x96 })
    const taken = hostile.raw.packets.filter(({ cmd }) => cmd === 'puback').length
    expect(taken).toBeGreaterThan(linkLimits.publishBurst)
    expect(taken).toBeLessThanOrEqual(linkLimits.publishBurst + (seconds + 1) * linkLimits.publishesPerSecond)
  })
})

it('[GW194] floods of pings and acknowledgements nobody is due count as the link’s own rate', async () => {
  for (const packet of ['c000', '40020001']) {
    const { hostile, attack } = await setup()
    await attack(async () => {
      hostile.raw.send(Buffer.concat(Array.from({ length: 30_000 }, () => Buffer.from(packet, 'hex'))))
      for (let n = 0; n < 50; n++) await new Promise((resolve) => setImmediate(resolve))
    })
    expect(hostile.raw.packets.filter(({ cmd }) => cmd === 'pingresp').length).toBeLessThanOrEqual(linkLimits.publishBurst)
  }
})

it('[GW195] a burst of one link takes its turns: others are served between', async () => {
  const memory = createMemoryMetadata()
  const door = await openGatewayDoor(memory.ports)
  const hostile = await linkAgent(door, memory)
  await hostile.sayReachable()
  const payload = encoded(UpdateNodeInfoSchema, { claimId: hostile.claimId, machineGuid: hostile.machineGuid, data: { name: 'h' } })
  const topic = topicOf('node-instance-info', hostile.claimId)
  const burst = Array.from({ length: 300 }, (_, n) =>
    bytesOf({ cmd: 'publish', topic, payload: Buffer.from(payload), qos: 1, dup: false, retain: false, messageId: 100 + n }),
  )
  hostile.raw.send(Buffer.concat(burst))
  let most = 0
  for (let seen = memory.writes.length; seen < burst.length;) {
    await new Promise((resolve) => setImmediate(resolve))
    most = Math.max(most, memory.writes.length - seen)
    seen = memory.writes.length
  }
  expect(most).toBeLessThanOrEqual(64)
})

it.each([
  ['a remaining length of five bytes', '32ffffffff01', 1002],
  ['a packet of 256 MiB', '32ffffff7f0003', 1009],
  ['a topic longer than its packet', '3206ffff61620001', 1002],
  ['properties longer than their packet', `320a0003612f62000aff0000`, 1002],
  ['a length in more bytes than it needs', '32810000', 1002],
])('[GW196] a lie about a length ends its link: %s', async (_, hex, code) => {
  const { hostile, attack } = await setup()
  await attack(async () => {
    hostile.raw.send(Buffer.from(hex, 'hex'))
    expect(await hostile.raw.closed).toBe(code)
  })
})

it('[GW196] an answer that is shorter than it says fails its own question alone', async () => {
  const { door, hostile, attack } = await setup()
  await attack(async () => {
    const asking = door.bus.ask(hostile.nodeId, question, new AbortController().signal)
    const asked = (await hostile.raw.packet(isQuestion)) as IPublishPacket
    const { messageId = '', callbackTopic = '' } = decodeQuestion(asked.payload as Buffer) ?? {}
    const whole = Buffer.from(answerOf(messageId, 'hostile'))
    hostile.send(callbackTopic, whole.subarray(0, whole.length - 3))
    await expect(asking).rejects.toMatchObject({ code: 'AGENT_PROTOCOL' })
  })
})

it.each([
  ['10 MiB of contexts', Array.from({ length: 100 }, (_, n) => ({ id: `big.${n}`, title: 'x'.repeat(100_000) }))],
  ['20,001 contexts', Array.from({ length: 20_001 }, (_, n) => ({ id: `many.${n}` }))],
])('[GW197] %s are acknowledged, counted and not kept', async (_, contexts) => {
  const { door, metadata, spaceId, hostile, attack } = await setup()
  const payload = Buffer.from(encoded(ContextsSnapshotSchema, { claimId: hostile.claimId, nodeId: hostile.nodeId, version: 1n, contexts }))
  const topic = topicOf('contexts-snapshot', hostile.claimId)
  await attack(async () => {
    sendFramed(hostile, bytesOf({ cmd: 'publish', topic, payload, qos: 1, dup: false, retain: false, messageId: 500 }))
    await hostile.acknowledged(500)
  })
  expect(door.gateway.counts().undecodable).toBe(1)
  expect(await metadata.contexts.list(spaceId, hostile.nodeId)).toEqual([])
})

it('[GW198] of thousands of children no more than 2,000 are taken, and the honest link is untouched', async () => {
  const memory = createMemoryMetadata()
  const door = await openGatewayDoor(memory.ports)
  const honest = await linkAgent(door, memory)
  await honest.sayReachable()
  await honest.announce()
  answerQuestions(honest)
  const hostile = await linkAgent(door, memory)
  await hostile.sayReachable()
  const sent = linkLimits.children + 1_000
  for (let n = 0; n < sent; n++) {
    const child = { claimId: hostile.claimId, machineGuid: randomUUID(), hostname: 'c', hops: 1 }
    hostile.send(topicOf('create-node-instance', hostile.claimId), encoded(CreateNodeInstanceSchema, child), { messageId: 10 + n })
  }
  await waitUntil(async () => {
    door.clock.advance(1_000)
    const answer = await door.bus.ask(honest.nodeId, question, new AbortController().signal)
    expect(answer.httpStatus).toBe(200)
    return hostile.raw.packets.filter(({ cmd }) => cmd === 'puback').length > sent || undefined
  })
  expect(memory.nodes.size).toBeLessThanOrEqual(linkLimits.children + 3)
  expect(door.gateway.counts().mismatched).toBeGreaterThanOrEqual(900)
})

it('[GW199] packet ids in use twice, undefined aliases and aliases of others’ topics end their own link', async () => {
  const tricks: [number, (agent: LinkedAgent, honest: LinkedAgent) => void][] = [
    [
      0x82,
      (agent) => {
        const payload = encoded(UpdateNodeCollectorsSchema, { claimId: agent.claimId, nodeId: agent.nodeId })
        const packet = {
          cmd: 'publish',
          topic: topicOf('node-instance-collectors', agent.claimId),
          payload: Buffer.from(payload),
          qos: 1,
          dup: false,
          retain: false,
          messageId: 77,
        } as const
        agent.raw.send(Buffer.concat([bytesOf(packet), bytesOf(packet)]))
      },
    ],
    [0x94, (agent) => void agent.send('', Buffer.of(1), { properties: { topicAlias: 60_000 } })],
    [
      0x94,
      (agent) => {
        for (let alias = 1_000; alias < 1_100; alias++)
          agent.send(topicOf('meta', agent.claimId), Buffer.of(), { properties: { topicAlias: alias } })
      },
    ],
    [
      0x87,
      (agent, honest) => {
        agent.send(topicOf('meta', honest.claimId), Buffer.of(), { properties: { topicAlias: 1 } })
        agent.send('', Buffer.of(), { properties: { topicAlias: 1 } })
      },
    ],
  ]
  for (const [reason, trick] of tricks) {
    const { honest, hostile, attack } = await setup()
    await attack(async () => {
      trick(hostile, honest)
      expect(await hostile.raw.packet(isDisconnect)).toMatchObject({ reasonCode: reason })
      await hostile.raw.closed
    })
  }
})
