import type { NodeId } from '../../../src/domain/ids.ts'
import type { AskAgent, Bus } from '../../bus/port.ts'
import type { ClaimedAgent, ContextEvents } from '../ports.ts'
import type { NodeLink } from './node-link.ts'

export interface NodeRoutesDeps {
  readonly agent: ClaimedAgent
  readonly bus: Bus
  readonly contexts: Pick<ContextEvents, 'historyFromS'>
  readonly connectedAtMs: number
  readonly isDouble: () => boolean
  readonly ask: (nodeId: NodeId, ...rest: Parameters<AskAgent>) => ReturnType<AskAgent>
}

/** The ways to the nodes of one link, as they are offered on the bus. */
export class NodeRoutes {
  readonly #deps: NodeRoutesDeps
  #isDouble: boolean

  constructor(deps: NodeRoutesDeps) {
    this.#deps = deps
    this.#isDouble = deps.isDouble()
  }

  /** Offers the way to the node as it is known now, in place of an earlier offer. */
  serve(nodeId: NodeId, node: NodeLink): void {
    const { agent, bus, connectedAtMs, ask } = this.#deps
    const { claimId, spaceId } = agent
    const { hops, isLive, capabilities, historyFromS } = node
    const isDouble = this.#isDouble && nodeId === agent.nodeId
    node.withdraw = bus.serve(
      { spaceId, nodeId, claimId, hops, connectedAtMs, capabilities, isLive, historyFromS, isDouble },
      (question, signal) => ask(nodeId, question, signal),
    )
  }

  withdraw(node: NodeLink): void {
    node.withdraw?.()
    node.withdraw = undefined
  }

  /** How far back this agent's data goes decides which of several parents is asked for it. */
  async learnHistory(nodeId: NodeId, node: NodeLink): Promise<void> {
    const historyFromS = await this.#deps.contexts.historyFromS(this.#deps.agent, nodeId)
    if (historyFromS === node.historyFromS) return
    node.historyFromS = historyFromS
    if (node.withdraw !== undefined) this.serve(nodeId, node)
  }

  /** Another machine with our guid may have come or gone. */
  noticeDouble(own: NodeLink | undefined): void {
    const isDouble = this.#deps.isDouble()
    if (isDouble === this.#isDouble) return
    this.#isDouble = isDouble
    if (own?.withdraw !== undefined) this.serve(this.#deps.agent.nodeId, own)
  }
}
