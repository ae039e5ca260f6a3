import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { clientAddress, plainAddress } from '../../../src/support/client-address.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { Log } from '../../../src/support/log.ts'
import { visitorKey } from '../../../src/support/visitor-key.ts'
import type { CertificatePair } from '../tls/certificate-authority.ts'
import { checkPair } from '../tls/tls-provider.ts'
import { createForwarded } from './forwarded.ts'
import { edgeLimits, type EdgeLimits } from './limits.ts'
import { refusalAnswer, refusalBytes, refusalOf, refusalOfParserError, unmetExpectation, type Refusal } from './request-check.ts'
import { createRequestWatch } from './request-watch.ts'
import { createSocketGate, type Release } from './socket-gate.ts'
import { createTurns } from './turns.ts'

/** Takes over a socket that asked for an upgrade; from then on its timers and its end are the taker's. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

export interface EdgeDeps {
  readonly app: RequestListener
  /** Who takes over upgrades, by exact path. */
  readonly upgrades: Readonly<Record<string, UpgradeHandler>>
  readonly tls: { load(): Promise<CertificatePair>; onChange?(listener: () => void): () => void }
  /** Default: every address of the machine. */
  readonly host?: string | undefined
  /** 0 takes any free port. */
  readonly port: number
  /** Hears of handshakes that failed: where from, and Node.js's code for what OpenSSL said. */
  readonly onTlsTrouble?: (trouble: { readonly address: string; readonly code: string }) => void
  /** Networks (CIDR) whose sockets are not limited by number. */
  readonly fleets?: readonly string[]
  /** Networks (CIDR) of proxies whose `X-Forwarded-For` counts (E5). */
  readonly proxies?: readonly string[]
  /** Whether somebody is kept out; asked before TLS, and again for each request (E7). */
  readonly isBanned?: (address: string) => boolean
  readonly limits?: Partial<EdgeLimits>
  readonly clock: Clock
  readonly log: Log
}

export interface Edge {
  /** Throws PORT_IN_USE or CONFIG_INVALID in one sentence that says how to mend it. */
  listen(): Promise<{ readonly port: number }>
  /**
   * Stops listening, lets requests in work finish for `graceMs`, then cuts what is left. Upgraded sockets hold it open until then:
   * close their owners first.
   */
  close(graceMs: number): Promise<void>
  /** Serves the certificate as it is now, without dropping a link; a bad one is logged and the old one stays (F7). */
  reloadTls(): Promise<void>
  /** The owner of an upgraded socket knows who it is: it no longer counts among strangers. */
  settle(socket: Duplex): void
  /** Cuts every open connection of an address that is kept out by now. */
  dropBanned(): void
  /** Strangers' sockets that are open, for health. */
  strangers(): number
}

/**
 * The one port: TLS 1.2 or newer, HTTP/1.1 and upgrades, behind limits of number, size and time that hold before anybody proved
 * anything. Throws when the first certificate cannot be loaded.
 */
export async function createEdge(deps: EdgeDeps): Promise<Edge> {
  const { app, upgrades, tls, host, port, fleets = [], proxies = [], isBanned = () => false, clock, log } = deps
  const limits: EdgeLimits = { ...edgeLimits, ...deps.limits }
  const gate = createSocketGate({ limits, fleets, clock })
  const watch = createRequestWatch({ clock, limits })
  const turns = createTurns(limits.requestsPerTurn)
  const clientOf = createForwarded(proxies)
  const raw = new Set<Socket>()
  /** Connections through a proxy, by whom they are for. */
  const forwarded = new Map<Duplex, string>()
  const strangers = new WeakMap<Duplex, Release>()
  const releaseOf = new Map<string, Release>()
  const handlers = new Map(Object.entries(upgrades))
  const minVersion = 'TLSv1.2' as const
  const first = await tls.load()

  const server = createServer({
    cert: first.certPem,
    key: first.keyPem,
    minVersion,
    handshakeTimeout: limits.handshakeMs,
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.headersMs + limits.bodyMs,
    keepAliveTimeout: limits.keepAliveIdleMs,
    // Node.js looks only every 30 s unless told (E3).
    connectionsCheckingInterval: Math.min(limits.sweepMs, limits.headersMs),
    noDelay: true,
    // Asked for by `refusalOf`, which answers like every refusal.
    requireHostHeader: false,
  })
  // One more than allowed: Node.js drops what is over its count in silence, and a dropped header is a lie.
  server.maxHeadersCount = limits.headerLines + 1

  const refuse = (socket: Duplex, refusal: Refusal) => {
    if (!socket.writable) {
      socket.destroy()
      return
    }
    socket.end(refusalBytes(refusal))
    clock.after(1_000, () => socket.destroy())
  }
  /** In its place behind the answers to what the client asked before: written to the socket it would pass for one of those. */
  const answerRefusal = (response: ServerResponse, refusal: Refusal) => {
    const { head, body } = refusalAnswer(refusal)
    response.writeHead(refusal.status, refusal.code, head).end(body)
    clock.after(1_000, () => response.req.socket.destroy())
  }
  const portsOf = ({ remoteAddress, remotePort }: Socket) => `${remoteAddress} ${remotePort}`

  /** Who really asks, and whether they are kept out. */
  const refusalOfClient = (request: IncomingMessage, socket: Duplex): Refusal | undefined => {
    const client = clientOf(request)
    if (client !== plainAddress(request.socket.remoteAddress ?? '')) {
      if (!forwarded.has(socket)) socket.once('close', () => forwarded.delete(socket))
      forwarded.set(socket, client)
    }
    return isBanned(client) ? { status: 403, code: 'FORBIDDEN', message: 'This address is kept out by the operator.' } : undefined
  }

  // The gate stands before TLS, so that a socket too many costs no handshake. Node.js starts TLS in a listener of its own.
  const startTls = server.listeners('connection')
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    const release = isBanned(socket.remoteAddress ?? '') ? undefined : gate.admit(socket.remoteAddress ?? '')
    if (release === undefined) {
      socket.destroy()
      return
    }
    const name = portsOf(socket)
    raw.add(socket)
    releaseOf.set(name, release)
    socket.once('close', () => {
      raw.delete(socket)
      release()
      if (releaseOf.get(name) === release) releaseOf.delete(name)
    })
    for (const start of startTls) start.call(server, socket)
  })
  server.on('secureConnection', (socket) => {
    const release = releaseOf.get(portsOf(socket))
    if (release !== undefined) strangers.set(socket, release)
    // A reset after the hand-over of an upgrade must not end the process.
    socket.on('error', () => socket.destroy())
  })
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
    // A peer that alerts and goes is gone before its address is asked for; the socket under TLS was asked when it came.
    const { remoteAddress: address } = (socket as { _parent?: Socket })._parent ?? socket
    if (address !== undefined) deps.onTlsTrouble?.({ address: plainAddress(address), code: error.code ?? '' })
    socket.destroy()
  })
  server.on('clientError', (error: Error & { code?: string; rawPacket?: Buffer }, socket) => {
    const owed = watch.owed(socket as Socket)
    if (error.code === 'ECONNRESET') socket.destroy()
    // Noise behind a good request: that one is answered first.
    else if (owed !== undefined) owed.once('finish', () => refuse(socket, refusalOfParserError({ code: error.code ?? '' })))
    else if (watch.isAnswering(socket as Socket)) socket.destroy()
    else refuse(socket, refusalOfParserError(error))
  })

  server.on('request', (request, response) => {
    watch.add(request, response)
    const refusal = refusalOf(request, limits) ?? refusalOfClient(request, request.socket)
    if (refusal !== undefined) {
      answerRefusal(response, refusal)
      return
    }
    turns.take(visitorKey(clientAddress(request)), () => {
      // Who left while others had their turn needs no answer.
      if (!request.socket.destroyed) app(request, response)
    })
  })

  // Node.js would answer by itself, whoever asks, and keep the connection.
  server.on('checkExpectation', (request) => refuse(request.socket, unmetExpectation))

  server.on('upgrade', (request, socket, head) => {
    const refusal = refusalOf(request, limits) ?? refusalOfClient(request, socket)
    const handler = handlers.get((request.url ?? '').split('?', 1)[0] ?? '')
    if (refusal !== undefined) refuse(socket, refusal)
    else if (handler === undefined || request.method !== 'GET')
      refuse(socket, { status: 404, code: 'NOT_FOUND', message: 'There is nothing to upgrade to here.' })
    else {
      clock.after(limits.upgradeGraceMs, () => settle(socket))
      try {
        handler(request, socket, head)
      } catch (cause) {
        log.error('upgrade_failed', { reason: cause instanceof Error ? cause.name : 'unknown' })
        socket.destroy()
      }
    }
  })
  const settle = (socket: Duplex) => {
    strangers.get(socket)?.()
    strangers.delete(socket)
  }

  const reloadTls = async () => {
    try {
      const pair = await tls.load()
      checkPair(pair, clock.nowMs())
      server.setSecureContext({ cert: pair.certPem, key: pair.keyPem, minVersion })
      log.info('tls_reloaded')
    } catch (cause) {
      log.error('tls_reload_refused', { reason: cause instanceof Error ? cause.message : 'unknown' })
    }
  }
  const stopWatchingTls = tls.onChange?.(() => void reloadTls())

  return {
    settle,
    reloadTls,
    strangers: () => gate.open(),
    dropBanned() {
      for (const socket of raw) if (isBanned(socket.remoteAddress ?? '')) socket.destroy()
      for (const [socket, client] of forwarded) if (isBanned(client)) socket.destroy()
    },
    async listen() {
      await new Promise<void>((resolve, reject) => {
        server.once('error', (cause: NodeJS.ErrnoException) => reject(listenError(cause, host, port)))
        server.listen({ port, ...(host === undefined ? {} : { host }) }, resolve)
      })
      return { port: (server.address() as AddressInfo).port }
    },
    async close(graceMs) {
      stopWatchingTls?.()
      gate.close()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      const cancel = clock.after(graceMs, () => {
        for (const socket of raw) socket.destroy()
      })
      await closed
      cancel()
      watch.close()
    },
  }
}

function listenError(cause: NodeJS.ErrnoException, host: string | undefined, port: number): ThroughlineError {
  if (cause.code === 'EADDRINUSE') {
    return new ThroughlineError(
      'PORT_IN_USE',
      `Port ${port} is used by another program; stop that one, or choose a free port with THROUGHLINE_PORT.`,
      { cause },
    )
  }
  if (cause.code === 'EACCES') {
    return new ThroughlineError(
      'CONFIG_INVALID',
      `Port ${port} needs more rights than this user has; choose one above 1023 with THROUGHLINE_PORT.`,
      { cause },
    )
  }
  return new ThroughlineError(
    'CONFIG_INVALID',
    `Cannot listen on ${host ?? 'this machine'}, port ${port}: ${cause.code ?? 'unknown trouble'}.`,
    { cause },
  )
}
