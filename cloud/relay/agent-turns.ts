import { ThroughlineError } from '../../src/errors/throughline-error.ts'

/** Gives the turn on. */
export type Release = () => void

/**
 * One turn an agent: of all streams of all nodes that one link answers for, one has a question under way (agent-api §2.7, §15.1
 * rule 12). Whoever waits is served in the order of asking, and a node asks again only after its turn, so nodes take turns.
 */
export interface AgentTurns {
  /** The turn, at once when the agent is free; else a promise of it, rejected with CANCELLED when the signal is aborted first. */
  take(agent: string, signal: AbortSignal): Release | Promise<Release>
  /** Agents that work on a stream's question now. */
  busy(): number
}

/** Turns of all agents; nothing is kept of one that nobody asks. */
export function createAgentTurns(): AgentTurns {
  /** Those who wait for an agent that is busy. */
  const lines = new Map<string, Set<(release: Release) => void>>()

  function releaseOf(agent: string): Release {
    let isReleased = false
    return () => {
      if (isReleased) return
      isReleased = true
      const line = lines.get(agent)
      const [next] = line ?? []
      if (line === undefined || next === undefined) {
        lines.delete(agent)
        return
      }
      line.delete(next)
      next(releaseOf(agent))
    }
  }

  return {
    take(agent, signal) {
      const line = lines.get(agent)
      if (line === undefined) {
        lines.set(agent, new Set())
        return releaseOf(agent)
      }
      return new Promise((resolve, reject) => {
        const onAbort = () => {
          line.delete(comes)
          reject(new ThroughlineError('CANCELLED', 'Nobody waits for this answer any more.'))
        }
        const comes = (release: Release) => {
          signal.removeEventListener('abort', onAbort)
          resolve(release)
        }
        if (signal.aborted) {
          onAbort()
          return
        }
        signal.addEventListener('abort', onAbort, { once: true })
        line.add(comes)
      })
    },
    busy: () => lines.size,
  }
}
