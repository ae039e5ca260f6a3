import type { Capability } from './model.ts'

/**
 * What kind of agent answers (agent-api §1): A knows `/api/v1` and GET only, B also `/api/v2`, C also `/api/v3`. Told by what it
 * announces, never by a version.
 */
export type Generation = 'A' | 'B' | 'C'

/** From this `http_api_v2` on, v3 paths exist. */
const apiV3From = 7

/** The generation of the agent behind these capabilities of a route. */
export function generationOf(capabilities: readonly Capability[]): Generation {
  const { version = 0, enabled = false } = capabilities.find(({ name }) => name === 'http_api_v2') ?? {}
  if (version === 0 || !enabled) return 'A'
  return version >= apiV3From ? 'C' : 'B'
}
