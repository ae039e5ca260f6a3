import type { AgentQuestion } from '../../src/aclk/query/request.ts'
import type { Ephemeral } from '../../src/domain/ephemeral.ts'
import type { ClaimId, NodeId, SpaceId } from '../../src/domain/ids.ts'
import type { Capability } from '../../src/domain/model.ts'
import type { QuestionKind } from './question-kind.ts'

/** An agent's answer on its way: status and encoding may be read, the body only delivered. */
export interface AgentAnswer {
  readonly httpStatus: number
  readonly isGzip: boolean
  readonly body: Ephemeral
}

/**
 * Asks one agent; rejects with a code of the error table. An aborted signal cancels at the agent and frees the slot.
 * `target` is relative to the node, such as `/api/v1/data?…`; the gateway puts `/node/{nodeId}` before it.
 */
export type AskAgent = (question: AgentQuestion, signal: AbortSignal) => Promise<AgentAnswer>

/** One way to reach a node: through which claim, how far away, since when. */
export interface NodeRoute {
  readonly spaceId: SpaceId
  readonly nodeId: NodeId
  readonly claimId: ClaimId
  readonly hops: number
  readonly connectedAtMs: number
  readonly capabilities: readonly Capability[]
  /** Data flows through it now; false: it answers for the past. Left out means live. */
  readonly isLive?: boolean
  /** Since when it has data of the node, epoch seconds; unknown counts as the shortest history. */
  readonly historyFromS?: number | undefined
  /** Another link with the same machine guid goes before it: one of two machines that were copied. */
  readonly isDouble?: boolean
}

/**
 * How a relay reaches the gateway that holds a node's link. In one process these are function calls; with several machines
 * they are messages. The bus keeps nothing but the routes that are served now.
 */
export interface Bus {
  /** Offers a way to a node; the answer withdraws it. A second offer of the same claim and node replaces the first. */
  serve(route: NodeRoute, ask: AskAgent): () => void
  /**
   * Asks the node through the best route for the question's kind. A route that turns out to be gone (AGENT_UNREACHABLE) hands the
   * same question to the next one at once, except what changes something, which is asked once. Rejects with AGENT_UNREACHABLE when
   * no route is left.
   */
  ask(nodeId: NodeId, question: AgentQuestion, signal: AbortSignal): Promise<AgentAnswer>
  /** The route a question of this kind would take now; without a kind, the nearest. */
  route(nodeId: NodeId, kind?: QuestionKind): NodeRoute | undefined
}
