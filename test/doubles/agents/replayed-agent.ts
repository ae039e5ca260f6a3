import { constants, createPublicKey, privateDecrypt, randomUUID, type KeyObject } from 'node:crypto'
import { request } from 'node:https'
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import mqttPacket from 'mqtt-packet'
import type { Packet } from 'mqtt-packet'
import { WebSocket } from 'ws'
import * as say from '../../../agent-link/session/messages.ts'
import {
  AlarmLogEntrySchema,
  AlarmSnapshotSchema,
  CreateNodeInstanceResultSchema,
  StartAlarmStreamingSchema,
  type AlarmLogEntry,
} from '../../../src/aclk/messages/index.ts'
import { topicOf } from '../../../src/aclk/topics/topics.ts'
import type { ClaimId, MachineGuid, NodeId } from '../../../src/domain/ids.ts'
import type { SimulatedCloud } from './agent-simulator.ts'
import { claimBody } from './stand-in-agent.ts'
import { testGate } from '../hosts/test-gate.ts'

const gate = testGate()

/** How an agent streams alerts (aclk §6.7): A from a sequence, B all of it again, C a snapshot where the versions differ. */
export type ReplayedGeneration = 'A' | 'B' | 'C'

/** An agent that has the alert log of a recorded one, and remembers it over lost links and clouds that were killed, as agents do. */
export interface ReplayedAgent {
  readonly claimId: ClaimId
  /** Given by the cloud with the first connection. */
  nodeId(): NodeId | undefined
  /** Opens the link; resolves when the stream of alerts has started and everything told so far is acknowledged. */
  connect(): Promise<void>
  /** The next entry of the log happens now; it is sent if the stream is on, and lost with a link that dies. */
  happen(entry: Uint8Array): void
  /** Resolves when all that was sent is acknowledged, or the link is over. */
  settled(): Promise<void>
}

/** Claims with the recorded identity. `entries` are recorded `AlarmLogEntry` messages, given one by one as they happen. */
export async function claimReplayed(
  cloud: SimulatedCloud,
  token: string,
  identity: { readonly claimId: string; readonly machineGuid: string; readonly privateKey: KeyObject; readonly hostname: string },
  generation: ReplayedGeneration,
): Promise<ReplayedAgent> {
  const { privateKey, hostname } = identity
  const claimId = identity.claimId as ClaimId
  const machineGuid = identity.machineGuid as MachineGuid
  const publicKeyPem = createPublicKey(privateKey).export({ format: 'pem', type: 'spki' }).toString()
  await call(cloud, 'PUT', `/api/v1/spaces/nodes/${claimId}`, claimBody({ claimId, machineGuid, publicKeyPem, token, hostname }))
  const health = generation === 'A' ? [] : [{ name: 'health', version: generation === 'B' ? 1 : 2, enabled: true }]
  const speaker = { claimId, machineGuid, hostname, capabilities: [{ name: 'ctx', version: 1, enabled: true }, ...health] }
  const log: AlarmLogEntry[] = []
  let nodeId: NodeId | undefined
  let link: Link | undefined

  const own = (entry: AlarmLogEntry) => create(AlarmLogEntrySchema, { ...entry, nodeId: nodeId ?? '', claimId })
  const sendEntry = (to: Link, entry: AlarmLogEntry) =>
    to.publish(topicOf(generation === 'A' ? 'alarm-log' : 'alarm-log-v2', claimId), toBinary(AlarmLogEntrySchema, own(entry)))
  /** The newest entry of each alert, in the order of the log. */
  const current = () => [...new Map(log.map((entry) => [`${entry.chart} ${entry.name}`, entry])).values()]

  const start = (to: Link, payload: Buffer) => {
    const { startSequnceId, version, resets } = fromBinary(StartAlarmStreamingSchema, payload)
    to.isStreaming = true
    if (generation === 'A') for (const entry of log) if (entry.sequenceId >= startSequnceId) sendEntry(to, entry)
    if (generation === 'B' && resets) for (const entry of current()) sendEntry(to, entry)
    if (generation === 'C') {
      const known = current()
      const sum = known.filter(({ status }) => status !== 2).reduce((all, { alertVersion }) => all + alertVersion, 0n)
      if (known.length > 0 && sum !== version) {
        const fields = { nodeId: nodeId ?? '', claimId, chunks: 1, chunk: 1, chunkSize: known.length, snapshotUuid: randomUUID() }
        const snapshot = create(AlarmSnapshotSchema, { ...fields, alarms: known.filter(({ status }) => status !== 2).map(own) })
        to.publish(topicOf('alarm-snapshot-v2', claimId), toBinary(AlarmSnapshotSchema, snapshot))
      }
    }
  }

  return {
    claimId,
    nodeId: () => nodeId,
    async connect() {
      const sessionId = BigInt(Date.now()) * 1_000n
      const announce = (to: Link) => {
        if (nodeId !== undefined) to.tell(say.nodeInstanceConnection(speaker, nodeId, sessionId, Date.now()))
        else to.tell(say.createNodeInstance(speaker))
      }
      const opened = await openLink(cloud, claimId, privateKey, (name, payload, to) => {
        if (name === 'SendNodeInstances') announce(to)
        else if (name === 'CreateNodeInstanceResult') {
          nodeId = fromBinary(CreateNodeInstanceResultSchema, payload).nodeId as NodeId
          announce(to)
        } else if (name === 'StartAlarmStreaming') start(to, payload)
      })
      link = opened
      opened.tell(say.agentConnection(speaker, 'hello', sessionId, Date.now()))
      await opened.when(() => opened.isStreaming && opened.isQuiet())
    },
    happen(bytes) {
      const entry = fromBinary(AlarmLogEntrySchema, bytes)
      log.push(entry)
      if (link?.isStreaming === true) sendEntry(link, entry)
    },
    settled: async () => link?.when(() => link?.isQuiet() === true),
  }
}

interface Link {
  isStreaming: boolean
  publish(topic: string, payload: Uint8Array): void
  tell(message: say.OutboundMessage): void
  isQuiet(): boolean
  /** Resolves when it holds, or the link is over. */
  when(holds: () => boolean): Promise<void>
}

type OnCommand = (name: string, payload: Buffer, link: Link) => void

/** Env, challenge, password, upgrade, CONNECT, as agents do. */
async function openLink(cloud: SimulatedCloud, claimId: ClaimId, privateKey: KeyObject, onCommand: OnCommand): Promise<Link> {
  const auth = `/api/v1/auth/node/${claimId}`
  const { challenge } = JSON.parse(await call(cloud, 'GET', `${auth}/challenge`)) as { challenge: string }
  const padding = constants.RSA_PKCS1_OAEP_PADDING
  const secret = privateDecrypt({ key: privateKey, padding, oaepHash: 'sha1' }, Buffer.from(challenge, 'base64'))
  const answer = await call(cloud, 'POST', `${auth}/password`, JSON.stringify({ response: secret.toString('base64') }))
  const { clientID, username, password } = JSON.parse(answer) as { clientID: string; username: string; password: string }
  const socket = new WebSocket(`${cloud.url.replace('https:', 'wss:')}/mqtt`, ['mqtt'], { ca: cloud.caPem, perMessageDeflate: false })
  await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject))
  const looking = new Set<() => void>()
  const unacknowledged = new Set<number>()
  let lastId = 0
  let isOver = false
  const look = () => {
    for (const each of looking) each()
  }
  const send = (packet: Packet) => socket.send(mqttPacket.generate(packet, { protocolVersion: 5 }))
  const link: Link = {
    isStreaming: false,
    publish(topic, payload) {
      unacknowledged.add(++lastId)
      send({ cmd: 'publish', topic, payload: Buffer.from(payload), qos: 1, dup: false, retain: false, messageId: lastId })
    },
    tell: (message) => link.publish(topicOf(message.topic, claimId), say.encodeMessage(gate.message(message))),
    isQuiet: () => unacknowledged.size === 0,
    when: (holds) =>
      new Promise((resolve) => {
        const check = () => {
          if (!isOver && !holds()) return
          looking.delete(check)
          resolve()
        }
        looking.add(check)
        check()
      }),
  }
  socket.on('error', () => {})
  socket.once('close', () => {
    isOver = true
    link.isStreaming = false
    look()
  })
  const parser = mqttPacket.parser({ protocolVersion: 5 })
  const connected = new Promise<void>((resolve, reject) => {
    socket.once('close', (code) => reject(new Error(`the link closed with ${code}`)))
    parser.on('packet', (packet) => {
      if (packet.cmd === 'connack') {
        send({ cmd: 'subscribe', messageId: 65_000, subscriptions: [{ topic: topicOf('inbox-cmd', claimId), qos: 1 }] })
        send({ cmd: 'subscribe', messageId: 65_001, subscriptions: [{ topic: topicOf('inbox-cmd-v1', claimId), qos: 1 }] })
        resolve()
      } else if (packet.cmd === 'puback') unacknowledged.delete(packet.messageId ?? 0)
      else if (packet.cmd === 'publish') {
        if (packet.qos === 1 && packet.messageId !== undefined) send({ cmd: 'puback', messageId: packet.messageId, reasonCode: 0 })
        onCommand(packet.topic.slice(packet.topic.lastIndexOf('/') + 1), Buffer.from(packet.payload), link)
      }
      look()
    })
  })
  socket.on('message', (data: Buffer) => void parser.parse(data))
  send({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 5,
    clean: true,
    keepalive: 60,
    clientId: clientID,
    username,
    password: Buffer.from(password),
    properties: { topicAliasMaximum: 65_535 },
  })
  await connected
  return link
}

/** One request as agents make them; the answer's text. Throws unless it is good. */
function call({ url, caPem }: SimulatedCloud, method: string, path: string, body?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' }
    const asked = request(`${url}${path}`, { method, ca: caPem, agent: false, headers }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => (text += chunk))
      answer.on('end', () => {
        if ((answer.statusCode ?? 500) < 300) resolve(text)
        else reject(new Error(`${method} ${path} answered ${answer.statusCode}: ${text}`))
      })
    })
    asked.on('error', reject)
    asked.end(body)
  })
}
