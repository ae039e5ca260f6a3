import { create, toBinary } from '@bufbuild/protobuf'
import type { DescMessage, MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import {
  AlarmLogEntrySchema,
  AlarmSnapshotSchema,
  ContextsSnapshotSchema,
  ContextsUpdatedSchema,
  CreateNodeInstanceSchema,
  ProvideAlarmConfigurationSchema,
  UpdateAgentConnectionSchema,
  UpdateNodeCollectorsSchema,
  UpdateNodeInfoSchema,
  UpdateNodeInstanceConnectionSchema,
} from '../../src/aclk/messages/index.ts'
import { wireAlertStatus } from '../../src/aclk/messages/alert-status.ts'
import type { TopicName } from '../../src/aclk/topics/topics.ts'
import type { ClaimId, MachineGuid, NodeId } from '../../src/domain/ids.ts'
import type { AlertStatus, Capability, Context, ContextChange } from '../../src/domain/model.ts'
import { contextsVersionHash } from '../../src/domain/version-hash.ts'
import type { Outgoing } from '../egress/gate.ts'
import type { SourceAlert, SourceAlertConfig, SourceInfo } from '../sources/source.ts'

/** A message ready to leave: its topic and its decoded form; the dry run prints the same objects that are sent. */
export interface OutboundMessage<Desc extends DescMessage = DescMessage> {
  readonly topic: TopicName
  readonly schema: Desc
  readonly fields: MessageInitShape<Desc>
}

/** The bytes of a message that went through the gate: no other can be encoded. */
export function encodeMessage({ schema, fields }: Outgoing): Uint8Array {
  return toBinary(schema, create(schema, fields))
}

function message<Desc extends DescMessage>(topic: TopicName, schema: Desc, fields: MessageInitShape<Desc>): OutboundMessage {
  return { topic, schema, fields }
}

/** Who speaks: every builder puts these ids where the wire wants them. */
export interface Speaker {
  readonly claimId: ClaimId
  readonly machineGuid: MachineGuid
  readonly hostname: string
  /** The owner's word for the name of this host; what its source says otherwise. */
  readonly chosenName?: string | undefined
  readonly capabilities: readonly Capability[]
}

/** Presence of the agent (aclk §6.2): hello, farewell, and the will, which carries no capabilities. */
export function agentConnection(speaker: Speaker, kind: 'hello' | 'farewell' | 'will', sessionId: bigint, nowMs: number): OutboundMessage {
  return message('agent-connection', UpdateAgentConnectionSchema, {
    claimId: speaker.claimId,
    reachable: kind === 'hello',
    sessionId,
    updateSource: kind === 'will' ? 2 : 1,
    updatedAt: timestampFromMs(nowMs),
    capabilities: kind === 'will' ? [] : [...speaker.capabilities],
  })
}

/** Asks for a node id (aclk §6.3). */
export function createNodeInstance({ claimId, machineGuid, hostname }: Speaker): OutboundMessage {
  return message('create-node-instance', CreateNodeInstanceSchema, { claimId, machineGuid, hostname, hops: 0 })
}

/** State of the node instance (aclk §6.4). */
export function nodeInstanceConnection(speaker: Speaker, nodeId: NodeId, sessionId: bigint, nowMs: number): OutboundMessage {
  return message('node-instance-connection', UpdateNodeInstanceConnectionSchema, {
    claimId: speaker.claimId,
    nodeId,
    liveness: true,
    queryable: true,
    sessionId,
    updatedAt: timestampFromMs(nowMs),
    hops: 0,
    capabilities: [...speaker.capabilities],
  })
}

/** Facts of the host (aclk §6.5). */
export function nodeInfo(speaker: Speaker, nodeId: NodeId, { node }: SourceInfo, nowMs: number): OutboundMessage {
  const capabilities = { capabilities: [...speaker.capabilities] }
  const mlInfo = { mlCapable: false, mlEnabled: false }
  return message('node-instance-info', UpdateNodeInfoSchema, {
    claimId: speaker.claimId,
    data: {
      name: speaker.chosenName ?? node.hostname,
      os: node.os,
      osName: node.osName,
      osVersion: node.osVersion,
      kernelName: node.kernelName,
      kernelVersion: node.kernelVersion,
      architecture: node.architecture,
      cpus: node.cpus,
      cpuFrequency: node.cpuFrequencyHz,
      memory: node.memoryBytes,
      diskSpace: node.diskSpaceBytes,
      version: node.agentVersion,
      releaseChannel: node.releaseChannel,
      timezone: node.timezone,
      virtualizationType: node.virtualization,
      containerType: node.container,
      machineGuid: speaker.machineGuid,
      hostLabels: { ...node.labels },
      mlInfo,
    },
    updatedAt: timestampFromMs(nowMs),
    machineGuid: speaker.machineGuid,
    child: false,
    nodeId,
    mlInfo,
    nodeInfo: capabilities,
    nodeInstanceInfo: capabilities,
  })
}

/** The collectors at work (aclk §6.5), the full list each time. */
export function nodeCollectors({ claimId }: Speaker, nodeId: NodeId, { collectors }: SourceInfo): OutboundMessage {
  return message('node-instance-collectors', UpdateNodeCollectorsSchema, { claimId, nodeId, collectors: [...collectors] })
}

const contextFields = (context: Context | ContextChange) => ({
  id: context.id,
  version: context.version,
  firstEntry: context.firstEntryS,
  lastEntry: context.lastEntryS,
  deleted: 'deleted' in context && context.deleted,
  title: context.title,
  priority: BigInt(context.priority),
  chartType: context.chartType,
  units: context.units,
  family: context.family,
})

/** Every context (aclk §6.6); its `version` carries the version hash. */
export function contextsSnapshot({ claimId }: Speaker, nodeId: NodeId, contexts: readonly Context[]): OutboundMessage {
  const version = contextsVersionHash(contexts)
  return message('contexts-snapshot', ContextsSnapshotSchema, { contexts: contexts.map(contextFields), claimId, nodeId, version })
}

/** Contexts that changed, and the version hash of the whole set after them (aclk §6.6). */
export function contextsUpdated(
  { claimId }: Speaker,
  nodeId: NodeId,
  changes: readonly ContextChange[],
  versionHash: bigint,
  nowMs: number,
): OutboundMessage {
  const createdAt = BigInt(Math.trunc(nowMs)) * 1000n
  return message('contexts-updated', ContextsUpdatedSchema, {
    contextUpdates: changes.map(contextFields),
    claimId,
    nodeId,
    versionHash,
    createdAt,
  })
}

/** One transition in the form of generation C (aclk §6.7). */
export interface Transition {
  readonly alert: SourceAlert
  readonly oldStatus: AlertStatus
  /** Counts the transitions of this alert that this agent has seen. */
  readonly eventId: bigint
  readonly transitionId: string
}

const transitionFields = (
  { claimId }: Speaker,
  nodeId: NodeId,
  timezone: string,
  { alert, oldStatus, eventId, transitionId }: Transition,
) => ({
  nodeId,
  claimId,
  chart: alert.chart,
  name: alert.name,
  family: alert.family,
  when: BigInt(alert.whenS),
  configHash: alert.configHash,
  timezone,
  execPath: alert.execPath,
  confSource: alert.configSource,
  status: wireAlertStatus(alert.status),
  oldStatus: wireAlertStatus(oldStatus),
  delay: BigInt(alert.delayS),
  delayUpToTimestamp: BigInt(alert.delayUpToS),
  lastRepeat: BigInt(alert.lastRepeatS),
  silenced: alert.isSilenced,
  valueString: alert.valueText,
  oldValueString: '-',
  value: alert.value,
  renderedInfo: alert.info,
  chartContext: alert.context,
  eventId,
  transitionId,
  chartName: alert.chart,
  summary: alert.summary,
  alertVersion: BigInt(alert.whenS),
})

export function alarmLogEntry(speaker: Speaker, nodeId: NodeId, timezone: string, transition: Transition): OutboundMessage {
  return message('alarm-log-v2', AlarmLogEntrySchema, transitionFields(speaker, nodeId, timezone, transition))
}

/** One chunk of all alerts (aclk §6.7); chunks count from 1. */
export function alarmSnapshot(
  speaker: Speaker,
  nodeId: NodeId,
  timezone: string,
  chunk: { readonly transitions: readonly Transition[]; readonly number: number; readonly of: number; readonly snapshotUuid: string },
): OutboundMessage {
  return message('alarm-snapshot-v2', AlarmSnapshotSchema, {
    nodeId,
    claimId: speaker.claimId,
    chunks: chunk.of,
    chunkSize: chunk.transitions.length,
    chunk: chunk.number,
    alarms: chunk.transitions.map((transition) => transitionFields(speaker, nodeId, timezone, transition)),
    snapshotUuid: chunk.snapshotUuid,
  })
}

/** How an alert is defined (aclk §6.7). */
export function provideAlarmConfiguration(configHash: string, config: SourceAlertConfig): OutboundMessage {
  return message('alarm-config', ProvideAlarmConfigurationSchema, { configHash, config })
}
