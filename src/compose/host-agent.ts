import { join } from 'node:path'
import { createAgent } from '../../agent-link/agent.ts'
import type { Config } from '../config/read-config.ts'
import { asThroughlineError } from '../errors/throughline-error.ts'
import type { Clock } from '../support/clock.ts'
import type { Log } from '../support/log.ts'

/** The built-in agent of this host. A cloud without it is still a cloud, so trouble here is told, not thrown. */
export async function startHostAgent(
  config: Config,
  caPem: string | undefined,
  issueToken: () => Promise<{ token: string }>,
  { clock, log, tell }: { clock: Clock; log: Log; tell: (line: string) => void },
): Promise<() => Promise<void>> {
  const agent = createAgent({
    folder: join(config.dataFolder, 'host-agent'),
    sourceKind: 'host',
    offersFunctions: config.hostFunctions === 'on',
    clock,
    log,
  })
  try {
    if (!(await agent.isClaimed())) {
      // Whoever starts the cloud on this host is its owner; where this may be seen is said once.
      tell('This host is connected too, with what throughline manifest lists; THROUGHLINE_HOST_AGENT=off leaves it out.')
      const { token } = await issueToken()
      await agent.claim({ url: config.publicUrl, token, roomIds: [], caPem, confirmedBy: 'this-host' })
    }
    await agent.start()
  } catch (thrown) {
    tell(`This host could not be connected: ${asThroughlineError(thrown).message}`)
  }
  return () => agent.stop()
}
