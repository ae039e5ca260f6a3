import type { AlertConfigHash, ClaimId, MachineGuid, MemberId, NodeId, PersonId, RoomId, RuleId, SpaceId } from './ids.ts'

/** The roles of a space; what each may do is one table in cloud/identity. */
export const roles = ['admin', 'manager', 'troubleshooter', 'observer', 'billing', 'member'] as const
export type Role = (typeof roles)[number]

export interface Space {
  readonly spaceId: SpaceId
  readonly name: string
  readonly description: string
  readonly createdAtMs: number
}

/** A person in a space. Somebody who was invited and has not said yes is listed, and may do nothing. */
export interface Member {
  readonly memberId: MemberId
  readonly personId: PersonId
  readonly role: Role
  readonly sinceMs: number
  /** Undefined: a member. Otherwise what was sent to the person's address, and until when it can be accepted. */
  readonly invitation: Invitation | undefined
  /** Which letters of the address were written as capitals by whoever invited; places joined by dots. */
  readonly capitals?: string | undefined
}

export interface Invitation {
  /** A UUID. */
  readonly invitationId: string
  readonly byPersonId: PersonId
  readonly expiresAtMs: number
}

/** A named group of nodes in a space. `isAllNodes` marks the one that holds every node and cannot be deleted. */
export interface Room {
  readonly roomId: RoomId
  readonly spaceId: SpaceId
  readonly name: string
  readonly description: string
  readonly isAllNodes: boolean
  readonly createdAtMs: number
  /** Who may look at its nodes besides those who may look at every node. */
  readonly memberIds: readonly MemberId[]
  /** Which nodes belong to it by what they say of themselves, besides those that were put there by hand. */
  readonly rules: readonly RoomRule[]
}

export const ruleOperators = ['equals', 'starts_with', 'ends_with', 'contains'] as const

/** One test of one label. A label that a node does not have counts as a text without a letter. */
export interface RoomRuleClause {
  readonly label: string
  readonly operator: (typeof ruleOperators)[number]
  readonly value: string
  readonly negate: boolean
}

/** All clauses must hold (cloud-api §7.3). */
export interface RoomRule {
  readonly ruleId: RuleId
  readonly action: 'INCLUDE' | 'EXCLUDE'
  readonly description: string
  readonly clauses: readonly RoomRuleClause[]
}

/** live: data flows now; stale: someone can answer for its past; offline: nobody can; unseen: claimed, never linked. */
export type NodeState = 'live' | 'stale' | 'offline' | 'unseen'

/** A named, versioned ability of an agent or of a node instance (aclk §6.2). */
export interface Capability {
  readonly name: string
  readonly version: number
  readonly enabled: boolean
}

/** What an agent tells about a host (aclk §6.5): facts only, no values. Hardware numbers stay the strings agents send. */
export interface NodeInfo {
  readonly hostname: string
  readonly os: string
  readonly osName: string
  readonly osVersion: string
  readonly kernelName: string
  readonly kernelVersion: string
  readonly architecture: string
  readonly cpus: number
  readonly cpuFrequencyHz: string
  readonly memoryBytes: string
  readonly diskSpaceBytes: string
  readonly agentVersion: string
  readonly releaseChannel: string
  readonly timezone: string
  readonly virtualization: string
  readonly container: string
  readonly isChild: boolean
  readonly labels: Readonly<Record<string, string>>
  readonly capabilities: readonly Capability[]
}

export interface Node {
  readonly nodeId: NodeId
  readonly spaceId: SpaceId
  readonly machineGuid: MachineGuid
  readonly hostname: string
  readonly info: NodeInfo | undefined
  readonly collectors: readonly { readonly plugin: string; readonly module: string }[]
  /** The claims through which this node has been reported, newest state of each. */
  readonly instances: Readonly<Record<ClaimId, { readonly hops: number; readonly capabilities: readonly Capability[] }>>
  readonly roomIds: readonly RoomId[]
  readonly createdAtMs: number
  /** When the node was last known reachable; written when it goes offline, so a reconnect writes nothing. */
  readonly lastSeenAtMs: number | undefined
}

/** The act that ties an agent to a space. The key is the agent's public RSA key, SubjectPublicKeyInfo PEM. */
export interface Claim {
  readonly claimId: ClaimId
  readonly spaceId: SpaceId
  readonly machineGuid: MachineGuid
  readonly nodeId: NodeId
  readonly hostname: string
  readonly publicKeyPem: string
  readonly roomIds: readonly RoomId[]
  readonly claimedAtMs: number
  /** superseded: the same machine claimed again under another claim id. removed: its node was deleted. */
  readonly state: 'active' | 'superseded' | 'removed'
}

/** One context of a node, as its agent describes it (aclk §6.6). Times are epoch seconds; lastEntryS 0 means still collected. */
export interface Context {
  readonly id: string
  readonly version: bigint
  readonly firstEntryS: bigint
  readonly lastEntryS: bigint
  readonly title: string
  readonly priority: number
  readonly chartType: string
  readonly units: string
  readonly family: string
}

/** A context that changed; `deleted` ones leave the stored set. */
export interface ContextChange extends Context {
  readonly deleted: boolean
}

export type AlertStatus = 'null' | 'unknown' | 'removed' | 'undefined' | 'clear' | 'warning' | 'critical'

/** From which status to which an alert went, and when: what is told of a transition. There is no value in it. */
export interface ToldTransition {
  readonly chart: string
  readonly name: string
  readonly context: string
  readonly status: AlertStatus
  readonly oldStatus: AlertStatus
  /** When the agent saw it; epoch seconds. */
  readonly whenS: number
  readonly configHash: AlertConfigHash | undefined
  readonly transitionId: string | undefined
}

/**
 * One change of an alert's status without its values: the only form in which a transition reaches metadata
 * (architecture decision 11). Identity is (node, chart, name); `version` is generation C's alert version.
 */
export interface AlertTransition extends ToldTransition {
  readonly version: bigint
  readonly sequenceId: bigint
}

/** How an alert is defined, field by field as agents name them (aclk §6.7, `AlarmConfiguration`); values are definition text. */
export interface AlertConfig {
  readonly hash: AlertConfigHash
  readonly name: string
  readonly fields: Readonly<Record<string, string | number>>
}

/** How the page may look; `system` follows the machine. */
export const themes = ['dark', 'light', 'system'] as const

/** Somebody this installation knows by an address. */
export interface Person {
  readonly personId: PersonId
  readonly email: string
  readonly createdAtMs: number
  readonly name: string | undefined
  /** An IANA name. */
  readonly timeZone: string | undefined
  readonly theme: (typeof themes)[number] | undefined
  /** Nobody has signed in as this person yet: they were only invited. */
  readonly isUnused: boolean
  /** Asks for a passkey on top of a mail link or an account elsewhere. */
  readonly hasSecondFactor: boolean
}
