import {
  CreateNodeInstanceSchema,
  UpdateAgentConnectionSchema,
  UpdateNodeInstanceConnectionSchema,
} from '../../../src/aclk/messages/index.ts'
import { linkLimits } from '../../../src/aclk/limits.ts'
import type { MachineGuid, NodeId } from '../../../src/domain/ids.ts'
import { canonicalUuid } from '../../../src/domain/ids.ts'
import type { Capability } from '../../../src/domain/model.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { decodeMessage } from './decode-message.ts'
import { cut, decodeCapabilities } from './texts.ts'

/** `UpdateAgentConnection` (aclk §6.2), from the wire and from the will. */
export interface AgentConnection {
  readonly claimId: string
  readonly isReachable: boolean
  readonly sessionId: bigint
  readonly capabilities: readonly Capability[]
}

export function decodeAgentConnection(payload: Uint8Array): AgentConnection {
  const wire = decodeMessage(UpdateAgentConnectionSchema, payload)
  if (wire.sessionId <= 0n) throw new ThroughlineError('AGENT_PROTOCOL', 'A session id is not positive.')
  return {
    claimId: wire.claimId,
    isReachable: wire.reachable,
    sessionId: wire.sessionId,
    capabilities: decodeCapabilities(wire.capabilities),
  }
}

/** `CreateNodeInstance` (aclk §6.3). */
export interface NodeAnnouncement {
  readonly claimId: string
  readonly machineGuid: MachineGuid
  readonly hostname: string
  readonly hops: number
}

export function decodeCreateNodeInstance(payload: Uint8Array): NodeAnnouncement {
  const wire = decodeMessage(CreateNodeInstanceSchema, payload)
  return {
    claimId: wire.claimId,
    machineGuid: uuidOf(wire.machineGuid, 'A machine guid') as MachineGuid,
    hostname: cut(wire.hostname, linkLimits.hostnameBytes),
    hops: hopsOf(wire.hops),
  }
}

/** `UpdateNodeInstanceConnection` (aclk §6.4). */
export interface NodeConnection {
  readonly claimId: string
  readonly nodeId: NodeId
  readonly isLive: boolean
  readonly isQueryable: boolean
  readonly sessionId: bigint
  readonly hops: number
  readonly capabilities: readonly Capability[]
}

export function decodeNodeConnection(payload: Uint8Array): NodeConnection {
  const wire = decodeMessage(UpdateNodeInstanceConnectionSchema, payload)
  return {
    claimId: wire.claimId,
    nodeId: uuidOf(wire.nodeId, 'A node id') as NodeId,
    isLive: wire.liveness,
    isQueryable: wire.queryable,
    sessionId: wire.sessionId,
    hops: hopsOf(wire.hops),
    capabilities: decodeCapabilities(wire.capabilities),
  }
}

/** A UUID of an agent in its canonical form; throws AGENT_PROTOCOL. */
export function uuidOf(text: string, what: string): string {
  const uuid = canonicalUuid(text)
  if (uuid === undefined) throw new ThroughlineError('AGENT_PROTOCOL', `${what} is not a UUID.`)
  return uuid
}

function hopsOf(hops: number): number {
  if (hops < 0 || hops > 64) throw new ThroughlineError('AGENT_PROTOCOL', 'A number of hops is out of range.')
  return hops
}
