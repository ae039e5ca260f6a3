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
    if (!(await agent.isClaimed())) await agent.claim({ url: config.publicUrl, token: (await issueToken()).token, roomIds: [], caPem })
    await agent.start()
  } catch (thrown) {
    tell(`This host could not be connected: ${asThroughlineError(thrown).message}`)
  }
  return () => agent.stop()
}
