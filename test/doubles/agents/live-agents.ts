import { whenOver } from '../when-over.ts'
import { claimSimulated } from './agent-simulator.ts'
import { runThroughline, type Installation } from '../installation.ts'
import { connectLive, type LiveAgent, type LiveWishes } from './simulated/crowd.ts'

/** A fresh claim token, as the operator prints it. */
export async function claimTokenOf(cloud: Installation): Promise<string> {
  const { out } = await runThroughline(['claim-token', '--json'], cloud.env)
  return (JSON.parse(out) as { token: string }).token
}

/** Claims and connects simulated agents of these names; resolves when the cloud has taken up all their hosts. They leave with the test. */
export async function connectAgents(
  cloud: Installation,
  wishes: Readonly<Record<string, LiveWishes>>,
  token?: string,
): Promise<readonly LiveAgent[]> {
  const valid = token ?? (await claimTokenOf(cloud))
  const agents: LiveAgent[] = []
  for (const [hostname, wish] of Object.entries(wishes)) {
    const live = await connectLive(cloud, await claimSimulated(cloud, valid, hostname), wish)
    whenOver(() => live.agent.close())
    await live.agent.settled()
    agents.push(live)
  }
  return agents
}
