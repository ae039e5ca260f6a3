import { alertStatusOf } from '../../../src/aclk/messages/alert-status.ts'
import type { AlarmConfiguration, AlarmLogEntry } from '../../../src/aclk/messages/index.ts'
import {
  AlarmCheckpointSchema,
  AlarmLogEntrySchema,
  AlarmLogHealthSchema,
  AlarmSnapshotSchema,
  ProvideAlarmConfigurationSchema,
} from '../../../src/aclk/messages/index.ts'
import { linkLimits } from '../../../src/aclk/limits.ts'
import type { AlertConfigHash, NodeId } from '../../../src/domain/ids.ts'
import { canonicalUuid } from '../../../src/domain/ids.ts'
import type { AlertConfig, AlertTransition } from '../../../src/domain/model.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { decodeMessage } from './decode-message.ts'
import { uuidOf } from './presence.ts'
import { cut } from './texts.ts'

/** One `AlarmLogEntry` (aclk §6.7). The alert's values end here: they are not in the answer. */
export interface TransitionReport {
  readonly claimId: string
  readonly nodeId: NodeId
  readonly transition: AlertTransition
}

export function decodeAlarmLogEntry(payload: Uint8Array): TransitionReport {
  const wire = decodeMessage(AlarmLogEntrySchema, payload)
  const transition = transitionOf(wire)
  if (transition === undefined) throw new ThroughlineError('AGENT_PROTOCOL', 'An alert has no usable name.')
  return { claimId: wire.claimId, nodeId: uuidOf(wire.nodeId, 'A node id') as NodeId, transition }
}

/** One chunk of an `AlarmSnapshot`; `snapshotId` is the same for all chunks of one snapshot. */
export interface SnapshotChunk {
  readonly claimId: string
  readonly nodeId: NodeId
  readonly snapshotId: string
  readonly chunk: number
  readonly chunks: number
  readonly transitions: readonly AlertTransition[]
}

const snapshotBounds = { bytes: linkLimits.bulkMessageBytes, repeated: { field: 7, count: linkLimits.alerts } }

export function decodeAlarmSnapshot(payload: Uint8Array): SnapshotChunk {
  const wire = decodeMessage(AlarmSnapshotSchema, payload, snapshotBounds)
  const chunks = Math.max(1, wire.chunks)
  const chunk = Math.max(1, wire.chunk)
  if (chunk > chunks || chunks > linkLimits.alerts) throw new ThroughlineError('AGENT_PROTOCOL', 'A chunk of a snapshot is out of range.')
  return {
    claimId: wire.claimId,
    nodeId: uuidOf(wire.nodeId, 'A node id') as NodeId,
    snapshotId: cut(wire.snapshotUuid, linkLimits.nameChars) || String(wire.snapshotId),
    chunk,
    chunks,
    transitions: wire.alarms.map(transitionOf).filter((transition) => transition !== undefined),
  }
}

/** Identity is (node, chart, name): without both names there is no alert. */
function transitionOf(wire: AlarmLogEntry): AlertTransition | undefined {
  if (wire.name === '' || wire.name.length > linkLimits.nameChars || wire.chart.length > linkLimits.textChars) return undefined
  return {
    chart: wire.chart,
    name: wire.name,
    context: cut(wire.chartContext, linkLimits.nameChars),
    status: alertStatusOf(wire.status),
    oldStatus: alertStatusOf(wire.oldStatus),
    whenS: Number(wire.when > 0xffff_ffff_ffffn ? 0n : wire.when),
    configHash: canonicalUuid(wire.configHash) as AlertConfigHash | undefined,
    transitionId: canonicalUuid(wire.transitionId),
    version: wire.alertVersion,
    sequenceId: wire.sequenceId,
  }
}

/** `ProvideAlarmConfiguration` (aclk §6.7): definition text under the schema's own field names; what is empty is left out. */
export function decodeAlarmConfiguration(payload: Uint8Array): AlertConfig {
  const wire = decodeMessage(ProvideAlarmConfigurationSchema, payload)
  if (wire.config === undefined) throw new ThroughlineError('AGENT_PROTOCOL', 'An alert configuration is empty.')
  const fields = configFields(wire.config)
  if (Buffer.byteLength(JSON.stringify(fields)) > linkLimits.alertConfigBytes) {
    throw new ThroughlineError('AGENT_PROTOCOL', 'An alert configuration is larger than the limit.')
  }
  return {
    hash: uuidOf(wire.configHash, 'A configuration hash') as AlertConfigHash,
    name: cut(wire.config.alarm || wire.config.template, linkLimits.nameChars),
    fields,
  }
}

/** The published list of what is kept of a configuration: the wire's names, snake case as agents spell them. */
const configFieldNames = {
  alarm: 'alarm',
  template: 'template',
  onChart: 'on_chart',
  classification: 'classification',
  type: 'type',
  component: 'component',
  os: 'os',
  hosts: 'hosts',
  plugin: 'plugin',
  module: 'module',
  charts: 'charts',
  families: 'families',
  lookup: 'lookup',
  every: 'every',
  units: 'units',
  green: 'green',
  red: 'red',
  calculationExpr: 'calculation_expr',
  warningExpr: 'warning_expr',
  criticalExpr: 'critical_expr',
  recipient: 'recipient',
  exec: 'exec',
  delay: 'delay',
  repeat: 'repeat',
  info: 'info',
  options: 'options',
  hostLabels: 'host_labels',
  pDbLookupAfter: 'p_db_lookup_after',
  pDbLookupBefore: 'p_db_lookup_before',
  pDbLookupDimensions: 'p_db_lookup_dimensions',
  pDbLookupMethod: 'p_db_lookup_method',
  pDbLookupOptions: 'p_db_lookup_options',
  pUpdateEvery: 'p_update_every',
  chartLabels: 'chart_labels',
  summary: 'summary',
} as const satisfies Partial<Record<keyof AlarmConfiguration, string>>

function configFields(wire: AlarmConfiguration): Record<string, string | number> {
  const fields: Record<string, string | number> = {}
  for (const [key, name] of Object.entries(configFieldNames)) {
    const value = wire[key as keyof typeof configFieldNames]
    if (value !== '' && value !== 0) fields[name] = value
  }
  return fields
}

/** `AlarmLogHealth` of generation A (aclk §6.7): which entries its log has; 0 for none. */
export interface LogHealthReport {
  readonly claimId: string
  readonly nodeId: NodeId
  readonly firstSequenceId: bigint
  readonly lastSequenceId: bigint
}

export function decodeAlarmLogHealth(payload: Uint8Array): LogHealthReport {
  const wire = decodeMessage(AlarmLogHealthSchema, payload)
  return {
    claimId: wire.claimId,
    nodeId: uuidOf(wire.nodeId, 'A node id') as NodeId,
    firstSequenceId: wire.logEntries?.firstSequenceId ?? 0n,
    lastSequenceId: wire.logEntries?.lastSequenceId ?? 0n,
  }
}

/** `AlarmCheckpoint` of generation B (aclk §6.7): the SHA-256 over what is raised. */
export interface RaisedReport {
  readonly claimId: string
  readonly nodeId: NodeId
  readonly checksum: Uint8Array
}

export function decodeAlarmCheckpoint(payload: Uint8Array): RaisedReport {
  const wire = decodeMessage(AlarmCheckpointSchema, payload)
  if (wire.checksum.byteLength !== 32) throw new ThroughlineError('AGENT_PROTOCOL', 'A checksum of alerts is not of 32 bytes.')
  return { claimId: wire.claimId, nodeId: uuidOf(wire.nodeId, 'A node id') as NodeId, checksum: wire.checksum }
}
