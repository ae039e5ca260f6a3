import type { MetricsStatus } from '../metrics/metrics-feed.ts'
import { bannerFor, type Banner } from '../feed/feed-words.ts'

/** Names said in a sentence before the rest is only counted. */
const namedMax = 3

/** What a page of charts says above them when values of some or all nodes do not flow; undefined while they do. */
export function dashboardBanner(status: MetricsStatus, isLost: boolean): Banner | undefined {
  const [first, ...others] = status.nodes
  const link = bannerFor({ link: status.link, nodeState: undefined, trouble: undefined }, isLost)
  if (link !== undefined || first === undefined) return link
  if (others.length === 0) return bannerFor({ link: status.link, nodeState: first.state, trouble: first.trouble }, isLost)
  const silent = status.nodes.filter((node) => node.state !== 'live' || node.trouble !== undefined)
  if (silent.length === 0) return undefined
  const named = silent.slice(0, namedMax).map((node) => node.hostname)
  const rest = silent.length - named.length
  const isAll = silent.length === status.nodes.length
  return {
    tone: isAll ? 'warning' : 'info',
    title:
      silent.length === 1
        ? `1 of ${status.nodes.length} nodes sends no live values.`
        : `${silent.length} of ${status.nodes.length} nodes send no live values.`,
    text: `${named.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}. ${isAll ? 'What was drawn stays on screen; the charts go on by themselves.' : 'Charts show the others.'}`,
  }
}
