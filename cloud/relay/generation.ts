import type { Capability } from '../../src/domain/model.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'

/**
 * What kind of agent answers (agent-api §1): A knows `/api/v1` and GET only, B also `/api/v2`, C also `/api/v3`. Told by what it
 * announces, never by a version.
 */
export type Generation = 'A' | 'B' | 'C'

/** From this `http_api_v2` on, v3 paths exist. */
const apiV3From = 7
/** From this `dyncfg` on, `/api/v1/config` exists, and with it methods beside GET, bodies and headers. */
const configFrom = 2

/** The generation of the agent behind these capabilities of a route. */
export function generationOf(capabilities: readonly Capability[]): Generation {
  const { version = 0, enabled = false } = find(capabilities, 'http_api_v2') ?? {}
  if (version === 0 || !enabled) return 'A'
  return version >= apiV3From ? 'C' : 'B'
}

/** Throws AGENT_TOO_OLD when the agent has no dynamic configuration, AGENT_UNREACHABLE when only the node is away from it now. */
export function requireConfig(capabilities: readonly Capability[]): void {
  const config = find(capabilities, 'dyncfg')
  if (config === undefined || config.version < configFrom) {
    throw new ThroughlineError('AGENT_TOO_OLD', 'The agent of this node cannot be configured from afar; agents from 1.45 on can.')
  }
  if (!config.enabled) throw new ThroughlineError('AGENT_UNREACHABLE', 'The node has to be connected to be configured.')
}

function find(capabilities: readonly Capability[], name: string): Capability | undefined {
  return capabilities.find((capability) => capability.name === name)
}
