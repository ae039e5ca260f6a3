import type { WebSocket } from 'ws'
import { linkLimits } from '../../../src/aclk/limits.ts'

/** A frame of several packets stays well below the 128 KiB old agents read at once. */
const frameBytes = 32 * 1024
/** A quarter of the receive window. */
const soonPackets = 16
const binary = { binary: true, fin: true } as const

/**
 * What goes out to one agent: packets of one turn of the event loop leave in one frame, since agents read packets across and
 * within frames (aclk §4.2).
 */
export class Outbox {
  readonly #socket: WebSocket
  #packets: Buffer[] | undefined
  #bytes = 0
  /** Packets that ride with the next one. */
  #soon: Buffer[] | undefined

  constructor(socket: WebSocket) {
    this.#socket = socket
  }

  /** Whether more waits here and in the socket than an agent may leave unread. */
  get isFull(): boolean {
    return this.#socket.bufferedAmount + this.#bytes > linkLimits.outboundQueueBytes
  }

  /** Takes a packet; true when a flush has to be scheduled for it. */
  add(packet: Buffer): boolean {
    if (this.#bytes + packet.length > frameBytes) this.flush()
    this.#bytes += packet.length
    this.#packets ??= []
    return this.#packets.push(packet) === 1
  }

  /** Takes a packet that leaves with the next one, or with the next flush; true when enough of them wait for a flush of their own. */
  addSoon(packet: Buffer): boolean {
    this.#soon ??= []
    return this.#soon.push(packet) >= soonPackets
  }

  /** Sends everything that waits. */
  flush(): void {
    if (this.#packets === undefined && this.#soon === undefined) return
    const packets = [...(this.#soon ?? []), ...(this.#packets ?? [])]
    this.#soon = undefined
    this.#packets = undefined
    this.#bytes = 0
    if (this.#socket.readyState !== this.#socket.OPEN) return
    const [first] = packets
    this.#socket.send(first !== undefined && packets.length === 1 ? first : Buffer.concat(packets), binary)
  }
}
