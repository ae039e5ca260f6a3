import type { Capability } from '../../src/domain/model.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'

/** From this `dyncfg` on, `/api/v1/config` exists, and with it methods beside GET, bodies and headers (agent-api §1). */
const configFrom = 2

/** Throws AGENT_TOO_OLD when the agent has no dynamic configuration, AGENT_UNREACHABLE when only the node is away from it now. */
export function requireConfig(capabilities: readonly Capability[]): void {
  const config = capabilities.find(({ name }) => name === 'dyncfg')
  if (config === undefined || config.version < configFrom) {
    throw new ThroughlineError('AGENT_TOO_OLD', 'The agent of this node cannot be configured from afar; agents from 1.45 on can.')
  }
  if (!config.enabled) throw new ThroughlineError('AGENT_UNREACHABLE', 'The node has to be connected to be configured.')
}
