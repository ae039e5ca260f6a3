import type { NodeId } from '../../../src/domain/ids.ts'
import type { Message } from '../ports.ts'
import type { AlertsOfNode } from './ports.ts'
import type { RaisedBeside } from './webhook.ts'

/** For each alert of a message, by its news: how many others are raised on its node now. Throws STORE_UNAVAILABLE. */
export async function raisedBeside(alerts: AlertsOfNode, { spaceId, items, kind }: Message): Promise<ReadonlyMap<string, RaisedBeside>> {
  const beside = new Map<string, RaisedBeside>()
  if (kind !== 'alert') return beside
  const ofNode = new Map<NodeId, Awaited<ReturnType<AlertsOfNode['list']>>>()
  for (const item of items) {
    if (item.kind !== 'alert') continue
    const all = ofNode.get(item.nodeId) ?? (await alerts.list(spaceId, item.nodeId))
    ofNode.set(item.nodeId, all)
    const others = all.filter(({ chart, name }) => chart !== item.chart || name !== item.name)
    const count = (wanted: string) => others.filter(({ status }) => status === wanted).length
    beside.set(item.newsId, { critical: count('critical'), warning: count('warning') })
  }
  return beside
}
