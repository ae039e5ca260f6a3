import type { NodeId, SpaceId } from '../../../src/domain/ids.ts'
import type { Node } from '../../../src/domain/model.ts'
import type { ApiFeed } from '../ports.ts'

/** Events that one call looks through; a busier space is judged by its newest. */
const eventsMax = 20_000
/** Alerts that one answer names. */
const itemsMax = 2_000

/**
 * Which alerts of these nodes changed so often since a time, by the feed, the busiest first: items in the form of cloud-api §10.1. What
 * the feed does not keep any more is not counted.
 */
export async function firingOften(
  feed: ApiFeed,
  spaceId: SpaceId,
  nodes: readonly Node[],
  { transitions, sinceMs }: { readonly transitions: number; readonly sinceMs: number },
) {
  const names = new Map<NodeId, string>(nodes.map(({ nodeId, hostname }) => [nodeId, hostname]))
  const counts = new Map<
    string,
    { readonly alert: { name: string; chart: string; context: string }; readonly nodeId: NodeId; count: number }
  >()
  let looked = 0
  for await (const event of feed.read(spaceId, { atLeast: sinceMs })) {
    if (++looked > eventsMax) break
    if (event.kind !== 'alert' || !names.has(event.nodeId)) continue
    const { name, chart, context } = event.alert
    const key = JSON.stringify([event.nodeId, chart, name])
    const known = counts.get(key)
    if (known === undefined) counts.set(key, { alert: { name, chart, context }, nodeId: event.nodeId, count: 1 })
    else known.count++
  }
  const often = [...counts.values()].filter(({ count }) => count >= transitions).sort((a, b) => b.count - a.count)
  const items = often.slice(0, itemsMax).map(({ alert, nodeId, count }) => ({
    alert: { ...alert, transitions: count },
    node: { id: nodeId, name: names.get(nodeId) ?? '' },
  }))
  return { items, totals: { items: often.length } }
}
