import { constants, privateDecrypt } from 'node:crypto'
import type { IPublishPacket, Packet } from 'mqtt-packet'
import { decodeQuestion } from '../../src/aclk/query/request.ts'
import type { AlertConfigHash, ClaimId, NodeId } from '../../src/domain/ids.ts'
import type { GatewayDoor } from '../doubles/agents/gateway-door.ts'
import type { GatewayPorts } from '../../cloud/gateway/ports.ts'
import type { RecordedLine, Recording } from '../doubles/agents/recording.ts'
import type { RawLink } from '../doubles/agents/stand-in-agent.ts'
import { call, connectPacket, openRawLink } from '../doubles/agents/stand-in-agent.ts'
import { waitUntil } from '../doubles/wait-until.ts'

/** What a replay saw. */
export interface Replayed {
  /** Publishes sent; each was acknowledged once, or the replay would not have gone on. */
  published: number
  /** DISCONNECTs and refused CONNECTs of the gateway, and connections it closed although the agent had not. */
  readonly complaints: string[]
  /** Times after whose contexts message the stored hash differed from the announced one. */
  readonly differences: number[]
  /** Commands the gateway published, in order. */
  readonly commands: { readonly atMs: number; readonly name: string; readonly payload: Buffer }[]
  /** Each change of a node's presence. */
  readonly states: { readonly nodeId: string; readonly state: string }[]
  /** Questions asked through the bus and answered with recorded bytes. */
  answers: number
  readonly wrongAnswers: string[]
}

interface OpenLink {
  readonly raw: RawLink
  harvested: number
  isEnding: boolean
}

/**
 * Stands in for the recorded agent: its bytes, its WebSocket frame cuts, its times (on a hand clock). `ports` are those behind the
 * gateway, to look at what is kept; `claimBody` may put a token and rooms that exist in place of the recorded ones.
 */
export async function replay(
  recording: Recording,
  door: GatewayDoor,
  ports: GatewayPorts,
  claimBody: (body: string) => string = (body) => body,
): Promise<Replayed> {
  const seen: Replayed = { published: 0, complaints: [], differences: [], commands: [], states: [], answers: 0, wrongAnswers: [] }
  const links = new Map<number, OpenLink>()
  const credentials = new Map<string, { clientId: string; username: string; password: string }>()
  const usedQuestions = new Set<Packet>()
  let secret: Buffer | undefined
  let nowMs = 0

  for (const line of recording.lines) {
    if (line.dir !== 'agent') continue
    // Steps no longer than the sweep, so that everything due in between has its turn.
    while (nowMs < line.t_ms) {
      const stepMs = Math.min(1000, line.t_ms - nowMs)
      door.clock.advance(stepMs)
      nowMs += stepMs
    }
    if (line.kind === 'http') await http(line)
    else if (line.kind === 'ws-open') open(line.conn, await openRawLink(door.port, { headers: { Origin: headerOf(line, 'Origin') } }))
    else if (line.kind === 'ws-close') await close(linkOf(line), line.mqttDisconnect ?? false)
    else if (line.kind === 'mqtt') await mqtt(line, linkOf(line))
    harvest()
    noteStates()
  }
  return seen

  function open(conn: number | null, raw: RawLink): void {
    const link: OpenLink = { raw, harvested: 0, isEnding: false }
    links.set(conn ?? 0, link)
    void raw.closed.then((code) => {
      if (!link.isEnding) seen.complaints.push(`closed with ${code}`)
    })
  }

  function linkOf({ conn }: RecordedLine): OpenLink {
    const link = links.get(conn ?? 0)
    if (link === undefined) throw new Error(`no link of connection ${conn}`)
    return link
  }

  async function close(link: OpenLink, isOrderly: boolean): Promise<void> {
    link.isEnding = true
    const before = door.presence.counts().links
    if (isOrderly) link.raw.socket.close(1000)
    else link.raw.socket.terminate()
    await link.raw.closed
    // The other end notices a cut a moment later than we do.
    if (!isOrderly && before > 0) await waitUntil(() => door.presence.counts().links < before || undefined)
  }

  function harvest(): void {
    for (const link of links.values()) {
      for (const packet of link.raw.packets.slice(link.harvested)) {
        if (packet.cmd === 'publish')
          seen.commands.push({ atMs: nowMs, name: packet.topic.split('/').at(-1) ?? '', payload: packet.payload as Buffer })
        if (packet.cmd === 'disconnect' || (packet.cmd === 'connack' && packet.reasonCode !== 0))
          seen.complaints.push(`${packet.cmd} ${packet.reasonCode}`)
      }
      link.harvested = link.raw.packets.length
    }
  }

  function noteStates(): void {
    for (const nodeId of recording.nodeIds.values()) {
      const state = door.presence.stateOf(nodeId as NodeId)
      if (seen.states.findLast((entry) => entry.nodeId === nodeId)?.state !== state) seen.states.push({ nodeId, state })
    }
  }

  async function http(line: RecordedLine): Promise<void> {
    const { method = 'GET', path = '/', body = '' } = line
    const isPassword = path.endsWith('/password')
    const sent = isPassword
      ? body.replace(/("response":\s*")[^"]*/, `$1${secret?.toString('base64')}`)
      : method === 'PUT'
        ? claimBody(body)
        : body
    const headers = Object.fromEntries((line.headers ?? []).filter(([name]) => name === 'User-Agent' || name === 'Content-Type'))
    const { status, text } = await call(door.port, method, path, sent === '' ? undefined : sent, headers)
    const expected = isPassword ? 201 : method === 'PUT' ? 204 : 200
    if (status !== expected) throw new Error(`${method} ${path} answered ${status}: ${text}`)
    if (path.endsWith('/challenge')) {
      const key = recording.privateKeys.get(path.split('/').at(-2) ?? '')
      if (key === undefined) throw new Error('no private key for the claim')
      const { challenge } = JSON.parse(text) as { challenge: string }
      secret = privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }, Buffer.from(challenge, 'base64'))
    }
    if (isPassword) {
      const { clientID: clientId, username, password } = JSON.parse(text) as { clientID: string; username: string; password: string }
      credentials.set(clientId, { clientId, username, password })
    }
  }

  async function mqtt(line: RecordedLine, link: OpenLink): Promise<void> {
    const { raw } = link
    if (line.cmd === 'connect') {
      raw.send(connect(line))
      await raw.packet(({ cmd }) => cmd === 'connack')
      return
    }
    if (line.cmd === 'publish') return publish(line, raw)
    if (line.cmd === 'disconnect') link.isEnding = true
    raw.send(bytesOf(line), line.wsFrames)
    if (line.cmd === 'subscribe') await raw.packet((packet) => packet.cmd === 'suback' && packet.messageId === line.packetId)
    if (line.cmd === 'pingreq') await raw.packet(({ cmd }) => cmd === 'pingresp')
  }

  /** The recorded CONNECT with our credentials in place of the recorded ones. */
  function connect(line: RecordedLine): Buffer {
    const will = line.will && {
      topic: line.will.topic,
      qos: line.will.qos,
      retain: line.will.retain,
      payload: Buffer.from(line.will.payload, 'base64'),
    }
    const given = credentials.get(will?.topic.split('/')[2] ?? '')
    if (given === undefined) throw new Error('CONNECT without credentials')
    return connectPacket(given, will, { properties: { ...line.properties } })
  }

  async function publish(line: RecordedLine, raw: RawLink): Promise<void> {
    const question = line.response === undefined ? undefined : await ask(line, raw)
    if (line.name === 'alarm-config') await configAsked(line, raw)
    seen.published += 1
    raw.send(question?.bytes ?? bytesOf(line), line.wsFrames)
    if (question) {
      await compareAnswer(line, question.answer)
      // The acknowledgement of an answer rides with the next packet, at the latest with the sweep.
      door.clock.advance(1000)
      nowMs += 1000
    }
    await raw.packet((packet) => packet.cmd === 'puback' && packet.messageId === line.packetId)
    if (line.name === 'contexts-snapshot' || line.name === 'contexts-updated') await compareHash(line)
  }

  /** Asks through the bus what was asked in the recording; answers the recorded bytes with our message id in place of theirs. */
  async function ask(line: RecordedLine, raw: RawLink) {
    const target = line.response?.request.split(' ')[1] ?? ''
    const [, askedNode, path] = /^\/node\/([0-9a-f-]{36})(\/api\/.*)$/.exec(target) ?? [undefined, undefined, target]
    const [ownNode = ''] = recording.nodeIds.values()
    const nodeId = (askedNode !== undefined && door.bus.route(askedNode as NodeId) ? askedNode : ownNode) as NodeId
    if (door.bus.route(nodeId) === undefined) throw new Error('no route to the node')
    const question = { method: 'GET', target: askedOf(nodeId, path ?? ''), timeoutMs: 120_000 } as const
    const answer = door.bus.ask(nodeId, question, new AbortController().signal)
    const isNew = (packet: Packet) => packet.cmd === 'publish' && packet.topic.endsWith('/cmd') && !usedQuestions.has(packet)
    // A question that is refused here never comes.
    const sent = (await Promise.race([raw.packet(isNew), answer.then(() => raw.packet(isNew))])) as IPublishPacket
    usedQuestions.add(sent)
    const messageId = decodeQuestion(sent.payload as Buffer)?.messageId ?? ''
    const recordedId = String(line.response?.header['msg-id'])
    const bytes = Buffer.from(bytesOf(line).toString('latin1').replaceAll(recordedId, messageId), 'latin1')
    return { bytes, answer }
  }

  async function compareAnswer(line: RecordedLine, pending: ReturnType<GatewayDoor['bus']['ask']>): Promise<void> {
    const recorded = line.response
    const recordedBody = Buffer.from(recorded?.bodyBase64 ?? '', 'base64')
    try {
      const answer = await pending
      let isSame = false
      answer.body.releaseTo((body) => (isSame = recordedBody.subarray(0, body.byteLength).equals(body)))
      if (!isSame || answer.httpStatus !== recorded?.header['http-code'])
        seen.wrongAnswers.push(`${recorded?.request}: ${answer.httpStatus}`)
    } catch (error) {
      if (recorded?.header['error-code'] === undefined) seen.wrongAnswers.push(`${recorded?.request}: ${String(error)}`)
    }
    seen.answers += 1
  }

  /** Agents send a configuration only when asked: the gateway must have asked for this one, in this or an earlier connection. */
  async function configAsked(line: RecordedLine, raw: RawLink): Promise<void> {
    const hash = String(line.message?.['config_hash'])
    const claimed = await ports.claims.find(claimIdOf(line))
    if (claimed !== undefined && (await ports.alerts.missingConfigs(claimed, [hash as AlertConfigHash])).length === 0) return
    await raw.packet(
      (packet) => packet.cmd === 'publish' && packet.topic.endsWith('/SendAlarmConfiguration') && (packet.payload as Buffer).includes(hash),
    )
  }

  async function compareHash(line: RecordedLine): Promise<void> {
    const message = line.message as { node_id: NodeId; version_hash?: string; version?: string } | undefined
    const claimed = await ports.claims.find(claimIdOf(line))
    const stored = claimed && message ? await ports.contexts.versionHash(claimed, message.node_id) : undefined
    if (stored !== BigInt(message?.version_hash ?? message?.version ?? 0)) seen.differences.push(line.t_ms)
  }
}

/** The recorded path as the gateway lets it through: within the agent's API, and within one node. */
function askedOf(nodeId: NodeId, path: string): string {
  if (!path.startsWith('/api/')) return '/api/v1/info'
  if (!/^\/api\/v[23]\//.test(path)) return path
  const rest = path.replace(/([?&])scope_nodes=[^&]*&?/g, '$1')
  return `${rest}${rest.includes('?') ? '&' : '?'}scope_nodes=${nodeId}`
}

function bytesOf(line: RecordedLine): Buffer {
  return Buffer.from(line.raw ?? '', 'base64')
}

/** The claim a publish of the agent belongs to, by its topic. */
function claimIdOf({ topic = '' }: RecordedLine): ClaimId {
  return (topic.split('/')[2] ?? '') as ClaimId
}

function headerOf(line: RecordedLine, name: string): string {
  return line.headers?.find(([header]) => header === name)?.[1] ?? ''
}
