import { constants, publicEncrypt, randomBytes } from 'node:crypto'
import { createServer } from 'node:https'
import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { generate, parser } from 'mqtt-packet'
import type { IConnectPacket, Packet } from 'mqtt-packet'
import { generate as generateCertificate } from 'selfsigned'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'
import { envAnswer, passwordAnswer } from '../../../src/aclk/otp/answers.ts'

/** A publish of the agent, in order of arrival. */
export interface HeardPublish {
  /** Last level of the topic. */
  readonly name: string
  readonly topic: string
  readonly payload: Uint8Array
}

/** One MQTT connection as the cloud sees it. */
export interface CloudLink {
  readonly connect: IConnectPacket
  readonly subscriptions: readonly string[]
  /** Sizes of the WebSocket frames the agent sent. */
  readonly frameBytes: readonly number[]
  /** Publishes to the agent; `command` is the last topic level, empty for the inbox of queries itself. */
  send(command: string, payload: Uint8Array): void
  sendPacket(packet: Packet): void
  /** Ends the socket without a word. */
  cut(): void
  /** How it ended: the WebSocket close code and whether a DISCONNECT came before. */
  readonly closed: Promise<{ code: number; hadDisconnect: boolean }>
}

export interface HttpAnswer {
  readonly status: number
  readonly body?: string
}

/** Answers an HTTP step in place of the usual answer; undefined leaves the usual one. */
export type Override = (step: 'claim' | 'env' | 'challenge' | 'password', body: string) => HttpAnswer | undefined

/** A small cloud for one agent: claim, env, challenge, password and MQTT over wss, on a free loopback port. */
export async function startFakeCloud(
  options: { readonly override?: Override; readonly acknowledges?: boolean; readonly maximumPacketSize?: number } = {},
) {
  const pems = await makeCertificate()
  const requests: {
    readonly method: string
    readonly path: string
    readonly body: string
    readonly headers: IncomingMessage['headers']
  }[] = []
  const heard: HeardPublish[] = []
  const links: CloudLink[] = []
  let publicKey: string | undefined
  let secret = randomBytes(32)
  let override = options.override
  const watchers = new Set<() => void>()
  const changed = () => {
    for (const watch of watchers) watch()
  }

  const server = createServer({ key: pems.key, cert: pems.cert }, (incoming, outgoing) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      const path = incoming.url ?? ''
      requests.push({ method: incoming.method ?? '', path, body, headers: incoming.headers })
      const { status, body: text = '' } = answer(path, body)
      outgoing.writeHead(status, { 'Content-Length': Buffer.byteLength(text) })
      outgoing.end(text)
      changed()
    })
  })
  const port = () => (server.address() as AddressInfo).port

  function answer(path: string, body: string): HttpAnswer {
    if (path.startsWith('/api/v1/spaces/nodes/')) {
      const special = override?.('claim', body)
      if (special) return special
      publicKey = (JSON.parse(body) as { publicKey: string }).publicKey
      return { status: 204 }
    }
    if (path.startsWith('/api/v1/env'))
      return override?.('env', body) ?? { status: 200, body: envAnswer({ host: 'localhost', port: port() }) }
    if (path.endsWith('/challenge')) return override?.('challenge', body) ?? { status: 200, body: challenge() }
    return override?.('password', body) ?? password(body)
  }

  function challenge(): string {
    secret = randomBytes(32)
    const block = publicEncrypt({ key: publicKey ?? '', padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }, secret)
    return JSON.stringify({ challenge: block.toString('base64') })
  }

  function password(body: string): HttpAnswer {
    const isRight = (JSON.parse(body) as { response: string }).response === secret.toString('base64')
    return isRight ? { status: 201, body: passwordAnswer({ clientId: 'client', username: 'user', password: 'pass' }) } : { status: 403 }
  }

  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    requests.push({ method: 'UPGRADE', path: request.url ?? '', body: '', headers: request.headers })
    sockets.handleUpgrade(request, socket, head, (webSocket) => serve(webSocket))
  })

  function serve(socket: WebSocket): void {
    const reader = parser({ protocolVersion: 5 })
    const frameBytes: number[] = []
    const subscriptions: string[] = []
    let hadDisconnect = false
    let claimId = ''
    const sendPacket = (packet: Packet) => socket.send(generate(packet, { protocolVersion: 5 }))
    const closed = new Promise<{ code: number; hadDisconnect: boolean }>((resolve) =>
      socket.on('close', (code) => resolve({ code, hadDisconnect })),
    )
    let messageId = 1
    socket.on('message', (data: Buffer) => {
      frameBytes.push(data.byteLength)
      reader.parse(data)
    })
    reader.on('packet', (packet) => {
      if (packet.cmd === 'connect') {
        const { maximumPacketSize } = options
        sendPacket({
          cmd: 'connack',
          reasonCode: 0,
          sessionPresent: false,
          ...(maximumPacketSize ? { properties: { maximumPacketSize } } : {}),
        })
        claimId = packet.will?.topic.split('/')[2] ?? ''
        links.push({
          connect: packet,
          subscriptions,
          frameBytes,
          closed,
          sendPacket,
          cut: () => socket.terminate(),
          send(command, payload) {
            const topic = `/agent/${claimId}/inbound/v1/cmd${command && `/${command}`}`
            sendPacket({ cmd: 'publish', topic, payload: Buffer.from(payload), qos: 1, dup: false, retain: false, messageId: messageId++ })
          },
        })
      } else if (packet.cmd === 'subscribe') {
        subscriptions.push(...packet.subscriptions.map(({ topic }) => topic))
        sendPacket({ cmd: 'suback', messageId: packet.messageId ?? 0, granted: [1] })
      } else if (packet.cmd === 'publish') {
        heard.push({ name: packet.topic.slice(packet.topic.lastIndexOf('/') + 1), topic: packet.topic, payload: packet.payload as Buffer })
        if (options.acknowledges !== false) sendPacket({ cmd: 'puback', messageId: packet.messageId ?? 0, reasonCode: 0 })
      } else if (packet.cmd === 'pingreq') sendPacket({ cmd: 'pingresp' })
      else if (packet.cmd === 'disconnect') hadDisconnect = true
      changed()
    })
    socket.on('close', changed)
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `https://localhost:${port()}`,
    caPem: pems.cert,
    requests,
    heard,
    links,
    setOverride(next: Override | undefined) {
      override = next
    },
    /** Resolves with the first defined answer, looking again whenever something arrives. */
    until<T>(look: () => T | undefined): Promise<T> {
      return new Promise((resolve) => {
        const watch = () => {
          const found = look()
          if (found === undefined) return
          watchers.delete(watch)
          resolve(found)
        }
        watchers.add(watch)
        watch()
      })
    },
    async stop(): Promise<void> {
      for (const client of sockets.clients) client.terminate()
      await closeServer(server)
    },
  }
}

export type FakeCloud = Awaited<ReturnType<typeof startFakeCloud>>

async function makeCertificate(): Promise<{ key: string; cert: string }> {
  const names = [
    { type: 2 as const, value: 'localhost' },
    { type: 7 as const, ip: '127.0.0.1' },
  ]
  const pems = await generateCertificate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: names },
    ],
  })
  return { key: pems.private, cert: pems.cert }
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}
