import { linkLimits } from '../../../src/aclk/limits.ts'
import type { AgentQuestion } from '../../../src/aclk/query/request.ts'
import { commandTopic, topicOf } from '../../../src/aclk/topics/topics.ts'
import type { MachineGuid, NodeId } from '../../../src/domain/ids.ts'
import type { Capability } from '../../../src/domain/model.ts'
import { unknownVersionHash } from '../../../src/domain/version-hash.ts'
import { asThroughlineError, errorKinds, ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { AgentAnswer } from '../../bus/port.ts'
import { decodeContextsSnapshot, decodeContextsUpdated } from '../decode/contexts.ts'
import { decodeCollectors, decodeNodeInfo } from '../decode/node-info.ts'
import { decodeAgentConnection, decodeCreateNodeInstance, decodeNodeConnection } from '../decode/presence.ts'
import { capabilityVersion } from '../decode/texts.ts'
import type { AgentPublish, LinkSession } from '../link/link-session.ts'
import { LinkRefusal } from '../mqtt/reason.ts'
import type { ClaimedAgent } from '../ports.ts'
import { AlertMessages } from './alert-messages.ts'
import { alertGeneration } from './alert-streams.ts'
import type { Command } from './commands.ts'
import {
  cancelPendingRequest,
  contextsCheckpoint,
  createNodeInstanceResult,
  disconnectReq,
  sendNodeInstances,
  stopStreamingContexts,
} from './commands.ts'
import { EarlyMessages } from './early-messages.ts'
import { NodeLink } from './node-link.ts'
import { NodeRoutes } from './node-routes.ts'
import { Questions } from './questions.ts'
import type { SessionLink, SessionShared } from './session-shared.ts'

/** Unasked re-assignments in one connection; an agent that keeps its own idea is then left alone. */
const reassignments = 3

/**
 * What one agent tells over its link, and what it is told (aclk §6, §8). Identity comes from the claim behind the connection,
 * never from a payload: a message for somebody else is counted, dropped and acknowledged (security requirement P1).
 */
export class AgentSession implements LinkSession {
  readonly #shared: SessionShared
  readonly #link: SessionLink
  readonly #agent: ClaimedAgent
  /** The agent was away so long that equal hashes prove nothing (aclk §6.6). */
  readonly #wasLongAway: boolean
  readonly #routes: NodeRoutes
  #sessionId: bigint | undefined
  #capabilities: readonly Capability[] = []
  #nodes: Map<NodeId, NodeLink> | undefined
  #early: EarlyMessages | undefined
  #questions: Questions | undefined
  readonly #alerts: AlertMessages
  #reassigned = 0
  /** What an older link of this claim still stores. */
  #forerunner: Promise<void> | undefined
  #running: Promise<unknown> | undefined

  constructor(shared: SessionShared, link: SessionLink, agent: ClaimedAgent, wasLongAway: boolean) {
    this.#shared = shared
    this.#link = link
    this.#agent = agent
    this.#wasLongAway = wasLongAway
    this.#forerunner = shared.unsettled.of(agent.claimId)
    this.#routes = new NodeRoutes({
      agent,
      bus: shared.bus,
      contexts: shared.ports.contexts,
      connectedAtMs: shared.clock.nowMs(),
      isDouble: () => this.#isDouble,
      ask: (nodeId, question, signal) => this.ask(nodeId, question, signal),
    })
    this.#alerts = new AlertMessages({
      shared,
      agent,
      send: (command) => this.#command(command),
      nodes: () => this.nodes,
      forNode: (publish, report, store) => this.#forNode(publish, report, store),
    })
  }

  /** Another machine with the same guid, claimed later, speaks for the own node: what this one says of it is not kept. */
  get #isDouble(): boolean {
    return this.#shared.isDouble(this.#agent)
  }

  get nodes(): number {
    return this.#nodes?.size ?? 0
  }

  handle(publish: AgentPublish): Promise<'done' | 'held'> {
    const running = this.#handle(publish)
    this.#running = running
    return running
  }

  async #handle(publish: AgentPublish): Promise<'done' | 'held'> {
    try {
      if (this.#forerunner !== undefined) await this.#forerunner
      this.#forerunner = undefined
      return await this.#dispatch(publish)
    } catch (error) {
      if (error instanceof LinkRefusal) throw error
      const { code, message } = asThroughlineError(error)
      const { warn, counters } = this.#shared
      const fields = { claimId: this.#agent.claimId, topic: publish.name, code, why: message }
      if (code === 'AGENT_PROTOCOL') {
        counters.undecodable += 1
        warn('agent_message_undecodable', fields)
        return 'done'
      }
      if (!errorKinds[code].retry) {
        counters.mismatched += 1
        warn('agent_message_refused', fields)
        return 'done'
      }
      counters.storeTroubles += 1
      warn('agent_message_not_stored', {
        ...fields,
        cause: error instanceof Error && error.cause instanceof Error ? error.cause.message : undefined,
      })
      // Not acknowledged, and never sent again by agents: the next connection compares and repairs.
      this.#command(
        disconnectReq({ reconnectAfterS: 5 + Math.floor(Math.random() * 25), isBanned: false, why: 'the store is not available' }),
      )
      throw new ThroughlineError('STORE_UNAVAILABLE', 'An event could not be stored.', { cause: error })
    }
  }

  answer(messageId: string, payload: Buffer): boolean {
    if (this.#questions) return this.#questions.answer(messageId, payload)
    this.#shared.counters.lateAnswers += 1
    return false
  }

  /** Asks this agent about one of its nodes; `question.target` is relative to the node. */
  ask(nodeId: NodeId, question: AgentQuestion, signal: AbortSignal): Promise<AgentAnswer> {
    this.#questions ??= new Questions({
      clock: this.#shared.clock,
      counters: this.#shared.counters,
      sendQuery: (payload) => this.#link.ask(topicOf('inbox-cmd', this.#agent.claimId), payload),
      capabilitiesOf: (asked) => {
        const node = this.#nodes?.get(asked)
        return node?.withdraw === undefined ? undefined : node.capabilities
      },
      sendCancel: (messageId) => {
        if (capabilityVersion(this.#capabilities, 'req_cancel') > 0) this.#command(cancelPendingRequest(messageId))
      },
    })
    return this.#questions.ask(nodeId, question, signal)
  }

  tick(nowMs: number): void {
    for (const publish of this.#early?.takeExpired(nowMs) ?? []) {
      this.#shared.counters.unannounced += 1
      this.#link.release(publish)
    }
    this.#routes.noticeDouble(this.#nodes?.get(this.#agent.nodeId))
    this.#alerts.tick(nowMs)
    for (const [nodeId, node] of this.#nodes ?? []) this.#checkpointIfDue(nodeId, node)
  }

  /** Asks the agent to go away for a while, or for good. */
  sendAway(order: { reconnectAfterS: number; isBanned: boolean; why: string }): void {
    this.#command(disconnectReq(order))
    this.#withdrawAll()
  }

  /** The node was removed: no question reaches it any more, and what is told of it is dropped. */
  forgetNode(nodeId: NodeId): void {
    this.#nodes?.get(nodeId)?.withdraw?.()
    this.#nodes?.delete(nodeId)
  }

  end(silentForMs: number): void {
    this.#goDown(silentForMs)
    if (this.#running !== undefined) this.#shared.unsettled.leave(this.#agent.claimId, this.#running)
    this.#alerts.end()
    this.#early = undefined
    this.#nodes = undefined
  }

  async #dispatch(publish: AgentPublish): Promise<'done' | 'held'> {
    const { egress } = this.#shared
    const payload = egress === undefined ? publish.payload : await egress.admit(this.#agent, publish.name, publish.payload)
    switch (publish.name) {
      case 'agent-connection':
        this.#agentConnection(payload)
        return 'done'
      case 'create-node-instance':
        await this.#createNode(payload)
        return 'done'
      case 'node-instance-connection':
        await this.#nodeConnection(payload)
        return 'done'
      case 'node-instance-info':
        await this.#nodeInfo(payload)
        return 'done'
      case 'node-instance-collectors': {
        const report = decodeCollectors(payload)
        return this.#forNode(publish, report, async () => {
          if (report.nodeId === this.#agent.nodeId && this.#isDouble) return
          await this.#shared.ports.nodes.collectors(this.#agent, report.nodeId, report.collectors)
        })
      }
      case 'contexts-snapshot': {
        const report = decodeContextsSnapshot(payload)
        return this.#forNode(publish, report, (node) =>
          this.#contexts(node, report, () => this.#shared.ports.contexts.snapshot(this.#agent, report.nodeId, report.contexts)),
        )
      }
      case 'contexts-updated': {
        const report = decodeContextsUpdated(payload)
        return this.#forNode(publish, report, (node) =>
          this.#contexts(node, report, () => this.#shared.ports.contexts.updated(this.#agent, report.nodeId, report.contexts)),
        )
      }
      default:
        // Else topics of the old protocol: agents insist on being issued them and never use them (aclk §5.2).
        return (await this.#alerts.handle(publish, payload)) ?? 'done'
    }
  }

  #agentConnection(payload: Buffer): void {
    const report = decodeAgentConnection(payload)
    if (!report.isReachable) {
      // After a re-claim the goodbye still carries the previous claim id; it ends this connection all the same.
      this.#goDown(0)
      return
    }
    if (report.claimId !== this.#agent.claimId) throw somebodyElse()
    this.#sessionId = report.sessionId
    this.#capabilities = report.capabilities
    const { claimId, spaceId, nodeId } = this.#agent
    this.#shared.presence.linkUp({ claimId, spaceId, nodeId, sessionId: report.sessionId })
    this.#command(sendNodeInstances(this.#agent))
  }

  async #createNode(payload: Buffer): Promise<void> {
    const { claimId, machineGuid, hostname, hops } = decodeCreateNodeInstance(payload)
    this.#checkClaim(claimId)
    const nodeId = await this.#nodeOf(machineGuid, hostname, hops)
    this.#command(createNodeInstanceResult(nodeId, machineGuid))
  }

  /** The own host has no hops; whatever else an agent speaks for has at least one, also virtual nodes that say none. */
  async #nodeOf(machineGuid: MachineGuid, hostname: string, hops: number): Promise<NodeId> {
    const isOwn = machineGuid === this.#agent.machineGuid
    if (isOwn && this.#isDouble) return this.#agent.nodeId
    if (!isOwn) this.#checkRoom()
    const nodeId = await this.#shared.ports.nodes.nodeOf(this.#agent, { machineGuid, hostname, hops: isOwn ? 0 : Math.max(1, hops) })
    this.#node(nodeId)
    return nodeId
  }

  async #nodeConnection(payload: Buffer): Promise<void> {
    const report = decodeNodeConnection(payload)
    this.#checkClaim(report.claimId)
    const sessionId = this.#sessionId
    if (sessionId === undefined || (report.sessionId !== 0n && report.sessionId < sessionId)) return
    const { nodeId, isLive, isQueryable, capabilities } = report
    const isOwn = nodeId === this.#agent.nodeId
    const hops = isOwn ? 0 : Math.max(1, report.hops)
    if (!isOwn && !this.#nodes?.has(nodeId)) this.#checkRoom()
    const known = await this.#shared.ports.nodes.instance(this.#agent, { nodeId, hops, capabilities })
    if (known === undefined) {
      if (report.hops === 0) this.#reassign(this.#agent.nodeId, this.#agent.machineGuid)
      return
    }
    const node = this.#node(nodeId)
    node.hops = hops
    node.isLive = isLive
    node.capabilities = capabilities
    const { claimId, spaceId } = this.#agent
    // The link may have ended, or the agent said goodbye, while the store wrote.
    if (this.#sessionId !== sessionId) return
    this.#shared.presence.instance({ claimId, spaceId, nodeId, sessionId, isLive, isQueryable, hops })
    if (isQueryable) this.#routes.serve(nodeId, node)
    else this.#routes.withdraw(node)
    for (const publish of this.#early?.takeFor(nodeId) ?? []) this.#link.resubmit(publish)
    if ((isLive || isQueryable) && !node.isStreaming) {
      node.isStreaming = true
      await this.#startStreams(nodeId, node)
    }
    if (!isLive && !isQueryable) {
      this.#nodes?.delete(nodeId)
      this.#alerts.stop(nodeId)
    }
  }

  /** Contexts and alerts of a node, from where the store stands, once in a connection (aclk §8.7). */
  async #startStreams(nodeId: NodeId, node: NodeLink): Promise<void> {
    const { contexts } = this.#shared.ports
    const stored = await contexts.versionHash(this.#agent, nodeId)
    await this.#routes.learnHistory(nodeId, node)
    this.#command(contextsCheckpoint(this.#agent, nodeId, stored === undefined || this.#wasLongAway ? unknownVersionHash : stored))
    await this.#alerts.start(nodeId, alertGeneration(node.capabilities, this.#capabilities))
  }

  async #nodeInfo(payload: Buffer): Promise<void> {
    const { claimId, machineGuid, nodeId: reportedId, info } = decodeNodeInfo(payload)
    this.#checkClaim(claimId)
    const isOwn = machineGuid === this.#agent.machineGuid
    if (!isOwn && !info.isChild) throw somebodyElse()
    // A child's facts may come before its own announcement (fixtures README row 7).
    const nodeId = isOwn ? this.#agent.nodeId : await this.#nodeOf(machineGuid, info.hostname, 1)
    if (!isOwn || !this.#isDouble) await this.#shared.ports.nodes.info(this.#agent, machineGuid, info)
    if (reportedId !== undefined && reportedId !== nodeId) this.#reassign(nodeId, machineGuid)
  }

  async #contexts(
    node: NodeLink,
    report: { nodeId: NodeId; versionHash: bigint; contexts: readonly unknown[] },
    store: () => Promise<bigint>,
  ): Promise<void> {
    const { clock, counters, warn } = this.#shared
    const admission = node.admitContexts(report.contexts.length, clock.monotonicMs())
    if (admission === 'flood') {
      warn('agent_floods_contexts', { claimId: this.#agent.claimId, nodeId: report.nodeId })
      this.#command(stopStreamingContexts(this.#agent, report.nodeId))
    }
    if (admission !== 'stored') {
      // What is left out here comes back: the checkpoint after the pause differs.
      counters.flooded += 1
      return
    }
    node.compareHashes(await store(), report.versionHash, clock.monotonicMs())
    await this.#routes.learnHistory(report.nodeId, node)
    this.#checkpointIfDue(report.nodeId, node)
  }

  #checkpointIfDue(nodeId: NodeId, node: NodeLink): void {
    const versionHash = node.takeDueCheckpoint(this.#shared.clock.monotonicMs())
    if (versionHash !== undefined) this.#command(contextsCheckpoint(this.#agent, nodeId, versionHash))
  }

  /** Runs `store` when the node is one this agent announced; else keeps the message for a moment, since announcements can be late. */
  async #forNode(
    publish: AgentPublish,
    report: { claimId: string; nodeId: NodeId },
    store: (node: NodeLink) => Promise<void>,
  ): Promise<'done' | 'held'> {
    this.#checkClaim(report.claimId)
    const { nodeId } = report
    const node = this.#nodes?.get(nodeId) ?? (nodeId === this.#agent.nodeId ? this.#node(nodeId) : undefined)
    if (node !== undefined) {
      await store(node)
      return 'done'
    }
    this.#early ??= new EarlyMessages()
    if (this.#early.hold(nodeId, publish, this.#shared.clock.monotonicMs())) return 'held'
    this.#shared.counters.unannounced += 1
    return 'done'
  }

  #node(nodeId: NodeId): NodeLink {
    this.#nodes ??= new Map()
    let node = this.#nodes.get(nodeId)
    if (node === undefined) {
      node = new NodeLink()
      this.#nodes.set(nodeId, node)
    }
    return node
  }

  #reassign(nodeId: NodeId, machineGuid: MachineGuid): void {
    if (this.#reassigned >= reassignments) return
    this.#reassigned += 1
    this.#command(createNodeInstanceResult(nodeId, machineGuid))
  }

  #checkClaim(claimId: string): void {
    if (claimId !== this.#agent.claimId) throw somebodyElse()
  }

  #checkRoom(): void {
    if (this.nodes > linkLimits.children) throw new ThroughlineError('FORBIDDEN', 'The agent speaks for more children than the limit.')
  }

  #goDown(silentForMs: number): void {
    this.#withdrawAll()
    this.#questions?.end()
    const sessionId = this.#sessionId
    if (sessionId === undefined) return
    this.#sessionId = undefined
    this.#shared.presence.linkDown({ claimId: this.#agent.claimId, sessionId, silentForMs })
  }

  #withdrawAll(): void {
    for (const node of this.#nodes?.values() ?? []) {
      this.#routes.withdraw(node)
    }
  }

  #command({ name, payload }: Command): void {
    this.#link.send(commandTopic(this.#agent.claimId, name), payload)
  }
}

function somebodyElse(): ThroughlineError {
  return new ThroughlineError('FORBIDDEN', 'The message speaks for somebody else.')
}
