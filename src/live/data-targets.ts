import type { Generation } from '../domain/agent-generation.ts'
import { liveLimits } from './limits.ts'
import type { AggregatedQuestion, LiveQuestion } from './questions.ts'

/**
 * What an agent is asked for data, as text: the relay sends it, the page shows it to be repeated. Made of checked parts only; the
 * bar is percent-encoded, since agents decode a target before they split it (agent-api §2.4), and a bare bar is not a character of a URL.
 */
export const bar = '%7C'

/** How long an agent may work on a question about data, milliseconds; longer it waits in line, and longest we wait. */
export const dataTimeoutMs = liveLimits.askTimeoutMs - 5_000

const listOf = (items: readonly string[]): string => items.map(encodeURIComponent).join(bar)
const filterOf = (name: string, items: readonly string[] | undefined): string[] =>
  items === undefined || items.length === 0 ? [] : [`${name}=${listOf(items)}`]

/** A window that ends now reaches the newest sample; a fixed one is snapped, so that panning shows the same rows again. */
const alignment = (beforeS: number) => (beforeS <= 0 ? 'jsonwrap,minify,unaligned' : 'jsonwrap,minify')

/** `/api/v1/data`, on every agent; path and query below the node. */
export function dataTarget({ contexts, instances, dimensions, afterS, beforeS, points }: Extract<LiveQuestion, { kind: 'data' }>): string {
  return [
    `/api/v1/data?context=${listOf(contexts)}`,
    ...filterOf('chart', instances),
    ...filterOf('dimensions', dimensions),
    `after=${afterS}&before=${beforeS}&points=${points}`,
    `group=average&format=json&options=${alignment(beforeS)}&timeout=${dataTimeoutMs}`,
  ].join('&')
}

/** `/api/v2|v3/data`; they ignore the node in the path and walk every node of the agent, unless the scope says otherwise (agent-api §2.3). */
export function aggregatedTarget(
  question: AggregatedQuestion,
  nodeIds: readonly string[],
  generation: Exclude<Generation, 'A'>,
  timeoutMs = dataTimeoutMs,
): string {
  const names = listOf(question.contexts)
  const labels = question.labels?.map(({ key, value }) => `${key}:${value}`)
  return [
    `/api/${generation === 'C' ? 'v3' : 'v2'}/data?scope_nodes=${listOf(nodeIds)}`,
    `scope_contexts=${names}&contexts=${names}`,
    ...filterOf('instances', question.instances),
    ...filterOf('dimensions', question.dimensions),
    ...filterOf('labels', labels),
    `after=${question.afterS}&before=${question.beforeS}&points=${question.points}&time_group=${question.timeGroup}`,
    `group_by=${[...new Set(question.groupBy)].join(',')}`,
    ...filterOf('group_by_label', question.groupByLabels),
    `aggregation=${question.aggregation}&format=json2`,
    `options=${alignment(question.beforeS)},minimal-stats${question.raw === true ? ',raw' : ''}&timeout=${timeoutMs}`,
  ].join('&')
}
