import { randomUUID } from 'node:crypto'
import { raisedChecksum } from '../../../cloud/metadata/alerts/alert-set.ts'
import type { ClaimedAgent, ClaimRequest, GatewayPorts } from '../../../cloud/gateway/ports.ts'
import type { AlertConfigHash, ClaimId, MachineGuid, NodeId, SpaceId } from '../../../src/domain/ids.ts'
import type { AlertConfig, AlertTransition, Capability, Context, NodeInfo } from '../../../src/domain/model.ts'
import { contextsVersionHash } from '../../../src/domain/version-hash.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'

/** What the double keeps of one node. */
export interface MemoryNode {
  readonly machineGuid: MachineGuid
  hostname: string
  info: NodeInfo | undefined
  collectors: readonly { plugin: string; module: string }[]
  readonly instances: Map<ClaimId, { hops: number; capabilities: readonly Capability[] }>
  readonly contexts: Map<string, Context>
  hasContexts: boolean
  readonly alerts: Map<string, AlertTransition>
  readonly transitions: AlertTransition[]
  lastSeenAtMs: number | undefined
}

/** Metadata in memory that behaves like the real one as far as the gateway can see, and can be told to fail. */
export interface MemoryMetadata {
  readonly ports: GatewayPorts
  readonly spaceId: SpaceId
  readonly token: string
  readonly claims: Map<ClaimId, ClaimedAgent>
  readonly nodes: Map<NodeId, MemoryNode>
  readonly configs: Map<AlertConfigHash, AlertConfig>
  readonly configWrites: AlertConfigHash[]
  /** Every write, in order, by name. */
  readonly writes: string[]
  /** Set to make every metadata event fail with this until it is undefined again. */
  trouble: ThroughlineError | undefined
  /** Set to make metadata events wait for this before they are durable. */
  gate: Promise<void> | undefined
  nodeByGuid(machineGuid: string): [NodeId, MemoryNode] | undefined
}

/** `nodeIds` fixes the node id of a machine guid, as recordings have them. */
export function createMemoryMetadata({
  nodeIds = new Map<string, string>(),
  token = 'a-claim-token',
}: { nodeIds?: ReadonlyMap<string, string>; token?: string } = {}): MemoryMetadata {
  const spaceId = randomUUID() as string as SpaceId
  const claims = new Map<ClaimId, ClaimedAgent>()
  const superseded = new Map<ClaimId, ClaimedAgent>()
  const nodes = new Map<NodeId, MemoryNode>()
  const configs = new Map<AlertConfigHash, AlertConfig>()
  const writes: string[] = []
  const configWrites: AlertConfigHash[] = []

  const ensureNode = (machineGuid: MachineGuid, hostname: string): NodeId => {
    const known = [...nodes].find(([, node]) => node.machineGuid === machineGuid)
    if (known !== undefined) return known[0]
    const nodeId = (nodeIds.get(machineGuid) ?? randomUUID()) as NodeId
    nodes.set(nodeId, {
      machineGuid,
      hostname,
      info: undefined,
      collectors: [],
      instances: new Map(),
      contexts: new Map(),
      hasContexts: false,
      alerts: new Map(),
      transitions: [],
      lastSeenAtMs: undefined,
    })
    return nodeId
  }
  const event = async (name: string): Promise<void> => {
    await metadata.gate
    if (metadata.trouble !== undefined) throw metadata.trouble
    writes.push(name)
  }
  const nodeOf = (nodeId: NodeId): MemoryNode => {
    const node = nodes.get(nodeId)
    if (node === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such node.')
    return node
  }
  const applyAlert = (node: MemoryNode, transition: AlertTransition) => {
    const key = `${transition.chart} ${transition.name}`
    // Agents can tell the end of an alert's former life after the beginning of the next.
    if ((node.alerts.get(key)?.whenS ?? 0) > transition.whenS) return
    if (transition.status === 'removed') node.alerts.delete(key)
    else node.alerts.set(key, transition)
  }

  const metadata: MemoryMetadata = {
    spaceId,
    token,
    claims,
    nodes,
    configs,
    configWrites,
    writes,
    trouble: undefined,
    gate: undefined,
    nodeByGuid: (machineGuid) => [...nodes].find(([, node]) => node.machineGuid === machineGuid),
    ports: {
      claims: {
        async claim(request: ClaimRequest) {
          if (metadata.trouble !== undefined) throw metadata.trouble
          if (request.token !== metadata.token) throw new ThroughlineError('CLAIM_TOKEN_REFUSED', 'The token is not good.')
          if (request.roomIds.includes('absent')) throw new ThroughlineError('CLAIM_ROOM_INVALID', 'One or more room ids are invalid.')
          const known = claims.get(request.claimId)
          if (known !== undefined && (known.publicKeyPem !== request.publicKeyPem || known.machineGuid !== request.machineGuid)) {
            throw new ThroughlineError('CLAIM_CONFLICT', 'This claim id has another key.')
          }
          const nodeId = ensureNode(request.machineGuid, request.hostname)
          const { claimId, machineGuid, publicKeyPem } = request
          for (const older of claims.values()) {
            if (older.machineGuid !== machineGuid || older.claimId === claimId) continue
            claims.delete(older.claimId)
            superseded.set(older.claimId, older)
          }
          superseded.delete(claimId)
          const claimedAtMs = (claims.get(claimId)?.claimedAtMs ?? claims.size + superseded.size) + 1
          claims.set(claimId, { claimId, spaceId, machineGuid, nodeId, publicKeyPem, claimedAtMs })
        },
        async find(claimId) {
          if (metadata.trouble !== undefined) throw metadata.trouble
          return claims.get(claimId)
        },
        async findSuperseded(claimId) {
          return superseded.get(claimId)
        },
        async revive(claimId) {
          const claim = superseded.get(claimId)
          if (claim === undefined) return
          superseded.delete(claimId)
          claims.set(claimId, claim)
        },
      },
      nodes: {
        async nodeOf(agent, { machineGuid, hostname, hops }) {
          await event('nodeOf')
          const nodeId = ensureNode(machineGuid, hostname)
          const { instances } = nodeOf(nodeId)
          if (!instances.has(agent.claimId)) instances.set(agent.claimId, { hops, capabilities: [] })
          return nodeId
        },
        async instance(agent, { nodeId, hops, capabilities }) {
          await event('instance')
          const node = nodes.get(nodeId)
          if (node === undefined || (nodeId !== agent.nodeId && !node.instances.has(agent.claimId))) return undefined
          node.instances.set(agent.claimId, { hops, capabilities })
          return 'known'
        },
        async info(agent, machineGuid, info) {
          await event('info')
          const node = nodeOf(machineGuid === agent.machineGuid ? agent.nodeId : ensureNode(machineGuid, info.hostname))
          node.info = info
          node.hostname = info.hostname
        },
        async collectors(_agent, nodeId, collectors) {
          await event('collectors')
          nodeOf(nodeId).collectors = collectors
        },
        async lastSeen(nodeId, _spaceId, atMs) {
          nodeOf(nodeId).lastSeenAtMs = atMs
        },
      },
      contexts: {
        async versionHash(_agent, nodeId) {
          const node = nodeOf(nodeId)
          return node.hasContexts ? contextsVersionHash(node.contexts.values()) : undefined
        },
        async historyFromS(_agent, nodeId) {
          const starts = [...nodeOf(nodeId).contexts.values()].map(({ firstEntryS }) => Number(firstEntryS)).filter((atS) => atS > 0)
          return starts.length > 0 ? Math.min(...starts) : undefined
        },
        async snapshot(_agent, nodeId, contexts) {
          await event('contexts-snapshot')
          const node = nodeOf(nodeId)
          node.hasContexts = true
          node.contexts.clear()
          for (const context of contexts) node.contexts.set(context.id, context)
          return contextsVersionHash(node.contexts.values())
        },
        async updated(_agent, nodeId, changes) {
          await event('contexts-updated')
          const node = nodeOf(nodeId)
          node.hasContexts = true
          for (const { deleted, ...context } of changes) {
            if (deleted) node.contexts.delete(context.id)
            else node.contexts.set(context.id, context)
          }
          return contextsVersionHash(node.contexts.values())
        },
      },
      alerts: {
        async position(_agent, nodeId) {
          const node = nodeOf(nodeId)
          if (node.transitions.length === 0) return undefined
          let version = 0n
          let sequenceId = 0n
          for (const alert of node.alerts.values()) version += alert.version
          for (const transition of node.transitions) if (transition.sequenceId > sequenceId) ({ sequenceId } = transition)
          return { version, sequenceId }
        },
        async raisedChecksum(_agent, nodeId) {
          return raisedChecksum(nodeOf(nodeId).alerts)
        },
        async transition(_agent, nodeId, transition) {
          await event('transition')
          const node = nodeOf(nodeId)
          node.transitions.push(transition)
          applyAlert(node, transition)
        },
        async snapshot(_agent, nodeId, transitions) {
          await event('alerts-snapshot')
          const node = nodeOf(nodeId)
          node.alerts.clear()
          for (const transition of transitions) {
            node.transitions.push(transition)
            applyAlert(node, transition)
          }
        },
        async missingConfigs(_agent, hashes) {
          return hashes.filter((hash) => !configs.has(hash))
        },
        async config(_agent, config) {
          await event('config')
          configWrites.push(config.hash)
          configs.set(config.hash, config)
        },
      },
    },
  }
  return metadata
}
