import { generationOf } from '../../src/domain/agent-generation.ts'
import type { NodeId } from '../../src/domain/ids.ts'
import type { Bus, NodeRoute } from '../bus/port.ts'
import type { CannotConfigure, ConfigPlace, ConfigPresence } from './ports.ts'

/** From this `dyncfg` on, agents take alert configuration over the link (agent-api §11). */
const dyncfgFrom = 2

/** Why the agent behind a route cannot be configured; undefined when it can. */
export function cannotConfigure({ capabilities, isLive }: Pick<NodeRoute, 'capabilities' | 'isLive'>): CannotConfigure | undefined {
  const dyncfg = capabilities.find(({ name }) => name === 'dyncfg')
  // Recent agents may do without; older ones never had it.
  if (dyncfg === undefined || dyncfg.version < dyncfgFrom) return generationOf(capabilities) === 'C' ? 'no-capability' : 'too-old'
  if (isLive === false) return 'not-live'
  if (!dyncfg.enabled) return 'no-capability'
  const health = capabilities.find(({ name }) => name === 'health')
  return health !== undefined && !health.enabled ? 'no-health' : undefined
}

/**
 * Where the alerts of a node are configured now. A node that only a parent tells of is configured at that parent, whose documents
 * govern all its children (agent-api §11.4).
 */
export function placeOf({ bus, presence }: { readonly bus: Bus; readonly presence: ConfigPresence }, nodeId: NodeId): ConfigPlace {
  const route = bus.route(nodeId, 'config')
  if (route === undefined) return { why: 'not-live' }
  const ownNodeId = route.hops === 0 ? nodeId : presence.ownNodeOf(nodeId, route.claimId)
  const own = ownNodeId === undefined ? undefined : bus.route(ownNodeId, 'config')
  if (ownNodeId === undefined || own === undefined || own.hops !== 0) return { why: 'not-live' }
  const why = cannotConfigure(own)
  return why === undefined ? { ownNodeId } : { why }
}
