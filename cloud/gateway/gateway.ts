import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Router } from 'express'
import type { IConnectPacket } from 'mqtt-packet'
import { topicOf } from '../../src/aclk/topics/topics.ts'
import type { ClaimId, MachineGuid, NodeId, SpaceId } from '../../src/domain/ids.ts'
import { canonicalUuid } from '../../src/domain/ids.ts'
import { asThroughlineError, type ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { Log } from '../../src/support/log.ts'
import type { Bus } from '../bus/port.ts'
import type { Presence } from '../presence/port.ts'
import { attemptReason } from './attempts/attempt-reason.ts'
import { createConnectJournal, type ConnectJournal } from './attempts/journal.ts'
import type { GatewayCounters } from './counters.ts'
import { createCounters } from './counters.ts'
import { createEgressWatch, type RefusedCounts } from './egress/egress-watch.ts'
import { decodeAgentConnection } from './decode/presence.ts'
import { createChallenges } from './http/challenges.ts'
import { createCredentials } from './http/credentials.ts'
import { createAuthFailures, RetryLater } from './http/failures.ts'
import { createAgentRouter } from './http/router.ts'
import { Link } from './link/link.ts'
import { createTakeovers } from './link/takeovers.ts'
import { createTwins } from './link/twins.ts'
import { createUpgrades } from './link/upgrades.ts'
import { LinkRefusal, reasons } from './mqtt/reason.ts'
import type { ClaimedAgent, GatewayBans, GatewayPorts } from './ports.ts'
import { createQuietWarn } from './quiet-warn.ts'
import { AgentSession } from './session/agent-session.ts'
import { createAskedConfigs } from './session/asked-configs.ts'
import { createUnsettled } from './session/unsettled.ts'

export interface GatewayDeps {
  readonly ports: GatewayPorts
  readonly presence: Presence
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Log
  /** Where agents reach us; every address handed out is made of it (E5). */
  readonly publicUrl: { readonly host: string; readonly port: number }
  readonly bans?: GatewayBans
}

/** The agents' door. */
export interface Gateway {
  /** Claim, discovery, challenge and password. Mount it before anything that reads bodies or adds headers over 255 bytes (aclk §2.2). */
  readonly router: Router
  /** Takes an upgrade on the exact path `/mqtt`; anything else is refused with 404. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Agents whose link is accepted now. */
  links(): number
  counts(): Readonly<GatewayCounters>
  /** What agents tried lately, for the page that connects nodes. */
  readonly attempts: ConnectJournal
  /** Fields that were refused of a claim since the start, because its owner did not allow them. */
  refusedFields(claimId: ClaimId): RefusedCounts
  /** Bans and cuts the link of a claim that is gone, within seconds. */
  cut(claimId: ClaimId): void
  /** A node was removed from the store: cuts the links of its claims, withdraws it from links that only streamed it, tells viewers. */
  nodeRemoved(removed: { readonly nodeId: NodeId; readonly claimIds: readonly ClaimId[] }): void
  /** Cuts the links of claims and addresses that are kept out by now; they may come back when the ban has ended. */
  cutBanned(): void
  /** Sends every agent away, spread over time, and closes; takes a few seconds at most. */
  close(reason: string): Promise<void>
}

const sweepMs = 1_000
/** Agents get this long to say goodbye after they were sent away. */
const goodbyeMs = 2_000
/** After this long without a link, an equal contexts hash is no proof (aclk §6.6). */
const longAwayMs = 10 * 60_000
const rememberedAbsences = 20_000
/** Who is kept out is told to ask again so much later. */
const bannedRetryS = 600
const nobody: GatewayBans = { hasClaim: () => false, hasAddress: () => false }

export function createGateway({ ports, presence, bus, clock, log, publicUrl, bans = nobody }: GatewayDeps): Gateway {
  const counters = createCounters()
  const warn = createQuietWarn({ log, clock })
  const failures = createAuthFailures({ clock })
  const credentials = createCredentials({ clock })
  const takeovers = createTakeovers({ clock })
  const twins = createTwins()
  const attempts = createConnectJournal({ clock })
  const egress = ports.egress && createEgressWatch({ events: ports.egress, clock })
  const sessionShared = {
    egress,
    clock,
    warn,
    counters,
    ports,
    presence,
    bus,
    askedConfigs: createAskedConfigs({ clock }),
    unsettled: createUnsettled(),
    isDouble: (agent: ClaimedAgent) => twins.isDouble(agent),
  }
  const sockets = new Set<Link>()
  const byClaim = new Map<ClaimId, Link>()
  const goneSinceMs = new Map<ClaimId, number>()
  let unflushed: Link[] = []
  let isClosing = false

  const linkShared = {
    scheduleFlush(link: Link): void {
      unflushed.push(link)
      if (unflushed.length === 1) setImmediate(flushAll)
    },
    clock,
    log,
    counters,
    async authenticate(connect: IConnectPacket, remoteAddress: string): Promise<ClaimedAgent> {
      const { clientId, username, password } = connect
      const refuse = (refusal: LinkRefusal) => {
        const reason = attemptReason('link', refusal)
        if (reason !== undefined) attempts.note({ address: remoteAddress, stage: 'link', reason, claimId: canonicalUuid(clientId) })
        return refusal
      }
      if (username === undefined || password === undefined)
        throw refuse(new LinkRefusal(reasons.badCredentials, 'CONNECT has no credentials.'))
      if (bans.hasClaim(canonicalUuid(clientId) ?? '')) throw new LinkRefusal(reasons.banned, 'This claim is kept out.')
      try {
        failures.check(clientId, remoteAddress)
      } catch {
        attempts.note({ address: remoteAddress, stage: 'link', reason: 'rate-limited', claimId: canonicalUuid(clientId) })
        throw new LinkRefusal(reasons.connectRateExceeded, 'Too many failed attempts.')
      }
      const claimId = credentials.redeem({ clientId, username, password })
      const agent = claimId === undefined ? undefined : await ports.claims.find(claimId)
      if (agent !== undefined) return agent
      failures.note(clientId, remoteAddress)
      throw refuse(new LinkRefusal(reasons.badCredentials, 'The credentials are not, or no longer, good.'))
    },
    open(link: Link, agent: ClaimedAgent, will: IConnectPacket['will']): AgentSession {
      checkWill(agent, will)
      if (isClosing) throw new LinkRefusal(reasons.shuttingDown, 'The server is closing.')
      const { claimId } = agent
      const older = byClaim.get(claimId)
      if (older !== undefined) {
        const { isHeldNow, isCloned } = takeovers.note(claimId, clock.monotonicMs() - older.heardMs)
        if (isHeldNow) warn('agent_flaps', { claimId })
        if (isCloned) presence.noteClone(agent.nodeId, 'claim')
        if (takeovers.heldForMs(claimId) > 0) {
          attempts.note({ address: link.remoteAddress, stage: 'link', reason: 'identity-shared', ...identityOf(agent) })
          throw new LinkRefusal(reasons.connectRateExceeded, 'This identity changes links too often.')
        }
        counters.takeovers += 1
        older.end(reasons.takenOver, 'LINK_TAKEN_OVER')
      }
      byClaim.set(claimId, link)
      twins.up(agent)
      const goneMs = goneSinceMs.get(claimId)
      goneSinceMs.delete(claimId)
      upgrades.strangerGone(link.remoteAddress)
      log.info('link_open', { claimId })
      attempts.note({ address: link.remoteAddress, stage: 'link', reason: 'connected', ...identityOf(agent) })
      return new AgentSession(sessionShared, link, agent, goneMs !== undefined && clock.monotonicMs() - goneMs > longAwayMs)
    },
    refused(link: Link, error: ThroughlineError): void {
      const reason = attemptReason('link', error)
      // The others are written where it is known whose they are.
      if (reason === 'link-protocol' || reason === 'cloud-busy') attempts.note({ address: link.remoteAddress, stage: 'link', reason })
    },
    closed(link: Link, agent: ClaimedAgent | undefined): void {
      sockets.delete(link)
      if (agent === undefined) {
        upgrades.strangerGone(link.remoteAddress)
        return
      }
      log.info('link_closed', { claimId: agent.claimId })
      if (byClaim.get(agent.claimId) !== link) return
      byClaim.delete(agent.claimId)
      twins.down(agent)
      goneSinceMs.set(agent.claimId, clock.monotonicMs())
      for (const oldest of goneSinceMs.keys()) {
        if (goneSinceMs.size <= rememberedAbsences) break
        goneSinceMs.delete(oldest)
      }
    },
  }

  /** One write for all that a turn of the event loop has to tell an agent. */
  function flushAll(): void {
    const links = unflushed
    unflushed = []
    for (const link of links) link.flush()
  }

  const upgrades = createUpgrades({
    clock,
    isClosing: () => isClosing,
    accept(socket, address) {
      const link = new Link(socket, address, linkShared)
      sockets.add(link)
      return link
    },
  })

  const stopSweep = clock.every(sweepMs, () => {
    const nowMs = clock.monotonicMs()
    for (const { nodeId } of twins.all()) presence.noteClone(nodeId, 'machine-guid')
    for (const link of sockets) link.tick(nowMs)
  })
  const stopListening = presence.onChange(({ nodeId, spaceId, state, atMs }) => {
    if (state !== 'offline') return
    ports.nodes.lastSeen(nodeId, spaceId, atMs).catch((error: unknown) => {
      // A removed node has no time to remember.
      if (asThroughlineError(error).code === 'NOT_FOUND') return
      warn('last_seen_not_stored', { nodeId, why: error instanceof Error ? error.message : undefined })
    })
  })

  return {
    router: createAgentRouter({
      claims: ports.claims,
      challenges: createChallenges({ clock }),
      credentials,
      failures,
      attempts,
      egress,
      publicUrl,
      clock,
      log,
      checkHeld(claimId) {
        if (bans.hasClaim(claimId)) throw new RetryLater(bannedRetryS)
        const heldMs = takeovers.heldForMs(claimId)
        if (heldMs > 0) throw new RetryLater(Math.ceil(heldMs / 1000))
      },
      hasTwin: (agent) => twins.hasOther(agent),
      claimed: (machineGuid, claimId) => void endSuperseded(machineGuid, claimId),
      isClosing: () => isClosing,
    }),
    handleUpgrade: (request, socket, head) => upgrades.handle(request, socket, head),
    links: () => byClaim.size,
    counts: () => ({ ...counters }),
    attempts,
    refusedFields: (claimId) => egress?.refused(claimId) ?? {},
    cut,
    cutBanned() {
      for (const [claimId, link] of byClaim) {
        if (!bans.hasClaim(claimId) && !bans.hasAddress(link.remoteAddress)) continue
        sendAway(link, bannedRetryS, false, 'this agent is kept out by the operator')
        clock.after(1_000, () => link.end(reasons.administrative, 'FORBIDDEN'))
      }
    },
    nodeRemoved({ nodeId, claimIds }) {
      for (const claimId of claimIds) cut(claimId)
      for (const { session } of byClaim.values()) if (session instanceof AgentSession) session.forgetNode(nodeId)
      presence.forget(nodeId)
    },
    async close(reason) {
      if (isClosing) return
      isClosing = true
      const spreadS = Math.min(120, Math.max(5, Math.ceil(byClaim.size / 50)))
      for (const link of byClaim.values()) sendAway(link, 1 + Math.floor(Math.random() * spreadS), false, reason)
      await until(() => sockets.size === 0, goodbyeMs)
      for (const link of sockets) link.end(reasons.shuttingDown, 'RESTARTING')
      await upgrades.close()
      stopSweep()
      stopListening()
    },
  }

  function cut(claimId: ClaimId): void {
    const link = byClaim.get(claimId)
    if (link === undefined) return
    sendAway(link, 0, true, 'this node was removed')
    clock.after(1_000, () => link.end(reasons.administrative, 'FORBIDDEN'))
  }

  /** Ends links of the same machine under claims that are no longer good; the machine goes on under its new one. */
  async function endSuperseded(machineGuid: MachineGuid, claimId: ClaimId): Promise<void> {
    for (const [olderId, link] of byClaim) {
      if (olderId === claimId || link.agent?.machineGuid !== machineGuid) continue
      try {
        if ((await ports.claims.find(olderId)) === undefined) link.end(reasons.administrative, 'LINK_TAKEN_OVER')
      } catch {
        // In store trouble the link stays; its next CONNECT is refused.
      }
    }
  }

  /** Resolves when `isDone` says so, at the latest after `limitMs`. */
  function until(isDone: () => boolean, limitMs: number): Promise<void> {
    const deadlineMs = clock.monotonicMs() + limitMs
    return new Promise((resolve) => {
      const look = () => {
        if (isDone() || clock.monotonicMs() >= deadlineMs) resolve()
        else clock.after(50, look)
      }
      look()
    })
  }
}

function identityOf({ claimId, machineGuid, spaceId }: ClaimedAgent): { claimId: ClaimId; machineGuid: MachineGuid; spaceId: SpaceId } {
  return { claimId, machineGuid, spaceId }
}

function sendAway(link: Link, reconnectAfterS: number, isBanned: boolean, why: string): void {
  const { session } = link
  if (session instanceof AgentSession) session.sendAway({ reconnectAfterS, isBanned, why })
}

/** The will may only say that its own agent is gone (M5): that is what the end of the link then means. */
function checkWill(agent: ClaimedAgent, will: IConnectPacket['will']): void {
  if (will === undefined) return
  if (will.retain) throw new LinkRefusal(reasons.retainUnsupported, 'Retained messages are not offered.')
  if (will.topic !== topicOf('agent-connection', agent.claimId))
    throw new LinkRefusal(reasons.notAuthorized, 'The will’s topic was not issued to this agent.')
  let isGone: boolean
  try {
    const report = decodeAgentConnection(Buffer.from(will.payload))
    isGone = !report.isReachable && report.claimId === agent.claimId
  } catch {
    isGone = false
  }
  if (!isGone) throw new LinkRefusal(reasons.notAuthorized, 'The will says something else than that its agent is gone.')
}
