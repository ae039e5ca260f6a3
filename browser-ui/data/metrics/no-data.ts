import { isPassedOn } from '../../../src/live/filter-text.ts'
import type { LinkState } from '../../link/live-client.ts'
import { bannerFor } from '../feed/feed-words.ts'
import type { ChartChoice, FeedNode, NoDataReason } from './metrics-feed.ts'
import type { SourcePlan } from './plan-sources.ts'

/** What is known of a chart when it is asked why it is empty, or not whole. */
export interface ChartFacts {
  readonly choice: ChartChoice
  readonly link: LinkState
  /** A room without nodes, or a list that has not come yet. */
  readonly nodes: readonly FeedNode[]
  readonly plan: SourcePlan
  readonly hasRows: boolean
  /** The filter let nothing through although the sources have columns. */
  readonly isFilteredOut: boolean
  readonly isLoading: boolean
  readonly isPast: boolean
  /** Of the sources of this chart: codes or statuses. */
  readonly troubles: readonly string[]
  /** Nodes that gave no row, of those that were asked. */
  readonly silentNodeIds: readonly string[]
  /** Nodes that measure the context in other units than the chart. */
  readonly strangerNodeIds: readonly string[]
  /** Every node the context was looked for has been listed. */
  readonly isListed: boolean
}

/** Why a chart has nothing to draw, or not everything; undefined when it shows all it should. */
export function reasonFor(facts: ChartFacts): NoDataReason | undefined {
  return facts.hasRows ? whyNotAll(facts) : whyNothing(facts)
}

function whyNothing({ choice, link, nodes, plan, isFilteredOut, isLoading, isPast, troubles, isListed }: ChartFacts): NoDataReason {
  if (nodes.length === 0) return { title: 'There is no node here yet.', text: 'Connect one, or choose another room.' }
  if (plan.chosen.length === 0) {
    return { title: 'No node is chosen.', text: 'Choose a node for this chart, or all of them.' }
  }
  if (!isPassedOn(choice.contextId)) {
    return { title: 'Its name cannot be asked for.', text: 'It has characters that agents read as signs of their own, or it is too long.' }
  }
  if (plan.without.length === plan.chosen.length) {
    const what = nodes.length === 1 || plan.chosen.length === nodes.length ? 'No node here collects' : 'None of the chosen nodes collects'
    return {
      title: `${what} ${choice.contextId} now.`,
      text: 'Its plugin may be off, or what it measures is gone. Its past may still be there.',
    }
  }
  if (link === 'waiting' || link === 'signed-out') {
    return link === 'waiting'
      ? { title: 'The connection to the cloud is lost.', text: 'It is tried again; the chart fills by itself.' }
      : { title: 'You are signed out.', text: 'Sign in again to see live values.' }
  }
  const asked = nodes.filter(({ nodeId }) => plan.chosen.includes(nodeId) && !plan.without.includes(nodeId))
  if (asked.length > 0 && asked.every(({ nodeId }) => plan.away.includes(nodeId))) return whyAway(asked)
  const trouble = troubles[0]
  if (trouble !== undefined) {
    const { title, text } = bannerFor({ link, nodeState: 'live', trouble }, false) ?? {
      title: 'Nothing comes now.',
      text: 'It is asked again.',
    }
    return { title, text }
  }
  if (isLoading || !isListed) return { title: 'The values are on their way.', text: 'The agent was asked.' }
  if (isFilteredOut) return { title: 'Nothing passes the filter.', text: 'Widen the choice of instances, dimensions or labels.' }
  if (isPast) {
    return { title: 'Nothing was recorded in this span.', text: 'The agent may not keep data this old, or it did not run then.' }
  }
  const stale = asked.filter(({ state }) => state !== 'live')
  if (stale.length === asked.length) return whyAway(asked)
  return { title: 'Nothing was collected in this window.', text: 'The chart fills by itself as soon as values come.' }
}

/** Nodes that cannot be asked now, by their state. */
function whyAway(asked: readonly FeedNode[]): NoDataReason {
  const [first] = asked
  if (asked.length === 1 && first !== undefined) {
    const banner = bannerFor({ link: 'open', nodeState: first.state === 'live' ? 'offline' : first.state, trouble: undefined }, false)
    return {
      title: banner?.title ?? 'This node is offline.',
      text: first.state === 'stale' || first.state === 'unseen' ? (banner?.text ?? '') : 'Values come by themselves as soon as it is back.',
    }
  }
  const states = new Set(asked.map(({ state }) => state))
  if (states.size === 1 && states.has('unseen')) {
    return { title: 'None of these nodes has connected yet.', text: 'Charts appear as soon as their agents link up.' }
  }
  if (states.size === 1 && states.has('stale')) {
    return { title: 'None of these nodes sends anything new.', text: 'Their past can be looked at; live values return by themselves.' }
  }
  return { title: 'None of these nodes can be reached.', text: 'Values return as soon as one of them is back.' }
}

function whyNotAll({ plan, troubles, silentNodeIds, strangerNodeIds, nodes, isLoading, link }: ChartFacts): NoDataReason | undefined {
  const all = plan.chosen.length - plan.without.length
  if (plan.leftOut.length > 0) {
    return {
      title: `${all - plan.leftOut.length} of ${all} nodes are shown.`,
      text: plan.isForcedApart
        ? `Their agent cannot group like this without losing signs, so the page asks nodes one by one, and that is as many as it can join. Group by dimension, or choose fewer nodes.`
        : 'The page asks these nodes one by one, and that is as many as it can join. Choose fewer nodes.',
    }
  }
  if (strangerNodeIds.length > 0) {
    return {
      title: `${countOf(strangerNodeIds, nodes)} measured in other units.`,
      text: 'Values of different units cannot be joined, so they are left out.',
    }
  }
  const missing = [...new Set([...plan.away, ...(isLoading ? [] : silentNodeIds)])]
  if (missing.length > 0 && all > 1) {
    return { title: `${all - missing.length} of ${all} nodes answer.`, text: `Missing: ${namesOf(missing, nodes)}.` }
  }
  const trouble = troubles[0]
  if (trouble === undefined) return undefined
  const banner = bannerFor({ link, nodeState: 'live', trouble }, false)
  return banner && { title: banner.title, text: banner.text }
}

const namedMax = 3

function namesOf(nodeIds: readonly string[], nodes: readonly FeedNode[]): string {
  const names = nodeIds.map((id) => nodes.find(({ nodeId }) => nodeId === id)?.hostname ?? id)
  const more = names.length - namedMax
  return more > 0 ? `${names.slice(0, namedMax).join(', ')} and ${more} more` : names.join(', ')
}

function countOf(nodeIds: readonly string[], nodes: readonly FeedNode[]): string {
  return nodeIds.length === 1 ? `${namesOf(nodeIds, nodes)} is` : `${nodeIds.length} nodes are`
}
