import { UpdateNodeCollectorsSchema, UpdateNodeInfoSchema } from '../../../src/aclk/messages/index.ts'
import { linkLimits } from '../../../src/aclk/limits.ts'
import type { MachineGuid, NodeId } from '../../../src/domain/ids.ts'
import { canonicalUuid } from '../../../src/domain/ids.ts'
import type { NodeInfo } from '../../../src/domain/model.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { decodeMessage } from './decode-message.ts'
import { uuidOf } from './presence.ts'
import { cut, decodeCapabilities } from './texts.ts'

/** `UpdateNodeInfo` (aclk §6.5). The machine guid is the key; the node id may be missing or all zero. */
export interface NodeInfoReport {
  readonly claimId: string
  readonly machineGuid: MachineGuid
  readonly nodeId: NodeId | undefined
  readonly info: NodeInfo
}

const noUuid = '00000000-0000-0000-0000-000000000000'

export function decodeNodeInfo(payload: Uint8Array): NodeInfoReport {
  const wire = decodeMessage(UpdateNodeInfoSchema, payload)
  const { data } = wire
  if (data === undefined) throw new ThroughlineError('AGENT_PROTOCOL', 'A node info is empty.')
  const nodeId = canonicalUuid(wire.nodeId)
  const info: NodeInfo = {
    hostname: cut(data.name, linkLimits.hostnameBytes),
    os: cut(data.os, linkLimits.nameChars),
    osName: cut(data.osName, linkLimits.nameChars),
    osVersion: cut(data.osVersion, linkLimits.nameChars),
    kernelName: cut(data.kernelName, linkLimits.nameChars),
    kernelVersion: cut(data.kernelVersion, linkLimits.nameChars),
    architecture: cut(data.architecture, linkLimits.nameChars),
    cpus: data.cpus,
    cpuFrequencyHz: cut(data.cpuFrequency, linkLimits.nameChars),
    memoryBytes: cut(data.memory, linkLimits.nameChars),
    diskSpaceBytes: cut(data.diskSpace, linkLimits.nameChars),
    agentVersion: cut(data.version, linkLimits.nameChars),
    releaseChannel: cut(data.releaseChannel, linkLimits.nameChars),
    timezone: cut(data.timezone, linkLimits.nameChars),
    virtualization: cut(data.virtualizationType, linkLimits.nameChars),
    container: cut(data.containerType, linkLimits.nameChars),
    isChild: wire.child,
    labels: decodeLabels(data.hostLabels),
    capabilities: decodeCapabilities(wire.nodeInfo?.capabilities ?? []),
  }
  return {
    claimId: wire.claimId,
    machineGuid: uuidOf(wire.machineGuid || data.machineGuid, 'A machine guid') as MachineGuid,
    nodeId: nodeId === undefined || nodeId === noUuid ? undefined : (nodeId as NodeId),
    info,
  }
}

/** Labels within the limits, in the order of their keys so that equal sets are equal; the rest is left out. */
function decodeLabels(wire: Record<string, string>): Record<string, string> {
  const kept = Object.entries(wire)
    .filter(([key]) => key !== '' && key !== '__proto__' && Buffer.byteLength(key) <= linkLimits.labelKeyBytes)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, linkLimits.labels)
  return Object.fromEntries(kept.map(([key, value]) => [key, cutBytes(value, linkLimits.labelValueBytes)]))
}

function cutBytes(text: string, maxBytes: number): string {
  let kept = cut(text, maxBytes)
  while (Buffer.byteLength(kept) > maxBytes)
    kept = cut(kept, kept.length - Math.max(1, Math.ceil((Buffer.byteLength(kept) - maxBytes) / 4)))
  return kept
}

/** `UpdateNodeCollectors` (aclk §6.5): the full list each time. */
export interface CollectorsReport {
  readonly claimId: string
  readonly nodeId: NodeId
  readonly collectors: readonly { readonly plugin: string; readonly module: string }[]
}

export function decodeCollectors(payload: Uint8Array): CollectorsReport {
  const wire = decodeMessage(UpdateNodeCollectorsSchema, payload)
  return {
    claimId: wire.claimId,
    nodeId: uuidOf(wire.nodeId, 'A node id') as NodeId,
    collectors: wire.collectors.slice(0, linkLimits.collectors).map(({ plugin, module }) => ({
      plugin: cut(plugin, linkLimits.nameChars),
      module: cut(module, linkLimits.nameChars),
    })),
  }
}
