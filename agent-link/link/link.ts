import type { TopicName } from '../../src/aclk/topics/topics.ts'
import { asThroughlineError } from '../../src/errors/throughline-error.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { Log } from '../../src/support/log.ts'
import { authenticate, LinkRefused } from './authenticate.ts'
import type { LinkIdentity } from './authenticate.ts'
import { backoffMs, bannedDelayMs, defaultBackoff } from './backoff.ts'
import type { BackoffBounds } from './backoff.ts'
import type { LinkPass } from './discovery.ts'
import { connectMqtt, topic } from './mqtt-connection.ts'
import type { MqttConnection } from './mqtt-connection.ts'

/** An open link, as the session sees it. */
export interface OpenLink {
  /** Microseconds since the epoch at which this attempt started. */
  readonly sessionIdUs: bigint
  readonly maximumPacketBytes: number | undefined
  /** Publishes a message of the protocol; resolves when the cloud has acknowledged it. Throws CLOUD_UNREACHABLE. */
  publish(name: TopicName, payload: Uint8Array): Promise<void>
  /** Publishes the answer to a question on the topic it named. Throws CLOUD_UNREACHABLE. */
  reply(callbackTopic: string, payload: Uint8Array): Promise<void>
  /** The cloud asked this agent to leave (aclk §6.9): an orderly end, then an exact wait; `ban` marks the agent as banned. */
  leave(order: { readonly reconnectAfterS: number; readonly ban: boolean }): void
}

/** What speaks over the link. */
export interface LinkSpeaker {
  /** The will of a connection (aclk §4.3). */
  will(sessionIdUs: bigint): Uint8Array
  /** The message of an orderly end (aclk §4.10). */
  farewell(sessionIdUs: bigint): Uint8Array
  onOpen(link: OpenLink): void
  /** A message of the cloud; `command` is the last level of its topic, which alone routes it (aclk §4.7). */
  onMessage(command: string, payload: Uint8Array): void
  onClosed(): void
}

/** What a person may see of the link. Times are epoch milliseconds. */
export type LinkState =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'online'; readonly sinceMs: number }
  | { readonly kind: 'waiting'; readonly untilMs: number; readonly reason: string; readonly banned: boolean }

export interface LinkDeps {
  readonly identity: LinkIdentity
  readonly speaker: LinkSpeaker
  readonly agentVersion: string
  readonly clock: Clock
  readonly log: Log
  readonly random?: () => number
}

/** The third acknowledged publish marks a connection as stable (aclk §4.6). */
const stableAfterAcks = 3
/** An orderly end waits this long for the farewell's acknowledgement (aclk §4.10). */
const farewellMs = 2_000
/** And this long for the socket to close after it. */
const closeMs = 500

/**
 * Keeps one link open: env, challenge, password, MQTT; on any end it waits as aclk §4.8 says and starts over.
 * `start` returns at once; `stop` ends in order, in under three seconds. Starting or stopping twice is harmless.
 */
export function createLink({ identity, speaker, agentVersion, clock, log, random = Math.random }: LinkDeps) {
  let state: LinkState = { kind: 'stopped' }
  const listeners = new Set<(state: LinkState) => void>()
  let stopping: AbortController | undefined
  let running: Promise<void> | undefined
  let failures = 0
  let bounds: BackoffBounds = defaultBackoff
  let banned = false
  let orderedDelayMs: number | undefined

  const enter = (next: LinkState) => {
    state = next
    for (const listener of listeners) listener(next)
  }

  async function run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      enter({ kind: 'connecting' })
      orderedDelayMs = undefined
      let reason = 'the connection ended'
      try {
        reason = await attempt(signal)
      } catch (thrown) {
        const error = asThroughlineError(thrown)
        reason = error.message
        failures++
        if (thrown instanceof LinkRefused) {
          if (thrown.refusal.nonRetryable) banned = true
          if (thrown.refusal.retryDelayS !== undefined) orderedDelayMs = thrown.refusal.retryDelayS * 1000
        }
        if (!signal.aborted) log.warn('link_failed', { code: error.code, reason })
      }
      if (signal.aborted) break
      const delayMs = nextDelayMs()
      enter({ kind: 'waiting', untilMs: clock.nowMs() + delayMs, reason, banned })
      log.info('link_waiting', { delayMs, failures, banned })
      await wait(delayMs, signal)
    }
    enter({ kind: 'stopped' })
  }

  function nextDelayMs(): number {
    if (orderedDelayMs !== undefined || banned) failures = 0
    if (orderedDelayMs !== undefined) return orderedDelayMs
    return banned ? bannedDelayMs : backoffMs(failures, bounds, random())
  }

  /** One connection from discovery to its end; answers why it ended. */
  async function attempt(signal: AbortSignal): Promise<string> {
    const sessionIdUs = BigInt(Math.trunc(clock.nowMs())) * 1000n
    const { directions, pass } = await authenticate(identity, agentVersion, signal)
    bounds = directions.backoff
    const early: [string, Uint8Array][] = []
    let deliver = (name: string, payload: Uint8Array): void => void early.push([name, payload])
    const connection = await connectMqtt({
      url: directions.mqttUrl,
      pass,
      caPem: identity.caPem,
      will: speaker.will(sessionIdUs),
      onMessage: (name, payload) => deliver(name, payload),
      signal,
    })
    const farewell = createFarewell(connection, pass, sessionIdUs)
    const stop = () => void farewell()
    signal.addEventListener('abort', stop, { once: true })
    try {
      // Whoever is let in is not banned; a cloud that thinks otherwise says so again.
      banned = false
      enter({ kind: 'online', sinceMs: clock.nowMs() })
      log.info('link_online', {})
      speaker.onOpen(openLink(connection, pass, sessionIdUs, farewell))
      deliver = (name, payload) => speaker.onMessage(name.slice(name.lastIndexOf('/') + 1), payload)
      for (const [name, payload] of early) deliver(name, payload)
      if (signal.aborted) stop()
      const reason = await connection.closed
      // A connection that never became stable counts as a failure, or a cloud that throws us out would be asked without pause.
      failures = connection.acknowledged() >= stableAfterAcks ? 0 : failures + 1
      log.info('link_closed', { reason })
      return reason
    } finally {
      signal.removeEventListener('abort', stop)
      speaker.onClosed()
    }
  }

  function openLink(connection: MqttConnection, pass: LinkPass, sessionIdUs: bigint, farewell: () => Promise<void>): OpenLink {
    return {
      sessionIdUs,
      maximumPacketBytes: connection.maximumPacketBytes,
      publish: (name, payload) => connection.publish(topic(pass, name), payload),
      reply: (callbackTopic, payload) => connection.publish(callbackTopic, payload),
      leave({ reconnectAfterS, ban }) {
        if (ban) banned = true
        else if (reconnectAfterS > 0) orderedDelayMs = reconnectAfterS * 1000
        void farewell()
      },
    }
  }

  /** The orderly end of aclk §4.10, once: farewell, its acknowledgement or two seconds, DISCONNECT, close. */
  function createFarewell(connection: MqttConnection, pass: LinkPass, sessionIdUs: bigint): () => Promise<void> {
    let ending: Promise<void> | undefined
    const end = async () => {
      const acknowledged = connection.publish(topic(pass, 'agent-connection'), speaker.farewell(sessionIdUs)).catch(() => undefined)
      await atMost(farewellMs, acknowledged)
      await atMost(closeMs, connection.end())
      connection.drop()
    }
    return () => (ending ??= end())
  }

  async function atMost(limitMs: number, work: Promise<void>): Promise<void> {
    let cancel = () => {}
    await Promise.race([work, new Promise<void>((resolve) => (cancel = clock.after(limitMs, resolve)))])
    cancel()
  }

  function wait(delayMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (delayMs === 0 || signal.aborted) return resolve()
      const done = () => {
        cancel()
        signal.removeEventListener('abort', done)
        resolve()
      }
      const cancel = clock.after(delayMs, done)
      signal.addEventListener('abort', done)
    })
  }

  return {
    get state(): LinkState {
      return state
    },
    /** Calls `listener` at every change of state; the answer unsubscribes. */
    onState(listener: (state: LinkState) => void): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    start(): void {
      if (stopping !== undefined) return
      stopping = new AbortController()
      running = run(stopping.signal)
    },
    async stop(): Promise<void> {
      stopping?.abort()
      await running
      stopping = undefined
      running = undefined
    },
  }
}

export type Link = ReturnType<typeof createLink>
