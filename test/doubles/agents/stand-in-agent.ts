import type { KeyObject } from 'node:crypto'
import { constants, generateKeyPairSync, privateDecrypt, randomUUID } from 'node:crypto'
import type { IConnectPacket, Packet } from 'mqtt-packet'
import mqttPacket from 'mqtt-packet'
import { WebSocket } from 'ws'
import type { LinkCredentials } from '../../../src/aclk/otp/answers.ts'

/** One key for all stand-ins of a process: making one takes a good part of a second. */
let sharedKey: { publicKey: KeyObject; privateKey: KeyObject } | undefined
export function standInKey(): { publicKeyPem: string; privateKey: KeyObject } {
  sharedKey ??= generateKeyPairSync('rsa', { modulusLength: 2048 })
  return { publicKeyPem: sharedKey.publicKey.export({ format: 'pem', type: 'spki' }).toString(), privateKey: sharedKey.privateKey }
}

/** An HTTP answer, its body as text. */
export interface PlainAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** One request to the gateway's routes. */
export async function call(
  port: number,
  method: string,
  path: string,
  body?: string,
  headers: Record<string, string> = {},
): Promise<PlainAnswer> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers, ...(body === undefined ? {} : { body }) })
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}

/** The body of a claim as version 2 agents send it. */
export function claimBody(claim: {
  claimId: string
  machineGuid: string
  publicKeyPem: string
  token: string
  hostname?: string
  rooms?: string[]
}): string {
  return JSON.stringify({
    node: { id: claim.claimId, hostname: claim.hostname ?? 'stand-in' },
    token: claim.token,
    rooms: claim.rooms ?? [],
    publicKey: claim.publicKeyPem,
    mGUID: claim.machineGuid,
  })
}

/** Claims a fresh identity; the answer must be 204. */
export async function claimStandIn(port: number, token: string): Promise<{ claimId: string; machineGuid: string }> {
  const claimId = randomUUID()
  const machineGuid = randomUUID()
  const body = claimBody({ claimId, machineGuid, publicKeyPem: standInKey().publicKeyPem, token })
  const { status, text } = await call(port, 'PUT', `/api/v1/spaces/nodes/${claimId}`, body)
  if (status !== 204) throw new Error(`claim answered ${status}: ${text}`)
  return { claimId, machineGuid }
}

/** Challenge and password, as agents do them. */
export async function credentialsOf(port: number, claimId: string, privateKey = standInKey().privateKey): Promise<LinkCredentials> {
  const challenged = await call(port, 'GET', `/api/v1/auth/node/${claimId}/challenge`)
  const { challenge } = JSON.parse(challenged.text) as { challenge: string }
  const secret = privateDecrypt(
    { key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' },
    Buffer.from(challenge, 'base64'),
  )
  const answered = await call(
    port,
    'POST',
    `/api/v1/auth/node/${claimId}/password`,
    JSON.stringify({ response: secret.toString('base64') }),
  )
  if (answered.status !== 201) throw new Error(`password answered ${answered.status}: ${answered.text}`)
  const { clientID, username, password } = JSON.parse(answered.text) as { clientID: string; username: string; password: string }
  return { clientId: clientID, username, password }
}

/** A WebSocket that speaks bytes: the test decides every one of them. */
export interface RawLink {
  readonly socket: WebSocket
  /** Every MQTT packet received, decoded. */
  readonly packets: Packet[]
  /** Sends bytes in one binary frame, or in frames of these sizes. */
  send(bytes: Uint8Array, frames?: readonly number[]): void
  /** Resolves with the first packet, so far or to come, for which `test` holds; rejects when the socket closes first. */
  packet(test: (packet: Packet) => boolean): Promise<Packet>
  /** Resolves with the close code. */
  readonly closed: Promise<number>
}

/** Opens `/mqtt` with the subprotocol. */
export async function openRawLink(
  port: number,
  options: { path?: string; protocols?: string[]; headers?: Record<string, string> } = {},
): Promise<RawLink> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${options.path ?? '/mqtt'}`, options.protocols ?? ['mqtt'], {
    perMessageDeflate: false,
    headers: options.headers ?? {},
  })
  const packets: Packet[] = []
  const waiting = new Set<() => void>()
  const parser = mqttPacket.parser({ protocolVersion: 5 })
  let isClosed = false
  parser.on('packet', (packet) => {
    packets.push(packet)
    for (const look of waiting) look()
  })
  socket.on('message', (data: Buffer) => void parser.parse(data))
  const closed = new Promise<number>((resolve) => {
    socket.on('close', (code) => {
      isClosed = true
      resolve(code)
      for (const look of waiting) look()
    })
  })
  await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject))
  socket.on('error', () => {})
  const find = (test: (packet: Packet) => boolean): Promise<Packet> =>
    new Promise((resolve, reject) => {
      const look = () => {
        const found = packets.find(test)
        if (found !== undefined) resolve(found)
        else if (isClosed) reject(new Error(`closed; received: ${packets.map(({ cmd }) => cmd).join(', ')}`))
        else return
        waiting.delete(look)
      }
      waiting.add(look)
      look()
    })
  return {
    socket,
    packets,
    closed,
    packet: find,
    send(bytes, frames = [bytes.byteLength]) {
      let at = 0
      for (const size of frames) {
        socket.send(bytes.subarray(at, at + size), { binary: true })
        at += size
      }
    },
  }
}

/** CONNECT as stock agents send it: user, password, QoS 2 will, keep-alive 60, alias maximum 65535 (aclk §4.3). */
export function connectPacket(credentials: LinkCredentials, will: IConnectPacket['will'], changes: Partial<IConnectPacket> = {}): Buffer {
  return mqttPacket.generate({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 5,
    clean: true,
    keepalive: 60,
    properties: { topicAliasMaximum: 65_535 },
    clientId: credentials.clientId,
    username: credentials.username,
    password: Buffer.from(credentials.password),
    ...(will === undefined ? {} : { will }),
    ...changes,
  })
}

/** One packet in MQTT 5 bytes. */
export function bytesOf(packet: Packet): Buffer {
  return mqttPacket.generate(packet, { protocolVersion: 5 })
}
