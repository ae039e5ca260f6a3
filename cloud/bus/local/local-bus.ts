import type { ClaimId, NodeId } from '../../../src/domain/ids.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { chooseRoute } from '../choose-route.ts'
import type { AskAgent, Bus, NodeRoute } from '../port.ts'
import { questionKind } from '../question-kind.ts'

interface Offer {
  readonly route: NodeRoute
  readonly ask: AskAgent
}

/** The bus of one process: a table of the routes that are served now, and function calls. */
export function createLocalBus(): Bus {
  const offersByNode = new Map<NodeId, readonly Offer[]>()

  const offersOf = (nodeId: NodeId) => offersByNode.get(nodeId) ?? []

  function withdraw(offer: Offer): void {
    const { nodeId } = offer.route
    const left = offersOf(nodeId).filter((other) => other !== offer)
    if (left.length === 0) offersByNode.delete(nodeId)
    else offersByNode.set(nodeId, left)
  }

  return {
    serve(route, ask) {
      const offer: Offer = { route, ask }
      const others = offersOf(route.nodeId).filter((other) => other.route.claimId !== route.claimId)
      offersByNode.set(route.nodeId, [...others, offer])
      return () => withdraw(offer)
    },

    async ask(nodeId, question, signal) {
      const kind = questionKind(question)
      const isAskedOnce = kind === 'config' || question.method !== 'GET'
      const tried = new Set<ClaimId>()
      let failure: ThroughlineError | undefined
      for (;;) {
        if (signal.aborted) throw new ThroughlineError('CANCELLED', 'Nobody waits for this answer any more.')
        const untried = offersOf(nodeId).filter(({ route }) => !tried.has(route.claimId))
        const best = chooseRoute(untried, kind)
        if (best === undefined)
          throw failure ?? new ThroughlineError('AGENT_UNREACHABLE', 'No agent that can answer for this node is connected.')
        tried.add(best.route.claimId)
        try {
          return await best.ask(question, signal)
        } catch (error) {
          const isGone = error instanceof ThroughlineError && error.code === 'AGENT_UNREACHABLE'
          if (!isGone || isAskedOnce) throw error
          failure = error
        }
      }
    },

    route: (nodeId, kind = 'other') => chooseRoute(offersOf(nodeId), kind)?.route,
  }
}
