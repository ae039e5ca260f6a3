import type { NodeId } from '../../../src/domain/ids.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { AskAgent, Bus, NodeRoute } from '../port.ts'

interface Offer {
  readonly route: NodeRoute
  readonly ask: AskAgent
}

/** The bus of one process: a table of the routes that are served now, and function calls. */
export function createLocalBus(): Bus {
  const offersByNode = new Map<NodeId, Offer[]>()

  function withdraw(offer: Offer): void {
    const { nodeId } = offer.route
    const left = (offersByNode.get(nodeId) ?? []).filter((other) => other !== offer)
    if (left.length === 0) offersByNode.delete(nodeId)
    else offersByNode.set(nodeId, left)
  }

  return {
    serve(route, ask) {
      const offer: Offer = { route, ask }
      const others = (offersByNode.get(route.nodeId) ?? []).filter((other) => other.route.claimId !== route.claimId)
      offersByNode.set(route.nodeId, [...others, offer].sort(nearestThenNewest))
      return () => withdraw(offer)
    },

    async ask(nodeId, question, signal) {
      if (signal.aborted) throw new ThroughlineError('CANCELLED', 'Nobody waits for this answer any more.')
      const best = offersByNode.get(nodeId)?.[0]
      if (!best) throw new ThroughlineError('AGENT_UNREACHABLE', 'No agent that can answer for this node is connected.')
      return best.ask(question, signal)
    },

    route: (nodeId) => offersByNode.get(nodeId)?.[0]?.route,
  }
}

function nearestThenNewest(a: Offer, b: Offer): number {
  return a.route.hops - b.route.hops || b.route.connectedAtMs - a.route.connectedAtMs
}
