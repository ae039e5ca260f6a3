import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'
import { canonicalUuid, type NodeId, type PersonId, type SpaceId } from '../../src/domain/ids.ts'
import type { NodeState } from '../../src/domain/model.ts'
import { ThroughlineError, asThroughlineError, errorKinds } from '../../src/errors/throughline-error.ts'
import { liveLimits } from '../../src/live/limits.ts'
import { clientAddress } from '../../src/support/client-address.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { Log } from '../../src/support/log.ts'
import type { Bus } from '../bus/port.ts'
import { createAnnouncements } from './announcements.ts'
import { createAsks } from './asks.ts'
import { createDataDoor, isDataAddress } from './data-door.ts'
import { createOutlet } from './outlet.ts'
import {
  noWitness,
  type ReaderNotes,
  type RoomNodes,
  type SpaceChanges,
  type Viewer,
  type ViewerRights,
  type Visitor,
  type Witness,
} from './ports.ts'
import { createAlertValues, type AlertValueReader } from './rest/alert-value.ts'
import { createRestDoor, isRestAddress } from './rest/rest-door.ts'
import { createStreams } from './streams.ts'
import { createViewerSession } from './viewer-session.ts'
import type { ViewerSession } from './viewer-session.ts'
import { createVisits } from './visits.ts'

/** Whether a request over HTTP is for the relay: only agents know what it asks for. */
export function isRelayAddress(url: string | undefined): boolean {
  return isDataAddress(url) || isRestAddress(url)
}

/** Where the relay learns how nodes are; presence, completed by what the metadata knows of nodes never seen. */
export interface NodeStates {
  stateOf(nodeId: NodeId): NodeState
  onChange(listener: (change: { readonly nodeId: NodeId; readonly state: NodeState }) => void): () => void
}

export interface RelayDeps {
  readonly bus: Bus
  readonly rights: ViewerRights
  readonly states: NodeStates
  /** Hears what changed in a space; default nothing does. */
  readonly changes?: SpaceChanges
  /** Hears who looks at what; default nobody. */
  readonly witness?: Witness
  readonly rooms: RoomNodes
  readonly notes: ReaderNotes
  /** The origin of the page: nothing of any other page is taken with a cookie. */
  readonly origin: string
  readonly clock: Clock
  readonly log: Log
  /** Spreads the ticks of nodes; from 0 up to, not including, 1. */
  readonly random?: () => number
}

/** Numbers for health and bench; nothing of what passed through. */
export interface RelayStats {
  readonly viewers: number
  readonly subscriptions: number
  readonly streams: number
  readonly asksInFlight: number
  readonly questionsInFlight: number
  readonly questionsAsked: number
  readonly ticksSkipped: number
  readonly framesLeftOut: number
  readonly slowViewersClosed: number
}

/** The browsers' door to live values. */
export interface Relay {
  /** Takes over an upgrade request of a browser: checks sign-in and origin, then speaks the live protocol. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Answers a request over HTTP; one that {@link isRelayAddress} knows. */
  handleRequest(request: IncomingMessage, response: ServerResponse): void
  /** Asks agents for the value of an alert, for the one message that leaves with it. */
  readonly alertValues: AlertValueReader
  stats(): RelayStats
  /** Closes the sockets (4003) of those who are kept out by now. */
  closeBanned(bans: { hasAddress(address: string): boolean; hasAccount(personId: string): boolean }): void
  /** Tells every browser to come back later (1012) and resolves when all sockets are closed. */
  close(): Promise<void>
}

const checkMs = 1_000

/** Builds the relay. It keeps nothing: only who is connected now, what they watch and what is under way. */
export function createRelay(deps: RelayDeps): Relay {
  const { bus, rights, states, changes, rooms, notes, origin, witness = noWitness, clock, log, random = Math.random } = deps
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: liveLimits.messageBytes,
    maxFragments: liveLimits.fragments,
    maxBufferedChunks: liveLimits.bufferedChunks,
  })
  const streams = createStreams({ bus, clock, log, random })
  const asks = createAsks({ bus, clock })
  const visits = createVisits({ clock, witness })
  const onRead = (visitor: Visitor, nodeId: NodeId) => visits.touch(visitor, nodeId)
  const door = createDataDoor({ rights, asks, onRead, clock, log })
  const restDoor = createRestDoor({ rights, rooms, notes, bus, asks, onRead, origin, clock, log })
  const sessions = new Map<
    WebSocket,
    ViewerSession & { isAlive: boolean; readonly address: string; readonly personId: PersonId; readonly spaceId: SpaceId }
  >()
  /** How many look at each space. */
  const viewers = new Map<SpaceId, number>()
  const totals = { framesLeftOut: 0, slowViewersClosed: 0 }
  let isClosed = false
  const announcements = createAnnouncements({
    clock,
    hasViewers: (spaceId) => viewers.has(spaceId),
    tell(spaceId, what) {
      for (const session of sessions.values()) if (session.spaceId === spaceId) session.outlet.text({ type: 'changed', what })
    },
  })

  const stops = [
    changes?.onChange((spaceId, what) => announcements.changed(spaceId, what)) ?? (() => {}),
    () => announcements.close(),
    states.onChange(({ nodeId, state }) => {
      for (const session of sessions.values()) session.onNodeState(nodeId, state)
    }),
    clock.every(checkMs, () => {
      for (const { outlet } of sessions.values()) outlet.check()
    }),
    clock.every(liveLimits.rightsCheckMs, () => {
      for (const session of sessions.values()) void session.recheck()
    }),
    clock.every(liveLimits.pingMs, () => {
      for (const [socket, session] of sessions) {
        // No pong since the last ping: the browser is gone without a word.
        if (!session.isAlive) socket.terminate()
        session.isAlive = false
        socket.ping()
      }
    }),
  ]

  function admit(socket: WebSocket, stream: Duplex, viewer: Viewer, address: string): void {
    const outlet = createOutlet({
      socket,
      stream,
      clock,
      onSkipped: () => void totals.framesLeftOut++,
      onSlow: () => {
        totals.slowViewersClosed++
        log.warn('viewer_slow', { signInId: viewer.signInId })
      },
    })
    const session = {
      ...createViewerSession({
        viewer,
        outlet,
        rights,
        streams,
        asks,
        stateOf: (nodeId) => states.stateOf(nodeId),
        visits,
        witness,
        clock,
        log,
      }),
      isAlive: true,
      address,
      personId: viewer.personId,
      spaceId: viewer.spaceId,
    }
    sessions.set(socket, session)
    viewers.set(viewer.spaceId, (viewers.get(viewer.spaceId) ?? 0) + 1)
    socket.on('message', (data: Buffer, isBinary) => session.onMessage(data, isBinary))
    socket.on('pong', () => void (session.isAlive = true))
    // What is too large or breaks the framing is closed by the socket itself, with the code of the standard.
    socket.on('error', (error) => log.debug('viewer_socket_error', { code: 'code' in error ? String(error.code) : error.name }))
    socket.on('close', () => {
      sessions.delete(socket)
      const left = (viewers.get(viewer.spaceId) ?? 1) - 1
      if (left === 0) viewers.delete(viewer.spaceId)
      else viewers.set(viewer.spaceId, left)
      session.end()
    })
  }

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const drop = () => socket.destroy()
    socket.on('error', drop)
    try {
      if (isClosed) throw new ThroughlineError('RESTARTING', 'The cloud is about to restart.')
      const { cookie, origin } = request.headers
      const viewer = await rights.authenticate({
        cookie,
        origin,
        remoteAddress: clientAddress(request),
        spaceId: spaceOf(request.url ?? ''),
      })
      if (isClosed) throw new ThroughlineError('RESTARTING', 'The cloud is about to restart.')
      if (socket.destroyed) return
      socket.off('error', drop)
      server.handleUpgrade(request, socket, head, (browser) => admit(browser, socket, viewer, clientAddress(request)))
    } catch (thrown) {
      const error = asThroughlineError(thrown)
      if (error.code === 'INTERNAL') log.error('viewer_upgrade_failed', { code: error.code })
      refuseUpgrade(socket, error)
    }
  }

  return {
    handleUpgrade: (request, socket, head) => void upgrade(request, socket, head),

    handleRequest: (request, response) => (isRestAddress(request.url) ? restDoor : door).handle(request, response),

    alertValues: createAlertValues({ bus, asks, clock }),

    stats() {
      let subscriptions = 0
      for (const session of sessions.values()) subscriptions += session.subscriptionCount()
      return { viewers: sessions.size, subscriptions, asksInFlight: asks.inFlight(), ...streams.counts(), ...totals }
    },

    closeBanned(bans) {
      for (const session of sessions.values()) {
        if (!bans.hasAccount(session.personId) && !bans.hasAddress(session.address)) continue
        session.end()
        session.outlet.close('FORBIDDEN')
      }
    },

    async close() {
      if (isClosed) return
      isClosed = true
      for (const stop of stops) stop()
      door.close()
      restDoor.close()
      const closed = [...sessions].map(([socket, session]) => {
        const gone = new Promise((resolve) => void socket.once('close', resolve))
        session.end()
        session.outlet.close('RESTARTING')
        return gone
      })
      streams.close()
      visits.close()
      await Promise.all(closed)
    },
  }
}

/** Answers an upgrade that is not granted in plain HTTP; a browser shows nothing of it but that it failed. */
function refuseUpgrade(socket: Duplex, { code, message }: ThroughlineError): void {
  const { http, key } = errorKinds[code]
  const body = JSON.stringify({ errorCode: code, errorMsgKey: key, errorMessage: message })
  socket.end(
    `HTTP/1.1 ${http} Refused\r\nConnection: close\r\nContent-Type: application/json\r\nCache-Control: no-store\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    () => socket.destroy(),
  )
}

/** The space a socket is opened for (`…/live?space=<id>`); anything that is no id names the absent space. */
function spaceOf(url: string): SpaceId | undefined {
  const mark = url.indexOf('?')
  if (mark < 0) return undefined
  const text = new URLSearchParams(url.slice(mark + 1)).get('space')
  return text === null ? undefined : ((canonicalUuid(text) ?? absentSpace) as SpaceId)
}

const absentSpace = '00000000-0000-0000-0000-000000000000'
