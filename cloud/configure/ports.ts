import type { NodeId } from '../../src/domain/ids.ts'
import type { AlertDocument } from '../../src/health/alert-document.ts'

/** How an agent answered a change of its configuration (agent-api §11.3): a status and a sentence of ours; nothing it wrote. */
export interface AgentReply {
  /** 200 running, 202 accepted, 298 accepted and switched off, 299 needs a restart, 400, 403, 404, 501. */
  readonly status: number
}

/** One definition in an agent's tree. */
export interface AgentAlert {
  readonly name: string
  readonly status: string
  readonly sourceType: 'internal' | 'stock' | 'user' | 'discovered' | 'dyncfg'
  readonly commands: readonly string[]
}

/** The alert configuration of one agent, over its link (agent-api §11). Rejects with codes of the error table, AGENT_TOO_OLD included. */
export interface AgentConfiguration {
  list(nodeId: NodeId, signal: AbortSignal): Promise<readonly AgentAlert[]>
  /** The document as it runs; undefined: no alert of that name. */
  get(nodeId: NodeId, name: string, signal: AbortSignal): Promise<AlertDocument | undefined>
  /** Adds or replaces, whichever fits. */
  put(nodeId: NodeId, document: AlertDocument, who: string, signal: AbortSignal): Promise<AgentReply>
  remove(nodeId: NodeId, name: string, who: string, signal: AbortSignal): Promise<AgentReply>
}
