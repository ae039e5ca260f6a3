import type { NodeId } from '../../../src/domain/ids.ts'
import { bar } from '../../../src/live/data-targets.ts'
import type { DataWish } from './data-wish.ts'
import type { RestQuestion } from './rest-question.ts'

const listOf = (items: readonly string[]): string => items.map(encodeURIComponent).join(bar)
const filterOf = (name: string, items: readonly string[]): string[] => (items.length === 0 ? [] : [`${name}=${listOf(items)}`])
const numberOf = (name: string, value: number | undefined): string[] => (value === undefined || value === 0 ? [] : [`${name}=${value}`])

/** Options the agent itself has to follow; the others are followed when its answer is here. */
const agentOptions = ['absolute', 'abs', 'unaligned', 'anomaly-bit', 'match-ids', 'match-names'] as const

/** How the answer will be used: as it is, or joined with those of other agents. */
export interface DataUse {
  readonly isMerged: boolean
  readonly points: number
  readonly timeoutMs: number
}

/** Data of some nodes of one agent that aggregates (agent-api §8.1). */
export function dataQuestion(wish: DataWish, nodeIds: readonly NodeId[], use: DataUse): RestQuestion {
  const query = [...scopeOf(wish, nodeIds), ...windowOf(wish, use), ...passesOf(wish, use), `format=json2&options=${optionsOf(wish, use)}`]
  if (!use.isMerged && wish.limit !== undefined) query.push(`limit=${wish.limit}`)
  return restQuestion('data', query, nodeIds, use)
}

/** Correlations of the metrics of some nodes of one agent (agent-api §13.1). */
export function weightsQuestion(wish: DataWish, nodeIds: readonly NodeId[], use: DataUse): RestQuestion {
  const baseline = wish.baseline === undefined ? [] : [`baseline_after=${wish.baseline.afterS}&baseline_before=${wish.baseline.beforeS}`]
  const options = ['minify', ...(wish.options.has('nonzero') ? ['nonzero'] : []), 'unaligned', ...(use.isMerged ? ['raw'] : [])].join(',')
  const query = [
    ...scopeOf(wish, nodeIds),
    ...windowOf(wish, use),
    ...baseline,
    `method=${wish.method}`,
    ...passesOf(wish, { ...use, isMerged: false }),
    `options=${options}`,
  ]
  return restQuestion('weights', query, nodeIds, use)
}

function restQuestion(endpoint: string, query: readonly string[], nodeIds: readonly NodeId[], { timeoutMs }: DataUse): RestQuestion {
  const text = [...query, `timeout=${timeoutMs}`].join('&')
  const targets = { B: `/api/v2/${endpoint}?${text}`, C: `/api/v3/${endpoint}?${text}` }
  return { kind: 'rest', route: 'data', budget: 'data', targets, nodeIds, isChange: false, timeoutMs }
}

/** `/api/v1/data` of one node whose agent aggregates nothing, every metric a column (agent-api §6). */
export function plainDataQuestion(wish: DataWish, nodeId: NodeId, use: DataUse): RestQuestion {
  const query = [
    `context=${contextsOf(wish)}`,
    ...filterOf('dimensions', wish.dimensions),
    `after=${wish.afterS}&before=${wish.beforeS}&points=${use.points}&group=${wish.timeGroup}`,
    ...(wish.timeGroupOptions === '' ? [] : [`group_options=${encodeURIComponent(wish.timeGroupOptions)}`]),
    ...numberOf('gtime', wish.timeResamplingS),
    ...(wish.tier === undefined ? [] : [`tier=${wish.tier}`]),
    `format=json&options=jsonwrap,minify${agentOptions
      .filter((option) => wish.options.has(option))
      .map((option) => `,${option}`)
      .join('')}`,
    `timeout=${use.timeoutMs}`,
  ].join('&')
  return plainQuestion(`/api/v1/data?${query}`, 'data', nodeId, use.timeoutMs)
}

/** What the contexts of one node are made of: charts, dimensions, labels (agent-api §5.3). */
export function plainContextsQuestion(wish: DataWish, nodeId: NodeId, { timeoutMs }: DataUse): RestQuestion {
  const [only] = wish.contexts
  const isOne = wish.contexts.length === 1 && only !== undefined && !/[*!]/.test(only)
  const target = isOne ? `/api/v1/context?context=${encodeURIComponent(only)}&` : '/api/v1/contexts?'
  return plainQuestion(`${target}options=charts,dimensions,labels`, 'other', nodeId, timeoutMs)
}

function plainQuestion(target: string, budget: 'data' | 'other', nodeId: NodeId, timeoutMs: number): RestQuestion {
  return {
    kind: 'rest',
    route: 'data',
    budget,
    targets: { A: target, B: target, C: target },
    nodeIds: [nodeId],
    isChange: false,
    timeoutMs,
  }
}

const contextsOf = ({ contexts }: DataWish): string => (contexts.length === 0 ? '*' : listOf(contexts))

function scopeOf(wish: DataWish, nodeIds: readonly NodeId[]): readonly string[] {
  const contexts = contextsOf(wish)
  return [
    `scope_nodes=${listOf(nodeIds)}`,
    `scope_contexts=${contexts}&contexts=${contexts}`,
    ...filterOf('instances', wish.instances),
    ...filterOf('dimensions', wish.dimensions),
    ...filterOf('labels', wish.labels),
    ...filterOf('alerts', wish.alerts),
  ]
}

function windowOf(wish: DataWish, { points }: DataUse): readonly string[] {
  return [
    `after=${wish.afterS}&before=${wish.beforeS}&points=${points}&time_group=${wish.timeGroup}`,
    ...(wish.timeGroupOptions === '' ? [] : [`time_group_options=${encodeURIComponent(wish.timeGroupOptions)}`]),
    ...numberOf('time_resampling', wish.timeResamplingS),
    ...(wish.tier === undefined ? [] : [`tier=${wish.tier}`]),
  ]
}

/** Two passes are written with their places. The last one is a sum where a mean has to be made of several answers. */
function passesOf({ passes }: DataWish, { isMerged }: DataUse): readonly string[] {
  return passes.flatMap(({ groupBy, labels, aggregation }, index) => {
    const place = passes.length === 1 ? '' : `%5B${index}%5D`
    const isSum = isMerged && index === passes.length - 1 && aggregation === 'average'
    return [
      `group_by${place}=${groupBy.join(',')}`,
      ...filterOf(`group_by_label${place}`, labels),
      `aggregation${place}=${isSum ? 'sum' : aggregation}`,
    ]
  })
}

function optionsOf(wish: DataWish, { isMerged }: DataUse): string {
  const own = agentOptions.filter((option) => wish.options.has(option))
  const alone = isMerged ? ['raw'] : (['nonzero', 'null2zero', 'percentage'] as const).filter((option) => wish.options.has(option))
  return ['jsonwrap', 'minify', ...own, ...alone].join(',')
}
