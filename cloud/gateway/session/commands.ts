import { create, toBinary } from '@bufbuild/protobuf'
import {
  CancelPendingRequestSchema,
  ContextsCheckpointSchema,
  CreateNodeInstanceResultSchema,
  DisconnectReqSchema,
  SendAlarmCheckpointSchema,
  SendAlarmConfigurationSchema,
  SendAlarmLogHealthSchema,
  SendAlarmSnapshotSchema,
  SendNodeInstancesSchema,
  StartAlarmStreamingSchema,
  StopStreamingContextsSchema,
} from '../../../src/aclk/messages/index.ts'
import type { CommandName } from '../../../src/aclk/topics/topics.ts'
import type { AlertConfigHash, NodeId } from '../../../src/domain/ids.ts'
import type { ClaimedAgent } from '../ports.ts'

/** A command to an agent: the last topic level and its payload (aclk §6.1). */
export interface Command {
  readonly name: CommandName
  readonly payload: Uint8Array
}

export function sendNodeInstances({ claimId, spaceId }: ClaimedAgent): Command {
  return { name: 'SendNodeInstances', payload: toBinary(SendNodeInstancesSchema, create(SendNodeInstancesSchema, { claimId, spaceId })) }
}

export function createNodeInstanceResult(nodeId: NodeId, machineGuid: string): Command {
  const message = create(CreateNodeInstanceResultSchema, { nodeId, machineGuid })
  return { name: 'CreateNodeInstanceResult', payload: toBinary(CreateNodeInstanceResultSchema, message) }
}

export function contextsCheckpoint(agent: ClaimedAgent, nodeId: NodeId, versionHash: bigint): Command {
  const message = create(ContextsCheckpointSchema, { claimId: agent.claimId, nodeId, versionHash })
  return { name: 'ContextsCheckpoint', payload: toBinary(ContextsCheckpointSchema, message) }
}

/**
 * One message that every generation reads its own fields of (aclk §6.7): A the batch and where to go on, B the reset, C the
 * version that, when equal, keeps the agent silent.
 */
export function startAlarmStreaming(nodeId: NodeId, from: { sequenceId: bigint; version: bigint; resets: boolean }): Command {
  const message = create(StartAlarmStreamingSchema, {
    nodeId,
    batchId: 1n,
    startSequnceId: from.sequenceId,
    resets: from.resets,
    version: versionToCompare(from.version),
  })
  return { name: 'StartAlarmStreaming', payload: toBinary(StartAlarmStreamingSchema, message) }
}

/** Asks B for its checksum, C for a snapshot unless its version is this one (aclk §6.7). */
export function sendAlarmCheckpoint({ claimId }: ClaimedAgent, nodeId: NodeId, version: bigint): Command {
  const message = create(SendAlarmCheckpointSchema, { nodeId, claimId, version: versionToCompare(version) })
  return { name: 'SendAlarmCheckpoint', payload: toBinary(SendAlarmCheckpointSchema, message) }
}

/** 1 would mean to C that it need not compare (aclk §6.7). */
function versionToCompare(version: bigint): bigint {
  return version === 1n ? 0n : version
}

/** Asks A which entries its log has. */
export function sendAlarmLogHealth(nodeId: NodeId): Command {
  return { name: 'SendAlarmLogHealth', payload: toBinary(SendAlarmLogHealthSchema, create(SendAlarmLogHealthSchema, { nodeId })) }
}

/** For generation B alone: one that does not parse kills every agent before 2.11.0 (aclk §6.1), and C needs none. */
export function sendAlarmSnapshot({ claimId }: ClaimedAgent, nodeId: NodeId, snapshotUuid: string): Command {
  const message = create(SendAlarmSnapshotSchema, { nodeId, claimId, snapshotUuid })
  return { name: 'SendAlarmSnapshot', payload: toBinary(SendAlarmSnapshotSchema, message) }
}

/** Pauses a node's contexts until the next checkpoint; the one reason there is, too many (aclk §6.6). */
export function stopStreamingContexts({ claimId }: ClaimedAgent, nodeId: NodeId): Command {
  const message = create(StopStreamingContextsSchema, { claimId, nodeId })
  return { name: 'StopStreamingContexts', payload: toBinary(StopStreamingContextsSchema, message) }
}

export function sendAlarmConfiguration(configHash: AlertConfigHash): Command {
  return {
    name: 'SendAlarmConfiguration',
    payload: toBinary(SendAlarmConfigurationSchema, create(SendAlarmConfigurationSchema, { configHash })),
  }
}

export function cancelPendingRequest(requestId: string): Command {
  return { name: 'CancelPendingRequest', payload: toBinary(CancelPendingRequestSchema, create(CancelPendingRequestSchema, { requestId })) }
}

/** `reconnectAfterS` 0 leaves the agent to its own back-off; a ban is for nodes that were deleted (aclk §4.9). */
export function disconnectReq(order: { reconnectAfterS: number; isBanned: boolean; why: string }): Command {
  const message = create(DisconnectReqSchema, {
    reconnectAfterSeconds: BigInt(order.reconnectAfterS),
    permaban: order.isBanned,
    errorDescription: order.why,
  })
  return { name: 'DisconnectReq', payload: toBinary(DisconnectReqSchema, message) }
}
