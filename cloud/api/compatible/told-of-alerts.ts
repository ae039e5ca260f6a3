import type { NodeId, SpaceId } from '../../../src/domain/ids.ts'
import type { Node } from '../../../src/domain/model.ts'
import type { ApiFeed } from '../ports.ts'

/** Events that one call looks through; a busier space is judged by its newest. */
const eventsMax = 20_000
/** Alerts that one answer names of a category. */
const itemsMax = 2_000

/** Of how much, since when, an alert is named. */
export interface Threshold {
  readonly count: number
  readonly sinceMs: number
}

/** What is looked for; a category that is undefined is not. */
export interface Looked {
  /** Changes of any kind. */
  readonly often: Threshold | undefined
  /** Raises that silences kept from everybody who wanted them. */
  readonly silenced: Threshold | undefined
  /** Raises that nobody wants to hear of. */
  readonly nobody: Threshold | undefined
}

/** How often something was the case with an alert of a node, and when first and last; epoch seconds. */
export interface Counted {
  readonly alert: { readonly name: string; readonly chart: string; readonly context: string }
  readonly node: { readonly id: NodeId; readonly name: string }
  readonly count: number
  readonly firstS: number
  readonly lastS: number
}

/** The alerts of a category, the busiest first; `sinceS` is how far back the feed was looked through for it. */
export interface Category {
  readonly items: readonly Counted[]
  readonly total: number
  readonly sinceS: number
}

/**
 * Counts what the feed tells of the alerts of these nodes: one reading for all categories. What the feed does not keep any more is not
 * counted, and neither is what lies behind the newest 20,000 events.
 */
export async function toldOfAlerts(
  feed: ApiFeed,
  spaceId: SpaceId,
  nodes: readonly Node[],
  looked: Looked,
): Promise<Readonly<Record<keyof Looked, Category>>> {
  const names = new Map<NodeId, string>(nodes.map(({ nodeId, hostname }) => [nodeId, hostname]))
  const counts = { often: new Map<string, Counting>(), silenced: new Map<string, Counting>(), nobody: new Map<string, Counting>() }
  const categories = ['often', 'silenced', 'nobody'] as const
  const asked = categories.filter((category) => looked[category] !== undefined)
  const sinceMs = (category: keyof Looked) => looked[category]?.sinceMs ?? 0
  const atLeast = Math.min(...asked.map(sinceMs))
  let readToMs = atLeast
  let left = eventsMax
  for await (const event of asked.length === 0 ? [] : feed.read(spaceId, { atLeast })) {
    if (left-- === 0) {
      readToMs = event.atMs
      break
    }
    if (event.kind !== 'alert' || !names.has(event.nodeId)) continue
    for (const category of asked) {
      if (event.atMs < sinceMs(category) || (category !== 'often' && event.unheard !== category)) continue
      count(counts[category], event.nodeId, event.alert, Math.floor(event.atMs / 1_000))
    }
  }
  const categoryOf = (category: keyof Looked): Category => {
    const all = [...counts[category].values()].filter((each) => each.count >= (looked[category]?.count ?? 0))
    const items = all
      .sort((a, b) => b.count - a.count)
      .slice(0, itemsMax)
      .map(({ nodeId, ...each }) => ({ ...each, node: { id: nodeId, name: names.get(nodeId) ?? '' } }))
    return { items, total: all.length, sinceS: Math.ceil(Math.max(readToMs, sinceMs(category)) / 1_000) }
  }
  return { often: categoryOf('often'), silenced: categoryOf('silenced'), nobody: categoryOf('nobody') }
}

interface Counting {
  readonly alert: Counted['alert']
  readonly nodeId: NodeId
  count: number
  firstS: number
  readonly lastS: number
}

/** Events come newest first. */
function count(counts: Map<string, Counting>, nodeId: NodeId, { name, chart, context }: Counted['alert'], atS: number): void {
  const key = JSON.stringify([nodeId, chart, name])
  const known = counts.get(key)
  if (known === undefined) counts.set(key, { alert: { name, chart, context }, nodeId, count: 1, firstS: atS, lastS: atS })
  else {
    known.count++
    known.firstS = atS
  }
}
