import { randomUUID } from 'node:crypto'
import type { ClaimId, MachineGuid, NodeId, RoomId, SpaceId } from '../../../src/domain/ids.ts'
import type { Capability, Node, NodeInfo } from '../../../src/domain/model.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { Log } from '../../../src/support/log.ts'
import type { MetadataStore, StoredItem } from '../../store/port.ts'
import { listAll, type ChangeItem } from '../change-item.ts'
import { claimOf, machineContent, machineOf } from '../claims/claim-record.ts'
import type { ClaimedAgent } from '../claimed-agent.ts'
import { keys, spacePartition } from '../keys.ts'
import { metadataLimits } from '../limits.ts'
import { boundedInteger, cleanHostname } from '../text-rules.ts'
import { keepCapabilities, keepCollectors, keepFacts } from './node-facts.ts'
import { newNodeContent, nodeContent, nodeOf, nodeRecordOf, type NodeRecord } from './node-record.ts'
import type { Ownership } from './ownership.ts'
import { createNodePlacing, type Placed } from './place-nodes.ts'
import { createNodeRemoval, type RemovedNode } from './remove-node.ts'

/** Nodes as agents tell of them, and as people read them. */
export interface Nodes {
  /** The node of this machine in the agent's space, made at the first call; its id stays for life. */
  nodeOf(agent: ClaimedAgent, host: { machineGuid: MachineGuid; hostname: string; hops: number }): Promise<NodeId>
  /** Undefined when the node is not in this space or this agent never announced it. */
  instance(agent: ClaimedAgent, report: { nodeId: NodeId; hops: number; capabilities: readonly Capability[] }): Promise<'known' | undefined>
  /** Facts about a machine; they may come before it was announced. What a node says of itself counts more than what a parent says. */
  info(agent: ClaimedAgent, machineGuid: MachineGuid, info: NodeInfo): Promise<void>
  collectors(agent: ClaimedAgent, nodeId: NodeId, collectors: readonly { plugin: string; module: string }[]): Promise<void>
  /** The node is out of reach since then; an earlier time than the stored one changes nothing. */
  lastSeen(nodeId: NodeId, spaceId: SpaceId, atMs: number): Promise<void>
  list(spaceId: SpaceId): Promise<Node[]>
  get(spaceId: SpaceId, nodeId: NodeId): Promise<Node | undefined>
  /** Takes the node out of the space; undefined alike for absent and foreign ones. What it was is never brought back, only made anew. */
  remove(spaceId: SpaceId, nodeId: NodeId): Promise<RemovedNode | undefined>
  /** Puts nodes into a room by hand and takes them out; whether the room exists is for the caller to know. Throws NOT_FOUND. */
  place(spaceId: SpaceId, roomId: RoomId, wish: { add: readonly NodeId[]; remove: readonly NodeId[] }): Promise<Placed>
  /** Whether the node exists in this space; false alike for absent and foreign ones. */
  isIn(spaceId: SpaceId, nodeId: NodeId): Promise<boolean>
}

export interface NodesDeps {
  readonly store: MetadataStore
  readonly changeItem: ChangeItem
  readonly ownership: Ownership
  readonly clock: Clock
  readonly log: Log
}

export function createNodes({ store, changeItem, ownership, clock, log }: NodesDeps): Nodes {
  /** Changes a node that is there; throws NOT_FOUND alike for absent and foreign ones. */
  const changeNode = (
    spaceId: SpaceId,
    nodeId: NodeId,
    change: (record: NodeRecord) => NodeRecord | undefined | Promise<NodeRecord | undefined>,
  ) =>
    changeItem(keys.node(spaceId, nodeId), async (current) => {
      if (current === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such node.')
      const record = await change(nodeRecordOf(current))
      return record && nodeContent(record)
    })

  const nodeIdOf = async (agent: ClaimedAgent, machineGuid: MachineGuid): Promise<NodeId> => {
    if (machineGuid === agent.machineGuid) return agent.nodeId
    let nodeId = randomUUID() as string as NodeId
    await changeItem(keys.machine(agent.spaceId, machineGuid), (current) => {
      if (current === undefined) return machineContent(nodeId, [])
      const machine = machineOf(current)
      if (machine.isRemoved === true) throw new ThroughlineError('NOT_FOUND', 'This machine was removed by its owner.')
      nodeId = machine.nodeId
      return undefined
    })
    return nodeId
  }

  /** The node with an instance of this agent; it is made where a claim or a forerunner of this call got no further. */
  const announce = async (agent: ClaimedAgent, host: { machineGuid: MachineGuid; hostname: string; hops: number }): Promise<NodeId> => {
    const { spaceId, claimId } = agent
    const nodeId = await nodeIdOf(agent, host.machineGuid)
    const hops = boundedInteger(host.hops, 0, 1000)
    const isOwn = nodeId === agent.nodeId
    await changeItem(keys.node(spaceId, nodeId), async (current) => {
      if (current === undefined) {
        // What a removed agent still tells must not bring its node back.
        if (isOwn && !(await isActive(claimId))) throw new ThroughlineError('NOT_FOUND', 'There is no such node.')
        const { machineGuid, hostname } = host
        const instance = isOwn ? undefined : ([claimId, hops] as const)
        return newNodeContent(undefined, { machineGuid, hostname, roomIds: await roomsOf(claimId), createdAtMs: clock.nowMs(), instance })
      }
      const record = nodeRecordOf(current)
      const hostname = speaksFor(record, agent) ? cleanHostname(host.hostname) : record.hostname
      const isKnown = isOwn || record.instances.some(([id]) => id === claimId)
      return nodeContent({ ...record, hostname, instances: isKnown ? record.instances : withInstance(record, [claimId, hops, []]) })
    })
    ownership.remember(agent, nodeId)
    return nodeId
  }

  const isActive = async (claimId: ClaimId) => {
    const item = await store.read(keys.claim(claimId))
    return item !== undefined && claimOf(claimId, item).state === 'active'
  }

  /** A node that comes through an agent joins the rooms the agent was claimed into. */
  const roomsOf = async (claimId: ClaimId) => {
    const item = await store.read(keys.claim(claimId))
    return item === undefined ? [] : claimOf(claimId, item).roomIds
  }

  /** Instances of claims that were superseded or removed end when a new one comes, and with them what was known through them. */
  const livingInstances = async (spaceId: SpaceId, nodeId: NodeId, record: NodeRecord): Promise<NodeRecord['instances']> => {
    const living: NodeRecord['instances'] = []
    for (const instance of record.instances) {
      const claimId = instance[0]
      if (await isActive(claimId)) living.push(instance)
      else await forget(spaceId, nodeId, claimId)
    }
    return living
  }

  const forget = async (spaceId: SpaceId, nodeId: NodeId, claimId: ClaimId): Promise<void> => {
    for (const key of [keys.contexts(spaceId, nodeId, claimId), keys.alerts(spaceId, nodeId, claimId)]) {
      const item = await store.read(key)
      if (item !== undefined) await store.remove(key, item.revision)
    }
  }

  /** The agent announced the node, or an earlier claim of the same machine did: after a re-claim agents go on with their node ids (aclk §6.3). */
  const mayReport = async (agent: ClaimedAgent, nodeId: NodeId, record: NodeRecord): Promise<boolean> => {
    if (nodeId === agent.nodeId || record.instances.some(([claimId]) => claimId === agent.claimId)) return true
    for (const [claimId] of record.instances) {
      const item = await store.read(keys.claim(claimId))
      if (item !== undefined && claimOf(claimId, item).machineGuid === agent.machineGuid) return true
    }
    return false
  }

  const toNode = (spaceId: SpaceId, item: StoredItem) => nodeOf(spaceId, item.sort.slice('node/'.length) as NodeId, item)

  return {
    nodeOf: announce,

    async instance(agent, { nodeId, hops, capabilities }) {
      const { spaceId, claimId } = agent
      let answer: 'known' | undefined
      await changeItem(keys.node(spaceId, nodeId), async (current) => {
        const record = current && nodeRecordOf(current)
        answer = record !== undefined && (await mayReport(agent, nodeId, record)) ? 'known' : undefined
        if (record === undefined || answer === undefined) return undefined
        const isNew = !record.instances.some(([id]) => id === claimId)
        const instances = isNew ? await livingInstances(spaceId, nodeId, record) : record.instances
        return nodeContent({
          ...record,
          instances: withInstance({ ...record, instances }, [claimId, boundedInteger(hops, 0, 1000), keepCapabilities(capabilities)]),
        })
      })
      if (answer === 'known') ownership.remember(agent, nodeId)
      return answer
    },

    async info(agent, machineGuid, info) {
      const { info: kept, droppedLabels } = keepFacts(info)
      if (droppedLabels > 0) log.warn('node_labels_dropped', { dropped: droppedLabels })
      const nodeId = await announce(agent, { machineGuid, hostname: kept.hostname, hops: machineGuid === agent.machineGuid ? 0 : 1 })
      await changeNode(agent.spaceId, nodeId, (record) =>
        speaksFor(record, agent) ? { ...record, hostname: kept.hostname, info: kept } : undefined,
      )
    },

    async collectors(agent, nodeId, collectors) {
      await ownership.check(agent, nodeId)
      const kept = keepCollectors(collectors)
      await changeNode(agent.spaceId, nodeId, (record) => (speaksFor(record, agent) ? { ...record, collectors: kept } : undefined))
    },

    async lastSeen(nodeId, spaceId, atMs) {
      await changeNode(spaceId, nodeId, (record) =>
        atMs > (record.lastSeenAtMs ?? 0) ? { ...record, lastSeenAtMs: Math.floor(atMs) } : undefined,
      )
    },

    async list(spaceId) {
      return (await listAll(store, spacePartition(spaceId), 'node/')).map((item) => toNode(spaceId, item))
    },

    async get(spaceId, nodeId) {
      const item = await store.read(keys.node(spaceId, nodeId))
      return item && toNode(spaceId, item)
    },

    remove: createNodeRemoval({ store, changeItem, ownership, clock, log }),

    place: createNodePlacing({ store, changeItem }),

    async isIn(spaceId, nodeId) {
      return (await store.read(keys.node(spaceId, nodeId))) !== undefined
    },
  }
}

/** A node that has a link of its own speaks for itself; others only fill in while it has said nothing (security requirement P1). */
function speaksFor(record: NodeRecord, agent: ClaimedAgent): boolean {
  if (record.machineGuid === agent.machineGuid) return true
  const isLinkedItself = record.instances.some(([claimId, hops]) => hops === 0 && claimId !== agent.claimId)
  return !isLinkedItself || record.info === undefined
}

function withInstance(record: NodeRecord, instance: NodeRecord['instances'][number]): NodeRecord['instances'] {
  const at = record.instances.findIndex(([claimId]) => claimId === instance[0])
  return at < 0 ? [...record.instances, instance].slice(-metadataLimits.instances) : record.instances.with(at, instance)
}
