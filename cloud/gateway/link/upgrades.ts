import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { WebSocketServer } from 'ws'
import { linkLimits } from '../../../src/aclk/limits.ts'
import { clientAddress } from '../../../src/support/client-address.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { Link } from './link.ts'

/** Sockets that have not proven who they are (security requirements §1). */
const strangersPerAddress = 100
const strangersTotal = 2_000
/** How long a socket may take to answer our close; then it is destroyed (M1). */
const closeTimeoutMs = 1_000

/** Turns HTTP upgrades into links. */
export interface Upgrades {
  handle(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** A link from this address proved itself, or ended before it did: once for each accepted one. */
  strangerGone(address: string): void
  /** Resolves when every socket is gone. */
  close(): Promise<void>
}

export interface UpgradesDeps {
  readonly clock: Clock
  readonly isClosing: () => boolean
  readonly accept: (socket: WebSocket, address: string) => Link
}

const linkOf = Symbol('link')
type LinkSocket = WebSocket & { [linkOf]?: Link }

/** `/mqtt` and the subprotocol `mqtt`, no extensions, no Origin policy, no cookies (aclk §4.1; security requirement C11). */
export function createUpgrades({ clock, isClosing, accept }: UpgradesDeps): Upgrades {
  const options = {
    noServer: true,
    perMessageDeflate: false,
    maxPayload: linkLimits.frameBytes,
    maxFragments: 64,
    maxBufferedChunks: 256,
    closeTimeout: closeTimeoutMs,
    handleProtocols: () => 'mqtt',
  }
  const server = new WebSocketServer(options)
  const strangers = new Map<string, number>()
  let strangersNow = 0

  return {
    handle(request, socket, head) {
      socket.on('error', ignore)
      const address = clientAddress(request)
      const ofAddress = strangers.get(address) ?? 0
      if (request.url !== '/mqtt') return refuse(socket, '404 Not Found')
      if (isClosing()) return refuse(socket, '503 Service Unavailable')
      if (ofAddress >= strangersPerAddress || strangersNow >= strangersTotal) return refuse(socket, '429 Too Many Requests')
      const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim())
      if (!offered.includes('mqtt')) return refuse(socket, '400 Bad Request')
      server.handleUpgrade(request, socket, head, (upgraded: LinkSocket) => {
        strangers.set(address, ofAddress + 1)
        strangersNow += 1
        upgraded[linkOf] = accept(upgraded, address)
        // The same functions for all sockets: a closure each would cost memory for every idle agent.
        upgraded.on('message', onMessage)
        upgraded.on('error', ignore)
        upgraded.on('close', onClose)
      })
    },
    strangerGone(address) {
      strangersNow -= 1
      const left = (strangers.get(address) ?? 0) - 1
      if (left > 0) strangers.set(address, left)
      else strangers.delete(address)
    },
    close() {
      const stopTimer = clock.after(closeTimeoutMs, () => {
        for (const socket of server.clients) socket.terminate()
      })
      return new Promise((resolve) => {
        server.close(() => {
          stopTimer()
          resolve()
        })
      })
    },
  }
}

function onMessage(this: LinkSocket, data: Buffer, isBinary: boolean): void {
  this[linkOf]?.receive(data, isBinary)
}

function onClose(this: LinkSocket): void {
  this[linkOf]?.socketClosed()
}

/** Errors of a socket are followed by its close, which is where they are handled. */
function ignore(): void {}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
