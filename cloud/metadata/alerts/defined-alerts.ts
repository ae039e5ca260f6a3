import type { AlertConfigHash, NodeId, SpaceId } from '../../../src/domain/ids.ts'
import type { AlertConfig } from '../../../src/domain/model.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { MetadataStore, StoredItem } from '../../store/port.ts'
import { createBriefLook } from '../brief-look.ts'
import { listAll } from '../change-item.ts'
import { spacePartition } from '../keys.ts'
import type { AlertConfigs } from './alert-configs.ts'
import { newestStates } from './raised-alerts.ts'

/** One alert of a node, as far as it says what is defined there. */
export interface DefinedAlert {
  readonly name: string
  readonly configHash: AlertConfigHash | undefined
  /** How it is raised now; undefined when it is not. */
  readonly raised: 'warning' | 'critical' | undefined
}

/** Every alert of a space by node, whatever its status, and the definitions that are known of them. */
export interface DefinedAlerts {
  readonly nodes: ReadonlyMap<NodeId, readonly DefinedAlert[]>
  readonly configs: ReadonlyMap<AlertConfigHash, AlertConfig>
}

interface ReadNode {
  readonly revisions: string
  readonly alerts: readonly DefinedAlert[]
}
interface Look {
  readonly nodes: ReadonlyMap<NodeId, ReadNode>
  readonly configs: ReadonlyMap<AlertConfigHash, AlertConfig>
}

/**
 * What is defined anywhere in a space: one list of the store, in which only what changed since the last look is unpacked, and each
 * definition read once, since a hash never means another one.
 */
export function createDefinedAlerts(deps: {
  readonly store: MetadataStore
  readonly configs: Pick<AlertConfigs, 'get'>
  readonly clock: Clock
}): (spaceId: SpaceId) => Promise<DefinedAlerts> {
  const look = createBriefLook<Look>(deps.clock, async (spaceId, before) => {
    const byNode = new Map<NodeId, StoredItem[]>()
    for (const item of await listAll(deps.store, spacePartition(spaceId), 'alerts/')) {
      const nodeId = item.sort.split('/', 2)[1] as NodeId
      const items = byNode.get(nodeId)
      if (items === undefined) byNode.set(nodeId, [item])
      else items.push(item)
    }
    const nodes = new Map<NodeId, ReadNode>()
    for (const [nodeId, items] of byNode) {
      const revisions = items.map(({ sort, revision }) => `${sort}@${revision}`).join(' ')
      const known = before?.nodes.get(nodeId)
      nodes.set(nodeId, known?.revisions === revisions ? known : { revisions, alerts: definedIn(items) })
    }
    const hashes = new Set<AlertConfigHash>()
    for (const { alerts } of nodes.values()) for (const { configHash } of alerts) if (configHash !== undefined) hashes.add(configHash)
    const configs = new Map<AlertConfigHash, AlertConfig>()
    const unread: AlertConfigHash[] = []
    for (const hash of hashes) {
      const known = before?.configs.get(hash)
      if (known === undefined) unread.push(hash)
      else configs.set(hash, known)
    }
    for (let at = 0; at < unread.length; at += readAtOnce)
      for (const config of await deps.configs.get(spaceId, unread.slice(at, at + readAtOnce))) configs.set(config.hash, config)
    return { nodes, configs }
  })
  return async (spaceId) => {
    const { nodes, configs } = await look(spaceId)
    return { nodes: new Map([...nodes].map(([nodeId, { alerts }]) => [nodeId, alerts])), configs }
  }
}

/** Items that are read at a time. */
const readAtOnce = 100

function definedIn(items: readonly StoredItem[]): readonly DefinedAlert[] {
  return newestStates(items).map(({ name, configHash, status }) => ({
    name,
    configHash,
    raised: status === 'warning' || status === 'critical' ? status : undefined,
  }))
}
