import type { DescMessage, MessageInitShape, MessageShape } from '@bufbuild/protobuf'
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import type { IConnectPacket, IPublishPacket, Packet } from 'mqtt-packet'
import {
  CreateNodeInstanceSchema,
  UpdateAgentConnectionSchema,
  UpdateNodeInstanceConnectionSchema,
} from '../../../src/aclk/messages/index.ts'
import type { CommandName, TopicName } from '../../../src/aclk/topics/topics.ts'
import { topicOf } from '../../../src/aclk/topics/topics.ts'
import type { ClaimId, NodeId } from '../../../src/domain/ids.ts'
import type { GatewayDoor } from './gateway-door.ts'
import type { RawLink } from './stand-in-agent.ts'
import { bytesOf, claimStandIn, connectPacket, credentialsOf, openRawLink } from './stand-in-agent.ts'

/** A claimed agent with an open link, whose every packet the test decides. */
export interface LinkedAgent {
  readonly claimId: ClaimId
  readonly machineGuid: string
  readonly nodeId: NodeId
  readonly sessionId: bigint
  readonly raw: RawLink
  /** Publishes a message; resolves with its packet id. */
  publish<Desc extends DescMessage>(name: TopicName, schema: Desc, message: MessageInitShape<Desc>): Promise<number>
  /** Publishes without waiting for anything; answers the packet id. */
  send(topic: string, payload: Uint8Array, changes?: Partial<IPublishPacket>): number
  acknowledged(packetId: number): Promise<Packet>
  /** The n-th command of this name, decoded. */
  command<Desc extends DescMessage>(name: CommandName, schema: Desc, nth?: number): Promise<MessageShape<Desc>>
  /** How many commands of this name have come. */
  commands(name: CommandName): number
  /** Says that the agent is reachable; the cloud answers with SendNodeInstances. */
  sayReachable(capabilities?: readonly { name: string; version: number; enabled: boolean }[]): Promise<void>
  /** Announces the own host and says that it is live. */
  announce(report?: { liveness?: boolean; queryable?: boolean; nodeId?: string; hops?: number }): Promise<void>
}

/** The will stock agents leave. */
export function willOf(claimId: string, sessionId: bigint): NonNullable<IConnectPacket['will']> {
  const payload = toBinary(UpdateAgentConnectionSchema, create(UpdateAgentConnectionSchema, { claimId, sessionId, updateSource: 2 }))
  return { topic: topicOf('agent-connection', claimId), qos: 2, retain: false, payload: Buffer.from(payload) }
}

/** Claims (unless `as` is given), proves itself, connects, subscribes. */
export async function linkAgent(
  door: GatewayDoor,
  metadata: { readonly token: string; readonly claims: ReadonlyMap<ClaimId, { readonly nodeId: NodeId }> },
  { as, sessionId = 1_795_297_082_882_983n }: { as?: { claimId: string; machineGuid: string }; sessionId?: bigint } = {},
): Promise<LinkedAgent> {
  const { claimId, machineGuid } = as ?? (await claimStandIn(door.port, metadata.token))
  const raw = await openRawLink(door.port)
  raw.send(connectPacket(await credentialsOf(door.port, claimId), willOf(claimId, sessionId)))
  await raw.packet((packet) => packet.cmd === 'connack' && packet.reasonCode === 0)
  for (const [messageId, name] of [[1, 'inbox-cmd'] as const, [2, 'inbox-cmd-v1'] as const]) {
    raw.send(
      bytesOf({ cmd: 'subscribe', messageId, subscriptions: [{ topic: topicOf(name, claimId), qos: 1, rap: true, nl: false, rh: 0 }] }),
    )
    await raw.packet((packet) => packet.cmd === 'suback' && packet.messageId === messageId)
  }
  const nodeId = metadata.claims.get(claimId as ClaimId)?.nodeId ?? ('' as NodeId)
  let packetId = 2

  const send: LinkedAgent['send'] = (topic, payload, changes = {}) => {
    packetId += 1
    raw.send(
      bytesOf({ cmd: 'publish', topic, payload: Buffer.from(payload), qos: 1, dup: false, retain: false, messageId: packetId, ...changes }),
    )
    return packetId
  }
  const acknowledged = (id: number) => raw.packet((packet) => packet.cmd === 'puback' && packet.messageId === id)
  const isCommand = (name: CommandName) => (packet: Packet) => packet.cmd === 'publish' && packet.topic.endsWith(`/${name}`)
  const agent: LinkedAgent = {
    claimId: claimId as ClaimId,
    machineGuid,
    nodeId,
    sessionId,
    raw,
    send,
    acknowledged,
    async publish(name, schema, message) {
      const id = send(topicOf(name, claimId), toBinary(schema, create(schema, message)))
      await acknowledged(id)
      return id
    },
    async command(name, schema, nth = 1) {
      let seen = 0
      const counted = new Set<Packet>()
      const packet = await raw.packet((candidate) => {
        if (!isCommand(name)(candidate)) return false
        if (!counted.has(candidate)) seen += 1
        counted.add(candidate)
        return [...counted].indexOf(candidate) === nth - 1 && seen >= nth
      })
      return fromBinary(schema, (packet as IPublishPacket).payload as Buffer)
    },
    commands: (name) => raw.packets.filter(isCommand(name)).length,
    async sayReachable(capabilities = []) {
      await agent.publish('agent-connection', UpdateAgentConnectionSchema, {
        claimId,
        sessionId,
        reachable: true,
        updateSource: 1,
        capabilities: capabilities.map((capability) => ({ ...capability })),
      })
    },
    async announce({ liveness = true, queryable = true, nodeId: reported = nodeId, hops = 0 } = {}) {
      if (hops === 0) await agent.publish('create-node-instance', CreateNodeInstanceSchema, { claimId, machineGuid, hostname: 'stand-in' })
      await agent.publish('node-instance-connection', UpdateNodeInstanceConnectionSchema, {
        claimId,
        nodeId: reported,
        sessionId,
        liveness,
        queryable,
        hops,
      })
    },
  }
  return agent
}
