import { makeMany, median } from '../bench/clients.ts'
import type { SimulatedAgent, SimulatedClaim, SimulatedCloud } from '../doubles/agents/agent-simulator.ts'
import { connectLive } from '../doubles/agents/simulated/crowd.ts'
import { hostContextsOf } from '../doubles/agents/simulated/host.ts'
import type { SimulateOptions } from './options.ts'

/** Where a fleet stands. */
export interface FleetState {
  readonly claimed: number
  /** Agents with a link. */
  readonly linked: number
  /** Agents whose every host the cloud has taken up, everything acknowledged. */
  readonly settled: number
  /** Links that ended before we ended them. */
  readonly lost: number
  readonly failed: number
  readonly published: number
  readonly questions: number
}

export interface Fleet {
  state(): FleetState
  /** The time from the first request of a login until everything of the agent is stored; the middle of all, milliseconds. */
  readonly settledMs: number
  /** The first few failures, in words. */
  readonly failures: readonly string[]
  close(): Promise<void>
}

/** How the fleet gets its identities, and whom it talks to. */
export interface FleetDeps {
  readonly cloud: SimulatedCloud
  readonly claim: (hostname: string) => Promise<SimulatedClaim>
  /** Hears the state every `everyMs`, and a last time when all agents are up or failed. */
  readonly tell: (state: FleetState) => void
  readonly everyMs: number
}

const atOnce = 32
const failuresKept = 5

/** Claims and connects agents, so many at a time; resolves when each is up or has failed. */
export async function startFleet({ agents, children, contexts }: SimulateOptions, deps: FleetDeps): Promise<Fleet> {
  const { cloud, claim, tell, everyMs } = deps
  const connected: SimulatedAgent[] = []
  const failures: string[] = []
  const took: number[] = []
  const askedOf: (() => number)[] = []
  let [claimed, settled, lost, failed, closedPublishes] = [0, 0, 0, 0, 0]
  let isClosing = false
  const state = (): FleetState => ({
    claimed,
    linked: connected.length,
    settled,
    lost,
    failed,
    published: connected.reduce((sum, agent) => sum + agent.published(), closedPublishes),
    questions: askedOf.reduce((sum, asked) => sum + asked(), 0),
  })
  const described = hostContextsOf(contexts)

  const join = async (index: number) => {
    try {
      const identity = await claim(`simulated-${index}`)
      claimed += 1
      const startedMs = performance.now()
      const { agent, questions: asked } = await connectLive(cloud, identity, {
        children,
        contexts: described,
        labels: { fleet: 'simulated', rack: `r${index % 8}`, env: index % 3 === 0 ? 'prod' : 'dev' },
      })
      connected.push(agent)
      askedOf.push(asked)
      const gone = agent.closed.then((code) => {
        connected.splice(connected.indexOf(agent), 1)
        closedPublishes += agent.published()
        if (!isClosing) lost += 1
        throw new Error(`the link closed with ${code}`)
      })
      await Promise.race([agent.settled(), gone])
      gone.catch(() => {})
      settled += 1
      took.push(performance.now() - startedMs)
    } catch (error) {
      failed += 1
      if (failures.length < failuresKept) failures.push(error instanceof Error ? error.message : String(error))
    }
  }

  const telling = setInterval(() => tell(state()), everyMs)
  await makeMany(agents, atOnce, join)
  clearInterval(telling)
  tell(state())
  return {
    state,
    settledMs: median(took),
    failures,
    async close() {
      isClosing = true
      const closing = [...connected]
      for (const agent of closing) agent.close()
      await Promise.all(closing.map(({ closed }) => closed))
    },
  }
}
