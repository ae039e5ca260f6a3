import type { ClaimId, NodeId, PersonId, SpaceId } from '../../src/domain/ids.ts'
import type { Role } from '../../src/domain/model.ts'
import type { AlertDocument } from '../../src/health/alert-document.ts'

/** Who asks an agent: what it lets them do, and the account it writes beside what they changed (agent-api §11.2, aclk §7.3). */
export interface ConfigAsker {
  readonly role: Role
  /** Bits of `agentPermission`. */
  readonly permissions: number
  /** Undefined: the cloud itself, which only looks. */
  readonly personId: PersonId | undefined
}

/** How an agent answered a change of its configuration (agent-api §11.3): a status; nothing it wrote. */
export interface AgentReply {
  /** 200 running, 202 accepted, 298 accepted and switched off, 299 needs a restart, 400, 403, 404, 501. */
  readonly status: number
}

/** One definition in an agent's tree. */
export interface AgentAlert {
  readonly name: string
  readonly status: 'none' | 'accepted' | 'running' | 'failed' | 'disabled' | 'orphan' | 'incomplete'
  readonly sourceType: 'internal' | 'stock' | 'user' | 'discovered' | 'dyncfg'
  /** What may be done with it, as the agent says; nothing else is asked of it. */
  readonly commands: readonly string[]
}

/** What an agent says of the alerts it can be configured with. */
export interface AgentTree {
  readonly mayAdd: boolean
  readonly alerts: ReadonlyMap<string, AgentAlert>
}

/**
 * The alert configuration of one agent, over its link (agent-api §11); `nodeId` is the agent's own node. Rejects with codes of the error
 * table: AGENT_TOO_OLD, AGENT_UNREACHABLE, AGENT_TIMEOUT, AGENT_PROTOCOL, FORBIDDEN, CANCELLED.
 */
export interface AgentConfiguration {
  list(nodeId: NodeId, asker: ConfigAsker, signal: AbortSignal): Promise<AgentTree>
  /** The document as it runs; undefined: no alert of that name. AGENT_PROTOCOL for one that cannot be said here. */
  get(nodeId: NodeId, name: string, asker: ConfigAsker, signal: AbortSignal): Promise<AlertDocument | undefined>
  /** Adds or replaces, whichever fits what the agent says; 501 when it offers neither. `tree` spares asking for it again. */
  put(nodeId: NodeId, document: AlertDocument, asker: ConfigAsker, signal: AbortSignal, tree?: AgentTree): Promise<AgentReply>
  remove(nodeId: NodeId, name: string, asker: ConfigAsker, signal: AbortSignal, tree?: AgentTree): Promise<AgentReply>
}

/** Why the alerts of a node cannot be configured now. */
export type CannotConfigure = 'too-old' | 'not-live' | 'no-capability' | 'no-health'

/** Where the alerts of a node are configured: at the agent that evaluates them, under that agent's own node. */
export type ConfigPlace =
  { readonly ownNodeId: NodeId; readonly why?: undefined } | { readonly ownNodeId?: undefined; readonly why: CannotConfigure }

/** Which node is the own one of the agent behind a claim. */
export interface ConfigPresence {
  ownNodeOf(nodeId: NodeId, claimId: ClaimId): NodeId | undefined
}

/** What somebody may do at agents as of now; undefined for who may not change alerts (any more). */
export interface ConfigRights {
  rightsOf(spaceId: SpaceId, personId: PersonId): Promise<ConfigAsker | undefined>
}
