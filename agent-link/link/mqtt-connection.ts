import { connect } from 'mqtt'
import type { IClientOptions } from 'mqtt'
import type { ClientRequest } from 'node:http'
import type { TopicName } from '../../src/aclk/topics/topics.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { LinkPass } from './discovery.ts'
import { writeAgentFrames } from './frames.ts'
import { unreachableSentence } from './https.ts'

/** One MQTT connection: open until `closed` resolves. */
export interface MqttConnection {
  /** The cloud's Maximum Packet Size; undefined when it set none. */
  readonly maximumPacketBytes: number | undefined
  /** Resolves with one sentence when the connection has ended, however it ended. */
  readonly closed: Promise<string>
  /** How many publishes the cloud has acknowledged so far. */
  acknowledged(): number
  /** Publishes with QoS 1; resolves at the acknowledgement. Throws CLOUD_UNREACHABLE when the connection ends before. */
  publish(topic: string, payload: Uint8Array): Promise<void>
  /** DISCONNECT, then WebSocket close 1000. */
  end(): Promise<void>
  /** Drops the socket without DISCONNECT: the cloud applies the will. */
  drop(): void
}

export interface MqttWish {
  readonly url: URL
  readonly pass: LinkPass
  readonly caPem: string | undefined
  readonly will: Uint8Array
  readonly onMessage: (topic: string, payload: Uint8Array) => void
  readonly signal: AbortSignal
}

const connectTimeoutMs = 30_000
/** PINGREQ and dead-peer detection follow from it; the value of stock agents (aclk §4.3). */
const keepAliveS = 60
/** Nothing larger is read from the cloud; newest stock agents read as much (aclk §4.7). */
const inboundBytes = 16 * 1024 * 1024

/** Options of the MQTT library for one connection; the library never reconnects by itself. */
function mqttOptions({ pass, caPem, will }: Pick<MqttWish, 'pass' | 'caPem' | 'will'>): IClientOptions {
  const trust = caPem === undefined ? {} : { ca: caPem }
  return {
    protocolVersion: 5,
    clientId: pass.clientId,
    username: pass.username,
    password: pass.password,
    clean: true,
    keepalive: keepAliveS,
    reconnectPeriod: 0,
    connectTimeout: connectTimeoutMs,
    resubscribe: false,
    rejectUnauthorized: true,
    ...trust,
    will: { topic: topic(pass, 'agent-connection'), payload: Buffer.from(will), qos: 2, retain: false },
    wsOptions: {
      ...trust,
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
      perMessageDeflate: false,
      followRedirects: false,
      maxPayload: inboundBytes,
      finishRequest: closeNormally,
    },
  }
}

/** An orderly end closes the WebSocket with 1000 as stock agents do (aclk §4.2); the library's stream would give no code. */
function closeNormally(request: ClientRequest, socket: { close(code?: number, reason?: string | Buffer): void }): void {
  const close = socket.close.bind(socket)
  socket.close = (code = 1000, reason) => close(code, reason)
  request.end()
}

/** The issued topic of a name; {@link readPass} has seen to it that the needed ones exist. */
export function topic(pass: LinkPass, name: TopicName): string {
  const found = pass.topics.get(name)
  if (found === undefined) throw new ThroughlineError('LINK_PROTOCOL', `The cloud issued no topic ${name}.`)
  return found
}

/** Connects and subscribes to the two inboxes. Throws CLOUD_UNREACHABLE or CANCELLED; then no socket is left. */
export async function connectMqtt(wish: MqttWish): Promise<MqttConnection> {
  const client = connect(wish.url.href, mqttOptions(wish))
  writeAgentFrames(client.stream)
  let lastError: unknown
  let acknowledged = 0
  const waiting = new Set<(reason: string) => void>()
  // The library's own forced end does nothing while an orderly one waits for acknowledgements.
  const drop = () => {
    client.end(true)
    client.stream.destroy()
  }
  client.on('error', (error) => (lastError = error))
  client.on('message', (name, payload) => wish.onMessage(name, payload))
  client.on('packetreceive', (packet) => {
    if (packet.cmd === 'puback') acknowledged++
    if (packet.cmd === 'disconnect') {
      // A DISCONNECT from the cloud is only believed when the socket ends; end it ourselves (aclk §4.8).
      lastError = new Error(`the cloud disconnected with reason ${packet.reasonCode ?? 0}`)
      drop()
    }
  })
  const closed = new Promise<string>((resolve) => {
    client.once('close', () => {
      const reason = lastError instanceof Error ? lastError.message : 'the connection ended'
      for (const reject of waiting) reject(reason)
      client.end(true)
      resolve(reason)
    })
  })
  wish.signal.addEventListener('abort', drop, { once: true })
  try {
    const maximumPacketBytes = await opened(client, closed, wish, () => lastError)
    // One filter a packet, QoS 1 with retain-as-published, as stock agents subscribe (aclk §4.5).
    for (const name of ['inbox-cmd', 'inbox-cmd-v1'] as const) {
      await Promise.race([client.subscribeAsync(topic(wish.pass, name), { qos: 1, rap: true }), closed.then(lost)])
    }
    return {
      maximumPacketBytes,
      closed,
      acknowledged: () => acknowledged,
      publish: (name, payload) =>
        new Promise((resolve, reject) => {
          const fail = (reason: string) =>
            reject(new ThroughlineError('CLOUD_UNREACHABLE', `The link ended before an acknowledgement: ${reason}.`))
          if (!client.connected) return fail('it is closed')
          waiting.add(fail)
          client.publish(name, Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength), { qos: 1 }, (error) => {
            waiting.delete(fail)
            if (error) fail(error.message)
            else resolve()
          })
        }),
      async end() {
        if (!client.connected) return drop()
        // Else the library would hold the DISCONNECT back until everything is acknowledged.
        for (const messageId of Object.keys(client.outgoing)) client.removeOutgoingMessage(Number(messageId))
        client.end(false)
        await closed
      },
      drop,
    }
  } catch (cause) {
    drop()
    throw cause
  } finally {
    wish.signal.removeEventListener('abort', drop)
  }
}

function opened(
  client: ReturnType<typeof connect>,
  closed: Promise<string>,
  { url, signal }: MqttWish,
  lastError: () => unknown,
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    client.once('connect', (connack) => resolve(connack.properties?.maximumPacketSize))
    void closed.then(() => {
      const cause = lastError()
      if (signal.aborted) reject(new ThroughlineError('CANCELLED', 'Stopped while linking.', { cause }))
      else reject(new ThroughlineError('CLOUD_UNREACHABLE', `No link: ${unreachableSentence(url.host, cause)}`, { cause }))
    })
  })
}

function lost(reason: string): never {
  throw new ThroughlineError('CLOUD_UNREACHABLE', `The link ended while subscribing: ${reason}.`)
}
