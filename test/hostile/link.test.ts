import { randomUUID } from 'node:crypto'
import { connectAsync } from 'mqtt'
import type { IConnectPacket, Packet } from 'mqtt-packet'
import { describe, expect, it } from 'vitest'
import { linkLimits } from '../../src/aclk/limits.ts'
import { UpdateAgentConnectionSchema, UpdateNodeInfoSchema } from '../../src/aclk/messages/index.ts'
import { topicOf } from '../../src/aclk/topics/topics.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import { openGatewayDoor } from '../doubles/agents/gateway-door.ts'
import { linkAgent, willOf } from '../doubles/agents/linked-agent.ts'
import { createMemoryMetadata } from '../doubles/stores/memory-metadata.ts'
import { bytesOf, claimStandIn, connectPacket, credentialsOf, openRawLink } from '../doubles/agents/stand-in-agent.ts'
import { waitUntil } from '../doubles/wait-until.ts'

async function setup() {
  const metadata = createMemoryMetadata()
  const door = await openGatewayDoor(metadata.ports)
  return { metadata, door }
}

const isDisconnect = (packet: Packet) => packet.cmd === 'disconnect'

/** A linked agent that does one wrong thing: the reason it is told, and the close code. */
async function refused(
  wrong: (agent: Awaited<ReturnType<typeof linkAgent>>, metadata: Awaited<ReturnType<typeof setup>>['metadata']) => unknown,
) {
  const { metadata, door } = await setup()
  const agent = await linkAgent(door, metadata)
  await wrong(agent, metadata)
  const packet = await agent.raw.packet(isDisconnect)
  const code = await agent.raw.closed
  await waitUntil(() => door.gateway.links() === 0 || undefined)
  return { reason: packet.cmd === 'disconnect' ? packet.reasonCode : undefined, code, writes: metadata.writes }
}

describe('the upgrade', () => {
  it.each(['/mqtt/', '/mqtt?x=1', '/MQTT', '/', '/api/live'])('[MQ16] only /mqtt is one; %s is 404', async (path) => {
    const { door } = await setup()
    await expect(openRawLink(door.port, { path })).rejects.toThrow('404')
  })

  it('[MQ16] without the subprotocol it is 400; any Origin will do, cookies mean nothing, no extension is agreed', async () => {
    const { door } = await setup()
    await expect(openRawLink(door.port, { protocols: ['other'] })).rejects.toThrow('400')
    for (const origin of ['http://example.com', '', 'null']) {
      const link = await openRawLink(door.port, { headers: { Origin: origin, Cookie: '__Host-session=x' } })
      expect([link.socket.protocol, link.socket.extensions]).toEqual(['mqtt', ''])
    }
  })

  it('[MQ17] a stranger has 10 seconds for CONNECT, which traffic does not extend', async () => {
    const { door } = await setup()
    const link = await openRawLink(door.port)
    link.send(Buffer.from('106400', 'hex'))
    door.clock.advance(6_000)
    link.send(Buffer.from([0]))
    link.socket.ping()
    await new Promise((resolve) => link.socket.once('pong', resolve))
    door.clock.advance(5_000)
    expect(await link.closed).toBe(1002)
    expect(link.packets).toEqual([])
  })

  it('[MQ18] one address has room for 100 strangers', async () => {
    const { door } = await setup()
    const links = await Promise.all(Array.from({ length: 100 }, () => openRawLink(door.port)))
    await expect(openRawLink(door.port)).rejects.toThrow('429')
    links[0]?.socket.terminate()
    await waitUntil(() => openRawLink(door.port).catch(() => undefined))
    for (const { socket } of links) socket.terminate()
  })
})

describe('CONNECT', () => {
  it('[MQ19] the first packet is CONNECT, or the socket closes', async () => {
    const { door } = await setup()
    const link = await openRawLink(door.port)
    link.send(Buffer.from('c000', 'hex'))
    expect(await link.closed).toBe(1002)
  })

  it('[MQ3] a CONNECT that declares 1 MiB is refused by its header alone', async () => {
    const { door } = await setup()
    const link = await openRawLink(door.port)
    link.send(Buffer.from('10808040', 'hex'))
    expect(await link.closed).toBe(1009)
  })

  it('[MQ20] wrong, mixed and used credentials are refused with 0x86', async () => {
    const { door, metadata } = await setup()
    const first = await claimStandIn(door.port, metadata.token)
    const second = await claimStandIn(door.port, metadata.token)
    const mine = await credentialsOf(door.port, first.claimId)
    const theirs = await credentialsOf(door.port, second.claimId)
    const attempt = async (credentials: typeof mine, changes: Partial<IConnectPacket> = {}) => {
      const link = await openRawLink(door.port)
      link.send(connectPacket(credentials, willOf(credentials.clientId, 5n), changes))
      const packet = await link.packet(({ cmd }) => cmd === 'connack')
      if (packet.cmd === 'connack' && packet.reasonCode !== 0) await link.closed
      return packet.cmd === 'connack' ? packet.reasonCode : undefined
    }
    expect(await attempt({ ...mine, password: 'x' })).toBe(0x86)
    expect(await attempt({ ...mine, clientId: second.claimId })).toBe(0x86)
    expect(await attempt({ ...mine, username: theirs.username })).toBe(0x86)
    expect(await attempt(mine)).toBe(0)
    expect(await attempt(mine)).toBe(0x86)
    expect(await attempt(theirs, { clientId: '' })).toBe(0x86)
  })

  it('[MQ21] a will on another topic, retained, or saying something else is refused', async () => {
    const { door, metadata } = await setup()
    const { claimId } = await claimStandIn(door.port, metadata.token)
    const will = willOf(claimId, 5n)
    const attempt = async (changed: IConnectPacket['will']) => {
      const link = await openRawLink(door.port)
      link.send(connectPacket(await credentialsOf(door.port, claimId), changed))
      const packet = await link.packet(({ cmd }) => cmd === 'connack')
      await link.closed
      return packet.cmd === 'connack' ? packet.reasonCode : undefined
    }
    expect(await attempt({ ...will, topic: topicOf('agent-connection', randomUUID()) })).toBe(0x87)
    expect(await attempt({ ...will, topic: topicOf('meta', claimId) })).toBe(0x87)
    expect(await attempt({ ...will, retain: true })).toBe(0x9a)
    expect(await attempt({ ...will, payload: Buffer.from('ff', 'hex') })).toBe(0x87)
    expect(await attempt({ ...willOf(randomUUID(), 5n), topic: will.topic })).toBe(0x87)
    expect(door.gateway.links()).toBe(0)
  })

  it('[MQ22] MQTT 3.1.1 is answered with 0x84, and a keep-alive of 0 is replaced', async () => {
    const { door, metadata } = await setup()
    const old = await openRawLink(door.port)
    old.send(bytesOf({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clientId: 'x', clean: true, keepalive: 60 }))
    expect(await old.packet(({ cmd }) => cmd === 'connack')).toMatchObject({ reasonCode: 0x84 })
    expect(await old.closed).toBe(1002)
    const { claimId } = await claimStandIn(door.port, metadata.token)
    const link = await openRawLink(door.port)
    link.send(connectPacket(await credentialsOf(door.port, claimId), willOf(claimId, 5n), { keepalive: 0 }))
    expect(await link.packet(({ cmd }) => cmd === 'connack')).toMatchObject({ reasonCode: 0, properties: { serverKeepAlive: 60 } })
  })
})

describe('an open link', () => {
  it.each<[string, number, number, Parameters<typeof refused>[0]]>([
    ['a second CONNECT', 0x82, 1002, (agent) => agent.raw.send(connectPacket({ clientId: 'x', username: 'x', password: 'x' }, undefined))],
    ['a text frame', 0x82, 1003, (agent) => agent.raw.socket.send('hello')],
    ['a topic of another claim', 0x87, 1002, (agent) => agent.send(topicOf('meta', randomUUID()), Buffer.alloc(1))],
    ['its own inbox as a topic', 0x87, 1002, (agent) => agent.send(topicOf('inbox-cmd', agent.claimId), Buffer.alloc(1))],
    ['a $ topic', 0x87, 1002, (agent) => agent.send('$SYS/x', Buffer.alloc(1))],
    ['a wild topic', 0x90, 1002, (agent) => agent.raw.send(Buffer.from('320800032f612b000900', 'hex'))],
    ['an alias nobody defined', 0x94, 1002, (agent) => agent.raw.send(Buffer.from('3208000000090323ffff', 'hex'))],
    ['QoS 2', 0x9b, 1002, (agent) => agent.raw.send(Buffer.from('3400', 'hex'))],
    ['a retained message', 0x9a, 1002, (agent) => agent.raw.send(Buffer.from('3300', 'hex'))],
    ['a packet of 17 MiB', 0x95, 1009, (agent) => agent.raw.send(Buffer.from('3280808809', 'hex'))],
    ['a CONNACK', 0x82, 1002, (agent) => agent.raw.send(Buffer.from('2003000000', 'hex'))],
    [
      'packet id 0',
      0x81,
      1002,
      (agent) =>
        agent.send(topicOf('meta', agent.claimId), Buffer.alloc(1), { messageId: 0, qos: 0 }) &&
        agent.raw.send(Buffer.from('40020000', 'hex')),
    ],
    [
      'a wildcard subscription',
      0xa2,
      1002,
      (agent) => agent.raw.send(bytesOf({ cmd: 'subscribe', messageId: 9, subscriptions: [{ topic: '#', qos: 0 }] })),
    ],
    [
      'a shared subscription',
      0x9e,
      1002,
      (agent) => agent.raw.send(bytesOf({ cmd: 'subscribe', messageId: 9, subscriptions: [{ topic: '$share/g/a', qos: 0 }] })),
    ],
  ])('[MQ23] %s ends the link', async (_name, reason, code, wrong) => {
    expect(await refused(wrong)).toEqual({ reason, code, writes: [] })
  })

  it('[MQ24] a frame over 128 KiB and its header ends the link', async () => {
    const { metadata, door } = await setup()
    const agent = await linkAgent(door, metadata)
    agent.raw.socket.send(Buffer.alloc(linkLimits.frameBytes + 1))
    expect(await agent.raw.closed).toBe(1009)
  })

  it('[MQ25] a foreign filter is not granted, the issued ones are', async () => {
    const { metadata, door } = await setup()
    const agent = await linkAgent(door, metadata)
    const subscriptions = [topicOf('inbox-cmd', agent.claimId), topicOf('inbox-cmd', randomUUID())].map((topic) => ({
      topic,
      qos: 1 as const,
    }))
    agent.raw.send(bytesOf({ cmd: 'subscribe', messageId: 77, subscriptions }))
    expect(await agent.raw.packet((packet) => packet.cmd === 'suback' && packet.messageId === 77)).toMatchObject({ granted: [1, 0x87] })
    agent.raw.send(bytesOf({ cmd: 'unsubscribe', messageId: 78, unsubscriptions: subscriptions.map(({ topic }) => topic) }))
    expect(await agent.raw.packet((packet) => packet.cmd === 'unsuback' && packet.messageId === 78)).toMatchObject({ granted: [0, 0x11] })
  })

  it('[MQ26] an agent silent for one and a half keep-alives is let go with 0x8D; a ping keeps it', async () => {
    const { metadata, door } = await setup()
    const agent = await linkAgent(door, metadata)
    for (let i = 0; i < 3; i++) {
      door.clock.advance(80_000)
      const pings = agent.raw.packets.filter(({ cmd }) => cmd === 'pingresp').length
      agent.raw.send(Buffer.from('c000', 'hex'))
      await waitUntil(() => agent.raw.packets.filter(({ cmd }) => cmd === 'pingresp').length > pings || undefined)
    }
    door.clock.advance(92_000)
    expect(await agent.raw.packet(isDisconnect)).toMatchObject({ reasonCode: 0x8d })
    await agent.raw.closed
  })

  it('[MQ27] protobuf garbage on every topic is counted, acknowledged and changes nothing; the link stays', async () => {
    const { metadata, door } = await setup()
    const agent = await linkAgent(door, metadata)
    await agent.sayReachable()
    const names = [
      'agent-connection',
      'create-node-instance',
      'node-instance-connection',
      'node-instance-info',
      'node-instance-collectors',
      'contexts-snapshot',
      'contexts-updated',
      'alarm-config',
      'alarm-log',
      'alarm-log-v2',
      'alarm-snapshot',
      'alarm-snapshot-v2',
      'alarm-health',
      'alarm-checkpoint',
    ] as const
    for (const name of names) await agent.acknowledged(agent.send(topicOf(name, agent.claimId), Buffer.from('0affffffff7f', 'hex')))
    expect(door.gateway.counts()).toMatchObject({ undecodable: names.length, linksRefused: 0 })
    expect(metadata.writes).toEqual([])
    expect(door.gateway.links()).toBe(1)
    expect(door.lines.filter(({ event }) => event === 'agent_message_undecodable')).toHaveLength(1)
  })

  it('[MQ27] two million empty elements are refused before they are built', async () => {
    const { metadata, door } = await setup()
    const agent = await linkAgent(door, metadata)
    await agent.sayReachable()
    const bomb = Buffer.alloc(4_000_000)
    for (let i = 0; i < bomb.length; i += 2) bomb[i] = 0x0a
    const packet = bytesOf({
      cmd: 'publish',
      topic: topicOf('contexts-snapshot', agent.claimId),
      payload: bomb,
      qos: 1,
      dup: false,
      retain: false,
      messageId: 500,
    })
    const frames = Array.from({ length: Math.ceil(packet.length / 131_072) }, (_, i) => Math.min(131_072, packet.length - i * 131_072))
    agent.raw.send(packet, frames)
    await agent.acknowledged(500)
    expect(door.gateway.counts().undecodable).toBe(1)
  })

  it('[MQ28] a newer link of the same claim wins; the older one gets 0x8E and is closed', async () => {
    const { metadata, door } = await setup()
    const older = await linkAgent(door, metadata)
    await older.sayReachable()
    const newer = await linkAgent(door, metadata, { as: older, sessionId: older.sessionId + 1n })
    expect(await older.raw.packet(isDisconnect)).toMatchObject({ reasonCode: 0x8e })
    expect(await older.raw.closed).toBe(4009)
    await newer.sayReachable()
    expect([door.gateway.links(), door.gateway.counts().takeovers, door.presence.counts().links]).toEqual([1, 1, 1])
  })

  it('[MQ29] an identity that changes links eleven times in a minute is held for five', async () => {
    const { metadata, door } = await setup()
    let agent = await linkAgent(door, metadata)
    for (let i = 0; i < 10; i++) agent = await linkAgent(door, metadata, { as: agent })
    const credentials = await credentialsOf(door.port, agent.claimId)
    const eleventh = await openRawLink(door.port)
    eleventh.send(connectPacket(credentials, willOf(agent.claimId, 5n)))
    expect(await eleventh.packet(({ cmd }) => cmd === 'connack')).toMatchObject({ reasonCode: 0x9f })
    expect(door.gateway.links()).toBe(1)
    expect(door.lines.map(({ event }) => event)).toContain('agent_flaps')
    await expect(credentialsOf(door.port, agent.claimId)).rejects.toThrow()
    door.clock.advance(5 * 60_000)
    await linkAgent(door, metadata, { as: agent })
  })

  it('[MQ30] a publish is acknowledged only when it is durable, once, and in store trouble never', async () => {
    const { metadata, door } = await setup()
    const agent = await linkAgent(door, metadata)
    await agent.sayReachable()
    let open = () => {}
    metadata.gate = new Promise((resolve) => (open = resolve))
    const info = { claimId: agent.claimId, machineGuid: agent.machineGuid, data: { name: 'h' } }
    const { create, toBinary } = await import('@bufbuild/protobuf')
    const payload = toBinary(UpdateNodeInfoSchema, create(UpdateNodeInfoSchema, info))
    const topic = topicOf('node-instance-info', agent.claimId)
    const id = agent.send(topic, payload)
    agent.raw.send(bytesOf({ cmd: 'publish', topic, payload: Buffer.from(payload), qos: 1, dup: true, retain: false, messageId: id }))
    agent.raw.send(Buffer.from('c000', 'hex'))
    await agent.raw.packet(({ cmd }) => cmd === 'pingresp')
    expect(agent.raw.packets.some((packet) => packet.cmd === 'puback' && packet.messageId === id)).toBe(false)
    open()
    await agent.acknowledged(id)
    metadata.gate = undefined
    metadata.trouble = new ThroughlineError('STORE_UNAVAILABLE', 'The store is away.')
    const lost = agent.send(topic, payload)
    expect(await agent.raw.packet(isDisconnect)).toMatchObject({ reasonCode: 0x89 })
    expect(await agent.raw.closed).toBe(1013)
    expect(agent.raw.packets.filter((packet) => packet.cmd === 'puback' && packet.messageId === id)).toHaveLength(1)
    expect(agent.raw.packets.some((packet) => packet.cmd === 'puback' && packet.messageId === lost)).toBe(false)
    expect(metadata.writes).toEqual(['info'])
  })

  it('[MQ31] with the receive window full the socket is not read; nothing is lost when the store goes on', async () => {
    const { metadata, door } = await setup()
    const agent = await linkAgent(door, metadata)
    await agent.sayReachable()
    let open = () => {}
    metadata.gate = new Promise((resolve) => (open = resolve))
    const { create, toBinary } = await import('@bufbuild/protobuf')
    const payload = toBinary(
      UpdateNodeInfoSchema,
      create(UpdateNodeInfoSchema, { claimId: agent.claimId, machineGuid: agent.machineGuid, data: { name: 'h' } }),
    )
    const ids = Array.from({ length: 200 }, () => agent.send(topicOf('node-instance-info', agent.claimId), payload))
    await waitUntil(() => door.gateway.counts().publishes >= 1 + linkLimits.receiveMaximum || undefined)
    expect(door.gateway.counts().publishes).toBe(1 + linkLimits.receiveMaximum)
    open()
    for (const id of ids) await agent.acknowledged(id)
    const acknowledged = agent.raw.packets.flatMap((packet) => (packet.cmd === 'puback' ? [packet.messageId] : []))
    expect(acknowledged).toEqual([3, ...ids])
  })

  it('[MQ32] over the rate the link is read more slowly, nothing is dropped; after a minute without calm it ends with 0x96', async () => {
    const { metadata, door } = await setup()
    const agent = await linkAgent(door, metadata)
    await agent.sayReachable()
    const flood = (count: number) => {
      for (let i = 0; i < count; i++) agent.send(topicOf('meta', agent.claimId), Buffer.alloc(1), { messageId: 10 + i })
    }
    flood(1_000)
    // The two SUBSCRIBEs of the start count, too.
    const burst = linkLimits.publishBurst - 2
    await waitUntil(() => door.gateway.counts().publishes >= burst || undefined)
    expect(door.gateway.counts().publishes).toBe(burst)
    door.clock.advance(1_000)
    await waitUntil(() => door.gateway.counts().publishes >= burst + linkLimits.publishesPerSecond || undefined)
    flood(10_000)
    for (let second = 0; second < 62; second++) {
      const before = door.gateway.counts().publishes
      door.clock.advance(1_000)
      if (agent.raw.packets.some(isDisconnect)) break
      await Promise.race([agent.raw.closed, waitUntil(() => door.gateway.counts().publishes > before || undefined)])
    }
    expect(await agent.raw.packet(isDisconnect)).toMatchObject({ reasonCode: 0x96 })
  })

  it('[MQ33] half a packet and silence hold nothing but its bytes, and end with the keep-alive', async () => {
    const { metadata, door } = await setup()
    const agent = await linkAgent(door, metadata)
    agent.raw.send(Buffer.from('32ffff7f0004', 'hex'))
    door.clock.advance(92_000)
    expect(await agent.raw.packet(isDisconnect)).toMatchObject({ reasonCode: 0x8d })
  })
})

describe('an independent client', () => {
  it('[MQ34] the mqtt package connects with issued credentials, publishes by alias with QoS 1, and is told of nodes', async () => {
    const { metadata, door } = await setup()
    const { claimId } = await claimStandIn(door.port, metadata.token)
    const { username, password, clientId } = await credentialsOf(door.port, claimId)
    const client = await connectAsync(`ws://127.0.0.1:${door.port}/mqtt`, {
      protocolVersion: 5,
      clientId,
      username,
      password,
      will: { ...willOf(claimId, 5n), payload: Buffer.from(willOf(claimId, 5n).payload) },
      reconnectPeriod: 0,
      autoUseTopicAlias: true,
      autoAssignTopicAlias: true,
    })
    const commands: string[] = []
    client.on('message', (topic) => commands.push(topic))
    await client.subscribeAsync([topicOf('inbox-cmd', claimId), topicOf('inbox-cmd-v1', claimId)], { qos: 1 })
    const { create, toBinary } = await import('@bufbuild/protobuf')
    const reachable = toBinary(
      UpdateAgentConnectionSchema,
      create(UpdateAgentConnectionSchema, { claimId, reachable: true, sessionId: 5n }),
    )
    for (let i = 0; i < 3; i++) await client.publishAsync(topicOf('agent-connection', claimId), Buffer.from(reachable), { qos: 1 })
    await waitUntil(() => (commands.length >= 3 ? commands : undefined))
    expect(new Set(commands)).toEqual(new Set([`/agent/${claimId}/inbound/v1/cmd/SendNodeInstances`]))
    await client.endAsync()
    await waitUntil(() => door.gateway.links() === 0 || undefined)
  })

  it('[MQ34] wrong credentials and a wildcard are refused to it as well', async () => {
    const { metadata, door } = await setup()
    const { claimId } = await claimStandIn(door.port, metadata.token)
    const { username, password, clientId } = await credentialsOf(door.port, claimId)
    const options = { protocolVersion: 5, clientId, reconnectPeriod: 0 } as const
    await expect(connectAsync(`ws://127.0.0.1:${door.port}/mqtt`, { ...options, username, password: 'wrong' })).rejects.toMatchObject({
      code: 0x86,
    })
    const client = await connectAsync(`ws://127.0.0.1:${door.port}/mqtt`, { ...options, username, password })
    const told = new Promise((resolve) => client.on('disconnect', resolve))
    client.subscribe('#', () => {})
    expect(await told).toMatchObject({ reasonCode: 0xa2 })
    await client.endAsync(true)
  })
})
