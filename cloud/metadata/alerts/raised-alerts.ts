import type { NodeId, SpaceId } from '../../../src/domain/ids.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { MetadataStore, StoredItem } from '../../store/port.ts'
import { createBriefLook } from '../brief-look.ts'
import { listAll } from '../change-item.ts'
import { spacePartition } from '../keys.ts'
import { isOlder, unpackAlerts, type AlertState } from './alert-set.ts'

/** The raised alerts of each node of a space that has any. */
export type RaisedAlerts = ReadonlyMap<NodeId, readonly AlertState[]>

/** What was read of one node, and from which revisions of its items. */
interface ReadNode {
  readonly revisions: string
  readonly raised: readonly AlertState[]
}

/**
 * What is warning or critical anywhere in a space, by node: one list of the store, in which only what changed since the last look
 * is unpacked. An alert that several agents tell of counts in its newest state.
 */
export function createRaisedAlerts({ store, clock }: { readonly store: MetadataStore; readonly clock: Clock }) {
  const look = createBriefLook<ReadonlyMap<NodeId, ReadNode>>(clock, async (spaceId, before) => {
    const byNode = new Map<NodeId, StoredItem[]>()
    for (const item of await listAll(store, spacePartition(spaceId), 'alerts/')) {
      const nodeId = item.sort.split('/', 2)[1] as NodeId
      const items = byNode.get(nodeId)
      if (items === undefined) byNode.set(nodeId, [item])
      else items.push(item)
    }
    return new Map(
      [...byNode].map(([nodeId, items]): [NodeId, ReadNode] => {
        const revisions = items.map(({ sort, revision }) => `${sort}@${revision}`).join(' ')
        const known = before?.get(nodeId)
        return [nodeId, known?.revisions === revisions ? known : { revisions, raised: raisedOf(items) }]
      }),
    )
  })
  return async (spaceId: SpaceId): Promise<RaisedAlerts> =>
    new Map([...(await look(spaceId))].flatMap(([nodeId, { raised }]) => (raised.length === 0 ? [] : [[nodeId, raised]])))
}

/** The raised ones among the newest states of these items, by chart and name. */
function raisedOf(items: readonly StoredItem[]): readonly AlertState[] {
  return newestStates(items).filter(({ status }) => status === 'warning' || status === 'critical')
}

/** The newest state of each alert in these items of one node, by chart and name; removed ones are not there. */
export function newestStates(items: readonly StoredItem[]): AlertState[] {
  const newest = new Map<string, AlertState>()
  for (const item of items) {
    for (const [key, state] of unpackAlerts(item.blob)) {
      const known = newest.get(key)
      if (known === undefined || isOlder(known, state)) newest.set(key, state)
    }
  }
  return [...newest].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, state]) => (state.status === 'removed' ? [] : [state]))
}
