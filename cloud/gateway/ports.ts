import type { AlertConfigHash, ClaimId, MachineGuid, NodeId, SpaceId } from '../../src/domain/ids.ts'
import type { ManifestFields } from '../../src/aclk/egress/manifest-form.ts'
import type { EgressStatement } from './egress/read-statement.ts'
import type { AlertConfig, AlertTransition, Capability, Context, ContextChange, NodeInfo } from '../../src/domain/model.ts'

/** A checked claim request (aclk §1.1). */
export interface ClaimRequest {
  readonly claimId: ClaimId
  readonly machineGuid: MachineGuid
  readonly hostname: string
  readonly token: string
  readonly roomIds: readonly string[]
  readonly publicKeyPem: string
  /** What its owner allowed to leave; stock agents say nothing of it. */
  readonly egress?: EgressStatement | undefined
}

/** What the gateway needs to know of a claimed agent. */
export interface ClaimedAgent {
  readonly claimId: ClaimId
  readonly spaceId: SpaceId
  readonly machineGuid: MachineGuid
  readonly nodeId: NodeId
  readonly publicKeyPem: string
  /** Which of several claims of one machine is the newer. */
  readonly claimedAtMs?: number
}

/**
 * Where claims are made and found. `claim` is complete or has no effect; it throws CLAIM_TOKEN_REFUSED, CLAIM_ROOM_INVALID or
 * CLAIM_CONFLICT. `find` answers undefined alike for unknown, superseded and removed claims.
 */
export interface ClaimDirectory {
  claim(request: ClaimRequest): Promise<void>
  find(claimId: ClaimId): Promise<ClaimedAgent | undefined>
  /** The agent of a claim that a newer one of the same machine superseded. */
  findSuperseded(claimId: ClaimId): Promise<ClaimedAgent | undefined>
  /** A superseded claim is active again beside the newer one: its agent proved to be another machine with the same guid. */
  revive(claimId: ClaimId): Promise<void>
  /** What became of a claim that is not found, for the journal its owner sees; the agent is told the same for all. */
  fate?(claimId: ClaimId): Promise<{ readonly spaceId: SpaceId; readonly state: 'removed' | 'superseded' } | undefined>
}

/**
 * What agents tell, as metadata. Every promise resolves when the event is durable (only then is it acknowledged), repeats are
 * harmless, and what changes nothing writes nothing. Node ids that do not belong to the agent's space throw NOT_FOUND.
 */
export interface NodeEvents {
  /** The node of this machine in the agent's space, made at the first call; its id stays for life. */
  nodeOf(agent: ClaimedAgent, host: { machineGuid: MachineGuid; hostname: string; hops: number }): Promise<NodeId>
  /** A node instance was reported. Answers undefined when the node is not known in this space (the gateway then re-assigns). */
  instance(agent: ClaimedAgent, report: { nodeId: NodeId; hops: number; capabilities: readonly Capability[] }): Promise<'known' | undefined>
  info(agent: ClaimedAgent, machineGuid: MachineGuid, info: NodeInfo): Promise<void>
  collectors(agent: ClaimedAgent, nodeId: NodeId, collectors: readonly { plugin: string; module: string }[]): Promise<void>
  /** The node is out of reach since then; what the nodes list shows as last seen. */
  lastSeen(nodeId: NodeId, spaceId: SpaceId, atMs: number): Promise<void>
}

/** The contexts of a node as seen through one claim. Each call answers the version hash of what is now stored. */
export interface ContextEvents {
  /** Undefined when nothing is stored. */
  versionHash(agent: ClaimedAgent, nodeId: NodeId): Promise<bigint | undefined>
  /** Since when the agent has data of the node, as its stored contexts tell; epoch seconds. Undefined when they do not. */
  historyFromS(agent: ClaimedAgent, nodeId: NodeId): Promise<number | undefined>
  /** Replaces the stored set. */
  snapshot(agent: ClaimedAgent, nodeId: NodeId, contexts: readonly Context[]): Promise<bigint>
  /** Applies changes and deletions. */
  updated(agent: ClaimedAgent, nodeId: NodeId, changes: readonly ContextChange[]): Promise<bigint>
}

/** Alerts of a node without their values. */
export interface AlertEvents {
  /** What the stored alerts add up to: generation C's version and generation A's last sequence id. Undefined: nothing stored. */
  position(agent: ClaimedAgent, nodeId: NodeId): Promise<{ version: bigint; sequenceId: bigint } | undefined>
  /** What generation B's checksum would be of the stored alerts: SHA-256 over those that are raised (aclk §6.7). */
  raisedChecksum(agent: ClaimedAgent, nodeId: NodeId): Promise<Uint8Array>
  transition(agent: ClaimedAgent, nodeId: NodeId, transition: AlertTransition): Promise<void>
  /** All alerts of the node, again (all chunks together). */
  snapshot(agent: ClaimedAgent, nodeId: NodeId, transitions: readonly AlertTransition[]): Promise<void>
  /** Which of these configurations are not stored yet. */
  missingConfigs(agent: ClaimedAgent, hashes: readonly AlertConfigHash[]): Promise<AlertConfigHash[]>
  config(agent: ClaimedAgent, config: AlertConfig): Promise<void>
}

/** What owners allowed to leave their hosts (security D8). */
export interface EgressEvents {
  /** Keeps what a claim said; the same again changes nothing. */
  told(agent: ClaimedAgent, statement: EgressStatement): Promise<void>
  /** Undefined for a claim that never said anything. */
  manifestOf(agent: ClaimedAgent): Promise<ManifestFields | undefined>
  /** A field came that is not allowed and was dropped; told once a field and hour, without its content. */
  refused(agent: ClaimedAgent, field: string): void
}

/** Whom the operator keeps out now. */
export interface GatewayBans {
  hasClaim(claimId: string): boolean
  hasAddress(address: string): boolean
}

/** Everything the gateway tells and asks the metadata side. */
export interface GatewayPorts {
  readonly claims: ClaimDirectory
  readonly nodes: NodeEvents
  readonly contexts: ContextEvents
  readonly alerts: AlertEvents
  /** Without it, what agents say of manifests is checked and let be. */
  readonly egress?: EgressEvents | undefined
}
