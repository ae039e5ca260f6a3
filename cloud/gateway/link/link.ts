import type { IConnectPacket, IPublishPacket } from 'mqtt-packet'
import type { WebSocket } from 'ws'
import { linkLimits } from '../../../src/aclk/limits.ts'
import { outboundTopicName, replyMessageId } from '../../../src/aclk/topics/topics.ts'
import type { ErrorCode, ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { asThroughlineError, errorKinds } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { Log } from '../../../src/support/log.ts'
import type { GatewayCounters } from '../counters.ts'
import { TopicAliases } from '../mqtt/aliases.ts'
import type { AgentPacket } from '../mqtt/decode-packet.ts'
import { decodePacket } from '../mqtt/decode-packet.ts'
import { encodeConnack, encodeConnackRefusal, encodeDisconnect, encodePuback, encodePublish, pingresp } from '../mqtt/encode-packet.ts'
import { PacketFramer } from '../mqtt/framer.ts'
import type { Reason } from '../mqtt/reason.ts'
import { LinkRefusal, reasons } from '../mqtt/reason.ts'
import type { ClaimedAgent } from '../ports.ts'
import type { AgentPublish, LinkSession } from './link-session.ts'
import { Outbox } from './outbox.ts'
import { LinkRate } from './rate.ts'
import { subscribed, unsubscribed } from './subscriptions.ts'

/** What all links of a gateway share. */
export interface LinkShared {
  readonly clock: Clock
  readonly log: Log
  readonly counters: GatewayCounters
  /** Checks CONNECT against the credentials handed out; throws {@link LinkRefusal}. */
  authenticate(connect: IConnectPacket, remoteAddress: string): Promise<ClaimedAgent>
  /** The link is accepted: ends an older one of the same claim, and answers the session. Throws {@link LinkRefusal}. */
  open(link: Link, agent: ClaimedAgent, will: IConnectPacket['will']): LinkSession
  /** The link was refused before it was open. */
  refused(link: Link, error: ThroughlineError): void
  closed(link: Link, agent: ClaimedAgent | undefined): void
  /** Calls `flush` of the link once, when the events of this turn are handled. */
  scheduleFlush(link: Link): void
}

type LinkState =
  | { readonly kind: 'awaiting-connect' | 'authenticating' | 'closed' }
  | {
      readonly kind: 'open'
      readonly agent: ClaimedAgent
      readonly session: LinkSession
      readonly aliases: TopicAliases
      readonly silenceMs: number
    }

const awaitingConnect: LinkState = { kind: 'awaiting-connect' }
const authenticating: LinkState = { kind: 'authenticating' }
const closed: LinkState = { kind: 'closed' }

/**
 * One agent's socket: MQTT 5 over WebSocket frames, nothing of what the messages mean. Fields and prototype methods only, no
 * timer and no closure of its own, since there are thousands of them.
 */
export class Link {
  readonly remoteAddress: string
  readonly #socket: WebSocket
  readonly #shared: LinkShared
  readonly #framer = new PacketFramer()
  readonly #rate: LinkRate
  readonly #outbox: Outbox
  #state: LinkState = awaitingConnect
  readonly #upgradedMs: number
  #heardMs: number
  #packetId = 0
  #pubacksDue = 0
  #isPaused = false
  #isWorking = false
  #queue: AgentPublish[] | undefined
  #heldBack = 0

  constructor(socket: WebSocket, remoteAddress: string, shared: LinkShared) {
    this.#socket = socket
    this.#shared = shared
    this.#outbox = new Outbox(socket)
    this.remoteAddress = remoteAddress
    this.#upgradedMs = shared.clock.monotonicMs()
    this.#heardMs = this.#upgradedMs
    this.#rate = new LinkRate(this.#heardMs)
  }

  get agent(): ClaimedAgent | undefined {
    return this.#state.kind === 'open' ? this.#state.agent : undefined
  }

  get session(): LinkSession | undefined {
    return this.#state.kind === 'open' ? this.#state.session : undefined
  }

  /** When something was heard of it last; monotonic. */
  get heardMs(): number {
    return this.#heardMs
  }

  get isClosed(): boolean {
    return this.#state.kind === 'closed'
  }

  /** One WebSocket message of the agent. */
  receive(data: Buffer, isBinary: boolean): void {
    if (this.#state.kind === 'closed') return
    this.#heardMs = this.#shared.clock.monotonicMs()
    if (!isBinary) {
      this.end(reasons.protocolError, 'LINK_TEXT_FRAME')
      return
    }
    this.#rate.spendBytes(data.length)
    this.#framer.push(data)
    this.#drain()
  }

  /** The socket is gone. */
  socketClosed(): void {
    this.#finish()
  }

  /** Publishes a command to the agent; false when the link is closed or its queue is full, in which case the link is given up. */
  send(topic: string, payload: Uint8Array): boolean {
    if (!this.#canSend()) return false
    this.#packetId = (this.#packetId % 0xffff) + 1
    this.#pubacksDue += 1
    this.#write(encodePublish(topic, this.#packetId, payload))
    return true
  }

  /** Publishes a question with QoS 0: its answer acknowledges it, and nobody would send it a second time. */
  ask(topic: string, payload: Uint8Array): boolean {
    if (!this.#canSend()) return false
    this.#write(encodePublish(topic, undefined, payload))
    return true
  }

  #canSend(): boolean {
    if (this.#state.kind !== 'open') return false
    if (!this.#outbox.isFull) return true
    this.end(reasons.quotaExceeded, 'SLOW_CONSUMER')
    return false
  }

  /** A publish the session held comes back to be handled, behind what waits already. */
  resubmit(publish: AgentPublish): void {
    this.#heldBack -= 1
    this.#enqueue(publish)
  }

  /** A publish the session held is given up: acknowledged, so that the agent forgets it too. */
  release(publish: AgentPublish): void {
    this.#heldBack -= 1
    this.#acknowledge(publish.packetId)
    this.#drain()
  }

  /** Ends the link from our side: MQTT DISCONNECT, then the socket, always both (aclk §4.8). */
  end(reason: Reason, code: ErrorCode): void {
    const state = this.#state
    if (state.kind === 'closed') return
    if (state.kind === 'open') this.#write(encodeDisconnect(reason))
    this.flush()
    this.#finish()
    this.#socket.close(errorKinds[code].close)
  }

  /** Once a second, from the gateway's one sweep. */
  tick(nowMs: number): void {
    const state = this.#state
    if (state.kind === 'closed') return
    if (state.kind !== 'open') {
      // Counted from the upgrade: traffic cannot extend it.
      if (nowMs - this.#upgradedMs >= linkLimits.connectTimeoutMs) this.end(reasons.protocolError, 'LINK_PROTOCOL')
      return
    }
    this.#rate.refill(nowMs, state.session.nodes)
    if (this.#rate.overForMs(nowMs) > linkLimits.overRateMs) {
      this.end(reasons.rateTooHigh, 'RATE_LIMITED')
      return
    }
    // While we do not read, silence is ours.
    if (this.#isPaused) this.#heardMs = nowMs
    else if (nowMs - this.#heardMs > state.silenceMs) {
      this.end(reasons.keepAliveTimeout, 'AGENT_TIMEOUT')
      return
    }
    state.session.tick(nowMs)
    this.flush()
    this.#drain()
  }

  #drain(): void {
    try {
      while (this.#state.kind !== 'closed' && !this.#isBlocked()) {
        const packet = this.#framer.next()
        if (packet === undefined) break
        this.#dispatch(decodePacket(packet))
      }
    } catch (error) {
      this.#refuse(error)
    }
    this.#pauseOrResume()
  }

  #isBlocked(): boolean {
    return (
      this.#state.kind === 'authenticating' ||
      this.#rate.isSpent ||
      (this.#queue?.length ?? 0) + this.#heldBack >= linkLimits.receiveMaximum
    )
  }

  #pauseOrResume(): void {
    const shouldPause = this.#state.kind !== 'closed' && this.#isBlocked()
    if (shouldPause === this.#isPaused) return
    this.#isPaused = shouldPause
    if (shouldPause) this.#socket.pause()
    else this.#socket.resume()
  }

  #dispatch(packet: AgentPacket): void {
    const state = this.#state
    if (state.kind === 'awaiting-connect') {
      if (packet.cmd !== 'connect') throw new LinkRefusal(reasons.protocolError, 'The first packet is not CONNECT.')
      void this.#connect(packet)
      return
    }
    if (state.kind !== 'open') return
    if (packet.cmd === 'publish') {
      this.#publish(packet, state)
      return
    }
    // Each of our publishes brings one PUBACK, which needs nothing; everything else an agent thinks of is its own rate.
    if (packet.cmd === 'puback' && this.#pubacksDue > 0) this.#pubacksDue -= 1
    else this.#rate.spendPublish()
    if (packet.cmd === 'pingreq') this.#write(pingresp)
    else if (packet.cmd === 'subscribe') this.#write(subscribed(packet, state.agent))
    else if (packet.cmd === 'unsubscribe') this.#write(unsubscribed(packet, state.agent))
    else if (packet.cmd === 'disconnect') this.#goodbye()
    else if (packet.cmd === 'connect') throw new LinkRefusal(reasons.protocolError, 'A second CONNECT.')
  }

  async #connect(connect: IConnectPacket): Promise<void> {
    this.#state = authenticating
    try {
      const agent = await this.#shared.authenticate(connect, this.remoteAddress)
      // The socket may have gone while the claim was looked up.
      if (this.isClosed) return
      const session = this.#shared.open(this, agent, connect.will)
      const asked = connect.keepalive ?? 0
      const isReplaced = asked === 0 || asked > linkLimits.keepAliveMaxS
      const keepAliveS = isReplaced ? linkLimits.serverKeepAliveS : asked
      this.#state = { kind: 'open', agent, session, aliases: new TopicAliases(agent.claimId), silenceMs: keepAliveS * 1500 }
      this.#framer.limitBytes = linkLimits.packetBytes
      this.#write(encodeConnack(isReplaced ? keepAliveS : undefined))
      this.#shared.counters.linksOpened += 1
    } catch (error) {
      this.#refuse(error)
    }
    this.#drain()
  }

  #publish(packet: IPublishPacket, { agent, session, aliases }: LinkState & { kind: 'open' }): void {
    this.#shared.counters.publishes += 1
    const topic = aliases.resolve(packet.topic, packet.properties?.topicAlias)
    const payload = packet.payload as Buffer
    const packetId = packet.qos === 0 ? 0 : (packet.messageId ?? 0)
    const messageId = replyMessageId(topic)
    if (messageId !== undefined) {
      // What we asked for is bounded by our questions and does not count as the agent's own rate.
      const isExpected = session.answer(messageId, payload)
      if (isExpected) this.#rate.refundBytes(payload.length)
      else this.#rate.spendPublish()
      if (isExpected && payload.length <= soonBytes) this.#acknowledgeSoon(packetId)
      else this.#acknowledge(packetId)
      return
    }
    this.#rate.spendPublish()
    const name = outboundTopicName(topic, agent.claimId)
    if (name === undefined) throw new LinkRefusal(reasons.notAuthorized, 'The topic was not issued to this agent.')
    if (packetId !== 0 && this.#queue?.some((waiting) => waiting.packetId === packetId)) {
      // A redelivery of what is being stored: one acknowledgement, one event.
      if (packet.dup) return
      throw new LinkRefusal(reasons.protocolError, 'The packet id is in use.')
    }
    this.#enqueue({ name, payload, packetId })
  }

  #enqueue(publish: AgentPublish): void {
    this.#queue ??= []
    this.#queue.push(publish)
    if (!this.#isWorking) void this.#work()
  }

  /** One event after the other: order per link, acknowledged only when durable (security requirement M8). */
  async #work(): Promise<void> {
    this.#isWorking = true
    let handled = 0
    for (let publish = this.#queue?.[0]; publish !== undefined; publish = this.#queue?.[0]) {
      const state = this.#state
      if (state.kind !== 'open') break
      try {
        const outcome = await state.session.handle(publish)
        this.#queue?.shift()
        if (outcome === 'held') this.#heldBack += 1
        else this.#acknowledge(publish.packetId)
      } catch (error) {
        this.#refuse(error)
        break
      }
      this.#drain()
      // Events that change nothing take no turn of the loop by themselves: without this, a burst of one agent would stop all others.
      handled += 1
      if (handled % eventsPerTurn === 0) await nextTurn()
    }
    this.#isWorking = false
    if (this.#queue?.length === 0) this.#queue = undefined
  }

  #acknowledge(packetId: number): void {
    if (packetId !== 0 && this.#state.kind === 'open') this.#write(encodePuback(packetId))
  }

  /**
   * The next question, a second later, carries the acknowledgement of this answer, and saves a packet of its own; the sweep sends
   * what nothing took along. Agents wait up to 60 s (aclk §4.6).
   */
  #acknowledgeSoon(packetId: number): void {
    if (packetId === 0 || this.#state.kind !== 'open') return
    if (this.#outbox.addSoon(encodePuback(packetId))) this.#shared.scheduleFlush(this)
  }

  #goodbye(): void {
    this.flush()
    this.#finish()
    this.#socket.close(1000)
  }

  #refuse(error: unknown): void {
    const state = this.#state
    if (state.kind === 'closed') return
    const ours = asThroughlineError(error)
    const reason =
      error instanceof LinkRefusal ? error.reason : ours.code === 'STORE_UNAVAILABLE' ? reasons.serverBusy : reasons.unspecified
    this.#shared.log.info('link_refused', { claimId: this.agent?.claimId, reason, code: ours.code, why: ours.message })
    this.#shared.counters.linksRefused += 1
    if (state.kind !== 'open') {
      this.#shared.refused(this, ours)
      // A refused CONNECT gets its CONNACK; anything else before it gets nothing but the close.
      if (state.kind === 'authenticating' || reason === reasons.unsupportedVersion) this.#write(encodeConnackRefusal(reason))
    }
    this.end(reason, ours.code)
  }

  #finish(): void {
    const state = this.#state
    if (state.kind === 'closed') return
    this.#state = closed
    this.#framer.clear()
    this.#queue = undefined
    const silentForMs = this.#isPaused ? 0 : this.#shared.clock.monotonicMs() - this.#heardMs
    // Paused sockets would never see the peer's close frame.
    if (this.#isPaused) this.#socket.resume()
    this.#isPaused = false
    if (state.kind === 'open') state.session.end(silentForMs)
    this.#shared.closed(this, state.kind === 'open' ? state.agent : undefined)
  }

  /** Sends what has been written in this turn. */
  flush(): void {
    this.#outbox.flush()
  }

  #write(packet: Buffer): void {
    if (this.#outbox.add(packet)) this.#shared.scheduleFlush(this)
  }
}

/** So many events of one link are handled before the others have a turn. */
const eventsPerTurn = 16

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Answers above this size are acknowledged at once, since agents hold them until then. */
const soonBytes = 64 * 1024
