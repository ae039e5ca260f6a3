import { constants, generateKeyPairSync, privateDecrypt, randomUUID } from 'node:crypto'
import { request } from 'node:https'
import { fromBinary } from '@bufbuild/protobuf'
import mqttPacket from 'mqtt-packet'
import type { IPublishPacket, Packet } from 'mqtt-packet'
import { WebSocket } from 'ws'
import * as say from '../../agent-link/session/messages.ts'
import type { OutboundMessage, Speaker } from '../../agent-link/session/messages.ts'
import type { SourceInfo } from '../../agent-link/sources/source.ts'
import { ContextsCheckpointSchema, CreateNodeInstanceResultSchema } from '../../src/aclk/messages/index.ts'
import { decodeQuestion } from '../../src/aclk/query/request.ts'
import type { ReceivedQuestion } from '../../src/aclk/query/request.ts'
import { encodeAnswer } from '../../src/aclk/query/response.ts'
import { topicOf } from '../../src/aclk/topics/topics.ts'
import type { ClaimId, MachineGuid, NodeId } from '../../src/domain/ids.ts'
import type { Context } from '../../src/domain/model.ts'
import { contextsVersionHash } from '../../src/domain/version-hash.ts'

/** The cloud to talk to: `https://host:port` and the CA of its certificate. */
export interface SimulatedCloud {
  readonly url: string
  readonly caPem: string
}

/** A claimed identity. All share one RSA key: making one takes a good part of a second. */
export interface SimulatedClaim {
  readonly claimId: ClaimId
  readonly machineGuid: MachineGuid
  readonly hostname: string
}

export interface SimulatedAgent {
  readonly nodeId: NodeId
  /** Resolves when everything that was published so far is acknowledged. */
  acknowledged(): Promise<void>
  close(): void
}

export interface AgentWishes {
  /** Answers a question; default: an empty object. */
  readonly onQuestion?: (question: ReceivedQuestion) => { readonly body: Uint8Array; readonly isGzip: boolean }
  readonly contexts?: readonly Context[]
  readonly info?: SourceInfo
  /** The node id the agent already has from an earlier connection. */
  readonly nodeId?: NodeId
}

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const publicKeyPem = publicKey.export({ format: 'pem', type: 'spki' }).toString()
const capabilities = [
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
    ca: cloud.caPem,
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

function speak(
  socket: WebSocket,
  { claimId, machineGuid, hostname }: SimulatedClaim,
  credentials: { clientID: string; username: string; password: string },
  { onQuestion = () => ({ body: Buffer.from('{}'), isGzip: false }), contexts = [], info, nodeId: knownNodeId }: AgentWishes,
  onReady: (agent: SimulatedAgent) => void,
): void {
  const speaker: Speaker = { claimId, machineGuid, hostname, capabilities }
  const sessionId = BigInt(Date.now()) * 1000n
  const unacknowledged = new Set<number>()
  const quiet = new Set<() => void>()
  let nodeId = knownNodeId
  let lastId = 0
  let isReady = false

  const send = (packet: Packet) => socket.send(mqttPacket.generate(packet, { protocolVersion: 5 }))
  const publish = (topic: string, payload: Uint8Array) => {
    lastId = (lastId % 65_535) + 1
    unacknowledged.add(lastId)
    send({ cmd: 'publish', topic, payload: Buffer.from(payload), qos: 1, dup: false, retain: false, messageId: lastId })
  }
  const tell = (message: OutboundMessage) => publish(topicOf(message.topic, claimId), say.encodeMessage(message))
  const announce = (id: NodeId) => {
    tell(say.nodeInstanceConnection(speaker, id, sessionId, Date.now()))
    if (info) {
      tell(say.nodeInfo(speaker, id, info, Date.now()))
      tell(say.nodeCollectors(speaker, id, info))
    }
  }
  const ready = (id: NodeId) => {
    if (isReady) return
    isReady = true
    const keepAlive = setInterval(() => send({ cmd: 'pingreq' }), 45_000)
    socket.once('close', () => clearInterval(keepAlive))
    onReady({
      nodeId: id,
      acknowledged: () =>
        new Promise((resolve) => {
          if (unacknowledged.size === 0) resolve()
          else quiet.add(resolve)
        }),
      close: () => socket.close(),
    })
  }

  const onCommand = (name: string, payload: Buffer) => {
    if (name === 'cmd') {
      const question = decodeQuestion(payload)
      if (!question) return
      const { body, isGzip } = onQuestion(question)
      const nowUs = BigInt(Date.now()) * 1000n
      const { messageId } = question
      const contentType = 'text/plain; charset=utf-8'
      const answer = encodeAnswer({ messageId, httpStatus: 200, contentType, isGzip, body, sessionIdUs: sessionId, nowUs, executionUs: 1 })
      publish(question.callbackTopic, answer)
    } else if (name === 'SendNodeInstances') {
      if (nodeId) announce(nodeId)
      else tell(say.createNodeInstance(speaker))
    } else if (name === 'CreateNodeInstanceResult') {
      nodeId = fromBinary(CreateNodeInstanceResultSchema, payload).nodeId as NodeId
      announce(nodeId)
    } else if (name === 'ContextsCheckpoint' && nodeId) {
      const { versionHash } = fromBinary(ContextsCheckpointSchema, payload)
      if (versionHash !== contextsVersionHash(contexts)) tell(say.contextsSnapshot(speaker, nodeId, contexts))
    } else if (name === 'StartAlarmStreaming' && nodeId) ready(nodeId)
  }

  const onPacket = (packet: Packet) => {
    if (packet.cmd === 'connack') {
      if (packet.reasonCode !== 0) socket.close()
      const subscriptions = [{ topic: topicOf('inbox-cmd', claimId), qos: 1 as const }]
      send({ cmd: 'subscribe', messageId: 65_000, subscriptions })
      send({ cmd: 'subscribe', messageId: 65_001, subscriptions: [{ topic: topicOf('inbox-cmd-v1', claimId), qos: 1 }] })
      tell(say.agentConnection(speaker, 'hello', sessionId, Date.now()))
    } else if (packet.cmd === 'puback') {
      unacknowledged.delete(packet.messageId ?? 0)
      if (unacknowledged.size > 0) return
      for (const resolve of quiet) resolve()
      quiet.clear()
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
      payload: Buffer.from(say.encodeMessage(say.agentConnection(speaker, 'will', sessionId, Date.now()))),
      qos: 2,
      retain: false,
    },
  })
}

/** One request over a connection of its own, as agents do; the answer's text. Throws on another status. */
function call({ url, caPem }: SimulatedCloud, method: string, path: string, status: number, body?: object): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}${path}`, { method, ca: caPem, agent: false }, (answer) => {
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
