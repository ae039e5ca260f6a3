import type { AskedOverHttp } from './agent-rules-http.ts'
import { answerFaults } from './agent-rules-http.ts'
import { AgentMqttRules } from './agent-rules-mqtt.ts'

/** What the checker saw of one connection. */
export interface RulesWatch {
  /** Bytes of the agent, in order. */
  fromAgent(bytes: Buffer): void
  /** Bytes of the cloud, in order. */
  fromCloud(bytes: Buffer): void
  /** The connection is over; who ended it. */
  end(by: 'agent' | 'cloud'): void
}

/** What the checker has counted, so that a test can see that it looked. */
export interface RulesSeen {
  httpAnswers: number
  upgrades: number
  frames: number
}

/**
 * A strict reader of everything a cloud sends to agents, which keeps the rules of the oldest and strictest of them (aclk §2.2 to
 * §4.8, §6, §7.1). `faults` holds what one of them would have refused, skipped or died of.
 */
export interface AgentRules {
  readonly faults: string[]
  readonly seen: RulesSeen
  /** A fresh connection of an agent. */
  watch(): RulesWatch
}

/** `nowMs` is the time by which acknowledgements are late. */
export function createAgentRules(nowMs: () => number): AgentRules {
  const faults: string[] = []
  const seen: RulesSeen = { httpAnswers: 0, upgrades: 0, frames: 0 }
  return { faults, seen, watch: () => new ConnectionRules((what) => void faults.push(what), seen, nowMs) }
}

class ConnectionRules implements RulesWatch {
  readonly #fault: (what: string) => void
  readonly #seen: RulesSeen
  readonly #mqtt: AgentMqttRules
  #agentBytes = Buffer.alloc(0)
  #cloudBytes = Buffer.alloc(0)
  readonly #asked: AskedOverHttp[] = []
  #isAgentWebSocket = false
  #isCloudWebSocket = false
  #isCloseSeen = false

  constructor(fault: (what: string) => void, seen: RulesSeen, nowMs: () => number) {
    this.#fault = fault
    this.#seen = seen
    this.#mqtt = new AgentMqttRules(fault, nowMs)
  }

  fromAgent(bytes: Buffer): void {
    this.#agentBytes = Buffer.concat([this.#agentBytes, bytes])
    while (!this.#isAgentWebSocket && this.#takeRequest());
    if (!this.#isAgentWebSocket) return
    for (let frame = cutFrame(this.#agentBytes); frame !== undefined; frame = cutFrame(this.#agentBytes)) {
      this.#agentBytes = this.#agentBytes.subarray(frame.bytes)
      if (frame.opcode === 2) this.#mqtt.agentSays(frame.payload)
    }
  }

  fromCloud(bytes: Buffer): void {
    this.#cloudBytes = Buffer.concat([this.#cloudBytes, bytes])
    while (!this.#isCloudWebSocket && this.#takeAnswer());
    if (!this.#isCloudWebSocket) return
    for (let frame = cutFrame(this.#cloudBytes); frame !== undefined; frame = cutFrame(this.#cloudBytes)) {
      this.#cloudBytes = this.#cloudBytes.subarray(frame.bytes)
      this.#frame(frame)
    }
  }

  end(by: 'agent' | 'cloud'): void {
    if (by === 'cloud' && this.#cloudBytes.length > 0) this.#fault('the end came in the middle of an answer or frame')
    this.#mqtt.end(by === 'cloud' || this.#isCloseSeen)
  }

  #frame({ opcode, isFinal, rsv, isMasked, payload }: Frame): void {
    this.#seen.frames += 1
    if (isMasked) this.#fault('a masked frame')
    if (!isFinal || opcode === 0) this.#fault('a fragmented message')
    if (rsv !== 0) this.#fault('a frame with RSV bits')
    if (this.#isCloseSeen) this.#fault('a frame after the close')
    if (opcode === 2) this.#mqtt.cloudSays(payload)
    else if (opcode === 8) this.#isCloseSeen = true
    else if (opcode !== 9 || payload.length > 125) this.#fault(`a frame of opcode ${opcode}`)
  }

  #takeRequest(): boolean {
    const end = this.#agentBytes.indexOf('\r\n\r\n')
    if (end < 0) return false
    const head = this.#agentBytes.toString('latin1', 0, end)
    const [method = '', path = ''] = head.split(' ')
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0)
    if (this.#agentBytes.length < end + 4 + length) return false
    this.#agentBytes = this.#agentBytes.subarray(end + 4 + length)
    const webSocketKey = /\r\nsec-websocket-key: *(\S+)/i.exec(head)?.[1]
    this.#asked.push({ method, path, webSocketKey })
    if (webSocketKey !== undefined) this.#isAgentWebSocket = true
    return true
  }

  #takeAnswer(): boolean {
    const end = this.#cloudBytes.indexOf('\r\n\r\n')
    if (end < 0) return false
    const head = this.#cloudBytes.toString('latin1', 0, end)
    const headers = new Map(
      head
        .split('\r\n')
        .slice(1)
        .map((line) => {
          const colon = line.indexOf(':')
          return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const
        }),
    )
    const length = Number(headers.get('content-length') ?? 0)
    if (this.#cloudBytes.length < end + 4 + length) return false
    const body = this.#cloudBytes.toString('utf8', end + 4, end + 4 + length)
    this.#cloudBytes = this.#cloudBytes.subarray(end + 4 + length)
    const asked = this.#asked.shift()
    if (asked === undefined) {
      this.#fault('an answer to nothing')
      return false
    }
    const status = Number(head.slice(9, 12))
    this.#seen.httpAnswers += 1
    for (const fault of answerFaults(asked, { head, status, headers, body }))
      this.#fault(`${asked.method} ${asked.path.split('?')[0]}: ${fault}`)
    if (asked.webSocketKey !== undefined && status === 101) {
      this.#seen.upgrades += 1
      this.#isCloudWebSocket = true
    }
    return true
  }
}

interface Frame {
  readonly opcode: number
  readonly isFinal: boolean
  readonly rsv: number
  readonly isMasked: boolean
  readonly payload: Buffer
  readonly bytes: number
}

/** The first WebSocket frame (RFC 6455 §5.2), unmasked, when all of it is there. */
function cutFrame(buffer: Buffer): Frame | undefined {
  const [first, second] = buffer
  if (first === undefined || second === undefined) return undefined
  const short = second & 0x7f
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0
  const isMasked = (second & 0x80) !== 0
  const start = 2 + lengthBytes + (isMasked ? 4 : 0)
  if (buffer.length < start) return undefined
  const length = lengthBytes === 2 ? buffer.readUInt16BE(2) : lengthBytes === 8 ? Number(buffer.readBigUInt64BE(2)) : short
  if (buffer.length < start + length) return undefined
  const payload = Buffer.from(buffer.subarray(start, start + length))
  const mask = buffer.subarray(start - 4, start)
  if (isMasked) for (let at = 0; at < payload.length; at++) payload[at] = (payload[at] ?? 0) ^ (mask[at & 3] ?? 0)
  return { opcode: first & 15, isFinal: (first & 0x80) !== 0, rsv: (first >> 4) & 7, isMasked, payload, bytes: start + length }
}
