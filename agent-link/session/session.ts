import { fromBinary } from '@bufbuild/protobuf'
import {
  CancelPendingRequestSchema,
  ContextsCheckpointSchema,
  CreateNodeInstanceResultSchema,
  DisconnectReqSchema,
  SendAlarmCheckpointSchema,
  SendAlarmConfigurationSchema,
  SendAlarmSnapshotSchema,
  StartAlarmStreamingSchema,
  StopStreamingContextsSchema,
} from '../../src/aclk/messages/index.ts'
import { canonicalUuid } from '../../src/domain/ids.ts'
import type { ClaimId, MachineGuid, NodeId } from '../../src/domain/ids.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { Log } from '../../src/support/log.ts'
import type { EgressGate, GatedFunctions, GatedSource } from '../egress/gate.ts'
import type { LinkSpeaker, OpenLink } from '../link/link.ts'
import { createAlertsAnnouncer } from './alerts.ts'
import type { AlertsMessage } from './alerts.ts'
import { agentCapabilities } from './capabilities.ts'
import { createContextsAnnouncer } from './contexts.ts'
import type { ContextsMessage } from './contexts.ts'
import {
  agentConnection,
  alarmLogEntry,
  alarmSnapshot,
  contextsSnapshot,
  contextsUpdated,
  createNodeInstance,
  encodeMessage,
  nodeCollectors,
  nodeInfo,
  nodeInstanceConnection,
  provideAlarmConfiguration,
} from './messages.ts'
import type { OutboundMessage, Speaker } from './messages.ts'
import { createQueries } from './queries.ts'
import type { ToldAlerts } from './told-alerts.ts'

export interface SessionDeps {
  readonly source: GatedSource
  /** What this host offers; undefined when functions are switched off. */
  readonly functions?: GatedFunctions | undefined
  /** What every message passes. */
  readonly gate: EgressGate
  readonly claim: {
    readonly claimId: ClaimId
    readonly machineGuid: MachineGuid
    readonly hostname: string
    readonly nodeId: NodeId | undefined
  }
  /** The name this host goes by whatever its source says. */
  readonly chosenName?: string | undefined
  /** Keeps the node id the cloud gave. */
  readonly saveNodeId: (nodeId: NodeId) => Promise<void>
  /** What the cloud was told of alerts in an earlier run, and who keeps it for the next. */
  readonly told?: { readonly earlier: ToldAlerts | undefined; keep(told: () => ToldAlerts): void } | undefined
  readonly clock: Clock
  readonly log: Log
}

/** What this agent announces and answers on an open link (aclk §6, §7). It outlives the links: what was told stays known. */
export function createSession({
  source,
  functions,
  gate,
  claim,
  chosenName,
  saveNodeId,
  told,
  clock,
  log,
}: SessionDeps): LinkSpeaker & { stop(): void } {
  const speaker: Speaker = {
    ...claim,
    hostname: gate.hostname(claim.hostname),
    chosenName: chosenName === undefined ? undefined : gate.hostname(chosenName),
    capabilities: agentCapabilities(source, functions),
  }
  let link: OpenLink | undefined
  let nodeId = claim.nodeId
  let isInfoTold = false
  const contexts = createContextsAnnouncer(() => source.contexts())
  const alerts = createAlertsAnnouncer({
    machineGuid: claim.machineGuid,
    current: () => source.alerts(),
    log: () => source.alertLog(),
    told: told?.earlier,
    onTold: (now) => told?.keep(now),
    nowS: () => Math.trunc(clock.nowMs() / 1000),
  })
  const queries = createQueries({
    source,
    functions,
    names: () => [claim.machineGuid, speaker.hostname, ...(nodeId === undefined ? [] : [nodeId])],
    clock,
    log,
  })

  /** Answers whether the cloud acknowledged it. */
  async function publish(message: OutboundMessage): Promise<boolean> {
    if (link === undefined) return false
    try {
      await link.publish(message.topic, encodeMessage(gate.message(message)))
      return true
    } catch {
      log.debug('session_unsent', { topic: message.topic })
      return false
    }
  }

  function send(message: OutboundMessage): void {
    void publish(message)
  }

  function tellContexts(messages: readonly (ContextsMessage | undefined)[]): void {
    if (nodeId === undefined) return
    for (const message of messages) {
      if (message?.kind === 'snapshot') send(contextsSnapshot(speaker, nodeId, message.contexts))
      if (message?.kind === 'updated') send(contextsUpdated(speaker, nodeId, message.changes, message.versionHash, clock.nowMs()))
    }
  }

  function tellAlerts(messages: readonly AlertsMessage[]): void {
    if (nodeId === undefined) return
    const { timezone } = source.info().node
    for (const message of messages) {
      const isSnapshot = message.kind === 'snapshot'
      const wire = isSnapshot
        ? alarmSnapshot(speaker, nodeId, timezone, message)
        : alarmLogEntry(speaker, nodeId, timezone, message.transition)
      void publish(wire).then((isAcknowledged) => isAcknowledged && alerts.acknowledge(message))
    }
  }

  /** Facts go once a run and again when they change: the cloud keeps them (aclk §6.5). */
  function tellInfo(): void {
    if (nodeId === undefined || link === undefined) return
    isInfoTold = true
    send(nodeInfo(speaker, nodeId, source.info(), clock.nowMs()))
    send(nodeCollectors(speaker, nodeId, source.info()))
  }

  function tellInstance(): void {
    if (link === undefined) return
    if (nodeId === undefined) return send(createNodeInstance(speaker))
    send(nodeInstanceConnection(speaker, nodeId, link.sessionIdUs, clock.nowMs()))
    if (!isInfoTold) tellInfo()
  }

  const commands: Readonly<Record<string, (payload: Uint8Array) => void>> = {
    SendNodeInstances: tellInstance,
    CreateNodeInstanceResult(payload) {
      const result = fromBinary(CreateNodeInstanceResultSchema, payload)
      const given = canonicalUuid(result.nodeId) as NodeId | undefined
      if (given === undefined || canonicalUuid(result.machineGuid) !== claim.machineGuid) return log.warn('session_foreign_node', {})
      if (given !== nodeId) {
        nodeId = given
        isInfoTold = false
        saveNodeId(given).catch((cause: unknown) =>
          log.error('session_node_id_not_kept', { reason: cause instanceof Error ? cause.message : '' }),
        )
      }
      tellInstance()
    },
    ContextsCheckpoint(payload) {
      const checkpoint = fromBinary(ContextsCheckpointSchema, payload)
      if (isForeign(checkpoint)) return
      tellContexts([contexts.checkpoint(checkpoint.versionHash)])
    },
    StopStreamingContexts(payload) {
      if (!isForeign(fromBinary(StopStreamingContextsSchema, payload))) contexts.stop()
    },
    StartAlarmStreaming(payload) {
      const start = fromBinary(StartAlarmStreamingSchema, payload)
      if (start.nodeId === nodeId && source.hasAlerts) tellAlerts(alerts.start(start.version))
    },
    SendAlarmCheckpoint(payload) {
      const checkpoint = fromBinary(SendAlarmCheckpointSchema, payload)
      if (!isForeign(checkpoint) && source.hasAlerts) tellAlerts(alerts.compare(checkpoint.version))
    },
    SendAlarmSnapshot(payload) {
      if (!isForeign(fromBinary(SendAlarmSnapshotSchema, payload)) && source.hasAlerts) tellAlerts(alerts.compare(0n))
    },
    SendAlarmConfiguration(payload) {
      const { configHash } = fromBinary(SendAlarmConfigurationSchema, payload)
      const config = source.alertConfig(configHash)
      if (config !== undefined) send(provideAlarmConfiguration(configHash, config))
    },
    CancelPendingRequest(payload) {
      queries.cancel(fromBinary(CancelPendingRequestSchema, payload).requestId)
    },
    DisconnectReq(payload) {
      const order = fromBinary(DisconnectReqSchema, payload)
      log.warn('session_disconnect_asked', { ban: order.permaban })
      // More than a week is no wait but a slip; the timer could not hold it either.
      link?.leave({ reconnectAfterS: Math.min(Number(order.reconnectAfterSeconds), 7 * 86_400), ban: order.permaban })
    },
  }

  function isForeign(ids: { readonly claimId: string; readonly nodeId: string }): boolean {
    const isOurs = ids.claimId === claim.claimId && ids.nodeId === nodeId
    if (!isOurs) log.warn('session_foreign_node', {})
    return !isOurs
  }

  const unsubscribe = source.onChange((change) => {
    if (link === undefined) return
    if (change === 'info' && isInfoTold) tellInfo()
    if (change === 'contexts') tellContexts(contexts.changes())
    if (change === 'alerts') tellAlerts(alerts.changes())
  })

  return {
    will: (sessionIdUs) => encodeMessage(gate.message(agentConnection(speaker, 'will', sessionIdUs, clock.nowMs()))),
    farewell: (sessionIdUs) => encodeMessage(gate.message(agentConnection(speaker, 'farewell', sessionIdUs, clock.nowMs()))),
    onOpen(opened) {
      link = opened
      send(agentConnection(speaker, 'hello', opened.sessionIdUs, clock.nowMs()))
      // What happened while the link was down (aclk §6.6, §6.7: streaming survives reconnects).
      tellContexts(contexts.changes())
      tellAlerts(alerts.changes())
    },
    onMessage(command, payload) {
      if (link === undefined) return
      if (command === 'cmd') return queries.receive(payload, link)
      const handle = Object.hasOwn(commands, command) ? commands[command] : undefined
      if (handle === undefined) return log.warn('session_unknown_command', {})
      try {
        handle(payload)
      } catch (cause) {
        log.warn('session_bad_command', { command, reason: cause instanceof Error ? cause.name : '' })
      }
    },
    onClosed() {
      link = undefined
      alerts.rewind()
      queries.dropAll()
    },
    stop: unsubscribe,
  }
}
