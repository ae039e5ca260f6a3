import type { ClaimId, MachineGuid, NodeId, RoomId, SpaceId } from '../../../src/domain/ids.ts'
import type { Capability, Node, NodeInfo } from '../../../src/domain/model.ts'
import type { StoredItem } from '../../store/port.ts'
import type { ItemContent } from '../change-item.ts'
import { cleanHostname } from '../text-rules.ts'

type CapabilityTuple = [name: string, version: number, enabled: 0 | 1]

/** What a node item holds; lists stand for records so that the item stays small (one write unit for a usual node). */
export type NodeRecord = {
  machineGuid: MachineGuid
  hostname: string
  roomIds: RoomId[]
  createdAtMs: number
  lastSeenAtMs?: number
  instances: [claimId: ClaimId, hops: number, capabilities: CapabilityTuple[]][]
  info?: Omit<NodeInfo, 'capabilities' | 'labels'> & { capabilities: CapabilityTuple[]; labels: { [key: string]: string } }
  collectors?: [plugin: string, module: string][]
}

/** The record in a node's item. */
export function nodeRecordOf(item: StoredItem): NodeRecord {
  return item.data as NodeRecord
}

/** The content of a node's item; fields in one order, so that equal nodes have equal text. */
export function nodeContent(record: NodeRecord): ItemContent {
  const { machineGuid, hostname, roomIds, createdAtMs, lastSeenAtMs, instances, info, collectors } = record
  return { kind: 'node', data: { machineGuid, hostname, roomIds, createdAtMs, lastSeenAtMs, instances, info, collectors } }
}

/** The node an item holds. */
export function nodeOf(spaceId: SpaceId, nodeId: NodeId, item: StoredItem): Node {
  const record = nodeRecordOf(item)
  const { machineGuid, hostname, roomIds, createdAtMs, lastSeenAtMs, instances, info, collectors = [] } = record
  return {
    nodeId,
    spaceId,
    machineGuid,
    hostname,
    info: info === undefined ? undefined : { ...info, capabilities: info.capabilities.map(capabilityOf) },
    collectors: collectors.map(([plugin, module]) => ({ plugin, module })),
    instances: Object.fromEntries(instances.map(([claimId, hops, tuples]) => [claimId, { hops, capabilities: tuples.map(capabilityOf) }])),
    roomIds,
    createdAtMs,
    lastSeenAtMs,
  }
}

/** A node that begins to exist, or rooms added to one that is there; undefined when there is nothing to change. */
export function newNodeContent(
  current: StoredItem | undefined,
  node: {
    readonly machineGuid: MachineGuid
    readonly hostname: string
    readonly roomIds: readonly RoomId[]
    readonly createdAtMs: number
    readonly instance: readonly [claimId: ClaimId, hops: number] | undefined
  },
): ItemContent | undefined {
  const { machineGuid, createdAtMs, instance } = node
  if (current !== undefined) {
    const record = nodeRecordOf(current)
    const added = node.roomIds.filter((roomId) => !record.roomIds.includes(roomId))
    return added.length === 0 ? undefined : nodeContent({ ...record, roomIds: [...record.roomIds, ...added] })
  }
  const instances: NodeRecord['instances'] = instance === undefined ? [] : [[instance[0], instance[1], []]]
  return nodeContent({ machineGuid, hostname: cleanHostname(node.hostname), roomIds: [...node.roomIds], createdAtMs, instances })
}

export function capabilityTuple({ name, version, enabled }: Capability): CapabilityTuple {
  return [name, version, enabled ? 1 : 0]
}

function capabilityOf([name, version, enabled]: CapabilityTuple): Capability {
  return { name, version, enabled: enabled === 1 }
}
