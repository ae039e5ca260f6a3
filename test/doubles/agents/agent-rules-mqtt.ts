import type { DescMessage } from '@bufbuild/protobuf'
import { fromBinary } from '@bufbuild/protobuf'
import * as messages from '../../../src/aclk/messages/index.ts'
import type { UpdateAgentConnection } from '../../../src/aclk/messages/index.ts'

const inboundBytesMax = 128 * 1024
const ackWithinMs = 60_000
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Commands by last topic level, with the fields an agent cannot do without (aclk §6). */
const commands: Readonly<Record<string, { schema: DescMessage; uuids: readonly string[] }>> = {
  SendNodeInstances: { schema: messages.SendNodeInstancesSchema, uuids: [] },
  CreateNodeInstanceResult: { schema: messages.CreateNodeInstanceResultSchema, uuids: ['nodeId', 'machineGuid'] },
  ContextsCheckpoint: { schema: messages.ContextsCheckpointSchema, uuids: ['claimId', 'nodeId'] },
  StopStreamingContexts: { schema: messages.StopStreamingContextsSchema, uuids: ['claimId', 'nodeId'] },
  StartAlarmStreaming: { schema: messages.StartAlarmStreamingSchema, uuids: ['nodeId'] },
  SendAlarmConfiguration: { schema: messages.SendAlarmConfigurationSchema, uuids: ['configHash'] },
  SendAlarmSnapshot: { schema: messages.SendAlarmSnapshotSchema, uuids: ['nodeId', 'claimId', 'snapshotUuid'] },
  SendAlarmLogHealth: { schema: messages.SendAlarmLogHealthSchema, uuids: ['nodeId'] },
  SendAlarmCheckpoint: { schema: messages.SendAlarmCheckpointSchema, uuids: ['nodeId', 'claimId'] },
  CancelPendingRequest: { schema: messages.CancelPendingRequestSchema, uuids: [] },
  DisconnectReq: { schema: messages.DisconnectReqSchema, uuids: [] },
}

/** The MQTT rules of one link, as its agent keeps them (aclk §4.4 to §4.8, §6.1, §7.1). */
export class AgentMqttRules {
  readonly #fault: (what: string) => void
  readonly #nowMs: () => number
  #toAgent = Buffer.alloc(0)
  #fromAgent = Buffer.alloc(0)
  /** Ends of the frames in the bytes that wait, so that a packet can be seen to lie in one. */
  #frameEnds: number[] = []
  #isConnecting = false
  #isConnected = false
  #isDisconnected = false
  #pings = 0
  readonly #unacknowledged = new Map<number, number>()
  readonly #subscribes = new Map<number, number>()
  #health = 0
  #canCancel = false

  constructor(fault: (what: string) => void, nowMs: () => number) {
    this.#fault = fault
    this.#nowMs = nowMs
  }

  /** The payload of one binary frame of the agent. */
  agentSays(bytes: Buffer): void {
    this.#fromAgent = Buffer.concat([this.#fromAgent, bytes])
    for (let packet = cut(this.#fromAgent); packet !== undefined; packet = cut(this.#fromAgent)) {
      this.#fromAgent = this.#fromAgent.subarray(packet.bytes)
      this.#note(packet)
    }
  }

  /** The payload of one binary frame of the cloud. */
  cloudSays(bytes: Buffer): void {
    this.#toAgent = Buffer.concat([this.#toAgent, bytes])
    this.#frameEnds.push(this.#toAgent.length)
    for (let packet = cut(this.#toAgent); packet !== undefined; packet = cut(this.#toAgent)) {
      const { bytes: size } = packet
      const isWhole = !this.#frameEnds.some((end) => end < size)
      this.#toAgent = this.#toAgent.subarray(size)
      this.#frameEnds = this.#frameEnds.map((end) => end - size).filter((end) => end > 0)
      this.#check(packet, isWhole)
    }
    if (this.#toAgent.length > inboundBytesMax) this.#fault('a packet over 128 KiB')
  }

  /** The link is over; `isClosedByCloud`: the cloud's close or end was seen. */
  end(isClosedByCloud: boolean): void {
    if (this.#isDisconnected && !isClosedByCloud) this.#fault('DISCONNECT, and the socket stayed open')
  }

  /** Publishes of the agent that nobody has acknowledged. */
  get unacknowledged(): number {
    return this.#unacknowledged.size
  }

  #note({ type, flags, body }: Packet): void {
    if (type === 1) this.#isConnecting = true
    else if (type === 8) this.#subscribes.set(body.readUInt16BE(0), countFilters(body))
    else if (type === 12) this.#pings += 1
    else if (type === 3) {
      const topicLength = body.readUInt16BE(0)
      const topic = body.toString('utf8', 2, 2 + topicLength)
      const qos = (flags >> 1) & 3
      let at = 2 + topicLength
      if (qos > 0) {
        this.#unacknowledged.set(body.readUInt16BE(at), this.#nowMs())
        at += 2
      }
      if (topic.endsWith('/agent-connection')) this.#noteCapabilities(body.subarray(at + 1 + (body[at] ?? 0)))
    }
  }

  #noteCapabilities(payload: Buffer): void {
    let connection: UpdateAgentConnection
    try {
      connection = fromBinary(messages.UpdateAgentConnectionSchema, payload)
    } catch {
      return
    }
    const version = (wanted: string) => connection.capabilities.find(({ name }) => name === wanted)?.version ?? 0
    this.#health = version('health')
    this.#canCancel = version('req_cancel') > 0
  }

  #check({ type, flags, body, isCanonical, bytes }: Packet, isWhole: boolean): void {
    if (!isCanonical) this.#fault('a remaining length in more bytes than it needs')
    if (bytes > inboundBytesMax) this.#fault(`a packet of ${bytes} bytes`)
    if (this.#isDisconnected) this.#fault('a packet after DISCONNECT')
    if (type !== 2 && type !== 14 && !this.#isConnected) this.#fault(`packet type ${type} before CONNACK`)
    if (type !== 3 && flags !== 0) this.#fault(`flags ${flags} of packet type ${type}`)
    if (type === 2) this.#connack(body, isWhole)
    else if (type === 3) this.#publish(flags, body)
    else if (type === 4) this.#puback(body)
    else if (type === 9) this.#suback(body)
    else if (type === 13) {
      if (body.length > 0 || this.#pings-- <= 0) this.#fault('a PINGRESP that answers no PINGREQ')
    } else if (type === 14) this.#isDisconnected = true
    else this.#fault(`packet type ${type}, which agents do not know`)
  }

  #connack(body: Buffer, isWhole: boolean): void {
    if (!this.#isConnecting || this.#isConnected) this.#fault('CONNACK that answers no CONNECT')
    if (!isWhole) this.#fault('CONNACK in more than one frame')
    if (body.length < 3 || body[2] !== body.length - 3) this.#fault(`CONNACK ${body.toString('hex')}`)
    if ((body[0] ?? 0) > 0) this.#fault('CONNACK with a session')
    for (const id of propertyIds(body.subarray(3))) if (!connackProperties.has(id)) this.#fault(`CONNACK property ${id}`)
    if (body[1] === 0) this.#isConnected = true
    else this.#isDisconnected = true
  }

  #puback(body: Buffer): void {
    const id = body.length >= 2 ? body.readUInt16BE(0) : 0
    if (body.length < 2 || body.length > 4 || (body[2] ?? 0) >= 0x80 || (body[3] ?? 0) !== 0) this.#fault(`PUBACK ${body.toString('hex')}`)
    const sentMs = this.#unacknowledged.get(id)
    if (!this.#unacknowledged.delete(id)) this.#fault(`PUBACK for ${id}, which the agent does not know (any more)`)
    else if (this.#nowMs() - (sentMs ?? 0) > ackWithinMs) this.#fault('PUBACK after 60 seconds')
  }

  #suback(body: Buffer): void {
    const filters = this.#subscribes.get(body.readUInt16BE(0))
    this.#subscribes.delete(body.readUInt16BE(0))
    if (filters === undefined || body[2] !== 0 || body.length !== 3 + filters) this.#fault(`SUBACK ${body.toString('hex')}`)
  }

  #publish(flags: number, body: Buffer): void {
    const qos = (flags >> 1) & 3
    if (qos > 1) this.#fault('PUBLISH with QoS 2')
    if ((flags & 9) !== 0) this.#fault('PUBLISH with DUP or RETAIN')
    const topicLength = body.readUInt16BE(0)
    const topic = body.toString('utf8', 2, 2 + topicLength)
    let at = 2 + topicLength
    if (qos === 1) {
      if (body.readUInt16BE(at) === 0) this.#fault('PUBLISH with packet id 0')
      at += 2
    }
    if (body[at] !== 0) this.#fault('PUBLISH with properties')
    const payload = body.subarray(at + 1)
    const name = topic.slice(topic.lastIndexOf('/') + 1)
    const command = commands[name]
    if (name === 'cmd') for (const fault of queryFaults(payload)) this.#fault(`query: ${fault}`)
    else if (command === undefined) this.#fault(`PUBLISH on ${JSON.stringify(name)}, which agents do not know`)
    else this.#command(name, command, payload)
  }

  #command(name: string, { schema, uuids }: { schema: DescMessage; uuids: readonly string[] }, payload: Buffer): void {
    let fields: Readonly<Record<string, unknown>>
    try {
      fields = { ...fromBinary(schema, payload) }
    } catch {
      this.#fault(`${name} that does not parse`)
      return
    }
    if (fields['$unknown'] !== undefined) this.#fault(`${name} with fields no agent knows`)
    for (const field of uuids) if (!uuid.test(String(fields[field]))) this.#fault(`${name} without ${field}`)
    if (name === 'StartAlarmStreaming' && fields['batchId'] === 0n) this.#fault('StartAlarmStreaming with batch 0')
    if (name === 'CancelPendingRequest' && (fields['requestId'] === '' || !this.#canCancel)) this.#fault('CancelPendingRequest')
    if (name === 'SendAlarmSnapshot' && this.#health !== 1) this.#fault('SendAlarmSnapshot to another generation than B')
    if (name === 'SendAlarmLogHealth' && this.#health !== 0) this.#fault('SendAlarmLogHealth to another generation than A')
    if (name === 'SendAlarmCheckpoint' && this.#health === 0) this.#fault('SendAlarmCheckpoint to generation A')
  }
}

const connackProperties = new Set([0x11, 0x12, 0x13, 0x15, 0x16, 0x1a, 0x1c, 0x1f, 0x21, 0x22, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a])
/** Bytes of a property's value where it is not a text. */
const propertyBytes: Readonly<Record<number, number>> = {
  0x11: 4,
  0x13: 2,
  0x21: 2,
  0x22: 2,
  0x24: 1,
  0x25: 1,
  0x27: 4,
  0x28: 1,
  0x29: 1,
  0x2a: 1,
}

function propertyIds(bytes: Buffer): number[] {
  const ids: number[] = []
  for (let at = 0; at < bytes.length;) {
    const id = bytes[at] ?? 0
    ids.push(id)
    at += 1 + (propertyBytes[id] ?? 2 + (at + 2 < bytes.length ? bytes.readUInt16BE(at + 1) : 0))
  }
  return ids
}

interface Packet {
  readonly type: number
  readonly flags: number
  readonly body: Buffer
  readonly bytes: number
  readonly isCanonical: boolean
}

/** The first packet, when all of it is there. */
function cut(buffer: Buffer): Packet | undefined {
  let length = 0
  for (let at = 1; at <= 4; at++) {
    const byte = buffer[at]
    if (byte === undefined) return undefined
    length += (byte & 0x7f) * 128 ** (at - 1)
    if (byte >= 0x80) continue
    const start = at + 1
    if (buffer.length < start + length) return undefined
    const head = buffer[0] ?? 0
    const isCanonical = at === 1 || byte !== 0
    return { type: head >> 4, flags: head & 15, body: buffer.subarray(start, start + length), bytes: start + length, isCanonical }
  }
  throw new Error('a remaining length of more than four bytes')
}

function countFilters(body: Buffer): number {
  let filters = 0
  for (let at = 3 + (body[2] ?? 0); at + 2 < body.length; at += 3 + body.readUInt16BE(at)) filters += 1
  return filters
}

/** What keeps an agent from answering a query (aclk §7.1, §7.2). */
function queryFaults(payload: Buffer): string[] {
  const faults: string[] = []
  const at = payload.indexOf('\r\n\r\n')
  if (payload.includes(0)) faults.push('a NUL byte')
  if (at < 0) return [...faults, 'no blank line']
  const line = payload.toString('utf8', 0, at)
  if (/[\r\n]/.test(line)) faults.push('JSON on more than one line')
  let header: Record<string, unknown>
  try {
    header = JSON.parse(line) as Record<string, unknown>
  } catch {
    return [...faults, 'no JSON']
  }
  if (header['type'] !== 'http') faults.push('type')
  if (typeof header['msg-id'] !== 'string' || header['msg-id'] === '') faults.push('msg-id')
  if (typeof header['callback-topic'] !== 'string' || !header['callback-topic'].startsWith('/')) faults.push('callback-topic')
  if (typeof header['version'] !== 'number' || header['version'] < 2) faults.push('version')
  if (typeof header['timeout'] !== 'number' || !Number.isInteger(header['timeout']) || header['timeout'] < 0) faults.push('timeout')
  const request = payload.toString('utf8', at + 4)
  const match = /^(GET|POST|PUT|DELETE) \/\S* HTTP\/1\.1\r\n/.exec(request)
  if (match === null) return [...faults, 'no request line']
  const headEnd = request.indexOf('\r\n\r\n')
  if (headEnd < 0) return [...faults, 'no end of the head']
  const headers = request.slice(match[0].length, headEnd).split('\r\n')
  if (headers.some((each) => !each.includes(':'))) faults.push('a header line without a colon')
  if (!headers.some((each) => /^Accept-Encoding:.*gzip/.test(each))) faults.push('no gzip')
  const body = Buffer.byteLength(request.slice(headEnd + 4))
  const announced = headers.map((each) => /^content-length: *(\d+)$/i.exec(each)?.[1]).find((each) => each !== undefined)
  const hasBody = match[1] === 'POST' || match[1] === 'PUT'
  if (hasBody ? Number(announced) !== body : body > 0) faults.push('a body of another length than announced')
  return faults
}
