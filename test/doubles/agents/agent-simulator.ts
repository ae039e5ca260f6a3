import { constants, generateKeyPairSync, privateDecrypt, randomUUID } from 'node:crypto'
import { request } from 'node:https'
import { fromBinary } from '@bufbuild/protobuf'
import mqttPacket from 'mqtt-packet'
import type { IPublishPacket, Packet } from 'mqtt-packet'
import { WebSocket } from 'ws'
import * as say from '../../../agent-link/session/messages.ts'
import type { OutboundMessage, Speaker } from '../../../agent-link/session/messages.ts'
import { transitionId } from '../../../agent-link/sources/transition-id.ts'
import type { SourceAlert, SourceAlertConfig, SourceInfo } from '../../../agent-link/sources/source.ts'
import {
  ContextsCheckpointSchema,
  CreateNodeInstanceResultSchema,
  SendAlarmConfigurationSchema,
  StartAlarmStreamingSchema,
} from '../../../src/aclk/messages/index.ts'
import { decodeQuestion } from '../../../src/aclk/query/request.ts'
import type { ReceivedQuestion } from '../../../src/aclk/query/request.ts'
import { encodeAnswer } from '../../../src/aclk/query/response.ts'
import { topicOf } from '../../../src/aclk/topics/topics.ts'
import { testGate } from '../hosts/test-gate.ts'
import type { ClaimId, MachineGuid, NodeId } from '../../../src/domain/ids.ts'
import type { Capability, Context } from '../../../src/domain/model.ts'
import { contextsVersionHash } from '../../../src/domain/version-hash.ts'

/** Simulated agents say what the test wants. */
const gate = testGate()

/** The cloud to talk to: `https://host:port` and the CA of its certificate; without one, those the system trusts. */
export interface SimulatedCloud {
  readonly url: string
  readonly caPem: string | undefined
}

/** A claimed identity. All share one RSA key: making one takes a good part of a second. */
export interface SimulatedClaim {
  readonly claimId: ClaimId
  readonly machineGuid: MachineGuid
  readonly hostname: string
}

/** A host that streams to the agent. */
export interface SimulatedChild {
  readonly machineGuid: MachineGuid
  readonly hostname: string
  /** The node id it already has from an earlier connection. */
  readonly nodeId?: NodeId
}

export interface SimulatedAgent {
  readonly nodeId: NodeId
  /** The node ids of the children that have one, in the order they were given. */
  children(): readonly (NodeId | undefined)[]
  /** Resolves when everything that was published so far is acknowledged. */
  acknowledged(): Promise<void>
  /** Resolves when the cloud has taken up every host, children too, and everything they told is acknowledged. */
  settled(): Promise<void>
  /** Publishes so far. */
  published(): number
  /** Resolves with the code when the link is over. */
  readonly closed: Promise<number>
  close(): void
}

export interface AgentWishes {
  /** Answers a question, with status 200 unless it says another, or never (undefined); default: an empty object. */
  readonly onQuestion?: (question: ReceivedQuestion) =>
    | {
        readonly body: Uint8Array
        readonly isGzip: boolean
        readonly httpStatus?: number
      }
    | undefined
  /** What the agent and all its hosts announce; default: those of a 2.x agent without functions. */
  readonly capabilities?: readonly Capability[]
  readonly contexts?: readonly Context[]
  readonly info?: SourceInfo
  readonly children?: readonly SimulatedChild[]
  /** Made anew whenever they are compared or told: thousands of children with thousands of contexts would fill the memory. */
  readonly childContexts?: (child: SimulatedChild, place: number) => readonly Context[]
  readonly childInfo?: (child: SimulatedChild) => SourceInfo
  /** The node id the agent already has from an earlier connection. */
  readonly nodeId?: NodeId
  /** What its own host tells of its alerts when it is asked to, in the form of generation C. */
  readonly alerts?: readonly SourceAlert[]
  /** How its alerts are defined, by the hash they carry; it stays silent about others. */
  readonly alertConfigs?: Readonly<Record<string, SourceAlertConfig>>
}

const frameBytes = 128 * 1024
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const publicKeyPem = publicKey.export({ format: 'pem', type: 'spki' }).toString()
const stockCapabilities: readonly Capability[] = [
  { name: 'proto', version: 1, enabled: true },
  { name: 'ctx', version: 1, enabled: true },
  { name: 'http_api_v2', version: 7, enabled: true },
  { name: 'health', version: 2, enabled: true },
  { name: 'req_cancel', version: 1, enabled: true },
]

/** Claims a new machine; throws unless the cloud answers 204. */
export async function claimSimulated(cloud: SimulatedCloud, token: string, hostname: string): Promise<SimulatedClaim> {
  const claimId = randomUUID() as string as ClaimId
  const machineGuid = randomUUID() as string as MachineGuid
  const body = { node: { id: claimId, hostname }, token, rooms: [], publicKey: publicKeyPem, mGUID: machineGuid }
  await call(cloud, 'PUT', `/api/v1/spaces/nodes/${claimId}`, 204, body)
  return { claimId, machineGuid, hostname }
}

/** Logs in as agents do (env, challenge, password, each over a connection of its own; upgrade; CONNECT) and announces its node. */
export async function connectSimulated(cloud: SimulatedCloud, claim: SimulatedClaim, wishes: AgentWishes = {}): Promise<SimulatedAgent> {
  const { claimId } = claim
  await call(cloud, 'GET', '/api/v1/env', 200)
  const auth = `/api/v1/auth/node/${claimId}`
  const { challenge } = JSON.parse(await call(cloud, 'GET', `${auth}/challenge`, 200)) as { challenge: string }
  const padding = constants.RSA_PKCS1_OAEP_PADDING
  const secret = privateDecrypt({ key: privateKey, padding, oaepHash: 'sha1' }, Buffer.from(challenge, 'base64'))
  const password = await call(cloud, 'POST', `${auth}/password`, 201, { response: secret.toString('base64'), agent_version: 'v2.10.4' })
  const credentials = JSON.parse(password) as { clientID: string; username: string; password: string }
  const socket = new WebSocket(`${cloud.url.replace('https:', 'wss:')}/mqtt`, ['mqtt'], {
    ...(cloud.caPem === undefined ? {} : { ca: cloud.caPem }),
    perMessageDeflate: false,
    maxPayload: 1024 * 1024,
  })
  await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject))
  return new Promise((resolve, reject) => {
    socket.on('error', reject)
    socket.once('close', (code) => reject(new Error(`the link closed with ${code}`)))
    speak(socket, claim, credentials, wishes, resolve)
  })
}

/** A host the agent speaks for: itself, or a child. */
interface Host {
  readonly speaker: Speaker
  readonly hops: number
  readonly contexts: () => readonly Context[]
  readonly info: SourceInfo | undefined
  nodeId: NodeId | undefined
  /** Its streams were started: the last thing the cloud asks for. */
  isTakenUp: boolean
}

function hostsOf({ claimId, machineGuid, hostname }: SimulatedClaim, wishes: AgentWishes): Host[] {
  const { contexts = [], info, nodeId, children = [], childContexts = () => [], childInfo, capabilities = stockCapabilities } = wishes
  const host = (name: Omit<SimulatedChild, 'nodeId'>, rest: Pick<Host, 'hops' | 'contexts' | 'info' | 'nodeId'>): Host => ({
    speaker: { claimId, capabilities, machineGuid: name.machineGuid, hostname: name.hostname },
    isTakenUp: false,
    ...rest,
  })
  return [
    host({ machineGuid, hostname }, { hops: 0, contexts: () => contexts, info, nodeId }),
    ...children.map((child, place) =>
      host(child, { hops: 1, contexts: () => childContexts(child, place), info: childInfo?.(child), nodeId: child.nodeId }),
    ),
  ]
}

function speak(
  socket: WebSocket,
  claim: SimulatedClaim,
  credentials: { clientID: string; username: string; password: string },
  wishes: AgentWishes,
  onReady: (agent: SimulatedAgent) => void,
): void {
  const { claimId } = claim
  const onQuestion: NonNullable<AgentWishes['onQuestion']> = wishes.onQuestion ?? (() => ({ body: Buffer.from('{}'), isGzip: false }))
  const hosts = hostsOf(claim, wishes)
  const [own] = hosts
  if (own === undefined) throw new Error('an agent without a host')
  const byGuid = new Map(hosts.map((host) => [host.speaker.machineGuid as string, host]))
  const byNode = new Map(hosts.flatMap((host) => (host.nodeId === undefined ? [] : [[host.nodeId as string, host] as const])))
  const sessionId = BigInt(Date.now()) * 1000n
  const unacknowledged = new Set<number>()
  const quiet = new Set<() => void>()
  const looking = new Set<() => void>()
  let toTakeUp = hosts.length
  let lastId = 0
  let published = 0
  let isReady = false

  const send = (packet: Packet) => {
    const bytes = mqttPacket.generate(packet, { protocolVersion: 5 })
    // Agents cut what is larger into frames of 128 KiB (aclk §4.2).
    for (let at = 0; at < bytes.length; at += frameBytes) socket.send(bytes.subarray(at, at + frameBytes))
  }
  const publish = (topic: string, payload: Uint8Array) => {
    do lastId = (lastId % 64_999) + 1
    while (unacknowledged.has(lastId))
    published += 1
    unacknowledged.add(lastId)
    send({ cmd: 'publish', topic, payload: Buffer.from(payload), qos: 1, dup: false, retain: false, messageId: lastId })
  }
  const tell = (message: OutboundMessage, more: object = {}) =>
    publish(topicOf(message.topic, claimId), say.encodeMessage(gate.message({ ...message, fields: { ...message.fields, ...more } })))
  const announce = ({ speaker, hops, info }: Host, id: NodeId) => {
    tell(say.nodeInstanceConnection(speaker, id, sessionId, Date.now()), { hops })
    if (info) {
      tell(say.nodeInfo(speaker, id, info, Date.now()), { child: hops > 0 })
      tell(say.nodeCollectors(speaker, id, info))
    }
  }
  const tellAlerts = (id: NodeId) => {
    const alerts = wishes.alerts ?? []
    if (alerts.length === 0) return
    const transitions = alerts.map((alert) => ({
      alert,
      oldStatus: 'clear' as const,
      eventId: 1n,
      transitionId: transitionId(claim.machineGuid, alert),
    }))
    tell(say.alarmSnapshot(own.speaker, id, 'UTC', { transitions, number: 1, of: 1, snapshotUuid: randomUUID() }))
  }
  const isSettled = () => toTakeUp === 0 && unacknowledged.size === 0
  const look = () => {
    if (unacknowledged.size === 0) for (const resolve of quiet) resolve()
    if (unacknowledged.size === 0) quiet.clear()
    if (!isSettled()) return
    for (const resolve of looking) resolve()
    looking.clear()
  }
  const when = (isTrue: () => boolean, waiting: Set<() => void>) =>
    new Promise<void>((resolve) => {
      if (isTrue()) resolve()
      else waiting.add(resolve)
    })
  const takenUp = (host: Host) => {
    if (host.isTakenUp) return
    host.isTakenUp = true
    toTakeUp -= 1
    if (host === own && !isReady && host.nodeId !== undefined) ready(host.nodeId)
    look()
  }
  const ready = (id: NodeId) => {
    isReady = true
    const keepAlive = setInterval(() => send({ cmd: 'pingreq' }), 45_000)
    socket.once('close', () => clearInterval(keepAlive))
    onReady({
      nodeId: id,
      children: () => hosts.slice(1).map(({ nodeId }) => nodeId),
      acknowledged: () => when(() => unacknowledged.size === 0, quiet),
      settled: () => when(isSettled, looking),
      published: () => published,
      closed: new Promise((resolve) => socket.once('close', resolve)),
      close: () => socket.close(),
    })
  }

  const onCommand = (name: string, payload: Buffer) => {
    if (name === 'cmd') {
      const question = decodeQuestion(payload)
      if (!question) return
      const given = onQuestion(question)
      if (given === undefined) return
      const { body, isGzip, httpStatus = 200 } = given
      const nowUs = BigInt(Date.now()) * 1000n
      const { messageId } = question
      const contentType = 'text/plain; charset=utf-8'
      const answer = encodeAnswer({ messageId, httpStatus, contentType, isGzip, body, sessionIdUs: sessionId, nowUs, executionUs: 1 })
      publish(question.callbackTopic, answer)
    } else if (name === 'SendNodeInstances') {
      for (const host of hosts) {
        if (host.nodeId) announce(host, host.nodeId)
        else tell(say.createNodeInstance(host.speaker), { hops: host.hops })
      }
    } else if (name === 'CreateNodeInstanceResult') {
      const { nodeId, machineGuid } = fromBinary(CreateNodeInstanceResultSchema, payload)
      const host = byGuid.get(machineGuid)
      if (host === undefined) return
      host.nodeId = nodeId as NodeId
      byNode.set(nodeId, host)
      announce(host, host.nodeId)
    } else if (name === 'ContextsCheckpoint') {
      const { nodeId, versionHash } = fromBinary(ContextsCheckpointSchema, payload)
      const host = byNode.get(nodeId)
      const contexts = host?.contexts() ?? []
      if (host && versionHash !== contextsVersionHash(contexts)) tell(say.contextsSnapshot(host.speaker, nodeId as NodeId, contexts))
    } else if (name === 'StartAlarmStreaming') {
      const host = byNode.get(fromBinary(StartAlarmStreamingSchema, payload).nodeId)
      if (host === own && own.nodeId !== undefined) tellAlerts(own.nodeId)
      if (host) takenUp(host)
    } else if (name === 'SendAlarmConfiguration') {
      const { configHash } = fromBinary(SendAlarmConfigurationSchema, payload)
      const config = wishes.alertConfigs?.[configHash]
      if (config !== undefined) tell(say.provideAlarmConfiguration(configHash, config))
    }
  }

  const onPacket = (packet: Packet) => {
    if (packet.cmd === 'connack') {
      if (packet.reasonCode !== 0) socket.close()
      const subscriptions = [{ topic: topicOf('inbox-cmd', claimId), qos: 1 as const }]
      send({ cmd: 'subscribe', messageId: 65_000, subscriptions })
      send({ cmd: 'subscribe', messageId: 65_001, subscriptions: [{ topic: topicOf('inbox-cmd-v1', claimId), qos: 1 }] })
      tell(say.agentConnection(own.speaker, 'hello', sessionId, Date.now()))
    } else if (packet.cmd === 'puback') {
      unacknowledged.delete(packet.messageId ?? 0)
      look()
    } else if (packet.cmd === 'publish') onPublish(packet)
  }
  const onPublish = ({ topic, payload, qos, messageId }: IPublishPacket) => {
    if (qos === 1 && messageId !== undefined) send({ cmd: 'puback', messageId, reasonCode: 0 })
    onCommand(topic.slice(topic.lastIndexOf('/') + 1), Buffer.from(payload))
  }

  const parser = mqttPacket.parser({ protocolVersion: 5 })
  parser.on('packet', onPacket)
  socket.on('message', (data: Buffer) => void parser.parse(data))
  send({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 5,
    clean: true,
    keepalive: 60,
    properties: { topicAliasMaximum: 65_535 },
    clientId: credentials.clientID,
    username: credentials.username,
    password: Buffer.from(credentials.password),
    will: {
      topic: topicOf('agent-connection', claimId),
      payload: Buffer.from(say.encodeMessage(gate.message(say.agentConnection(own.speaker, 'will', sessionId, Date.now())))),
      qos: 2,
      retain: false,
    },
  })
}

/** One request over a connection of its own, as agents do; the answer's text. Throws on another status. */
function call({ url, caPem }: SimulatedCloud, method: string, path: string, status: number, body?: object): Promise<string> {
  return new Promise((resolve, reject) => {
    const ca = caPem === undefined ? {} : { ca: caPem }
    const asked = request(`${url}${path}`, { method, ...ca, agent: false }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => (text += chunk))
      answer.on('end', () => {
        if (answer.statusCode === status) resolve(text)
        else reject(new Error(`${method} ${path.replace(/[0-9a-f-]{36}/, '…')} answered ${answer.statusCode}: ${text.slice(0, 200)}`))
      })
    })
    asked.on('error', reject)
    asked.end(body === undefined ? undefined : JSON.stringify(body))
  })
}
